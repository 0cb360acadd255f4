/**
 * What a payload typed in the form means as bytes, and where it means nothing. Pure: text and a format in, bytes out.
 *
 * Formats are lenient where people paste from (C arrays, dumps with colons, Base64 in lines or for URLs) and strict
 * where a slip would change the bytes: every digit has its pair. Words for problems are in words.ts.
 */
import type { PayloadFormat } from '../../contracts/webview.ts';
import { formatHex } from '../shared/format.ts';
import { formatJson, type JsonProblem, layOutJson } from '../shared/json.ts';
import { characterAt, type TextPosition, textPosition } from '../shared/textPosition.ts';
import { decodeUtf8 } from '../shared/utf8.ts';

export type PayloadProblem =
  | { kind: 'json'; at: number; problem: JsonProblem }
  | ({ kind: 'hexCharacter' | 'hexOddDigits'; found: string } & TextPosition)
  | ({ kind: 'base64Character' | 'base64Padding' | 'base64Length'; found: string } & TextPosition);

export type PayloadReading =
  | { kind: 'bytes'; bytes: Uint8Array }
  | { kind: 'problem'; problem: PayloadProblem };

/** An empty text is an empty payload in every format. */
export function readPayload(text: string, format: PayloadFormat): PayloadReading {
  switch (format) {
    case 'text':
      return bytesReading(new TextEncoder().encode(text));
    case 'json':
      return readJson(text);
    case 'hex':
      return readHex(text);
    case 'base64':
      return readBase64(text);
  }
}

/** The same payload written in another format; the text as it is when it has no bytes, or they are no text. */
export function convertPayload(text: string, from: PayloadFormat, to: PayloadFormat): string {
  const isTextual = (format: PayloadFormat) => format === 'text' || format === 'json';
  if (from === to || (isTextual(from) && isTextual(to))) return text;
  // JSON that is not finished still has its characters.
  const reading = readPayload(text, from === 'json' ? 'text' : from);
  return reading.kind === 'bytes' ? (writePayload(reading.bytes, to) ?? text) : text;
}

/** Undefined when the format can't say these bytes: they are not UTF-8. */
function writePayload(bytes: Uint8Array, format: PayloadFormat): string | undefined {
  switch (format) {
    case 'text':
    case 'json': {
      const { text, invalidByteCount } = decodeUtf8(bytes, false);
      return invalidByteCount === 0 ? text : undefined;
    }
    case 'hex':
      return formatHex(bytes);
    case 'base64': {
      let binary = '';
      for (const byte of bytes) binary += String.fromCharCode(byte);
      return btoa(binary);
    }
  }
}

/** Pretty, with every number as it was typed. Undefined when the text is not JSON. */
export function prettyJson(text: string): string | undefined {
  const layout = layOutJson(text);
  return layout.problem === undefined ? formatJson(layout) : undefined;
}

function readJson(text: string): PayloadReading {
  const problem = text.trim() === '' ? undefined : layOutJson(text).problem;
  if (problem !== undefined) return { kind: 'problem', problem: { kind: 'json', at: problem.at, problem } };
  return bytesReading(new TextEncoder().encode(text));
}

/** Runs of digits, each with an optional 0x; white space and , ; : - _ between them. */
export function readHex(text: string): PayloadReading {
  const bytes: number[] = [];
  for (const { 0: run, index } of text.matchAll(/[^\s,;:_-]+/g)) {
    const hasPrefix = /^0x/i.test(run);
    const digits = hasPrefix ? run.slice(2) : run;
    const digitsAt = hasPrefix ? index + 2 : index;
    const badAt = digits.search(/[^0-9a-f]/i);
    if (badAt !== -1) return hexProblem('hexCharacter', text, digitsAt + badAt);
    // 0x5 is how C writes 05; a lone 5 is rather a slip.
    if (hasPrefix && digits.length === 1) bytes.push(Number.parseInt(digits, 16));
    else if (digits.length % 2 === 1 || digits === '') return hexProblem('hexOddDigits', text, index, run);
    else for (let i = 0; i < digits.length; i += 2) bytes.push(Number.parseInt(digits.slice(i, i + 2), 16));
  }
  return bytesReading(Uint8Array.from(bytes));
}

function hexProblem(
  kind: 'hexCharacter' | 'hexOddDigits',
  text: string,
  at: number,
  found = characterAt(text, at),
): PayloadReading {
  return { kind: 'problem', problem: { kind, ...textPosition(text, at), found } };
}

/** RFC 4648, its URL alphabet as well; white space anywhere, padding may be left out. */
function readBase64(text: string): PayloadReading {
  const problem = (
    kind: 'base64Character' | 'base64Padding' | 'base64Length',
    at: number,
  ): PayloadReading => ({
    kind: 'problem',
    problem: { kind, ...textPosition(text, at), found: characterAt(text, at) },
  });
  const badAt = text.search(/[^A-Za-z0-9+/_=\s-]/);
  if (badAt !== -1) return problem('base64Character', badAt);
  const paddingAt = text.indexOf('=');
  const afterPadding = paddingAt === -1 ? -1 : text.slice(paddingAt).search(/[^=\s]/);
  if (afterPadding !== -1) return problem('base64Padding', paddingAt + afterPadding);
  const characters = text.replace(/\s/g, '');
  const symbols = characters.replace(/=+$/, '');
  if (symbols.length % 4 === 1) return problem('base64Length', text.length);
  const padding = characters.length - symbols.length;
  if (padding > 0 && characters.length % 4 !== 0) return problem('base64Padding', paddingAt);
  const binary = atob(symbols.replaceAll('-', '+').replaceAll('_', '/'));
  return bytesReading(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
}

function bytesReading(bytes: Uint8Array): PayloadReading {
  return { kind: 'bytes', bytes };
}
