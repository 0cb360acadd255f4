/**
 * The local broker as the extension knows it: its state, and what a person may do with it.
 *
 * One operation at a time: a restart never meets a start halfway. What the person chose over the settings (another
 * port, an exposure) lasts until the broker is stopped. Each operation takes what was answered to the attempt before
 * it (use another port; yes, expose): an attempt knows all that it is to do, whatever came between. Knows nothing of
 * VS Code and says nothing in words: results travel up as kinds.
 */
import { Emitter, type Event } from '../base/event.ts';
import { isLoopback } from '../base/networkAddress.ts';
import { Turns } from '../base/turns.ts';
import type {
  BrokerState,
  Credentials,
  LaunchChoices,
  PublishParams,
  PublishResult,
  ServerTls,
  StartBrokerResult,
  SubscriptionInfo,
} from '../contracts/engine.ts';
import { mainListener } from './brokerAddress.ts';
import type { EngineClient } from './engineClient.ts';
import type { Settings } from './settings.ts';

/** The person's answers to what kept the attempt before from a broker that runs. */
export type Answers = Omit<LaunchChoices, 'credentials'>;

/** What a TLS listener of the workbench's own needs, or in one sentence why it can't be had. */
export type PreparedTls = { kind: 'tls'; tls: ServerTls } | { kind: 'noCertificate'; message: string };

export type LaunchResult = StartBrokerResult | Extract<PreparedTls, { kind: 'noCertificate' }>;

/** Undefined takes a choice back. */
type ChangedChoices = { [Name in keyof LaunchChoices]: LaunchChoices[Name] | undefined };

interface RestartOptions {
  keepState: boolean;
  /** What the workbench is subscribed to now, unless given. */
  subscriptions?: readonly SubscriptionInfo[];
}

const ALL_INTERFACES = '0.0.0.0';
const THIS_MACHINE = '127.0.0.1';

export class LocalBroker {
  readonly #engine: EngineClient;
  readonly #settings: () => Settings;
  readonly #prepareTls: () => Promise<PreparedTls>;
  readonly #stateChanged = new Emitter<BrokerState>();
  readonly #subscriptionsChanged = new Emitter<readonly SubscriptionInfo[]>();
  #state: BrokerState = { kind: 'stopped' };
  #subscriptions: readonly SubscriptionInfo[] = [];
  #choices: LaunchChoices = {};
  /** PEM, of the listener whose certificate is in no file. */
  #tlsCertificate: string | undefined;
  readonly #turns = new Turns();
  /** Of a broker that ended with its engine: what `recover` brings back. */
  #lost: { subscriptions: readonly SubscriptionInfo[] } | undefined;

  readonly onDidChangeState: Event<BrokerState> = this.#stateChanged.event;
  readonly onDidChangeSubscriptions: Event<readonly SubscriptionInfo[]> = this.#subscriptionsChanged.event;

  /** @param prepareTls asked at each launch for which the settings have TLS on. */
  constructor(engine: EngineClient, settings: () => Settings, prepareTls: () => Promise<PreparedTls>) {
    this.#engine = engine;
    this.#settings = settings;
    this.#prepareTls = prepareTls;
    engine.on('brokerState', (state) => this.#setState(state));
    engine.on('subscriptionsChanged', (subscriptions) => this.#setSubscriptions(subscriptions));
    engine.onDied(() => {
      // Lost already: it died again while the broker was brought back.
      if (this.#state.kind !== 'stopped') this.#lost ??= { subscriptions: this.#subscriptions };
      this.#setSubscriptions([]);
      this.#setState({ kind: 'stopped' });
    });
  }

  /** Who may connect, and from where, is in a file: see `StartBrokerResult`'s `wouldExpose`. */
  get hasConfigurationFile(): boolean {
    return this.#settings().configFile !== undefined;
  }

  /** That clients must give, where it was chosen with an exposure; those of a configuration file are not known here. */
  get chosenUsername(): string | undefined {
    return this.#choices.credentials?.username;
  }

  get state(): BrokerState {
    return this.#state;
  }

  /** What the workbench itself is subscribed to. */
  get subscriptions(): readonly SubscriptionInfo[] {
    return this.#subscriptions;
  }

  /** With the settings alone. A broker that runs already stays as it is. */
  start(answers: Answers = {}): Promise<LaunchResult> {
    return this.#turns.take(async () => {
      if (this.#state.kind !== 'running') this.#choices = answers;
      return this.#launch();
    });
  }

  /** Retained messages and sessions go with it, unless the configuration file names a folder for them. */
  stop(): Promise<void> {
    return this.#turns.take(async () => {
      await this.#engine.callIfRunning('stopBroker', { keepState: false });
      this.#choices = {};
      this.#lost = undefined;
      this.#setState({ kind: 'stopped' });
    });
  }

  /** A clean broker, with what was chosen before. Subscriptions of the workbench come back, and nothing else. */
  restart(answers: Answers = {}): Promise<LaunchResult> {
    return this.#turns.take(() => this.#restart(answers, { keepState: false }));
  }

  /** With the TLS settings as they are now. Retained messages and sessions stay. */
  restartForTls(answers: Answers = {}): Promise<LaunchResult> {
    const changes = { withoutTls: undefined, ...answers };
    return this.#turns.take(() => this.#restart(changes, { keepState: true }));
  }

  /** Listens on every interface of the machine, until `stop` or `stopExposing`. Retained messages and sessions stay. */
  expose(credentials: Credentials | undefined, answers: Answers = {}): Promise<LaunchResult> {
    const changes = { host: ALL_INTERFACES, credentials, ...answers };
    return this.#turns.take(() => this.#restart(changes, { keepState: true }));
  }

