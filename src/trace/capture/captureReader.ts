/**
 * MQTT packets out of a capture file: TCP connections put together, those that speak MQTT found by their CONNECT.
 *
 * A connection on port 1883 is taken for MQTT whatever it begins with, so that a broken CONNECT is seen, and a
 * connection that was open before the capture. MQTT in a WebSocket is read where the capture has how that was opened, and
 * where it begins later and the frames say for themselves what they are. Of a connection without its CONNECT the version
 * is that of the first packet which only one version allows; before it, packets are taken for 3.1.1.
 * TLS and compressed WebSockets are counted, and not read: a capture has not the keys, and a trace of the broker has
 * their packets anyway.
 */
import { hostAndPort } from '../../base/networkAddress.ts';
import { decode } from '../../mqtt/decode.ts';
import type { ProtocolVersion } from '../../mqtt/packets.ts';
import { ProtocolError } from '../../mqtt/protocolError.ts';
import type { TraceDirection, TracedPacket } from '../exchanges.ts';
import { CapturedMqtt, versionBy } from './capturedMqtt.ts';
import { type CapturedFrame, CaptureFrames } from './captureFrames.ts';
import { addressText, type Endpoint } from './ipAddress.ts';
import { MQTT_PORT } from './pcapngExport.ts';
import { beginsWithConnect, beginsWithGet, protocolOf } from './streamStarts.ts';
import { ACK, FIN, RST, SYN } from './tcpFrame.ts';
import { type CapturedSegment, type NoSegment, segmentOf } from './tcpOf.ts';
import { TcpStream } from './tcpStream.ts';
import { type UndecidedPiece, UndecidedPieces } from './undecidedPieces.ts';
import { WebSocketFrames } from './webSocketFrames.ts';
import { type Midway, WebSocketMidway } from './webSocketMidway.ts';
import { MAX_HEAD_BYTES, type Opening, WebSocketOpening } from './webSocketOpening.ts';

/** A packet of a capture. `in` goes to the broker. The client id is empty until CONNECT, or CONNACK, has said it. */
export interface CapturedPacket extends TracedPacket {
  /** Of the broker. */
  readonly localAddress: string;
  readonly remoteAddress: string;
  readonly transportKind: 'mqtt' | 'ws';
}

export interface CaptureSummary {
  frames: number;
  packets: number;
  /** TCP connections that spoke MQTT, in a WebSocket or without. */
  connections: number;
  /** Those that did not, by what they looked like. `compressed` ones are WebSockets that asked for MQTT. */
  readonly others: { tls: number; http: number; compressed: number; unknown: number };
  /** Bytes of MQTT connections that the capture has not: packets among them are missing. */
  lostBytes: number;
  /** Frames without a TCP segment that can be read, by why. */
  readonly unread: Record<NoSegment, number>;
}

/** Open at once; beyond it the one that was silent for longest is forgotten. */
const MAX_CONNECTIONS = 20_000;
/** Of a connection that may yet be MQTT. */
const MAX_UNDECIDED_BYTES = 64 * 1024;
/** Of one that began before the capture: packets of MQTT are small, and what looks like none for so long is none. */
const MAX_MIDWAY_BYTES = 16 * 1024;
/** Of one that opens a WebSocket: both heads. */
const MAX_OPENING_BYTES = 2 * MAX_HEAD_BYTES;

/** A `Midway` is a WebSocket that was opened before. */
type Verdict = 'mqtt' | Midway | Opening;

export class CaptureReader {
  readonly summary: CaptureSummary = {
    frames: 0,
    packets: 0,
    connections: 0,
    others: { tls: 0, http: 0, compressed: 0, unknown: 0 },
    lostBytes: 0,
    unread: { otherLink: 0, otherProtocol: 0, fragment: 0, cut: 0 },
  };
  readonly #onPacket: (packet: CapturedPacket) => void;
  readonly #frames = new CaptureFrames((frame) => this.#takeFrame(frame));
  /** By both ends. In the order of their last segments. */
  readonly #connections = new Map<string, Connection>();
  #lastConnectionId = 0;

