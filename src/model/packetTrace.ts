/**
 * HOT PATH while a trace is on. The packets that came and went, as bytes and numbers, inside one budget of bytes: the
 * newest are appended, the oldest go some thousand at a time, and are counted.
 *
 * Nothing is decoded here. A packet is known by its id, which counts up and is never used again; over its connection it
 * knows the one before it, so that an acknowledgement finds what it is for. Secrets are written over as they are copied
 * (mqtt/packetSecrets.ts): whatever reads the trace later, no password leaves it. Of a packet longer than 64 KiB the
 * beginning is kept.
 */
import type { Clock } from '../base/clock.ts';
import { Emitter } from '../base/event.ts';
import { WordCopy } from '../base/wordCopy.ts';
import { mayHaveSecrets, secretRangesOf } from '../mqtt/packetSecrets.ts';
import type { ProtocolVersion } from '../mqtt/packets.ts';
import { segmentBytesOf, segmentIndexOf } from './segments.ts';
import { TracedPacket } from './tracedPacket.ts';
import { FAULTY_FLAG, HIDDEN_FLAG, OUT_FLAG, TraceSegment } from './traceSegment.ts';

/** What else takes memory, as it is counted: a connection's facts, and a fault besides its sentence. */
const CONNECTION_BYTES = 512;
const FAULT_BYTES = 256;
/** Of the packets in one turn, so many have a time of their own; then one in sixteen. */
const EXACT_IN_TURN = 32;
const ASKED_MASK = 15;
/** In place of a secret: an asterisk. */
const HIDDEN_BYTE = 0x2a;

/** What is known of the connection of packets. */
export interface ConnectionFacts {
  readonly connectionId: number;
  readonly remoteAddress: string;
  readonly transportKind: string;
  /** Where the client reached the broker, as far as that has an address. */
  readonly localAddress?: string;
}

export class TracedConnection {
  /** Of no other connection, also of another broker's. */
  readonly ref: number;
  readonly facts: ConnectionFacts;
  /** Known when its CONNECT was accepted, or refused. */
  clientId: string | undefined;
  isOpen = true;
  /** Of its newest packet, and of the newest that came from the client; 0 before the first. */
  lastId = 0;
  lastReceivedId = 0;

  constructor(ref: number, facts: ConnectionFacts, clientId: string | undefined) {
    this.ref = ref;
    this.facts = facts;
    this.clientId = clientId;
  }
}

/** What was wrong with a packet, as the broker found it. */
export interface TracedFault {
  readonly code: string;
  readonly clause: string;
  readonly message: string;
  /** From the packet's first byte; undefined for what is wrong at its time, and not in itself. */
  readonly byteOffset: number | undefined;
}

export class PacketTrace {
  readonly #clock: Clock;
  readonly #didAppend = new Emitter<void>();
  readonly #connections = new Map<number, TracedConnection>();
  readonly #faults = new Map<number, TracedFault>();
  readonly #copier = new WordCopy();
  #budgetBytes: number;
  /** Oldest first; the last one is written to. */
  #segments: TraceSegment[] = [];
  #current: TraceSegment | undefined;
  #segmentsBytes = 0;
  #faultsBytes = 0;
  #lastRef = 0;
  #nextId = 1;
  #droppedPackets = 0;
  #generation = 0;
  #isAnnounced = false;
  /** Packets in this turn of the event loop. */
  #inTurn = 0;
  #lastMs = 0;
  /** Where the packet was that came last, as it was handed in: one that is sent from there is the same. */
  #cameId = 0;
  #cameIn: Uint8Array | undefined;
  #cameStart = 0;
  #cameEnd = 0;

  /** Fires with the first packet after `awaitAppend`. */
  readonly onDidAppend = this.#didAppend.event;

  /** @param budgetBytes what it may take of memory; nothing is taken before the first packet. */
  constructor(budgetBytes: number, clock: Clock) {
    this.#budgetBytes = budgetBytes;
    this.#clock = clock;
  }

