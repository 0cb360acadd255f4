/**
 * The certificate files of a TLS listener, read and checked, so that a mistake is told in words and not by OpenSSL.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { whyUnreadable } from '../broker/access/fileProblem.ts';
import type { TlsOptions } from '../transports/tlsOptions.ts';
import type { TlsConfiguration } from './brokerConfiguration.ts';

export interface TlsFileProblem {
  readonly kind: 'tlsFileProblem';
  readonly field: 'cert' | 'key' | 'ca';
  readonly file: string;
  /** One sentence without a full stop. */
  readonly message: string;
}

export type TlsFilesResult = { readonly kind: 'tls'; readonly tls: TlsOptions } | TlsFileProblem;

export async function readTlsFiles(configuration: TlsConfiguration): Promise<TlsFilesResult> {
  const { clientCertificate, commonNameAsUser, minTlsVersion } = configuration;
  const cert = await readPem('cert', configuration.cert);
  if (!Buffer.isBuffer(cert)) return cert;
  const key = await readPem('key', configuration.key);
  if (!Buffer.isBuffer(key)) return key;
  const ca = configuration.ca === undefined ? undefined : await readPem('ca', configuration.ca);
  if (ca !== undefined && !Buffer.isBuffer(ca)) return ca;

  const problem = (field: TlsFileProblem['field'], message: string): TlsFileProblem => ({
    kind: 'tlsFileProblem',
    field,
    file: configuration[field] ?? '',
    message,
  });
  const certificate = parse(() => new X509Certificate(cert));
  if (certificate === undefined) return problem('cert', 'there is no certificate in PEM in it');
  const privateKey = parse(() => createPrivateKey(key));
  if (privateKey === undefined)
    return problem('key', 'there is no private key in PEM in it that opens without a passphrase');
  if (!certificate.checkPrivateKey(privateKey))
    return problem('key', `this is not the key of the certificate in ${configuration.cert}`);
  if (ca !== undefined && parse(() => new X509Certificate(ca)) === undefined)
    return problem('ca', 'there is no certificate in PEM in it');

  const tls: TlsOptions = { cert, key, clientCertificate, commonNameAsUser, minTlsVersion };
  return { kind: 'tls', tls: ca === undefined ? tls : { ...tls, ca } };
}

async function readPem(field: TlsFileProblem['field'], file: string): Promise<Buffer | TlsFileProblem> {
  try {
    return await readFile(file);
  } catch (error) {
    return { kind: 'tlsFileProblem', field, file, message: whyUnreadable(error) };
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
