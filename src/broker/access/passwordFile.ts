/**
 * Users and their passwords, in the format of mosquitto_passwd: one `name:hash` a line.
 *
 * A user may have two lines: a hash as mosquitto has it (passwordHash.ts), and a credential for SCRAM-SHA-256
 * (scramCredential.ts), which mosquitto reads over and names in its log. Where mosquitto drops a line that it can't
 * read, this says which: a user who is silently missing costs a day.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { fileLines } from './fileLines.ts';
import type { FileProblem } from './fileProblem.ts';
import { hashOf, type PasswordHash, parsePasswordHash, SHA512_BYTES } from './passwordHash.ts';
import type { ScramUsers } from './scram.ts';
import { parseScramCredential, SCRAM_PREFIX, type ScramCredential, sha256 } from './scramCredential.ts';
import { scramUsersOf } from './scramUsers.ts';

export type PasswordFileResult = { kind: 'parsed'; passwords: PasswordFile } | FileProblem;

export class PasswordFile {
  readonly #hashes: ReadonlyMap<string, PasswordHash>;
  /** Undefined when no user has a credential for it. */
  readonly scramUsers: ScramUsers | undefined;
  /** For names that are not in the file: to refuse them takes as long as to refuse a wrong password. */
  readonly #decoy: PasswordHash;

  private constructor(hashes: ReadonlyMap<string, PasswordHash>, scramUsers: ScramUsers | undefined) {
    this.#hashes = hashes;
    this.scramUsers = scramUsers;
    const [first] = hashes.values();
    this.#decoy = {
      ...(first ?? { kind: 'sha512', salt: randomBytes(12) }),
      hash: randomBytes(SHA512_BYTES),
    };
  }

  /** @param file the name to say in a problem. */
  static parse(text: string, file: string): PasswordFileResult {
    const hashes = new Map<string, PasswordHash>();
    const credentials = new Map<string, ScramCredential>();
    for (const [index, line] of fileLines(text).entries()) {
      if (line.trim() === '' || line.startsWith('#')) continue;
      const problem = (message: string): FileProblem => ({
        kind: 'fileProblem',
        file,
        line: index + 1,
        message,
      });
      const colon = line.indexOf(':');
      const username = line.slice(0, colon).trim();
      if (colon === -1 || username === '')
        return problem('a line is <user name>:<hash>, as mosquitto_passwd writes it');
      const hash = parseHash(line.slice(colon + 1).trim());
      if (typeof hash === 'string') return problem(hash);
      if ((hash.kind === 'scram' ? credentials : hashes).has(username)) return problem(twice(username));
      if (hash.kind === 'scram') credentials.set(username, hash.credential);
      else hashes.set(username, hash);
    }
    // The file's own hashes are a secret, and last as long as its salts.
    const scramUsers = scramUsersOf(credentials, sha256(Buffer.from(text)));
    return { kind: 'parsed', passwords: new PasswordFile(hashes, scramUsers) };
  }

  get usernames(): readonly string[] {
    return [...this.#hashes.keys()];
  }

  /** Hashes on Node's thread pool: a flood of guesses does not hold up the broker. */
  async verify(username: string, password: Uint8Array): Promise<boolean> {
    const known = this.#hashes.get(username);
    const expected = known ?? this.#decoy;
    const actual = await hashOf(password, expected);
    return timingSafeEqual(actual, expected.hash) && known !== undefined;
  }
}

type Hash = { kind: 'scram'; credential: ScramCredential } | PasswordHash;

/** A string says what is wrong. */
function parseHash(text: string): Hash | string {
  if (text === '') return 'there is no password: add one with passwd';
  const fields = text.split('$');
  if (fields[0] !== '') {
    return 'the password is not hashed: remove the line and set the password with passwd, or let mosquitto_passwd -U hash the whole file';
  }
  if (!text.startsWith(SCRAM_PREFIX)) return parsePasswordHash(fields);
  const credential = parseScramCredential(fields);
  return typeof credential === 'string' ? credential : { kind: 'scram', credential };
}

/** mosquitto_passwd makes two lines with one password of a user's two lines. */
function twice(username: string): string {
  return `the user "${username}" is in this file already: remove one of the lines, or set the password with passwd`;
}