  get budgetBytes(): number {
    return this.#budgetBytes;
  }

  /** Never more than the budget, but for what the newest packets need. */
  get usedBytes(): number {
    return this.#segmentsBytes + this.#connections.size * CONNECTION_BYTES + this.#faultsBytes;
  }

  get heldPackets(): number {
    return this.#nextId - this.firstId;
  }

  /** Since the start, or since `clear`. */
  get droppedPackets(): number {
    return this.#droppedPackets;
  }

  /** Of the oldest packet that is held; `nextId` when there is none. */
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
  get segments(): readonly TraceSegment[] {
    return this.#segments;
  }

  // ── Written ─────────────────────────────────────────────────────────────────────────────────────────────────

  /** A connection of which packets are to come. Known until it is closed, and the last of its packets has gone. */
  connectionOpened(facts: ConnectionFacts, clientId: string | undefined): TracedConnection {
    const connection = new TracedConnection(++this.#lastRef, facts, clientId);
    this.#connections.set(connection.ref, connection);
    return connection;
  }

  /**
   * HOT PATH. Keeps a copy of `source[start .. end)`.
   *
   * @param flags of traceSegment.ts.
   * @param timeMs since 1970, of a packet that is not of now.
   * @returns its id.
   */
  append(
    connection: TracedConnection,
    source: Uint8Array,
    start: number,
    end: number,
    version: ProtocolVersion,
    flags: number,
    timeMs?: number,
  ): number {
    const id = this.#nextId++;
    let segment = this.#current;
    if (segment === undefined || !segment.hasRoomFor(end - start))
      segment = this.#begin(id, timeMs === undefined);
    const back = connection.lastId < this.#segments[0]!.firstId ? 0 : id - connection.lastId; // one was begun
    const atMs = timeMs === undefined ? this.#nowMs() : timeMs - segment.baseMs;
    if ((flags & OUT_FLAG) !== 0 && this.#isAsItCame(segment, source, start, end)) {
      segment.appendSame(this.#cameId - segment.firstId, atMs, connection.ref, back, flags, version);
    } else {
      // biome-ignore format: one line a call of the hot path
      const at = segment.append(source, start, end, atMs, connection.ref, back, flags, version);
      if (end > start && mayHaveSecrets(source[start]!)) this.#hide(segment, at, version); // there is one
    }
    connection.lastId = id;
    if ((flags & OUT_FLAG) === 0) {
      connection.lastReceivedId = id;
      this.#cameId = id;
      // To write what is there already costs more than to look.
      if (this.#cameIn !== source) this.#cameIn = source;
      this.#cameStart = start;
      this.#cameEnd = end;
    }
    if (this.#isAnnounced) {
      this.#isAnnounced = false;
      this.#didAppend.fire();
    }
    return id;
  }

  /** The connection ended for this packet, or never read it. Does nothing for one that is no longer held. */
  setFault(id: number, fault: TracedFault): void {
    const segment = this.#segmentOf(id);
    if (segment === undefined) return;
    segment.addFlags(id - segment.firstId, FAULTY_FLAG);
    this.#faults.set(id, fault);
    this.#faultsBytes += costOf(fault);
  }

  /** Once, `onDidAppend` fires with the next packet. */
  awaitAppend(): void {
    this.#isAnnounced = true;
  }

  setBudget(bytes: number): void {
    this.#budgetBytes = bytes;
    while (this.usedBytes > bytes && this.#segments.length > 0) this.#dropOldest();
  }

  /** Forgets every packet, and gives its memory back. Connections that are open stay known. */
  clear(): void {
    this.#segments = [];
    this.#current = undefined;
    this.#segmentsBytes = 0;
    this.#faults.clear();
    this.#faultsBytes = 0;
    this.#droppedPackets = 0;
    this.#generation++;
    this.#forgetConnections();
  }

  // ── Read ────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Undefined for one that is no longer held. */
  packet(id: number): TracedPacket | undefined {
    const segment = this.#segmentOf(id);
    return segment && new TracedPacket(this, segment, id - segment.firstId);
  }

  connection(ref: number): TracedConnection | undefined {
    return this.#connections.get(ref);
  }

  /** Whether two connections are one, or of one client: of one that said its client identifier in both. */
  isSameClient(ref: number, otherRef: number): boolean {
    if (ref === otherRef) return true;
    const clientId = this.connection(ref)?.clientId;
    return clientId !== undefined && this.connection(otherRef)?.clientId === clientId;
  }

  faultOf(id: number): TracedFault | undefined {
    return this.#faults.get(id);
  }

  /**
   * HOT PATH. Asking for the time costs as much as keeping a packet: of the many that a flood has in one turn of the event
   * loop only some are asked for, and the others are as late as the one before. Some ten microseconds, then.
   */
  #nowMs(): number {
    const asked = this.#inTurn++;
    if (asked >= EXACT_IN_TURN && (asked & ASKED_MASK) !== 0) return this.#lastMs;
    if (asked === 0)
      this.#clock.setTimeout(() => {
        this.#inTurn = 0;
      }, 0);
    this.#lastMs = this.#clock.monotonicMs();
    return this.#lastMs;
  }

  #segmentOf(id: number): TraceSegment | undefined {
    if (!(id >= this.firstId && id < this.#nextId)) return undefined;
    return this.#segments[segmentIndexOf(this.#segments, id)];
  }

  /**
   * A segment for the packet with this id. The oldest make room for it, and the memory of one of them is used again.
   *
   * @param isOfNow else its packets bring their times: those of a capture.
   */
  #begin(id: number, isOfNow: boolean): TraceSegment {
    const bytes = segmentBytesOf(this.#budgetBytes) & ~7;
    let buffer: ArrayBuffer | undefined;
    while (this.usedBytes + bytes > this.#budgetBytes && this.#segments.length > 0) {
      const dropped = this.#dropOldest();
      if (dropped.byteLength === bytes) buffer = dropped;
    }
    const baseMs = isOfNow ? this.#clock.nowMs() - this.#clock.monotonicMs() : 0;
    const segment = new TraceSegment(id, buffer ?? new ArrayBuffer(bytes), baseMs, this.#copier);
    this.#segments.push(segment);
    this.#current = segment;
    this.#segmentsBytes += bytes;
    return segment;
  }

  #dropOldest(): ArrayBuffer {
    const segment = this.#segments.shift()!; // the caller has looked
    if (segment === this.#current) this.#current = undefined;
    this.#segmentsBytes -= segment.bytes.length;
    this.#droppedPackets += segment.count;
    for (const [id, fault] of this.#faults) {
      if (id >= segment.endId) continue;
      this.#faults.delete(id);
      this.#faultsBytes -= costOf(fault);
    }
    this.#forgetConnections();
    return segment.buffer;
  }

  #forgetConnections(): void {
    const { firstId } = this;
    for (const { ref, isOpen, lastId } of this.#connections.values())
      if (!isOpen && lastId < firstId) this.#connections.delete(ref);
  }

  /** HOT PATH. Nothing came since, so that nothing else can be there. */
  #isAsItCame(segment: TraceSegment, source: Uint8Array, start: number, end: number): boolean {
    return (
      source === this.#cameIn &&
      start === this.#cameStart &&
      end === this.#cameEnd &&
      this.#cameId >= segment.firstId
    );
  }

  #hide(segment: TraceSegment, start: number, version: ProtocolVersion): void {
    const index = segment.count - 1;
    const bytes = segment.bytes.subarray(start, segment.end(index));
    const ranges = secretRangesOf(bytes, version);
    for (const range of ranges) bytes.fill(HIDDEN_BYTE, range.start, range.end);
    if (ranges.length > 0) segment.addFlags(index, HIDDEN_FLAG);
  }
}

/** A character takes two bytes at most. */
function costOf({ message }: TracedFault): number {
  return FAULT_BYTES + 2 * message.length;
}
