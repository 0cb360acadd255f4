/**
 * Whether a connection whose beginning was not captured is a WebSocket with MQTT in it. Its bytes alone must say so: a
 * segment that is whole frames, masked as its direction asks for, with whole and right packets in them.
 *
 * Two bytes may look like a PINGREQ by chance; four, each packet in a frame of its size, hardly.
 */
import type { TraceDirection } from '../exchanges.ts';
import { CapturedMqtt } from './capturedMqtt.ts';
import { WebSocketFrames } from './webSocketFrames.ts';

const CERTAIN_BYTES = 4;
/** Without its CONNECT nobody knows. What tells packets of 5.0 apart is for the reader; most are right in both. */
const VERSION = 4;

export class WebSocketMidway {
  readonly #frames: Record<TraceDirection, WebSocketFrames>;
  #packetBytes = 0;

  constructor() {
    this.#frames = { in: this.#framesOf('client'), out: this.#framesOf('server') };
  }

  /** @returns whether it is one for sure; what is not sure yet may be later. @param bytes as one segment brought them. */
  push(direction: TraceDirection, bytes: Uint8Array): boolean {
    this.#frames[direction].push(bytes);
    return this.#packetBytes >= CERTAIN_BYTES;
  }

  /** So many bytes are missing. */
  lose(direction: TraceDirection, count: number): void {
    this.#frames[direction].lose(count);
  }

  #framesOf(sender: 'client' | 'server'): WebSocketFrames {
    const mqtt = new CapturedMqtt((packet) => {
      this.#packetBytes += packet.length;
    });
    const frames = new WebSocketFrames(sender, {
      payload: (bytes) => mqtt.push(bytes, VERSION),
      lost: () => mqtt.lose(),
    });
    frames.seek();
    return frames;
  }
}
