/**
 * Whole packets out of the bytes of one direction; and where these turn out to be no MQTT, the bytes that are left.
 *
 * Framing is the broker's own (mqtt/frameReader.ts). What it refuses is handed on untouched: to say what is wrong with it
 * is the receiver's business.
 */
import { FrameReader, type OnFrame, restFromRefused } from '../mqtt/frameReader.ts';

/** A packet that the first of a stream is taken for, where the stream is joined later on: PINGREQ. */
const ANY_PACKET = Uint8Array.of(0xc0, 0);

export class PacketStream {
  readonly #reader: FrameReader;

  /**
   * @param isFromStart whether the first packet is the connection's first: one that speaks TLS or HTTP is told by it.
   */
  constructor(maxPacketBytes: number, isFromStart: boolean) {
    this.#reader = new FrameReader({ maxPacketBytes });
    if (!isFromStart) this.#reader.read(ANY_PACKET, () => {});
  }

  set maxPacketBytes(bytes: number) {
    this.#reader.maxPacketBytes = bytes;
  }

  /** Takes out what has come of a packet that is not whole yet. */
  takePartial(): Uint8Array {
    return this.#reader.takePartial();
  }

  /**
   * @returns undefined, or what is left where no further packet can be found: nothing more must be fed then.
   * @throws what `onPacket` throws.
   */
  feed(chunk: Uint8Array, onPacket: OnFrame): Uint8Array | undefined {
    const { bufferedBytes } = this.#reader;
    try {
      this.#reader.read(chunk, onPacket);
      return undefined;
    } catch (error) {
      const rest = restFromRefused(this.#reader, chunk, bufferedBytes);
      if (rest === undefined) throw error;
      return rest;
    }
  }
}
