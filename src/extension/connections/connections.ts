/**
 * The connections as the extension knows them: each profile with how its broker stands, and brokers whose profile is gone.
 *
 * Follows the engine's events, and forgets with an engine that died. Knows nothing of VS Code, and says nothing in words.
 */
import { Emitter, type Event } from '../../base/event.ts';
import { withSecret } from '../../contracts/addressSecrets.ts';
import type { ConnectionId } from '../../contracts/connections.ts';
import type {
  ConnectBrokerResult,
  RemoteBroker,
  RemoteBrokerParams,
  RemoteBrokerState,
} from '../../contracts/remoteBrokers.ts';
import { keptContent, type TlsContents } from '../../contracts/tlsFiles.ts';
import type { EngineClient } from '../engineClient.ts';
import type { Secrets } from './profileSecrets.ts';
import { type ConnectionProfile, clientIdOf, type ProfileTls } from './profiles.ts';

export type ConnectionState =
  | RemoteBrokerState
  | { kind: 'connecting' }
  /** Its profile is of a workspace that is not trusted. */
  | { kind: 'untrusted' }
  /** It has not been connected since the engine started; `message`: the last try came to nothing. */
  | { kind: 'off'; message?: string };

export interface Connection {
  name: string;
  /** Undefined where it is gone from the settings. */
  profile: ConnectionProfile | undefined;
  state: ConnectionState;
  /** Once it has been connected. */
  broker: RemoteBroker | undefined;
}

export interface ConnectionsOptions {
  engine: EngineClient;
  profiles(): readonly ConnectionProfile[];
  onDidChangeProfiles: Event<void>;
  /** For `{user}` in client ids. */
  userName: string;
  /** A few digits, another at each call. */
  randomDigits(): string;
}

