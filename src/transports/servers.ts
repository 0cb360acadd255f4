/**
 * Node's servers for each kind of listener, and what becomes of a connection on its way to a `Transport`.
 *
 * Owns the handshakes: TLS, and WebSocket with its subprotocol. A connection that fails in one is refused with a
 * sentence for the log, since "it does not connect" is all that a device's author sees. Knows nothing of ports.
 */
import { createServer as createHttpServer, type IncomingMessage, STATUS_CODES } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer, type TlsOptions as NodeTlsOptions, TLSSocket } from 'node:tls';
import { WebSocketServer } from 'ws';
import type { Clock } from '../base/clock.ts';
import type { Transport, TransportKind } from '../broker/transport.ts';
import type { FlushScheduler } from './flushScheduler.ts';
import type { TransportDetails } from './queuedTransport.ts';
import { SocketTransport } from './socketTransport.ts';
import { describeTlsFailure } from './tlsFailure.ts';
import type { TlsOptions } from './tlsOptions.ts';
import { WebSocketTransport } from './webSocketTransport.ts';

/** Where the connections of one listener arrive. */
export interface Reception {
  /** False once the listener is closed: a handshake that ends later is too late. */
  open: boolean;
  readonly scheduler: FlushScheduler;
  readonly clock: Clock;
  readonly onTransport: (transport: Transport) => void;
  readonly onRefused: (remoteAddress: string, message: string) => void;
}

const SUBPROTOCOL = 'mqtt';

/** A WebSocket message is buffered whole before its bytes are handed on: 16 MiB. */
const DEFAULT_MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/** A small device needs seconds for a TLS handshake; who needs longer is not there. */
const HANDSHAKE_TIMEOUT_MS = 30_000;

const NOT_HTTP =
  'sent something else than an HTTP request to the WebSocket port: a client without WebSocket needs the MQTT port';

/**
 * The system asks a peer that has been silent for a minute whether it is still there: a board without an MQTT keep
 * alive, whose plug was pulled, would else stay connected for ever.
 */
const TCP_OPTIONS = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 } as const;

const SOCKET_OPTIONS = { ...TCP_OPTIONS, allowHalfOpen: true } as const;

/** @param path of a `unix` listener: its peers have no address of their own. */
export function createMqttServer(kind: 'mqtt' | 'unix', reception: Reception, path?: string): Server {
  return createServer(SOCKET_OPTIONS, (socket) => {
    const details = detailsOf(kind, socket, reception);
    reception.onTransport(
      new SocketTransport(socket, path === undefined ? details : { ...details, remoteAddress: path }),
    );
  });
}

/** Throws when the certificate or its key can't be used. */
export function createMqttsServer(tls: TlsOptions, reception: Reception): Server {
  const server = createTlsServer({ ...SOCKET_OPTIONS, ...nodeTlsOptions(tls) }, (socket) => {
    if (reception.open)
      reception.onTransport(new SocketTransport(socket, detailsOf('mqtts', socket, reception)));
    else socket.destroy();
  });
  onTlsFailure(server, reception);
  return server;
}

/** Throws when the certificate or its key can't be used. */
export function createWebSocketServer(
  options: { kind: 'ws' | 'wss'; tls?: TlsOptions; maxMessageBytes?: number },
  reception: Reception,
): Server {
  const server = options.tls
    ? createHttpsServer({ ...TCP_OPTIONS, ...nodeTlsOptions(options.tls) })
    : createHttpServer(TCP_OPTIONS);
  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    // It costs hundreds of kB a connection and time per message, for payloads of some 100 bytes.
    perMessageDeflate: false,
    maxPayload: options.maxMessageBytes ?? DEFAULT_MAX_MESSAGE_BYTES,
    // [MQTT-6.0.0-4]
    handleProtocols: () => SUBPROTOCOL,
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!reception.open) {
      socket.destroy();
      return;
    }
    // [MQTT-6.0.0-3]
    if (!offersMqtt(request)) {
      reception.onRefused(
        remoteAddressOf(request.socket),
        'offered no WebSocket subprotocol "mqtt" [MQTT-6.0.0-3]: the client must ask for it when it connects',
      );
      refuseUpgrade(socket, 400, 'This is an MQTT broker: ask for the WebSocket subprotocol "mqtt".');
      return;
    }
    webSockets.handleUpgrade(request, socket, head, (webSocket) =>
      reception.onTransport(
        new WebSocketTransport(webSocket, detailsOf(options.kind, request.socket, reception)),
      ),
    );
  });
  server.on('request', (_request, response) => {
    response.writeHead(426, { 'Content-Type': 'text/plain', Connection: 'close', Upgrade: 'websocket' });
    response.end('This is the WebSocket port of an MQTT broker: connect with an MQTT client.\n');
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code?.startsWith('HPE_')) {
      reception.onRefused(remoteAddressOf(socket as Socket), NOT_HTTP); // http hands over the socket that it accepted
      refuseUpgrade(socket, 400, 'This is the WebSocket port of an MQTT broker.');
    } else {
      // The connection broke before it said anything, or in its TLS handshake, which is told below.
      socket.destroy();
    }
  });
  onTlsFailure(server, reception);
  return server;
}

function onTlsFailure(server: Server, reception: Reception): void {
  server.on('tlsClientError', (error: Error, socket: TLSSocket) =>
    reception.onRefused(remoteAddressOf(socket), describeTlsFailure(error, certificateFaultOf(socket))),
  );
}

function offersMqtt(request: IncomingMessage): boolean {
  const offered = request.headers['sec-websocket-protocol']?.split(',') ?? [];
  return offered.some((protocol) => protocol.trim() === SUBPROTOCOL);
}

function refuseUpgrade(socket: Duplex, status: 400, text: string): void {
  // The peer may be gone already; there is nobody left to tell.
  socket.on('error', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n` +
      `Connection: close\r\nContent-Type: text/plain\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
  );
}

function nodeTlsOptions(tls: TlsOptions): NodeTlsOptions {
  return {
    cert: tls.cert,
    key: tls.key,
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    requestCert: tls.requireClientCertificate,
    rejectUnauthorized: tls.requireClientCertificate,
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
  };
}

function detailsOf(kind: TransportKind, socket: Socket, reception: Reception): TransportDetails {
  return {
    kind,
    remoteAddress: remoteAddressOf(socket),
    certificateCommonName: commonNameOf(socket),
    scheduler: reception.scheduler,
    clock: reception.clock,
  };
}

/** `192.0.2.7:50123` or `[2001:db8::7]:50123`. */
function remoteAddressOf(socket: Socket): string {
  const { remoteAddress, remotePort } = socket;
  // A peer that is gone already has no address any more.
  if (remoteAddress === undefined) return 'unknown';
  // A listener on `::` takes IPv4 peers too, and sees them as ::ffff:192.0.2.7.
  const address = remoteAddress.startsWith('::ffff:') ? remoteAddress.slice('::ffff:'.length) : remoteAddress;
  return address.includes(':') ? `[${address}]:${remotePort}` : `${address}:${remotePort}`;
}

function certificateFaultOf(socket: TLSSocket): string | undefined {
  // A code, whatever its type says; null when the certificate was fine or none was asked for.
  const fault: unknown = socket.authorizationError;
  return typeof fault === 'string' ? fault : undefined;
}

function commonNameOf(socket: Socket): string | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const name: string | string[] | undefined = socket.getPeerCertificate().subject?.CN;
  return Array.isArray(name) ? name[0] : name;
}
