/**
 * How a row of the Topics view looks: label, description, icon, actions, and the tooltip once it is asked for.
 *
 * What a device sent is text here, never markup: tooltips escape it, and no link in them is trusted.
 */
import { l10n, type MarkdownString, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import { commandIds, itemContexts } from '../../contracts/manifest.ts';
import type { MessageSummary } from '../../contracts/messages.ts';
import type { TopicNode } from '../../contracts/topics.ts';
import {
  formatBytes,
  formatCount,
  formatLevel,
  formatMessages,
  formatName,
  formatPreview,
  formatTime,
  formatTopics,
} from '../words/formats.ts';
import { plainLines } from './plainLines.ts';
import type { MoreRow, TopicNodeRow } from './topicBranches.ts';

const ROW_PAYLOAD_CHARACTERS = 48;
const TOOLTIP_PAYLOAD_CHARACTERS = 250;

/**
 * @param epoch counts engines: node ids start again with each.
 * @param isOpen as the person left it. VS Code forgets that of rows below a closed one that changed.
 */
export function topicItem(row: TopicNodeRow, epoch: number, isOpen: boolean): TreeItem {
  const { node } = row;
  const label = formatLevel(node.level);
  const item = new TreeItem(label, collapsibleState(node, isOpen));
  item.id = `${epoch}:${node.id}`;
  item.description = describe(node);
  item.iconPath = icon(node);
  item.contextValue = context(node);
  item.accessibilityInformation = {
    label: [label, item.description, ...traits(node)].filter(Boolean).join(', '),
  };
  if (node.last !== undefined) {
    item.command = { command: commandIds.openMessages, title: '', arguments: [row] };
  }
  return item;
}

export function moreItem(row: MoreRow): TreeItem {
  const item = new TreeItem(l10n.t('Show more…'));
  item.id = `more:${row.parentId}`;
  item.description = l10n.t('{0} not shown', formatCount(row.hidden));
  item.iconPath = new ThemeIcon('ellipsis');
  item.command = { command: commandIds.showMoreTopics, title: '', arguments: [row] };
  return item;
}

export function topicTooltip({ topic, node }: TopicNodeRow): MarkdownString {
  const { last } = node;
  const name = formatName(topic, 300);
  if (last === undefined) return plainLines([name, ...retainedFact(node)]);
  const tooltip = plainLines([name]);
  tooltip.appendCodeblock(formatPreview(last, TOOLTIP_PAYLOAD_CHARACTERS), 'text');
  return plainLines(messageFacts(last, node), tooltip);
}

function messageFacts(last: MessageSummary, node: TopicNode): string[] {
  return [
    l10n.t('QoS {0}, {1}, {2}', last.qos, formatBytes(last.payloadBytes), formatTime(last.receivedAtMs)),
    ...(last.publisher === undefined ? [] : [l10n.t('Published by {0}', formatName(last.publisher))]),
    ...(last.isWill ? [l10n.t('A will: its client was gone without saying so.')] : []),
    ...retainedFact(node),
    formatMessages(node.messageCount),
  ];
}

function retainedFact(node: TopicNode): string[] {
  return node.retained ? [l10n.t('The broker holds a retained message.')] : [];
}

/** The payload first: it is what one looks for. Then what is below. */
function describe(node: TopicNode): string {
  const parts: string[] = [];
  if (node.last !== undefined) {
    parts.push(formatPreview(node.last, ROW_PAYLOAD_CHARACTERS), formatMessages(node.messageCount));
  }
  if (node.descendantTopicCount > 0) {
    parts.push(formatTopics(node.descendantTopicCount));
    if (node.last === undefined) parts.push(formatMessages(node.branchMessageCount));
  }
  return parts.join(' · ');
}

function traits(node: TopicNode): string[] {
  return node.retained ? [l10n.t('retained')] : [];
}

function collapsibleState(node: TopicNode, isOpen: boolean): TreeItemCollapsibleState {
  if (node.childCount === 0) return TreeItemCollapsibleState.None;
  return isOpen ? TreeItemCollapsibleState.Expanded : TreeItemCollapsibleState.Collapsed;
}

function icon(node: TopicNode): ThemeIcon {
  if (node.retained) return new ThemeIcon('pinned');
  return new ThemeIcon(node.last === undefined ? 'list-tree' : 'mail');
}

function context(node: TopicNode): string {
  if (node.retained) return itemContexts.topicRetained;
  return node.last === undefined ? itemContexts.topicBranch : itemContexts.topic;
}
