/**
 * Whether a connection whose beginning was not captured is a WebSocket with MQTT in it, and who is its client. Its bytes
 * alone must say so: a segment that is whole frames, masked as only a client's are, with whole and right packets in them.
 *
 * Two bytes may look like a PINGREQ by chance; four, each packet in a frame of its size and nothing wrong among them,
 * hardly.
 */
import type { TraceDirection } from '../exchanges.ts';
import { CapturedMqtt, isWholePackets } from './capturedMqtt.ts';
import { WebSocketFrames } from './webSocketFrames.ts';

/** `reversed`: who was taken for the client is the server. */
export type Midway = 'midway' | 'reversed';

const CERTAIN_BYTES = 4;

export class WebSocketMidway {
  readonly #asGuessed = new Hypothesis('client', 'server');
  readonly #reversed = new Hypothesis('server', 'client');

  /**
   * @param direction as it was guessed.
   * @param bytes as one segment brought them.
   * @returns undefined while nothing is sure.
   */
  push(direction: TraceDirection, bytes: Uint8Array): Midway | undefined {
    if (this.#asGuessed.push(direction, bytes)) return 'midway';
    return this.#reversed.push(direction, bytes) ? 'reversed' : undefined;
  }

  /** So many bytes are missing. */
  lose(direction: TraceDirection, count: number): void {
    this.#asGuessed.lose(direction, count);
    this.#reversed.lose(direction, count);
  }
}

/** Who sends what comes in, and what goes out. */
class Hypothesis {
  readonly #frames: Record<TraceDirection, WebSocketFrames>;
  /** Of right packets, since the last one that was wrong. */
  #packetBytes = 0;

  constructor(sendsIn: 'client' | 'server', sendsOut: 'client' | 'server') {
    this.#frames = { in: this.#framesOf(sendsIn), out: this.#framesOf(sendsOut) };
  }

  push(direction: TraceDirection, bytes: Uint8Array): boolean {
    this.#frames[direction].push(bytes);
    return this.#packetBytes >= CERTAIN_BYTES;
  }

  lose(direction: TraceDirection, count: number): void {
    this.#frames[direction].lose(count);
  }

  #framesOf(sender: 'client' | 'server'): WebSocketFrames {
    const mqtt = new CapturedMqtt((packet) => {
      // Of which version is not known without the CONNECT.
      if (isWholePackets(packet, undefined)) {
        this.#packetBytes += packet.length;
        return;
      }
      // What looked like a packet before it was none.
      this.#packetBytes = 0;
      mqtt.lose();
    });
    const frames = new WebSocketFrames(sender, {
      payload: (bytes) => mqtt.push(bytes, undefined),
      lost: () => mqtt.lose(),
    });
    frames.seek();
    return frames;
  }
}
