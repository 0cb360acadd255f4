/** A warning about a client in words: what was seen, why it matters, and what to change. docs/warnings.md says more. */
import { env, l10n } from 'vscode';
import type { ClientWarning, ConnectionEnd, WarningFacts } from '../../contracts/clients.ts';
import { formatSpan, hostOf } from './clientWords.ts';
import { formatBytes, formatCount, formatMessages, formatName, formatNumber } from './formats.ts';

export interface WarningText {
  /** A few words. */
  title: string;
  seen: string;
  why: string;
  change: string;
}

/** One line, for the log. */
export function warningLine(warning: ClientWarning): string {
  const { seen, why, change } = formatWarning(warning);
  const name = formatName(warning.clientId);
  return `${l10n.t('Client {0}: {1}', name, seen)} ${why} ${change} (docs/warnings.md#${warning.facts.kind.toLowerCase()})`;
}

/** How often, and when last: facts may be of long ago, and say nothing of that. */
export function formatSightings({ atMs, lastAtMs, times }: ClientWarning): string {
  const [first, last] = [atMs, lastAtMs].map((ms) => new Date(ms).toLocaleTimeString(env.language));
  return times === 1
    ? l10n.t('Seen once, at {0}.', first ?? '')
    : l10n.t('Seen {0} times, first at {1}, last at {2}.', formatCount(times), first ?? '', last ?? '');
}

export function formatWarning({ facts }: Pick<ClientWarning, 'facts'>): WarningText {
  switch (facts.kind) {
    case 'keepAliveOff':
      return keepAliveOff();
    case 'keepAliveLong':
      return keepAliveLong(facts);
    case 'keepAliveShort':
      return keepAliveShort(facts);
    case 'pingsLate':
      return pingsLate(facts);
    case 'willNeverSet':
      return willNeverSet(facts);
    case 'willNeverCleared':
      return willNeverCleared(facts);
    case 'exchangeOpen':
      return exchangeOpen(facts);
    case 'retainedCommand':
      return retainedCommand(facts);
    case 'nothingQueued':
      return nothingQueued(facts);
    case 'largerThanAnnounced':
      return largerThanAnnounced(facts);
    case 'largerThanLibrary':
      return largerThanLibrary(facts);
    case 'reconnectLoop':
      return reconnectLoop(facts);
    case 'samePayload':
      return samePayload(facts);
    case 'clientIdShared':
      return clientIdShared(facts);
  }
}

type Facts<Kind extends WarningFacts['kind']> = Extract<WarningFacts, { kind: Kind }>;

function keepAliveOff(): WarningText {
  return {
    title: l10n.t('No keep alive'),
    seen: l10n.t('It connected with a keep alive of 0, which is none.'),
    why: l10n.t(
      'When its network is gone, neither side notices: the broker holds a dead connection as open, and its will never goes out.',
    ),
    change: l10n.t('Set a keep alive: 30 to 120 s suits most networks.'),
  };
}

function keepAliveLong({ keepAliveSeconds }: Facts<'keepAliveLong' | 'keepAliveShort'>): WarningText {
  return {
    title: l10n.t('Keep alive longer than NAT remembers'),
    seen: l10n.t('Its keep alive is {0} s.', formatCount(keepAliveSeconds)),
    why: l10n.t(
      'Routers and mobile networks forget a connection that is silent for long, often after four or five minutes: from then on nothing reaches the device, and nobody is told.',
    ),
    change: l10n.t('Set a keep alive below 240 s.'),
  };
}

function keepAliveShort({ keepAliveSeconds }: Facts<'keepAliveLong' | 'keepAliveShort'>): WarningText {
  return {
    title: l10n.t('Keep alive so short that it floods'),
    seen: l10n.t('Its keep alive is {0} s.', formatCount(keepAliveSeconds)),
    why: l10n.t(
      'It pings day and night, which keeps its radio awake; and a network that stalls for {0} s ends its connection.',
      formatNumber(keepAliveSeconds * 1.5, 1),
    ),
    change: l10n.t('Set a keep alive of 30 s or more, unless its loss must be known within seconds.'),
  };
}

