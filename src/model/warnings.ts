/**
 * What was seen of a client that will hurt it in the field: each kind once a client, as it was seen last, until it is
 * over or the broker stops.
 *
 * Found by the rules of src/observation/warnings; put into words by the extension. Bounded: beyond, no more are taken.
 */
import { Emitter } from '../base/event.ts';
import { Recent } from '../base/recent.ts';
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
  /** When it was seen first, wall clock, as the next. */
  readonly atMs: number;
  readonly lastAtMs: number;
  /** How often it was seen. */
  readonly times: number;
  /** As it was seen last. */
  readonly facts: WarningFacts;
}

const MAX_WARNINGS = 500;

export class Warnings {
  readonly #byClient = new Map<string, ClientWarning[]>();
  /** Client and kind of what was told of, also of what is over: nobody hears twice of one that comes and goes. */
  readonly #told = new Recent<true>(MAX_WARNINGS);
  readonly #didAdd = new Emitter<ClientWarning>();
  readonly #didChange = new Emitter<void>();
  #count = 0;

  /** Of each kind once a client. */
  readonly onDidAdd = this.#didAdd.event;
  /** A client has more or fewer of them. Not when one is seen again, which may be with each message. */
  readonly onDidChange = this.#didChange.event;

  /** Brings the client's warning of this kind up to date. Takes no other where there is no room for more. */
  add({ clientId, atMs, facts }: Pick<ClientWarning, 'clientId' | 'atMs' | 'facts'>): void {
    const ofClient = this.#byClient.get(clientId) ?? [];
    const at = ofClient.findIndex((known) => known.facts.kind === facts.kind);
    const known = ofClient[at];
    if (known !== undefined) {
      ofClient[at] = { ...known, facts, lastAtMs: atMs, times: known.times + 1 };
      return;
    }
    if (this.#count >= MAX_WARNINGS) return;
    this.#count++;
    const warning: ClientWarning = { clientId, atMs, lastAtMs: atMs, times: 1, facts };
    ofClient.push(warning);
    this.#byClient.set(clientId, ofClient);
    const key = `${facts.kind} ${clientId}`;
    const isTold = this.#told.get(key) === true;
    this.#told.set(key, true);
    if (!isTold) this.#didAdd.fire(warning);
    this.#didChange.fire();
  }

  /** What was seen is not so any more. */
  remove(clientId: string, kind: WarningKind): void {
    const ofClient = this.#byClient.get(clientId);
    const rest = ofClient?.filter(({ facts }) => facts.kind !== kind);
    if (rest === undefined || rest.length === ofClient?.length) return;
    if (rest.length === 0) this.#byClient.delete(clientId);
    else this.#byClient.set(clientId, rest);
    this.#count--;
    this.#didChange.fire();
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
    this.#told.clear();
    this.#count = 0;
  }
}
