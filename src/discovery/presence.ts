/**
 * One name on the networks of the machine, from its probe to its goodbye (RFC 6762).
 *
 * Asks whether the name is free, and takes the next one where it is not; says twice that it is there; answers who asks;
 * takes its word back in the end. Knows nothing of sockets, nor of addresses that change: `Announcement` makes a new
 * presence for those.
 */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { IncomingMessage, Link, LinkAddress, Question } from './link.ts';
import {
  addressRecord,
  compareWithSrv,
  type DnsRecord,
  type ForeignRecord,
  instanceName,
  isKnown,
  isSameName,
  type Service,
  serviceName,
  servicePointer,
  serviceTypePointer,
  uniqueRecords,
} from './records.ts';

export interface PresenceOptions {
  readonly clock: Clock;
  /** `studio.local` */
  readonly localHost: string;
  /** The name is ours, and was said. Again when it had to be changed. */
  onNamed(name: string): void;
  /** No name is free. */
  onNoName(): void;
}

/** One network, and what is offered on it. */
export interface Place extends LinkAddress {
  readonly link: Link;
  readonly services: readonly Service[];
}

const PROBES = 3;
const PROBE_INTERVAL_MS = 250;
const LOST_PROBE_MS = 1_000;
const REPEAT_MS = 1_000;
/** A record is multicast once in this time at most, so that no flood of questions becomes one of answers. */
const RECORD_INTERVAL_MS = 1_000;
/** One who probes for the name waits no longer than for three of these (RFC 6762 section 6). */
const DEFENCE_INTERVAL_MS = 250;
const MAX_ATTEMPTS = 20;
const MAX_QUESTIONS = 32;
/** Seconds that one who knows nothing of multicast may remember an answer (RFC 6762 section 6.7). */
const LEGACY_TTL = 10;
const MULTICAST_DNS_PORT = 5353;

export class Presence {
  readonly #options: PresenceOptions;
  readonly #places: readonly Place[];
  /** By link and record, when it was last multicast. */
  readonly #saidMs = new Map<Place, Map<string, number>>();
  #attempt = 1;
  #state: 'probing' | 'announced' | 'ended' = 'probing';
  #timer: Disposable | undefined;

  constructor(places: readonly Place[], options: PresenceOptions) {
    this.#places = places;
    this.#options = options;
  }

  get #name(): string {
    return instanceName(this.#options.localHost, this.#attempt);
  }

  start(): void {
    this.#probe(1);
  }

