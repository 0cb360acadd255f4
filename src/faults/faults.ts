/**
 * The faults of one broker: which are on, whom they mean, and what they have done.
 *
 * With none on, the broker has no intervention, no connection has anything between it and its socket, and nothing is
 * paid. The first rule puts a FaultyTransport under every open connection that it may mean, and under every new one until
 * its CONNECT says who it is; the last one that goes takes them away again. So a fault reaches who is connected, and a
 * client that no rule means keeps its own socket.
 *
 * Owns the rules, their clocks and their log. What happens to bytes is faultyTransport.ts's, how the broker is made to
 * stop is handed in.
 */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { Emitter } from '../base/event.ts';
import type { Broker } from '../broker/broker.ts';
import type { Intervention, OpenConnection } from '../broker/intervention.ts';
import type { BrokerLimits } from '../broker/limits.ts';
import { quoted } from '../mqtt/faultText.ts';
import type { ConnectPacket, ProtocolVersion } from '../mqtt/packets.ts';
import { ActiveRule } from './activeRule.ts';
import { checkFaultRule } from './faultKinds.ts';
import { faultObjectOf } from './faultObject.ts';
import type { FaultBehaviour, FaultRule } from './faultRule.ts';
import { type FaultSource, FaultyTransport } from './faultyTransport.ts';
import { Outages, type StoppableBroker } from './outages.ts';

/** As LogWriter of observation/brokerLog.ts. */
export type FaultLog = (kind: string, level: 'info' | 'warn', word: () => string) => void;

export interface FaultsOptions {
  broker: Broker;
  clock: Clock;
  log: FaultLog;
  /** For a seed where none is given: 0 up to but not 1. */
  random: () => number;
  /** Its ports, and how they are closed and opened again. */
  ports: StoppableBroker;
  /** The workbench's own client: no rule means it, unless it means every socket. */
  isExempt(clientId: string): boolean;
}

/** Rules that were switched on together. */
export interface Injection {
  readonly id: number;
  /** A name for people, as that of a preset; undefined for rules that have none. */
  readonly name: string | undefined;
  readonly seed: number;
  readonly rules: readonly FaultRule[];
  /** How often one of them did something that can be counted. */
  readonly applied: number;
}

interface ActiveInjection {
  readonly id: number;
  readonly name: string | undefined;
  readonly seed: number;
  readonly rules: readonly ActiveRule[];
  readonly timers: Disposable[];
}

export type StartFaultsResult =
  | { kind: 'started'; injection: Injection }
  /** `index` of the rule in the list. */
  | { kind: 'invalidRule'; index: number; message: string };

/** Connections whose peer does not know that the broker has let go of it; one more, and the oldest is told. */
const MAX_GHOSTS = 100;
const MAX_SEED = 0xffff_ffff;

/** Kinds that the broker itself does: no bytes are touched for them. */
const doneByBroker: ReadonlySet<FaultBehaviour['kind']> = new Set([
  'refuse',
  'loseSession',
  'serverKeepAlive',
  'receiveMaximum',
  'expiryClock',
  'brokerStops',
]);

export class Faults implements Disposable {
  readonly #options: FaultsOptions;
  readonly #didChange = new Emitter<void>();
  readonly #transports = new Set<FaultyTransport>();
  readonly #outages: Outages;
  #injections: readonly ActiveInjection[] = [];
  /** All of them, in the order in which they were switched on. */
  #rules: readonly ActiveRule[] = [];
  #ghosts: (() => void)[] = [];
  #lastId = 0;

  /** Rules came or went, or one did something. Often: who shows it, bounds how often. */
  readonly onDidChange = this.#didChange.event;

  constructor(options: FaultsOptions) {
    this.#options = options;
    this.#outages = new Outages(options);
  }

  get injections(): readonly Injection[] {
    return this.#injections.map(infoOf);
  }

  /** Connections that have something between them and their socket now. */
  get touchedConnections(): number {
    return this.#transports.size;
  }

