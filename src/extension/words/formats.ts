/** Numbers, sizes and names as a person reads them, in the language of the editor. */
import { env, l10n } from 'vscode';
import type { MessageSummary } from '../../contracts/messages.ts';
import { cutText, makeVisible, previewPayload } from '../payload/payloadText.ts';

/** As in the message panel: powers of 1024, as device memory is counted. */
const BYTES_PER_KIBIBYTE = 1_024;
const SIZE_UNITS = ['KiB', 'MiB', 'GiB'];

/** By the number of fraction digits. To make one takes as long as to describe a row; the language stays what it is. */
const numberFormats = new Map<number, Intl.NumberFormat>();

export function formatCount(count: number): string {
  return formatNumber(count, 0);
}

/** With so many digits behind the point at most. */
export function formatNumber(value: number, maximumFractionDigits: number): string {
  let format = numberFormats.get(maximumFractionDigits);
  if (format === undefined) {
    format = new Intl.NumberFormat(env.language, { maximumFractionDigits });
    numberFormats.set(maximumFractionDigits, format);
  }
  return format.format(value);
}

export function formatMessages(count: number): string {
  return count === 1 ? l10n.t('1 message') : l10n.t('{0} messages', formatCount(count));
}

export function formatTopics(count: number): string {
  return count === 1 ? l10n.t('1 topic') : l10n.t('{0} topics', formatCount(count));
}

/** `12 bytes`, `3.4 KiB`. */
export function formatBytes(bytes: number): string {
  if (bytes === 1) return l10n.t('1 byte');
  if (bytes < BYTES_PER_KIBIBYTE) return l10n.t('{0} bytes', formatCount(bytes));
  let size = bytes / BYTES_PER_KIBIBYTE;
  let unit = 0;
  while (size >= BYTES_PER_KIBIBYTE && unit < SIZE_UNITS.length - 1) {
    size /= BYTES_PER_KIBIBYTE;
    unit++;
  }
  return `${formatNumber(size, 1)} ${SIZE_UNITS[unit]}`;
}

export function formatTime(atMs: number): string {
  return new Date(atMs).toLocaleTimeString(env.language, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
  });
}

/** A topic, client id or the like as part of a sentence: on one line, and not longer than one. */
export function formatName(name: string, maxCharacters = 80): string {
  return cutText(makeVisible(name), maxCharacters);
}

/** A level of a topic may be empty, as the first one of `/a`. */
export function formatLevel(level: string): string {
  return level === '' ? l10n.t('(empty)') : formatName(level, 120);
}

/** A payload on one line: its text, or its size and first bytes. */
export function formatPreview(
  message: Pick<MessageSummary, 'preview' | 'payloadBytes'>,
  maxCharacters: number,
): string {
  const preview = previewPayload(message.preview, message.payloadBytes, maxCharacters);
  switch (preview.kind) {
    case 'empty':
      return l10n.t('(no payload)');
    case 'text':
      return preview.isCut ? `${preview.text}…` : preview.text;
    case 'binary':
      return `${formatBytes(message.payloadBytes)}: ${preview.hex}${preview.isCut ? ' …' : ''}`;
  }
}
