/**
 * A `Transport` without a socket: the broker has one side, the test the other.
 *
 * Keeps the promises of src/broker/transport.ts: what is written leaves at the end of the turn (here, in a
 * microtask), nothing is delivered after a close, and `onClose` never comes from inside a call. The test's side can
 * stop reading (`stall`), and break off as a network does.
 */
import type { Transport, TransportHandler } from '../../src/broker/transport.ts';

/** What the test's side hears. */
export interface MemoryPeer {
  onBytes(bytes: Uint8Array): void;
  /** The broker closed, or the stream was broken off. */
  onClose(): void;
}

export class MemoryTransport implements Transport {
  readonly kind = 'memory';
  readonly remoteAddress: string;
  readonly localAddress?: string;
  #handler: TransportHandler | undefined;
  #peer: MemoryPeer | undefined;
  #outgoing: Uint8Array[] = [];
  #outgoingBytes = 0;
  /** Sent by the peer while the broker does not read. */
  #incoming: Uint8Array[] = [];
  #isPaused = false;
  #isStalled = false;
  #isFlushPlanned = false;
  #isEnding = false;
  #isClosed = false;

  constructor(remoteAddress = 'memory') {
    this.remoteAddress = remoteAddress;
    // As a network has it: both have an address, or none.
    if (remoteAddress !== 'memory') this.localAddress = '192.0.2.1:8883';
  }

  // ── The broker's side ───────────────────────────────────────────────────────────────────────────────────────

  get bufferedBytes(): number {
    return this.#outgoingBytes;
  }

  setHandler(handler: TransportHandler): void {
    this.#handler = handler;
  }

  write(bytes: Uint8Array): void {
    if (this.#isEnding || this.#isClosed) return;
    this.#outgoing.push(bytes);
    this.#outgoingBytes += bytes.length;
    this.#planFlush();
  }

  discard(): void {
    this.#outgoing = [];
    this.#outgoingBytes = 0;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    const chunks = this.#incoming;
    this.#incoming = [];
    queueMicrotask(() => {
      for (const chunk of chunks) this.sendToBroker(chunk);
    });
  }

  /** What was written leaves at once, as with a socket; the close comes in a microtask. */
  end(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#deliver();
    this.#planFlush();
  }

  destroy(): void {
    this.discard();
    this.#isEnding = true;
    this.#planFlush();
  }

  // ── The test's side ─────────────────────────────────────────────────────────────────────────────────────────

  get isPaused(): boolean {
    return this.#isPaused;
  }

  setPeer(peer: MemoryPeer): void {
    this.#peer = peer;
  }

  /** The broker gets a copy in a buffer that is overwritten after the call, as a socket's is: who keeps, must copy. */
  sendToBroker(bytes: Uint8Array): void {
    if (this.#isClosed || this.#isEnding) return;
    if (this.#isPaused) {
      this.#incoming.push(bytes);
      return;
    }
    const borrowed = Buffer.from(bytes);
    this.#handler?.onData(borrowed);
    borrowed.fill(0xee);
  }

  /** The peer stops reading: what the broker writes stays with the broker. */
  stall(): void {
    this.#isStalled = true;
  }

  /** The peer, which has stopped, reads so many writes of the broker after all. */
  readSome(writes: number): void {
    const chunks = this.#outgoing.splice(0, writes);
    for (const chunk of chunks) {
      this.#outgoingBytes -= chunk.length;
      this.#peer?.onBytes(chunk);
    }
    if (chunks.length > 0 && this.#outgoingBytes === 0) queueMicrotask(() => this.#handler?.onDrain());
  }

  unstall(): void {
    this.#isStalled = false;
    this.#planFlush();
  }

  /** The peer is gone. */
  breakOff(error?: Error): void {
    queueMicrotask(() => this.#close(error));
  }

  #planFlush(): void {
    if (this.#isFlushPlanned) return;
    this.#isFlushPlanned = true;
    queueMicrotask(() => {
      this.#isFlushPlanned = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#isClosed) return;
    if (this.#outgoingBytes > 0 && !this.#isEnding) this.#handler?.onFlush();
    const hadBytes = this.#outgoingBytes > 0;
    this.#deliver();
    if (this.#isEnding) this.#close();
    else if (hadBytes && this.#outgoingBytes === 0) this.#handler?.onDrain();
  }

  #deliver(): void {
    if (this.#isStalled) return;
    const chunks = this.#outgoing;
    this.#outgoing = [];
    this.#outgoingBytes = 0;
    for (const chunk of chunks) this.#peer?.onBytes(chunk);
  }

  #close(error?: Error): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#handler?.onClose(error);
    this.#peer?.onClose();
  }
}