  /**
   * Switches rules on, beside those that are on already.
   *
   * @param seed 0 to 4,294,967,295; the same one with the same rules makes the same things happen. Drawn unless given.
   */
  start(
    rules: readonly FaultRule[],
    { seed, name }: { seed?: number; name?: string } = {},
  ): StartFaultsResult {
    for (const [index, rule] of rules.entries()) {
      const message = checkFaultRule(rule);
      if (message !== undefined) return { kind: 'invalidRule', index, message };
    }
    const id = ++this.#lastId;
    const drawn = seed ?? Math.floor(this.#options.random() * (MAX_SEED + 1));
    const injection: ActiveInjection = {
      id,
      name,
      seed: drawn,
      rules: rules.map((rule, i) => new ActiveRule(`${id}.${i + 1}`, rule, drawn, i, name)),
      timers: [],
    };
    const replay = JSON.stringify({ faults: { seed: drawn, rules: rules.map(faultObjectOf) } });
    this.#options.log('faultsOn', 'warn', () => `Fault ${id} is on; to have the same again: ${replay}`);
    this.#set([...this.#injections, injection]);
    for (const rule of injection.rules) this.#begin(rule, injection);
    this.#didChange.fire();
    return { kind: 'started', injection: infoOf(injection) };
  }

  /** Switches off those of one `start`, or all. What they hold back is let go at once. False if there is none. */
  stop(id?: number): boolean {
    const stopped = this.#injections.filter((injection) => id === undefined || injection.id === id);
    if (stopped.length === 0) return false;
    for (const injection of stopped) {
      for (const timer of injection.timers) timer.dispose();
      for (const rule of injection.rules) this.#outages.stop(rule);
      this.#options.log('faultsOff', 'info', () => `Fault ${injection.id} is off`);
    }
    this.#set(this.#injections.filter((injection) => !stopped.includes(injection)));
    this.#didChange.fire();
    return true;
  }

  /** Resolves when the ports are open again, where a rule had closed them. */
  async settled(): Promise<void> {
    await this.#outages.settled();
  }

  /** Before the broker stops. */
  dispose(): void {
    this.stop();
    this.#didChange.dispose();
    this.#outages.dispose();
  }

  // ── The rules ───────────────────────────────────────────────────────────────────────────────────────────────

  #set(injections: readonly ActiveInjection[]): void {
    this.#injections = injections;
    this.#rules = injections.flatMap(({ rules }) => rules);
    const { broker } = this.#options;
    broker.intervention = this.#rules.length > 0 ? this.#intervention : undefined;
    broker.expiryAheadMs = this.#expiryAheadMs();
    if (this.#rules.length === 0) for (const lay of this.#ghosts.splice(0)) lay();
    for (const transport of [...this.#transports]) transport.rulesChanged();
    this.#touchConnections();
  }

  /** Every open connection that a rule may mean, and that is not touched yet. */
  #touchConnections(): void {
    if (!this.#rules.some(touchesBytes)) return;
    for (const connection of [...this.#options.broker.openConnections()]) {
      if (connection.transport instanceof FaultyTransport) continue;
      const { clientId } = connection;
      if (clientId !== undefined && this.#rulesFor(clientId).length === 0) continue;
      this.#touch(connection);
    }
  }

  #touch(connection: OpenConnection): void {
    const transport = FaultyTransport.interpose(connection, this.#source, this.#options.clock);
    if (connection.transport === transport) this.#transports.add(transport);
  }

  #rulesFor(clientId: string): readonly ActiveRule[] {
    if (this.#options.isExempt(clientId)) return [];
    return this.#rules.filter((rule) => touchesBytes(rule) && rule.mayMean(clientId));
  }

  /** Those that the broker does itself for a client. */
  #ofKind<K extends FaultBehaviour['kind']>(
    clientId: string,
    kind: K,
  ): { rule: ActiveRule; behaviour: Extract<FaultBehaviour, { kind: K }> } | undefined {
    if (this.#options.isExempt(clientId)) return undefined;
    for (const rule of this.#rules) {
      const { behaviour } = rule;
      if (behaviour.kind === kind && rule.mayMean(clientId))
        return { rule, behaviour: behaviour as Extract<FaultBehaviour, { kind: K }> }; // its kind was compared
    }
    return undefined;
  }

  #expiryAheadMs(): number {
    let aheadMs = 0;
    for (const { behaviour } of this.#rules)
      if (behaviour.kind === 'expiryClock') aheadMs += behaviour.aheadSeconds * 1000;
    return aheadMs;
  }

  /** What a rule does by itself, whoever is connected. */
  #begin(rule: ActiveRule, injection: ActiveInjection): void {
    const { behaviour } = rule;
    switch (behaviour.kind) {
      case 'halfOpen':
        this.#beginHalfOpen(rule, behaviour, injection);
        break;
      case 'gap':
        this.#beginGap(rule, behaviour, injection);
        break;
      case 'brokerStops':
        this.#outages.start(rule, behaviour, () => this.#over(injection));
        break;
      default:
        break;
    }
  }

  #beginHalfOpen(
    rule: ActiveRule,
    { afterSeconds }: Extract<FaultBehaviour, { kind: 'halfOpen' }>,
    { timers }: ActiveInjection,
  ): void {
    const killOpenOnes = (): void => {
      for (const transport of [...this.#transports]) {
        const { clientId } = transport;
        if (clientId !== undefined && this.#rulesFor(clientId).includes(rule)) transport.die(rule);
      }
    };
    if (afterSeconds === undefined) killOpenOnes();
    else timers.push(this.#options.clock.setTimeout(killOpenOnes, afterSeconds * 1000));
  }

  #beginGap(
    rule: ActiveRule,
    { everySeconds, seconds }: Extract<FaultBehaviour, { kind: 'gap' }>,
    { timers }: ActiveInjection,
  ): void {
    const { clock } = this.#options;
    let timer: Disposable | undefined;
    timers.push({ dispose: () => timer?.dispose() });
    const turn = (): void => {
      rule.isInGap = !rule.isInGap;
      timer = clock.setTimeout(turn, (rule.isInGap ? seconds : everySeconds - seconds) * 1000);
      for (const transport of [...this.#transports]) transport.rulesChanged();
    };
    timer = clock.setTimeout(turn, (everySeconds - seconds) * 1000);
  }

  /** The only rule of an injection, that ends by itself, has ended. */
  #over({ id, rules }: ActiveInjection): void {
    if (rules.length === 1) this.stop(id);
  }

  // ── What the broker asks ────────────────────────────────────────────────────────────────────────────────────

  readonly #intervention: Intervention = {
    connectionOpened: (connection) => {
      const closing = this.#rules.find(
        ({ behaviour }) => behaviour.kind === 'close' && behaviour.at === 'open',
      );
      if (closing !== undefined) {
        this.#applied(closing, `closed the connection of ${connection.info.remoteAddress} at once`);
        connection.noteFault(closing.deed('ended'));
        connection.transport.destroy();
      } else if (this.#rules.some(touchesBytes)) this.#touch(connection);
    },
    refusalOf: (connection, connect) => this.#refusalOf(connection, connect),
    losesSession: (clientId) => {
      const losing = this.#ofKind(clientId, 'loseSession');
      if (losing !== undefined)
        this.#applied(losing.rule, `lost the session of client ${quoted(clientId)}, if it left one`);
      return losing !== undefined;
    },
    limitsFor: (connection, client, limits) => this.#limitsFor(connection, client, limits),
  };

  #refusalOf(
    connection: OpenConnection,
    { clientId }: ConnectPacket,
  ): { reasonCode: number; message: string } | undefined {
    const refusing = this.#ofKind(clientId, 'refuse');
    if (refusing === undefined) return undefined;
    const { rule, behaviour } = refusing;
    this.#applied(rule, `refused client ${quoted(clientId)}`);
    connection.noteFault(rule.deed('ended'));
    return { reasonCode: behaviour.reasonCode, message: `Refused on purpose: fault ${rule.name} is on.` };
  }

  #limitsFor(
    connection: OpenConnection,
    { clientId, protocolVersion }: { clientId: string; protocolVersion: ProtocolVersion },
    limits: Readonly<BrokerLimits>,
  ): Readonly<BrokerLimits> {
    if (protocolVersion !== 5) return limits; // no other has a CONNACK that tells them
    const keepAlive = this.#ofKind(clientId, 'serverKeepAlive');
    const receive = this.#ofKind(clientId, 'receiveMaximum');
    if (keepAlive === undefined && receive === undefined) return limits;
    for (const forced of [keepAlive, receive])
      if (forced !== undefined) connection.noteFault(forced.rule.deed('touched'));
    const changed = { ...limits };
    if (keepAlive !== undefined) {
      changed.maxKeepAliveSeconds = keepAlive.behaviour.seconds;
      changed.minKeepAliveSeconds = Math.min(limits.minKeepAliveSeconds, keepAlive.behaviour.seconds);
    }
    if (receive !== undefined) changed.receiveMaximum = receive.behaviour.messages;
    return changed;
  }

  // ── What the transports ask ─────────────────────────────────────────────────────────────────────────────────

  readonly #source: FaultSource = {
    isOn: () => this.#rules.some(touchesBytes),
    rulesFor: (clientId) => this.#rulesFor(clientId),
    applied: (rule, connection, clientId, what) => {
      const who = clientId === '' ? connection.info.remoteAddress : `client ${quoted(clientId)}`;
      this.#applied(rule, `${who}: ${what}`);
    },
    ghost: (lay) => {
      this.#ghosts.push(lay);
      if (this.#ghosts.length > MAX_GHOSTS) this.#ghosts.shift()?.();
    },
    removed: (transport) => this.#transports.delete(transport),
  };

  #applied(rule: ActiveRule, what: string): void {
    rule.applied++;
    this.#options.log(`fault ${rule.behaviour.kind}`, 'info', () => `Fault ${rule.name}, ${what}`);
    this.#didChange.fire();
  }
}

function touchesBytes({ behaviour }: ActiveRule): boolean {
  return !doneByBroker.has(behaviour.kind) && !(behaviour.kind === 'close' && behaviour.at === 'open');
}

function infoOf({ id, name, seed, rules }: ActiveInjection): Injection {
  return {
    id,
    name,
    seed,
    rules: rules.map(({ rule }) => rule),
    applied: rules.reduce((sum, { applied }) => sum + applied, 0),
  };
}
