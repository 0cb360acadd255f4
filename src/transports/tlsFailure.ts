/**
 * Why a TLS handshake failed, in words that tell a device's author what to change: what the client did or said, what
 * that usually means, and what it had offered.
 *
 * Pure. Knows the alerts of TLS (RFC 8446 6.2) and which library sends which; OpenSSL and BoringSSL word the same failure
 * differently, so that alerts are told by their number. Anything else is told in the library's words.
 */
import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { type ClientHello, type Opening, readOpening } from './clientHello.ts';
import type { TlsFailureCode } from './tlsFailureCodes.ts';
import { clockOf, describeOffer, describeVersions, listOf, shown, whyNoCipher } from './tlsOffer.ts';
import type { TlsVersion } from './tlsOptions.ts';

export interface FailedHandshake {
  error: Error & { code?: string | undefined; reason?: string | undefined };
  /** The first bytes of the connection; undefined where they are not known. */
  opening: Uint8Array | undefined;
  /** The address of this machine that the client connected to. */
  localAddress: string | undefined;
  /** Of the listener, PEM. */
  certificate: string | Buffer;
  minTlsVersion: TlsVersion;
  /** Node's code (`authorizationError`) when it was the client's certificate that it refused. */
  certificateFault?: string | undefined;
  nowMs: number;
}

interface Explanation {
  code: TlsFailureCode;
  /** A clause without a full stop. */
  what: string;
}

/** Numbers of the alerts that a client sends which refuses the broker's certificate. */
const BAD_CERTIFICATE = 42;
const UNSUPPORTED_CERTIFICATE = 43;
const CERTIFICATE_EXPIRED = 45;
const CERTIFICATE_UNKNOWN = 46;
const UNKNOWN_CA = 48;
const ACCESS_DENIED = 49;

const alertNames: Readonly<Record<number, string>> = {
  10: 'unexpected_message',
  20: 'bad_record_mac',
  22: 'record_overflow',
  40: 'handshake_failure',
  42: 'bad_certificate',
  43: 'unsupported_certificate',
  44: 'certificate_revoked',
  45: 'certificate_expired',
  46: 'certificate_unknown',
  47: 'illegal_parameter',
  48: 'unknown_ca',
  49: 'access_denied',
  50: 'decode_error',
  51: 'decrypt_error',
  70: 'protocol_version',
  71: 'insufficient_security',
  80: 'internal_error',
  90: 'user_canceled',
  109: 'missing_extension',
  110: 'unsupported_extension',
  112: 'unrecognized_name',
  116: 'certificate_required',
  120: 'no_application_protocol',
};

/** Codes of both libraries for a hello in which nothing fits. */
const NOTHING_SHARED =
  /NO_SHARED_CIPHER|NO_SUITABLE_SIGNATURE_ALGORITHM|NO_COMMON_SIGNATURE_ALGORITHMS|NO_SHARED_SIGNATURE_ALGORITHMS|NO_SUITABLE_KEY_SHARE|NO_SHARED_GROUP|NO_SUITABLE_GROUPS|NO_CIPHERS_AVAILABLE/;

const VERSION_TOO_OLD = /UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW/;

const NOT_SIGNED = "the client's certificate is not signed by the CA of this listener";

export function describeTlsFailure(failed: FailedHandshake): string {
  const opening = failed.opening === undefined ? undefined : readOpening(failed.opening);
  const hello = opening?.kind === 'hello' ? opening.hello : undefined;
  const { code, what } = explain(failed, opening, hello);
  // What is wrong with a client's certificate has nothing to do with what it offered.
  if (hello === undefined || code.startsWith('tls-client-certificate')) return failure(code, what);
  return failure(code, `${what}${what.endsWith('?') ? '' : '.'} ${describeOffer(hello)}`);
}

/** @param fault Node's code (`authorizationError`). */
export function describeCertificateFault(fault: string | undefined, certificate?: X509Certificate): string {
  const { code, what } = explainCertificateFault(fault, certificate);
  return failure(code, what);
}

