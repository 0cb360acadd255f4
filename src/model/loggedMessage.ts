/**
 * One message of the log, as its readers see it.
 *
 * A `LoggedMessage` is a place in the log: what it says is read from there when asked. A `KeptMessage` is what is left of
 * a topic's newest message when the log has dropped it: all but the rest of its payload and its properties.
 */
import type { MessageProperties, Properties, QoS } from '../mqtt/packets.ts';
import { decodePropertyBlock } from '../mqtt/propertyBlock.ts';
import {
  CUT_FLAG,
  DUP_FLAG,
  type LogSegment,
  PACKET_ID_SHIFT,
  QOS_MASK,
  RETAIN_FLAG,
  WAITED_FLAG,
  WILL_FLAG,
} from './logSegment.ts';

/** How much of a payload is kept of a message that is otherwise forgotten, and shown in lists. */
export const PREVIEW_BYTES = 256;

/** As a subscription delivers them, or as a publisher sent them. */
export type LoggedProperties = MessageProperties & Pick<Properties, 'subscriptionIdentifiers'>;

/** Of a PUBLISH of QoS 1 or 2. */
export interface PublishedPacket {
  readonly packetId: number;
  readonly dup: boolean;
}

/** A message on its way into the log. Its bytes are borrowed: the log copies them. */
export interface IncomingMessage {
  readonly payload: Uint8Array;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly receivedAtMs: number;
  readonly properties?: LoggedProperties | undefined;
  /** Client id, where it is known. */
  readonly publisher?: string | undefined;
  readonly isWill: boolean;
  /** Of another broker: it may have waited for the connection. */
  readonly hasWaited?: boolean;
}

/** What lists and trees show of a message. */
export interface MessageHeader {
  readonly id: number;
  readonly topic: string;
  readonly receivedAtMs: number;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly isWill: boolean;
  readonly hasWaited: boolean;
  readonly publisher: string | undefined;
  /** Length of the payload as it was received. */
  readonly payloadBytes: number;
  /** Its first bytes, `PREVIEW_BYTES` at most. Borrowed: a view of the log. */
  readonly preview: Uint8Array;
}

/** Names by their numbers, as the log has them. */
export interface LoggedNames {
  topicText(ref: number): string;
  publisherText(ref: number): string | undefined;
}

/** Holds until the log is written to again, or its budget changes: the memory of what goes is used for what comes. */
export class LoggedMessage implements MessageHeader {
  readonly segment: LogSegment;
  readonly index: number;
  readonly #names: LoggedNames;

  /** @param index below `segment.count`. */
  constructor(segment: LogSegment, index: number, names: LoggedNames) {
    this.segment = segment;
    this.index = index;
    this.#names = names;
  }

  get id(): number {
    return this.segment.firstId + this.index;
  }

  get topic(): string {
    return this.#names.topicText(this.segment.topic(this.index));
  }

  get publisher(): string | undefined {
    return this.#names.publisherText(this.segment.publisher(this.index));
  }

  /** Of the log's `append`. */
  get origin(): number {
    return this.segment.origin(this.index);
  }

  get receivedAtMs(): number {
    return this.segment.receivedAtMs(this.index);
  }

  get qos(): QoS {
    return (this.#flags & QOS_MASK) as QoS; // written from one
  }

  get retain(): boolean {
    return (this.#flags & RETAIN_FLAG) !== 0;
  }

  get isWill(): boolean {
    return (this.#flags & WILL_FLAG) !== 0;
  }

  get hasWaited(): boolean {
    return (this.#flags & WAITED_FLAG) !== 0;
  }

  /** What only its publisher's packet had. Undefined where that did not come here, or had no packet identifier. */
  get packet(): PublishedPacket | undefined {
    const packetId = this.#flags >> PACKET_ID_SHIFT;
    return packetId === 0 ? undefined : { packetId, dup: (this.#flags & DUP_FLAG) !== 0 };
  }

  /** Between its publisher and the broker, for the topic. */
  get topicAlias(): number | undefined {
    return this.#allProperties()?.topicAlias;
  }

  get payloadBytes(): number {
    return this.segment.payloadBytes(this.index);
  }

  /** False where the message was larger than the whole budget: then `payload` is its preview. */
  get isWhole(): boolean {
    return (this.#flags & CUT_FLAG) === 0;
  }

  /** Borrowed: a view of the log. */
  get payload(): Uint8Array {
    const { segment, index } = this;
    return segment.bytes.subarray(segment.payloadStart(index), segment.payloadEnd(index));
  }

  get preview(): Uint8Array {
    const { segment, index } = this;
    const start = segment.payloadStart(index);
    return segment.bytes.subarray(start, Math.min(segment.payloadEnd(index), start + PREVIEW_BYTES));
  }

  /** Made anew at each call. */
  get properties(): LoggedProperties | undefined {
    const all = this.#allProperties();
    if (all === undefined) return undefined;
    // An alias was between its sender and the broker.
    const { topicAlias: _, ...properties } = all;
    return Object.keys(properties).length === 0 ? undefined : properties;
  }

  #allProperties(): Properties | undefined {
    const { segment, index } = this;
    // A copy: correlation data is a view of what it is read from.
    const block = segment.bytes.slice(segment.blockStart(index), segment.payloadStart(index));
    // No block, or one that says that there are none.
    return block.length <= 1 ? undefined : decodePropertyBlock(block, 'publish');
  }

  get #flags(): number {
    return this.segment.flags(this.index);
  }
}

export class KeptMessage implements MessageHeader {
  readonly id: number;
  readonly topic: string;
  readonly receivedAtMs: number;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly isWill: boolean;
  readonly hasWaited: boolean;
  readonly publisher: string | undefined;
  readonly payloadBytes: number;
  readonly preview: Uint8Array;

  constructor(message: MessageHeader) {
    this.id = message.id;
    this.topic = message.topic;
    this.receivedAtMs = message.receivedAtMs;
    this.qos = message.qos;
    this.retain = message.retain;
    this.isWill = message.isWill;
    this.hasWaited = message.hasWaited;
    this.publisher = message.publisher;
    this.payloadBytes = message.payloadBytes;
    this.preview = message.preview.slice();
  }
}
