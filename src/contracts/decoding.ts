/** What the payload of a message says, by the decoders of the engine. */
import type { MessageId } from './messages.ts';

/** What a payload is wrapped in. */
export type Compression = 'gzip' | 'zlib' | 'deflate' | 'brotli';

/** A way to read a payload. Two candidates with the same `id` differ in `via`. */
export interface DecodingCandidate {
  /** `text`, `json`, `hex`, `cbor`, … */
  id: string;
  label: string;
  /** 0 to 1. */
  confidence: number;
  /** Outermost first. */
  via: readonly Compression[];
  /** The person's own choice for the topic. */
  isChosen: boolean;
}

export interface NumberReading {
  /** `uint16 little endian` */
  type: string;
  value: string;
  offset: number;
}

export type DecodedView =
  /** Who shows it reads the payload itself: UTF-8 text, JSON or bytes, with nothing around it. */
  | { kind: 'asItCame'; as: 'text' | 'json' | 'hex' }
  /** A byte that is no text is the lone surrogate U+DC00 + byte. */
  | { kind: 'text'; text: string; encoding: string }
  | { kind: 'json'; text: string }
  | { kind: 'image'; mediaType: string; bytes: Uint8Array; widthPixels?: number; heightPixels?: number }
  | { kind: 'numbers'; readings: readonly NumberReading[] }
  /** `bytes` where they are not the payload's own: unwrapped ones. */
  | { kind: 'hex'; bytes?: Uint8Array };

export type DecodingOutcome =
  /** `notes`: sentences that the person should know. */
  | { kind: 'decoded'; view: DecodedView; notes: readonly string[] }
  /** `atByte` counts from 0, in the unwrapped bytes; `line` and `column` from 1, in the text or in `file`. */
  | { kind: 'failed'; message: string; atByte?: number; line?: number; column?: number; file?: string };

export interface DecodedMessage {
  id: MessageId;
  /** Every decoder that fits: the chosen one first, then the most likely. Hex is always there. */
  candidates: readonly DecodingCandidate[];
  /** The topic filter of the person's choice, where there is one. */
  chosenFor?: string;
  /** The one that `outcome` is of. Of `candidates`, save where `automatic` was asked for beside a choice. */
  used: DecodingCandidate;
  outcome: DecodingOutcome;
}

/** A decoder for the topics of a filter, as the setting has it. */
export interface DecoderChoice {
  topicFilter: string;
  decoder: string;
  /** Of text and JSON: a label of the WHATWG Encoding Standard, such as `gbk`. */
  encoding?: string;
  /** Absolute path, of Protobuf and Avro. */
  schemaFile?: string;
  /** Of Protobuf: the message, with its package or without. */
  messageType?: string;
  /** Of numbers. */
  byteOrder?: 'little' | 'big';
  numberType?: string;
  /** `none` leaves the payload as it is, even where it looks wrapped. Default: found out. */
  compression?: Compression | 'none';
}

/** One of the candidates; or `automatic`, the likeliest, as if the person had chosen none. */
export type DecoderTrial = Pick<DecodingCandidate, 'id' | 'via'> | 'automatic';

export interface DecodingMethods {
  /** By the chosen decoder, or else the likeliest; by `use` where it is given. Undefined when no longer held. */
  decodeMessage(params: { id: MessageId; use?: DecoderTrial }): DecodedMessage | undefined;
  /** The choices of a person, in place of those before. */
  setDecoders(params: { choices: readonly DecoderChoice[] }): void;
}