/** Of a certificate that is fine, but has no common name where that is the user name. */
export const UNNAMED_CERTIFICATE = `the client's certificate has no common name, and this listener takes the common name for the user name (${'tls-client-certificate-unnamed' satisfies TlsFailureCode})`;

/** A connection that ended, or was ended, before its hello was there. */
export function describeNoHello(opening: Uint8Array, why: 'timeout' | 'closed', timeoutMs: number): string {
  const end = why === 'closed' ? 'closed the connection' : `sent nothing more for ${timeoutMs / 1000} s`;
  if (opening.length > 0)
    return failure(
      'tls-hello-malformed',
      `the client sent the first ${opening.length} bytes of its hello, and then ${end}`,
    );
  return failure(
    'tls-nothing-sent',
    why === 'closed'
      ? 'the client closed the connection before it sent anything'
      : `the client connected and sent nothing for ${timeoutMs / 1000} s`,
  );
}

function failure(code: TlsFailureCode, what: string): string {
  return `TLS handshake failed: ${what} (${code})`;
}

function explain(
  failed: FailedHandshake,
  opening: Opening | undefined,
  hello: ClientHello | undefined,
): Explanation {
  const { error, certificateFault, minTlsVersion } = failed;
  if (certificateFault !== undefined) return explainCertificateFault(certificateFault);
  const code = error.code ?? '';
  const spoke = explainNoTls(code, opening);
  if (spoke !== undefined) return spoke;
  const alert = alertOf(error);
  if (alert !== undefined) return explainAlert(alert, failed, hello);
  if (VERSION_TOO_OLD.test(code)) {
    const offers = hello === undefined ? '' : `: ${describeVersions(hello)}`;
    return {
      code: 'tls-version',
      what: `the client offers only versions of TLS before ${minTlsVersion}${offers}. Turn on TLS ${minTlsVersion} in its TLS library`,
    };
  }
  if (NOTHING_SHARED.test(code)) {
    const why = hello && whyNoCipher(hello, new X509Certificate(failed.certificate));
    return {
      code: 'tls-no-shared-cipher',
      what: `client and broker have no cipher in common${why === undefined ? '' : `: ${why}`}`,
    };
  }
  if (/PEER_DID_NOT_RETURN_A_CERTIFICATE/.test(code))
    return {
      code: 'tls-no-client-certificate',
      what: 'the client sent no certificate of its own, and this listener requires one: give the device a client certificate and its key',
    };
  if (/CERTIFICATE_VERIFY_FAILED/.test(code))
    return { code: 'tls-client-certificate-unknown', what: NOT_SIGNED };
  if (code === 'ERR_TLS_HANDSHAKE_TIMEOUT')
    return {
      code: 'tls-timeout',
      what: 'the client did not finish the handshake in time: is its processor slow at cryptography (slowest with an RSA key of its own), did a debugger stop it, or is its connection too weak?',
    };
  if (code === 'ECONNRESET' || code === 'EPIPE') return explainClosed(failed, hello);
  return {
    code: opening?.kind === 'malformed' ? 'tls-hello-malformed' : 'tls-other',
    what: error.reason ?? error.message,
  };
}

function explainNoTls(code: string, opening: Opening | undefined): Explanation | undefined {
  if (opening?.kind === 'mqtt')
    return {
      code: 'tls-spoke-mqtt',
      what: 'the client spoke MQTT without TLS to the TLS port: turn on TLS in the device, or give it the port without',
    };
  if (opening?.kind === 'http' || /HTTP_REQUEST/.test(code))
    return { code: 'tls-spoke-http', what: 'the client spoke HTTP without TLS to the TLS port' };
  if (opening?.kind === 'unknown' || (opening === undefined && /WRONG_VERSION_NUMBER/.test(code)))
    return { code: 'tls-not-tls', what: 'the client spoke without TLS to the TLS port' };
  return undefined;
}

