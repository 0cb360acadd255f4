/**
 * Why a TLS handshake failed, in a sentence that tells a device's author what to change.
 *
 * Knows OpenSSL's words for the failures that are met again and again; any other is told in its own words.
 */
import type { TlsVersion } from './tlsOptions.ts';

const NOT_SIGNED = "the client's certificate is not signed by the CA of this listener";

const explanations: Readonly<Record<string, string>> = {
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA:
    "the client does not trust the broker's certificate: give it the certificate of the CA that signed it",
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    "the client did not accept the broker's certificate: does it name the address that the client connects to?",
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE:
    "the client did not accept the broker's certificate: does it name the address that the client connects to?",
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    "the client takes the broker's certificate for expired: is the clock of the device set?",
  ERR_SSL_WRONG_VERSION_NUMBER: 'the client spoke without TLS to the TLS port',
  ERR_SSL_HTTP_REQUEST: 'the client spoke HTTP without TLS to the TLS port',
  ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE:
    'the client sent no certificate of its own, and this listener requires one',
  ERR_SSL_CERTIFICATE_VERIFY_FAILED: NOT_SIGNED,
  ERR_SSL_NO_SHARED_CIPHER: 'client and broker have no cipher in common',
  ERR_TLS_HANDSHAKE_TIMEOUT: 'the client did not finish the handshake in time',
  ECONNRESET: 'the client closed the connection in the middle of the handshake',
};

/** The client speaks none of the listener's versions. */
const VERSION_TOO_OLD: readonly string[] = ['ERR_SSL_UNSUPPORTED_PROTOCOL', 'ERR_SSL_VERSION_TOO_LOW'];

/** Codes of Node for a client's certificate that it looked at and did not accept. */
const certificateFaults: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "the client's certificate has expired",
  CERT_NOT_YET_VALID: "the client's certificate is not valid yet: does the clock of this machine go right?",
};

/**
 * One sentence without a full stop, as a log line needs it.
 *
 * @param minTlsVersion of the listener.
 * @param certificateFault Node's code (`authorizationError`) when it was the client's certificate that it refused.
 */
export function describeTlsFailure(
  error: Error & { code?: string | undefined; reason?: string | undefined },
  minTlsVersion: TlsVersion,
  certificateFault?: string,
): string {
  if (certificateFault !== undefined) return describeCertificateFault(certificateFault);
  return `TLS handshake failed: ${explain(error, minTlsVersion)}`;
}

/** @param fault Node's code (`authorizationError`). */
export function describeCertificateFault(fault: string | undefined): string {
  return `TLS handshake failed: ${certificateFaults[fault ?? ''] ?? NOT_SIGNED}`;
}

function explain(
  error: Error & { code?: string | undefined; reason?: string | undefined },
  minTlsVersion: TlsVersion,
): string {
  if (error.code !== undefined && VERSION_TOO_OLD.includes(error.code))
    return `the client offers only versions of TLS before ${minTlsVersion}`;
  const explanation = error.code === undefined ? undefined : explanations[error.code];
  return explanation ?? error.reason ?? error.message;
}
