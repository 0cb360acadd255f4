/**
 * What a server keeps of a password for SCRAM-SHA-256: enough to check a proof of it, too little to make one. RFC 5802,
 * section 3, with the hash of RFC 7677.
 *
 * In a users file: `<user name>:$scram-sha-256$<iterations>$<salt>$<StoredKey>$<ServerKey>`, in Base64.
 */
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { base64Bytes } from './base64.ts';
import { saslPrep } from './saslPrep.ts';

export interface ScramCredential {
  readonly iterations: number;
  readonly salt: Buffer;
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;
}

/** How its hash starts in a users file. */
export const SCRAM_PREFIX = '$scram-sha-256$';
/** RFC 7677, section 4. What is chosen here too: the device pays for them, at each connection. */
export const SCRAM_ITERATIONS = 4096;
export const SCRAM_SALT_BYTES = 16;
export const SHA256_BYTES = 32;
const MAX_SCRAM_ITERATIONS = 10_000_000;

/** Undefined for a password with characters that SASLprep refuses. Blocks for some milliseconds. */
export function deriveScramCredential(
  password: string,
  salt: Buffer,
  iterations: number = SCRAM_ITERATIONS,
): ScramCredential | undefined {
  const prepared = saslPrep(password);
  if (prepared === undefined) return undefined;
  const saltedPassword = pbkdf2Sync(prepared, salt, iterations, SHA256_BYTES, 'sha256');
  return {
    iterations,
    salt,
    storedKey: sha256(hmac(saltedPassword, 'Client Key')),
    serverKey: hmac(saltedPassword, 'Server Key'),
  };
}

/** As `parseScramCredential` reads it. */
export function formatScramCredential({ iterations, salt, storedKey, serverKey }: ScramCredential): string {
  const fields = [salt, storedKey, serverKey].map((bytes) => bytes.toString('base64'));
  return `${SCRAM_PREFIX}${iterations}$${fields.join('$')}`;
}

/** @param fields of a line's hash, split at `$`. A string says what is wrong. */
export function parseScramCredential(fields: readonly string[]): ScramCredential | string {
  const [, , iterationsText, saltText, storedKeyText, serverKeyText, ...rest] = fields;
  const iterations = Number(iterationsText);
  if (!Number.isInteger(iterations) || iterations < SCRAM_ITERATIONS || iterations > MAX_SCRAM_ITERATIONS)
    return `the iterations for SCRAM are "${iterationsText}", must be a whole number from ${SCRAM_ITERATIONS} to ${MAX_SCRAM_ITERATIONS}`;
  const salt = base64Bytes(saltText);
  const storedKey = base64Bytes(storedKeyText);
  const serverKey = base64Bytes(serverKeyText);
  const isWhole = storedKey?.length === SHA256_BYTES && serverKey?.length === SHA256_BYTES;
  if (salt === undefined || !isWhole || rest.length > 0)
    return 'the SCRAM credential is damaged: it is $scram-sha-256$<iterations>$<salt>$<stored key>$<server key>, in Base64, with keys of 32 bytes';
  return { iterations, salt, storedKey, serverKey };
}

export function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

export function hmac(key: Uint8Array, message: string | Uint8Array): Buffer {
  return createHmac('sha256', key).update(message).digest();
}
