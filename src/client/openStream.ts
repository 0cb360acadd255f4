/**
 * The way to a broker before MQTT is spoken: a TCP connection or a Unix socket, through a proxy where one is named, TLS and
 * a WebSocket, as its URL asks, one after the other.
 *
 * Made here and not by MQTT.js, so that nothing is sent, no header and no password, before the certificate is trusted, so
 * that a certificate can be trusted by its fingerprint, and so that a failure says how far it came. Knows nothing of MQTT
 * but the subprotocol's name.
 */
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, connect as connectTls, TLSSocket } from 'node:tls';
import { createWebSocketStream, WebSocket } from 'ws';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { withoutQuery } from '../base/networkAddress.ts';
import type {
  ConnectParams,
  ConnectStage,
  Failure,
  ProxyParams,
  ServerCertificate,
  TlsParams,
} from './clientTypes.ts';
import { type ConnectListener, serverCertificateOf, tlsSessionOf } from './connectSteps.ts';
import { codeOfError, describeError } from './mqttJsFaults.ts';
import { maxWebSocketMessageBytesOf } from './packetLimit.ts';
import { openTunnel, ProxyError } from './proxyTunnel.ts';

const CONNECT_TIMEOUT_MS = 10_000;

const defaultPorts: Readonly<Record<string, number>> = {
  'mqtt:': 1883,
  'mqtts:': 8883,
  'ws:': 80,
  'wss:': 443,
};
const UNIX_SOCKET = 'mqtt+unix:';

export type OpenedStream = { kind: 'open'; stream: Duplex } | Failure;

interface Address {
  readonly url: URL;
  readonly host: string;
  readonly port: number;
  /** Instead of these two. */
  readonly socketPath: string | undefined;
  readonly isTls: boolean;
  readonly isWebSocket: boolean;
}

export interface OpenStreamOptions {
  clock: Clock;
  /** Gives up: the result is a failure. */
  signal: AbortSignal;
  listener?: ConnectListener | undefined;
}

/** Resolves with a stream that can be written to at once, or with what kept it from that. Then nothing is left open. */
export async function openStream(params: ConnectParams, options: OpenStreamOptions): Promise<OpenedStream> {
  const address = addressOf(params.url);
  if (address === undefined) {
    const message = `${withoutQuery(params.url)} is no broker's address: it looks like mqtt://192.0.2.7:1883`;
    return { kind: 'failed', message, fault: { stage: 'address', code: '' } };
  }
  const opening = new Opening(options);
  try {
    const socket = await openSocket(address, params, opening);
    const stream = address.isWebSocket ? await openWebSocket(socket, address, params, opening) : socket;
    // Who takes it listens for errors of its own. Until then one must not end the engine.
    stream.on('error', () => {});
    return { kind: 'open', stream };
  } catch (error) {
    opening.giveUp();
    if (error instanceof Failed) return error.failure;
    throw error;
  } finally {
    opening.dispose();
  }
}

/** Thrown inside of this file alone. */
class Failed extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** What is under way, and what ends it from outside. */
class Opening implements Disposable {
  readonly listener: ConnectListener | undefined;
  #stage: ConnectStage = 'name';
  readonly #opened: { destroy(): void }[] = [];
  readonly #timer: Disposable;
  readonly #signal: AbortSignal;
  readonly #ended: Promise<never>;
  readonly #onAbort: () => void;

  constructor({ clock, signal, listener }: OpenStreamOptions) {
    this.listener = listener;
    let reject: (reason: unknown) => void = () => {};
    const promise = new Promise<never>((_resolve, fail) => {
      reject = fail;
    });
    this.#ended = promise;
    promise.catch(() => {}); // nobody may be waiting
    this.#onAbort = () => reject(this.failed('the connection was called off', 'ABORTED'));
    this.#timer = clock.setTimeout(
      () => reject(this.failed(`no answer within ${CONNECT_TIMEOUT_MS / 1_000} seconds`, 'TIMEOUT')),
      CONNECT_TIMEOUT_MS,
    );
    this.#signal = signal;
    if (signal.aborted) this.#onAbort();
    signal.addEventListener('abort', this.#onAbort);
  }

  /** From here on a failure is of this stage. */
  set stage(stage: ConnectStage) {
    this.#stage = stage;
    this.listener?.began(stage);
  }

  /** Ends with `giveUp`. */
  keep(opened: { destroy(): void }): void {
    this.#opened.push(opened);
  }

