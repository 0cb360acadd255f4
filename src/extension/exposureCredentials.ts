/**
 * User name and password of the exposed broker: kept in VS Code's SecretStorage, since the firmware has them too.
 *
 * Owns the key and the suggestion for a first password. What is stored is offered again, and never used unasked.
 */
import { randomInt } from 'node:crypto';
import type { SecretStorage } from 'vscode';
import type { Credentials } from '../contracts/engine.ts';

const KEY = 'mqttWorkbench.exposureCredentials';
/** Letters and digits that can't be mistaken for each other when typed into a firmware. */
const ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789';
const GROUPS = 3;
const CHARACTERS_PER_GROUP = 4;

export class ExposureCredentials {
  readonly #secrets: SecretStorage;

  constructor(secrets: SecretStorage) {
    this.#secrets = secrets;
  }

  /** Those of the last time, or fresh ones. */
  async suggest(): Promise<Credentials> {
    const stored = await this.#secrets.get(KEY);
    if (stored !== undefined) return JSON.parse(stored) as Credentials; // written below, by no one else
    return { username: 'board', password: generatePassword() };
  }

  async store(credentials: Credentials): Promise<void> {
    await this.#secrets.store(KEY, JSON.stringify(credentials));
  }
}

/** Sixty bits, in groups that are easy to read out. */
function generatePassword(): string {
  const group = (): string =>
    Array.from({ length: CHARACTERS_PER_GROUP }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return Array.from({ length: GROUPS }, group).join('-');
}
