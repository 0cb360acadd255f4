/**
 * A `Transport` around a `Transport`, which tells the test when the broker has dealt with what came over it.
 *
 * Two connections have no order between them on a network. A test that needs one waits here, for what the broker has
 * seen, and never for time.
 */
import type { Transport, TransportHandler, TransportKind } from '../../src/broker/transport.ts';

export class WatchedTransport implements Transport {
  readonly kind: TransportKind;
  readonly remoteAddress: string;
  readonly localAddress?: string;
  readonly certificateCommonName?: string;
  readonly certificateUsername?: string;
  readonly allowsAnonymous?: boolean;
  readonly refusal?: string;
  /** Resolves when the broker was told that the connection is closed. */
  readonly closed: Promise<void>;
  readonly #inner: Transport;
  #onClosed: () => void = () => {};
  #handledBytes = 0;
  /** The broker ended it, or the network did: no more bytes are handed over. */
  #isOver = false;
  #waiting: { bytes: number; resolve: () => void }[] = [];

  constructor(inner: Transport) {
    this.#inner = inner;
    this.kind = inner.kind;
    this.remoteAddress = inner.remoteAddress;
    const { localAddress, certificateCommonName, certificateUsername, allowsAnonymous, refusal } = inner;
    if (localAddress !== undefined) this.localAddress = localAddress;
    if (certificateCommonName !== undefined) this.certificateCommonName = certificateCommonName;
    if (certificateUsername !== undefined) this.certificateUsername = certificateUsername;
    if (allowsAnonymous !== undefined) this.allowsAnonymous = allowsAnonymous;
    if (refusal !== undefined) this.refusal = refusal;
    this.closed = new Promise((resolve) => (this.#onClosed = resolve));
  }

  // ── The test's side ─────────────────────────────────────────────────────────────────────────────────────────

  /** The broker's handler has returned from so many bytes, or none come any more. */
  handled(bytes: number): Promise<void> {
    if (this.#isOver || this.#handledBytes >= bytes) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ bytes, resolve }));
  }

  // ── The broker's side ───────────────────────────────────────────────────────────────────────────────────────

  get bufferedBytes(): number {
    return this.#inner.bufferedBytes;
  }

  setHandler(handler: TransportHandler): void {
    this.#inner.setHandler({
      onData: (chunk) => {
        handler.onData(chunk);
        this.#handledBytes += chunk.length;
        this.#wake();
      },
      onFlush: () => handler.onFlush(),
      onDrain: () => handler.onDrain(),
      onClose: (error) => {
        handler.onClose(error);
        this.#over();
        this.#onClosed();
      },
    });
  }

  admitted(): void {
    this.#inner.admitted?.();
  }

  write(bytes: Uint8Array): void {
    this.#inner.write(bytes);
  }

  discard(): void {
    this.#inner.discard();
  }

  pause(): void {
    this.#inner.pause();
  }

  resume(): void {
    this.#inner.resume();
  }

  end(): void {
    this.#inner.end();
    this.#over();
  }

  destroy(): void {
    this.#inner.destroy();
    this.#over();
  }

  #over(): void {
    this.#isOver = true;
    this.#wake();
  }

  #wake(): void {
    const due = this.#waiting.filter(({ bytes }) => this.#isOver || bytes <= this.#handledBytes);
    this.#waiting = this.#waiting.filter((waiter) => !due.includes(waiter));
    for (const { resolve } of due) resolve();
  }
}
