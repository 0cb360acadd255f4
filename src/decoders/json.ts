/**
 * JSON: whether it is, where it stops being it, and its values. The text is shown as it came, so that a 64-bit integer
 * keeps every digit; the values are JavaScript's, where such a number is the nearest double.
 */
import { DecodeProblem } from './decodeProblem.ts';
import {
  type DecodeOutcome,
  type Decoder,
  type DecoderInput,
  type DecodeSettings,
  decodedAs,
  mebibyte,
} from './decoder.ts';
import { jsonFault } from './jsonSyntax.ts';
import { type PayloadTraits, saysMediaType } from './payloadTraits.ts';
import { type PayloadText, payloadText } from './text.ts';

/** Values take up to sixty times their text: from a longer one, none are made. */
const maxValueCharacters = 4 * mebibyte;

export const jsonDecoder: Decoder = { id: 'json', label: 'JSON', maxBytes: 16 * mebibyte, offer, decode };

function offer(_input: DecoderInput, traits: PayloadTraits): number | undefined {
  const isSaid = saysMediaType(traits, 'json');
  if (!traits.isText) return isSaid ? 0.7 : undefined;
  const text = traits.text.replace(/^\ufeff/, '').trim();
  if (text === '') return undefined;
  const isContainer = text[0] === '{' || text[0] === '[';
  if (isContainer && traits.isHeadCut) return 0.9;
  if (isJson(text)) return isContainer ? 0.95 : isSaid ? 0.9 : 0.5;
  if (isSaid) return 0.9;
  return /^(?:\{|\[\s*[[{"\d-])/.test(text) ? 0.5 : undefined;
}

function decode(input: DecoderInput, settings: DecodeSettings): DecodeOutcome {
  const source = payloadText(input.payload, input.isCut, settings.encoding);
  if (source.invalidCount > 0)
    throw new DecodeProblem(`JSON must be text, and this is not valid ${source.encoding}.`, {
      ...(source.firstInvalidByte !== undefined && { atByte: source.firstInvalidByte }),
    });
  const { text } = source;
  const view = { kind: 'json', text } as const;
  if (text.length <= maxValueCharacters && !input.isCut) {
    try {
      return decodedAs(view, [], JSON.parse(text));
    } catch {
      // Not JSON: the scan below says where, which the engine's own message does not.
    }
  }
  const fault = jsonFault(text);
  if (fault === undefined)
    return decodedAs(
      view,
      input.isCut ? [] : ['Longer than 4 MiB: its values are not read for plots and filters.'],
    );
  if (fault.isEnd && input.isCut && text.trim() !== '')
    return decodedAs(view, ['Only the first bytes are here: the end of the document is missing.']);
  const { line, column } = placeIn(text, fault.at);
  return {
    kind: 'failed',
    message: `This is not JSON. Line ${line}, column ${column}: ${fault.message}`,
    atByte: byteOffset(source, fault.at),
    line,
    column,
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** From 1, as editors count. */
function placeIn(text: string, at: number): { line: number; column: number } {
  let line = 1;
  let lineStart = 0;
  for (let i = text.indexOf('\n'); i !== -1 && i < at; i = text.indexOf('\n', lineStart)) {
    line++;
    lineStart = i + 1;
  }
  return { line, column: at - lineStart + 1 };
}

function byteOffset(source: PayloadText, at: number): number {
  const before = source.text.slice(0, at);
  if (source.encoding === 'utf-8') return source.skippedBytes + Buffer.byteLength(before);
  // Of other encodings only the widths that are fixed are known without encoding again.
  return source.skippedBytes + before.length * (source.encoding.startsWith('utf-16') ? 2 : 1);
}
