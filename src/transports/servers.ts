/**
 * Node's servers for each kind of listener, and what becomes of a connection on its way to a `Transport`.
 *
 * Owns the handshakes (TLS, and WebSocket with its subprotocol) and the number of connections of the listener. One
 * that fails in a handshake is refused with a sentence for the log, since "it does not connect" is all that a device's
 * author sees; one too many is handed to the broker to be told why. Knows nothing of ports.
 */
import { createServer as createHttpServer, type IncomingMessage, STATUS_CODES } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer, type TlsOptions as NodeTlsOptions, TLSSocket } from 'node:tls';
import { WebSocketServer } from 'ws';
import type { Clock } from '../base/clock.ts';
import { hostAndPort } from '../base/networkAddress.ts';
import type { Transport, TransportKind } from '../broker/transport.ts';
import type { FlushScheduler } from './flushScheduler.ts';
import type { TransportDetails } from './queuedTransport.ts';
import { SocketTransport } from './socketTransport.ts';
import {
  describeCertificateFault,
  describeNoHello,
  describeTlsFailure,
  UNNAMED_CERTIFICATE,
} from './tlsFailure.ts';
import { TlsOpenings } from './tlsOpenings.ts';
import type { TlsOptions, TlsVersion } from './tlsOptions.ts';
import { WebSocketTransport } from './webSocketTransport.ts';

/** Where the connections of one listener arrive. */
export interface Reception {
  /** False once the listener is closed: a handshake that ends later is too late. */
  open: boolean;
  /** Handed over with room for them, and not closed yet. */
  connections: number;
  /** Infinity: as many as the broker takes. */
  readonly maxConnections: number;
  /** Undefined leaves it to the access policy. */
  readonly allowsAnonymous: boolean | undefined;
  /** Of a listener at one address: `192.0.2.1:8883`. Who came to one at all of them is asked where it came to. */
  localAddress?: string;
  /** PEM, of a TLS listener whose certificate was replaced. */
  certificate?: string;
  readonly scheduler: FlushScheduler;
  readonly clock: Clock;
  readonly onTransport: (transport: Transport) => void;
  readonly onRefused: (remoteAddress: string, message: string) => void;
}

/**
 * [MQTT-6.0.0-4] `mqttv3.1` is older than the statement: libraries that speak MQTT 3.1 (Paho's for JavaScript, MQTT.js)
 * offer it and nothing else, and it is answered only to them.
 */
const SUBPROTOCOLS = ['mqtt', 'mqttv3.1'] as const;

/** A WebSocket message is buffered whole before its bytes are handed on: 16 MiB. */
const DEFAULT_MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/** What is older is broken, and Node has it switched off. */
const DEFAULT_MIN_TLS_VERSION: TlsVersion = '1.2';

/** A small device needs seconds for a TLS handshake; who needs longer is not there. */
const HANDSHAKE_TIMEOUT_MS = 30_000;

/** Beyond `maxConnections`, so many more may send their CONNECT, to be told why it is refused. The next ones are closed. */
const REFUSED_AT_ONCE = 64;

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
  const server = createServer(SOCKET_OPTIONS, (socket) => {
    const details = receive(kind, socket, reception);
    reception.onTransport(
      new SocketTransport(socket, path === undefined ? details : { ...details, remoteAddress: path }),
    );
  });
  boundConnections(server, reception);
  return server;
}

/** Throws when the certificate or its key can't be used. */
export function createMqttsServer(tls: TlsOptions, reception: Reception): Server {
  const server = createTlsServer({ ...SOCKET_OPTIONS, ...nodeTlsOptions(tls) }, (socket) => {
    if (!reception.open || isRefusedFor(socket, tls, reception)) socket.destroy();
    else reception.onTransport(new SocketTransport(socket, receive('mqtts', socket, reception, tls)));
  });
  onTlsFailure(server, reception, tls);
  boundConnections(server, reception);
  return server;
}

/** Throws when the certificate or its key can't be used. */
export function createWebSocketServer(
  options: { kind: 'ws' | 'wss'; tls?: TlsOptions; maxMessageBytes?: number },
  reception: Reception,
): Server {
  const { kind, tls } = options;
  const server = tls
    ? createHttpsServer({ ...TCP_OPTIONS, ...nodeTlsOptions(tls) })
    : createHttpServer(TCP_OPTIONS);
  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    // It costs hundreds of kB a connection and time per message, for payloads of some 100 bytes.
    perMessageDeflate: false,
    maxPayload: options.maxMessageBytes ?? DEFAULT_MAX_MESSAGE_BYTES,
    handleProtocols: (offered) => SUBPROTOCOLS.find((protocol) => offered.has(protocol)) ?? false,
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!reception.open || (tls && isRefusedFor(request.socket as TLSSocket, tls, reception))) {
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
        new WebSocketTransport(webSocket, socket, receive(kind, request.socket, reception, tls)),
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
  if (tls) onTlsFailure(server, reception, tls);
  boundConnections(server, reception);
  return server;
}