function pingsLate({ keepAliveSeconds, quietMs }: Facts<'pingsLate'>): WarningText {
  return {
    title: l10n.t('Pings come late'),
    seen: l10n.t(
      'Twice nothing came from it for longer than its keep alive of {0} s; the last time for {1} s.',
      formatCount(keepAliveSeconds),
      formatNumber(quietMs / 1000, 1),
    ),
    why: l10n.t(
      'The broker forgives up to one and a half times the keep alive. A little later still, and it ends the connection: at the desk it works, in the field it drops.',
    ),
    change: l10n.t(
      'Call the client’s loop more often, and keep what blocks it (sensors, delays, flash writes) shorter than the keep alive; or set a longer one.',
    ),
  };
}

function willNeverSet({ ends }: Facts<'willNeverSet'>): WarningText {
  return {
    title: l10n.t('No will'),
    seen: l10n.t('It was lost {0} times without a DISCONNECT, and had no will.', formatCount(ends)),
    why: l10n.t('Nobody is told that it is gone: what it published last looks as if it were still true.'),
    change: l10n.t('Set a will at CONNECT, as a retained “offline” on a status topic of its own.'),
  };
}

function willNeverCleared({ topic }: Facts<'willNeverCleared'>): WarningText {
  return {
    title: l10n.t('Its will stays after it came back'),
    seen: l10n.t(
      'It is connected, and the retained message of {0} still is what its will says.',
      formatName(topic),
    ),
    why: l10n.t('Who subscribes now is told that it is gone, while it is here.'),
    change: l10n.t('After each CONNACK, publish the opposite of the will to that topic, retained.'),
  };
}

function exchangeOpen({ awaited, packetId, count, openMs }: Facts<'exchangeOpen'>): WarningText {
  const packet = awaited.toUpperCase();
  const seen =
    count === 1
      ? l10n.t(
          'The {0} for packet identifier {1} has not come for {2}.',
          packet,
          packetId,
          formatSpan(openMs),
        )
      : l10n.t(
          'The {0} for packet identifier {1} has not come for {2}; {3} of QoS 1 and 2 are open.',
          packet,
          packetId,
          formatSpan(openMs),
          formatMessages(count),
        );
  return {
    title: l10n.t('QoS 2 left open'),
    seen,
    why: l10n.t(
      'Each open message holds a packet identifier and memory on both sides. When as many are open as the other side takes, no more messages pass.',
    ),
    change: l10n.t(
      'See that the library answers all four steps (PUBREC, PUBREL, PUBCOMP), also after it reconnected; or use QoS 1.',
    ),
  };
}

function retainedCommand({ topic }: Facts<'retainedCommand'>): WarningText {
  return {
    title: l10n.t('Retained command'),
    seen: l10n.t(
      'It published to {0} with RETAIN, and the topic is named like a command.',
      formatName(topic),
    ),
    why: l10n.t(
      'The broker keeps it: a device gets the old command again each time that it subscribes, as after a restart.',
    ),
    change: l10n.t('Publish commands without RETAIN. Clear this one with Clear Retained Message.'),
  };
}

function nothingQueued({ topicFilter, missed }: Facts<'nothingQueued'>): WarningText {
  return {
    title: l10n.t('Clean start, and nothing is queued'),
    seen: l10n.t(
      'While it was away, {0} came for its subscription to {1}, and none was kept for it.',
      formatMessages(missed),
      formatName(topicFilter),
    ),
    why: l10n.t(
      'It subscribes with QoS 1 or 2, and its session ends with its connection: what comes while it is away is lost.',
    ),
    change: l10n.t(
      'Connect with the clean flag off (in 5.0 also with a Session Expiry Interval) and a client id that stays the same; or publish the state retained.',
    ),
  };
}

function largerThanAnnounced({
  topic,
  payloadBytes,
  maximumPacketSize,
}: Facts<'largerThanAnnounced'>): WarningText {
  return {
    title: l10n.t('Messages too large for it'),
    seen: l10n.t(
      'A message of {0} on {1} was not sent to it: it announced that it takes packets up to {2}.',
      formatBytes(payloadBytes),
      formatName(topic),
      formatBytes(maximumPacketSize),
    ),
    why: l10n.t('The standard has such a message dropped: the device never learns of it.'),
    change: l10n.t('Raise its Maximum Packet Size and the buffer behind it, or publish less at a time.'),
  };
}

