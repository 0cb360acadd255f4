/**
 * How a WebSocket connection of a capture opens: both HTTP heads, and whether what follows is MQTT that can be read.
 *
 * It is when the server agreed on `mqtt` [MQTT-6.0.0-4], or, as firmware forgets the subprotocol, when the first payload
 * of the client begins a CONNECT: the sockets of web pages are no MQTT.
 */
import type { TraceDirection } from '../exchanges.ts';
import { beginsWithConnect } from './streamStarts.ts';
import { WebSocketFrames } from './webSocketFrames.ts';

/** `compressed`: an extension was agreed on, so that frames are not what they carry. `other`: no MQTT in a WebSocket. */
export type Opening = 'open' | 'compressed' | 'other';

/** Of each direction. */
export const MAX_HEAD_BYTES = 64 * 1024;
/** Of a first payload: what tells a CONNECT. */
const PEEKED_BYTES = 16;

export class WebSocketOpening {
  readonly #heads = { in: new HttpHead(), out: new HttpHead() };
  #firstPayload: Buffer = Buffer.alloc(0);
  readonly #peek = new WebSocketFrames('client', {
    payload: (bytes) => {
      const room = PEEKED_BYTES - this.#firstPayload.length;
      if (room > 0) this.#firstPayload = Buffer.concat([this.#firstPayload, bytes.subarray(0, room)]);
    },
    lost: () => {},
  });

  /** How many bytes of a direction are its head, from when it is open. */
  headBytes(direction: TraceDirection): number {
    return this.#heads[direction].headBytes;
  }

  /** Undefined while it can't be told. */
  push(direction: TraceDirection, bytes: Uint8Array): Opening | undefined {
    const behind = this.#heads[direction].push(bytes);
    if (direction === 'in' && behind !== undefined) this.#peek.push(behind);
    return this.#verdict();
  }

  /** A head with a hole tells nothing. */
  lose(direction: TraceDirection, count: number): Opening | undefined {
    if (this.#heads[direction].text === undefined) return 'other';
    if (direction === 'in') this.#peek.lose(count);
    return undefined;
  }

  #verdict(): Opening | undefined {
    const { in: asked, out: answered } = this.#heads;
    if (asked.isTooLong || answered.isTooLong) return 'other';
    if (asked.text !== undefined && !isUpgrade(asked.text)) return 'other';
    if (answered.text === undefined || asked.text === undefined) return undefined;
    if (!/^HTTP\/1\.1 101(?: |\r)/.test(answered.text)) return 'other';
    const isAgreed = /^mqtt/i.test(headerOf(answered.text, 'sec-websocket-protocol'));
    const isCompressed = headerOf(answered.text, 'sec-websocket-extensions') !== '';
    // What is in a compressed first payload is not known: who asked for MQTT, meant it.
    const isMeant = isAgreed || /\bmqtt/i.test(headerOf(asked.text, 'sec-websocket-protocol'));
    if (isCompressed) return isMeant ? 'compressed' : 'other';
    if (isAgreed) return 'open';
    const begins = beginsWithConnect(this.#firstPayload);
    return begins === undefined ? undefined : begins ? 'open' : 'other';
  }
}

function isUpgrade(head: string): boolean {
  return /^GET \S+ HTTP\/1\.1\r/.test(head) && /\bwebsocket\b/i.test(headerOf(head, 'upgrade'));
}

/** @param name in small letters. Empty where the head has it not. */
function headerOf(head: string, name: string): string {
  for (const line of head.split('\r\n').slice(1)) {
    const colon = line.indexOf(':');
    if (line.slice(0, colon).toLowerCase() === name) return line.slice(colon + 1).trim();
  }
  return '';
}

const EMPTY_LINE = '\r\n\r\n';
const headEnd = Buffer.from(EMPTY_LINE);

/** Collects a head, up to the empty line. */
class HttpHead {
  /** With its empty line; undefined while it is not whole. */
  text: string | undefined;
  headBytes = 0;
  #bytes = Buffer.alloc(1024);
  #length = 0;

  get isTooLong(): boolean {
    return this.text === undefined && this.#length > MAX_HEAD_BYTES;
  }

  /** Returns what is behind the head, undefined while it is not whole. */
  push(bytes: Uint8Array): Uint8Array | undefined {
    if (this.text !== undefined) return bytes;
    if (this.isTooLong) return undefined;
    const before = this.#length;
    this.#append(bytes);
    const end = this.#bytes.subarray(0, this.#length).indexOf(headEnd, Math.max(0, before - 3));
    if (end === -1) return undefined;
    this.headBytes = end + headEnd.length;
    // Too long, though its end came with the segment that made it so.
    if (this.headBytes > MAX_HEAD_BYTES) return undefined;
    this.text = this.#bytes.toString('latin1', 0, this.headBytes);
    this.#bytes = Buffer.alloc(0);
    return bytes.subarray(this.headBytes - before);
  }

  #append(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (length > this.#bytes.length) {
      const grown = Buffer.alloc(2 * length);
      this.#bytes.copy(grown, 0, 0, this.#length);
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length = length;
  }
}
