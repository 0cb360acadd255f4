/**
 * MQTT in one direction of a TCP connection of a capture: bytes to packets, and back in step after bytes are missing.
 */
import { decode } from '../../mqtt/decode.ts';
import { FrameReader } from '../../mqtt/frameReader.ts';
import type { ProtocolVersion } from '../../mqtt/packets.ts';
import { ProtocolError } from '../../mqtt/protocolError.ts';

/** No packet of MQTT is larger. */
const MAX_PACKET_BYTES = 5 + 268_435_455;
/** A fault of the framing is in the fixed header. */
const MAX_HEADER_BYTES = 5;
/** Of bytes that are no packet, so many are handed on. */
const MAX_FAULTY_BYTES = 4096;

/** `inStep`: packets follow one another. `lost`: bytes are missing, or are no packets. */
type State = 'inStep' | 'lost';

export class CapturedMqtt {
  readonly #onPacket: (bytes: Uint8Array) => void;
  #reader = newReader();
  #state: State = 'inStep';
  /** Of a packet that is not whole yet, as much as a fixed header. */
  #begun: Uint8Array = new Uint8Array(0);

  /** @param onPacket takes packets, and once what is none; own copies. */
  constructor(onPacket: (bytes: Uint8Array) => void) {
    this.#onPacket = onPacket;
  }

  /** @param bytes in order, as one segment brought them. */
  push(bytes: Uint8Array, version: ProtocolVersion): void {
    if (this.#state === 'lost' && !this.#isInStepAgain(bytes, version)) return;
    const begunBytes = this.#reader.bufferedBytes;
    let taken = 0;
    try {
      this.#reader.push(bytes, (frame) => {
        taken += frame.length;
        this.#onPacket(Buffer.from(frame));
      });
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#giveUp(bytes.subarray(Math.max(0, taken - begunBytes)), taken === 0 ? this.#begun : undefined);
      return;
    }
    this.#remember(bytes, taken, begunBytes);
  }

  /** Bytes are missing: what was begun can't be ended, and where the next packet begins is not known. */
  lose(): void {
    this.#state = 'lost';
    this.#reader = newReader();
    this.#begun = new Uint8Array(0);
  }

  /** Bytes of a packet that did not come whole. */
  get pendingBytes(): number {
    return this.#reader.bufferedBytes;
  }

  /** Hands on what is no packet, and waits for the stream to make sense again. */
  #giveUp(rest: Uint8Array, begun: Uint8Array | undefined): void {
    const faulty = Buffer.concat(begun === undefined ? [rest] : [begun, rest]);
    this.lose();
    this.#onPacket(Buffer.from(faulty.subarray(0, MAX_FAULTY_BYTES)));
  }

  #remember(bytes: Uint8Array, taken: number, begunBytes: number): void {
    if (this.#reader.bufferedBytes === 0 || this.#reader.bufferedBytes > MAX_HEADER_BYTES) {
      this.#begun = new Uint8Array(0);
      return;
    }
    const before = taken === 0 ? this.#begun : new Uint8Array(0);
    this.#begun = Buffer.concat([before, bytes.subarray(Math.max(0, taken - begunBytes))]);
  }

  /** Most packets begin with a segment: one that is whole packets, and right ones, is where reading goes on. */
  #isInStepAgain(bytes: Uint8Array, version: ProtocolVersion): boolean {
    const reader = newReader();
    let taken = 0;
    try {
      reader.push(bytes, (frame) => {
        decode(frame, version);
        taken += frame.length;
      });
    } catch (error) {
      if (error instanceof ProtocolError) return false;
      throw error;
    }
    if (taken === 0 || taken < bytes.length) return false;
    this.#state = 'inStep';
    return true;
  }
}

function newReader(): FrameReader {
  return new FrameReader({ maxPacketBytes: MAX_PACKET_BYTES });
}
