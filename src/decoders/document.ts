/**
 * Values of binary formats, written as one JSON text that loses nothing. What JSON has no word for is an object whose
 * key begins with a dollar sign, the same for every format (docs/decoders.md shows them to users):
 *
 * - bytes                  `{"$bytes": "0102ff"}`
 * - NaN and infinities     `{"$float": "NaN"}`, `"Infinity"`, `"-Infinity"`
 * - undefined              `{"$undefined": true}`
 * - a time                 `{"$date": "2026-01-02T03:04:05.678Z"}`, with as many digits as were sent
 * - a CBOR tag             `{"$tag": 32, "$value": …}`; a simple value `{"$simple": 99}`
 * - a MessagePack extension `{"$extension": 5, "$value": {"$bytes": "0102"}}`
 * - a map whose keys are not all different text or integers `{"$map": [[key, value], …]}`
 *
 * A bigint is plain digits; -0 stays -0. Readers make those objects; bytes, floats and undefined are JavaScript's own
 * values until they are written here, so that plots and filters get them as they are.
 */
import { DecodeProblem } from './decodeProblem.ts';
import { type DecodedView, type DecoderInput, mebibyte } from './decoder.ts';
import { hexOf } from './hexText.ts';

export type DocumentValue =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly DocumentValue[]
  | DocumentObject;

export interface DocumentObject {
  [key: string]: DocumentValue;
}

/** Deeper lines are indented no further: a document of 500 levels would be mostly spaces. */
const maxIndentedLevels = 32;

/** Hex doubles bytes, and what was deflated within a payload comes on top. */
const maxDocumentCharacters = 32 * mebibyte;

/** A key of `__proto__` becomes a field like any other. */
export function setField(object: DocumentObject, key: string, value: DocumentValue): void {
  if (key === '__proto__')
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  else object[key] = value;
}

/** A map as an object where its keys allow it: see the header. */
export function mapValue(entries: readonly (readonly [DocumentValue, DocumentValue])[]): DocumentValue {
  const object: DocumentObject = {};
  for (const [key, value] of entries) {
    const isPlain = typeof key === 'string' || typeof key === 'bigint' || Number.isSafeInteger(key);
    const name = String(key);
    if (!isPlain || Object.hasOwn(object, name)) return { $map: entries };
    setField(object, name, value);
  }
  return object;
}

/** @param fraction Of the second, in units of 10^-digits. */
export function dateValue(seconds: bigint, fraction: bigint, digits: 0 | 3 | 6 | 9): DocumentValue {
  const isoText = isoDate(seconds, fraction, digits);
  return isoText === undefined ? undefined : { $date: isoText };
}

/** Undefined for a year that ISO 8601 has no plain form for, as JavaScript's Date holds it. */
export function isoDate(seconds: bigint, fraction: bigint, digits: 0 | 3 | 6 | 9): string | undefined {
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return undefined;
  const shownDigits = digits === 0 ? '' : `.${String(fraction).padStart(digits, '0')}`;
  return date.toISOString().replace(/\.\d+Z$/, `${shownDigits}Z`);
}

/** Milliseconds since 1970. */
export function isoDateOfMs(ms: bigint): string | undefined {
  const fraction = ((ms % 1000n) + 1000n) % 1000n;
  return isoDate((ms - fraction) / 1000n, fraction, 3);
}

/** For a view; without its text where nobody looks. */
export function documentView({ isForValue = false }: DecoderInput, value: DocumentValue): DecodedView {
  return { kind: 'json', text: isForValue ? '' : documentText(value) };
}

/** Pretty, two spaces a level. Throws a DecodeProblem for a document that no view could hold. */
export function documentText(value: DocumentValue): string {
  const out = new DocumentWriter();
  out.write(value, 0);
  return out.text;
}

class DocumentWriter {
  readonly #parts: string[] = [];
  #length = 0;

  get text(): string {
    return this.#parts.join('');
  }

  write(value: DocumentValue, depth: number): void {
    if (Array.isArray(value)) this.#writeArray(value, depth);
    else if (value instanceof Uint8Array) this.#push(`{"$bytes": "${hexOf(value)}"}`);
    else if (typeof value === 'object' && value !== null) this.#writeObject(value as DocumentObject, depth);
    else this.#push(scalarText(value));
  }

  #writeArray(items: readonly DocumentValue[], depth: number): void {
    if (items.length === 0) {
      this.#push('[]');
      return;
    }
    for (let i = 0; i < items.length; i++) {
      this.#push((i === 0 ? '[' : ',') + lineStart(depth + 1));
      this.write(items[i], depth + 1);
    }
    this.#push(`${lineStart(depth)}]`);
  }

  #writeObject(object: DocumentObject, depth: number): void {
    const keys = Object.keys(object);
    if (keys.length === 0) {
      this.#push('{}');
      return;
    }
    keys.forEach((key, i) => {
      this.#push(`${i === 0 ? '{' : ','}${lineStart(depth + 1)}${JSON.stringify(key)}: `);
      this.write(object[key], depth + 1);
    });
    this.#push(`${lineStart(depth)}}`);
  }

  #push(part: string): void {
    this.#length += part.length;
    if (this.#length > maxDocumentCharacters)
      throw new DecodeProblem('As a document this would be longer than 32 MiB. Look at the bytes.');
    this.#parts.push(part);
  }
}

function lineStart(depth: number): string {
  return `\n${'  '.repeat(Math.min(depth, maxIndentedLevels))}`;
}

function scalarText(value: null | undefined | boolean | number | bigint | string): string {
  if (value === undefined) return '{"$undefined": true}';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'number') return String(value);
  if (!Number.isFinite(value)) return `{"$float": "${value}"}`;
  return Object.is(value, -0) ? '-0' : String(value);
}
