/**
 * HOT PATH. Bytes as they come from a socket to whole packets: framing only.
 *
 * Knows the packet type and the Remaining Length of a fixed header, and nothing that follows it. A packet that lies
 * whole in a chunk is handed on as a view into it; one that spans chunks is gathered in a buffer that grows with the
 * bytes that came, not with the length that a peer claims.
 */
import { protocolError } from './errorCodes.ts';
import { hexByte } from './faultText.ts';
import type { ProtocolVersion } from './packets.ts';
import { packetKindOfType } from './packetTypes.ts';

/** Fixed header at its largest: type and flags, then four bytes of Remaining Length. */
const MAX_HEADER_BYTES = 5;
const FIRST_BUFFER_BYTES = 4096;
const NO_BYTES: Uint8Array = Buffer.alloc(0);

export class FrameReader {
  /** Set when it is known: picks the clauses of faults, and nothing else. */
  protocolVersion: ProtocolVersion | undefined;
  #maxPacketBytes: number;
  /** Bytes of a packet that is not whole yet: `#pending[0 .. #pendingBytes)`. */
  #pending: Uint8Array = NO_BYTES;
  #pendingBytes = 0;
  /** Size of the pending packet; 0 while its fixed header is not whole. */
  #frameBytes = 0;
  #stopped = false;
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

  /** Nothing more is delivered, of this chunk or a later one. */
  stop(): void {
    this.#stopped = true;
    this.#pending = NO_BYTES;
    this.#pendingBytes = 0;
    this.#frameBytes = 0;
  }

  /**
   * Calls `onFrame` with each complete packet, fixed header included, in order. A frame is borrowed: it is valid
   * during the call only. After a throw, of this reader or of `onFrame`, the reader is stopped.
   *
   * @throws ProtocolError for a fixed header that can't be: `remaining-length-malformed`, `packet-too-large`,
   *   `packet-type-reserved`, and what TLS and HTTP look like at the start of a stream.
   */
  push(chunk: Uint8Array, onFrame: (frame: Uint8Array) => void): void {
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
        onFrame(offset === 0 && end === chunk.length ? chunk : chunk.subarray(offset, end));
        offset = end;
      }
      isDone = true;
    } finally {
      if (!isDone) this.stop();
    }
  }

  /** Completes the pending packet as far as the chunk goes; returns where in the chunk the next one starts. */
  #fillPending(chunk: Uint8Array, onFrame: (frame: Uint8Array) => void): number {
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
    if (this.#isFirstFrame) refuseOtherProtocols(this.#pending, 0, this.#pendingBytes);
    if (this.#pendingBytes < this.#frameBytes) return end;

    const frame = this.#pending.subarray(0, this.#pendingBytes);
    this.#isFirstFrame = false;
    this.#pendingBytes = 0;
    this.#frameBytes = 0;
    // One large packet must not hold its memory for the life of the connection.
    if (this.#pending.length > FIRST_BUFFER_BYTES) this.#pending = NO_BYTES;
    onFrame(frame);
    return end;
  }

  /** Appends `chunk[start .. end)` to the pending packet. */
  #keep(chunk: Uint8Array, start: number, end: number, frameBytes: number): void {
    const neededBytes = this.#pendingBytes + end - start;
    if (neededBytes > this.#pending.length) {
      const doubled = Math.max(FIRST_BUFFER_BYTES, neededBytes * 2);
      const grown = Buffer.allocUnsafeSlow(
        frameBytes === 0 ? doubled : Math.max(neededBytes, Math.min(frameBytes, doubled)),
      );
      grown.set(this.#pending.subarray(0, this.#pendingBytes));
      this.#pending = grown;
    }
    this.#pending.set(chunk.subarray(start, end), this.#pendingBytes);
    this.#pendingBytes = neededBytes;
    this.#frameBytes = frameBytes;
  }

  /** Size of the packet that starts at `offset`; 0 if its fixed header is not whole before `end`. */
  #frameBytesAt(bytes: Uint8Array, offset: number, end: number): number {
    if (this.#isFirstFrame) refuseOtherProtocols(bytes, offset, end);
    const first = bytes[offset]!; // the caller has one byte at least
    if (first < 0x10) {
      throw protocolError('packet-type-reserved', this.protocolVersion, {
        byteOffset: 0,
        message: `The packet starts with 0x${hexByte(first)}: packet type 0 is reserved. ${OUT_OF_STEP}`,
      });
    }
    let remainingLength = 0;
    let shift = 0;
    for (let i = offset + 1; i < end; i++) {
      const byte = bytes[i]!; // i < end
      remainingLength += (byte & 0x7f) << shift;
      if (byte < 0x80) return this.#checkSize(first, i + 1 - offset + remainingLength);
      shift += 7;
      if (i + 1 - offset === MAX_HEADER_BYTES) {
        throw protocolError('remaining-length-malformed', this.protocolVersion, {
          packetKind: packetKindOfType(first >> 4),
          byteOffset: MAX_HEADER_BYTES - 1,
          message: `The fourth byte of the Remaining Length is 0x${hexByte(byte)}: its top bit says that a fifth follows, and four is the most. ${OUT_OF_STEP}`,
        });
      }
    }
    return 0;
  }

  #checkSize(first: number, frameBytes: number): number {
    if (frameBytes > this.#maxPacketBytes) {
      throw protocolError('packet-too-large', this.protocolVersion, {
        packetKind: packetKindOfType(first >> 4),
        byteOffset: 1,
        message: `The fixed header announces a packet of ${frameBytes} bytes, and at most ${this.#maxPacketBytes} are taken here. If the device did not mean to send that much, its Remaining Length is wrong.`,
      });
    }
    return frameBytes;
  }
}

const OUT_OF_STEP =
  'Often the packet before it was longer or shorter than its Remaining Length said, or two tasks wrote to the socket at once.';

const TLS_HANDSHAKE = 0x16;
const TLS_MAJOR_VERSION = 0x03;
const HTTP_STARTS = ['GET ', 'PUT ', 'POST', 'HEAD', 'OPTI', 'DELE', 'PATC', 'TRAC', 'CONN', 'PRI '];

/** A peer that took this port for something else. Told at once, as what it sends may never make a whole packet. */
function refuseOtherProtocols(bytes: Uint8Array, offset: number, end: number): void {
  if (end - offset >= 2 && bytes[offset] === TLS_HANDSHAKE && bytes[offset + 1] === TLS_MAJOR_VERSION) {
    throw protocolError('tls-on-plain-port', undefined, {
      byteOffset: 0,
      message:
        'The stream starts with a TLS handshake (0x16 0x03), and this port speaks MQTT without TLS. Connect to the TLS port, or turn TLS off in the device (mqtts:// to mqtt://, WiFiClientSecure to WiFiClient).',
    });
  }
  if (end - offset < 4) return;
  const start = String.fromCharCode(...bytes.subarray(offset, offset + 4));
  if (!HTTP_STARTS.includes(start)) return;
  throw protocolError('http-on-mqtt-port', undefined, {
    byteOffset: 0,
    message: `The stream starts with "${start}", an HTTP request, and this port speaks MQTT over plain TCP. MQTT over WebSocket starts as HTTP: use the broker's WebSocket port, or mqtt:// instead of ws://.`,
  });
}
