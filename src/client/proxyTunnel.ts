/**
 * A TCP connection to a broker through a proxy: HTTP's CONNECT (RFC 9110, 9.3.6) or SOCKS5 (RFC 1928, 1929).
 *
 * The proxy finds the broker's name: it may know those that this computer does not. The only importer of `socks`.
 */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect as connectTcp, isIPv6, type Socket } from 'node:net';
import { SocksClient } from 'socks';
import type { ProxyParams } from './clientTypes.ts';
import { codeOfError } from './mqttJsFaults.ts';

const defaultPorts: Readonly<Record<string, number>> = { 'http:': 80, 'socks5:': 1080, 'socks5h:': 1080 };
const MAX_TEXT_BYTES = 255;
/** Longer than whoever waits for it. */
const SOCKS_TIMEOUT_MS = 60_000;

/** What the proxy, or the way to it, had against it. */
export class ProxyError extends Error {
  /**
   * Node's for the way to the proxy; `HTTP_` and a status; `SOCKS_` and the name of a reply (RFC 1928, 6) as
   * `SOCKS_HostUnreachable`; `SOCKS_AUTH` where it lets this user not in; `NOT_A_PROXY`.
   */
  readonly code: string;

  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

export interface TunnelTarget {
  host: string;
  port: number;
}

/**
 * Rejects with a `ProxyError`.
 *
 * @param keep is handed what has to be destroyed when nobody waits for it any more.
 */
export async function openTunnel(
  proxy: ProxyParams,
  target: TunnelTarget,
  keep: (opened: { destroy(): void }) => void,
): Promise<Socket> {
  const url = URL.parse(proxy.url);
  const defaultPort = url && defaultPorts[url.protocol];
  if (url === null || defaultPort === undefined || defaultPort === null || url.hostname === '')
    throw new ProxyError(`${proxy.url} is no proxy's address: it looks like http://192.0.2.7:3128`, '');
  // Longer ones have no place in SOCKS5, and are refused before anything is opened.
  const texts = [target.host, proxy.username ?? '', proxy.password ?? ''];
  if (texts.some((text) => Buffer.byteLength(text) > MAX_TEXT_BYTES))
    throw new ProxyError(
      `a host, a user name and a password of a proxy have at most ${MAX_TEXT_BYTES} bytes`,
      '',
    );
  const at = {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? defaultPort : Number(url.port),
  };
  return url.protocol === 'http:'
    ? openHttpTunnel(at, proxy, target, keep)
    : openSocksTunnel(at, proxy, target, keep);
}

function openHttpTunnel(
  at: TunnelTarget,
  { username, password = '' }: ProxyParams,
  { host, port }: TunnelTarget,
  keep: (opened: { destroy(): void }) => void,
): Promise<Socket> {
  const authority = isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
  const credentials = Buffer.from(`${username}:${password}`).toString('base64');
  const request = httpRequest({
    ...{ ...at, method: 'CONNECT', path: authority, agent: false },
    headers: {
      Host: authority,
      ...(username !== undefined && { 'Proxy-Authorization': `Basic ${credentials}` }),
    },
  });
  keep(request);
  return new Promise((resolve, reject) => {
    request.on('error', (error) => {
      const code = codeOfError(error);
      // Node's parser: what came was no HTTP.
      reject(new ProxyError(error.message, code.startsWith('HPE_') ? 'NOT_A_PROXY' : code));
    });
    request.once('connect', ({ statusCode = 0 }: IncomingMessage, socket: Socket, head: Buffer) => {
      keep(socket);
      if (statusCode < 200 || statusCode > 299) {
        socket.destroy();
        reject(new ProxyError(`the proxy answered HTTP ${statusCode}`, `HTTP_${statusCode}`));
        return;
      }
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    request.end();
  });
}

async function openSocksTunnel(
  at: TunnelTarget,
  { username, password = '' }: ProxyParams,
  target: TunnelTarget,
  keep: (opened: { destroy(): void }) => void,
): Promise<Socket> {
  const socket = connectTcp(at);
  keep(socket);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', (error) => reject(new ProxyError(error.message, codeOfError(error))));
  });
  socket.removeAllListeners('error');
  socket.on('error', () => {}); // SocksClient has its own
  try {
    await SocksClient.createConnection({
      command: 'connect',
      ...{ destination: target, existing_socket: socket, timeout: SOCKS_TIMEOUT_MS },
      proxy: { ...at, type: 5, ...(username !== undefined && { userId: username, password }) },
    });
    return socket;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new ProxyError(message, codeOfSocks(message));
  }
}

/** It tells its errors apart by their texts alone. */
function codeOfSocks(message: string): string {
  const reply = /rejected connection - (\w+)/.exec(message)?.[1];
  if (reply !== undefined) return `SOCKS_${reply}`;
  if (/authentication/i.test(message)) return 'SOCKS_AUTH';
  return message === 'Socket closed' ? 'ECONNRESET' : 'NOT_A_PROXY';
}
