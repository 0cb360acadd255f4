/**
 * Opens a port (or a Unix domain socket) and hands over a `Transport` for each connection that comes in on it.
 *
 * What can be expected to go wrong on the way is a result, not an exception. Owns no connection: those belong to
 * whom `onTransport` hands them to, and live on when the listener closes.
 */
import { unlink } from 'node:fs/promises';
import { connect, type ListenOptions, type Server } from 'node:net';
import { type Clock, systemClock } from '../base/clock.ts';
import type { Transport } from '../broker/transport.ts';
import { FlushScheduler } from './flushScheduler.ts';
import { createMqttServer, createMqttsServer, createWebSocketServer, type Reception } from './servers.ts';
import type { TlsOptions } from './tlsOptions.ts';

export type ListenerOptions =
  | { kind: 'mqtt'; host: string; port: number }
  | { kind: 'mqtts'; host: string; port: number; tls: TlsOptions }
  | { kind: 'ws'; host: string; port: number; maxMessageBytes?: number }
  | { kind: 'wss'; host: string; port: number; tls: TlsOptions; maxMessageBytes?: number }
  | { kind: 'unix'; path: string };

export interface ListenerInfo {
  kind: ListenerOptions['kind'];
  /** The address bound, as the system says it; for `unix` the path. */
  host: string;
  /** The port bound, also where 0 asked for a free one; for `unix` 0. */
  port: number;
}

export interface Listener {
  readonly info: ListenerInfo;
  /** Stops accepting, and frees the port at once. Connections that were handed over live on. */
  close(): Promise<void>;
}

export type ListenResult =
  | { kind: 'listening'; listener: Listener }
  | { kind: 'portInUse'; host: string; port: number }
  /** Ports below 1,024 are the system's on many machines. */
  | { kind: 'notPermitted'; host: string; port: number }
  /** The host is no address of this machine, or no known name. */
  | { kind: 'addressNotAvailable'; host: string; port: number }
  /** Anything else, as a certificate that is none. */
  | { kind: 'failed'; message: string };

/** For logs and tests; all optional. */
export interface ListenSurroundings {
  /** A connection ended before it became a transport: a failed TLS or WebSocket handshake. One sentence. */
  onRefused?: (remoteAddress: string, message: string) => void;
  clock?: Clock;
}

/**
 * Resolves when connections are accepted, or with the reason why they can't be; never rejects for what a person or
 * the system did. `onTransport` must call `setHandler` before it returns.
 */
export async function listen(
  options: ListenerOptions,
  onTransport: (transport: Transport) => void,
  surroundings: ListenSurroundings = {},
): Promise<ListenResult> {
  const reception: Reception = {
    open: true,
    scheduler: new FlushScheduler(),
    clock: surroundings.clock ?? systemClock,
    onTransport,
    onRefused: surroundings.onRefused ?? (() => undefined),
  };
  let server: Server;
  try {
    server = createServer(options, reception);
  } catch (error) {
    return { kind: 'failed', message: `The certificate or its key can't be used: ${messageOf(error)}` };
  }
  const failure = await bindServer(server, options);
  if (failure !== undefined) return resultOf(failure, options);
  return { kind: 'listening', listener: listenerOf(server, options, reception) };
}

/** Throws when the certificate or its key can't be used. */
function createServer(options: ListenerOptions, reception: Reception): Server {
  switch (options.kind) {
    case 'mqtt':
      return createMqttServer('mqtt', reception);
    case 'unix':
      return createMqttServer('unix', reception, options.path);
    case 'mqtts':
      return createMqttsServer(options.tls, reception);
    case 'ws':
    case 'wss':
      return createWebSocketServer(options, reception);
  }
}

async function bindServer(
  server: Server,
  options: ListenerOptions,
): Promise<NodeJS.ErrnoException | undefined> {
  if (options.kind !== 'unix') return bind(server, { host: options.host, port: options.port });
  const failure = await bind(server, { path: options.path });
  if (failure?.code !== 'EADDRINUSE' || (await isListenedOn(options.path))) return failure;
  // A process that was killed leaves its socket file behind, and nobody listens there.
  await unlink(options.path);
  return bind(server, { path: options.path });
}

function bind(server: Server, address: ListenOptions): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const onError = (error: NodeJS.ErrnoException): void => resolve(error);
    server.once('error', onError);
    server.listen(address, () => {
      server.removeListener('error', onError);
      resolve(undefined);
    });
  });
}

function isListenedOn(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'ECONNREFUSED'));
  });
}

function resultOf(failure: NodeJS.ErrnoException, options: ListenerOptions): ListenResult {
  const host = options.kind === 'unix' ? options.path : options.host;
  const port = options.kind === 'unix' ? 0 : options.port;
  switch (failure.code) {
    case 'EADDRINUSE':
      return { kind: 'portInUse', host, port };
    case 'EACCES':
    case 'EPERM':
      return { kind: 'notPermitted', host, port };
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return { kind: 'addressNotAvailable', host, port };
    default:
      return { kind: 'failed', message: failure.message };
  }
}

function listenerOf(server: Server, options: ListenerOptions, reception: Reception): Listener {
  // The system refused to hand over a connection (no file descriptors left): the next ones may be fine.
  server.on('error', (error) => reception.onRefused('unknown', messageOf(error)));
  return {
    info: infoOf(server, options),
    async close() {
      reception.open = false;
      // Frees the port before it returns. Its callback waits for the last connection, which is not ours to await.
      server.close();
    },
  };
}

function infoOf(server: Server, options: ListenerOptions): ListenerInfo {
  const address = server.address();
  if (options.kind === 'unix' || address === null || typeof address === 'string') {
    return { kind: options.kind, host: options.kind === 'unix' ? options.path : options.host, port: 0 };
  }
  return { kind: options.kind, host: address.address, port: address.port };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
