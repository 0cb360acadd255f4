/**
 * HOT PATH. A TCP, TLS or Unix domain socket as `Transport`.
 *
 * Knows sockets, not bytes. Nagle's algorithm is off from the accept on (see servers.ts): output is coalesced here,
 * and a delayed acknowledgement would halve the rate otherwise.
 *
 * Has a socket read into a buffer that is ours (landing.ts) or, where Node does not let it, takes what it reads where its
 * stream would; and writes without a callback (docs/decisions/0008 and 0013). Where the stream has a part in it (paused, at
 * its end, more than the kernel takes), it is asked as ever.
 */
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { coalesce, withoutNeighbours } from './coalesce.ts';
import { readIntoLanding } from './landing.ts';
import { QueuedTransport, type TransportDetails } from './queuedTransport.ts';

const NOTHING = new Uint8Array(0);

export class SocketTransport extends QueuedTransport {
  readonly #socket: Socket;
  #isPaused = false;
  readonly #onSent = (): void => this.sent();

  /** @param socket accepted with `allowHalfOpen`, not read from yet. */
  constructor(socket: Socket, details: TransportDetails) {
    super(details);
    this.#socket = socket;
    const isLanding = readIntoLanding(socket, {
      take: (bytes) => {
        if (this.#isForStream) return socket.push(Buffer.from(bytes));
        this.received(bytes);
        return true;
      },
      room: () => this.roomForData(),
    });
    if (!isLanding) this.#takeFromStream();
    // What the stream holds. Listening also starts the reading.
    socket.on('data', (chunk: Buffer) => this.received(chunk));
    // The peer has nothing more to say, but may still read: it gets what is queued for it.
    socket.on('end', () => this.end());
    socket.on('error', (error) => this.failed(error));
    socket.on('close', () => this.closed());
  }

  pause(): void {
    this.#isPaused = true;
    // The stream's: a socket that reads into a buffer of ours stops at once, and would not hear that its peer has gone.
    Readable.prototype.pause.call(this.#socket);
  }

  resume(): void {
    this.#isPaused = false;
    this.#socket.resume();
  }

  protected get unsentBytes(): number {
    return this.#socket.writableLength;
  }

  protected send(chunks: readonly Uint8Array[], totalBytes: number): boolean {
    const socket = this.#socket;
    const isCongested = socket.writableLength > 0;
    const pieces = coalesce(chunks, totalBytes);
    if (pieces.length > 1) socket.cork();
    for (const piece of pieces) socket.write(isCongested ? withoutNeighbours(piece) : piece);
    if (pieces.length > 1) socket.uncork();
    // Mostly the kernel has all of it by now. Else a write of nothing, behind the others, tells when.
    if (socket.writableLength === 0) return true;
    socket.write(NOTHING, this.#onSent);
    return false;
  }

  protected endSocket(): void {
    this.#socket.end();
    // Read on, and drop: to close with unread bytes resets the connection, and the peer would lose our last packet.
    this.#socket.resume();
  }

  protected destroySocket(): void {
    this.#socket.destroy();
  }

  /** What comes now is kept by the stream, as much as it may: nothing is taken, or some that it has comes first. */
  get #isForStream(): boolean {
    return this.#isPaused || this.#socket.readableLength > 0;
  }

  /** A socket hands what it reads to its own `push`, and goes on reading while that returns true. */
  #takeFromStream(): void {
    const socket = this.#socket;
    const pushToStream = socket.push;
    socket.push = (chunk: Buffer | null, encoding) => {
      if (chunk === null || this.#isForStream) return pushToStream.call(socket, chunk, encoding);
      this.received(chunk);
      return true;
    };
  }
}
