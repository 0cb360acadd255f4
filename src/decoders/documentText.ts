/**
 * A document as a person writes it, read into the values of document.ts: the other way round of what decoders show, with the
 * same objects for what JSON has no word for. So a decoded message can be changed and encoded again.
 *
 * Whole numbers keep every digit; a number that is written with a point or an exponent is one with a fraction, which formats
 * with both kinds tell apart.
 */
import { EncodeProblem, pathOf } from './encodeProblem.ts';
import { jsonFault } from './jsonSyntax.ts';

/** A number that is written `1.0`: not a whole one, whatever its value. */
export class WrittenFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

export type WrittenValue =
  | null
  | undefined
  | boolean
  | bigint
  | string
  | WrittenFloat
  | Uint8Array
  | readonly WrittenValue[]
  /** A map or an object, in its order. */
  | WrittenMap
  | WrittenSpecial;

export interface WrittenMap {
  kind: 'map';
  entries: readonly (readonly [key: WrittenValue, value: WrittenValue])[];
}

/** What only some formats know. */
export type WrittenSpecial =
  | { kind: 'date'; text: string; seconds: bigint; nanoseconds: number }
  | { kind: 'tag'; tag: bigint; value: WrittenValue }
  | { kind: 'simple'; simple: number }
  | { kind: 'extension'; type: number; bytes: Uint8Array };

const maxDepth = 200;

/** Throws an EncodeProblem for a special object that makes no sense. @param text is JSON: see `jsonFault`. */
export function readDocumentText(text: string): WrittenValue {
  if (jsonFault(text) !== undefined) throw new EncodeProblem('it is not JSON', '');
  // JSON.parse would exhaust the stack.
  if (isDeeperThan(text, maxDepth))
    throw new EncodeProblem(`it is nested deeper than ${maxDepth} levels`, '');
  // The source of each number: JSON.parse alone would round it.
  const parsed = parseWithSource(text, (_key, value, context) =>
    typeof value === 'number' && context.source !== undefined ? numberOf(context.source) : value,
  );
  return writtenOf(parsed, '');
}

type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown;

/** Node has had the third argument since 21; the types of ES2023 do not know it. */
function parseWithSource(text: string, reviver: Reviver): unknown {
  return JSON.parse(text, reviver as (key: string, value: unknown) => unknown);
}

function numberOf(source: string): bigint | WrittenFloat {
  return /^-?\d+$/.test(source) && source !== '-0' ? BigInt(source) : new WrittenFloat(Number(source));
}

function writtenOf(parsed: unknown, path: string): WrittenValue {
  if (Array.isArray(parsed)) return parsed.map((item, i) => writtenOf(item, pathOf(path, i)));
  if (typeof parsed !== 'object' || parsed === null || parsed instanceof WrittenFloat)
    return parsed as WrittenValue; // JSON has no others
  const fields = Object.entries(parsed);
  const [first] = fields;
  const special = first?.[0].startsWith('$') ? specialOf(fields, path) : undefined;
  if (special !== undefined) return special.value;
  return {
    kind: 'map',
    entries: fields.map(([key, value]) => [key, writtenOf(value, pathOf(path, key))]),
  };
}

/** Undefined for an object whose key begins with a dollar sign, and means nothing here. */
function specialOf(fields: readonly [string, unknown][], path: string): { value: WrittenValue } | undefined {
  const named = new Map(fields);
  const names = [...named.keys()].sort().join();
  const only = fields[0]?.[1];
  switch (names) {
    case '$bytes':
      return { value: bytesOf(only, pathOf(path, '$bytes')) };
    case '$float':
      if (only === 'NaN' || only === 'Infinity' || only === '-Infinity')
        return { value: new WrittenFloat(Number(only)) };
      throw new EncodeProblem('“NaN”, “Infinity” or “-Infinity” is wanted', pathOf(path, '$float'));
    case '$undefined':
      return { value: undefined };
    case '$date':
      return { value: dateOf(only, pathOf(path, '$date')) };
    case '$simple': {
      const simple = integerOf(only, 0, 255, pathOf(path, '$simple'));
      return { value: { kind: 'simple', simple } };
    }
    case '$map':
      return { value: mapOf(only, pathOf(path, '$map')) };
    case '$tag,$value': {
      const tag = named.get('$tag');
      if (typeof tag !== 'bigint' || tag < 0n || tag > 0xffff_ffff_ffff_ffffn)
        throw new EncodeProblem('a whole number from 0 to 2^64 - 1 is wanted', pathOf(path, '$tag'));
      return {
        value: { kind: 'tag', tag, value: writtenOf(named.get('$value'), pathOf(path, '$value')) },
      };
    }
    case '$extension,$value': {
      const type = integerOf(named.get('$extension'), -128, 127, pathOf(path, '$extension'));
      const bytes = writtenOf(named.get('$value'), pathOf(path, '$value'));
      if (!(bytes instanceof Uint8Array))
        throw new EncodeProblem('{"$bytes": "…"} is wanted', pathOf(path, '$value'));
      return { value: { kind: 'extension', type, bytes } };
    }
    default:
      return undefined;
  }
}

/** Of a text that is JSON. */
function isDeeperThan(text: string, limit: number): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '"') for (i++; text[i] !== '"'; i++) i += text[i] === '\\' ? 1 : 0;
    else if (character === '[' || character === '{') {
      if (++depth > limit) return true;
    } else if (character === ']' || character === '}') depth--;
  }
  return false;
}

function bytesOf(hex: unknown, path: string): Uint8Array {
  if (typeof hex !== 'string' || !/^(?:[0-9a-f]{2})*$/i.test(hex))
    throw new EncodeProblem('pairs of hex digits are wanted', path);
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

function integerOf(value: unknown, low: number, high: number, path: string): number {
  if (typeof value !== 'bigint' || value < low || value > high)
    throw new EncodeProblem(`a whole number from ${low} to ${high} is wanted`, path);
  return Number(value);
}

function mapOf(pairs: unknown, path: string): WrittenMap {
  if (!Array.isArray(pairs)) throw new EncodeProblem('a list of pairs is wanted', path);
  const entries = pairs.map((pair: unknown, i): [WrittenValue, WrittenValue] => {
    const place = pathOf(path, i);
    if (!Array.isArray(pair) || pair.length !== 2) throw new EncodeProblem('a pair is wanted', place);
    return [writtenOf(pair[0], pathOf(place, 0)), writtenOf(pair[1], pathOf(place, 1))];
  });
  return { kind: 'map', entries };
}

const datePattern = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

function dateOf(text: unknown, path: string): WrittenSpecial {
  const [, whole, fraction = '', zone] = (typeof text === 'string' && datePattern.exec(text)) || [];
  const atMs = whole === undefined ? Number.NaN : Date.parse(`${whole}${zone}`);
  if (typeof text !== 'string' || Number.isNaN(atMs))
    throw new EncodeProblem('a time as in “2026-01-02T03:04:05.678Z” is wanted', path);
  return {
    kind: 'date',
    text,
    seconds: BigInt(Math.floor(atMs / 1000)),
    nanoseconds: Number(fraction.padEnd(9, '0')),
  };
}
