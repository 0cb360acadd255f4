/**
 * Base64, standard and URL-safe: the bytes in it are shown as what they are most likely, which the registry finds out.
 * A word of sixteen letters is Base64 too, so the offer stays behind text unless the bytes inside are recognized.
 */
import { DecodeProblem } from './decodeProblem.ts';
import { type DecodeOutcome, type Decoder, type DecoderInput, limitsOf, mebibyte } from './decoder.ts';
import type { PayloadTraits } from './payloadTraits.ts';

const minCharacters = 16;
const maxBase64Bytes = 8 * mebibyte;
/** In the end it is bytes like any others: as much as tells what they are. A multiple of four. */
const peekedCharacters = 4096;

/** @param best Confidence of the most likely format of some bytes, and its name. */
export type BestOf = (input: DecoderInput) => { confidence: number; isBinary: boolean };
export type DecodeBest = (input: DecoderInput) => Promise<{ outcome: DecodeOutcome; label: string }>;

export function base64Decoder(options: { bestOf: BestOf; decodeBest: DecodeBest }): Decoder {
  return {
    id: 'base64',
    label: 'Base64',
    maxBytes: maxBase64Bytes,
    offer: (input, traits) => offer(input, traits, options.bestOf),
    decode: (input) => decode(input, options.decodeBest),
  };
}

function offer(input: DecoderInput, traits: PayloadTraits, bestOf: BestOf): number | undefined {
  if (!traits.isText) return undefined;
  const text = withoutLineEnds(traits.text.slice(0, peekedCharacters * 2));
  if (text.length < minCharacters || !isAlphabet(text)) return undefined;
  const isWhole = !traits.isHeadCut && traits.text.length <= peekedCharacters * 2;
  if (isWhole && !hasWholeLength(text)) return undefined;
  // A word, a number in decimal or in hex: Base64 of any length mixes them.
  if (!/[A-Z]/.test(text) || !/[a-z]/.test(text)) return undefined;
  const isPeekCut = !isWhole || text.length > peekedCharacters;
  const payload = bytesOf(text.slice(0, peekedCharacters));
  const { confidence, isBinary } = bestOf({ topic: input.topic, payload, isCut: isPeekCut });
  if (confidence >= 0.8) return isBinary || text.endsWith('=') ? 0.88 : 0.82;
  return text.endsWith('=') || /[+/]/.test(text) ? 0.5 : 0.3;
}

async function decode(input: DecoderInput, decodeBest: DecodeBest): Promise<DecodeOutcome> {
  const characters = Buffer.from(input.payload).toString('latin1');
  const wrong = characters.search(/[^A-Za-z0-9+/_=\s-]/);
  if (wrong !== -1)
    throw new DecodeProblem(
      `This is not Base64: its alphabet has no byte 0x${hexByte(input.payload[wrong])}.`,
      {
        atByte: wrong,
      },
    );
  let text = withoutLineEnds(characters);
  const padding = text.indexOf('=');
  if (padding !== -1 && padding < text.length - paddingLength(text))
    throw new DecodeProblem('This is not Base64: “=” may stand at the end only.', {
      atByte: characters.indexOf('='),
    });
  if (input.isCut) text = text.slice(0, text.length - (text.length % 4));
  else if (!hasWholeLength(text))
    throw new DecodeProblem('This is not whole Base64: its last group of four characters is incomplete.', {
      atByte: characters.length,
    });
  const payload = bytesOf(text);
  const { outcome, label } = await decodeBest({
    ...limitsOf(input),
    ...{ topic: input.topic, payload, isCut: input.isCut },
  });
  if (outcome.kind === 'failed') return outcome;
  const { view, notes } = outcome.decoded;
  const note = `Base64 of ${payload.length} ${payload.length === 1 ? 'byte' : 'bytes'}, shown as ${label}.`;
  return {
    kind: 'decoded',
    decoded: {
      ...outcome.decoded,
      view: view.kind === 'hex' ? { kind: 'hex', bytes: view.bytes ?? payload } : view,
      notes: [note, ...notes],
    },
  };
}

function withoutLineEnds(text: string): string {
  return text.replace(/\s+/g, '');
}

function isAlphabet(text: string): boolean {
  return /^(?:[A-Za-z0-9+/]+|[A-Za-z0-9_-]+)=*$/.test(text);
}

/** URL-safe Base64 often comes without its padding. */
function hasWholeLength(text: string): boolean {
  const padding = paddingLength(text);
  return padding === 0 ? text.length % 4 !== 1 : padding <= 2 && text.length % 4 === 0;
}

/** No regular expression: one that looks for the end from every “=” takes hours for some megabytes of them. */
function paddingLength(text: string): number {
  let end = text.length;
  while (end > 0 && text[end - 1] === '=') end--;
  return text.length - end;
}

/** Node reads both alphabets. */
function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}

function hexByte(byte = 0): string {
  return byte.toString(16).padStart(2, '0');
}