  /** @param onPacket takes each packet when its last byte has come. Its bytes are its own. */
  constructor(onPacket: (packet: CapturedPacket) => void) {
    this.#onPacket = onPacket;
  }

  /** @throws CaptureFault as CaptureFrames, after all that came before it was handed on. */
  push(chunk: Uint8Array): void {
    try {
      this.#frames.push(chunk);
    } catch (error) {
      this.#endConnections();
      throw error;
    }
  }

  /** @throws CaptureFault for a file that ends within a frame, after all that came before was handed on. */
  end(): void {
    this.#endConnections();
    this.#frames.end();
  }

  /** Bytes that waited for some that are missing are handed on. */
  #endConnections(): void {
    for (const connection of this.#connections.values()) connection.end();
    this.#connections.clear();
  }

  #takeFrame(frame: CapturedFrame): void {
    this.summary.frames++;
    const segment = segmentOf(frame);
    if (typeof segment === 'string') this.summary.unread[segment]++;
    else this.#takeSegment(segment, frame.atMs);
  }

  #takeSegment(segment: CapturedSegment, atMs: number): void {
    const key = keyOf(segment);
    let connection = this.#connections.get(key);
    if (connection?.isReplacedBy(segment) === true) {
      this.#close(key, connection);
      connection = undefined;
    }
    if (connection === undefined) {
      // An end without a beginning tells nothing.
      if ((segment.flags & (RST | FIN)) !== 0 && segment.wholePayloadBytes === 0) return;
      connection = new Connection(segment, ++this.#lastConnectionId, this.summary, this.#onPacket);
    } else this.#connections.delete(key);
    this.#connections.set(key, connection);
    connection.take(segment, atMs);
    if (connection.isOver) this.#close(key, connection);
    else if (this.#connections.size > MAX_CONNECTIONS) this.#forgetOldest();
  }

  #close(key: string, connection: Connection): void {
    connection.end();
    this.#connections.delete(key);
  }

  #forgetOldest(): void {
    for (const [key, connection] of this.#connections) {
      this.#close(key, connection);
      return;
    }
  }
}

/** The same for both directions. */
function keyOf({ from, to }: CapturedSegment): string {
  const [one, other] = [endKey(from), endKey(to)];
  return one < other ? one + other : other + one;
}

/** Not for people: made for each segment, where a text would cost more than the rest. */
function endKey({ address, port }: Endpoint): string {
  return latin1Slice.call(address, 0, address.length) + String.fromCharCode(port);
}

const latin1Slice = Buffer.prototype.latin1Slice;

function endText({ address, port }: Endpoint): string {
  return hostAndPort(addressText(address), port);
}

class Connection {
  readonly #id: number;
  readonly #summary: CaptureSummary;
  readonly #onPacket: (packet: CapturedPacket) => void;
  readonly #clientKey: string;
  #client: string;
  #server: string;
  /** Directions are those of the first guess, and it was wrong. */
  #isReversed = false;
  readonly #isMqttPort: boolean;
  readonly #streams: Record<TraceDirection, TcpStream>;
  readonly #mqtt: Record<TraceDirection, CapturedMqtt>;
  /** The client's first sequence number, where its SYN was seen. */
  readonly #firstSequence: number | undefined;
  /** Until it is known whether this is MQTT. */
  #undecided: UndecidedPieces | undefined = new UndecidedPieces();
  #isMqtt = false;
  /** While it may be a WebSocket that was opened before the capture. */
  #midway: WebSocketMidway | undefined;
  /** While it may become a WebSocket. */
  #opening: WebSocketOpening | undefined;
  /** When it is one. */
  #frames: Record<TraceDirection, WebSocketFrames> | undefined;
  #atMs = 0;
  #clientId = '';
  /** Of the CONNECT; where the capture has none, of the first packet that is right in one version alone. */
  #version: ProtocolVersion | undefined;
  readonly #ended: Record<TraceDirection, boolean> = { in: false, out: false };
  #isReset = false;

