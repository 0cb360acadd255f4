/** The messages that the engine holds for the views: what is known of each, and how to find and read them. */

import type { ConnectionId, OtherConnectionKind } from './connections.ts';

export type QoS = 0 | 1 | 2;

/** Name and value, in order. */
export type UserProperty = readonly [name: string, value: string];

/** Counts up from 1 in the life of the engine. */
export type MessageId = number;

export interface MessageSummary {
  id: MessageId;
  topic: string;
  receivedAtMs: number;
  qos: QoS;
  retain: boolean;
  payloadBytes: number;
  /** The first bytes of the payload, at most 256. */
  preview: Uint8Array;
  /** Client id of the publisher, where the broker knows it. */
  publisher?: string;
  isWill: boolean;
  /**
   * Of another broker, which kept the session: it came before anything that was surely new. Most likely it was published while
   * the connection was away.
   */
  hasWaited?: true;
}

export interface MessagePropertiesInfo {
  payloadFormatIndicator?: 0 | 1;
  /** Seconds. */
  messageExpiryInterval?: number;
  contentType?: string;
  responseTopic?: string;
  correlationData?: Uint8Array;
  userProperties?: readonly UserProperty[];
  /** On a delivered message only. */
  subscriptionIdentifiers?: readonly number[];
}

export interface MessageDetail extends MessageSummary {
  properties?: MessagePropertiesInfo;
  /**
   * What only the PUBLISH of its publisher had, of QoS 1 or 2. Of what a client of the local broker published: another
   * broker passes none of it on, a recording has none, and of what a subscription was delivered it is not kept.
   */
  packet?: { packetId: number; dup: boolean };
  /** By which its publisher's packet meant the topic; known as `packet` is. */
  topicAlias?: number;
  /** The payload from its start, at most `maxPayloadBytes` of the request. */
  payload: Uint8Array;
  /** True when the payload is longer than what `payload` holds. */
  truncated: boolean;
  /** The engine holds no more than the preview: the message is larger than the whole history budget. */
  onlyPreviewKept?: boolean;
  /** Not of the local broker. */
  connectionKind?: OtherConnectionKind;
}

/**
 * Which messages a view is about. All of a query that is set must hold.
 *
 * The messages that a broker took, or a recording has, or those that a subscription of the workbench was delivered.
 */
export interface MessageQuery {
  source: /** The local broker's unless told. */
  { kind: 'broker'; connection?: ConnectionId } | { kind: 'subscription'; topicFilter: string };
  /** The topic matches it; a topic name is a filter that matches itself. */
  topicFilter?: string;
  /** Client id. */
  publisher?: string;
  /** This is in the topic or in the payload, in any case of the letters A to Z. */
  text?: string;
}

/**
 * A view of the messages that are held and match. Each has a place, counting from 0 for the first that was found; a place
 * is never another message's. What the history drops leaves the view at its front.
 */
export interface MessagesView {
  viewId: number;
  /** Goes up when everything was forgotten: places start again at 0. */
  generation: number;
  /** Place of the oldest that is held; `end` if there is none. */
  first: number;
  /** Place that the next one will have. */
  end: number;
  /** How much of the history was looked at, 0 to 1: `first` and `end` are final at 1. */
  progress: number;
  history: HistoryState;
}

/** What all messages together take. */
export interface HistoryState {
  heldMessages: number;
  /** Messages that made room for newer ones, of all topics. */
  droppedMessages: number;
  usedBytes: number;
  budgetBytes: number;
}

/** Messages of a view, by their places. */
export interface MessageRows {
  /** Place of the first of `rows`; the others follow without a gap. More than was asked for where older ones have gone. */
  from: number;
  rows: readonly MessageSummary[];
}

/** `superseded`: a newer search of the same view took its place. */
export type FoundMessage = { kind: 'found'; place: number } | { kind: 'notFound' } | { kind: 'superseded' };

export type PreviousMessage =
  | { kind: 'found'; previous: MessageSummary }
  /** None is held: it was the first, or older ones have gone. */
  | { kind: 'none' }
  /** The message itself is no longer held. */
  | { kind: 'notHeld' };

export interface MessageMethods {
  /** Opens a view. `messagesChanged` follows with its id, while it finds what is held and when more comes. */
  openMessages(params: { query: MessageQuery }): MessagesView;
  closeMessages(params: { viewId: number }): void;
  /** `count` 1 to 1,000. Empty for a view that is not open. */
  messageRows(params: { viewId: number; from: number; count: number }): MessageRows;
  /**
   * Place of the message with this id, or of the next one that is in the view; of the first message that came at a time or
   * later. `end` of the view if there is none; undefined for a view that is not open.
   */
  messagePlace(params: {
    viewId: number;
    at: { id: MessageId } | { receivedAtMs: number };
  }): number | undefined;
  /**
   * The next message of the view that has this text in its topic or payload, in any case of the letters A to Z: the one
   * at the place `from`, or one behind or before it. Hides nothing, unlike the text of a query.
   */
  findMessage(params: {
    viewId: number;
    /** Not empty. */
    text: string;
    from: number;
    direction: 'forward' | 'backward';
  }): FoundMessage;
  /** Undefined when the message is no longer held. */
  message(params: { id: MessageId; maxPayloadBytes: number }): MessageDetail | undefined;
  /** A part of a payload, for one that is too long to be sent at once. Undefined when the message is no longer held. */
  payloadPart(params: { id: MessageId; offset: number; length: number }): Uint8Array | undefined;
  /** The message before this one on the same topic, from the same source: the broker, or the same subscription. */
  previousMessage(params: { id: MessageId }): PreviousMessage;
}

export interface MessageEvents {
  messagesChanged: MessagesView;
}
