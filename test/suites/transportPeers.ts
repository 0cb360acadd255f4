/**
 * The other end of each kind of transport: plain clients of Node and of ws, that a test drives byte by byte.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as connectSocket, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { WebSocket } from 'ws';
import type { ListenerInfo, ListenerOptions } from '../../src/transports/listener.ts';
import type { TlsOptions } from '../../src/transports/tlsOptions.ts';

export interface Peer {
  send(bytes: Uint8Array): void;
  /** Resolves with the bytes received so far, once there are at least so many. */
  receive(byteCount: number): Promise<Buffer>;
  /** Says that it has nothing more to send. */
  end(): void;
  /** Is gone, without a word. */
  abort(): void;
  readonly closed: Promise<void>;
}

export interface TransportKindUnderTest {
  readonly options: ListenerOptions;
  connect(info: ListenerInfo): Promise<Peer>;
  /** A peer that takes what it is sent and never closes, not even when it is told to. Undefined where there is none. */
  connectStubborn?(info: ListenerInfo): Promise<Peer>;
}

const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, '../fixtures/tls', name));

export const testTls: TlsOptions = {
  cert: fixture('server.crt'),
  key: fixture('server.key'),
  ca: fixture('ca.crt'),
  requireClientCertificate: false,
};

export const authority = fixture('ca.crt');
export const deviceCertificate = { cert: fixture('client.crt'), key: fixture('client.key') };
export const strangerCertificate = { cert: fixture('stranger.crt'), key: fixture('stranger.key') };

const loopback = { host: '127.0.0.1', port: 0 };

/** A fresh path for a Unix domain socket, short enough for every system. */
export function socketPath(): string {
  return join(tmpdir(), `mqtt-${randomBytes(6).toString('hex')}.sock`);
}

export function transportKinds(): TransportKindUnderTest[] {
  return [
    {
      options: { kind: 'mqtt', ...loopback },
      connect: async ({ port }) => socketPeer(connectSocket(port, '127.0.0.1'), 'connect'),
      connectStubborn: async ({ port }) =>
        socketPeer(connectSocket({ port, host: '127.0.0.1', allowHalfOpen: true }), 'connect'),
    },
    {
      options: { kind: 'mqtts', ...loopback, tls: testTls },
      connect: async ({ port }) =>
        socketPeer(connectTls({ port, host: '127.0.0.1', ca: authority }), 'secureConnect'),
    },
    {
      options: { kind: 'ws', ...loopback },
      connect: async ({ port }) => webSocketPeer(new WebSocket(`ws://127.0.0.1:${port}`, 'mqtt')),
    },
    {
      options: { kind: 'wss', ...loopback, tls: testTls },
      connect: async ({ port }) =>
        webSocketPeer(new WebSocket(`wss://127.0.0.1:${port}`, 'mqtt', { ca: authority })),
    },
    {
      options: { kind: 'unix', path: socketPath() },
      connect: async ({ host }) => socketPeer(connectSocket(host), 'connect'),
      connectStubborn: async ({ host }) =>
        socketPeer(connectSocket({ path: host, allowHalfOpen: true }), 'connect'),
    },
  ];
}

/** Collects chunks, and wakes who waits for a number of bytes. */
class Received {
  #chunks: Buffer[] = [];
  #byteCount = 0;
  #waiting: { byteCount: number; resolve: (bytes: Buffer) => void }[] = [];

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#byteCount += chunk.length;
    const due = this.#waiting.filter(({ byteCount }) => byteCount <= this.#byteCount);
    this.#waiting = this.#waiting.filter(({ byteCount }) => byteCount > this.#byteCount);
    for (const { resolve } of due) resolve(Buffer.concat(this.#chunks));
  }

  atLeast(byteCount: number): Promise<Buffer> {
    if (this.#byteCount >= byteCount) return Promise.resolve(Buffer.concat(this.#chunks));
    return new Promise((resolve) => this.#waiting.push({ byteCount, resolve }));
  }
}

async function socketPeer(socket: Socket, openEvent: 'connect' | 'secureConnect'): Promise<Peer> {
  const received = new Received();
  socket.on('data', (chunk) => received.add(chunk));
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  await once(socket, openEvent);
  // From here on, an error (a reset by the other end) is told by `closed`.
  socket.on('error', () => undefined);
  return {
    send: (bytes) => socket.write(bytes),
    receive: (byteCount) => received.atLeast(byteCount),
    end: () => socket.end(),
    // Only TCP itself knows a reset.
    abort: () =>
      socket.remotePort === undefined || openEvent === 'secureConnect'
        ? socket.destroy()
        : socket.resetAndDestroy(),
    closed,
  };
}

async function webSocketPeer(webSocket: WebSocket): Promise<Peer> {
  const received = new Received();
  webSocket.on('message', (data: Buffer) => received.add(data));
  const closed = new Promise<void>((resolve) => webSocket.on('close', () => resolve()));
  await once(webSocket, 'open');
  webSocket.on('error', () => undefined);
  return {
    send: (bytes) => webSocket.send(bytes),
    receive: (byteCount) => received.atLeast(byteCount),
    end: () => webSocket.close(),
    abort: () => webSocket.terminate(),
    closed,
  };
}
