/** A subscriber of the load: counts what comes, acknowledges it, and knows when a message was left out. */
import type { Credits } from './credits.ts';
import type { LoadClient } from './loadClient.ts';

const PUBLISH = 0x30;
const PUBREL = 0x62;

export interface ReceiverOptions {
  readonly qos: 0 | 1 | 2;
  /** All messages come from one publisher, numbered from 0. */
  readonly isNumbered: boolean;
  readonly credits: Credits;
}

export class Receiver {
  readonly client: LoadClient;
  readonly #qos: 0 | 1 | 2;
  readonly #isNumbered: boolean;
  readonly #credits: Credits;
  #delivered = 0;
  #outOfOrder = 0;
  /** PUBACK, PUBREC and PUBCOMP of the present chunk. */
  #answers: number[] = [];

  constructor(client: LoadClient, { qos, isNumbered, credits }: ReceiverOptions) {
    this.client = client;
    this.#qos = qos;
    this.#isNumbered = isNumbered && qos > 0;
    this.#credits = credits;
    client.onPacket = (first, bytes, bodyAt) => this.#onPacket(first, bytes, bodyAt);
    client.onChunkEnd = () => this.#onChunkEnd();
  }

  get delivered(): number {
    return this.#delivered;
  }

  /** Deliveries whose number was not the next: a message that was lost, doubled or overtaken. */
  get outOfOrder(): number {
    return this.#outOfOrder;
  }

  #onPacket(first: number, bytes: Uint8Array, bodyAt: number): void {
    if ((first & 0xf0) === PUBLISH) {
      if (this.#qos > 0) this.#acknowledge(first, bytes, bodyAt);
      this.#delivered++;
      this.#credits.delivered(bytes, bodyAt);
    } else if (first === PUBREL) {
      this.#answers.push(0x70, 2, bytes[bodyAt]!, bytes[bodyAt + 1]!); // with its identifier
    }
  }

  #acknowledge(first: number, bytes: Uint8Array, bodyAt: number): void {
    // The head holds all of this: see HEAD_BYTES.
    const packetIdAt = bodyAt + 2 + ((bytes[bodyAt]! << 8) | bytes[bodyAt + 1]!);
    const isQoS2 = (first & 0b0100) !== 0;
    this.#answers.push(isQoS2 ? 0x50 : 0x40, 2, bytes[packetIdAt]!, bytes[packetIdAt + 1]!);
    if (!this.#isNumbered) return;
    const at = packetIdAt + 2;
    const number =
      ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
    if (number !== this.#delivered) this.#outOfOrder++;
  }

  #onChunkEnd(): void {
    if (this.#answers.length > 0) {
      this.client.write(Buffer.from(this.#answers));
      this.#answers = [];
    }
    this.#credits.chunkEnd();
  }
}