export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #changed = new Emitter<void>();
  /** By profile, the newest try. */
  readonly #connecting = new Map<string, symbol>();
  /** Why the last try came to nothing, by profile. */
  readonly #failures = new Map<string, string>();
  /** For `{random}`, by profile: the same as long as the window is open, so that a lost connection is replaced. */
  readonly #random = new Map<string, string>();
  #brokers: readonly RemoteBroker[] = [];
  /** Until both the engine and the settings have the new name: a connection is never without its profile meanwhile. */
  #renaming: { from: string; to: string; isWriting: boolean } | undefined;

  /** At most as often as the engine tells. */
  readonly onDidChange: Event<void> = this.#changed.event;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
    const { engine } = options;
    options.onDidChangeProfiles(() => {
      this.#endRenaming();
      this.#changed.fire();
    });
    engine.on('remoteBrokersChanged', (brokers) => this.#setBrokers(brokers));
    engine.onDied(() => this.#setBrokers([]));
  }

  /** In the order of the settings; those whose profile is gone come last. */
  get all(): readonly Connection[] {
    const profiles = this.#options.profiles();
    const known = new Set(profiles.map(({ name }) => name));
    const orphans = this.#brokers.map((broker) => this.#nameOf(broker)).filter((name) => !known.has(name));
    return [
      ...profiles.map((profile) => this.#connectionOf(profile.name, profile)),
      ...orphans.map((name) => this.#connectionOf(name, undefined)),
    ];
  }

  /** Those that messages can be published to and come from now. */
  get connected(): readonly (Connection & { broker: RemoteBroker })[] {
    return this.all.flatMap((connection) => {
      const { broker } = connection;
      return broker?.state.kind === 'connected' ? [{ ...connection, broker }] : [];
    });
  }

  /** Those that take what is published: connected, or away where the profile lets messages wait. */
  get publishTargets(): readonly (Connection & { broker: RemoteBroker })[] {
    return this.all.flatMap((connection) => {
      const { broker, profile, state } = connection;
      const mayWait = state.kind === 'waiting' && profile?.whileOffline === 'queue';
      return broker !== undefined && (state.kind === 'connected' || mayWait)
        ? [{ ...connection, broker }]
        : [];
    });
  }

  /** Those that have topics and messages, connected or not. */
  get brokers(): readonly RemoteBroker[] {
    return this.#brokers;
  }

  with(connection: ConnectionId | undefined): Connection | undefined {
    const broker = this.#brokers.find((each) => each.connection === connection);
    return broker && this.named(this.#nameOf(broker));
  }

  named(name: string): Connection | undefined {
    return this.all.find((connection) => connection.name === name);
  }

  async connect(profile: ConnectionProfile, secrets: Secrets): Promise<ConnectBrokerResult> {
    const { name } = profile;
    const own = Symbol(name);
    this.#connecting.set(name, own);
    this.#failures.delete(name);
    this.#changed.fire();
    try {
      const result = await this.#options.engine.call('connectBroker', this.paramsOf(profile, secrets));
      // One that was called off, or that a newer one took the place of, has not failed.
      const isCalledOff = result.kind === 'failed' && result.fault?.code === 'ABORTED';
      if ('message' in result && !isCalledOff && this.#connecting.get(name) === own)
        this.#failures.set(name, result.message);
      if (result.kind === 'connected') await this.#refresh();
      return result;
    } finally {
      if (this.#connecting.get(name) === own) this.#connecting.delete(name);
      this.#changed.fire();
    }
  }

  /** Also gives up one that is being made. */
  async disconnect(name: string): Promise<void> {
    await this.#options.engine.callIfRunning('disconnectBroker', { profileId: name });
    await this.#refresh();
  }

  /**
   * For a profile that is given another name: its connection goes on under that, and its topics stay. `connecting`: not while
   * it is being made. `taken`: another one has that name, of which the profile is gone.
   * @param write puts the new name into the settings; where that fails, all is as it was.
   */
  async rename(
    from: string,
    to: string,
    write: () => Promise<void>,
  ): Promise<'renamed' | 'connecting' | 'taken'> {
    const has = (name: string): boolean => this.#brokers.some(({ profileId }) => profileId === name);
    if (has(to)) return 'taken';
    if (this.#connecting.has(from)) return 'connecting';
    const isKnown = has(from);
    const renaming = { from, to, isWriting: true };
    this.#renaming = renaming;
    try {
      if (isKnown && !(await this.#renameBroker(from, to))) {
        this.#renaming = undefined;
        return 'connecting';
      }
      await write();
    } catch (error) {
      try {
        if (isKnown) await this.#renameBroker(to, from);
      } finally {
        this.#renaming = undefined;
        this.#changed.fire();
      }
      throw error;
    }
    renaming.isWriting = false;
    this.#endRenaming();
    this.#changed.fire();
    return 'renamed';
  }

  async #renameBroker(from: string, to: string): Promise<boolean> {
    const { engine } = this.#options;
    if (!(await engine.callIfRunning('renameBroker', { profileId: from, name: to }))) return false;
    // The client id that it is connected with stays.
    for (const values of [this.#random, this.#failures]) moveKey(values, from, to);
    await this.#refresh();
    return true;
  }

  #endRenaming(): void {
    const renaming = this.#renaming;
    if (renaming === undefined || renaming.isWriting) return;
    if (this.#options.profiles().some(({ name }) => name === renaming.to)) this.#renaming = undefined;
  }

  /** Of its profile, as the settings have it now. */
  #nameOf({ profileId }: RemoteBroker): string {
    const renaming = this.#renaming;
    if (renaming === undefined) return profileId;
    const { from, to } = renaming;
    if (profileId !== from && profileId !== to) return profileId;
    return this.#options.profiles().some(({ name }) => name === to) ? to : from;
  }

  /** Its topics and messages go. */
  async forget(name: string): Promise<void> {
    this.#failures.delete(name);
    await this.#options.engine.callIfRunning('forgetBroker', { profileId: name });
    await this.#refresh();
  }

  /** The event follows later; what asks now must find the broker as it was just made, or left. */
  async #refresh(): Promise<void> {
    const brokers = await this.#options.engine.callIfRunning('remoteBrokers', {});
    if (brokers !== undefined) this.#setBrokers(brokers);
  }

  #connectionOf(name: string, profile: ConnectionProfile | undefined): Connection {
    const broker = this.#brokers.find((each) => this.#nameOf(each) === name);
    const isUntrusted = profile?.isTrusted === false;
    return {
      name,
      profile,
      broker,
      state: isUntrusted ? { kind: 'untrusted' } : this.#stateOf(name, broker),
    };
  }

  #stateOf(name: string, broker: RemoteBroker | undefined): ConnectionState {
    if (this.#connecting.has(name)) return { kind: 'connecting' };
    const message = this.#failures.get(name);
    const isOff = broker === undefined || broker.state.kind === 'disconnected';
    if (isOff && message !== undefined) return { kind: 'off', message };
    return broker?.state ?? { kind: 'off' };
  }

  #setBrokers(brokers: readonly RemoteBroker[]): void {
    this.#brokers = brokers;
    this.#changed.fire();
  }

  /**
   * What the engine is asked for, and the one way to it: what is not trusted does not take it. `{random}` is the same at each
   * call.
   */
  paramsOf(profile: ConnectionProfile, secrets: Secrets): RemoteBrokerParams {
    if (!profile.isTrusted) throw new Error(`${profile.name} is of a workspace that is not trusted`);
    const { name, url, protocolVersion, cleanStart, keepAliveSeconds, username, will, readOnly } = profile;
    const { sessionExpiryIntervalSeconds, connectProperties, headers, subprotocol, subscriptions } = profile;
    const { keptFiles, ...tls } = profile.tls;
    const { requestSecret = '' } = secrets;
    const { userProperties } = connectProperties ?? {};
    const { whileOffline, proxy } = profile;
    const { userName, randomDigits } = this.#options;
    const random = this.#random.get(name) ?? randomDigits();
    this.#random.set(name, random);
    return {
      ...{
        profileId: name,
        name,
        url: withSecret(url, requestSecret),
        protocolVersion,
        cleanStart,
        keepAliveSeconds,
        subscriptions,
        readOnly,
        whileOffline,
      },
      clientId: clientIdOf(profile.clientId, { user: userName, random }),
      ...(sessionExpiryIntervalSeconds !== undefined && { sessionExpiryIntervalSeconds }),
      ...(connectProperties !== undefined && {
        connectProperties: {
          ...connectProperties,
          ...(userProperties !== undefined && { userProperties: filled(userProperties, requestSecret) }),
        },
      }),
      ...(username !== undefined && { username }),
      ...(secrets.password && { password: secrets.password }),
      ...(headers !== undefined && {
        headers: Object.fromEntries(filled(Object.entries(headers), requestSecret)),
      }),
      ...(subprotocol !== undefined && { subprotocol }),
      ...(will !== undefined && { will }),
      tls: {
        ...tls,
        ...(keptFiles !== undefined && { contents: contentsOf(keptFiles, secrets) }),
        ...(secrets.passphrase && { passphrase: secrets.passphrase }),
      },
      ...(proxy !== undefined && {
        proxy: { ...proxy, ...(secrets.proxyPassword && { password: secrets.proxyPassword }) },
      }),
    };
  }
}

function moveKey<V>(values: Map<string, V>, from: string, to: string): void {
  const value = values.get(from);
  values.delete(from);
  if (value !== undefined) values.set(to, value);
}

/** What is not there is empty: the engine says so, where without it another authority would be asked. */
function contentsOf(names: NonNullable<ProfileTls['keptFiles']>, { files }: Secrets): TlsContents {
  return Object.fromEntries(names.map((name) => [name, files?.[name] ?? '']));
}

/** Of headers, or of user properties: the secret in place of what stands for it. */
function filled(
  pairs: readonly (readonly [name: string, value: string])[],
  secret: string,
): (readonly [name: string, value: string])[] {
  return pairs.map(([name, value]) => [name, value.replaceAll(keptContent, () => secret)]);
}
