/** What a client offered in its ClientHello, in words, and why none of its ciphers may do. */
import type { X509Certificate } from 'node:crypto';
import { cipherSuiteNames } from './cipherSuiteNames.ts';
import type { ClientHello } from './clientHello.ts';

const versionNames: Readonly<Record<number, string>> = {
  768: 'SSL 3.0',
  769: 'TLS 1.0',
  770: 'TLS 1.1',
  771: 'TLS 1.2',
  772: 'TLS 1.3',
};

const groupNames: Readonly<Record<number, string>> = {
  23: 'P-256',
  24: 'P-384',
  25: 'P-521',
  26: 'brainpoolP256r1',
  27: 'brainpoolP384r1',
  28: 'brainpoolP512r1',
  29: 'X25519',
  30: 'X448',
  256: 'ffdhe2048',
};

const P256 = 23;
const TLS_1_3 = 772;
/** No ciphers, but signs that a library can do something. */
const SIGNALS = [0x00ff, 0x5600];
const MAX_NAMES_SHOWN = 8;
/** A clock that was never set counts from 1970 on when the power comes; a board that runs for longer was set once. */
const UNSET_CLOCK_SECONDS = 30 * 86_400;
const RIGHT_WITHIN_MS = 86_400_000;

/** `It offered TLS 1.2 with 3 ciphers, and asked for "broker.local"`: a sentence without a full stop. */
export function describeOffer(hello: ClientHello): string {
  const count = ciphersOf(hello).length;
  const ciphers = count === 1 ? '1 cipher' : `${count} ciphers`;
  const name = hello.serverName === undefined ? '' : `, and asked for "${shown(hello.serverName)}"`;
  return `It offered ${describeVersions(hello)} with ${ciphers}${name}`;
}

/** `TLS 1.3 and TLS 1.2`, `TLS 1.1 or older`. */
export function describeVersions({ versions, orOlder }: ClientHello): string {
  const names = versions.map((version) => versionNames[version] ?? `version ${hex(version)}`);
  return orOlder ? `${listOf(names)} or older` : listOf(names);
}

export function shown(name: string): string {
  return name.length <= 100 ? name : `${name.slice(0, 100)}…`;
}

/**
 * Why the listener takes none of the ciphers, and what to change. A cipher of TLS 1.2 says with which kind of key the
 * broker has to prove who it is; those of 1.3 leave it to the signature algorithms.
 */
export function whyNoCipher(hello: ClientHello, certificate: X509Certificate): string {
  const suites = ciphersOf(hello);
  const names = suites.map((suite) => cipherSuiteNames[hex(suite)] ?? hex(suite));
  const offered = `it offers ${listOf(names)}`;
  const hasEcKey = certificate.publicKey.asymmetricKeyType === 'ec';
  const has = (pattern: RegExp): boolean => names.some((name) => pattern.test(name));
  const known = names.filter((name) => name.startsWith('TLS_'));
  if (known.length > 0 && known.every((name) => name.includes('PSK')))
    return `${offered}, which need a key that both sides have (PSK), and this broker has a certificate: set up the client for certificates, with the CA`;
  const canUseEc =
    hello.signatureSchemes.length === 0
      ? has(/_ECDSA_/)
      : has(/_ECDSA_|^TLS_(AES|CHACHA)/) && hello.signatureSchemes.includes(0x0403);
  const canUseRsa =
    has(/^TLS_(RSA|DHE_RSA|ECDHE_RSA)_WITH_/) ||
    hello.signatureSchemes.some((scheme) => scheme === 0x0804 || scheme === 0x0401);
  if (hasEcKey && !canUseEc && canUseRsa)
    return `${offered}, which go with a certificate of an RSA key, and the broker's has an EC key: turn on ECDHE-ECDSA and the curve P-256 in the client's TLS library, or make an RSA certificate for the broker`;
  if (!hasEcKey && !canUseRsa && has(/_ECDSA_/))
    return `${offered}, which go with a certificate of an EC key, and the broker's has an RSA key: turn on ECDHE-RSA in the client's TLS library, or make an EC certificate for the broker`;
  if (hasEcKey && hello.groups.length > 0 && !hello.groups.includes(P256))
    return `it offers the curves ${listOf(hello.groups.map((group) => groupNames[group] ?? hex(group)))}, and the broker's key is of the curve P-256: turn it on in the client's TLS library`;
  return `${offered}, and this listener takes none of them: turn on one with ECDHE and AES-GCM in the client's TLS library`;
}

/**
 * The client's clock, where its hello tells: mbedTLS and others begin their random with it, up to TLS 1.2. Undefined where
 * it is no clock. What looks like one by chance is one random in a thousand: good enough for a word in an explanation.
 */
export function clockOf(
  { randomSeconds, versions }: ClientHello,
  nowMs: number,
): { kind: 'unset'; says: string } | { kind: 'right' } | undefined {
  if (versions.includes(TLS_1_3)) return undefined;
  if (Math.abs(randomSeconds * 1000 - nowMs) < RIGHT_WITHIN_MS) return { kind: 'right' };
  if (randomSeconds > UNSET_CLOCK_SECONDS) return undefined;
  return {
    kind: 'unset',
    says: new Date(randomSeconds * 1000).toISOString().slice(0, 16).replace('T', ' '),
  };
}

function ciphersOf({ cipherSuites }: ClientHello): number[] {
  return cipherSuites.filter((suite) => !SIGNALS.includes(suite));
}

/** `a, b and c`; the first eight of many. */
export function listOf(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  if (names.length > MAX_NAMES_SHOWN)
    return `${names.slice(0, MAX_NAMES_SHOWN).join(', ')} and ${names.length - MAX_NAMES_SHOWN} more`;
  return names.length === 1 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(4, '0').toUpperCase()}`;
}
