/**
 * A development CA, and what it signs: the broker's certificate, and those of devices.
 *
 * Knows nothing of where keys are kept, of addresses of this machine or of people. Loaded when something is to be
 * signed: it brings the X.509 library (docs/decisions/0011).
 */
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import type { Credential } from './credential.ts';
import { generateKeys, type KeyKind, privateKeyPem } from './keys.ts';
import { certificatePem } from './pem.ts';
import { BACKDATED_MS, DAY_MS } from './validity.ts';
import { buildCertificate, type CertificateParts } from './x509.ts';

/** RFC 5280 allows no more in a common name. */
const MAX_COMMON_NAME_CHARACTERS = 64;

export interface AuthorityOptions {
  /** Of no other CA, or a device that knows both takes one for the other. Cut to 64 characters. */
  commonName: string;
  keyKind: KeyKind;
  /** From now; the start lies two days back. */
  lifetimeDays: number;
  nowMs: number;
}

export interface IssueOptions {
  /** Cut to 64 characters. */
  commonName: string;
  keyKind: KeyKind;
  /** From now, and never longer than the CA's own. */
  lifetimeDays: number;
  nowMs: number;
}

export async function createAuthority(options: AuthorityOptions): Promise<Credential> {
  const keys = await generateKeys(options.keyKind);
  const der = buildCertificate({
    subject: cut(options.commonName),
    publicKey: keys.publicKey,
    signedBy: keys,
    notBeforeMs: options.nowMs - BACKDATED_MS,
    notAfterMs: options.nowMs + options.lifetimeDays * DAY_MS,
    purpose: { kind: 'authority' },
  });
  return { certificate: certificatePem(der), key: privateKeyPem(keys.privateKey) };
}

/** @param names host names and IP addresses by which clients reach the server; one at least. */
export function issueServerCertificate(
  authority: Credential,
  names: readonly string[],
  options: IssueOptions,
): Promise<Credential> {
  return issue(authority, { kind: 'server', names }, options);
}

export function issueClientCertificate(authority: Credential, options: IssueOptions): Promise<Credential> {
  return issue(authority, { kind: 'client' }, options);
}

async function issue(
  authority: Credential,
  purpose: CertificateParts['purpose'],
  { commonName, keyKind, lifetimeDays, nowMs }: IssueOptions,
): Promise<Credential> {
  const issuer = new X509Certificate(authority.certificate);
  const privateKey = createPrivateKey(authority.key);
  const keys = await generateKeys(keyKind);
  const der = buildCertificate({
    subject: cut(commonName),
    issuer: issuer.raw,
    publicKey: keys.publicKey,
    signedBy: { privateKey, publicKey: createPublicKey(privateKey) },
    // Some verifiers want a certificate to lie within its CA's time.
    notBeforeMs: Math.max(nowMs - BACKDATED_MS, issuer.validFromDate.getTime()),
    notAfterMs: Math.min(nowMs + lifetimeDays * DAY_MS, issuer.validToDate.getTime()),
    purpose,
  });
  return { certificate: certificatePem(der), key: privateKeyPem(keys.privateKey) };
}

function cut(commonName: string): string {
  return [...commonName].slice(0, MAX_COMMON_NAME_CHARACTERS).join('');
}
