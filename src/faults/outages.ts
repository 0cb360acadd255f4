/**
 * The broker that is gone for a while and comes back: its ports are closed, and whoever tries is refused by the system, as
 * by a machine on which no broker runs.
 *
 * Owns the times. Sessions and retained messages live on in the broker, unless the rule says that they are lost. What can
 * be in the way of coming back, as a port that another took meanwhile, is told and tried again.
 */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { messageOf } from '../base/messageOf.ts';
import { Turns } from '../base/turns.ts';
import type { Broker } from '../broker/broker.ts';
import type { ActiveRule } from './activeRule.ts';
import type { FaultBehaviour } from './faultRule.ts';
import type { FaultLog } from './faults.ts';

export interface StoppableBroker {
  /** Frees every port. */
  close(): Promise<void>;
  /** Listens on the same ones again. Rejects with what is in the way; some of them may be open then. */
  reopen(): Promise<void>;
}

const RETRY_MS = 1_000;

type BrokerStops = Extract<FaultBehaviour, { kind: 'brokerStops' }>;

export interface OutagesOptions {
  broker: Broker;
  clock: Clock;
  log: FaultLog;
  ports: StoppableBroker;
}

export class Outages implements Disposable {
  readonly #options: OutagesOptions;
  readonly #timers = new Map<ActiveRule, Disposable>();
  /** Rules by which the broker is gone now: the ports open when the last of them says so. */
  readonly #goneBy = new Set<ActiveRule>();
  /** Ports are not opened while they are being closed. */
  readonly #turns = new Turns();
  #isClosed = false;
  #retry: Disposable | undefined;
  #isDisposed = false;

  constructor(options: OutagesOptions) {
    this.#options = options;
  }

  /** @param onOver it is back, and will not be gone again by this rule. */
  start(rule: ActiveRule, { seconds, everySeconds, losesSessions }: BrokerStops, onOver: () => void): void {
    if (everySeconds === undefined) this.#go(rule, seconds, losesSessions, onOver);
    else {
      const again = (): void => {
        this.#after(rule, everySeconds - seconds, () => this.#go(rule, seconds, losesSessions, again));
      };
      again();
    }
  }

  /** It is back at once, if it is gone. */
  stop(rule: ActiveRule): void {
    this.#timers.get(rule)?.dispose();
    this.#timers.delete(rule);
    if (this.#goneBy.delete(rule)) this.#follow();
  }

  async settled(): Promise<void> {
    await this.#turns.take(() => Promise.resolve());
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#retry?.dispose();
    for (const timer of this.#timers.values()) timer.dispose();
    this.#timers.clear();
  }

  #go(rule: ActiveRule, seconds: number, losesSessions: boolean, onBack: () => void): void {
    rule.applied++;
    this.#options.log(
      'fault brokerStops',
      'warn',
      () => `Fault ${rule.name}: the broker is gone for ${seconds} s`,
    );
    this.#goneBy.add(rule);
    this.#follow();
    this.#after(rule, seconds, () => {
      if (losesSessions) this.#options.broker.loseStoredSessions();
      this.#goneBy.delete(rule);
      this.#follow();
      onBack();
    });
  }

  #after(rule: ActiveRule, seconds: number, act: () => void): void {
    this.#timers.set(rule, this.#options.clock.setTimeout(act, seconds * 1000));
  }

  /** Makes the ports what they are to be. */
  #follow(): void {
    void this.#turns.take(async () => {
      const isToBeClosed = this.#goneBy.size > 0;
      if (this.#isDisposed || isToBeClosed === this.#isClosed) return;
      if (isToBeClosed) await this.#close();
      else await this.#reopen();
    });
  }

  async #close(): Promise<void> {
    const { ports, broker } = this.#options;
    this.#isClosed = true;
    await ports.close();
    const [rule] = this.#goneBy;
    for (const connection of [...broker.openConnections()]) {
      if (rule !== undefined) connection.noteFault(rule.deed('ended'));
      connection.transport.destroy();
    }
  }

  async #reopen(): Promise<void> {
    const { ports, clock, log } = this.#options;
    try {
      await ports.reopen();
      this.#isClosed = false;
      log('fault brokerStops', 'info', () => 'The broker is back');
    } catch (error) {
      log('fault brokerStops', 'warn', () => `The broker can't come back yet: ${messageOf(error)}`);
      this.#retry = clock.setTimeout(() => this.#follow(), RETRY_MS);
    }
  }
}
