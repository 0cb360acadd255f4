/**
 * What every decoder of this room is given and gives: plain types. A decoder is one file and one entry of the registry.
 *
 * Sentences in notes and failures are English and are shown as they are, as all that the engine says.
 */
import type { PayloadTraits } from './payloadTraits.ts';

export type DecoderId =
  | 'text'
  | 'json'
  | 'hex'
  | 'base64'
  | 'cbor'
  | 'messagePack'
  | 'protobuf'
  | 'sparkplug'
  | 'avro'
  | 'image'
  | 'numbers';

/** `deflate` is the raw stream, without zlib's two bytes in front: nothing marks it, so it is a guess at most. */
export type Compression = 'gzip' | 'zlib' | 'deflate' | 'brotli';

export type ByteOrder = 'little' | 'big';

export type NumberType =
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'float32'
  | 'float64';

export interface DecoderInput {
  topic: string;
  payload: Uint8Array;
  contentType?: string;
  payloadFormatIndicator?: 0 | 1;
  /** Only the first bytes of the payload are here. */
  isCut: boolean;
  /** Of each wrapping, and of all blocks of an Avro container. Default: 64 MiB. */
  maxUnwrappedBytes?: number;
  /** Nobody looks at the view: a document is not written as text. */
  isForValue?: boolean;
}

/** What is true of the bytes inside a payload too. */
export function limitsOf({
  maxUnwrappedBytes,
  isForValue,
}: DecoderInput): Pick<DecoderInput, 'maxUnwrappedBytes' | 'isForValue'> {
  return {
    ...(maxUnwrappedBytes !== undefined && { maxUnwrappedBytes }),
    ...(isForValue !== undefined && { isForValue }),
  };
}

/** How a payload is to be read. What a decoder has no use for, it ignores. */
export interface DecodeSettings {
  /** Of text and JSON: any label of the platform's TextDecoder, such as `gbk`. Default: found out. */
  encoding?: string;
  /** Protobuf's .proto, Avro's .avsc: a path for the registry's `readFile`. */
  schemaFile?: string;
  /** Protobuf's message, with its package or without. */
  messageType?: string;
  /** Of numbers. Default: both. */
  byteOrder?: ByteOrder;
  /** Of numbers: the payload is an array of these. Default: every type of the payload's length. */
  numberType?: NumberType;
  /** What the payload is wrapped in, outermost first. Default: found out; for hex, nothing. */
  via?: readonly Compression[];
}

/** What a view draws. Can be cloned to another thread. */
export type DecodedView =
  /** A byte that is no UTF-8 is the lone surrogate U+DC00 + byte, as in base/utf8.ts. */
  | { kind: 'text'; text: string; encoding: string }
  /** JSON: as it came where the payload is JSON; written by document.ts where it was another format. */
  | { kind: 'json'; text: string }
  | { kind: 'image'; mediaType: string; bytes: Uint8Array; widthPixels?: number; heightPixels?: number }
  | { kind: 'numbers'; readings: readonly NumberReading[] }
  /** `bytes` where they are not the payload's own: unwrapped ones. */
  | { kind: 'hex'; bytes?: Uint8Array };

export interface NumberReading {
  /** `uint16 little endian` */
  type: string;
  value: string;
  offset: number;
}

export interface Decoded {
  view: DecodedView;
  /** Sentences that the person should know. */
  notes: readonly string[];
  /** For plots and filters: see numericPaths.ts. Not for views. Absent where the format has no values. */
  value?: unknown;
}

export interface DecodeFailure {
  kind: 'failed';
  message: string;
  /** In the unwrapped bytes, from 0. */
  atByte?: number;
  /** In the text, or in `file`, from 1. */
  line?: number;
  column?: number;
  /** The schema file at fault. */
  file?: string;
}

export type DecodeOutcome = { kind: 'decoded'; decoded: Decoded } | DecodeFailure;

/** One format. */
export interface Decoder {
  id: DecoderId;
  /** For a menu. */
  label: string;
  /** Longest payload that it takes; absent where it takes every one. */
  maxBytes?: number;
  /**
   * How likely the payload is of this format, above 0 and up to 1; undefined where it is not. Reads the traits' head
   * and no more.
   */
  offer(input: DecoderInput, traits: PayloadTraits): number | undefined;
  /** May throw a DecodeProblem: the registry makes it a failure. */
  decode(input: DecoderInput, settings: DecodeSettings): DecodeOutcome | Promise<DecodeOutcome>;
}

export const mebibyte = 1024 * 1024;

/** Of formats that become a document: a byte of them can take a line to show. */
export const maxDocumentBytes = 8 * mebibyte;

export function decodedAs(view: DecodedView, notes: readonly string[], value?: unknown): DecodeOutcome {
  return { kind: 'decoded', decoded: { view, notes, ...(value !== undefined && { value }) } };
}
