/**
 * Why a TLS handshake can fail. Each is the last word of its line in the log, and a heading in docs/tls.md, which a test
 * holds to this list.
 */
export const tlsFailureCodes = [
  'tls-spoke-mqtt',
  'tls-spoke-http',
  'tls-not-tls',
  'tls-nothing-sent',
  'tls-hello-malformed',
  'tls-version',
  'tls-no-shared-cipher',
  'tls-unknown-ca',
  'tls-wrong-name',
  'tls-clock',
  'tls-broker-expired',
  'tls-certificate-refused',
  'tls-client-gave-up',
  'tls-closed',
  'tls-timeout',
  'tls-no-client-certificate',
  'tls-client-certificate-unknown',
  'tls-client-certificate-expired',
  'tls-client-certificate-not-yet-valid',
  'tls-client-certificate-unnamed',
  'tls-other',
] as const;

export type TlsFailureCode = (typeof tlsFailureCodes)[number];
