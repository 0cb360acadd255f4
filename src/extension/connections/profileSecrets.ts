/**
 * What a profile keeps secret: in VS Code's SecretStorage, read when it connects, and nowhere else.
 *
 * Owns the keys and the shape under them.
 */
import type { SecretStorage } from 'vscode';
import type { TlsContents } from '../../contracts/tlsFiles.ts';
import {
  type ConnectionProfile,
  hasClientKey,
  needsRequestSecret,
  type SecretOwner,
  secretKeyOf,
} from './profiles.ts';

/** An empty text was given: there is none. Undefined: it was not asked for yet. */
export interface SecretTexts {
  password?: string;
  /** Of the client's key. */
  passphrase?: string;
  /** Of the proxy's user. */
  proxyPassword?: string;
  /** What `{secret}` stands for in a header or the address of a WebSocket, or in a user property of the CONNECT. */
  requestSecret?: string;
}

export interface Secrets extends SecretTexts {
  /** Of the files for TLS that the profile has `{secret}` for. */
  files?: TlsContents;
}

/** Those that the profile has a place for: nothing else of them is to be kept, or used. */
export function secretsFor(profile: ConnectionProfile, secrets: Secrets): Secrets {
  const { password, passphrase, proxyPassword, requestSecret, files = {} } = secrets;
  const { username, proxy, tls } = profile;
  const used = (tls.keptFiles ?? []).flatMap((name) => {
    const content = files[name];
    return content === undefined ? [] : [[name, content] as const];
  });
  return {
    ...(password !== undefined && username !== undefined && { password }),
    ...(passphrase !== undefined && hasClientKey(profile) && { passphrase }),
    ...(proxyPassword !== undefined && proxy?.username !== undefined && { proxyPassword }),
    ...(requestSecret !== undefined && needsRequestSecret(profile) && { requestSecret }),
    ...(used.length > 0 && { files: Object.fromEntries(used) }),
  };
}

export class ProfileSecrets {
  readonly #storage: SecretStorage;

  constructor(storage: SecretStorage) {
    this.#storage = storage;
  }

  async of(owner: SecretOwner): Promise<Secrets> {
    const stored = await this.#storage.get(secretKeyOf(owner));
    return stored === undefined ? {} : (JSON.parse(stored) as Secrets); // written below, by no one else
  }

  async store(profile: ConnectionProfile, secrets: Secrets): Promise<void> {
    await this.#storage.store(secretKeyOf(profile), JSON.stringify(secrets));
  }

  async forget(owner: SecretOwner): Promise<void> {
    await this.#storage.delete(secretKeyOf(owner));
  }
}
