/**
 * The rows of the Broker view: what each shows, and what is below it.
 *
 * A row is data; brokerView.ts says when it is asked for again. Names that a device chose are text, never markup.
 */
import { env, l10n, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import type { BrokerCounters, SubscriptionInfo } from '../../contracts/engine.ts';
import type { FaultInjection } from '../../contracts/faults.ts';
import { commandIds, itemContexts } from '../../contracts/manifest.ts';
import type { LanAddress } from '../brokerAddress.ts';
import { describeInjection, faultsOnLabel, injectionLabel } from '../words/faultWords.ts';
import { formatBytes, formatCount, formatMessages, formatName } from '../words/formats.ts';
import { plainLines } from './plainLines.ts';
import { subscriptionItem } from './subscriptionItem.ts';

export type BrokerRow =
  /** `port`: of the main listener, if it has one. */
  | { kind: 'state'; port: number | undefined; startedAtMs: number }
  /** What the broker does wrong on purpose. */
  | { kind: 'faults'; injections: readonly FaultInjection[] }
  | { kind: 'remote' }
  | { kind: 'localAddress'; url: string; isOnlyOne: boolean }
  /** `url`: its path. */
  | { kind: 'unixSocket'; url: string }
  /** `announcedAs`: by mDNS. */
  | { kind: 'exposure'; requiresCredentials: boolean; announcedAs: string | undefined }
  | { kind: 'lanAddress'; url: string; lan: LanAddress }
  | { kind: 'noLanAddress' }
  | { kind: 'counters'; counters: BrokerCounters }
  | { kind: 'limits'; limitsReached: BrokerCounters['limitsReached'] }
  | { kind: 'refused'; refused: BrokerCounters['refused'] }
  | { kind: 'subscriptions'; count: number }
  | { kind: 'subscription'; topicFilter: string; subscription: SubscriptionInfo };

export function brokerItem(row: BrokerRow): TreeItem {
  switch (row.kind) {
    case 'state':
      return stateItem(row.port, row.startedAtMs);
    case 'faults':
      return faultsItem(row.injections);
    case 'remote':
      return remoteItem();
    case 'localAddress':
      return addressItem(row, 'vm', row.isOnlyOne ? l10n.t('local only') : l10n.t('local'));
    case 'unixSocket':
      return addressItem(row, 'file-symlink-file', l10n.t('Unix socket'));
    case 'exposure':
      return exposureItem(row.requiresCredentials, row.announcedAs);
    case 'lanAddress':
      return lanAddressItem(row);
    case 'noLanAddress':
      return noLanAddressItem();
    case 'counters':
      return countersItem(row.counters);
    case 'limits':
      return limitsItem(row.limitsReached);
    case 'refused':
      return refusedItem(row.refused);
    case 'subscriptions':
      return group('subscriptions', l10n.t('Workbench Subscriptions'), 'eye', row.count);
    case 'subscription':
      return subscriptionItem(row);
  }
}

function stateItem(port: number | undefined, startedAtMs: number): TreeItem {
  const label = port === undefined ? l10n.t('Running') : l10n.t('Running on port {0}', port);
  const item = leaf('state', label, 'broadcast');
  item.iconPath = new ThemeIcon('broadcast', new ThemeColor('testing.iconPassed'));
  item.tooltip = l10n.t('Running since {0}', new Date(startedAtMs).toLocaleString(env.language));
  return item;
}

function faultsItem(injections: readonly FaultInjection[]): TreeItem {
  const item = leaf('faults', faultsOnLabel(injections.length), 'flame');
  item.iconPath = new ThemeIcon('flame', new ThemeColor('list.warningForeground'));
  item.description = injections.map(injectionLabel).join(', ');
  const why = l10n.t('The broker misbehaves on purpose:');
  item.tooltip = plainLines([why, ...injections.map(describeInjection), l10n.t('Click to stop')]);
  item.command = { command: commandIds.showFaults, title: '' };
  return item;
}

function remoteItem(): TreeItem {
  const machine = env.remoteName ?? '';
  const item = leaf('remote', l10n.t('Runs on {0}', machine), 'remote');
  item.description = l10n.t('not on your own computer');
  item.tooltip = l10n.t(
    'The broker runs where the workspace is ({0}). A board reaches it by an address of that machine only. Forwarded ports end at the localhost of your own computer, where no board gets through.',
    machine,
  );
  return item;
}

function addressItem(row: { url: string }, icon: string, description: string): TreeItem {
  const item = leaf(`address:${row.url}`, row.url, icon);
  item.description = description;
  item.tooltip = l10n.t('Click to copy {0}', row.url);
  item.contextValue = itemContexts.address;
  item.command = { command: commandIds.copyBrokerAddress, title: '', arguments: [row] };
  return item;
}

function lanAddressItem(row: { url: string; lan: LanAddress }): TreeItem {
  const { interfaceName, isVirtual } = row.lan;
  const description = isVirtual ? l10n.t('{0}, inside this computer only', interfaceName) : interfaceName;
  return addressItem(row, isVirtual ? 'vm' : 'globe', description);
}

function noLanAddressItem(): TreeItem {
  const item = leaf('noLanAddress', l10n.t('No network address'), 'debug-disconnect');
  item.description = l10n.t('this computer is on no network');
  item.tooltip = l10n.t(
    'Connect this computer to the network that the board is on. Its address is here when this view is opened again.',
  );
  return item;
}

function exposureItem(requiresCredentials: boolean, announcedAs: string | undefined): TreeItem {
  const item = new TreeItem(l10n.t('Exposed on the LAN'), TreeItemCollapsibleState.Expanded);
  item.id = 'exposure';
  item.iconPath = new ThemeIcon('warning', new ThemeColor('list.warningForeground'));
  item.contextValue = itemContexts.exposure;
  item.description = requiresCredentials ? l10n.t('with password') : l10n.t('no password');
  const who = requiresCredentials
    ? l10n.t('A client on this network must give the user name and password.')
    : l10n.t('Anyone on this network can connect, read every message and publish any.');
  item.tooltip =
    announcedAs === undefined ? who : `${who}\n\n${l10n.t('Announced by mDNS as "{0}".', announcedAs)}`;
  return item;
}

function countersItem(counters: BrokerCounters): TreeItem {
  const item = leaf('counters', formatMessages(counters.messagesReceived), 'pulse');
  const delivered = l10n.t('{0} delivered', formatCount(counters.messagesDelivered));
  const dropped = l10n.t('{0} dropped', formatCount(counters.messagesDropped));
  item.description = counters.messagesDropped > 0 ? `${delivered}, ${dropped}` : delivered;
  item.tooltip = l10n.t(
    'Since the broker started: {0} received ({1} of payload), {2}, {3}.',
    formatMessages(counters.messagesReceived),
    formatBytes(counters.payloadBytesReceived),
    delivered,
    dropped,
  );
  return item;
}

/** The explanation in whole, since it stands in the log among much else. A click shows the log. */
function refusedItem(refused: BrokerCounters['refused']): TreeItem {
  const { times, last } = refused ?? { times: 0, last: '' };
  const item = leaf('refused', l10n.t('Refused before CONNECT'), 'warning');
  item.iconPath = new ThemeIcon('warning', new ThemeColor('list.warningForeground'));
  const often = times === 1 ? l10n.t('once') : l10n.t('{0} times', formatCount(times));
  item.description = `${often} · ${formatName(last)}`;
  item.tooltip = plainLines([
    last,
    l10n.t('Nobody in the Clients view stands for these: no CONNECT told who it was. The log has each.'),
  ]);
  item.command = { command: commandIds.showLog, title: '' };
  return item;
}

function limitsItem(limitsReached: BrokerCounters['limitsReached']): TreeItem {
  const item = leaf('limits', l10n.t('Limits reached'), 'warning');
  item.iconPath = new ThemeIcon('warning', new ThemeColor('list.warningForeground'));
  const words = limitsReached.map(({ limit, times }) =>
    times === 1 ? l10n.t('{0} once', limit) : l10n.t('{0} {1} times', limit, formatCount(times)),
  );
  item.description = words.join(', ');
  item.tooltip = l10n.t(
    'Since the broker started, it refused, dropped or closed something because of a limit: {0}. The log says when.',
    item.description,
  );
  return item;
}

function leaf(id: string, label: string, icon: string): TreeItem {
  const item = new TreeItem(label);
  item.id = id;
  item.iconPath = new ThemeIcon(icon);
  return item;
}

/** Open from the start, and with a twistie even while empty: so the rows around it stay aligned. */
function group(id: string, label: string, icon: string, count: number): TreeItem {
  const item = new TreeItem(label, TreeItemCollapsibleState.Expanded);
  item.id = id;
  item.iconPath = new ThemeIcon(icon);
  item.description = count > 0 ? formatCount(count) : l10n.t('none');
  return item;
}