function largerThanLibrary({
  topic,
  packetBytes,
  library,
  bufferBytes,
  isSplit,
}: Facts<'largerThanLibrary'>): WarningText {
  return {
    title: l10n.t('Larger than its library’s buffer'),
    seen: l10n.t(
      'A packet of {0} on {1} was sent to it, and by its client id it runs {2}, which takes {3} unless changed.',
      formatBytes(packetBytes),
      formatName(topic),
      library,
      formatBytes(bufferBytes),
    ),
    why: isSplit
      ? l10n.t(
          'Where that is so, the message arrives in parts, with an event each: firmware that takes the first for the whole reads half a message.',
        )
      : l10n.t('Where that is so, the message vanishes on the device, without an error on either side.'),
    change: l10n.t(
      'Raise the buffer of the library, if that is not done already; or publish less at a time.',
    ),
  };
}

function reconnectLoop({ connections, periodMs, end }: Facts<'reconnectLoop'>): WarningText {
  return {
    title: l10n.t('Connects again and again'),
    seen: l10n.t(
      'Its last {0} connections ended without a DISCONNECT, {1} s apart on average.',
      formatCount(connections),
      formatNumber(periodMs / 1000, 1),
    ),
    ...loopCauses(end),
  };
}

/** By how the last of its connections ended. */
function loopCauses(end: ConnectionEnd): Pick<WarningText, 'why' | 'change'> {
  const change = l10n.t(
    'See its last disconnect, and what it does just before; and let it wait longer from one attempt to the next.',
  );
  switch (end.kind) {
    case 'keepAliveTimeout':
      return {
        why: l10n.t(
          'It was silent for too long each time: it does not ping, or something on the way forgot it.',
        ),
        change: l10n.t(
          'Call the client’s loop within each keep alive, whatever else blocks it; where a network forgets it, set a shorter one.',
        ),
      };
    case 'takenOver':
      return {
        why: l10n.t(
          'It came back without closing its connection: as after a reset by a watchdog, a brownout, a power cut, or a lost network. Or two programs at {0} use its client id, and take turns.',
          formatName(hostOf(end.byRemoteAddress)),
        ),
        change: l10n.t(
          'Unless you reset or flashed it: read its reset reason at start, and look at its supply and at what it does just before. If there are two, give each a client id of its own.',
        ),
      };
    case 'refused':
      return { why: l10n.t('The broker does not let it in: {0}', formatName(end.message, 200)), change };
    case 'protocolError':
      return { why: l10n.t('It breaks the standard each time: {0}', formatName(end.message, 200)), change };
    default:
      return {
        why: l10n.t(
          'Its own side closes: as a watchdog that restarts it, a loss of the network, or a library that gives up when an answer is late.',
        ),
        change,
      };
  }
}

function samePayload({ topic, messages, spanMs, payloadBytes }: Facts<'samePayload'>): WarningText {
  return {
    title: l10n.t('The same payload again and again'),
    seen: l10n.t(
      'The last {0} on {1}, in {2} s, are the same {3}.',
      formatMessages(messages),
      formatName(topic),
      formatNumber(spanMs / 1000, 1),
      formatBytes(payloadBytes),
    ),
    why: l10n.t('It costs power and air time and says nothing; or a sensor is stuck.'),
    change: l10n.t('Publish on change, and retained, so that who subscribes later has it too.'),
  };
}

function clientIdShared({ addresses, isOneHost, takeovers, periodMs }: Facts<'clientIdShared'>): WarningText {
  const [one, other] = addresses.map((address) => formatName(address));
  // At the desk it may be milliseconds: "in 0 s" says nothing.
  const seconds = formatNumber(Math.max(0.1, periodMs / 1000), periodMs < 10_000 ? 1 : 0);
  return {
    title: isOneHost
      ? l10n.t('Two connections with one client id')
      : l10n.t('Two devices with one client id'),
    seen: isOneHost
      ? l10n.t(
          'Two programs on {0} use this client id, or one that opens a connection without closing the one before: {1} takeovers in {2} s, at last by {3} from {4}.',
          hostOf(one ?? ''),
          takeovers,
          seconds,
          other ?? '',
          one ?? '',
        )
      : l10n.t(
          '{0} and {1} took the session from each other {2} times in {3} s.',
          one ?? '',
          other ?? '',
          takeovers,
          seconds,
        ),
    why: l10n.t('A client id has one connection: each that comes ends the other, and both lose messages.'),
    change: isOneHost
      ? l10n.t('Give each program its own; one that reconnects has to close its old connection first.')
      : l10n.t('Give each device its own, as from its MAC address.'),
  };
}
