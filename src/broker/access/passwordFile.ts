/**
 * Users and their passwords, in the format of mosquitto_passwd: one `name:hash` a line.
 *
 * Two kinds of hash: `$7$<iterations>$<salt>$<hash>`, PBKDF2 with SHA-512, and `$6$<salt>$<hash>`, salted SHA-512, as
 * mosquitto before 2.0 made it. Salt and hash are Base64. Where mosquitto drops a line that it can't read, this says
 * which: a user who is silently missing costs a day.
 */
import { createHash, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { fileLines } from './fileLines.ts';
import type { FileProblem } from './fileProblem.ts';

type PasswordHash =
  | { kind: 'pbkdf2Sha512'; iterations: number; salt: Buffer; hash: Buffer }
  | { kind: 'sha512'; salt: Buffer; hash: Buffer };

const SHA512_BYTES = 64;
const MAX_ITERATIONS = 10_000_000;
const deriveKey = promisify(pbkdf2);

export type PasswordFileResult = { kind: 'parsed'; passwords: PasswordFile } | FileProblem;

export class PasswordFile {
  readonly #hashes: ReadonlyMap<string, PasswordHash>;
  /** For names that are not in the file: to refuse them takes as long as to refuse a wrong password. */
  readonly #decoy: PasswordHash;

  private constructor(hashes: ReadonlyMap<string, PasswordHash>) {
    this.#hashes = hashes;
    const [first] = hashes.values();
    this.#decoy = {
      ...(first ?? { kind: 'sha512', salt: randomBytes(12) }),
      hash: randomBytes(SHA512_BYTES),
    };
  }

  /** @param file the name to say in a problem. */
  static parse(text: string, file: string): PasswordFileResult {
    const hashes = new Map<string, PasswordHash>();
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
      if (hashes.has(username)) return problem(`the user "${username}" is in this file already`);
      const hash = parseHash(line.slice(colon + 1).trim());
      if (typeof hash === 'string') return problem(hash);
      hashes.set(username, hash);
    }
    return { kind: 'parsed', passwords: new PasswordFile(hashes) };
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

async function hashOf(password: Uint8Array, like: PasswordHash): Promise<Buffer> {
  switch (like.kind) {
    case 'pbkdf2Sha512':
      return deriveKey(password, like.salt, like.iterations, SHA512_BYTES, 'sha512');
    case 'sha512':
      return createHash('sha512').update(password).update(like.salt).digest();
  }
}

/** A string says what is wrong. */
function parseHash(text: string): PasswordHash | string {
  if (text === '') return 'there is no password: add one with mosquitto_passwd';
  const fields = text.split('$');
  if (fields[0] !== '') {
    return 'the password is not hashed: mosquitto_passwd -U hashes a file of plain passwords in place';
  }
  switch (fields[1]) {
    case '7':
      return parsePbkdf2(fields);
    case '6':
      return parseSha512(fields);
    default:
      return `the hash is of the kind $${fields[1]}$; known are $7$ and $6$: make it with mosquitto_passwd -H sha512-pbkdf2`;
  }
}

function parsePbkdf2([, , iterationsText, saltText, hashText, ...rest]: string[]): PasswordHash | string {
  const iterations = Number(iterationsText);
  if (!Number.isInteger(iterations) || iterations < 1 || iterations > MAX_ITERATIONS)
    return `the iterations of the hash are "${iterationsText}", must be a whole number from 1 to ${MAX_ITERATIONS}`;
  const salt = parseBase64(saltText);
  const hash = parseBase64(hashText);
  if (salt === undefined || hash?.length !== SHA512_BYTES || rest.length > 0)
    return 'the hash is damaged: a $7$ hash is $7$<iterations>$<salt>$<hash of 64 bytes>, in Base64';
  return { kind: 'pbkdf2Sha512', iterations, salt, hash };
}

function parseSha512([, , saltText, hashText, ...rest]: string[]): PasswordHash | string {
  const salt = parseBase64(saltText);
  const hash = parseBase64(hashText);
  if (salt === undefined || hash?.length !== SHA512_BYTES || rest.length > 0)
    return 'the hash is damaged: a $6$ hash is $6$<salt>$<hash of 64 bytes>, in Base64';
  return { kind: 'sha512', salt, hash };
}

/** Undefined for what is not Base64, or empty. Node itself reads over anything. */
function parseBase64(text: string | undefined): Buffer | undefined {
  if (text === undefined || text === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.length % 4 !== 0)
    return undefined;
  return Buffer.from(text, 'base64');
}
