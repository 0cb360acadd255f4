/**
 * HOT PATH. The messages that the views can look back on: one log of them all, inside one budget of bytes.
 *
 * The newest are appended, the oldest go, some thousand at a time: one loud topic shortens everyone's past a little. What
 * went is counted. Who shows a part of it (a topic, a client, a search) goes through the log; nothing is kept per part, so
 * that a message costs the same whoever looks. A message that is larger than the whole budget is kept as its preview, and
 * says so.
 *
 * A message is known by its id, which counts up from 1 and is never used again. Knows nothing of trees, views or queries.
 */
import { copyBytes } from '../base/copyBytes.ts';
import { Emitter } from '../base/event.ts';
import { encodePropertyBlock } from '../mqtt/propertyBlock.ts';
import {
  type IncomingMessage,
  KeptMessage,
  LoggedMessage,
  type LoggedNames,
  type MessageHeader,
  PREVIEW_BYTES,
} from './loggedMessage.ts';
import { CUT_FLAG, LogSegment, RECORD_BYTES, RETAIN_FLAG, WILL_FLAG } from './logSegment.ts';
import { Name, NameTable } from './nameTable.ts';

/** Of what the broker took; subscriptions have numbers of their own. */
export const BROKER_ORIGIN = 0;

/** The budget is held to one part in this many, by what goes and comes at once. */
const SEGMENTS_OF_BUDGET = 32;
const MIN_SEGMENT_BYTES = 16 * 1024;
const MAX_SEGMENT_BYTES = 1024 * 1024;
/** Of a payload, until some have come. */
const COMMON_MESSAGE_BYTES = 64;
const MIN_RECORDS = 64;

/** A topic that the log has messages of, or that somebody holds. */
export class LoggedTopic extends Name {
  /** Of `BROKER_ORIGIN`; 0 before the first. */
  newestId = 0;
  /** What is left of the newest, where the log has dropped it. */
  kept: KeptMessage | undefined = undefined;
}

export class MessageLog {
  readonly topics = new NameTable((text, ref) => new LoggedTopic(text, ref));
  readonly #publishers = new NameTable((text, ref) => new Name(text, ref));
  /** By number, less one: 0 stands for none. */
  readonly #names: LoggedNames = {
    topicText: (ref) => this.topics.at(ref).text,
    publisherText: (ref) => (ref === 0 ? undefined : this.#publishers.at(ref - 1).text),
  };
  readonly #didAppend = new Emitter<void>();
  #budgetBytes: number;
  /** Oldest first; the last one is written to. */
  #segments: LogSegment[] = [];
  #current: LogSegment | undefined;
  #usedBytes = 0;
  #nextId = 1;
  #droppedMessages = 0;
  #generation = 0;
  #isAnnounced = false;
  /** Most messages come from the publisher of the one before. */
  #lastPublisher: Name | undefined;

  /** Fires with the first message after `awaitAppend`. */
  readonly onDidAppend = this.#didAppend.event;

  /** @param budgetBytes what the log may take of memory. */
  constructor(budgetBytes: number) {
    this.#budgetBytes = budgetBytes;
  }

  get budgetBytes(): number {
    return this.#budgetBytes;
  }

  /** Never more than the budget. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  get heldMessages(): number {
    return this.#nextId - this.firstId;
  }

  /** Since the start, or since `clear`. */
  get droppedMessages(): number {
    return this.#droppedMessages;
  }

  /** Of the oldest message that is held; `nextId` when there is none. */
  get firstId(): number {
    return this.#segments[0]?.firstId ?? this.#nextId;
  }

  get nextId(): number {
    return this.#nextId;
  }

  /** Goes up with each `clear`. */
  get generation(): number {
    return this.#generation;
  }

  /** Oldest first. For who goes through all of it. */
  get segments(): readonly LogSegment[] {
    return this.#segments;
  }

