/** PEM and DER of a certificate, one from the other. */
import { X509Certificate } from 'node:crypto';

export function certificatePem(der: Uint8Array): string {
  return new X509Certificate(der).toString();
}

/** The bytes of the one block in it, whatever it says it is. */
export function derOf(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64');
}
