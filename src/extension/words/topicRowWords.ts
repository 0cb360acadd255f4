/** What a row of the Topics view says behind its label: the newest payload, then how much comes and what is below. */
import { l10n } from 'vscode';
import type { TopicNode } from '../../contracts/topics.ts';
import { type TopicValue, type Trend, topicValueOf } from '../payload/topicValue.ts';
import type { PinRow, TopicNodeRow } from '../views/topicRows.ts';
import { formatBytes, formatMessages, formatTopics } from './formats.ts';
import { formatRate } from './trafficWords.ts';

const VALUE_CHARACTERS = 48;
/** Of what is slower, one message alone would be a rate, which is gone before it is read. */
const MIN_SHOWN_RATE = 0.5;
const BYTES_PER_KIBIBYTE = 1_024;

const arrows: Record<Trend, string> = { up: '↑', down: '↓', same: '→' };

/** A row is described to see whether it looks different, and again when it does. */
const described = new WeakMap<TopicNode, { trend: Trend | undefined; words: string }>();

/** The payload first: it is what one looks for. */
export function describeTopic({ node, trend }: TopicNodeRow | PinRow): string {
  if (node === undefined) return l10n.t('nothing heard yet');
  const known = described.get(node);
  if (known !== undefined && known.trend === trend) return known.words;
  const words = describe(node, trend);
  described.set(node, { trend, words });
  return words;
}

function describe(node: TopicNode, trend: Trend | undefined): string {
  const { last, retained } = node;
  const parts: (string | undefined)[] = [];
  if (last !== undefined) {
    parts.push(formatValue(topicValueOf(last, VALUE_CHARACTERS), last.payloadBytes, trend));
    if (retained) parts.push(l10n.t('retained'));
    parts.push(formatMessages(node.messageCount), rate(node.branchMessagesPerSecond), below(node));
  } else {
    if (retained) parts.push(l10n.t('retained'));
    parts.push(below(node));
    if (node.branchMessageCount > 0) parts.push(formatMessages(node.branchMessageCount));
    parts.push(rate(node.branchMessagesPerSecond));
  }
  return parts.filter((part) => part !== undefined).join(' · ');
}

/** For who does not see the arrow. */
export function trendWords(trend: Trend | undefined): string | undefined {
  switch (trend) {
    case undefined:
      return undefined;
    case 'up':
      return l10n.t('rising');
    case 'down':
      return l10n.t('falling');
    case 'same':
      return l10n.t('unchanged');
  }
}

function below(node: TopicNode): string | undefined {
  return node.descendantTopicCount > 0 ? formatTopics(node.descendantTopicCount) : undefined;
}

function formatValue(value: TopicValue, payloadBytes: number, trend: Trend | undefined): string {
  switch (value.kind) {
    case 'empty':
      return l10n.t('(no payload)');
    case 'number':
      return trend === undefined ? value.text : `${value.text} ${arrows[trend]}`;
    case 'json':
    case 'text':
      return value.isCut ? `${value.text}…` : value.text;
    case 'binary':
      return `${shortSize(payloadBytes)}: ${value.hex}${value.isCut ? ' …' : ''}`;
  }
}

function shortSize(bytes: number): string {
  return bytes < BYTES_PER_KIBIBYTE ? l10n.t('{0} B', bytes) : formatBytes(bytes);
}

/** Undefined where hardly anything comes. */
function rate(perSecond: number): string | undefined {
  return perSecond < MIN_SHOWN_RATE ? undefined : formatRate(perSecond);
}