  /** Retained messages and sessions stay. */
  stopExposing(answers: Answers = {}): Promise<LaunchResult> {
    return this.#turns.take(() => {
      const { host, configFile } = this.#settings();
      // Over the settings only where they expose: else a host that is set later would have no effect.
      const mayBeExposed = configFile !== undefined || !isLoopback(host);
      const changes = { host: mayBeExposed ? THIS_MACHINE : undefined, credentials: undefined, ...answers };
      return this.#restart(changes, { keepState: true });
    });
  }

  /** A broker ended with its engine, and `recover` can bring it back. */
  get isLost(): boolean {
    return this.#lost !== undefined;
  }

  /** Starts the broker that was lost, as it was chosen, with the workbench's subscriptions. */
  recover(answers: Answers = {}): Promise<LaunchResult> {
    return this.#turns.take(() => {
      // The offer stood until another broker had been started: that one is left alone.
      if (this.#lost === undefined) return this.#launch();
      const { subscriptions } = this.#lost;
      return this.#restart(answers, { keepState: false, subscriptions });
    });
  }

  async publish(params: PublishParams): Promise<PublishResult> {
    // A copy of just these bytes, handed over: cloning a view would send the whole buffer that it looks into.
    const payload = new Uint8Array(params.payload);
    return this.#engine.call('publish', { ...params, payload }, [payload.buffer]);
  }

  /** Limits take effect at once; host and port at the next start. */
  async applyLimits(): Promise<void> {
    await this.#engine.callIfRunning('setLimits', this.#settings().limits);
  }

  /** What the TLS listener of the workbench's own shows, PEM. */
  get tlsCertificate(): string | undefined {
    return this.#tlsCertificate;
  }

  /** Another certificate for who connects from now on. */
  async setTlsCertificate(credential: Pick<ServerTls, 'certificate' | 'key'>): Promise<void> {
    const { certificate, key } = credential;
    await this.#engine.callIfRunning('setTlsCertificate', { certificate, key });
    this.#tlsCertificate = certificate;
  }

  async #restart(
    changes: ChangedChoices,
    { keepState, subscriptions = this.#subscriptions }: RestartOptions,
  ): Promise<LaunchResult> {
    await this.#engine.callIfRunning('stopBroker', { keepState });
    this.#choices = changed(this.#choices, changes);
    const result = await this.#launch();
    await this.#resubscribe(subscriptions);
    return result;
  }

  async #launch(): Promise<LaunchResult> {
    const { host, port, limits, configFile, tls, announce } = this.#settings();
    this.#setState({ kind: 'starting' });
    try {
      const wantsTls = tls.isOn && this.#choices.withoutTls !== true;
      const prepared = wantsTls ? await this.#prepareTls() : undefined;
      if (prepared?.kind === 'noCertificate') {
        this.#setState({ kind: 'stopped' });
        return prepared;
      }
      const result = await this.#engine.call('startBroker', {
        host,
        port,
        limits,
        ...(announce && { announce }),
        ...(configFile !== undefined && { configFile }),
        ...(prepared !== undefined && { tls: prepared.tls }),
        choices: this.#choices,
      });
      const isUp = result.kind === 'started' || result.kind === 'alreadyRunning';
      this.#setState(isUp ? { kind: 'running', broker: result.broker } : { kind: 'stopped' });
      if (isUp) {
        this.#lost = undefined;
        if (result.kind === 'started') this.#tlsCertificate = prepared?.tls.certificate;
        // A restart must not move a broker that took a free port: a board has the address by now.
        const listener = mainListener(this.#state);
        if (listener) {
          const port = { use: listener.port, insteadOf: result.broker.configuredPort };
          this.#choices = { ...this.#choices, port };
        }
        const { ownTlsPort } = result.broker;
        if (ownTlsPort !== undefined && prepared !== undefined)
          this.#choices = {
            ...this.#choices,
            tlsPort: { use: ownTlsPort, insteadOf: prepared.tls.port },
          };
      }
      return result;
    } catch (error) {
      this.#setState({ kind: 'stopped' });
      throw error;
    }
  }

  async #resubscribe(subscriptions: readonly SubscriptionInfo[]): Promise<void> {
    if (this.#state.kind !== 'running' || subscriptions.length === 0) return;
    const kept = new Set((await this.#engine.call('listSubscriptions', {})).map((s) => s.topicFilter));
    for (const { messageCount: _before, isMuted = false, requestedQos, ...subscription } of subscriptions) {
      const { topicFilter, qos } = subscription;
      if (kept.has(topicFilter)) continue;
      await this.#engine.call('subscribe', { ...subscription, qos: requestedQos ?? qos });
      if (isMuted) await this.#engine.call('muteSubscription', { topicFilter, isMuted });
    }
  }

  #setState(state: BrokerState): void {
    const before = this.#state;
    this.#state = state;
    // The engine's event and the answer to a request both tell: once is enough.
    if (JSON.stringify(before) !== JSON.stringify(state)) this.#stateChanged.fire(state);
  }

  #setSubscriptions(subscriptions: readonly SubscriptionInfo[]): void {
    this.#subscriptions = subscriptions;
    this.#subscriptionsChanged.fire(subscriptions);
  }
}

function changed(choices: LaunchChoices, changes: ChangedChoices): LaunchChoices {
  const entries = Object.entries({ ...choices, ...changes }).filter(([, choice]) => choice !== undefined);
  return Object.fromEntries(entries); // each is of one or the other, under its own name
}
