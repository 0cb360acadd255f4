/** Whether a file is what a field for TLS wants: looked at as text, before OpenSSL says something that names no file. Pure. */

export type PemProblem = 'noCertificate' | 'noKey' | 'keyInstead' | 'certificateInstead' | 'encryptedKey';

const CERTIFICATE = /^-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/m;
const KEY = /^-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/m;
const ENCRYPTED = /^-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m;

/** `encryptedKey` is no fault: it wants a passphrase. */
export function problemWithPem(text: string, wanted: 'certificate' | 'key'): PemProblem | undefined {
  const hasCertificate = CERTIFICATE.test(text);
  const hasKey = KEY.test(text);
  if (wanted === 'certificate') return hasCertificate ? undefined : hasKey ? 'keyInstead' : 'noCertificate';
  if (!hasKey) return hasCertificate ? 'certificateInstead' : 'noKey';
  return ENCRYPTED.test(text) ? 'encryptedKey' : undefined;
}