  constructor(
    first: CapturedSegment,
    id: number,
    summary: CaptureSummary,
    onPacket: (packet: CapturedPacket) => void,
  ) {
    this.#id = id;
    this.#summary = summary;
    this.#onPacket = onPacket;
    const isFromClient = isOfClient(first);
    const client = isFromClient ? first.from : first.to;
    this.#clientKey = endKey(client);
    this.#client = endText(client);
    const server = isFromClient ? first.to : first.from;
    this.#server = endText(server);
    this.#isMqttPort = server.port === MQTT_PORT;
    this.#firstSequence = isFromClient && (first.flags & SYN) !== 0 ? first.sequence : undefined;
    if (this.#firstSequence === undefined && !this.#isMqttPort) this.#midway = new WebSocketMidway();
    this.#streams = { in: this.#streamOf('in'), out: this.#streamOf('out') };
    this.#mqtt = { in: this.#packetsOf('in'), out: this.#packetsOf('out') };
  }

  /** Both sides have said that they are done, or one broke off. */
  get isOver(): boolean {
    return this.#isReset || (this.#ended.in && this.#ended.out);
  }

  /** A SYN of the client with another number begins a new connection between the same ends. */
  isReplacedBy(segment: CapturedSegment): boolean {
    const isSyn = (segment.flags & (SYN | ACK)) === SYN;
    return isSyn && segment.sequence !== this.#firstSequence;
  }

  take(segment: CapturedSegment, atMs: number): void {
    this.#atMs = atMs;
    const { flags, payload, wholePayloadBytes } = segment;
    const direction = endKey(segment.from) === this.#clientKey ? 'in' : 'out';
    const stream = this.#streams[direction];
    const isSyn = (flags & SYN) !== 0;
    // A SYN counts as a byte.
    if (isSyn) stream.begin(segment.sequence + 1);
    const sequence = (segment.sequence + (isSyn ? 1 : 0)) >>> 0;
    stream.push(sequence, payload, wholePayloadBytes - payload.length);
    if ((flags & FIN) !== 0) this.#ended[direction] = true;
    if ((flags & RST) !== 0) this.#isReset = true;
  }

  end(): void {
    this.#streams.in.flush();
    this.#streams.out.flush();
    if (this.#undecided !== undefined)
      this.#decide(this.#isMqttPort && this.#undecided.bytes > 0 ? 'mqtt' : 'other');
  }

  #streamOf(direction: TraceDirection): TcpStream {
    return new TcpStream({
      bytes: (bytes) => this.#takeBytes(this.#isReversed ? opposite(direction) : direction, bytes),
      lost: (count) => this.#lose(this.#isReversed ? opposite(direction) : direction, count),
    });
  }

  #packetsOf(direction: TraceDirection): CapturedMqtt {
    return new CapturedMqtt((bytes) => this.#takePacket(direction, bytes));
  }

  #framesOf(direction: TraceDirection): WebSocketFrames {
    return new WebSocketFrames(direction === 'in' ? 'client' : 'server', {
      payload: (bytes) => this.#mqtt[direction].push(bytes, this.#version),
      lost: () => this.#mqtt[direction].lose(),
    });
  }

