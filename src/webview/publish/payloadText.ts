/**
 * What a payload typed in the form means as bytes, and where it means nothing. Pure: text and a format in, bytes out.
 * Words for problems are in words.ts.
 */
import { type BytesTextProblem, readBase64, readHex } from '../../base/bytesText.ts';
import { withStandIns } from '../../base/placeholders.ts';
import type { PayloadFormat } from '../../contracts/publishing.ts';
import { formatHex } from '../shared/format.ts';
import { formatJson, type JsonProblem, layOutJson } from '../shared/json.ts';
import { decodeUtf8 } from '../shared/utf8.ts';

export type PayloadProblem = { kind: 'json'; at: number; problem: JsonProblem } | BytesTextProblem;

export type PayloadReading =
  | { kind: 'bytes'; bytes: Uint8Array }
  /** JSON that is encoded in the engine, which knows the schemas. */
  | { kind: 'document' }
  | { kind: 'problem'; problem: PayloadProblem };

/**
 * An empty text is an empty payload in every format.
 *
 * @param isTemplate placeholders are filled in before it is sent: they stand for values
 */
export function readPayload(text: string, format: PayloadFormat, isTemplate = false): PayloadReading {
  switch (format) {
    case 'text':
      return bytesReading(new TextEncoder().encode(text));
    case 'json':
      return readJson(text, isTemplate);
    case 'hex':
      return readHex(text);
    case 'base64':
      return readBase64(text);
    case 'cbor':
    case 'messagePack':
    case 'protobuf': {
      const reading = readJson(text, isTemplate);
      return reading.kind === 'bytes' && text.trim() !== '' ? { kind: 'document' } : reading;
    }
  }
}

/** The same payload written in another format; the text as it is when it has no bytes, or they are no text. */
export function convertPayload(text: string, from: PayloadFormat, to: PayloadFormat): string {
  const isTextual = (format: PayloadFormat) => format !== 'hex' && format !== 'base64';
  if (from === to || (isTextual(from) && isTextual(to))) return text;
  // JSON that is not finished still has its characters.
  const reading = readPayload(text, isTextual(from) ? 'text' : from);
  return reading.kind === 'bytes' ? (writePayload(reading.bytes, to) ?? text) : text;
}

/** Undefined when the format can't say these bytes: they are not UTF-8. */
function writePayload(bytes: Uint8Array, format: PayloadFormat): string | undefined {
  switch (format) {
    case 'text':
    case 'json':
    case 'cbor':
    case 'messagePack':
    case 'protobuf': {
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

function readJson(text: string, isTemplate: boolean): PayloadReading {
  const checked = isTemplate ? withStandIns(text) : text;
  const problem = text.trim() === '' ? undefined : layOutJson(checked).problem;
  if (problem !== undefined) return { kind: 'problem', problem: { kind: 'json', at: problem.at, problem } };
  return bytesReading(new TextEncoder().encode(text));
}

function bytesReading(bytes: Uint8Array): PayloadReading {
  return { kind: 'bytes', bytes };
}
