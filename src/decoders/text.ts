/**
 * Text, in any encoding that the platform knows. UTF-8 and, by its byte order mark, UTF-16 are found out; the others
 * come by choice, because nothing in the bytes tells them apart.
 */
import { hasBinaryControls } from '../base/binaryText.ts';
import { decodeUtf8 } from '../base/utf8.ts';
import { DecodeProblem } from './decodeProblem.ts';
import {
  type DecodeOutcome,
  type Decoder,
  type DecoderInput,
  type DecodeSettings,
  decodedAs,
  mebibyte,
} from './decoder.ts';
import { numberIn } from './numericPaths.ts';
import type { PayloadTraits } from './payloadTraits.ts';

/** More is not decoded: the longest wait stays under a second. */
const maxTextBytes = 16 * mebibyte;
/** Where an encoding's first invalid byte is, is searched for in no more than this: it takes twenty passes. */
const maxSearchedBytes = mebibyte;

export const textDecoder: Decoder = { id: 'text', label: 'Text', offer, decode };

export interface PayloadText {
  /** Without a byte order mark. */
  text: string;
  /** `utf-8`, `utf-16le`, `gbk`: lower case. */
  encoding: string;
  /** Bytes of the byte order mark that was left out. */
  skippedBytes: number;
  invalidCount: number;
  firstInvalidByte?: number;
}

/** Throws a DecodeProblem for an encoding that the platform does not know. */
export function payloadText(bytes: Uint8Array, isCut: boolean, encoding?: string): PayloadText {
  const mark = byteOrderMark(bytes);
  const label = (encoding ?? mark?.encoding ?? 'utf-8').trim().toLowerCase();
  if (label === 'utf-8' || label === 'utf8') return utf8Text(bytes, isCut, mark);
  // ISO 8859-1 itself, in which every byte is a character. The platform's label means windows-1252.
  if (label === 'latin1' || label === 'iso-8859-1') {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    return { text, encoding: 'iso-8859-1', skippedBytes: 0, invalidCount: 0 };
  }
  return otherText(bytes, isCut, label, mark);
}

function offer(input: DecoderInput, traits: PayloadTraits): number | undefined {
  if (input.payload.length === 0) return 0.9;
  if (traits.isText) return traits.mediaType.startsWith('text/') ? 0.97 : 0.8;
  if (traits.mediaType.startsWith('text/') || input.payloadFormatIndicator === 1) return 0.6;
  const mark = byteOrderMark(traits.head);
  if (mark !== undefined && mark.encoding !== 'utf-8') {
    const { text, invalidCount } = payloadText(traits.head, traits.isHeadCut);
    return invalidCount === 0 && !hasBinaryControls(text) ? 0.85 : undefined;
  }
  // A line with a damaged byte, or in another encoding, is still best read as text.
  return traits.head.length >= 8 && shareOfPlainBytes(traits.head) > 0.85 ? 0.4 : undefined;
}

function decode(input: DecoderInput, settings: DecodeSettings): DecodeOutcome {
  const isShortened = input.payload.length > maxTextBytes;
  const bytes = input.payload.subarray(0, maxTextBytes);
  const { text, encoding, invalidCount, firstInvalidByte } = payloadText(
    bytes,
    input.isCut || isShortened,
    settings.encoding,
  );
  const notes: string[] = [];
  if (isShortened) notes.push('Only the first 16 MiB are shown as text.');
  if (invalidCount > 0) {
    const place = firstInvalidByte === undefined ? '' : `, the first at byte ${firstInvalidByte}`;
    const what = encoding === 'utf-8' ? 'byte' : 'character';
    notes.push(
      `${invalidCount} ${what}${invalidCount === 1 ? ' is' : 's are'} not valid ${encoding}${place}.`,
    );
  }
  return decodedAs({ kind: 'text', text, encoding }, notes, numberIn(text) ?? text);
}

interface ByteOrderMark {
  encoding: 'utf-8' | 'utf-16le' | 'utf-16be';
  length: number;
}

function byteOrderMark(bytes: Uint8Array): ByteOrderMark | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return { encoding: 'utf-8', length: 3 };
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { encoding: 'utf-16le', length: 2 };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { encoding: 'utf-16be', length: 2 };
  return undefined;
}

function utf8Text(bytes: Uint8Array, isCut: boolean, mark: ByteOrderMark | undefined): PayloadText {
  const skippedBytes = mark?.encoding === 'utf-8' ? mark.length : 0;
  const { text, invalidByteCount, firstInvalidByte } = decodeUtf8(bytes.subarray(skippedBytes), isCut);
  return {
    text,
    encoding: 'utf-8',
    skippedBytes,
    invalidCount: invalidByteCount,
    ...(firstInvalidByte !== undefined && { firstInvalidByte: firstInvalidByte + skippedBytes }),
  };
}

function otherText(
  bytes: Uint8Array,
  isCut: boolean,
  label: string,
  mark: ByteOrderMark | undefined,
): PayloadText {
  const decoder = decoderFor(label);
  const encoding = decoder.encoding;
  const skippedBytes = mark !== undefined && mark.encoding === encoding ? mark.length : 0;
  const body = bytes.subarray(skippedBytes);
  // With `stream` an unfinished character at the end waits for more, and is left out.
  const text = decoder.decode(body, { stream: isCut });
  const invalidCount = countReplacements(text);
  if (invalidCount === 0) return { text, encoding, skippedBytes, invalidCount };
  const first = body.length <= maxSearchedBytes ? firstInvalid(body, label) : undefined;
  return {
    text,
    encoding,
    skippedBytes,
    invalidCount,
    ...(first !== undefined && { firstInvalidByte: first + skippedBytes }),
  };
}

function decoderFor(label: string, fatal = false): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(label, { fatal, ignoreBOM: true });
  } catch {
    throw new DecodeProblem(
      `The encoding “${label}” is not known here. Use a name of the WHATWG Encoding Standard, such as gbk, shift_jis or windows-1251.`,
    );
  }
}

function countReplacements(text: string): number {
  let count = 0;
  for (let i = text.indexOf('\ufffd'); i !== -1; i = text.indexOf('\ufffd', i + 1)) count++;
  return count;
}

/** The longest valid prefix, by halving. Undefined where the replacement character was sent as such. */
function firstInvalid(bytes: Uint8Array, label: string): number | undefined {
  const isValid = (length: number, isWhole: boolean): boolean => {
    try {
      decoderFor(label, true).decode(bytes.subarray(0, length), { stream: !isWhole });
      return true;
    } catch {
      return false;
    }
  };
  if (isValid(bytes.length, true)) return undefined;
  let valid = 0;
  let invalid = bytes.length + 1; // the end itself is at fault when every prefix is valid
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    if (isValid(middle, false)) valid = middle;
    else invalid = middle;
  }
  return Math.min(valid, bytes.length - 1);
}

function shareOfPlainBytes(bytes: Uint8Array): number {
  let plain = 0;
  for (const byte of bytes) {
    if ((byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d) plain++;
    // No text holds it, in any encoding of bytes.
    else if (byte === 0) return 0;
  }
  return plain / bytes.length;
}
