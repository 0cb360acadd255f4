/** What a 5.0 broker announced of itself in its CONNACK, in words; where it said nothing, what the standard then means. */
import { l10n } from 'vscode';
import type { FactGroup } from '../../contracts/connectionForm.ts';
import type { AnnouncedInfo } from '../../contracts/connectionTests.ts';
import type { ConnectionProfile } from '../connections/profiles.ts';
import { formatBytes, formatCount, formatName } from './formats.ts';

const DEFAULT_RECEIVE_MAXIMUM = 65_535;
const MAX_TEXT_CHARACTERS = 200;
/** A broker may send as many as it likes. */
const MAX_USER_PROPERTIES = 20;

type Row = readonly [label: string, value: string];

/** Nothing for 3.1 and 3.1.1, in which a broker announces nothing. */
export function announcedFacts(announced: AnnouncedInfo, profile: ConnectionProfile): readonly FactGroup[] {
  if (profile.protocolVersion < 5)
    return [{ rows: [[l10n.t('Limits'), l10n.t('not announced before MQTT 5.0')]] }];
  const rows: Row[] = [...limitsOf(announced), ...availableOf(announced), ...saidOf(announced, profile)];
  return [{ heading: l10n.t('What the broker announces'), rows }];
}

function limitsOf(announced: AnnouncedInfo): readonly Row[] {
  const { receiveMaximum = DEFAULT_RECEIVE_MAXIMUM, maximumQoS = 2 } = announced;
  const { maximumPacketSize, topicAliasMaximum = 0 } = announced;
  return [
    [l10n.t('Maximum QoS'), String(maximumQoS)],
    [l10n.t('Receive maximum'), l10n.t('{0} messages at once', formatCount(receiveMaximum))],
    [
      l10n.t('Maximum packet size'),
      maximumPacketSize === undefined ? l10n.t('no limit named') : formatBytes(maximumPacketSize),
    ],
    [
      l10n.t('Topic alias maximum'),
      topicAliasMaximum === 0 ? l10n.t('no aliases') : formatCount(topicAliasMaximum),
    ],
  ];
}

function availableOf(announced: AnnouncedInfo): readonly Row[] {
  const word = (isAvailable = true): string => (isAvailable ? l10n.t('available') : l10n.t('not available'));
  return [
    [l10n.t('Retained messages'), word(announced.retainAvailable)],
    [l10n.t('Wildcard subscriptions'), word(announced.wildcardSubscriptionAvailable)],
    [l10n.t('Shared subscriptions'), word(announced.sharedSubscriptionAvailable)],
    [l10n.t('Subscription identifiers'), word(announced.subscriptionIdentifiersAvailable)],
  ];
}

function saidOf(announced: AnnouncedInfo, profile: ConnectionProfile): readonly Row[] {
  const { serverKeepAlive, sessionExpiryInterval, assignedClientIdentifier } = announced;
  const asAsked = (seconds: number): string => l10n.t('{0} s, as asked for', formatCount(seconds));
  const instead = (seconds: number, asked: number): string =>
    l10n.t('{0} s by the broker, instead of {1} s', formatCount(seconds), formatCount(asked));
  const { keepAliveSeconds, sessionExpiryIntervalSeconds: expirySeconds = 0 } = profile;
  const rows: Row[] = [
    [
      l10n.t('Keep alive'),
      serverKeepAlive === undefined ? asAsked(keepAliveSeconds) : instead(serverKeepAlive, keepAliveSeconds),
    ],
    [
      l10n.t('Session expiry'),
      sessionExpiryInterval === undefined
        ? asAsked(expirySeconds)
        : instead(sessionExpiryInterval, expirySeconds),
    ],
  ];
  const texts: readonly (readonly [string, string | undefined])[] = [
    [l10n.t('Assigned client id'), assignedClientIdentifier],
    [l10n.t('Response information'), announced.responseInformation],
    [l10n.t('Server reference'), announced.serverReference],
    [l10n.t('Reason'), announced.reasonString],
    ...(announced.userProperties ?? []).slice(0, MAX_USER_PROPERTIES).map(([name, value]) => {
      return [l10n.t('User property {0}', formatName(name)), value] as const;
    }),
  ];
  for (const [label, text] of texts)
    if (text !== undefined) rows.push([label, formatName(text, MAX_TEXT_CHARACTERS)]);
  return rows;
}