function explainAlert(alert: number, failed: FailedHandshake, hello: ClientHello | undefined): Explanation {
  const said = `it sent the alert ${alertNames[alert] ?? alert}`;
  switch (alert) {
    case UNKNOWN_CA:
      return {
        code: 'tls-unknown-ca',
        what: `the client does not trust the broker's certificate (${said}): it has no CA, or another one. Give it the certificate of the CA that signed the broker's${issuerOf(failed)}`,
      };
    case CERTIFICATE_EXPIRED:
      return explainExpired(said, failed, hello);
    case BAD_CERTIFICATE:
    case CERTIFICATE_UNKNOWN:
    case UNSUPPORTED_CERTIFICATE:
    case ACCESS_DENIED:
      return explainRefused(alert, said, failed, hello);
    default: {
      // mosquitto says internal_error when the name is wrong.
      const wrongName = hello?.serverName === undefined ? undefined : explainWrongName(said, failed, hello);
      if (wrongName !== undefined) return wrongName;
      return {
        code: 'tls-client-gave-up',
        what: `the client gave up (${said}): its own log, or the log of its TLS library, says why${alert === 80 ? '; mostly it has too little memory' : ''}`,
      };
    }
  }
}

/** Libraries as rustls send this one for both ends of the time; OpenSSL and mbedTLS for the end alone. */
function explainExpired(
  said: string,
  { certificate, nowMs }: FailedHandshake,
  hello: ClientHello | undefined,
): Explanation {
  const parsed = new X509Certificate(certificate);
  if (parsed.validToDate.getTime() < nowMs)
    return {
      code: 'tls-broker-expired',
      what: `the broker's certificate has expired, on ${dayOf(parsed.validToDate)} (${said}): make a new one`,
    };
  return { code: 'tls-clock', what: `${clockIsWrong(parsed, hello, nowMs)} (${said})` };
}

/**
 * One alert for many things. That the name is wrong is seen from here, since the client says what it asks for, or has
 * connected to an address; and a clock that was never set is, where the hello shows it. Else it is the CA as likely as the
 * clock: Go without a CA sends bad_certificate and Java certificate_unknown, as OpenSSL and mbedTLS do in 1970.
 */
function explainRefused(
  alert: number,
  said: string,
  failed: FailedHandshake,
  hello: ClientHello | undefined,
): Explanation {
  const { certificate, localAddress, nowMs } = failed;
  const wrongName = explainWrongName(said, failed, hello);
  if (wrongName !== undefined) return wrongName;
  const parsed = new X509Certificate(certificate);
  const wanted = hello?.serverName ?? localAddress;
  const named = wanted === undefined ? '' : `, and the name "${shown(wanted)}" is in the certificate`;
  const clock = hello && clockOf(hello, nowMs)?.kind;
  if (clock === 'unset' && alert !== UNSUPPORTED_CERTIFICATE)
    return { code: 'tls-clock', what: `${clockIsWrong(parsed, hello, nowMs)} (${said}${named})` };
  const questions = [
    `Does it have the certificate of the CA that signed the broker's${issuerOf(failed)}`,
    ...(clock === 'right' ? [] : [`Is its clock set (${validityOf(parsed)}, and a board begins in 1970)`]),
    ...(wanted === undefined ? ['Does the certificate name the address that it connects to'] : []),
    `Does its TLS library know ${keyOf(parsed)} keys`,
  ];
  return {
    code: 'tls-certificate-refused',
    what: `the client did not accept the broker's certificate (${said}${named}), and does not say why. ${questions.join('? ')}?`,
  };
}

/** Undefined where what the client wants is in the certificate, or it did not say what it wants. */
function explainWrongName(
  said: string,
  { certificate, localAddress }: FailedHandshake,
  hello: ClientHello | undefined,
): Explanation | undefined {
  const parsed = new X509Certificate(certificate);
  const wanted = hello?.serverName ?? localAddress;
  if (wanted === undefined || hasName(parsed, wanted)) return undefined;
  const asked =
    hello?.serverName === undefined
      ? `the client connected to ${wanted}`
      : `the client asked for "${shown(wanted)}"`;
  return {
    code: 'tls-wrong-name',
    what: `${asked}, and the broker's certificate is for ${namesOf(parsed)} (${said}): connect by one of these names`,
  };
}

