/**
 * How a connection comes about, step by step, for who wants to know: a test of it. What is told of TLS is read here from
 * the socket, which knows it as long as it is open.
 */
import type { DetailedPeerCertificate, PeerCertificate, TLSSocket } from 'node:tls';
import type { ConnectStage, ServerCertificate } from './clientTypes.ts';
import type { Announced } from './mqttJsProperties.ts';

/** A step that is done, with what was found. */
export type ConnectStep =
  /** In the order in which they are tried. */
  | { kind: 'name'; addresses: readonly string[] }
  /** It has opened a way to the broker. */
  | { kind: 'proxy' }
  /**
   * Of a Unix socket `address` is its path, and `port` 0. `failedAddresses`: those of the name that were tried before, and did
   * not answer.
   */
  | { kind: 'network'; address: string; port: number; failedAddresses: readonly string[] }
  /** Before it is known whether the certificate is trusted. */
  | { kind: 'tls'; tls: TlsSession }
  | { kind: 'trust'; by: 'authority' | 'fingerprint' }
  | { kind: 'webSocket'; subprotocol: string }
  /** The CONNACK. */
  | { kind: 'mqtt'; isSessionPresent: boolean; announced: Announced }
  | { kind: 'disconnect' };

export interface TlsSession {
  /** `TLSv1.3` */
  version: string;
  /** The standard's name. */
  cipher: string;
  alpnProtocol?: string;
  /** From the server's own to the one at the root, as far as it is known. */
  chain: readonly ServerCertificate[];
  /** Of the client, where it has one. */
  own?: ServerCertificate;
}

export interface ConnectListener {
  /** From here on it is about this. May come more than once. */
  began(stage: ConnectStage): void;
  done(step: ConnectStep): void;
}

/** A server may send as many as it likes. */
const MAX_CHAIN_LENGTH = 10;

export function tlsSessionOf(socket: TLSSocket): TlsSession {
  const { alpnProtocol } = socket;
  const own = ownCertificateOf(socket);
  return {
    version: socket.getProtocol() ?? '',
    cipher: socket.getCipher().standardName,
    ...(typeof alpnProtocol === 'string' && { alpnProtocol }),
    chain: chainOf(socket.getPeerCertificate(true)),
    ...(own !== undefined && { own }),
  };
}

/** Without one, Node has an object without fields, or null. */
function ownCertificateOf(socket: TLSSocket): ServerCertificate | undefined {
  const own = socket.getCertificate();
  return own !== null && 'fingerprint256' in own ? serverCertificateOf(own as PeerCertificate) : undefined; // by its field
}

export function serverCertificateOf(certificate: PeerCertificate): ServerCertificate {
  const { fingerprint256, subject, issuer, valid_from, valid_to, subjectaltname } = certificate;
  return {
    fingerprint: fingerprint256,
    subject: nameOf(subject),
    issuer: nameOf(issuer),
    validFrom: valid_from,
    validTo: valid_to,
    names: subjectaltname ?? '',
  };
}

function chainOf(own: DetailedPeerCertificate): ServerCertificate[] {
  const chain: ServerCertificate[] = [];
  const seen = new Set<string>();
  // One that signed itself is its own issuer; a server without a certificate has one without fields.
  for (
    let next: DetailedPeerCertificate | undefined = own;
    next?.fingerprint256 !== undefined && !seen.has(next.fingerprint256) && chain.length < MAX_CHAIN_LENGTH;
    next = next.issuerCertificate
  ) {
    seen.add(next.fingerprint256);
    chain.push(serverCertificateOf(next));
  }
  return chain;
}

function nameOf(subject: PeerCertificate['subject']): string {
  const name: string | string[] | undefined = subject?.CN;
  if (name !== undefined) return [name].flat().join(', ');
  return Object.entries(subject ?? {})
    .map(([key, value]) => `${key}=${[value].flat().join('+')}`)
    .join(', ');
}
