/**
 * The rows of the Connections view: what each shows. Names that a settings file or a broker chose are text, never markup.
 */
import { l10n, type MarkdownString, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import type { BrokerState, SubscriptionInfo } from '../../contracts/engine.ts';
import { itemContexts } from '../../contracts/manifest.ts';
import { mainListener } from '../brokerAddress.ts';
import type { Connection, ConnectionState } from '../connections/connections.ts';
import type { ConnectionProfile } from '../connections/profiles.ts';
import { describeState, describeTraffic, explainState, protocolName } from '../words/connectionStateWords.ts';
import { formatMessages, formatName } from '../words/formats.ts';
import { describeQueue, explainQueue } from '../words/offlineQueueWords.ts';
import { plainLines } from './plainLines.ts';
import { subscriptionItem } from './subscriptionItem.ts';

export type ConnectionRow =
  | { kind: 'localBroker'; state: BrokerState; subscriptions: readonly SubscriptionInfo[] }
  /** `connectionName`: what commands ask for. */
  | { kind: 'connection'; connectionName: string; of: Connection }
  | {
      kind: 'connectionSubscription';
      topicFilter: string;
      /** Undefined for the local broker. */
      connection?: number;
      /** Of that connection. */
      protocolVersion?: 3 | 4 | 5;
      subscription: SubscriptionInfo;
    };

export function connectionItem(row: ConnectionRow): TreeItem {
  switch (row.kind) {
    case 'localBroker':
      return localItem(row.state, row.subscriptions.length);
    case 'connection':
      return profileItem(row.of);
    case 'connectionSubscription':
      return subscriptionItem(row);
  }
}

/** As its profile says, and nothing but an icon where it has none. */
export function profileIcon(profile: ConnectionProfile | undefined): ThemeIcon {
  const { icon = 'server', color } = profile ?? {};
  return color === undefined ? new ThemeIcon(icon) : new ThemeIcon(icon, new ThemeColor(`charts.${color}`));
}

function localItem(state: BrokerState, subscriptions: number): TreeItem {
  const item = new TreeItem(l10n.t('Local Broker'), collapsible(subscriptions));
  item.id = `local:${subscriptions > 0}`;
  const isRunning = state.kind === 'running';
  item.iconPath = isRunning
    ? new ThemeIcon('broadcast', new ThemeColor('testing.iconPassed'))
    : new ThemeIcon('broadcast');
  item.contextValue = isRunning ? itemContexts.localBrokerRunning : itemContexts.localBrokerStopped;
  const port = mainListener(state)?.port;
  if (!isRunning) item.description = l10n.t('not running');
  else item.description = port === undefined ? l10n.t('running') : l10n.t('running on port {0}', port);
  return item;
}

function profileItem(connection: Connection): TreeItem {
  const { name, profile, broker, state } = connection;
  const subscriptions = broker?.subscriptions.length ?? 0;
  const item = new TreeItem(formatName(name), collapsible(subscriptions));
  // VS Code leaves a row closed that it has once seen without rows below it.
  item.id = `connection:${subscriptions > 0}:${name}`;
  item.iconPath = profileIcon(profile);
  item.contextValue = contextOf(state);
  const traits = [
    ...(profile?.readOnly ? [l10n.t('read-only')] : []),
    ...(profile === undefined ? [l10n.t('not in the settings any more')] : []),
  ];
  const queue = describeQueue(broker?.queue);
  // What waits is said before how long, which a narrow view cuts.
  const standing = [describeState(state), ...describeTraffic(connection)];
  const told = state.kind === 'waiting' ? [...queue, ...standing] : [...standing, ...queue];
  item.description = [...told, ...traits].join(' · ');
  return item;
}

/** Built when the mouse rests on the row. */
export function connectionTooltip({ name, profile, broker, state }: Connection): MarkdownString {
  return plainLines([
    formatName(name),
    ...(profile === undefined ? [] : [formatName(profile.url, 300), protocolName(profile.protocolVersion)]),
    ...(profile?.username === undefined ? [] : [l10n.t('User name {0}', formatName(profile.username))]),
    ...(profile?.readOnly ? [l10n.t('Read-only: nothing is published to it.')] : []),
    ...(profile?.confirmPublish ? [l10n.t('You are asked before something is published to it.')] : []),
    ...explainState(state),
    ...explainQueue(broker?.queue),
    ...(broker === undefined ? [] : [formatMessages(broker.messageCount)]),
  ]);
}

function contextOf({ kind }: ConnectionState): string {
  switch (kind) {
    case 'connected':
      return itemContexts.connectionUp;
    case 'connecting':
    case 'waiting':
      return itemContexts.connectionTrying;
    case 'disconnected':
    // Connect says why it does not.
    case 'untrusted':
    case 'off':
      return itemContexts.connectionDown;
  }
}

function collapsible(children: number): TreeItemCollapsibleState {
  return children > 0 ? TreeItemCollapsibleState.Expanded : TreeItemCollapsibleState.None;
}