  /**
   * Copies the message to the end of the log, and makes room for it.
   *
   * @param origin where it comes from: `BROKER_ORIGIN`, or the number of a subscription.
   * @returns its id.
   */
  append(topic: LoggedTopic, message: IncomingMessage, origin: number): number {
    const { payload, properties, receivedAtMs, publisher } = message;
    const block = properties === undefined ? undefined : encodePropertyBlock(properties, 'publish');
    const blockBytes = block === undefined ? 0 : block.length;
    const flags = message.qos | (message.retain ? RETAIN_FLAG : 0) | (message.isWill ? WILL_FLAG : 0);
    const segment = this.#begin(topic, blockBytes, payload.length, flags, receivedAtMs, publisher, origin);
    if (block !== undefined && !segment.isLastCut) {
      segment.bytes.set(block, segment.usedBytes);
      segment.usedBytes += blockBytes;
    }
    const keptBytes = segment.isLastCut ? Math.min(PREVIEW_BYTES, payload.length) : payload.length;
    copyBytes(payload, 0, keptBytes, segment.bytes, segment.usedBytes);
    segment.usedBytes += keptBytes;
    return this.#end();
  }

  /**
   * HOT PATH. As `append`, of a PUBLISH as it came: its properties, where it has some, are `bytes[start .. payloadStart)`
   * with their length, and its payload what follows up to `end`.
   *
   * @param flags as the column of logSegment.ts: QoS, retain, will.
   */
  appendReceived(
    topic: LoggedTopic,
    bytes: Uint8Array,
    start: number,
    payloadStart: number,
    end: number,
    flags: number,
    receivedAtMs: number,
    publisher: string | undefined,
  ): number {
    const blockBytes = payloadStart - start;
    const payloadBytes = end - payloadStart;
    const segment = this.#begin(
      topic,
      blockBytes,
      payloadBytes,
      flags,
      receivedAtMs,
      publisher,
      BROKER_ORIGIN,
    );
    const at = segment.usedBytes;
    const from = segment.isLastCut ? payloadStart : start;
    const to = segment.isLastCut ? Math.min(end, payloadStart + PREVIEW_BYTES) : end;
    copyBytes(bytes, from, to, segment.bytes, at);
    segment.usedBytes = at + to - from;
    return this.#end();
  }

  /** Makes `onDidAppend` fire again. */
  awaitAppend(): void {
    this.#isAnnounced = false;
  }

  /** Undefined when the message is not, or no longer, held. Valid until the log is written to. */
  message(id: number): LoggedMessage | undefined {
    const segment = this.#segments[this.segmentIndexOf(id)];
    if (segment === undefined || id < segment.firstId || id >= segment.endId) return undefined;
    return new LoggedMessage(segment, id - segment.firstId, this.#names);
  }

  /** The number of a client id in the column `publishers`; undefined if the log has nothing of it. */
  publisherNumber(clientId: string): number | undefined {
    const publisher = this.#publishers.find(clientId);
    return publisher === undefined ? undefined : publisher.ref + 1;
  }

  /** Undefined where the broker has taken nothing for the topic. */
  newestOf(topic: LoggedTopic): MessageHeader | undefined {
    return topic.newestId === 0 ? undefined : (this.message(topic.newestId) ?? topic.kept);
  }

  /** Of the segment that has the message, or would: 0 for a message that went, the last one for one to come. */
  segmentIndexOf(id: number): number {
    let low = 0;
    let high = this.#segments.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#segments[middle]!.firstId <= id)
        low = middle; // inside the array
      else high = middle - 1;
    }
    return low;
  }

  /** Takes effect at once: of a smaller budget, the oldest messages go. */
  setBudget(budgetBytes: number): void {
    this.#budgetBytes = budgetBytes;
    this.#makeRoom(0);
  }

  /** Forgets every message. Ids go on. */
  clear(): void {
    for (const topic of this.topics.all()) {
      topic.newestId = 0;
      topic.kept = undefined;
    }
    while (this.#segments.length > 0) this.#dropOldest();
    this.#droppedMessages = 0;
    this.#generation++;
    this.#announce();
  }

  /** A row for the message, and room for its bytes at `usedBytes` of the segment. */
  #begin(
    topic: LoggedTopic,
    blockBytes: number,
    payloadBytes: number,
    flags: number,
    receivedAtMs: number,
    publisher: string | undefined,
    origin: number,
  ): LogSegment {
    let size = blockBytes + payloadBytes;
    const isCut = size + RECORD_BYTES > this.#budgetBytes;
    if (isCut) size = Math.min(PREVIEW_BYTES, payloadBytes);
    // Before room is made: the last message of the topic may go for it.
    topic.holders++;
    let segment = this.#current;
    if (
      segment === undefined ||
      segment.count === segment.maxRecords ||
      segment.usedBytes + size > segment.bytes.length
    ) {
      segment = this.#openSegment(size);
    }
    const index = segment.count++;
    segment.starts[index] = segment.usedBytes;
    segment.receivedAtMs[index] = receivedAtMs;
    segment.topics[index] = topic.ref;
    segment.publishers[index] = publisher === undefined ? 0 : this.#holdPublisher(publisher);
    segment.origins[index] = origin;
    segment.payloadBytes[index] = payloadBytes;
    segment.blockBytes[index] = isCut ? 0 : blockBytes;
    segment.flags[index] = isCut ? flags | CUT_FLAG : flags;
    if (origin === BROKER_ORIGIN) topic.newestId = this.#nextId;
    return segment;
  }

  #end(): number {
    const id = this.#nextId++;
    if (!this.#isAnnounced) this.#announce();
    return id;
  }

  #openSegment(size: number): LogSegment {
    const before = this.#current;
    if (before !== undefined) {
      this.#usedBytes -= before.costBytes;
      before.close();
      this.#usedBytes += before.costBytes;
    }
    const commonBytes = clamp(this.#budgetBytes / SEGMENTS_OF_BUDGET, MIN_SEGMENT_BYTES, MAX_SEGMENT_BYTES);
    // As many rows as there will be room for, if messages go on as they were.
    const averageBytes = before === undefined ? COMMON_MESSAGE_BYTES : before.usedBytes / before.count;
    const maxRecords = Math.max(MIN_RECORDS, Math.floor(commonBytes / (averageBytes + RECORD_BYTES)));
    const maxBytes = commonBytes - maxRecords * RECORD_BYTES;
    // A large message has a segment to itself.
    const segment =
      size > maxBytes || commonBytes > this.#budgetBytes
        ? new LogSegment(this.#nextId, 1, size)
        : new LogSegment(this.#nextId, maxRecords, maxBytes);
    this.#makeRoom(segment.costBytes);
    this.#segments.push(segment);
    this.#current = segment;
    this.#usedBytes += segment.costBytes;
    return segment;
  }

  #makeRoom(neededBytes: number): void {
    while (this.#usedBytes + neededBytes > this.#budgetBytes && this.#segments.length > 0) this.#dropOldest();
  }

  #dropOldest(): void {
    const segment = this.#segments.shift();
    if (segment === undefined) return;
    if (segment === this.#current) this.#current = undefined;
    this.#usedBytes -= segment.costBytes;
    this.#droppedMessages += segment.count;
    for (let index = 0; index < segment.count; index++) {
      // Both columns have a value for every message.
      const topic = this.topics.at(segment.topics[index]!);
      if (topic.newestId === segment.firstId + index)
        topic.kept = new KeptMessage(new LoggedMessage(segment, index, this.#names));
      this.topics.release(topic);
      const publisher = segment.publishers[index]!;
      if (publisher !== 0) this.#publishers.release(this.#publishers.at(publisher - 1));
    }
  }

  #announce(): void {
    this.#isAnnounced = true;
    this.#didAppend.fire();
  }

  /** @returns its number in the column. */
  #holdPublisher(clientId: string): number {
    let publisher = this.#lastPublisher;
    if (publisher === undefined || publisher.text !== clientId || publisher.holders === 0) {
      publisher = this.#publishers.get(clientId);
      this.#lastPublisher = publisher;
    }
    publisher.holders++;
    return publisher.ref + 1;
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
