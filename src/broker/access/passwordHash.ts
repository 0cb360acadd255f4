/**
 * Hashes of passwords as mosquitto_passwd writes them, and as mosquitto reads them.
 *
 * Two kinds: `$7$<iterations>$<salt>$<hash>`, PBKDF2 with SHA-512, and `$6$<salt>$<hash>`, salted SHA-512, as mosquitto
 * before 2.0 made it. Salt and hash are Base64.
 */
import { createHash, pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { base64Bytes } from './base64.ts';

export type PasswordHash =
  | { kind: 'pbkdf2Sha512'; iterations: number; salt: Buffer; hash: Buffer }
  | { kind: 'sha512'; salt: Buffer; hash: Buffer };

export const SHA512_BYTES = 64;
const MAX_ITERATIONS = 10_000_000;
/** mosquitto 2.0 takes no other. */
const SALT_BYTES = 12;
/**
 * Ten milliseconds of a core for each login: mosquitto, which hashes on its only thread, goes on well with it, and a
 * thousand devices that come back at once are in again after a few seconds. mosquitto_passwd takes 101.
 */
const ITERATIONS = 10_000;
const deriveKey = promisify(pbkdf2);

/** A new `$7$` hash with a salt of chance, as it stands in a users file. */
export async function makePasswordHash(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await deriveKey(password, salt, ITERATIONS, SHA512_BYTES, 'sha512');
  return `$7$${ITERATIONS}$${salt.toString('base64')}$${hash.toString('base64')}`;
}

export async function hashOf(password: Uint8Array, like: PasswordHash): Promise<Buffer> {
  switch (like.kind) {
    case 'pbkdf2Sha512':
      return deriveKey(password, like.salt, like.iterations, SHA512_BYTES, 'sha512');
    case 'sha512':
      return createHash('sha512').update(password).update(like.salt).digest();
  }
}

/** @param fields of a line's hash, split at `$`. A string says what is wrong. */
export function parsePasswordHash(fields: readonly string[]): PasswordHash | string {
  switch (fields[1]) {
    case '7':
      return parsePbkdf2(fields);
    case '6':
      return parseSha512(fields);
    default:
      return `the hash is of the kind $${fields[1]}$; known are $7$, $6$ and $scram-sha-256$: make it with passwd, or with mosquitto_passwd -H sha512-pbkdf2`;
  }
}

function parsePbkdf2([, , iterationsText, saltText, hashText, ...rest]: readonly string[]):
  | PasswordHash
  | string {
  const iterations = Number(iterationsText);
  if (!Number.isInteger(iterations) || iterations < 1 || iterations > MAX_ITERATIONS)
    return `the iterations of the hash are "${iterationsText}", must be a whole number from 1 to ${MAX_ITERATIONS}`;
  const salt = base64Bytes(saltText);
  const hash = base64Bytes(hashText);
  if (salt === undefined || hash?.length !== SHA512_BYTES || rest.length > 0)
    return 'the hash is damaged: a $7$ hash is $7$<iterations>$<salt>$<hash of 64 bytes>, in Base64';
  return { kind: 'pbkdf2Sha512', iterations, salt, hash };
}

function parseSha512([, , saltText, hashText, ...rest]: readonly string[]): PasswordHash | string {
  const salt = base64Bytes(saltText);
  const hash = base64Bytes(hashText);
  if (salt === undefined || hash?.length !== SHA512_BYTES || rest.length > 0)
    return 'the hash is damaged: a $6$ hash is $6$<salt>$<hash of 64 bytes>, in Base64';
  return { kind: 'sha512', salt, hash };
}
