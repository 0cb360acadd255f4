/**
 * The numbers in payloads that are plain text or JSON, at once: most of what devices send.
 *
 * An interface, so that other formats can stand behind it; their decoders may take their time.
 */
import { Buffer } from 'node:buffer';
import { type NumericPath, numberAt, numberIn, numericPaths } from '../decoders/numericPaths.ts';
import type { Model } from '../model/model.ts';
import type { NumberReader } from '../model/plotSeries.ts';

export interface PayloadNumbers {
  /**
   * @param path as numericPaths.ts writes it.
   * @param model whose messages are read: what a message says may depend on others.
   */
  readerOf(path: string, model: Model): NumberReader;
  /** The bytes are borrowed until it returns. */
  pathsOf(
    payload: Uint8Array,
    topic: string,
    model: Model,
  ): readonly NumericPath[] | Promise<readonly NumericPath[]>;
}

/** Of a text that is a number and nothing else. */
const MAX_PLAIN_BYTES = 64;
/** A longer one takes longer to parse than the engine may stand still. */
const MAX_JSON_BYTES = 1024 * 1024;

/** Needs no model. */
export const textNumbers = {
  readerOf: (path: string): NumberReader =>
    path === '' ? plainNumber : (payload) => numberInJson(payload, path),
  pathsOf: (payload: Uint8Array): readonly NumericPath[] => {
    const number = plainNumber(payload);
    if (number !== undefined) return [{ path: '', value: number }];
    return isContainer(payload) ? numericPaths(jsonOf(payload)) : [];
  },
} satisfies PayloadNumbers;

function plainNumber(payload: Uint8Array): number | undefined {
  if (payload.length > MAX_PLAIN_BYTES) return undefined;
  const text = textOf(payload);
  // `007` and `+1` are numbers to a person, and no JSON. Most are spared the parser.
  const number = numberIn(text);
  return number !== undefined || text === '' || isContainer(payload) ? number : numberAt(jsonOf(payload), '');
}

function numberInJson(payload: Uint8Array, path: string): number | undefined {
  return isContainer(payload) ? numberAt(jsonOf(payload), path) : undefined;
}

/** Undefined where it is none. */
function jsonOf(payload: Uint8Array): unknown {
  if (payload.length > MAX_JSON_BYTES) return undefined;
  try {
    return JSON.parse(textOf(payload));
  } catch {
    return undefined;
  }
}

function textOf({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString();
}

/** It begins as an object or an array of JSON does. */
function isContainer(payload: Uint8Array): boolean {
  for (const byte of payload) {
    if (byte === 0x7b || byte === 0x5b) return true;
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return false;
  }
  return false;
}