  #lose(direction: TraceDirection, count: number): void {
    if (this.#undecided !== undefined && this.#opening !== undefined) {
      this.#undecided.lose(direction, this.#atMs, count);
      this.#decide(this.#opening.lose(direction, count));
      return;
    }
    if (this.#undecided !== undefined && this.#midway !== undefined) {
      this.#undecided.lose(direction, this.#atMs, count);
      this.#midway.lose(direction, count);
      return;
    }
    if (this.#undecided !== undefined && !this.#isMqttPort) return;
    if (this.#isMqtt || this.#isMqttPort) this.#summary.lostBytes += count;
    if (this.#frames === undefined) this.#mqtt[direction].lose();
    else this.#frames[direction].lose(count);
  }

  #takeBytes(direction: TraceDirection, bytes: Uint8Array): void {
    if (this.#undecided === undefined) {
      if (this.#isMqtt) this.#read(direction, bytes);
      return;
    }
    const undecided = this.#undecided;
    undecided.take(direction, this.#atMs, bytes);
    this.#decide(
      this.#opening === undefined
        ? (this.#verdictOn(undecided) ?? this.#verdictMidway(undecided, direction, bytes))
        : verdictOnOpening(undecided, this.#opening.push(direction, bytes)),
    );
  }

  #read(direction: TraceDirection, bytes: Uint8Array): void {
    if (this.#frames === undefined) this.#mqtt[direction].push(bytes, this.#version);
    else this.#frames[direction].push(bytes);
  }

  /** Undefined while it can't be told. */
  #verdictOn(undecided: UndecidedPieces): Verdict | undefined {
    const start = Buffer.concat(
      undecided.pieces.filter(({ direction }) => direction === 'in').map(({ bytes }) => bytes),
    );
    const mayBeWebSocket = start.length === 0 ? undefined : beginsWithGet(start);
    if (mayBeWebSocket === true) {
      const opening = new WebSocketOpening();
      this.#opening = opening;
      let verdict: Opening | undefined;
      for (const { direction, bytes } of undecided.pieces) verdict ??= opening.push(direction, bytes);
      return verdictOnOpening(undecided, verdict);
    }
    if (this.#isMqttPort) return 'mqtt';
    const isMqtt = mayBeWebSocket === undefined ? undefined : beginsWithConnect(start);
    if (isMqtt === true) return 'mqtt';
    if (this.#midway !== undefined) return undefined;
    if (isMqtt === false) return 'other';
    return undecided.bytes > MAX_UNDECIDED_BYTES ? 'other' : undefined;
  }

  #verdictMidway(
    undecided: UndecidedPieces,
    direction: TraceDirection,
    bytes: Uint8Array,
  ): Verdict | undefined {
    if (this.#midway === undefined || this.#opening !== undefined) return undefined;
    const found = this.#midway.push(direction, bytes);
    if (found !== undefined) return found;
    return undecided.bytes > MAX_MIDWAY_BYTES ? 'other' : undefined;
  }

  /** Does nothing while it is not known. What else came to the port of MQTT is shown as it is. */
  #decide(found: Verdict | undefined): void {
    if (found === undefined || this.#undecided === undefined) return;
    const { pieces, bytes } = this.#undecided;
    const verdict = found === 'other' && this.#isMqttPort && bytes > 0 ? 'mqtt' : found;
    const undecided = verdict === 'reversed' ? this.#reverse(pieces) : pieces;
    const opening = this.#opening;
    this.#undecided = undefined;
    this.#opening = undefined;
    this.#midway = undefined;
    const isMidway = verdict === 'midway' || verdict === 'reversed';
    this.#isMqtt = verdict === 'mqtt' || verdict === 'open' || isMidway;
    if (verdict === 'compressed') this.#summary.others.compressed++;
    // Of a connection without a byte in the capture, nobody knows whether it spoke MQTT.
    if (verdict === 'other' && bytes > 0) this.#summary.others[protocolOf(firstBytesOf(undecided))]++;
    if (!this.#isMqtt) return;
    this.#summary.connections++;
    const head = { in: 0, out: 0 };
    if (isMidway) {
      this.#frames = { in: this.#framesOf('in'), out: this.#framesOf('out') };
      this.#frames.in.seek();
      this.#frames.out.seek();
    }
    if (verdict === 'open' && opening !== undefined) {
      this.#frames = { in: this.#framesOf('in'), out: this.#framesOf('out') };
      head.in = opening.headBytes('in');
      head.out = opening.headBytes('out');
    }
    this.#readUndecided(undecided, head);
  }

  /** Who was taken for the client is the server. Returns what came until now, the other way round. */
  #reverse(pieces: readonly UndecidedPiece[]): UndecidedPiece[] {
    this.#isReversed = true;
    [this.#client, this.#server] = [this.#server, this.#client];
    return pieces.map((piece) => ({ ...piece, direction: opposite(piece.direction) }));
  }

  /** @param head so many bytes of each direction are left out. */
  #readUndecided(undecided: readonly UndecidedPiece[], head: Record<TraceDirection, number>): void {
    const now = this.#atMs;
    for (const { direction, atMs, bytes, lostBytes } of undecided) {
      this.#atMs = atMs;
      const left = Math.min(head[direction], bytes.length);
      head[direction] -= left;
      if (left < bytes.length) this.#read(direction, bytes.subarray(left));
      if (lostBytes > 0) this.#lose(direction, lostBytes);
    }
    this.#atMs = now;
  }

  #takePacket(direction: TraceDirection, bytes: Uint8Array): void {
    this.#learn(bytes);
    this.#summary.packets++;
    this.#onPacket({
      atMs: this.#atMs,
      direction,
      clientId: this.#clientId,
      connectionId: this.#id,
      protocolVersion: this.#version ?? LIKELY_VERSION,
      localAddress: this.#server,
      remoteAddress: this.#client,
      transportKind: this.#frames === undefined ? 'mqtt' : 'ws',
      bytes,
    });
  }

  /** Who it is, and which version it speaks. */
  #learn(bytes: Uint8Array): void {
    const type = (bytes[0] ?? 0) >> 4;
    if (type !== CONNECT_TYPE) this.#version ??= versionBy(bytes);
    if (type !== CONNECT_TYPE && type !== CONNACK_TYPE) return;
    try {
      const packet = decode(bytes, this.#version ?? LIKELY_VERSION);
      if (packet.kind === 'connect') {
        this.#clientId = packet.clientId;
        this.#version = packet.protocolVersion;
      } else if (packet.kind === 'connack') {
        this.#clientId = packet.properties?.assignedClientIdentifier || this.#clientId;
      }
    } catch (error) {
      // At fault, or no packet at all: it is shown as it is.
      if (!(error instanceof ProtocolError || error instanceof RangeError)) throw error;
      // It says its version all the same, and is answered in it.
      if (type === CONNECT_TYPE && error instanceof ProtocolError)
        this.#version = error.protocolVersion ?? this.#version;
    }
  }
}

/** Most packets are the same in all. */
const LIKELY_VERSION = 4;
const CONNECT_TYPE = 1;
const CONNACK_TYPE = 2;

function verdictOnOpening(undecided: UndecidedPieces, verdict: Opening | undefined): Opening | undefined {
  return verdict ?? (undecided.bytes > MAX_OPENING_BYTES ? 'other' : undefined);
}

/** Of the client. */
function firstBytesOf(pieces: readonly UndecidedPiece[]): Uint8Array | undefined {
  return pieces.find(({ direction, bytes }) => direction === 'in' && bytes.length > 0)?.bytes;
}

function opposite(direction: TraceDirection): TraceDirection {
  return direction === 'in' ? 'out' : 'in';
}

/** By who asks for the connection; where that was not captured, by the port. */
function isOfClient({ flags, from, to }: CapturedSegment): boolean {
  if ((flags & SYN) !== 0) return (flags & ACK) === 0;
  if (to.port === MQTT_PORT) return true;
  if (from.port === MQTT_PORT) return false;
  // Servers listen on low ports, and clients get high ones.
  return from.port >= to.port;
}