function onTlsFailure(server: Server, reception: Reception, tls: TlsOptions): void {
  const { clock, onRefused } = reception;
  const openings = new TlsOpenings(server, {
    clock,
    timeoutMs: HANDSHAKE_TIMEOUT_MS,
    isOpen: () => reception.open,
    onRefused: (opening, why) =>
      onRefused(remoteAddressOf(opening), describeNoHello(opening.bytes, why, HANDSHAKE_TIMEOUT_MS)),
  });
  server.on('tlsClientError', (error: Error, socket: TLSSocket) => {
    const opening = openings.of(socket);
    onRefused(
      remoteAddressOf(opening ?? socket),
      describeTlsFailure({
        error,
        opening: opening?.bytes,
        localAddress: opening?.localAddress && withoutPrefix(opening.localAddress),
        certificate: reception.certificate ?? tls.cert,
        minTlsVersion: tls.minTlsVersion ?? DEFAULT_MIN_TLS_VERSION,
        certificateFault: certificateFaultOf(socket),
        nowMs: clock.nowMs(),
      }),
    );
  });
}

/** Who is refused for the certificate that it has; that it has one where one is required, the handshake has seen to. */
function isRefusedFor(socket: TLSSocket, tls: TlsOptions, reception: Reception): boolean {
  const certificate = tls.clientCertificate === 'none' ? undefined : socket.getPeerX509Certificate();
  if (certificate === undefined) return false;
  if (socket.authorized && !(tls.commonNameAsUser && commonNameOf(socket) === undefined)) return false;
  reception.onRefused(
    remoteAddressOf(socket),
    socket.authorized
      ? UNNAMED_CERTIFICATE
      : describeCertificateFault(certificateFaultOf(socket), certificate),
  );
  return true;
}

/** Before any handshake: the sockets that are still in one count here too. */
function boundConnections(server: Server, reception: Reception): void {
  const { maxConnections, onRefused } = reception;
  if (maxConnections === Number.POSITIVE_INFINITY) return;
  server.maxConnections = maxConnections + REFUSED_AT_ONCE;
  server.on('drop', (peer) =>
    onRefused(addressAndPort(peer?.remoteAddress, peer?.remotePort), tooMany(maxConnections)),
  );
}

function tooMany(maxConnections: number): string {
  return `${maxConnections} ${maxConnections === 1 ? 'connection is' : 'connections are'} open on this listener, and that is its limit`;
}

function offersMqtt(request: IncomingMessage): boolean {
  const offered = request.headers['sec-websocket-protocol']?.split(',') ?? [];
  return offered.some((protocol) => SUBPROTOCOLS.some((known) => known === protocol.trim()));
}

function refuseUpgrade(socket: Duplex, status: 400, text: string): void {
  // The peer may be gone already; there is nobody left to tell.
  socket.on('error', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n` +
      `Connection: close\r\nContent-Type: text/plain\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
  );
}

export function nodeTlsOptions(tls: TlsOptions): NodeTlsOptions {
  return {
    cert: tls.cert,
    key: tls.key,
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    requestCert: tls.clientCertificate !== 'none',
    rejectUnauthorized: tls.clientCertificate === 'required',
    minVersion: `TLSv${tls.minTlsVersion ?? DEFAULT_MIN_TLS_VERSION}`,
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
  };
}

/** Counts the connection for as long as it is open, if there is room for it, and says all that its transport is to know. */
function receive(
  kind: TransportKind,
  socket: Socket,
  reception: Reception,
  tls?: TlsOptions,
): TransportDetails {
  const { maxConnections } = reception;
  const hasRoom = reception.connections < maxConnections;
  // Counted only where somebody asks.
  if (hasRoom && maxConnections !== Number.POSITIVE_INFINITY) {
    reception.connections++;
    socket.once('close', () => reception.connections--);
  }
  const certificateCommonName = commonNameOf(socket);
  return {
    kind,
    remoteAddress: remoteAddressOf(socket),
    localAddress: reception.localAddress ?? localAddressOf(socket),
    certificateCommonName,
    certificateUsername: tls?.commonNameAsUser ? certificateCommonName : undefined,
    allowsAnonymous: reception.allowsAnonymous,
    refusal: hasRoom ? undefined : tooMany(maxConnections),
    scheduler: reception.scheduler,
    clock: reception.clock,
  };
}

function remoteAddressOf({
  remoteAddress,
  remotePort,
}: Pick<Socket, 'remoteAddress' | 'remotePort'>): string {
  return addressAndPort(remoteAddress, remotePort);
}

/** Undefined for a Unix socket. */
function localAddressOf({ localAddress, localPort }: Socket): string | undefined {
  return localAddress === undefined ? undefined : addressAndPort(localAddress, localPort);
}

/** `192.0.2.7:50123` or `[2001:db8::7]:50123`. */
function addressAndPort(address: string | undefined, port: number | undefined): string {
  // That of a peer, when it is gone already.
  if (address === undefined) return 'unknown';
  return hostAndPort(withoutPrefix(address), port);
}

/** A listener on `::` takes IPv4 peers too, and sees them as ::ffff:192.0.2.7. */
function withoutPrefix(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
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
