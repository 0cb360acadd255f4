/**
 * HOT PATH. Bytes as they come from a socket to whole packets: framing only.
 *
 * Knows the packet type and the Remaining Length of a fixed header, and nothing that follows it. A packet that lies
 * whole in a chunk is handed on where it lies, by its bounds: to make a view of each cost more than to read it (50 ns).
 * One that spans chunks is gathered in a buffer of its own, which grows with the bytes that came, not with the length
 * that a peer claims.
 */
import { protocolError } from './errorCodes.ts';
import { hexByte } from './faultText.ts';
import type { ProtocolVersion } from './packets.ts';
import { packetKindOfType } from './packetTypes.ts';
import type { ProtocolError } from './protocolError.ts';

/** Fixed header at its largest: type and flags, then four bytes of Remaining Length. */
const MAX_HEADER_BYTES = 5;
const FIRST_BUFFER_BYTES = 4096;
/** What a peer may claim and get room for at once, when `growsEagerly`. */
const EAGER_BUFFER_BYTES = 1024 * 1024;
/** With less, more is read at once elsewhere. */
const LEAST_ROOM_BYTES = 64 * 1024;
const NO_BYTES: Uint8Array = Buffer.alloc(0);

/**
 * Takes the packet in `bytes[start .. end)`, fixed header included. The bytes are borrowed: valid until the `read` that
 * hands them over returns; unless they are `isOwn`: a buffer of the packet's own, which nobody writes to any more.
 */
export type OnFrame = (bytes: Uint8Array, start: number, end: number, isOwn: boolean) => void;

/** What had come of a packet when its fixed header was refused: `bytes[start .. end)`, borrowed. */
export interface RefusedFrame {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

export class FrameReader {
  /**
   * Whether a packet that spans chunks has room for a megabyte of it as soon as its length is known. For peers that are
   * known: growing by and by copies a large packet twice over.
   */
  growsEagerly = false;
  /** Set when it is known: picks the clauses of faults, and nothing else. */
  protocolVersion: ProtocolVersion | undefined;
  #maxPacketBytes: number;
  /** Bytes of a packet that is not whole yet: `#pending[0 .. #pendingBytes)`. */
  #pending: Uint8Array = NO_BYTES;
  #pendingBytes = 0;
  /** Size of the pending packet; 0 while its fixed header is not whole. */
  #frameBytes = 0;
  #stopped = false;
  #refused: RefusedFrame | undefined;
  #isFirstFrame = true;

  /** @param options.maxPacketBytes largest packet taken, fixed header included, in bytes. */
  constructor(options: { maxPacketBytes: number }) {
    this.#maxPacketBytes = options.maxPacketBytes;
  }

  /** Holds for packets whose fixed header has not been read yet. */
  set maxPacketBytes(bytes: number) {
    this.#maxPacketBytes = bytes;
  }

  get maxPacketBytes(): number {
    return this.#maxPacketBytes;
  }

  /** Bytes of the packet that is not whole yet. */
  get bufferedBytes(): number {
    return this.#pendingBytes;
  }

  /** Memory that is taken for it, bytes. */
  get heldBytes(): number {
    return this.#pending.length;
  }

  /** The bytes of the packet that is not whole yet: valid until the next call. */
  get buffered(): Uint8Array {
    return this.#pending.subarray(0, this.#pendingBytes);
  }

  /** Where the rest of a large packet belongs, as far as there is room for it: a chunk that lies there is not copied. */
  get room(): Uint8Array | undefined {
    const roomBytes = this.#pending.length - this.#pendingBytes;
    return roomBytes < LEAST_ROOM_BYTES ? undefined : this.#pending.subarray(this.#pendingBytes);
  }

  /** After `read` threw for a fixed header: the packet that it is of. Undefined at the next call, and else. */
  takeRefused(): RefusedFrame | undefined {
    const refused = this.#refused;
    this.#refused = undefined;
    return refused;
  }

  /** Takes out what has come of a packet that is not whole yet: from here on, the reader is at the start of a packet. */
  takePartial(): Uint8Array {
    const partial = this.#pending.subarray(0, this.#pendingBytes);
    this.#pending = NO_BYTES;
    this.#pendingBytes = 0;
    this.#frameBytes = 0;
    return partial;
  }

  /** Nothing more is delivered, of this chunk or a later one. */
  stop(): void {
    this.#stopped = true;
    this.#pending = NO_BYTES;
    this.#pendingBytes = 0;
    this.#frameBytes = 0;
  }

