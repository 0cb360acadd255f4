/**
 * The local broker's life: stopped, starting, running, stopping, and never two of them at once.
 *
 * Requests take turns: a stop that comes while the broker starts waits until it runs, a second start finds it running.
 * Owns the broker, its listeners, and what one broker leaves to the next: in memory, unless a configuration file names
 * a folder. Knows nothing of the model (an observer is handed in) nor of the workbench's own client (told by
 * `onStarted` and asked to leave by `beforeStop`).
 */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { Emitter } from '../base/event.ts';
import { hostAndPort } from '../base/networkAddress.ts';
import { Turns } from '../base/turns.ts';
import type { Credentials } from '../broker/access/credentialsPolicy.ts';
import type { Broker } from '../broker/broker.ts';
import type { BrokerLimits } from '../broker/limits.ts';
import type { BrokerObserver } from '../broker/observer.ts';
import type { BrokerConfiguration, ListenerConfiguration } from '../configuration/brokerConfiguration.ts';
import type {
  BrokerState,
  ListenerInfo,
  RunningBroker,
  ServerTls,
  StartBrokerParams,
  StartBrokerResult,
} from '../contracts/engine.ts';
import type { FaultLog, Faults } from '../faults/faults.ts';
import { MemoryPersistence } from '../persistence/memoryPersistence.ts';
import type { Listener, ListenerInfo as OpenListenerInfo } from '../transports/listener.ts';
import { type EffectiveConfiguration, effectiveConfiguration, mainOf } from './effectiveConfiguration.ts';
import type { Network } from './network.ts';
import { hasKeptCertificate, type OpenBroker, openBroker } from './openBroker.ts';
import { describeOpenBrokerFailure, type OpenBrokerFailure } from './openBrokerFailure.ts';

export interface BrokerLifecycleOptions {
  /** Of the extension. */
  version: string;
  network: Network;
  clock: Clock;
  observer: BrokerObserver;
  /** A connection ended before it spoke MQTT: one sentence, for the log. */
  onRefused(remoteAddress: string, message: string): void;
  /** A fault that is on did something: for the log. */
  onFault: FaultLog;
  /** How the announcement of the broker goes: for the log. */
  onAnnouncement(level: 'info' | 'warn', message: string): void;
  /** The broker listens; nobody else knows yet. `door`: how the workbench's own client gets in. */
  onStarted(broker: RunningBroker, door: WorkbenchDoor): void;
  /** The last chance to leave in good order, before every client is disconnected. */
  beforeStop(): Promise<void>;
}

/** How the workbench's own client gets in. It is the person: no file of users or rules stands in its way. */
export interface WorkbenchDoor {
  /** Plain MQTT, on this machine. */
  url: string;
  clientId: string;
  credentials: Credentials;
}

interface Running {
  readonly opened: OpenBroker;
  info: RunningBroker;
  /** Those that the configuration file sets go before the settings, also when the latter change. */
  readonly fileLimits: Readonly<Partial<BrokerLimits>>;
}

export class BrokerLifecycle {
  readonly #options: BrokerLifecycleOptions;
  readonly #didChangeState = new Emitter<BrokerState>();
  #observer: BrokerObserver;
  #state: BrokerState = { kind: 'stopped' };
  #running: Running | undefined;
  /** Sessions and retained messages: of the broker that runs, or kept for the next one. */
  #persistence = new MemoryPersistence();
  readonly #turns = new Turns();

  readonly onDidChangeState = this.#didChangeState.event;

  constructor(options: BrokerLifecycleOptions) {
    this.#options = options;
    this.#observer = options.observer;
  }

  get state(): BrokerState {
    return this.#state;
  }

  /** Undefined unless it runs. */
  get broker(): Broker | undefined {
    return this.#running?.opened.broker;
  }

  /** In place of the observer before: of the broker that runs, its open connections included, and of later ones. */
  setObserver(observer: BrokerObserver): void {
    this.#observer = observer;
    if (this.broker !== undefined) this.broker.observer = observer;
  }

  /** Of the running broker. */
  get faults(): Faults | undefined {
    return this.#running?.opened.faults;
  }

  /** Takes effect at once, where the configuration file does not say otherwise. */
  setLimits(limits: Pick<BrokerLimits, 'maxPacketBytes' | 'maxConnections'>): void {
    const { maxPacketBytes, maxConnections } = { ...limits, ...this.#running?.fileLimits };
    this.broker?.setLimits({ maxPacketBytes, maxConnections });
  }

  /** For who connects from now on. Throws when the certificate or its key can't be used. */
  setTlsCertificate({ certificate, key }: { certificate: string; key: string }): void {
    this.#running?.opened.setKeptCertificate(certificate, key);
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
   * Disconnects every client and closes the listeners; does neither when stopped.
   *
   * @param keepState the next broker goes on with the retained messages and sessions of this one; with a folder for
   *   them it does in any case.
   */
  stop({ keepState }: { keepState: boolean }): Promise<void> {
    return this.#turns.take(async () => {
      if (this.#running !== undefined) await this.#stop(this.#running);
      if (!keepState) this.#persistence = new MemoryPersistence();
    });
  }

  async #stop({ opened }: Running): Promise<void> {
    this.#setState({ kind: 'stopping' });
    try {
      await this.#options.beforeStop();
    } finally {
      this.#running = undefined;
      await opened.stop().finally(() => this.#setState({ kind: 'stopped' }));
    }
  }

  async #start(params: StartBrokerParams): Promise<StartBrokerResult> {
    const effective = await effectiveConfiguration(params);
    if (effective.kind !== 'configuration') return effective;
    const { credentials } = params.choices ?? {};
    // Of its own each time: a broker elsewhere on this machine may know an earlier one.
    const clientId = `mqtt-workbench-${randomBytes(4).toString('hex')}`;
    const owner = { username: clientId, password: randomBytes(24).toString('base64url') };
    const result = await this.#open(withDoor(effective.configuration), owner, credentials, params.tls);
    if (result.kind !== 'opened') return startFailure(result, params, effective);
    const { opened } = result;
    const ownTls = opened.listeners[effective.configuration.listeners.findIndex(hasKeptCertificate)];
    const info: RunningBroker = {
      listeners: listenersOf(effective.configuration.listeners, opened.listeners),
      configuredPort: effective.configuredPort,
      startedAtMs: this.#options.clock.nowMs(),
      requiresCredentials: effective.requiresCredentials,
      ...(ownTls !== undefined && { ownTlsPort: ownTls.info.port }),
    };
    this.#running = { opened, info, fileLimits: effective.fileLimits };
    this.#options.onStarted(info, { url: doorUrl(opened.listeners), clientId, credentials: owner });
    this.#setState({ kind: 'running', broker: info });
    return { kind: 'started', broker: info, notices: opened.notices };
  }

