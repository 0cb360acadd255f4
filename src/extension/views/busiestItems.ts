/** How a row of the Busiest Topics view looks. What a device named is text, never markup. */
import { l10n, type MarkdownString, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import { commandIds, itemContexts } from '../../contracts/manifest.ts';
import type { BusyTopic, Traffic, TrafficOrder } from '../../contracts/traffic.ts';
import { formatName } from '../words/formats.ts';
import { formatByteRate, formatRate, formatShare } from '../words/trafficWords.ts';
import type { BusiestRow, BusyClientRow, BusyTopicRow } from './busiestRows.ts';
import { plainLines } from './plainLines.ts';

const TOPIC_CHARACTERS = 120;

export interface BusiestContext {
  total: Traffic;
  by: TrafficOrder;
}

export function busiestItem(row: BusiestRow, context: BusiestContext): TreeItem {
  switch (row.kind) {
    case 'busyTopic':
      return topicItem(row, context);
    case 'busyClients':
      return clientsItem();
    case 'busyClient':
      return clientItem(row, context);
  }
}

/** Built when the mouse rests on the row. */
export function busyTopicTooltip({ topic, busy }: BusyTopicRow, { total }: BusiestContext): MarkdownString {
  return plainLines([
    formatName(topic, 300),
    l10n.t(
      '{0} messages, {1} of all',
      formatRate(busy.messagesPerSecond),
      formatShare(busy, total, 'messages'),
    ),
    l10n.t(
      '{0} of payload, {1} of all',
      formatByteRate(busy.bytesPerSecond),
      formatShare(busy, total, 'bytes'),
    ),
    ...publisherFact(busy),
  ]);
}

function topicItem({ topic, busy }: BusyTopicRow, context: BusiestContext): TreeItem {
  const item = new TreeItem(formatName(topic, TOPIC_CHARACTERS));
  item.id = `topic:${topic}`;
  item.description = [...numbersOf(busy, context), ...publisherOf(busy)].join(' · ');
  item.iconPath = new ThemeIcon('pulse');
  item.contextValue = itemContexts.busyTopic;
  item.command = { command: commandIds.openMessages, title: '', arguments: [{ topic }] };
  item.accessibilityInformation = { label: `${formatName(topic, TOPIC_CHARACTERS)}, ${item.description}` };
  return item;
}

function clientsItem(): TreeItem {
  const item = new TreeItem(l10n.t('Busiest Clients'), TreeItemCollapsibleState.Collapsed);
  item.id = 'clients';
  item.iconPath = new ThemeIcon('plug');
  item.tooltip = l10n.t('Who publishes most, by the newest messages that the history holds.');
  return item;
}

function clientItem({ clientId, busy }: BusyClientRow, context: BusiestContext): TreeItem {
  const item = new TreeItem(formatName(clientId));
  item.id = `client:${clientId}`;
  item.description = numbersOf(busy, context).join(' · ');
  item.iconPath = new ThemeIcon('circuit-board');
  return item;
}

function numbersOf(traffic: Traffic, { total, by }: BusiestContext): string[] {
  return [
    formatRate(traffic.messagesPerSecond),
    formatByteRate(traffic.bytesPerSecond),
    formatShare(traffic, total, by),
  ];
}

function publisherOf({ publisher, hasOtherPublishers }: BusyTopic): string[] {
  if (publisher === undefined) return [];
  const name = formatName(publisher, 40);
  return [hasOtherPublishers ? l10n.t('from {0} and others', name) : l10n.t('from {0}', name)];
}

function publisherFact({ publisher, hasOtherPublishers }: BusyTopic): string[] {
  if (publisher === undefined) return [];
  const name = formatName(publisher);
  return [
    hasOtherPublishers
      ? l10n.t('Newest message published by {0}; others publish to it, too', name)
      : l10n.t('Newest message published by {0}', name),
  ];
}