  /** What a network was heard to say. */
  heard(place: Place, message: IncomingMessage): void {
    // Whoever is on no network of ours heard us by mistake, or means harm (RFC 6762 section 11).
    if (this.#state === 'ended' || !isOnLink(message.from.address, place)) return;
    if (message.kind === 'response') this.#heardResponse(place, message.answers);
    else if (this.#state === 'announced') this.#answer(place, message);
    else this.#heardProbe(place, message.authorities);
  }

  /** Says goodbye where it had said that it is there, and closes the links. */
  async withdraw(): Promise<void> {
    const wasAnnounced = this.#state === 'announced';
    this.#end();
    await Promise.all(
      this.#places.map(async ({ link, services }) => {
        if (wasAnnounced) await link.send({ kind: 'response', answers: goodbye(this.#name, services) });
        await link.close();
      }),
    );
  }

  #probe(count: number): void {
    this.#state = 'probing';
    if (count > PROBES) {
      this.#announce();
      return;
    }
    for (const { link, services } of this.#places) {
      const names = services.map((service) => serviceName(this.#name, service));
      void link.send({ kind: 'probe', names, authorities: this.#unique(services) });
    }
    this.#after(PROBE_INTERVAL_MS, () => this.#probe(count + 1));
  }

  #announce(): void {
    this.#state = 'announced';
    this.#sayAll();
    // RFC 6762 section 8.3: twice, since one may be lost.
    this.#after(REPEAT_MS, () => this.#sayAll());
    this.#options.onNamed(this.#name);
  }

  #sayAll(): void {
    for (const place of this.#places) this.#say(place, this.#all(place), []);
  }

  #say(
    place: Place,
    answers: readonly DnsRecord[],
    additionals: readonly DnsRecord[],
    intervalMs = RECORD_INTERVAL_MS,
  ): void {
    const nowMs = this.#options.clock.monotonicMs();
    const said = this.#saidMs.get(place) ?? new Map<string, number>();
    this.#saidMs.set(place, said);
    const due = answers.filter((record) => {
      const beforeMs = said.get(keyOf(record));
      return beforeMs === undefined || nowMs - beforeMs >= intervalMs;
    });
    if (due.length === 0) return;
    for (const record of due) said.set(keyOf(record), nowMs);
    void place.link.send({ kind: 'response', answers: due, additionals });
  }

  #answer(place: Place, { questions, answers: known, authorities, id, from }: IncomingMessage): void {
    const all = this.#all(place);
    const intervalMs = authorities.length > 0 ? DEFENCE_INTERVAL_MS : RECORD_INTERVAL_MS;
    const isLegacy = from.port !== MULTICAST_DNS_PORT;
    for (const question of questions.slice(0, MAX_QUESTIONS)) {
      const answers = all.filter((record) => isAskedFor(record, question) && !isKnown(record, known));
      if (answers.length === 0) continue;
      const additionals = all.filter((record) => !answers.includes(record) && belongs(record, answers));
      if (!isLegacy) {
        this.#say(place, answers, additionals, intervalMs);
        continue;
      }
      const to = { endpoint: from, id, question };
      const [first, more] = [answers.map(forLegacy), additionals.map(forLegacy)];
      void place.link.send({ kind: 'response', answers: first, additionals: more, to });
      // One question is what such a program asks: more would be an amplifier.
      return;
    }
  }

  /** Somebody else has the name. Our own words come back too, from each network of the machine. */
  #heardResponse({ services }: Place, answers: readonly ForeignRecord[]): void {
    const own = this.#unique(services);
    const isTaken = answers.some(({ type, name, ttl, data }) => {
      const record = own.find((each) => each.type === 'SRV' && isSameName(name, each.name));
      if (record?.type !== 'SRV' || type !== 'SRV' || ttl === 0) return false;
      return compareWithSrv(data, record.data) !== 0;
    });
    if (!isTaken) return;
    if (this.#attempt === MAX_ATTEMPTS) {
      this.#end();
      this.#options.onNoName();
      return;
    }
    this.#attempt += 1;
    this.#probe(1);
  }

  /** Two ask for the same name at once: the later one in the order of RFC 6762 section 8.2 has it. */
  #heardProbe({ services }: Place, authorities: readonly ForeignRecord[]): void {
    const own = this.#unique(services);
    const isLost = authorities.some(({ type, name, data }) => {
      const record = own.find((each) => each.type === 'SRV' && isSameName(name, each.name));
      return record?.type === 'SRV' && type === 'SRV' && compareWithSrv(data, record.data) > 0;
    });
    if (isLost) this.#after(LOST_PROBE_MS, () => this.#probe(1));
  }

  #unique(services: readonly Service[]): DnsRecord[] {
    const { localHost } = this.#options;
    return services.flatMap((service) => uniqueRecords(this.#name, localHost, service));
  }

  #all({ services, address }: Place): DnsRecord[] {
    return [
      ...services.map((service) => servicePointer(this.#name, service)),
      ...services.map(serviceTypePointer),
      ...this.#unique(services),
      addressRecord(this.#options.localHost, address),
    ];
  }

  /** In place of what was to come. */
  #after(delayMs: number, then: () => void): void {
    this.#timer?.dispose();
    this.#timer = this.#options.clock.setTimeout(then, delayMs);
  }

  #end(): void {
    this.#state = 'ended';
    this.#timer?.dispose();
  }
}

/** The host's name is not taken back: a responder of the machine's own may have it too. */
function goodbye(name: string, services: readonly Service[]): DnsRecord[] {
  return services.map((service) => ({ ...servicePointer(name, service), ttl: 0 }));
}

function isAskedFor(record: DnsRecord, { name, type }: Question): boolean {
  return isSameName(name, record.name) && (type === 'ANY' || type === record.type);
}

/** What one asks for next: the port and host of a service, the address of its host. */
function belongs(record: DnsRecord, answers: readonly DnsRecord[]): boolean {
  if (record.type === 'A') return answers.some(({ type }) => type !== 'A');
  return answers.some((answer) => answer.type === 'PTR' && answer.data === record.name);
}

function forLegacy(record: DnsRecord): DnsRecord {
  const ttl = Math.min(record.ttl, LEGACY_TTL);
  return 'flush' in record ? { ...record, ttl, flush: false } : { ...record, ttl };
}

function keyOf({ type, name, data }: DnsRecord): string {
  return `${type} ${name} ${typeof data === 'string' ? data : data.port}`;
}

function isOnLink(sender: string, { address, netmask }: LinkAddress): boolean {
  const mask = numberOf(netmask);
  // Unsigned: two negative numbers with the same bits would be the same as well, but read as others.
  return (numberOf(sender) & mask) >>> 0 === (numberOf(address) & mask) >>> 0;
}

function numberOf(address: string): number {
  return address.split('.').reduce((number, part) => (number << 8) | Number(part), 0);
}
