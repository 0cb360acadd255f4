/**
 * Messages as a person writes them: payload as text in some format, with placeholders, published once, again and again, or
 * as a request whose answer is waited for. At the local broker or at another one.
 */
import type { ConnectionId } from './connections.ts';
import type { PublishResult, SubscribeResult } from './engine.ts';
import type { MessagePropertiesInfo, QoS } from './messages.ts';

/** A document is written as JSON, as decoders show it, and encoded: `protobuf` by the schema that was chosen for the topic. */
export type DocumentFormat = 'cbor' | 'messagePack' | 'protobuf';

export type PayloadFormat = 'text' | 'json' | 'hex' | 'base64' | DocumentFormat;

export interface ComposedMessage {
  /** To another broker than the local one. */
  connection?: ConnectionId;
  topic: string;
  qos: QoS;
  retain: boolean;
  format: PayloadFormat;
  /** As typed, in `format`. */
  payloadText: string;
  properties?: MessagePropertiesInfo;
  /** Those of base/placeholders.ts, in the topic, and in the payload where its format is a text. */
  fillsPlaceholders: boolean;
}

/** `line` and `column` from 1, in `payloadText`, where they are known. */
export interface PayloadProblem {
  kind: 'payloadProblem';
  /** A sentence: what is wrong with it. */
  message: string;
  line?: number;
  column?: number;
}

export type ComposedResult = PublishResult | PayloadProblem;

/** Shortest and longest pause between two messages of a repeat, milliseconds. */
export const MIN_REPEAT_MS = 10;
export const MAX_REPEAT_MS = 86_400_000;
/** At once. */
export const MAX_REPEATS = 20;

export interface RepeatParams {
  message: ComposedMessage;
  /** From one message to the next, `MIN_REPEAT_MS` to `MAX_REPEAT_MS`. One that waits for its acknowledgement delays the next. */
  everyMs: number;
  /** How many in all; without an end unless given. */
  times?: number;
}

export interface RepeatInfo {
  /** Counts up in the life of the engine. */
  repeatId: number;
  connection: ConnectionId;
  /** As typed. */
  topic: string;
  everyMs: number;
  times?: number;
  /** Acknowledged as their QoS asks. */
  published: number;
}

export type StartRepeatResult =
  | { kind: 'started'; repeat: RepeatInfo }
  /** `MAX_REPEATS` run. */
  | { kind: 'tooMany' }
  /** The first message was not published: nothing is repeated. */
  | { kind: 'notPublished'; result: ComposedResult };

/** How a repeat ended. `result`: by this one of its messages, which was not published. */
export interface RepeatEnd {
  repeat: RepeatInfo;
  /** `profileGone`: nothing says any more whether its connection may be published to. */
  reason: 'stopped' | 'done' | 'notPublished' | 'profileGone';
  result?: ComposedResult;
}

export interface RequestParams {
  /** Its `responseTopic` is where the answer is waited for; sent along where the connection speaks 5.0. */
  message: ComposedMessage;
  /** 100 to 600,000. */
  timeoutMs: number;
}

export interface ResponseInfo {
  topic: string;
  receivedAtMs: number;
  /** From the moment at which the request was sent. */
  elapsedMs: number;
  qos: QoS;
  /** From its start, `MAX_RESPONSE_BYTES` at most. */
  payload: Uint8Array;
  payloadBytes: number;
  properties?: MessagePropertiesInfo;
  /** It has no correlation data, where the request had. */
  lacksCorrelationData: boolean;
}

export const MAX_RESPONSE_BYTES = 262_144;

export type RequestResult =
  | { kind: 'answered'; response: ResponseInfo }
  /** `others`: messages on the response topic with other correlation data. */
  | { kind: 'timedOut'; noSubscribers: boolean; others: number }
  /** By the person, or for the next request. */
  | { kind: 'cancelled' }
  | { kind: 'notSubscribed'; result: Exclude<SubscribeResult, { kind: 'subscribed' }> }
  | { kind: 'notPublished'; result: ComposedResult };

export interface PublishingMethods {
  /** What the payload of a message would be, with placeholders filled in once. Nothing is published. */
  encodePayload(params: {
    message: ComposedMessage;
  }): { kind: 'encoded'; byteCount: number } | PayloadProblem;
  /** @param counter of the placeholder, 1 and up */
  publishComposed(params: { message: ComposedMessage; counter: number }): ComposedResult;
  /** Answers when the first message is published. `repeatsChanged` and `repeatEnded` follow. */
  startRepeat(params: RepeatParams): StartRepeatResult;
  /** @param params `isProfileGone`: why it is stopped, where nobody asked for it. */
  stopRepeat(params: { repeatId: number; isProfileGone?: true }): void;
  /**
   * Subscribes to the response topic, publishes, and answers with the first message on it that is an answer to this one. One
   * at a time: another request cancels it.
   */
  request(params: RequestParams): RequestResult;
  cancelRequest(params: Record<string, never>): void;
}

export interface PublishingEvents {
  /** Those that run. */
  repeatsChanged: readonly RepeatInfo[];
  repeatEnded: RepeatEnd;
}
