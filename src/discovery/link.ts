/**
 * One network of the machine, as far as multicast DNS is concerned: what a presence says there, and hears.
 *
 * An interface, so that a test stands in for it and nothing is sent anywhere.
 */
import type { DnsRecord, ForeignRecord } from './records.ts';

export interface Question {
  readonly name: string;
  readonly type: string;
}

/** As another program sent it. */
export interface IncomingMessage {
  readonly kind: 'query' | 'response';
  readonly id: number;
  readonly questions: readonly Question[];
  readonly answers: readonly ForeignRecord[];
  /** In a query that probes: what its sender would like to own. */
  readonly authorities: readonly ForeignRecord[];
  readonly from: Endpoint;
}

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

export interface Probe {
  readonly kind: 'probe';
  readonly names: readonly string[];
  readonly authorities: readonly DnsRecord[];
}

export interface Response {
  readonly kind: 'response';
  readonly answers: readonly DnsRecord[];
  readonly additionals?: readonly DnsRecord[];
  /** To one who asked from another port than 5353, and gets its question back; to everyone unless given. */
  readonly to?: { readonly endpoint: Endpoint; readonly id: number; readonly question: Question };
}

export interface Link {
  /** Resolves when the system has taken it, or not: what is lost is not missed, since multicast loses more. */
  send(message: Probe | Response): Promise<void>;
  close(): Promise<void>;
}

/** An IPv4 address of this machine. */
export interface LinkAddress {
  readonly address: string;
  readonly netmask: string;
}

export type OpenLinkResult = { kind: 'open'; link: Link } | { kind: 'failed'; message: string };

/** `onMessage` is called for whatever reaches the machine's port, also from other networks. */
export type OpenLink = (
  address: string,
  onMessage: (message: IncomingMessage) => void,
) => Promise<OpenLinkResult>;
