/** How a row of the Clients view looks. What a device named is text, never markup. */
import {
  env,
  l10n,
  type MarkdownString,
  ThemeColor,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
} from 'vscode';
import type { ClientInfo } from '../../contracts/clients.ts';
import { commandIds, itemContexts } from '../../contracts/manifest.ts';
import {
  clientDescription,
  formatEnd,
  formatProtocol,
  formatWarnings,
  LAST_DISCONNECT,
  subscriptionDescription,
} from '../words/clientWords.ts';
import { formatCount, formatName } from '../words/formats.ts';
import { formatSightings, formatWarning } from '../words/warningWords.ts';
import type {
  ClientFactRow,
  ClientRow,
  ClientSubscriptionRow,
  ClientSubscriptionsRow,
  ClientsRow,
  ClientWarningRow,
  MoreClientsRow,
} from './clientRows.ts';
import { plainLines } from './plainLines.ts';

export function clientsItem(row: ClientsRow): TreeItem {
  switch (row.kind) {
    case 'client':
      return clientItem(row);
    case 'clientFact':
      return factItem(row);
    case 'clientWarning':
      return warningItem(row);
    case 'clientSubscriptions':
      return subscriptionsItem(row);
    case 'clientSubscription':
      return subscriptionItem(row);
    case 'moreClients':
      return moreItem(row);
    case 'moreSubscriptions':
      return leaf(
        ['moreSubscriptions', row.clientId],
        l10n.t('{0} not shown', formatCount(row.hidden)),
        'ellipsis',
      );
  }
}

/** Built when the mouse rests on the row. */
export function clientsTooltip(row: ClientsRow): MarkdownString | undefined {
  if (row.kind === 'client') return plainLines(clientLines(row.client));
  if (row.kind === 'clientFact') {
    const { label, value, more } = row.fact;
    return plainLines([`${label}: ${value}`, ...(more === undefined ? [] : [more])]);
  }
  if (row.kind === 'clientWarning') {
    const { seen, why, change } = formatWarning(row.warning);
    return plainLines([seen, formatSightings(row.warning), why, change]);
  }
  return undefined;
}

function clientName({ clientId, isWorkbench }: Pick<ClientInfo, 'clientId' | 'isWorkbench'>): string {
  return isWorkbench ? l10n.t('This workbench') : formatName(clientId);
}

function clientLines({
  clientId,
  state,
  remoteAddress,
  protocolVersion,
  connectedAtMs,
  last,
  warnings,
}: ClientInfo): string[] {
  const lines = [formatName(clientId, 300)];
  if (warnings > 0) lines.push(formatWarnings(warnings));
  if (remoteAddress !== undefined && protocolVersion !== undefined)
    lines.push(l10n.t('{0} from {1}', formatProtocol(protocolVersion), formatName(remoteAddress)));
  if (connectedAtMs !== undefined)
    lines.push(l10n.t('Connected since {0}', new Date(connectedAtMs).toLocaleString(env.language)));
  if (state === 'stored') lines.push(l10n.t('Not connected; the broker keeps its session.'));
  if (state === 'gone') lines.push(l10n.t('Not connected, and it has no session.'));
  if (last !== undefined) lines.push(l10n.t('Last disconnect: {0}', formatEnd(last.end)));
  return lines;
}

const contexts = {
  connected: itemContexts.client,
  stored: itemContexts.clientStored,
  gone: itemContexts.clientGone,
} as const;

function clientItem({ clientId, client }: ClientRow): TreeItem {
  const item = new TreeItem(clientName(client), TreeItemCollapsibleState.Collapsed);
  item.id = `client:${clientId}`;
  item.contextValue = contexts[client.state];
  item.iconPath = clientIcon(client);
  item.description = clientDescription(client);
  item.accessibilityInformation = { label: `${clientName(client)}, ${item.description}` };
  return item;
}

function clientIcon({ state, isWorkbench, last, warnings }: ClientInfo): ThemeIcon {
  const dimmed = new ThemeColor('disabledForeground');
  // It was thrown out, and has not come back.
  if (state !== 'connected' && last?.end.kind === 'protocolError')
    return new ThemeIcon('error', new ThemeColor('list.errorForeground'));
  if (warnings > 0) return new ThemeIcon('warning', new ThemeColor('list.warningForeground'));
  if (isWorkbench) return new ThemeIcon('tools');
  if (state === 'connected') return new ThemeIcon('circuit-board', new ThemeColor('testing.iconPassed'));
  return state === 'stored' ? new ThemeIcon('circuit-board') : new ThemeIcon('debug-disconnect', dimmed);
}

function factItem({ clientId, fact }: ClientFactRow): TreeItem {
  const item = leaf(['fact', clientId, fact.key], fact.label, fact.icon);
  item.description = fact.value;
  // Longer than a row is wide, and the beginning of a search.
  if (fact.key === LAST_DISCONNECT)
    item.command = { command: commandIds.explainDisconnect, title: '', arguments: [{ clientId }] };
  item.accessibilityInformation = { label: `${fact.label}, ${fact.value}` };
  return item;
}

function warningItem({ clientId, warning }: ClientWarningRow): TreeItem {
  const { title, seen } = formatWarning(warning);
  const item = leaf(['warning', clientId, warning.facts.kind], title, 'warning');
  item.iconPath = new ThemeIcon('warning', new ThemeColor('list.warningForeground'));
  item.description = seen;
  item.contextValue = itemContexts.clientWarning;
  item.command = { command: commandIds.explainWarning, title: '', arguments: [{ warning }] };
  item.accessibilityInformation = { label: `${title}, ${seen}` };
  return item;
}

function subscriptionsItem({ clientId, count }: ClientSubscriptionsRow): TreeItem {
  const state = count > 0 ? TreeItemCollapsibleState.Expanded : TreeItemCollapsibleState.None;
  const item = new TreeItem(l10n.t('Subscriptions'), state);
  // Of another id when it gets its first: VS Code keeps it closed otherwise.
  item.id = JSON.stringify(['subscriptions', clientId, count > 0]);
  item.iconPath = new ThemeIcon('eye');
  item.description = count > 0 ? formatCount(count) : l10n.t('none');
  return item;
}

function subscriptionItem({ clientId, topicFilter, subscription }: ClientSubscriptionRow): TreeItem {
  // Both may hold any sign: joined by one, two rows could have the same id, which VS Code refuses.
  const item = leaf(['subscription', clientId, topicFilter], formatName(topicFilter), 'mail');
  item.description = subscriptionDescription(subscription);
  item.accessibilityInformation = { label: `${formatName(topicFilter)}, ${item.description}` };
  return item;
}

function moreItem({ hidden, canShowMore }: MoreClientsRow): TreeItem {
  const label = canShowMore ? l10n.t('Show more…') : l10n.t('Filter to see the others');
  const item = leaf(['more'], label, canShowMore ? 'ellipsis' : 'filter');
  item.description = l10n.t('{0} not shown', formatCount(hidden));
  if (canShowMore) item.command = { command: commandIds.showMoreClients, title: '' };
  return item;
}

function leaf(id: readonly string[], label: string, icon: string): TreeItem {
  const item = new TreeItem(label);
  item.id = JSON.stringify(id);
  item.iconPath = new ThemeIcon(icon);
  return item;
}
