/**
 * Looks at the first bytes of each connection of a TLS server before its handshake takes them, and keeps them until the
 * handshake is done: who is refused can then be told what it offered.
 *
 * A good handshake pays some 25 µs here, of some 600 µs that it takes this side. A connection that says nothing, or half of
 * a hello, is refused here after the time that is given to it.
 */
import type { Server, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Clock } from '../base/clock.ts';
import { isComplete } from './clientHello.ts';

export interface TlsOpening {
  /** As much of it as came, 16 KiB at most before the last piece. */
  bytes: Uint8Array;
  /** Of the client. */
  remoteAddress: string | undefined;
  remotePort: number | undefined;
  /** The address of this machine that the client connected to. */
  localAddress: string | undefined;
  /** Whether its peer may end its side and go on reading, once the handshake is done. */
  allowHalfOpen: boolean;
}

export interface TlsOpeningsOptions {
  clock: Clock;
  /** For all of the hello, from the accept on. */
  timeoutMs: number;
  /** Asked when the hello is there: false once the listener is closed. */
  isOpen(): boolean;
  /** The opening never came to its end. The connection is closed. */
  onRefused(opening: TlsOpening, why: 'timeout' | 'closed'): void;
}

const NOTHING = new Uint8Array(0);

export class TlsOpenings {
  readonly #server: Server;
  readonly #options: TlsOpeningsOptions;
  /** What Node does with a connection: start the handshake. */
  readonly #accept: readonly ((socket: Socket) => void)[];
  readonly #openings = new WeakMap<Socket, TlsOpening>();

  constructor(server: Server, options: TlsOpeningsOptions) {
    this.#server = server;
    this.#options = options;
    this.#accept = server.listeners('connection') as ((socket: Socket) => void)[]; // what net says they are
    server.removeAllListeners('connection');
    server.on('connection', (socket) => this.#read(socket));
    server.on('secureConnection', (socket: TLSSocket) => this.#done(socket));
  }

  /** Of a connection in its handshake, or whose handshake has failed. */
  of(socket: TLSSocket): TlsOpening | undefined {
    const accepted = acceptedSocketOf(socket);
    return accepted && this.#openings.get(accepted);
  }

  #done(socket: TLSSocket): void {
    const accepted = acceptedSocketOf(socket);
    const opening = accepted && this.#openings.get(accepted);
    if (accepted === undefined || opening === undefined) return;
    this.#openings.delete(accepted);
    socket.allowHalfOpen = opening.allowHalfOpen;
  }

  /** Takes what the socket reads where its stream would take it: the stream's events cost more than all the rest. */
  #read(socket: Socket): void {
    const { clock, timeoutMs, isOpen, onRefused } = this.#options;
    const opening: TlsOpening = {
      bytes: NOTHING,
      // Asked now: of a connection that is gone the system tells no address.
      remoteAddress: socket.remoteAddress,
      remotePort: socket.remotePort,
      localAddress: socket.localAddress,
      allowHalfOpen: socket.allowHalfOpen,
    };
    const refuse = (why: 'timeout' | 'closed'): void => {
      stop();
      onRefused(opening, why);
      socket.destroy();
    };
    const onClosed = (): void => refuse('closed');
    const timer = clock.setTimeout(() => refuse('timeout'), timeoutMs);
    const pushToStream = socket.push;
    const stop = (): void => {
      timer.dispose();
      socket.push = pushToStream;
      socket.off('close', onClosed);
    };
    socket.push = (chunk: Buffer | null) => {
      if (chunk === null) {
        onClosed();
        return false;
      }
      opening.bytes = opening.bytes.length === 0 ? chunk : Buffer.concat([opening.bytes, chunk]);
      if (!isComplete(opening.bytes)) return true;
      stop();
      if (!isOpen()) {
        socket.destroy();
        return false;
      }
      this.#openings.set(socket, opening);
      // Who ends its side within the handshake has given up: Node would wait for the rest until its time is over.
      socket.allowHalfOpen = false;
      const mayGoOn = socket.push(opening.bytes);
      for (const accept of this.#accept) accept.call(this.#server, socket);
      return mayGoOn;
    };
    socket.on('close', onClosed);
    // Told by `close`. Stays: a socket whose error nobody hears ends the process.
    socket.on('error', ignore);
  }
}

function ignore(): void {}

/** The socket that a TLS socket was made of. Node keeps it under this name since its first TLS server, and says it nowhere. */
function acceptedSocketOf(socket: TLSSocket): Socket | undefined {
  return (socket as TLSSocket & { _parent?: Socket })._parent;
}
