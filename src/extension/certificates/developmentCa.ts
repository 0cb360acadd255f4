/**
 * The development CA of this person, and the broker's certificate that it signed: kept in VS Code's SecretStorage, made
 * when they are needed.
 *
 * Owns the keys under which they are kept. The CA's private key is read where something is signed, in this file, and
 * handed to nobody: what leaves is its certificate, and credentials that it signed. What makes certificates is loaded by
 * then (docs/decisions/0011). Knows VS Code's SecretStorage by its shape alone.
 */
import { hostname, networkInterfaces } from 'node:os';
import type { Clock } from '../../base/clock.ts';
import { Emitter, type Event } from '../../base/event.ts';
import { Turns } from '../../base/turns.ts';
import type { Credential } from '../../certificates/credential.ts';
import type { KeyKind } from '../../certificates/keys.ts';
import { type RenewalReason, whyRenew } from '../../certificates/renewal.ts';
import { type Machine, namesMissingIn, serverNames } from '../../certificates/serverNames.ts';

/** The part of VS Code's `SecretStorage` that is needed. */
export interface Secrets {
  get(key: string): PromiseLike<string | undefined>;
  store(key: string, value: string): PromiseLike<void>;
  delete(key: string): PromiseLike<void>;
}

/** VS Code's secret storage could not be read or written: a keyring that is locked, say. */
export class SecretsUnavailableError extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'SecretsUnavailableError';
  }
}

/** By its name: bundles that are loaded apart have a class of their own, and `instanceof` knows none of the others. */
export function isSecretsUnavailable(error: unknown): error is SecretsUnavailableError {
  return error instanceof Error && error.name === 'SecretsUnavailableError';
}

export interface AuthorityInfo {
  /** PEM. */
  certificate: string;
  keyKind: KeyKind;
}

export interface ServerCertificate {
  credential: Credential;
  authority: AuthorityInfo;
  /** By which clients may call this machine. */
  names: readonly string[];
  /** Why it was made just now; undefined when it was there. */
  renewed: RenewalReason | undefined;
  /** Those that the certificate before it lacked. */
  newNames: readonly string[];
}

/** As it is stored. */
interface StoredAuthority extends Credential {
  keyKind: KeyKind;
}

const AUTHORITY = 'mqttWorkbench.developmentCa';
const SERVER = 'mqttWorkbench.serverCertificate';

/** What browsers bear, and renewed a month before its end. */
const SERVER_LIFETIME_DAYS = 397;

export interface DevelopmentCaOptions {
  secrets: Secrets;
  clock: Clock;
  /** This computer, unless a test stands in for it. */
  machine?: () => Machine;
}

export class DevelopmentCa {
  readonly #secrets: Secrets;
  readonly #clock: Clock;
  readonly #machine: () => Machine;
  readonly #changed = new Emitter<void>();
  /** Two commands at once must not make two of anything. */
  readonly #turns = new Turns();

  /** It was made, or deleted. */
  readonly onDidChange: Event<void> = this.#changed.event;

  constructor({ secrets, clock, machine = thisMachine }: DevelopmentCaOptions) {
    this.#secrets = secrets;
    this.#clock = clock;
    this.#machine = machine;
  }

  /** Undefined while there is none. Throws SecretsUnavailableError, as all of these do. */
  async authority(): Promise<AuthorityInfo | undefined> {
    const stored = await this.#storedAuthority();
    return stored && { certificate: stored.certificate, keyKind: stored.keyKind };
  }

  /** The one that is there, or a new one. */
  create(keyKind: KeyKind, lifetimeDays: number): Promise<AuthorityInfo> {
    return this.#turns.take(async () => {
      const existing = await this.authority();
      if (existing !== undefined) return existing;
      const { createAuthority } = await import('../../certificates/authority.ts');
      const nowMs = this.#clock.nowMs();
      const created = await createAuthority({
        commonName: this.#authorityName(nowMs),
        keyKind,
        lifetimeDays,
        nowMs,
      });
      await this.#store(AUTHORITY, { ...created, keyKind } satisfies StoredAuthority);
      this.#changed.fire();
      return { certificate: created.certificate, keyKind };
    });
  }

  /** Whatever it signed is worth nothing from then on. */
  delete(): Promise<void> {
    return this.#turns.take(async () => {
      await this.#try(() => this.#secrets.delete(SERVER));
      await this.#try(() => this.#secrets.delete(AUTHORITY));
      this.#changed.fire();
    });
  }

  /** The broker's certificate, made anew where it has to be. Undefined while there is no CA. */
  server(): Promise<ServerCertificate | undefined> {
    return this.#turns.take(async () => {
      const authority = await this.#storedAuthority();
      if (authority === undefined) return undefined;
      const names = serverNames(this.#machine());
      const nowMs = this.#clock.nowMs();
      const stored = (await this.#read(SERVER)) as Credential | undefined; // written below, by no one else
      const renewed = whyRenew(stored?.certificate, authority.certificate, names, nowMs);
      const info = { certificate: authority.certificate, keyKind: authority.keyKind };
      if (stored !== undefined && renewed === undefined)
        return { credential: stored, authority: info, names, renewed, newNames: [] };
      const { issueServerCertificate } = await import('../../certificates/authority.ts');
      const credential = await issueServerCertificate(authority, names, {
        commonName: names[0] ?? 'localhost',
        keyKind: authority.keyKind,
        lifetimeDays: SERVER_LIFETIME_DAYS,
        nowMs,
      });
      await this.#store(SERVER, credential);
      const newNames = stored === undefined ? names : namesMissingIn(stored.certificate, names);
      return { credential, authority: info, names, renewed, newNames };
    });
  }

  /** For a device. Not kept: whoever asked for it has it. Undefined while there is no CA. */
  issueClient(commonName: string, keyKind: KeyKind, lifetimeDays: number): Promise<Credential | undefined> {
    return this.#turns.take(async () => {
      const authority = await this.#storedAuthority();
      if (authority === undefined) return undefined;
      const { issueClientCertificate } = await import('../../certificates/authority.ts');
      const nowMs = this.#clock.nowMs();
      return issueClientCertificate(authority, { commonName, keyKind, lifetimeDays, nowMs });
    });
  }

  /** Says whose it is and since when: no two have the same, or a board that knows both takes one for the other. */
  #authorityName(nowMs: number): string {
    const at = new Date(nowMs).toISOString().slice(0, 19).replace('T', ' ');
    return `MQTT Workbench CA ${this.#machine().hostName.slice(0, 20)} ${at}`;
  }

  async #storedAuthority(): Promise<StoredAuthority | undefined> {
    return (await this.#read(AUTHORITY)) as StoredAuthority | undefined; // written above, by no one else
  }

  async #read(key: string): Promise<unknown> {
    const stored = await this.#try(() => this.#secrets.get(key));
    return stored === undefined ? undefined : JSON.parse(stored);
  }

  /** Reads it back: a storage that forgets at once would make a new CA with each command. */
  async #store(key: string, value: object): Promise<void> {
    const text = JSON.stringify(value);
    await this.#try(() => this.#secrets.store(key, text));
    if ((await this.#try(() => this.#secrets.get(key))) !== text)
      throw new SecretsUnavailableError('what was stored is not there when it is read again');
  }

  async #try<T>(access: () => PromiseLike<T>): Promise<T> {
    try {
      return await access();
    } catch (error) {
      throw new SecretsUnavailableError(error);
    }
  }
}

function thisMachine(): Machine {
  return { interfaces: networkInterfaces(), hostName: hostname() };
}