  /**
   * HOT PATH. Calls `onFrame` with each complete packet, in order. After a throw, of this reader or of `onFrame`, the
   * reader is stopped.
   *
   * @throws ProtocolError for a fixed header that can't be: `remaining-length-malformed`, `packet-too-large`,
   *   `packet-type-reserved`, and what TLS and HTTP look like at the start of a stream.
   */
  read(chunk: Uint8Array, onFrame: OnFrame): void {
    let isDone = false;
    try {
      let offset = 0;
      if (this.#pendingBytes > 0) offset = this.#fillPending(chunk, onFrame);
      while (offset < chunk.length && !this.#stopped) {
        const frameBytes = this.#frameBytesAt(chunk, offset, chunk.length);
        const end = offset + frameBytes;
        if (frameBytes === 0 || end > chunk.length) {
          this.#keep(chunk, offset, chunk.length, frameBytes);
          break;
        }
        this.#isFirstFrame = false;
        onFrame(chunk, offset, end, false);
        offset = end;
      }
      isDone = true;
    } finally {
      if (!isDone) this.stop();
    }
  }

  /** As `read`, with each packet as a view: for who reads few. */
  push(chunk: Uint8Array, onFrame: (frame: Uint8Array) => void): void {
    this.read(chunk, (bytes, start, end) => onFrame(frameOf(bytes, start, end)));
  }

  /** Completes the pending packet as far as the chunk goes; returns where in the chunk the next one starts. */
  #fillPending(chunk: Uint8Array, onFrame: OnFrame): number {
    let offset = 0;
    // The header byte by byte: it is at most five bytes, and its end can't be known before.
    while (this.#frameBytes === 0) {
      if (offset === chunk.length) return offset;
      this.#keep(chunk, offset, offset + 1, 0);
      offset++;
      this.#frameBytes = this.#frameBytesAt(this.#pending, 0, this.#pendingBytes);
    }
    const end = Math.min(chunk.length, offset + this.#frameBytes - this.#pendingBytes);
    this.#keep(chunk, offset, end, this.#frameBytes);
    if (this.#isFirstFrame) this.#refuseOtherProtocols(this.#pending, 0, this.#pendingBytes);
    if (this.#pendingBytes < this.#frameBytes) return end;

    const frame = this.#pending;
    const frameBytes = this.#frameBytes;
    this.#isFirstFrame = false;
    // Let go of, not reused: it is the packet's own.
    this.#pending = NO_BYTES;
    this.#pendingBytes = 0;
    this.#frameBytes = 0;
    onFrame(frame, 0, frameBytes, true);
    return end;
  }

  /** Appends `chunk[start .. end)` to the pending packet. */
  #keep(chunk: Uint8Array, start: number, end: number, frameBytes: number): void {
    const neededBytes = this.#pendingBytes + end - start;
    if (neededBytes > this.#pending.length) {
      const grown = allocate(this.#roomFor(neededBytes, frameBytes));
      grown.set(this.#pending.subarray(0, this.#pendingBytes));
      this.#pending = grown;
    }
    if (!isAt(chunk, start, this.#pending, this.#pendingBytes))
      this.#pending.set(chunk.subarray(start, end), this.#pendingBytes);
    this.#pendingBytes = neededBytes;
    this.#frameBytes = frameBytes;
  }

  /** How large a buffer is to be for a packet of which so much has come; `frameBytes` is 0 while its size is not known. */
  #roomFor(neededBytes: number, frameBytes: number): number {
    if (frameBytes === 0) return Math.max(MAX_HEADER_BYTES, neededBytes);
    const most = Math.max(this.growsEagerly ? EAGER_BUFFER_BYTES : FIRST_BUFFER_BYTES, neededBytes * 2);
    return Math.min(frameBytes, most);
  }

  /** Size of the packet that starts at `offset`; 0 if its fixed header is not whole before `end`. */
  #frameBytesAt(bytes: Uint8Array, offset: number, end: number): number {
    if (this.#isFirstFrame) this.#refuseOtherProtocols(bytes, offset, end);
    const first = bytes[offset]!; // the caller has one byte at least
    if (first < 0x10) {
      const error = protocolError('packet-type-reserved', this.protocolVersion, {
        byteOffset: 0,
        message: `The packet starts with 0x${hexByte(first)}: packet type 0 is reserved. ${OUT_OF_STEP}`,
      });
      this.#refuse(error, bytes, offset, end);
    }
    let remainingLength = 0;
    let shift = 0;
    for (let i = offset + 1; i < end; i++) {
      const byte = bytes[i]!; // i < end
      remainingLength += (byte & 0x7f) << shift;
      if (byte < 0x80) {
        const frameBytes = i + 1 - offset + remainingLength;
        if (frameBytes > this.#maxPacketBytes)
          this.#refuse(this.#tooLarge(first, frameBytes), bytes, offset, end);
        return frameBytes;
      }
      shift += 7;
      if (i + 1 - offset === MAX_HEADER_BYTES) {
        const error = protocolError('remaining-length-malformed', this.protocolVersion, {
          packetKind: packetKindOfType(first >> 4),
          byteOffset: MAX_HEADER_BYTES - 1,
          message: `The fourth byte of the Remaining Length is 0x${hexByte(byte)}: its top bit says that a fifth follows, and four is the most. ${OUT_OF_STEP}`,
        });
        this.#refuse(error, bytes, offset, end);
      }
    }
    return 0;
  }

  #tooLarge(first: number, frameBytes: number): ProtocolError {
    return protocolError('packet-too-large', this.protocolVersion, {
      packetKind: packetKindOfType(first >> 4),
      byteOffset: 1,
      message: `The fixed header announces a packet of ${frameBytes} bytes, and at most ${this.#maxPacketBytes} are taken here. If the device did not mean to send that much, its Remaining Length is wrong.`,
    });
  }

  #refuseOtherProtocols(bytes: Uint8Array, start: number, end: number): void {
    const error = otherProtocol(bytes, start, end);
    if (error !== undefined) this.#refuse(error, bytes, start, end);
  }

  #refuse(error: ProtocolError, bytes: Uint8Array, start: number, end: number): never {
    this.#refused = { bytes, start, end };
    throw error;
  }
}

/**
 * After `read` or `push` of `chunk` threw: what is left from the first byte of the packet that was refused, with what had
 * come of it before. Undefined where it was `onFrame` that threw.
 *
 * @param bufferedBytes of the reader, before it was given the chunk.
 */
export function restFromRefused(
  reader: FrameReader,
  chunk: Uint8Array,
  bufferedBytes: number,
): Uint8Array | undefined {
  const refused = reader.takeRefused();
  if (refused === undefined) return undefined;
  const { bytes, start, end } = refused;
  if (bytes === chunk) return chunk.subarray(start);
  return Buffer.concat([bytes.subarray(start, end), chunk.subarray(end - bufferedBytes)]);
}

/** The packet in `bytes[start .. end)` as a view; the bytes themselves where it is all of them. */
export function frameOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end);
}

/** Whether `bytes[start]` and `others[otherStart]` are one place in memory. */
function isAt(bytes: Uint8Array, start: number, others: Uint8Array, otherStart: number): boolean {
  return bytes.buffer === others.buffer && bytes.byteOffset + start === others.byteOffset + otherStart;
}

/** A small one from Node's pool, which costs a tenth. A large one by itself: it would pin its neighbours. */
function allocate(bytes: number): Uint8Array {
  return bytes < FIRST_BUFFER_BYTES ? Buffer.allocUnsafe(bytes) : Buffer.allocUnsafeSlow(bytes);
}

const OUT_OF_STEP =
  'Often the packet before it was longer or shorter than its Remaining Length said, or two tasks wrote to the socket at once.';

/** How a client begins. */
const CONNECT = 0x10;
const TLS_HANDSHAKE = 0x16;
const TLS_MAJOR_VERSION = 0x03;
const HTTP_STARTS = ['GET ', 'PUT ', 'POST', 'HEAD', 'OPTI', 'DELE', 'PATC', 'TRAC', 'CONN', 'PRI '];

/** Of a peer that took this port for something else. Told at once, as what it sends may never make a whole packet. */
function otherProtocol(bytes: Uint8Array, offset: number, end: number): ProtocolError | undefined {
  if (bytes[offset] === CONNECT) return undefined;
  if (end - offset >= 2 && bytes[offset] === TLS_HANDSHAKE && bytes[offset + 1] === TLS_MAJOR_VERSION) {
    return protocolError('tls-on-plain-port', undefined, {
      byteOffset: 0,
      message:
        'The stream starts with a TLS handshake (0x16 0x03), and this port speaks MQTT without TLS. Connect to the TLS port, or turn TLS off in the device (mqtts:// to mqtt://, WiFiClientSecure to WiFiClient).',
    });
  }
  if (end - offset < 4) return undefined;
  const start = String.fromCharCode(...bytes.subarray(offset, offset + 4));
  if (!HTTP_STARTS.includes(start)) return undefined;
  return protocolError('http-on-mqtt-port', undefined, {
    byteOffset: 0,
    message: `The stream starts with "${start}", an HTTP request, and this port speaks MQTT over plain TCP. MQTT over WebSocket starts as HTTP: use the broker's WebSocket port, or mqtt:// instead of ws://.`,
  });
}
