/**
 * HOT PATH. The messages that the views can look back on: one log of them all, inside one budget of bytes.
 *
 * The newest are appended, the oldest go, some thousand at a time: one loud topic shortens everyone's past a little. What
 * went is counted. Who shows a part of it (a topic, a client, a search) goes through the log; nothing is kept per part, so
 * that a message costs the same whoever looks. A message that is larger than the whole budget is kept as its preview, and
 * says so.
 *
 * A message is known by its id, which counts up and is never used again. Knows nothing of trees, views or queries.
 */
import { Emitter } from '../base/event.ts';
import { WordCopy } from '../base/wordCopy.ts';
import { encodePropertyBlock } from '../mqtt/propertyBlock.ts';
import {
  type IncomingMessage,
  KeptMessage,
  LoggedMessage,
  type LoggedNames,
  type MessageHeader,
  PREVIEW_BYTES,
} from './loggedMessage.ts';
import {
  alignedBytes,
  CUT_FLAG,
  LogSegment,
  RETAIN_FLAG,
  ROW_BYTES,
  WAITED_FLAG,
  WILL_FLAG,
} from './logSegment.ts';
import { Name, NameTable } from './nameTable.ts';
import { segmentBytesOf, segmentIndexOf } from './segments.ts';

/** Of what the broker took; subscriptions have numbers of their own. */
export const BROKER_ORIGIN = 0;