  #open(
    configuration: BrokerConfiguration,
    owner: Credentials,
    credentials: Credentials | undefined,
    keptCertificate: ServerTls | undefined,
  ): ReturnType<typeof openBroker> {
    const { version, network, clock, onRefused, onFault, onAnnouncement } = this.#options;
    return openBroker(configuration, {
      version,
      network,
      clock,
      observer: this.#observer,
      onRefused,
      onFault,
      onAnnouncement,
      onAnnouncedAs: (name) => this.#announcedAs(name),
      // Its name is its client identifier: what a person looks with is not to go wrong.
      isExemptFromFaults: (clientId) => clientId === owner.username,
      owner,
      ...(credentials !== undefined && { credentials }),
      ...(keptCertificate !== undefined && { keptCertificate }),
      ...(configuration.persist === undefined && { persistence: this.#persistence }),
    });
  }

  /** Some time after the broker started, since the name is asked for first; and when it stops. */
  #announcedAs(name: string | undefined): void {
    const running = this.#running;
    // A broker that stops does not run again because its name came.
    if (running === undefined || this.#state.kind !== 'running') return;
    const { announcedAs: _before, ...info } = running.info;
    running.info = name === undefined ? info : { ...info, announcedAs: name };
    this.#setState({ kind: 'running', broker: running.info });
  }

  #setState(state: BrokerState): void {
    this.#state = state;
    this.#didChangeState.fire(state);
  }
}

/** Every configuration has one plain listener at least: another one, for the workbench alone, where it names none. */
function withDoor(configuration: BrokerConfiguration): BrokerConfiguration {
  const { listeners } = configuration;
  if (listeners.some(({ kind }) => kind === 'mqtt')) return configuration;
  const door = { kind: 'mqtt', host: '127.0.0.1', port: 0, anonymous: false } as const;
  return { ...configuration, listeners: [...listeners, door] };
}

function doorUrl(listeners: readonly Listener[]): string {
  const door = listeners.find(({ info }) => info.kind === 'mqtt');
  if (door === undefined) throw new Error('a broker opened without the listener of the workbench');
  return localUrlOf(door.info);
}

/** The main one first. Of those that are open, the ones that are configured come first: the workbench's is none of them. */
function listenersOf(
  configured: readonly ListenerConfiguration[],
  opened: readonly Listener[],
): ListenerInfo[] {
  const infos = configured.flatMap((listener, i) => {
    const { info } = opened[i] ?? {};
    return info === undefined ? [] : [listenerInfoOf(listener, info)];
  });
  const main = mainOf(infos);
  return main === undefined ? infos : [main, ...infos.filter((info) => info !== main)];
}

function listenerInfoOf(
  listener: ListenerConfiguration,
  { kind, host, port }: OpenListenerInfo,
): ListenerInfo {
  if (kind === 'unix') return { kind, path: host };
  const requiresClientCertificate = 'tls' in listener && listener.tls.clientCertificate === 'required';
  return { kind, host, port, ...(requiresClientCertificate && { requiresClientCertificate }) };
}

function startFailure(
  failure: OpenBrokerFailure,
  { configFile, tls }: StartBrokerParams,
  { configuration, configuredPort }: EffectiveConfiguration,
): StartBrokerResult {
  switch (failure.kind) {
    case 'portInUse': {
      const { host, port, owner, freePort } = failure;
      const isMain = mainOf(configuration.listeners)?.port === port;
      const isOwnTls = configuration.listeners.some(
        (listener) => hasKeptCertificate(listener) && 'port' in listener && listener.port === port,
      );
      return {
        kind: 'portInUse',
        host,
        port,
        ...(owner !== undefined && { owner }),
        ...(isMain && { instead: { freePort, configuredPort, choice: 'port' } }),
        ...(isOwnTls && { instead: { freePort, configuredPort: tls?.port ?? 0, choice: 'tlsPort' } }),
      };
    }
    case 'notPermitted':
    case 'addressNotAvailable': {
      const { kind, host, port } = failure;
      return { kind, host, port };
    }
    case 'failed': {
      if (configFile === undefined) return { kind: 'failed', message: failure.message };
      const message = describeOpenBrokerFailure(failure, `"${failure.setting}"`);
      return { kind: 'configurationProblem', file: configFile, message };
    }
  }
}

/** Where a client on this machine reaches a listener: one that is bound to every address, on the loopback. */
export function localUrlOf({ host, port }: Pick<OpenListenerInfo, 'host' | 'port'>): string {
  if (host === '0.0.0.0') return `mqtt://127.0.0.1:${port}`;
  if (host === '::') return `mqtt://[::1]:${port}`;
  return `mqtt://${hostAndPort(host, port)}`;
}
