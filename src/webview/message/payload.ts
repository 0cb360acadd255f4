/**
 * A payload as the panel's tabs read it: text, JSON, hex, and which of them fits. Pure; bytes in, rows out.
 *
 * Nothing is worked out before it is asked for, and what was worked out is kept: a payload of ten megabytes is decoded
 * once, laid out once as offsets of rows, and each row is made only when it is in view.
 */
import { hasBinaryControls } from '../../base/binaryText.ts';
import type { MessageDetail } from '../../contracts/messages.ts';
import { formatHex } from '../shared/format.ts';
import { IntList } from '../shared/intList.ts';
import { type JsonLayout, layOutJson } from '../shared/json.ts';
import { type DecodedText, decodeUtf8, withoutTerminalSequences } from '../shared/utf8.ts';

/** The payload itself, read in the page. What the engine's decoders make of it has a tab of its own. */
export type RawTab = 'text' | 'json' | 'hex';
export const rawTabs: readonly RawTab[] = ['text', 'json', 'hex'];

/** How much of a long payload is here at a time, where it is looked at in parts. */
export const partBytes = 256 * 1024;

export interface PayloadPart {
  /** Of its first byte in the payload. */
  offset: number;
  bytes: Uint8Array;
  /** Nothing follows it. */
  isLast: boolean;
}

/** Text and JSON are read from this much of a payload; hex has no limit. Keeps the longest wait under a second. */
export const maxReadBytes = 16 * 1024 * 1024;

/** Of a text in rows of one line each, as a terminal breaks them. */
export interface TextRows {
  rowCount: number;
  row(index: number): string;
}

export interface HexRow {
  /** Of the row's first byte, eight hex digits or more. */
  offset: string;
  hex: string;
  /** One character a byte; a middle dot for what is not printable ASCII. */
  ascii: string;
}

export class PayloadContent {
  readonly bytes: Uint8Array;
  /** Of the first byte here in the payload. */
  readonly offset: number;
  /** The payload goes on after the bytes here. */
  readonly isCut: boolean;
  /** The payload is longer than what Text and JSON read. */
  readonly isBeyondReading: boolean;
  readonly #contentType: string;
  #decoded: DecodedText | undefined;
  #json: JsonLayout | undefined;

  /** @param part in place of the payload's beginning. */
  constructor(detail: Pick<MessageDetail, 'payload' | 'truncated' | 'properties'>, part?: PayloadPart) {
    this.bytes = part?.bytes ?? detail.payload;
    this.offset = part?.offset ?? 0;
    this.isCut = part === undefined ? detail.truncated : !part.isLast;
    this.isBeyondReading = this.bytes.length > maxReadBytes;
    this.#contentType = detail.properties?.contentType?.toLowerCase() ?? '';
  }

  /** Invalid bytes are lone surrogates in it: see utf8.ts. */
  get text(): string {
    return this.#read().text;
  }

  get invalidByteCount(): number {
    return this.#read().invalidByteCount;
  }

  get json(): JsonLayout {
    this.#json ??= layOutJson(this.text);
    return this.#json;
  }

  /** Whether it is JSON, as far as it is here. */
  get isJson(): boolean {
    const { problem } = this.json;
    if (problem === undefined) return true;
    return problem.kind === 'unexpectedEnd' && this.json.rowCount > 0 && this.#isEndMissing;
  }

  /** The tab that shows most of what the payload means. */
  get bestTab(): RawTab {
    if (this.bytes.length === 0) return 'text';
    if (this.invalidByteCount > 0 || hasBinaryControls(this.text)) return 'hex';
    const isStructured = /^\s*[[{]/.test(this.text);
    // A bare number or word is JSON too, and is easier to read as text.
    if ((isStructured || this.#contentType.includes('json')) && this.isJson) return 'json';
    return 'text';
  }

  /** It looks like JSON and is not: worth telling. */
  get isBrokenJson(): boolean {
    const startsLikeJson = /^\s*(?:\{|\[\s*[[{"\d-])/.test(this.text.slice(0, 1000));
    return (startsLikeJson || this.#contentType.includes('json')) && this.bytes.length > 0 && !this.isJson;
  }

  get #isEndMissing(): boolean {
    return this.isCut || this.isBeyondReading;
  }

  #read(): DecodedText {
    const start = this.offset === 0 ? 0 : continuationLength(this.bytes);
    this.#decoded ??= decodeUtf8(this.bytes.subarray(start, maxReadBytes), this.#isEndMissing);
    return this.#decoded;
  }
}

/** @param columns Longest row, UTF-16 units, 2 or more. */
export function layOutText(text: string, columns: number): TextRows {
  const starts = new IntList();
  for (let start = 0; start <= text.length; ) {
    const lineFeed = text.indexOf('\n', start);
    const lineEnd = lineFeed === -1 ? text.length : lineFeed;
    starts.push(start);
    while (lineEnd - start > columns) {
      start += columns;
      // Not between the halves of a surrogate pair.
      if (isHighSurrogate(text.charCodeAt(start - 1)) && isLowSurrogate(text.charCodeAt(start))) start--;
      starts.push(start);
    }
    start = lineEnd + 1;
  }
  return {
    rowCount: starts.length,
    row: (index) => {
      const end = index + 1 < starts.length ? starts.at(index + 1) : text.length;
      return text.slice(starts.at(index), end).replace(/\r?\n$/, '');
    },
  };
}

export function hexRowCount(bytes: Uint8Array, bytesPerRow: number): number {
  return Math.ceil(bytes.length / bytesPerRow);
}

/**
 * @param bytesPerRow Shown in groups of eight.
 * @param firstOffset What the first of the bytes is counted as.
 */
export function hexRow(bytes: Uint8Array, row: number, bytesPerRow: number, firstOffset = 0): HexRow {
  const start = row * bytesPerRow;
  const rowBytes = bytes.subarray(start, start + bytesPerRow);
  const groups: string[] = [];
  for (let i = 0; i < rowBytes.length; i += 8) groups.push(formatHex(rowBytes.subarray(i, i + 8)));
  let ascii = '';
  for (const byte of rowBytes) ascii += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·';
  return { offset: (firstOffset + start).toString(16).padStart(8, '0'), hex: groups.join('  '), ascii };
}

/** The bytes are not UTF-8, or hold control characters: a line of text would say nothing. */
export type Preview = { kind: 'empty' } | { kind: 'text'; text: string } | { kind: 'bytes'; hex: string };

/** One line for the list, from a summary's first bytes. */
export function previewOf(preview: Uint8Array, payloadBytes: number): Preview {
  if (payloadBytes === 0) return { kind: 'empty' };
  const { text, invalidByteCount } = decodeUtf8(preview, payloadBytes > preview.length);
  if (invalidByteCount > 0 || hasBinaryControls(text))
    return { kind: 'bytes', hex: formatHex(preview.subarray(0, 32)) };
  return { kind: 'text', text: withoutTerminalSequences(text).replace(/\s+/g, ' ').trim() };
}

/** Of the end of a character that began before these bytes: three bytes at most. */
function continuationLength(bytes: Uint8Array): number {
  let length = 0;
  while (length < 3 && ((bytes[length] ?? 0) & 0xc0) === 0x80) length++;
  return length;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