/** Of a payload, until some have come. */
const COMMON_MESSAGE_BYTES = 64;
const MIN_ROWS = 64;
/** A message of more than this part of a segment has one to itself. */
const LARGE_PART = 8;

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
  /** Publishers by number less one: 0 stands for none. */
  readonly #names: LoggedNames = {
    topicText: (ref) => this.topics.at(ref).text,
    publisherText: (ref) => (ref === 0 ? undefined : this.#publishers.at(ref - 1).text),
  };
  readonly #didAppend = new Emitter<void>();
  readonly #willDrop = new Emitter<LogSegment>();
  readonly #words = new WordCopy();
  #budgetBytes: number;
  #largeBytes: number;
  /** Oldest first; the last one is written to. */
  #segments: LogSegment[] = [];
  #current: LogSegment | undefined;
  #usedBytes = 0;
  #nextId: number;
  #droppedMessages = 0;
  #generation = 0;
  #isAnnounced = false;
  /** Of the message that is being written: its preview alone. */
  #isCut = false;
  /** Most messages come from the publisher of the one before. */
  #lastPublisher: Name | undefined;

  /** Fires with the first message after `awaitAppend`. */
  readonly onDidAppend = this.#didAppend.event;
  /** These messages go, and can be read for the last time. Who listens must not write. */
  readonly onWillDrop = this.#willDrop.event;

  /** @param budgetBytes what the log may take of memory. */
  constructor(budgetBytes: number, firstId = 1) {
    this.#nextId = firstId;
    this.#budgetBytes = budgetBytes;
    this.#largeBytes = segmentBytesOf(budgetBytes) / LARGE_PART;
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
    const flags =
      message.qos |
      (message.retain ? RETAIN_FLAG : 0) |
      (message.isWill ? WILL_FLAG : 0) |
      (message.hasWaited === true ? WAITED_FLAG : 0);
    const { length } = payload;
    const segment = this.#begin(topic, blockBytes, length, flags, receivedAtMs, publisher, origin);
    if (block !== undefined && !this.#isCut) this.#copy(block, 0, blockBytes, segment);
    this.#copy(payload, 0, this.#isCut ? Math.min(PREVIEW_BYTES, length) : length, segment);
    return this.#end();
  }

  /**
   * HOT PATH. As `append`, of a PUBLISH as it came: its properties, where it has some, are `bytes[start .. payloadStart)`
   * with their length, and its payload what follows up to `end`.
   *
   * @param flags as in logSegment.ts: QoS, RETAIN, DUP, packet identifier.
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
    if (this.#isCut) this.#copy(bytes, payloadStart, Math.min(end, payloadStart + PREVIEW_BYTES), segment);
    else this.#copy(bytes, start, end, segment);
    return this.#end();
  }

  /** Makes `onDidAppend` fire again. */
  awaitAppend(): void {
    this.#isAnnounced = false;
  }

  /** Undefined when the message is not, or no longer, held. Valid until the log is written to. */
  message(id: number): LoggedMessage | undefined {
    const segment = this.segmentOf(id);
    return segment && new LoggedMessage(segment, id - segment.firstId, this.#names);
  }

  /** That has the message, at its id less `firstId`. As `message`, for who looks at many: no object is made. */
  segmentOf(id: number): LogSegment | undefined {
    const segment = this.#segments[segmentIndexOf(this.#segments, id)];
    return segment === undefined || id < segment.firstId || id >= segment.endId ? undefined : segment;
  }

  /**
   * The message before this one of the same topic and origin. Undefined where none is held, or this one is not.
   *
   * Goes back through the rows: a few nanoseconds each, and through all of them where there is none.
   */
  previousOf(id: number): LoggedMessage | undefined {
    const message = this.message(id);
    if (message === undefined) return undefined;
    const topic = message.segment.topic(message.index);
    const { origin } = message;
    for (let at = segmentIndexOf(this.#segments, id); at >= 0; at--) {
      const segment = this.#segments[at]!; // from the message's down to the first
      const last = segment === message.segment ? message.index : segment.count;
      for (let index = last - 1; index >= 0; index--) {
        if (segment.topic(index) === topic && segment.origin(index) === origin)
          return new LoggedMessage(segment, index, this.#names);
      }
    }
    return undefined;
  }

  /** The number by which segments know a client id; undefined if the log has nothing of it. */
  publisherNumber(clientId: string): number | undefined {
    const publisher = this.#publishers.find(clientId);
    return publisher === undefined ? undefined : publisher.ref + 1;
  }

  /** Undefined where the broker has taken nothing for the topic. */
  newestOf(topic: LoggedTopic): MessageHeader | undefined {
    return topic.newestId === 0 ? undefined : (this.message(topic.newestId) ?? topic.kept);
  }

  /** Takes effect at once: of a smaller budget, the oldest messages go. */
  setBudget(budgetBytes: number): void {
    this.#budgetBytes = budgetBytes;
    this.#largeBytes = segmentBytesOf(budgetBytes) / LARGE_PART;
    this.#makeRoom(0);
  }

  /** Forgets every message. Ids go on. */
  clear(): void {
    for (const topic of this.topics.all()) {
      topic.newestId = 0;
      topic.kept = undefined;
    }
    for (const segment of [...this.#segments]) {
      this.#drop(segment);
      segment.buffer.transfer(0);
    }
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
    const isCut = alignedBytes(size) + ROW_BYTES > this.#budgetBytes;
    if (isCut) size = Math.min(PREVIEW_BYTES, payloadBytes);
    this.#isCut = isCut;
    // Before room is made: the last message of the topic may go for it.
    topic.holders++;
    let segment = this.#current;
    if (
      segment === undefined ||
      segment.count === segment.maxRows ||
      segment.usedBytes + size > segment.bytes.length ||
      size > this.#largeBytes ||
      !segment.holdsTime(receivedAtMs)
    ) {
      segment = this.#openSegment(size, receivedAtMs);
    }
    segment.begin(
      topic.ref,
      publisher === undefined ? 0 : this.#holdPublisher(publisher),
      origin,
      isCut ? flags | CUT_FLAG : flags,
      receivedAtMs,
      isCut ? 0 : blockBytes,
      payloadBytes,
    );
    if (origin === BROKER_ORIGIN) topic.newestId = this.#nextId;
    return segment;
  }

  #copy(bytes: Uint8Array, start: number, end: number, segment: LogSegment): void {
    this.#words.copy(bytes, start, end, segment.bytes, segment.view, segment.usedBytes);
    segment.usedBytes += end - start;
  }

  #end(): number {
    const id = this.#nextId++;
    if (!this.#isAnnounced) this.#announce();
    return id;
  }

  #openSegment(size: number, nowMs: number): LogSegment {
    const before = this.#current;
    if (before !== undefined) {
      this.#usedBytes -= before.costBytes;
      before.close();
      this.#usedBytes += before.costBytes;
    }
    const commonBytes = segmentBytesOf(this.#budgetBytes) & ~3;
    // As many rows as there will be room for, if messages go on as they were.
    const averageBytes = before === undefined ? COMMON_MESSAGE_BYTES : before.usedBytes / before.count;
    const rowsAsBefore = Math.floor(commonBytes / (averageBytes + ROW_BYTES));
    // But never so many that there is no room for this one: those before may have been empty.
    const maxRows = clamp(rowsAsBefore, MIN_ROWS, Math.floor((commonBytes - size) / ROW_BYTES));
    // At the end of a common one, a large message would leave much of it unused.
    const isAlone = size > this.#largeBytes || commonBytes > this.#budgetBytes;
    const bytes = isAlone ? alignedBytes(size) + ROW_BYTES : commonBytes;
    const buffer = this.#makeRoom(bytes) ?? new ArrayBuffer(bytes);
    const segment = new LogSegment(this.#nextId, isAlone ? 1 : maxRows, buffer, nowMs);
    this.#segments.push(segment);
    this.#current = segment;
    this.#usedBytes += bytes;
    return segment;
  }

  /**
   * The oldest messages go. The memory of theirs is used again, or given back at once: left to the collector, a full log
   * would be a good part larger than its budget before that comes.
   *
   * @returns a buffer of the needed size, where one has become free.
   */
  #makeRoom(neededBytes: number): ArrayBuffer | undefined {
    let reused: ArrayBuffer | undefined;
    while (this.#usedBytes + neededBytes > this.#budgetBytes) {
      const segment = this.#segments[0];
      if (segment === undefined) break;
      this.#drop(segment);
      if (reused === undefined && segment.buffer.byteLength === neededBytes) reused = segment.buffer;
      else segment.buffer.transfer(0);
    }
    return reused;
  }

  /** @param segment the oldest. */
  #drop(segment: LogSegment): void {
    this.#willDrop.fire(segment);
    this.#segments.shift();
    if (segment === this.#current) this.#current = undefined;
    this.#usedBytes -= segment.costBytes;
    this.#droppedMessages += segment.count;
    for (let index = 0; index < segment.count; index++) {
      const topic = this.topics.at(segment.topic(index));
      if (topic.newestId === segment.firstId + index)
        topic.kept = new KeptMessage(new LoggedMessage(segment, index, this.#names));
      this.topics.release(topic);
      const publisher = segment.publisher(index);
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
