/**
 * A publisher of the load: sends as many messages as it has credit for, and nothing by itself.
 *
 * At QoS 0 credit comes from deliveries (credits.ts). At QoS 1 and 2 it is a window of messages that the broker has not
 * acknowledged to the end.
 */
import type { LoadClient } from './loadClient.ts';
import type { PublishBlock } from './publishBlock.ts';

const PUBACK = 0x40;
const PUBREC = 0x50;
const PUBREL = 0x62;
const PUBCOMP = 0x70;

export class Sender {
  readonly client: LoadClient;
  readonly #block: PublishBlock;
  readonly #qos: 0 | 1 | 2;
  readonly #isSingly: boolean;
  #sent = 0;
  #acknowledged = 0;
  /** Acknowledged since the last chunk: so many more may go. */
  #freed = 0;
  #answers: number[] = [];
  #isStopped = false;

  /** @param options.isWrittenSingly each message is a write of its own. */
  constructor(
    client: LoadClient,
    block: PublishBlock,
    { qos, isWrittenSingly = false }: { qos: 0 | 1 | 2; isWrittenSingly?: boolean },
  ) {
    this.client = client;
    this.#isSingly = isWrittenSingly;
    this.#block = block;
    this.#qos = qos;
    if (qos === 0) return;
    client.onPacket = (first, bytes, bodyAt) => this.#onAnswer(first, bytes, bodyAt);
    client.onChunkEnd = () => this.#onChunkEnd();
  }

  get sent(): number {
    return this.#sent;
  }

  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** Sends the next messages, in one write unless told otherwise. */
  send(count: number): void {
    if (this.#isSingly) for (let i = 0; i < count; i++) this.#write(1);
    else this.#write(count);
  }

  #write(count: number): void {
    if (this.#isStopped || count === 0) return;
    this.#sent += count;
    if (this.#qos > 0) this.client.write(this.#block.numbered(count));
    else for (const bytes of this.#block.plain(count)) this.client.write(bytes);
  }

  /** What was sent is completed; nothing new follows. */
  stop(): void {
    this.#isStopped = true;
  }

  #onAnswer(first: number, bytes: Uint8Array, bodyAt: number): void {
    if (first === PUBREC)
      this.#answers.push(PUBREL, 2, bytes[bodyAt]!, bytes[bodyAt + 1]!); // with its identifier
    else if (first === PUBACK || first === PUBCOMP) this.#freed++;
  }

  #onChunkEnd(): void {
    if (this.#answers.length > 0) {
      this.client.write(Buffer.from(this.#answers));
      this.#answers = [];
    }
    const freed = this.#freed;
    this.#freed = 0;
    this.#acknowledged += freed;
    this.send(freed);
  }
}
