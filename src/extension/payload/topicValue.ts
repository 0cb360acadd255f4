/**
 * The newest payload of a topic in a short form that fits its kind: a number with where it goes, JSON on one line, text,
 * or bytes.
 *
 * Pure, and without words. A kind is told by the first bytes alone: a row is described again and again.
 */
import type { MessageSummary } from '../../contracts/messages.ts';
import { previewPayload } from './payloadText.ts';

export type TopicValue =
  | { kind: 'empty' }
  /** As the device wrote it. */
  | { kind: 'number'; text: string; value: number }
  /** Safe to show on one line. `isCut`: there is more. */
  | { kind: 'json' | 'text'; text: string; isCut: boolean }
  /** The first bytes in hex, `01 02 0A`. */
  | { kind: 'binary'; hex: string; isCut: boolean };

/** Of a number, against the one before it on the same topic. */
export type Trend = 'up' | 'down' | 'same';

const MAX_NUMBER_BYTES = 40;
const MAX_HEX_BYTES = 8;
/** More than the first bytes of a payload, which is all that a summary has. */
const ALL_CHARACTERS = 1_000;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
/** Line ends and tabs as `previewPayload` shows them, and the NUL that ends a C string. */
const BLANKS_AROUND = /^[\s␉␊␍]+|[\s␉␊␍␀]+$/g;
const BLANK = /[\s␉␊␍]/;
/** A byte with which no number begins, nor a blank before one. */
const NO_NUMBER = /[!-*,/:-\x7f]/;

export function topicValueOf(
  { preview: bytes, payloadBytes }: Pick<MessageSummary, 'preview' | 'payloadBytes'>,
  maxCharacters: number,
): TopicValue {
  const preview = previewPayload(bytes, payloadBytes, ALL_CHARACTERS);
  if (preview.kind === 'empty') return preview;
  if (preview.kind === 'binary') {
    const hex = preview.hex.slice(0, 3 * MAX_HEX_BYTES - 1);
    return { kind: 'binary', hex, isCut: payloadBytes > MAX_HEX_BYTES };
  }
  const text = preview.text.replace(BLANKS_AROUND, '');
  if (payloadBytes <= MAX_NUMBER_BYTES && NUMBER.test(text))
    return { kind: 'number', text, value: Number(text) };
  const isJson = text.startsWith('{') || text.startsWith('[');
  // What is blank alone is shown as it is.
  const line = isJson ? onOneLine(text) : text || preview.text;
  const characters = Array.from(line);
  return {
    kind: isJson ? 'json' : 'text',
    text: characters.slice(0, maxCharacters).join(''),
    isCut: preview.isCut || characters.length > maxCharacters,
  };
}

/** Undefined where one of the two is no number. */
export function trendOf(before: MessageSummary, after: MessageSummary): Trend | undefined {
  const from = numberOf(before);
  const to = from === undefined ? undefined : numberOf(after);
  if (from === undefined || to === undefined) return undefined;
  if (from === to) return 'same';
  return to > from ? 'up' : 'down';
}

/** As `topicValueOf`, where all that is asked is whether it is a number: mostly the first byte says that it is none. */
function numberOf(message: Pick<MessageSummary, 'preview' | 'payloadBytes'>): number | undefined {
  if (message.payloadBytes > MAX_NUMBER_BYTES || NO_NUMBER.test(String.fromCharCode(message.preview[0] ?? 0)))
    return undefined;
  const value = topicValueOf(message, 1);
  return value.kind === 'number' ? value.value : undefined;
}

/** JSON, whole or cut, without the blanks between its parts but for one after each `,` and `:`. */
function onOneLine(json: string): string {
  let line = '';
  let isInString = false;
  for (let i = 0; i < json.length; i++) {
    const character = json[i]!; // below the length
    if (isInString) {
      line += character;
      if (character === '\\') line += json[++i] ?? '';
      else if (character === '"') isInString = false;
    } else if (!BLANK.test(character)) {
      line += character === ',' || character === ':' ? `${character} ` : character;
      isInString = character === '"';
    }
  }
  return line;
}
