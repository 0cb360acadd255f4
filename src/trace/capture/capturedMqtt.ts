/**
 * MQTT in one direction of a TCP connection of a capture: bytes to packets, and back in step after bytes are missing.
 */
import { decode } from '../../mqtt/decode.ts';
import { FrameReader, restFromRefused } from '../../mqtt/frameReader.ts';
import type { ProtocolVersion } from '../../mqtt/packets.ts';
import { ProtocolError } from '../../mqtt/protocolError.ts';

/** No packet of MQTT is larger. */
const MAX_PACKET_BYTES = 5 + 268_435_455;
/** Of bytes that are no packet, so many are handed on. */
const MAX_FAULTY_BYTES = 4096;
/** What is looked through for the beginning of a packet: MQTT.js sends each field in a WebSocket frame of its own. */
const MAX_PIECES = 16;
const MAX_PIECES_BYTES = 16 * 1024;

/** `inStep`: packets follow one another. `lost`: bytes are missing, or are no packets. */
type State = 'inStep' | 'lost';

export class CapturedMqtt {
  readonly #onPacket: (bytes: Uint8Array) => void;
  #reader = newReader();
  #state: State = 'inStep';
  /** While it is lost: what came last, in the pieces in which it came. */
  #pieces: Uint8Array[] = [];

  /** @param onPacket takes packets, and once what is none; own copies. */
  constructor(onPacket: (bytes: Uint8Array) => void) {
    this.#onPacket = onPacket;
  }

  /**
   * @param piece in order, as one segment or WebSocket frame brought it.
   * @param version undefined while it is not known.
   */
  push(piece: Uint8Array, version: ProtocolVersion | undefined): void {
    const bytes = this.#state === 'lost' ? this.#inStepAgain(piece, version) : piece;
    if (bytes === undefined) return;
    const { bufferedBytes } = this.#reader;
    try {
      this.#reader.push(bytes, (frame) => this.#onPacket(Buffer.from(frame)));
    } catch (error) {
      const faulty = restFromRefused(this.#reader, bytes, bufferedBytes);
      if (faulty === undefined) throw error;
      // Hands on what is no packet, and waits for the stream to make sense again.
      this.lose();
      this.#onPacket(Buffer.from(faulty.subarray(0, MAX_FAULTY_BYTES)));
    }
  }

  /**
   * Bytes are missing: what was begun can't be ended, and where the next packet begins is not known. For who takes packets,
   * too: the rest of their piece is not handed on.
   */
  lose(): void {
    this.#state = 'lost';
    // It may be in the middle of a piece.
    this.#reader.stop();
    this.#reader = newReader();
    this.#pieces = [];
  }

  /** Packets begin with a piece: what is whole packets from there to here, and right ones, is where reading goes on. */
  #inStepAgain(piece: Uint8Array, version: ProtocolVersion | undefined): Uint8Array | undefined {
    // A copy: it is borrowed.
    this.#pieces.push(Buffer.from(piece));
    const bytes = Buffer.concat(this.#pieces);
    let start = 0;
    for (const { length } of this.#pieces) {
      const rest = bytes.subarray(start);
      if (isWholePackets(rest, version)) {
        this.#state = 'inStep';
        this.#pieces = [];
        return rest;
      }
      start += length;
    }
    let keptBytes = bytes.length;
    while (this.#pieces.length >= MAX_PIECES || (this.#pieces.length > 0 && keptBytes > MAX_PIECES_BYTES))
      keptBytes -= this.#pieces.shift()!.length; // there is one
    return undefined;
  }
}

/** Whether these are packets from end to end, and right ones: of one version, where it is not known which. */
export function isWholePackets(bytes: Uint8Array, version: ProtocolVersion | undefined): boolean {
  return version === undefined ? areRight(bytes, 4) || areRight(bytes, 5) : areRight(bytes, version);
}

/** The version that these packets are right in; undefined where that is both, or none. 3.1 differs in its CONNECT alone. */
export function versionBy(bytes: Uint8Array): 4 | 5 | undefined {
  const is4 = areRight(bytes, 4);
  if (is4 === areRight(bytes, 5)) return undefined;
  return is4 ? 4 : 5;
}

function areRight(bytes: Uint8Array, version: ProtocolVersion): boolean {
  const reader = newReader();
  try {
    reader.push(bytes, (packet) => decode(packet, version));
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
  return bytes.length > 0 && reader.bufferedBytes === 0;
}

function newReader(): FrameReader {
  return new FrameReader({ maxPacketBytes: MAX_PACKET_BYTES });
}
