/** Key pairs for certificates, in the two kinds that devices know. Made by Node; private keys leave as PEM (PKCS #8). */
import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

/** `ec`: P-256, small and quick on a device. `rsa`: 2,048 bits, for TLS libraries that know nothing else. */
export type KeyKind = 'ec' | 'rsa';

export interface KeyPair {
  publicKey: KeyObject;
  privateKey: KeyObject;
}

const generate = promisify(generateKeyPair);

/** RSA takes up to a second of one core, and not of this thread. */
export function generateKeys(kind: KeyKind): Promise<KeyPair> {
  return kind === 'ec' ? generate('ec', { namedCurve: 'P-256' }) : generate('rsa', { modulusLength: 2_048 });
}

export function kindOf(key: KeyObject): KeyKind {
  return key.asymmetricKeyType === 'rsa' ? 'rsa' : 'ec';
}

/** PEM, PKCS #8, without a passphrase: what mbedTLS, BearSSL, wolfSSL and OpenSSL all read. */
export function privateKeyPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
