/**
 * What a payload may be wrapped in: gzip and zlib, found by their first bytes; raw deflate, which nothing marks, by trying
 * it; Brotli by choice. Every unwrapping has an output bound: a kilobyte can hold a gigabyte of zeros.
 */
import { promisify } from 'node:util';
import {
  brotliDecompress,
  constants,
  gunzip,
  gunzipSync,
  inflate,
  inflateRaw,
  inflateRawSync,
  inflateSync,
  type ZlibOptions,
} from 'node:zlib';
import { DecodeProblem } from './decodeProblem.ts';
import { type Compression, mebibyte } from './decoder.ts';

export const maxUnwrappedBytes = 64 * mebibyte;
/** Gzip in gzip happens; more is an attack. */
export const maxWrappings = 2;

/** Of the wrapped bytes, for an offer: deflate makes no more than 1,032 times as many of them. */
const peekedBytes = 4096;
const maxPeekedOutputBytes = 8 * mebibyte;

/** Fewer bytes are a whole stream by chance too often. */
const minRawDeflateBytes = 12;

/** The names that people know. */
export const compressionNames: Record<Compression, string> = {
  gzip: 'gzip',
  zlib: 'zlib',
  deflate: 'raw deflate',
  brotli: 'Brotli',
};

export interface Peek {
  compression: Compression;
  /** The first bytes of what is inside; undefined where the stream is damaged. */
  head: Uint8Array | undefined;
  /** The head is all that is inside. */
  isWhole: boolean;
  /** Why, where it is damaged. */
  problem?: string;
}

/** Undefined for bytes that are not wrapped. Reads the first kilobytes and never throws. */
export function peekInto(
  bytes: Uint8Array,
  { isText, isCut }: { isText: boolean; isCut: boolean },
): Peek | undefined {
  const compression = compressionOf(bytes);
  // `x^` begins a zlib stream, and many a text.
  if (compression === undefined || (compression === 'zlib' && isText)) return undefined;
  const unwrap = compression === 'gzip' ? gunzipSync : inflateSync;
  const isWhole = !isCut && bytes.length <= peekedBytes;
  try {
    const head = unwrap(bytes.subarray(0, peekedBytes), {
      // With a flush, a stream that ends early gives what it has.
      finishFlush: isWhole ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
      maxOutputLength: maxPeekedOutputBytes,
    });
    return { compression, head, isWhole };
  } catch (error) {
    return { compression, head: undefined, isWhole: false, problem: damageMessage(compression, error) };
  }
}

/**
 * What is inside if the bytes are raw deflate, as far as that can be told: a stream that ends with the last of them; or
 * one of which no more than the first bytes are here, and nothing in them is wrong. Whether it makes sense is for the
 * caller to see. Reads the first kilobytes and never throws.
 */
export function peekIntoRawDeflate(bytes: Uint8Array, isCut: boolean): Peek | undefined {
  // Of the four kinds of a block one is reserved.
  if (bytes.length < minRawDeflateBytes || ((bytes[0] ?? 0) & 0b110) === 0b110) return undefined;
  const isWhole = !isCut && bytes.length <= peekedBytes;
  const tried = bytes.subarray(0, peekedBytes);
  try {
    const { buffer, engine } = inflateRawSync(tried, {
      finishFlush: isWhole ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
      maxOutputLength: maxPeekedOutputBytes,
      info: true,
    }) as unknown as InflatedWithInfo; // as `info` asks for, which the types do not know
    // What follows behind its end is none of it: then the end was chance.
    if (engine.bytesWritten !== tried.length) return undefined;
    return { compression: 'deflate', head: buffer, isWhole };
  } catch {
    return undefined;
  }
}

interface InflatedWithInfo {
  buffer: Buffer;
  engine: { bytesWritten: number };
}

/**
 * @param isCut The end of the stream is elsewhere: what is here is unwrapped.
 * Throws a DecodeProblem for a damaged stream, and for one that holds more than `maxBytes`.
 */
export async function unwrap(
  bytes: Uint8Array,
  compression: Compression,
  options: { isCut: boolean; maxBytes?: number },
): Promise<Uint8Array> {
  const maxBytes = options.maxBytes ?? maxUnwrappedBytes;
  try {
    return await unwrapper(compression, bytes, { isCut: options.isCut, maxBytes });
  } catch (error) {
    if (isTooLarge(error))
      throw new DecodeProblem(
        `The ${compressionNames[compression]} stream holds more than ${sizeText(maxBytes)}: it is not unpacked.`,
      );
    throw new DecodeProblem(damageMessage(compression, error));
  }
}

function compressionOf(bytes: Uint8Array): 'gzip' | 'zlib' | undefined {
  const [first = 0, second = 0, third = 0] = bytes;
  if (first === 0x1f && second === 0x8b && third === 8) return 'gzip';
  // RFC 1950: method 8, window up to 32 KiB (7), no preset dictionary, and the two bytes are a multiple of 31.
  const isZlib = (first & 0x0f) === 8 && first >> 4 === 7 && (second & 0x20) === 0;
  return isZlib && bytes.length > 6 && (first * 256 + second) % 31 === 0 ? 'zlib' : undefined;
}

const gunzipAsync = promisify<Uint8Array, ZlibOptions, Buffer>(gunzip);
const inflateAsync = promisify<Uint8Array, ZlibOptions, Buffer>(inflate);
const inflateRawAsync = promisify<Uint8Array, ZlibOptions, Buffer>(inflateRaw);
const brotliAsync = promisify<Uint8Array, object, Buffer>(brotliDecompress);

function unwrapper(
  compression: Compression,
  bytes: Uint8Array,
  { isCut, maxBytes }: { isCut: boolean; maxBytes: number },
): Promise<Buffer> {
  const options: ZlibOptions = {
    maxOutputLength: maxBytes,
    ...(isCut && { finishFlush: constants.Z_SYNC_FLUSH }),
  };
  switch (compression) {
    case 'gzip':
      return gunzipAsync(bytes, options);
    case 'zlib':
      return inflateAsync(bytes, options);
    case 'deflate':
      return inflateRawAsync(bytes, options);
    case 'brotli':
      return brotliAsync(bytes, {
        maxOutputLength: maxBytes,
        ...(isCut && { finishFlush: constants.BROTLI_OPERATION_FLUSH }),
      });
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}

function damageMessage(compression: Compression, error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return `The ${compressionNames[compression]} stream is damaged (${reason}): it can't be unpacked.`;
}

function sizeText(bytes: number): string {
  return bytes >= mebibyte ? `${Math.round(bytes / mebibyte)} MiB` : `${bytes} bytes`;
}
