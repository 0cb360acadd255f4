/** PEM and DER of a certificate, one from the other. */

const BYTES_PER_LINE = 48;

/** Lines of 64 characters (RFC 7468). */
export function certificatePem(der: Uint8Array): string {
  const lines: string[] = [];
  for (let start = 0; start < der.length; start += BYTES_PER_LINE)
    lines.push(Buffer.from(der.subarray(start, start + BYTES_PER_LINE)).toString('base64'));
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** The bytes of the one block in it, whatever it says it is. */
export function derOf(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64');
}
