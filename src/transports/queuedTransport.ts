/**
 * HOT PATH. What every transport over a socket has in common: the output queue, and an end that comes exactly once.
 *
 * Owns the promises of `Transport` (see src/broker/transport.ts): bytes leave once a turn of the event loop, nothing
 * is sent or delivered after a close, an orderly end takes a few seconds at most. A subclass owns its kind of socket:
 * how to send, end and destroy it, and reports what the socket does through the protected methods.
 */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { Transport, TransportHandler, TransportKind } from '../broker/transport.ts';
import type { Flushable, FlushScheduler } from './flushScheduler.ts';

/** How long `end` waits for the peer to take the last bytes and close, milliseconds. */
export const END_WAIT_MS = 3_000;

/** What a transport is told about its socket and its surroundings when it is made. */
export interface TransportDetails {
  kind: TransportKind;
  remoteAddress: string;
  localAddress: string | undefined;
  certificateCommonName: string | undefined;
  certificateUsername: string | undefined;
  allowsAnonymous: boolean | undefined;
  refusal: string | undefined;
  scheduler: FlushScheduler;
  clock: Clock;
}

export abstract class QueuedTransport implements Transport, Flushable {
  readonly kind: TransportKind;
  readonly remoteAddress: string;
  readonly localAddress?: string;
  readonly certificateCommonName?: string;
  readonly certificateUsername?: string;
  readonly allowsAnonymous?: boolean;
  readonly refusal?: string;
  readonly #scheduler: FlushScheduler;
  readonly #clock: Clock;
  #handler: TransportHandler | undefined;
  #chunks: Uint8Array[] = [];
  #queuedBytes = 0;
  #state: 'open' | 'ending' | 'destroyed' | 'closed' = 'open';
  #endTimer: Disposable | undefined;
  #error: Error | undefined;

  constructor(details: TransportDetails) {
    const { localAddress, certificateCommonName, certificateUsername, allowsAnonymous, refusal } = details;
    this.kind = details.kind;
    this.remoteAddress = details.remoteAddress;
    if (localAddress !== undefined) this.localAddress = localAddress;
    if (certificateCommonName !== undefined) this.certificateCommonName = certificateCommonName;
    if (certificateUsername !== undefined) this.certificateUsername = certificateUsername;
    if (allowsAnonymous !== undefined) this.allowsAnonymous = allowsAnonymous;
    if (refusal !== undefined) this.refusal = refusal;
    this.#scheduler = details.scheduler;
    this.#clock = details.clock;
  }

  get bufferedBytes(): number {
    return this.#queuedBytes + this.unsentBytes;
  }

  setHandler(handler: TransportHandler): void {
    this.#handler = handler;
  }

  write(bytes: Uint8Array): void {
    if (this.#state !== 'open' || bytes.length === 0) return;
    this.#queuedBytes += bytes.length;
    if (this.#chunks.push(bytes) === 1) this.#scheduler.schedule(this);
  }

  discard(): void {
    this.#chunks = [];
    this.#queuedBytes = 0;
  }

  flush(): void {
    if (this.#chunks.length === 0) return;
    this.#handler?.onFlush();
    if (this.#sendQueued()) this.sent();
  }

  /** @returns whether something was sent, and all of it has left. */
  #sendQueued(): boolean {
    if (this.#chunks.length === 0) return false;
    const chunks = this.#chunks;
    const totalBytes = this.#queuedBytes;
    this.#chunks = [];
    this.#queuedBytes = 0;
    return this.send(chunks, totalBytes);
  }

  end(): void {
    if (this.#state !== 'open') return;
    this.#sendQueued();
    this.#state = 'ending';
    this.#endTimer = this.#clock.setTimeout(() => this.destroy(), END_WAIT_MS);
    this.endSocket();
  }

  destroy(): void {
    if (this.#state === 'destroyed' || this.#state === 'closed') return;
    this.#state = 'destroyed';
    this.discard();
    this.destroySocket();
  }

  abstract pause(): void;
  abstract resume(): void;

  /** Bytes that the socket has taken and not yet handed to the kernel. */
  protected abstract get unsentBytes(): number;
  /**
   * Sends one chunk or more in one system call.
   *
   * @returns whether they have left for the kernel; else `sent` is called when they have.
   */
  protected abstract send(chunks: readonly Uint8Array[], totalBytes: number): boolean;
  /** Closes in order, after what was sent. */
  protected abstract endSocket(): void;
  protected abstract destroySocket(): void;

  /** Bytes came. Those that come after an end are dropped: the peer is being told to go. */
  protected received(chunk: Uint8Array): void {
    if (this.#state === 'open') this.#handler?.onData(chunk);
  }

  /** Where the next bytes are best read to. */
  protected roomForData(): Uint8Array | undefined {
    return this.#state === 'open' ? this.#handler?.roomForData?.() : undefined;
  }

  protected sent(): void {
    if (this.#state === 'open' && this.bufferedBytes === 0) this.#handler?.onDrain();
  }

  /** The socket failed, or the peer broke the rules of this kind of transport. A close follows, with the first error. */
  protected failed(error: Error): void {
    this.#error ??= error;
  }

  /** The socket is gone. */
  protected closed(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.discard();
    this.#endTimer?.dispose();
    this.#handler?.onClose(this.#error);
  }
}
