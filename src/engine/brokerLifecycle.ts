/**
 * The local broker's life: stopped, starting, running, stopping, and never two of them at once.
 *
 * Requests take turns: a stop that comes while the broker starts waits until it runs, a second start finds it running.
 * Owns the broker, its listener, and what one broker leaves to the next (in memory: nothing outlives the engine). Knows
 * nothing of the model (an observer is handed in) nor of the workbench's own client (told by `onStarted` and asked to
 * leave by `beforeStop`).
 */
import type { Clock } from '../base/clock.ts';
import { Emitter } from '../base/event.ts';
import { Turns } from '../base/turns.ts';
import { anonymousPolicy } from '../broker/access/anonymousPolicy.ts';
import { createCredentialsPolicy } from '../broker/access/credentialsPolicy.ts';
import { Broker } from '../broker/broker.ts';
import type { BrokerObserver } from '../broker/observer.ts';
import type {
  BrokerState,
  ListenerInfo,
  RunningBroker,
  StartBrokerParams,
  StartBrokerResult,
} from '../contracts/engine.ts';
import { MemoryPersistence } from '../persistence/memoryPersistence.ts';
import type { Listener } from '../transports/listener.ts';
import type { Network } from './network.ts';

export interface BrokerLifecycleOptions {
  network: Network;
  clock: Clock;
  observer: BrokerObserver;
  /** A connection ended before it spoke MQTT: one sentence, for the log. */
  onRefused(remoteAddress: string, message: string): void;
  /** The broker listens; nobody else knows yet. */
  onStarted(broker: RunningBroker, params: StartBrokerParams): void;
  /** The last chance to leave in good order, before every client is disconnected. */
  beforeStop(): Promise<void>;
}

interface Running {
  readonly broker: Broker;
  readonly listener: Listener;
  readonly info: RunningBroker;
}

export class BrokerLifecycle {
  readonly #options: BrokerLifecycleOptions;
  readonly #didChangeState = new Emitter<BrokerState>();
  #state: BrokerState = { kind: 'stopped' };
  #running: Running | undefined;
  /** Sessions and retained messages: of the broker that runs, or kept for the next one. */
  #persistence = new MemoryPersistence();
  readonly #turns = new Turns();

  readonly onDidChangeState = this.#didChangeState.event;

  constructor(options: BrokerLifecycleOptions) {
    this.#options = options;
  }

  get state(): BrokerState {
    return this.#state;
  }

  /** Undefined unless it runs. */
  get broker(): Broker | undefined {
    return this.#running?.broker;
  }

  start(params: StartBrokerParams): Promise<StartBrokerResult> {
    return this.#turns.take(async () => {
      if (this.#running !== undefined) return { kind: 'alreadyRunning', broker: this.#running.info };
      this.#setState({ kind: 'starting' });
      try {
        return await this.#start(params);
      } finally {
        if (this.#running === undefined) this.#setState({ kind: 'stopped' });
      }
    });
  }

  /**
   * Disconnects every client and closes the listener; does neither when stopped.
   *
   * @param keepState the next broker goes on with the retained messages and sessions of this one.
   */
  stop({ keepState }: { keepState: boolean }): Promise<void> {
    return this.#turns.take(async () => {
      if (this.#running !== undefined) await this.#stop(this.#running);
      if (!keepState) this.#persistence = new MemoryPersistence();
    });
  }

  async #stop({ listener, broker }: Running): Promise<void> {
    this.#setState({ kind: 'stopping' });
    try {
      await this.#options.beforeStop();
    } finally {
      this.#running = undefined;
      await listener.close();
      await broker.stop().finally(() => this.#setState({ kind: 'stopped' }));
    }
  }

  async #start(params: StartBrokerParams): Promise<StartBrokerResult> {
    const { network, clock, observer, onRefused, onStarted } = this.#options;
    const { host, port, limits, credentials } = params;
    const { maxPacketBytes, maxConnections } = limits;
    let broker: Broker;
    try {
      broker = new Broker({
        limits: { maxPacketBytes, maxConnections },
        policy: credentials === undefined ? anonymousPolicy : createCredentialsPolicy(credentials),
        persistence: this.#persistence,
        observer,
        clock,
      });
    } catch (error) {
      if (error instanceof RangeError) return { kind: 'failed', message: error.message };
      throw error;
    }
    const result = await network.listen(
      { kind: 'mqtt', host, port },
      (transport) => broker.accept(transport),
      { clock, onRefused },
    );
    if (result.kind !== 'listening') {
      await broker.stop();
      return result.kind === 'portInUse' ? this.#portInUse(host, port) : result;
    }
    const { listener } = result;
    const listenerInfo: ListenerInfo = { kind: 'mqtt', host: listener.info.host, port: listener.info.port };
    const info = {
      listeners: [listenerInfo],
      startedAtMs: clock.nowMs(),
      requiresCredentials: credentials !== undefined,
    };
    this.#running = { broker, listener, info };
    onStarted(info, params);
    this.#setState({ kind: 'running', broker: info });
    return { kind: 'started', broker: info };
  }

  async #portInUse(host: string, port: number): Promise<StartBrokerResult> {
    const { network } = this.#options;
    const [owner, freePort] = await Promise.all([
      network.findPortOwner(port),
      network.findFreePort(host, port),
    ]);
    return { kind: 'portInUse', host, port, ...(owner !== undefined && { owner }), freePort };
  }

  #setState(state: BrokerState): void {
    this.#state = state;
    this.#didChangeState.fire(state);
  }
}

/** Where a client on this machine reaches a listener: one that is bound to every address, on the loopback. */
export function localAddressOf({ host, port }: ListenerInfo): string {
  if (host === '0.0.0.0') return `mqtt://127.0.0.1:${port}`;
  if (host === '::') return `mqtt://[::1]:${port}`;
  return host.includes(':') ? `mqtt://[${host}]:${port}` : `mqtt://${host}:${port}`;
}
