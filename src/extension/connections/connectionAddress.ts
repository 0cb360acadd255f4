/** The address of a broker as a person types it, looked at while they type. Pure. */
import { isIP } from 'node:net';
import { openSecretIn } from '../../contracts/addressSecrets.ts';

export type AddressProblem =
  | { kind: 'empty' }
  /** `suggestion`: as it was meant, most likely. */
  | { kind: 'noScheme'; suggestion: string }
  | { kind: 'otherScheme'; scheme: string }
  | { kind: 'noHost' }
  | { kind: 'notAHost'; host: string }
  | { kind: 'notAPort'; port: string }
  /** The user name has a question, and a field, of its own; a password is never in an address. */
  | { kind: 'hasUser' }
  /** A Unix socket is a path, and on this computer. */
  | { kind: 'noSocketPath' }
  | { kind: 'unixWithHost'; host: string }
  /** Only a WebSocket has one. */
  | { kind: 'hasPath'; path: string }
  | { kind: 'hasQuery' }
  /** In the query of a WebSocket: `{secret}` stands for it in settings. */
  | { kind: 'hasSecret'; name: string };

const UNIX = 'mqtt+unix';
const ADDRESS = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(\/[^?#]*)?(.*)$/i;
const HOST_AND_PORT = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/;
const HOST_NAME = /^(?!-)[a-z0-9_-]{1,63}(\.(?!-)[a-z0-9_-]{1,63})*\.?$/i;
const schemes: readonly string[] = ['mqtt', 'mqtts', 'ws', 'wss', UNIX];
const proxySchemes: readonly string[] = ['http', 'socks5', 'socks5h'];

/** Undefined for an address that can be connected to. */
export function checkAddress(text: string): AddressProblem | undefined {
  if (text === '') return { kind: 'empty' };
  const match = ADDRESS.exec(text);
  if (match === null) return { kind: 'noScheme', suggestion: `mqtt://${text.replace(/^[^a-z0-9[]*/i, '')}` };
  const [, scheme = '', authority = '', path = '', query = ''] = match;
  if (!schemes.includes(scheme.toLowerCase())) return { kind: 'otherScheme', scheme };
  if (scheme.toLowerCase() === UNIX) return checkSocketPath(authority, path, query);
  const problem = checkAuthority(authority);
  if (problem !== undefined) return problem;
  const isWebSocket = scheme.toLowerCase().startsWith('ws');
  if (!isWebSocket && path !== '' && path !== '/') return { kind: 'hasPath', path };
  if (query !== '' && (!isWebSocket || query.startsWith('#'))) return { kind: 'hasQuery' };
  const secretName = openSecretIn(text);
  return secretName === undefined ? undefined : { kind: 'hasSecret', name: secretName };
}

/** Undefined for a proxy that can be gone through: `http://proxy.example:3128`, `socks5://192.0.2.7`. */
export function checkProxyAddress(text: string): AddressProblem | undefined {
  if (text === '') return { kind: 'empty' };
  const match = ADDRESS.exec(text);
  if (match === null) return { kind: 'noScheme', suggestion: `http://${text.replace(/^[^a-z0-9[]*/i, '')}` };
  const [, scheme = '', authority = '', path = '', query = ''] = match;
  if (!proxySchemes.includes(scheme.toLowerCase())) return { kind: 'otherScheme', scheme };
  if (path !== '' && path !== '/') return { kind: 'hasPath', path };
  return query === '' ? checkAuthority(authority) : { kind: 'hasQuery' };
}

function checkSocketPath(authority: string, path: string, query: string): AddressProblem | undefined {
  if (authority !== '') return { kind: 'unixWithHost', host: authority };
  if (path === '' || path.endsWith('/')) return { kind: 'noSocketPath' };
  return query === '' ? undefined : { kind: 'hasQuery' };
}

function checkAuthority(authority: string): AddressProblem | undefined {
  if (authority.includes('@')) return { kind: 'hasUser' };
  // An IPv6 address without brackets: its last colon would be taken for the port's.
  if (/^[^[]*:[^[]*:/.test(authority)) return { kind: 'notAHost', host: authority };
  const [, host = '', port] = HOST_AND_PORT.exec(authority) ?? [];
  if (host === '') return { kind: 'noHost' };
  const isAddress = host.startsWith('[') ? isIP(host.slice(1, -1)) === 6 : isIP(host) === 4;
  // Digits and dots alone are a mistyped address, not a name.
  if (!isAddress && (!HOST_NAME.test(host) || /^[\d.]+$/.test(host))) return { kind: 'notAHost', host };
  return port === undefined || isPort(port) ? undefined : { kind: 'notAPort', port };
}

/** The host of an address that was checked: what a profile is called until somebody says otherwise. Of a Unix socket, its path. */
export function hostOfAddress(address: string): string {
  const [, , authority = '', path = ''] = ADDRESS.exec(address) ?? [];
  if (isUnixSocket(address)) return path;
  return (HOST_AND_PORT.exec(authority)?.[1] ?? '').replace(/^\[(.*)\]$/, '$1');
}

export function isUnixSocket(address: string): boolean {
  return /^mqtt\+unix:/i.test(address);
}

/** Nobody on the way can read what it carries. */
export function isSecure(address: string): boolean {
  return /^(mqtts|wss):/i.test(address);
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
}
