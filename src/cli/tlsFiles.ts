/**
 * The certificate files of `--tls-port`, read and checked, so that a mistake is told in words and not by OpenSSL.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { whyUnreadable } from '../broker/access/fileProblem.ts';
import type { TlsOptions } from '../transports/tlsOptions.ts';
import { type UsageProblem, usageProblem } from './usageProblem.ts';

export interface TlsFiles {
  cert: string;
  key: string;
  ca: string | undefined;
  requireClientCert: boolean;
}

export type TlsFilesResult = { kind: 'tls'; tls: TlsOptions } | UsageProblem;

export async function readTlsFiles(files: TlsFiles): Promise<TlsFilesResult> {
  const cert = await readPem('--cert', files.cert);
  if (!Buffer.isBuffer(cert)) return cert;
  const key = await readPem('--key', files.key);
  if (!Buffer.isBuffer(key)) return key;
  const ca = files.ca === undefined ? undefined : await readPem('--ca', files.ca);
  if (ca !== undefined && !Buffer.isBuffer(ca)) return ca;

  const certificate = parse(() => new X509Certificate(cert));
  if (certificate === undefined)
    return usageProblem(`--cert ${files.cert}: there is no certificate in PEM in it`);
  const privateKey = parse(() => createPrivateKey(key));
  if (privateKey === undefined) {
    return usageProblem(
      `--key ${files.key}: there is no private key in PEM in it that opens without a passphrase`,
    );
  }
  if (!certificate.checkPrivateKey(privateKey))
    return usageProblem(`--key ${files.key}: this is not the key of the certificate in ${files.cert}`);
  if (ca !== undefined && parse(() => new X509Certificate(ca)) === undefined)
    return usageProblem(`--ca ${files.ca}: there is no certificate in PEM in it`);

  const tls: TlsOptions = { cert, key, requireClientCertificate: files.requireClientCert };
  return { kind: 'tls', tls: ca === undefined ? tls : { ...tls, ca } };
}

async function readPem(flag: string, file: string): Promise<Buffer | UsageProblem> {
  try {
    return await readFile(file);
  } catch (error) {
    return usageProblem(`${flag} ${file}: ${whyUnreadable(error)}`);
  }
}

/** Undefined for what OpenSSL refuses: its reasons speak of its own insides. */
function parse<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
