/** When the broker's certificate has to be made anew. Pure: the time is handed in. */
import { X509Certificate } from 'node:crypto';
import { namesMissingIn } from './serverNames.ts';
import { DAY_MS } from './validity.ts';

export type RenewalReason =
  | 'none yet'
  /** Not signed by this CA. */
  | 'another CA'
  | 'expires soon'
  /** Its start lies in the future: the clock of this machine was set back. */
  | 'not valid yet'
  /** This machine has addresses or names that it lacks. */
  | 'names';

/** A third of its time before the end, at most this long before. */
const MAX_AHEAD_MS = 30 * DAY_MS;

/**
 * Undefined while the certificate will do.
 *
 * @param certificate PEM; undefined when there is none.
 * @param authority PEM, of the CA.
 */
export function whyRenew(
  certificate: string | undefined,
  authority: string,
  names: readonly string[],
  nowMs: number,
): RenewalReason | undefined {
  if (certificate === undefined) return 'none yet';
  const parsed = new X509Certificate(certificate);
  const issuer = new X509Certificate(authority);
  if (!parsed.checkIssued(issuer) || !parsed.verify(issuer.publicKey)) return 'another CA';
  const startMs = parsed.validFromDate.getTime();
  const endMs = parsed.validToDate.getTime();
  // One that ends with its CA would not end later if it were made anew.
  const endsWithIssuer = endMs >= issuer.validToDate.getTime();
  if (nowMs >= endMs - Math.min(MAX_AHEAD_MS, (endMs - startMs) / 3) && !endsWithIssuer)
    return 'expires soon';
  if (nowMs < startMs) return 'not valid yet';
  return namesMissingIn(certificate, names).length > 0 ? 'names' : undefined;
}