  giveUp(): void {
    for (const opened of this.#opened) opened.destroy();
  }

  async until<T>(done: Promise<T>): Promise<T> {
    return Promise.race([done, this.#ended]);
  }

  failed(message: string, code: string, certificate?: ServerCertificate): Failed {
    const fault = { stage: this.#stage, code, ...(certificate !== undefined && { certificate }) };
    return new Failed({ kind: 'failed', message, fault });
  }

  failedWith(error: Error): Failed {
    return this.failed(describeError(error), codeOfError(error));
  }

  dispose(): void {
    this.#timer.dispose();
    this.#signal.removeEventListener('abort', this.#onAbort);
  }
}

function addressOf(text: string): Address | undefined {
  const url = URL.parse(text);
  if (url?.protocol === UNIX_SOCKET) return unixAddressOf(url);
  const defaultPort = url && defaultPorts[url.protocol];
  if (url === null || defaultPort === undefined || defaultPort === null || url.hostname === '')
    return undefined;
  return {
    url,
    // An IPv6 address is in brackets there.
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? defaultPort : Number(url.port),
    socketPath: undefined,
    isTls: url.protocol === 'mqtts:' || url.protocol === 'wss:',
    isWebSocket: url.protocol === 'ws:' || url.protocol === 'wss:',
  };
}

function unixAddressOf(url: URL): Address | undefined {
  if (url.host !== '' || url.pathname.length < 2) return undefined;
  let socketPath = url.pathname;
  try {
    socketPath = decodeURIComponent(socketPath);
  } catch {
    // A % that was meant as one.
  }
  return { url, host: '', port: 0, socketPath, isTls: false, isWebSocket: false };
}

async function openSocket(
  address: Address,
  { tls = {}, proxy }: ConnectParams,
  opening: Opening,
): Promise<Socket> {
  const { host, port, socketPath, isTls } = address;
  const tunnel = proxy && (await openThroughProxy(proxy, address, opening));
  if (tunnel !== undefined && !isTls) return tunnel;
  if (tunnel !== undefined) opening.stage = 'tls';
  else opening.stage = socketPath === undefined && isIP(host) === 0 ? 'name' : 'network';
  const plain = socketPath === undefined ? { host, port } : { path: socketPath };
  const socket = isTls ? startTls(address, tls, opening, tunnel) : connectTcp(plain);
  opening.keep(socket);
  socket.setNoDelay(true);
  if (tunnel === undefined) followNetwork(socket, address, opening);
  await opening.until(
    new Promise<void>((resolve, reject) => {
      socket.once(isTls ? 'secureConnect' : 'connect', resolve);
      socket.on('error', (error) => reject(opening.failedWith(error)));
      socket.once('close', () => reject(opening.failed('the server closed the connection', 'ECONNRESET')));
    }),
  );
  if (socket instanceof TLSSocket) {
    opening.listener?.done({ kind: 'tls', tls: tlsSessionOf(socket) });
    checkTrust(socket, tls, opening);
    const by = tls.trustedFingerprint === undefined ? 'authority' : 'fingerprint';
    opening.listener?.done({ kind: 'trust', by });
  }
  return socket;
}

/** Its addresses are found one after the other, then they are tried in turn. */
function followNetwork(socket: Socket, { socketPath, isTls }: Address, opening: Opening): void {
  const addresses: string[] = [];
  const failedAddresses: string[] = [];
  socket.on('lookup', (error, address) => {
    if (error === null) addresses.push(address);
  });
  socket.once('connectionAttempt', () => {
    if (addresses.length === 0) return;
    opening.listener?.done({ kind: 'name', addresses });
    opening.stage = 'network';
  });
  for (const failed of ['connectionAttemptFailed', 'connectionAttemptTimeout'])
    socket.on(failed, (address: string) => failedAddresses.push(address));
  socket.once('connect', () => {
    const { remoteAddress: address = socketPath ?? '', remotePort: port = 0 } = socket;
    opening.listener?.done({ kind: 'network', address, port, failedAddresses });
    if (isTls) opening.stage = 'tls';
  });
}

async function openThroughProxy(proxy: ProxyParams, target: Address, opening: Opening): Promise<Socket> {
  opening.stage = 'proxy';
  try {
    const tunnel = await opening.until(openTunnel(proxy, target, (opened) => opening.keep(opened)));
    tunnel.setNoDelay(true);
    opening.listener?.done({ kind: 'proxy' });
    return tunnel;
  } catch (error) {
    throw error instanceof ProxyError ? opening.failed(error.message, error.code) : error;
  }
}

/** Throws for what is no certificate or key, and for a passphrase that does not open it. */
function startTls(
  { host, port }: Address,
  tls: TlsParams,
  opening: Opening,
  tunnel: Socket | undefined,
): TLSSocket {
  const { ca, cert, key, pkcs12, passphrase, alpnProtocols, serverName, minVersion } = tls;
  const servername = serverName ?? (isIP(host) === 0 ? host : undefined);
  const options: ConnectionOptions = {
    ...(tunnel === undefined ? { host, port } : { host, socket: tunnel }),
    // Whether it is trusted is looked at when the handshake is done, and before a byte is sent: only then it can be shown.
    rejectUnauthorized: false,
    ...(servername !== undefined && { servername }),
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(pkcs12 !== undefined && { pfx: pkcs12 }),
    ...(passphrase !== undefined && { passphrase }),
    ...(alpnProtocols !== undefined && { ALPNProtocols: [...alpnProtocols] }),
    ...(minVersion !== undefined && { minVersion }),
  };
  try {
    return connectTls(options);
  } catch (error) {
    opening.stage = 'tls';
    if (!(error instanceof Error)) throw error;
    if (pkcs12 !== undefined) throw opening.failed(error.message, codeOfPkcs12(error));
    throw opening.failedWith(error);
  }
}

/** OpenSSL has no code for it, and BoringSSL, which VS Code runs on, another text. */
function codeOfPkcs12({ message }: Error): string {
  return /mac verify|incorrect_password/i.test(message) ? 'PKCS12_PASSPHRASE' : 'PKCS12_UNREADABLE';
}

function checkTrust(socket: TLSSocket, { trustedFingerprint }: TlsParams, opening: Opening): void {
  const certificate = socket.getPeerCertificate();
  if (trustedFingerprint !== undefined) {
    if (digitsOf(certificate.fingerprint256) === digitsOf(trustedFingerprint)) return;
    const message = `the certificate of the server is another one than the one that is trusted: its fingerprint is ${certificate.fingerprint256}`;
    throw opening.failed(message, 'FINGERPRINT_MISMATCH', serverCertificateOf(certificate));
  }
  if (socket.authorized) return;
  // Node's types say an Error; it is the code, or the error that the check of the name made.
  const error: unknown = socket.authorizationError;
  const code = error instanceof Error ? codeOfError(error) : String(error);
  throw opening.failed(
    `the certificate of the server is not trusted: ${code}`,
    code,
    serverCertificateOf(certificate),
  );
}

function digitsOf(fingerprint: string): string {
  return fingerprint.replaceAll(':', '').toUpperCase();
}

async function openWebSocket(
  socket: Socket,
  { url }: Address,
  params: ConnectParams,
  opening: Opening,
): Promise<Duplex> {
  const { headers, protocolVersion, subprotocol } = params;
  opening.stage = 'webSocket';
  let webSocket: WebSocket;
  try {
    webSocket = new WebSocket(url, subprotocol ?? (protocolVersion === 3 ? 'mqttv3.1' : 'mqtt'), {
      createConnection: () => socket,
      headers: { ...headers },
      perMessageDeflate: false,
      maxPayload: maxWebSocketMessageBytesOf(params),
    });
  } catch (error) {
    // A header that HTTP does not allow, as a token with a line end. The text names the header, and not its value.
    if (!(error instanceof Error)) throw error;
    throw opening.failedWith(error);
  }
  opening.keep({ destroy: () => webSocket.terminate() });
  return opening.until(
    new Promise<Duplex>((resolve, reject) => {
      // At once: what the server sends after its answer must find somebody who listens.
      webSocket.once('open', () => {
        opening.listener?.done({ kind: 'webSocket', subprotocol: webSocket.protocol });
        resolve(createWebSocketStream(webSocket));
        // Its code is on the way then. The stream would tell of the error when the server has answered, in 30 seconds at most.
        webSocket.once('error', () => webSocket.terminate());
      });
      webSocket.on('error', (error) => reject(opening.failedWith(error)));
      webSocket.once('unexpected-response', (_request, response) => {
        const { statusCode = 0 } = response;
        reject(
          opening.failed(`the server answered HTTP ${statusCode} and no WebSocket`, `HTTP_${statusCode}`),
        );
      });
    }),
  );
}
