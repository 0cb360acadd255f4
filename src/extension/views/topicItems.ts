/**
 * How a row of the Topics view looks: label, description, icon, actions, and the tooltip once it is asked for.
 *
 * What a device sent is text here, never markup: tooltips escape it, and no link in them is trusted.
 */
import { l10n, type MarkdownString, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import type { OpenRecording } from '../../contracts/connections.ts';
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
} from '../words/formats.ts';
import { describeOpenRecording } from '../words/recordingWords.ts';
import { describeTopic, trendWords } from '../words/topicRowWords.ts';
import { plainLines } from './plainLines.ts';
import { topicContext } from './topicContext.ts';
import type { MoreRow, PinRow, TopicNodeRow } from './topicRows.ts';

const TOOLTIP_PAYLOAD_CHARACTERS = 250;

export interface TopicLook {
  /** Of the tree that the row is in: node ids start again with each engine, and VS Code remembers rows by their ids. */
  treeId: string;
  /** As the person left it. VS Code forgets that of rows below a closed one that changed. */
  isOpen: boolean;
  /** The view stands still. */
  isPaused: boolean;
  /** Of the row of another broker. */
  brokerIcon?: ThemeIcon;
}

/** All that changes in a row's item while it stays the same row: VS Code is told when this has. */
export function lookOf(row: TopicNodeRow | PinRow): string {
  const { node, isDim } = row;
  const shape = node === undefined ? '' : `${iconOf(node)} ${node.childCount > 0} ${node.last !== undefined}`;
  return `${shape} ${isDim} ${describeTopic(row)}`;
}

export function topicItem(row: TopicNodeRow, { treeId, isOpen, isPaused, brokerIcon }: TopicLook): TreeItem {
  const { node } = row;
  const label = formatLevel(node.level);
  const item = new TreeItem(label, collapsibleState(node, isOpen));
  item.id = `${treeId}:${row.generation}:${node.id}`;
  item.description = describeTopic(row);
  item.iconPath = brokerIcon ?? icon(iconOf(node), row.isDim);
  item.contextValue = topicContext(node);
  item.accessibilityInformation = { label: spoken(label, item.description, row, isPaused) };
  if (node.last !== undefined) {
    item.command = { command: commandIds.openMessages, title: '', arguments: [row] };
  }
  return item;
}

export function pinItem(row: PinRow, isPaused: boolean): TreeItem {
  const label = formatName(row.topic, 120);
  const item = new TreeItem(label);
  item.id = `pin:${row.topic}`;
  item.description = describeTopic(row);
  item.iconPath = icon('pinned', row.isDim);
  item.contextValue = itemContexts.topicPinned;
  item.accessibilityInformation = {
    label: [spoken(label, item.description, row, isPaused), l10n.t('pinned')].join(', '),
  };
  if (row.node?.last !== undefined) {
    item.command = { command: commandIds.openMessages, title: '', arguments: [row] };
  }
  return item;
}

export function moreItem(row: MoreRow): TreeItem {
  const item = new TreeItem(row.side === 'before' ? l10n.t('Show earlier…') : l10n.t('Show more…'));
  item.id = `more:${row.side}:${row.parentId}`;
  item.description = l10n.t('{0} not shown', formatCount(row.hidden));
  item.iconPath = new ThemeIcon('ellipsis');
  item.command = { command: commandIds.showMoreTopics, title: '', arguments: [row] };
  return item;
}

export function topicTooltip({ topic, node }: TopicNodeRow | PinRow): MarkdownString {
  const name = formatName(topic, 300);
  if (node === undefined) return plainLines([name, l10n.t('Nothing was heard of it yet.')]);
  const { last } = node;
  if (last === undefined) return plainLines([name, ...retainedFact(node)]);
  const tooltip = plainLines([name]);
  tooltip.appendCodeblock(formatPreview(last, TOOLTIP_PAYLOAD_CHARACTERS), 'text');
  return plainLines(messageFacts(last, node), tooltip);
}

export function recordingTooltip(recording: OpenRecording): MarkdownString {
  return plainLines([recording.file, describeOpenRecording(recording)]);
}

function messageFacts(last: MessageSummary, node: TopicNode): string[] {
  return [
    l10n.t('QoS {0}, {1}, {2}', last.qos, formatBytes(last.payloadBytes), formatTime(last.receivedAtMs)),
    ...(last.publisher === undefined ? [] : [l10n.t('Published by {0}', formatName(last.publisher))]),
    ...(last.hasWaited
      ? [l10n.t('It waited in the session: most likely published while the connection was away.')]
      : []),
    ...(last.isWill ? [l10n.t('A will: its client was gone without saying so.')] : []),
    ...retainedFact(node),
    formatMessages(node.messageCount),
  ];
}

function retainedFact(node: TopicNode): string[] {
  return node.retained ? [l10n.t('The broker holds a retained message.')] : [];
}

function spoken(
  label: string,
  description: string,
  { trend, isDim }: TopicNodeRow | PinRow,
  isPaused: boolean,
): string {
  const traits = [
    trendWords(trend),
    // For who does not see that it is dimmed.
    isDim ? l10n.t('quiet') : undefined,
    isPaused ? l10n.t('paused') : undefined,
  ];
  return [label, description, ...traits].filter((part) => part !== undefined && part !== '').join(', ');
}

function collapsibleState(node: TopicNode, isOpen: boolean): TreeItemCollapsibleState {
  if (node.childCount === 0) return TreeItemCollapsibleState.None;
  return isOpen ? TreeItemCollapsibleState.Expanded : TreeItemCollapsibleState.Collapsed;
}

function iconOf(node: TopicNode): string {
  if (node.isConnection) return node.connectionKind === 'recording' ? 'history' : 'server';
  if (node.retained) return 'archive';
  return node.last === undefined ? 'list-tree' : 'mail';
}

function icon(name: string, isDim: boolean): ThemeIcon {
  return isDim ? new ThemeIcon(name, new ThemeColor('disabledForeground')) : new ThemeIcon(name);
}
