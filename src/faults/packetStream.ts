/**
 * Whole packets out of the bytes of one direction; and where these turn out to be no MQTT, the bytes that are left.
 *
 * Framing is the broker's own (mqtt/frameReader.ts). What it refuses is handed on untouched: to say what is wrong with it
 * is the receiver's business.
 */
import { FrameReader, type OnFrame } from '../mqtt/frameReader.ts';

/** A packet that the first of a stream is taken for, where the stream is joined later on: PINGREQ. */
const ANY_PACKET = Uint8Array.of(0xc0, 0);
/** Of a packet that is not whole, the reader can only refuse what is known by its first bytes: five of header, at most. */
const REFUSABLE_BYTES = 8;

export class PacketStream {
  readonly #reader: FrameReader;
  /** What has come of a packet that is not whole, while that is so little that it may be refused. */
  #start: Uint8Array = new Uint8Array(0);

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
    this.#start = new Uint8Array(0);
    return this.#reader.takePartial();
  }

  /**
   * @returns undefined, or what is left where no further packet can be found: nothing more must be fed then.
   * @throws what `onPacket` throws.
   */
  feed(chunk: Uint8Array, onPacket: OnFrame): Uint8Array | undefined {
    const pendingBytes = this.#reader.bufferedBytes;
    let done = 0;
    let isInPacket = false;
    try {
      this.#reader.read(chunk, (bytes, start, end, isOwn) => {
        done = isOwn ? end - start - pendingBytes : end;
        isInPacket = true;
        onPacket(bytes, start, end, isOwn);
        isInPacket = false;
      });
    } catch (error) {
      if (isInPacket) throw error;
      // A packet that was pending is through by now, or it is the one that is refused.
      return done > 0 ? chunk.subarray(done) : Buffer.concat([this.#start, chunk]);
    }
    this.#remember(chunk);
    return undefined;
  }

  #remember(chunk: Uint8Array): void {
    const { bufferedBytes } = this.#reader;
    if (bufferedBytes === 0 || bufferedBytes > REFUSABLE_BYTES) {
      if (this.#start.length > 0) this.#start = new Uint8Array(0);
      return;
    }
    const fromChunk = Math.min(bufferedBytes, chunk.length);
    const before = this.#start.subarray(0, bufferedBytes - fromChunk);
    this.#start = Buffer.concat([before, chunk.subarray(chunk.length - fromChunk)]);
  }
}
