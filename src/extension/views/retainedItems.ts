/** How a row of the Retained Messages view looks. What a device sent is text, never markup. */
import { env, l10n, type MarkdownString, ThemeIcon, TreeItem } from 'vscode';
import { commandIds, itemContexts } from '../../contracts/manifest.ts';
import { formatBytes, formatCount, formatName, formatPreview } from '../words/formats.ts';
import { formatAge, formatExpiry } from '../words/retainedWords.ts';
import { plainLines } from './plainLines.ts';
import type { MoreRetainedRow, RetainedMessageRow, RetainedRow } from './retainedRows.ts';

const TOPIC_CHARACTERS = 120;
const TOOLTIP_PAYLOAD_CHARACTERS = 250;

/** @param nowMs wall clock. */
export function retainedItem(row: RetainedRow, nowMs: number): TreeItem {
  return row.kind === 'retained' ? messageItem(row, nowMs) : moreItem(row);
}

/** Built when the mouse rests on the row. */
export function retainedTooltip({ topic, message }: RetainedMessageRow, nowMs: number): MarkdownString {
  const tooltip = plainLines([formatName(topic, 300)]);
  const preview = formatPreview(message, TOOLTIP_PAYLOAD_CHARACTERS);
  tooltip.appendCodeblock(preview, 'text');
  const facts = [
    l10n.t('QoS {0}, {1}', message.qos, formatBytes(message.payloadBytes)),
    message.storedAtMs === undefined
      ? l10n.t('Age unknown: stored by an earlier version.')
      : l10n.t('Retained since {0}', new Date(message.storedAtMs).toLocaleString(env.language)),
    ...expiryFact(message.expiresAtMs, nowMs),
    ...(message.publisher === undefined ? [] : [l10n.t('Published by {0}', formatName(message.publisher))]),
  ];
  return plainLines(facts, tooltip);
}

function messageItem({ topic, message }: RetainedMessageRow, nowMs: number): TreeItem {
  const { payloadBytes, storedAtMs, expiresAtMs } = message;
  const item = new TreeItem(formatName(topic, TOPIC_CHARACTERS));
  item.id = `retained:${topic}`;
  item.description = [
    formatBytes(payloadBytes),
    ...(storedAtMs === undefined ? [] : [formatAge(nowMs - storedAtMs)]),
    ...expiryFact(expiresAtMs, nowMs),
  ].join(' · ');
  item.iconPath = new ThemeIcon('archive');
  item.contextValue = itemContexts.retainedMessage;
  item.command = { command: commandIds.openMessages, title: '', arguments: [{ topic }] };
  item.accessibilityInformation = { label: `${formatName(topic, TOPIC_CHARACTERS)}, ${item.description}` };
  return item;
}

function moreItem(row: MoreRetainedRow): TreeItem {
  const item = new TreeItem(row.side === 'before' ? l10n.t('Show earlier…') : l10n.t('Show more…'));
  item.id = `more:${row.side}`;
  item.description = l10n.t('{0} not shown', formatCount(row.hidden));
  item.iconPath = new ThemeIcon('ellipsis');
  item.command = { command: commandIds.showMoreRetained, title: '', arguments: [row] };
  return item;
}

function expiryFact(expiresAtMs: number | undefined, nowMs: number): string[] {
  return expiresAtMs === undefined ? [] : [formatExpiry(expiresAtMs - nowMs)];
}