function clockIsWrong(certificate: X509Certificate, hello: ClientHello | undefined, nowMs: number): string {
  const clock = hello && clockOf(hello, nowMs);
  const says =
    clock?.kind === 'unset'
      ? `its clock seems to say ${clock.says}`
      : 'most likely its clock is not set: a board begins in 1970';
  return `the client did not accept the broker's certificate, and ${says}. Set it, by SNTP say, before the device connects: ${validityOf(certificate)}`;
}

function explainClosed(failed: FailedHandshake, hello: ClientHello | undefined): Explanation {
  if (hello === undefined)
    return { code: 'tls-closed', what: 'the client closed the connection in the middle of the handshake' };
  if (hello.serverName !== undefined) {
    const wrongName = explainWrongName('it closed the connection without saying why', failed, hello);
    if (wrongName !== undefined) return wrongName;
  }
  const clock = clockOf(hello, failed.nowMs);
  const seems = clock?.kind === 'unset' ? `, and its clock seems to say ${clock.says}` : '';
  return {
    code: 'tls-closed',
    what: `the client closed the connection in the middle of the handshake without saying why${seems}. It has seen the broker's certificate by then: does it have the CA, is its clock set, does the name fit, and has it the memory?`,
  };
}

function explainCertificateFault(fault: string | undefined, certificate?: X509Certificate): Explanation {
  const whose =
    certificate === undefined
      ? "the client's certificate"
      : `the client's certificate, ${subjectOf(certificate)},`;
  switch (fault) {
    case 'CERT_HAS_EXPIRED': {
      const when = certificate === undefined ? '' : `, on ${dayOf(certificate.validToDate)}`;
      return { code: 'tls-client-certificate-expired', what: `${whose} has expired${when}: make a new one` };
    }
    case 'CERT_NOT_YET_VALID': {
      const when = certificate === undefined ? '' : `, but from ${dayOf(certificate.validFromDate)} on`;
      return {
        code: 'tls-client-certificate-not-yet-valid',
        what: `${whose} is not valid yet${when}: does the clock of this machine go right?`,
      };
    }
    default:
      return { code: 'tls-client-certificate-unknown', what: NOT_SIGNED };
  }
}

/** Both libraries number what a peer's alert is 1000 behind the alert: `error:0A000418:` is 1048, 48. */
function alertOf({ message, code }: FailedHandshake['error']): number | undefined {
  const [, hex] = /error:[0-9a-f]{2}([0-9a-f]{6}):/i.exec(message) ?? [];
  const reason = hex === undefined ? 0 : Number.parseInt(hex, 16) & 0xfff;
  if (reason >= 1000 && reason < 1256) return reason - 1000;
  const [, name] = /_ALERT_([A-Z_]+)$/.exec(code ?? '') ?? [];
  const known = Object.entries(alertNames).find(([, each]) => each === name?.toLowerCase());
  return known && Number(known[0]);
}

function hasName(certificate: X509Certificate, name: string): boolean {
  return (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined;
}

function namesOf({ subjectAltName = '', subject }: X509Certificate): string {
  const names = subjectAltName.split(', ').map((name) => {
    const bare = name.replace(/^(DNS|IP Address):/, '');
    // As people write it: `::1`, where the certificate's text has every 0.
    return isIP(bare) === 6 ? new URL(`http://[${bare}]`).hostname.slice(1, -1) : bare;
  });
  return subjectAltName === '' ? subject.replaceAll('\n', ', ') : listOf([...new Set(names)]);
}

function issuerOf({ certificate }: FailedHandshake): string {
  const { CN } = new X509Certificate(certificate).toLegacyObject().issuer;
  return typeof CN === 'string' ? `, "${shown(CN)}"` : '';
}

function subjectOf(certificate: X509Certificate): string {
  return JSON.stringify(shown(certificate.subject.replaceAll('\n', ', ')));
}

function keyOf({ publicKey }: X509Certificate): string {
  return publicKey.asymmetricKeyType === 'rsa' ? 'RSA' : 'EC';
}

function validityOf({ validFromDate, validToDate }: X509Certificate): string {
  return `the certificate is valid from ${dayOf(validFromDate)} to ${dayOf(validToDate)}`;
}

/** In UTC: `2026-11-26`. */
function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}
