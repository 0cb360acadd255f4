/**
 * Opens a port (or a Unix domain socket) and hands over a `Transport` for each connection that comes in on it.
 *
 * What can be expected to go wrong on the way is a result, not an exception. Owns no connection: those belong to
 * whom `onTransport` hands them to, and live on when the listener closes.
 */

import type { Server } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { type Clock, systemClock } from '../base/clock.ts';
import { messageOf } from '../base/messageOf.ts';
import { hostAndPort } from '../base/networkAddress.ts';
import type { Transport } from '../broker/transport.ts';
import { bind } from './bind.ts';
import { FlushScheduler } from './flushScheduler.ts';
import {
  createMqttServer,
  createMqttsServer,
  createWebSocketServer,
  nodeTlsOptions,
  type Reception,
} from './servers.ts';
import type { TlsOptions } from './tlsOptions.ts';
import { bindUnixSocket } from './unixSocket.ts';

export type ListenerOptions = (
  | { kind: 'mqtt'; host: string; port: number }
  | { kind: 'mqtts'; host: string; port: number; tls: TlsOptions }
  | { kind: 'ws'; host: string; port: number; maxMessageBytes?: number }
  | { kind: 'wss'; host: string; port: number; tls: TlsOptions; maxMessageBytes?: number }
  /** `mode`: permissions of the socket file; this user alone, unless given. */
  | { kind: 'unix'; path: string; mode?: number }
) &
  ListenerTerms;

/** Of any kind of listener. */
export interface ListenerTerms {
  /** Open at once, 1 or more; as many as the broker takes, unless given. One more is told 0x89 server busy (3.1.1: 3). */
  maxConnections?: number;
  /** Whether a client without a user name is let in; the access policy decides, unless given. */
  allowsAnonymous?: boolean;
}

export interface ListenerInfo {
  kind: ListenerOptions['kind'];
  /** The address bound, as the system says it; for `unix` the path. */
  host: string;
  /** The port bound, also where 0 asked for a free one; for `unix` 0. */
  port: number;
}

export interface Listener {
  readonly info: ListenerInfo;
  /**
   * Another certificate for who connects from now on; connections that are open stay. PEM. For a TLS listener alone.
   * Throws when the certificate or its key can't be used: the one before it stays, then.
   */
  setCertificate(cert: string, key: string): void;
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
    connections: 0,
    maxConnections: options.maxConnections ?? Number.POSITIVE_INFINITY,
    allowsAnonymous: options.allowsAnonymous,
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
  return options.kind === 'unix'
    ? bindUnixSocket(server, options)
    : bind(server, { host: options.host, port: options.port });
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

const EVERY_ADDRESS: readonly string[] = ['0.0.0.0', '::'];

function listenerOf(server: Server, options: ListenerOptions, reception: Reception): Listener {
  // The system refused to hand over a connection (no file descriptors left): the next ones may be fine.
  server.on('error', (error) => reception.onRefused('unknown', messageOf(error)));
  const info = infoOf(server, options);
  // To ask each socket takes microseconds: two per cent of what a connection costs.
  if (info.port > 0 && !EVERY_ADDRESS.includes(info.host))
    reception.localAddress = hostAndPort(info.host, info.port);
  return {
    info,
    setCertificate(cert, key) {
      if (!('tls' in options) || !(server instanceof TlsServer))
        throw new Error(`a listener of the kind ${options.kind} has no certificate`);
      server.setSecureContext(nodeTlsOptions({ ...options.tls, cert, key }));
      reception.certificate = cert;
    },
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
