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

/** `inStep`: packets follow one another. `lost`: bytes are missing, or are no packets. */
type State = 'inStep' | 'lost';

export class CapturedMqtt {
  readonly #onPacket: (bytes: Uint8Array) => void;
  #reader = newReader();
  #state: State = 'inStep';

  /** @param onPacket takes packets, and once what is none; own copies. */
  constructor(onPacket: (bytes: Uint8Array) => void) {
    this.#onPacket = onPacket;
  }

  /** @param bytes in order, as one segment brought them. */
  push(bytes: Uint8Array, version: ProtocolVersion): void {
    if (this.#state === 'lost' && !this.#isInStepAgain(bytes, version)) return;
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

  /** Bytes are missing: what was begun can't be ended, and where the next packet begins is not known. */
  lose(): void {
    this.#state = 'lost';
    this.#reader = newReader();
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
