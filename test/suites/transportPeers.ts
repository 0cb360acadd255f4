/**
 * The other end of each kind of transport: plain clients of Node and of ws, that a test drives byte by byte.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as connectSocket, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type SecureVersion, type TLSSocket } from 'node:tls';
import { createWebSocketStream, WebSocket } from 'ws';
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
  /** For people: `TLS 1.3`. */
  readonly name: string;
  readonly options: ListenerOptions;
  connect(info: ListenerInfo): Promise<Peer>;
  /** A peer that takes what it is sent and never closes, not even when it is told to. Undefined where there is none. */
  connectStubborn?(info: ListenerInfo): Promise<Peer>;
  /** The same as a stream that is open: each write is one of the transport's own units, as a frame. */
  connectStream(info: ListenerInfo): Promise<Duplex>;
}

const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, '../fixtures/tls', name));

export const testTls: TlsOptions = {
  cert: fixture('server.crt'),
  key: fixture('server.key'),
  ca: fixture('ca.crt'),
  clientCertificate: 'none',
};

export const authority = fixture('ca.crt');
export const deviceCertificate = { cert: fixture('client.crt'), key: fixture('client.key') };
export const unnamedCertificate = { cert: fixture('unnamed.crt'), key: fixture('unnamed.key') };
export const strangerCertificate = { cert: fixture('stranger.crt'), key: fixture('stranger.key') };

/** A fresh path for a Unix domain socket, short enough for every system. */
export function socketPath(): string {
  return join(tmpdir(), `mqtt-${randomBytes(6).toString('hex')}.sock`);
}

/** Every way to the broker. */
export function transportKinds(): TransportKindUnderTest[] {
  return [
    tcpOverIPv4,
    tcp('TCP over IPv6', '::1'),
    tls('TLS 1.2', 'TLSv1.2'),
    tls('TLS 1.3', 'TLSv1.3'),
    webSocket('WebSocket', 'ws', { kind: 'ws', ...loopback }),
    webSocket('secure WebSocket', 'wss', { kind: 'wss', ...loopback, tls: testTls }),
    unix('a Unix socket'),
  ];
}

const loopback = { host: '127.0.0.1', port: 0 };

export const tcpOverIPv4 = tcp('TCP over IPv4', '127.0.0.1');

function tcp(name: string, host: string): TransportKindUnderTest {
  const open = (port: number, allowHalfOpen = false): Socket => connectSocket({ port, host, allowHalfOpen });
  return {
    name,
    options: { kind: 'mqtt', host, port: 0 },
    connect: async ({ port }) => socketPeer(open(port), 'connect'),
    connectStubborn: async ({ port }) => socketPeer(open(port, true), 'connect'),
    connectStream: async ({ port }) => opened(open(port), 'connect'),
  };
}

function tls(name: string, version: SecureVersion): TransportKindUnderTest {
  const open = (port: number): TLSSocket =>
    connectTls({ port, host: '127.0.0.1', ca: authority, minVersion: version, maxVersion: version });
  return {
    name,
    options: { kind: 'mqtts', ...loopback, tls: testTls },
    connect: async ({ port }) => socketPeer(open(port), 'secureConnect'),
    connectStream: async ({ port }) => opened(open(port), 'secureConnect'),
  };
}

function webSocket(name: string, scheme: 'ws' | 'wss', options: ListenerOptions): TransportKindUnderTest {
  const open = (port: number): WebSocket =>
    new WebSocket(`${scheme}://127.0.0.1:${port}`, 'mqtt', { ca: authority });
  return {
    name,
    options,
    connect: async ({ port }) => webSocketPeer(open(port)),
    connectStream: async ({ port }) => {
      const client = open(port);
      await once(client, 'open');
      return createWebSocketStream(client, { allowHalfOpen: false });
    },
  };
}

function unix(name: string): TransportKindUnderTest {
  const open = (path: string, allowHalfOpen = false): Socket => connectSocket({ path, allowHalfOpen });
  return {
    name,
    options: { kind: 'unix', path: socketPath() },
    connect: async ({ host }) => socketPeer(open(host), 'connect'),
    connectStubborn: async ({ host }) => socketPeer(open(host, true), 'connect'),
    connectStream: async ({ host }) => opened(open(host), 'connect'),
  };
}

async function opened(socket: Socket, openEvent: 'connect' | 'secureConnect'): Promise<Socket> {
  await once(socket, openEvent);
  // Each write leaves by itself, as a device sends it.
  return socket.setNoDelay(true);
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
