/**
 * What was seen of a client that will hurt it in the field: each kind once a client, until the broker stops.
 *
 * Found by the rules of src/observation/warnings; put into words by the extension. Bounded: beyond, no more are taken.
 */
import { Emitter } from '../base/event.ts';
import type { ConnectionEnd } from './clients.ts';

/** What was seen. Each kind is a heading of docs/warnings.md. */
export type WarningFacts =
  | { readonly kind: 'keepAliveOff' }
  | { readonly kind: 'keepAliveLong' | 'keepAliveShort'; readonly keepAliveSeconds: number }
  | { readonly kind: 'pingsLate'; readonly keepAliveSeconds: number; readonly quietMs: number }
  /** Its connection ended without a DISCONNECT, so many times. */
  | { readonly kind: 'willNeverSet'; readonly ends: number }
  | { readonly kind: 'willNeverCleared'; readonly topic: string }
  | {
      readonly kind: 'exchangeOpen';
      readonly awaited: 'pubrel' | 'pubrec' | 'pubcomp';
      readonly packetId: number;
      readonly count: number;
      readonly openMs: number;
    }
  | { readonly kind: 'retainedCommand'; readonly topic: string }
  /** While it was away, so many messages came that its subscriptions of QoS 1 or 2 ask for. */
  | { readonly kind: 'nothingQueued'; readonly topicFilter: string; readonly missed: number }
  | {
      readonly kind: 'largerThanAnnounced';
      readonly topic: string;
      readonly payloadBytes: number;
      readonly maximumPacketSize: number;
    }
  | {
      readonly kind: 'largerThanLibrary';
      readonly topic: string;
      readonly packetBytes: number;
      readonly library: string;
      readonly bufferBytes: number;
      /** It hands a larger one over in parts, and loses none. */
      readonly isSplit: boolean;
    }
  /** So many connections, on average so far apart, the last of which ended so. */
  | {
      readonly kind: 'reconnectLoop';
      readonly connections: number;
      readonly periodMs: number;
      readonly end: ConnectionEnd;
    }
  | {
      readonly kind: 'samePayload';
      readonly topic: string;
      readonly messages: number;
      readonly spanMs: number;
      readonly payloadBytes: number;
    }
  | {
      readonly kind: 'clientIdShared';
      readonly addresses: readonly [string, string];
      readonly isOneHost: boolean;
      readonly takeovers: number;
      readonly periodMs: number;
    };

export type WarningKind = WarningFacts['kind'];

export interface ClientWarning {
  readonly clientId: string;
  /** Wall clock. */
  readonly atMs: number;
  readonly facts: WarningFacts;
}

const MAX_WARNINGS = 500;

export class Warnings {
  readonly #byClient = new Map<string, ClientWarning[]>();
  readonly #didAdd = new Emitter<ClientWarning>();
  #count = 0;

  readonly onDidAdd = this.#didAdd.event;

  /** Does nothing where the client has one of this kind, and where there is no room for more. */
  add(warning: ClientWarning): void {
    const { clientId, facts } = warning;
    if (this.#count >= MAX_WARNINGS || this.has(clientId, facts.kind)) return;
    this.#count++;
    const ofClient = this.#byClient.get(clientId);
    if (ofClient === undefined) this.#byClient.set(clientId, [warning]);
    else ofClient.push(warning);
    this.#didAdd.fire(warning);
  }

  has(clientId: string, kind: WarningKind): boolean {
    return this.#byClient.get(clientId)?.some(({ facts }) => facts.kind === kind) === true;
  }

  /** In the order in which they were found. */
  of(clientId: string): readonly ClientWarning[] {
    return this.#byClient.get(clientId) ?? [];
  }

  /** Clients that have one. */
  clientIds(): Iterable<string> {
    return this.#byClient.keys();
  }

  clear(): void {
    this.#byClient.clear();
    this.#count = 0;
  }
}
