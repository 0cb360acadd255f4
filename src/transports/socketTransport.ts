/**
 * HOT PATH. A TCP, TLS or Unix domain socket as `Transport`.
 *
 * Knows sockets, not bytes. Nagle's algorithm is off from the accept on (see servers.ts): output is coalesced here,
 * and a delayed acknowledgement would halve the rate otherwise.
 */
import type { Socket } from 'node:net';
import { coalesce } from './coalesce.ts';
import { QueuedTransport, type TransportDetails } from './queuedTransport.ts';

export class SocketTransport extends QueuedTransport {
  readonly #socket: Socket;
  readonly #onSent = (): void => this.sent();

  /** @param socket accepted with `allowHalfOpen`, not read from yet. */
  constructor(socket: Socket, details: TransportDetails) {
    super(details);
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.received(chunk));
    // The peer has nothing more to say, but may still read: it gets what is queued for it.
    socket.on('end', () => this.end());
    socket.on('error', (error) => this.failed(error));
    socket.on('close', () => this.closed());
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  protected get unsentBytes(): number {
    return this.#socket.writableLength;
  }

  protected send(chunks: readonly Uint8Array[], totalBytes: number): void {
    const pieces = coalesce(chunks, totalBytes);
    const last = pieces.length - 1;
    if (last > 0) this.#socket.cork();
    for (let i = 0; i < last; i++) this.#socket.write(pieces[i]!); // i < length
    this.#socket.write(pieces[last]!, this.#onSent); // chunks is never empty
    if (last > 0) this.#socket.uncork();
  }

  protected endSocket(): void {
    this.#socket.end();
    // Read on, and drop: to close with unread bytes resets the connection, and the peer would lose our last packet.
    this.#socket.resume();
  }

  protected destroySocket(): void {
    this.#socket.destroy();
  }
}
