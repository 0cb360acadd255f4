/** Why a connection came to nothing, in words that say what to do. */
import { env, l10n } from 'vscode';
import type {
  ConnectBrokerResult,
  ConnectFaultInfo,
  ServerCertificateInfo,
} from '../../contracts/remoteBrokers.ts';
import { hostOfAddress, isUnixSocket } from '../connections/connectionAddress.ts';
import {
  type ConnectionProfile,
  hasClientKey,
  needsRequestSecret,
  type ProfileTls,
} from '../connections/profiles.ts';
import { protocolName } from './connectionStateWords.ts';
import { formatName } from './formats.ts';
import { formFieldName } from './formFieldNames.ts';
import { explainProxy } from './proxyWords.ts';

export interface ConnectProblem {
  message: string;
  /** What helps, beside the settings. */
  fix?: 'password' | 'passphrase' | 'requestSecret' | 'proxyPassword' | 'trust';
}

type Failed = Extract<ConnectBrokerResult, { kind: 'failed' }>;
type Refused = Extract<ConnectBrokerResult, { kind: 'refused' }>;

/** One or two sentences: what happened, what it means, what to do. */
export function explainConnect(result: Failed | Refused, profile: ConnectionProfile): ConnectProblem {
  return result.kind === 'refused' ? explainRefusal(result, profile) : explainFailure(result, profile);
}

function explainRefusal({ reasonCode, message }: Refused, profile: ConnectionProfile): ConnectProblem {
  const name = formatName(profile.name);
  switch (reasonCode) {
    case 0x84:
      return {
        message: l10n.t(
          '{0} does not speak {1}. Choose another version of MQTT for the connection.',
          name,
          protocolName(profile.protocolVersion),
        ),
      };
    case 0x85:
      return {
        message: l10n.t('{0} does not accept the client id. Give the connection another one.', name),
      };
    case 0x86:
      return profile.username === undefined
        ? { message: l10n.t('{0} wants a user name and a password. Give the connection a user name.', name) }
        : { message: l10n.t('{0} does not accept the user name or the password.', name), fix: 'password' };
    case 0x87:
      return profile.username === undefined
        ? {
            message: l10n.t(
              '{0} does not let this client connect (not authorized). Does it want a user name, or a client certificate?',
              name,
            ),
          }
        : {
            message: l10n.t(
              '{0} does not let {1} connect (not authorized). Is the password right, and may this user connect?',
              name,
              formatName(profile.username),
            ),
            fix: 'password',
          };
    case 0x88:
    case 0x89:
      return {
        message: l10n.t('{0} takes no connections at the moment: {1}. Try again later.', name, message),
      };
    default:
      return { message: l10n.t('{0} refused the connection: {1}', name, message) };
  }
}

function explainFailure({ message, fault }: Failed, profile: ConnectionProfile): ConnectProblem {
  const host = formatName(hostOfAddress(profile.url));
  switch (fault?.stage) {
    case 'proxy':
      return explainProxy(fault, profile, message);
    case 'name':
      return {
        message: l10n.t(
          'There is no {0}: check how it is spelled, and whether this computer is online.',
          host,
        ),
      };
    case 'network':
      return { message: explainNetwork(fault, profile, message) };
    case 'tls':
      return explainTls(fault, host, message, profile.tls);
    case 'webSocket':
      return explainWebSocket(fault, profile, message);
    case 'mqtt':
      return explainSilence(fault, profile, message);
    default:
      return { message: l10n.t('{0} is not connected: {1}', formatName(profile.name), message) };
  }
}

function explainNetwork({ code }: ConnectFaultInfo, { url }: ConnectionProfile, message: string): string {
  const address = formatName(url);
  if (isUnixSocket(url)) return explainUnixSocket(code, url, message);
  switch (code) {
    case 'ECONNREFUSED':
      return l10n.t('Nothing listens at {0}: does the broker run, and is this its port?', address);
    case 'TIMEOUT':
    case 'ETIMEDOUT':
      return l10n.t(
        '{0} does not answer: is the address right, and does a firewall let it through?',
        address,
      );
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return l10n.t('There is no way to {0}: is this computer on the right network, or its VPN?', address);
    default:
      return l10n.t('{0} can’t be reached: {1}', address, message);
  }
}

function explainUnixSocket(code: string, url: string, message: string): string {
  const path = formatName(hostOfAddress(url));
  switch (code) {
    case 'ENOENT':
    case 'ECONNREFUSED':
      return l10n.t(
        'No broker has a socket at {0}: does it run, and is this the path in its configuration?',
        path,
      );
    case 'EACCES':
      return l10n.t('You may not use the socket {0}: its file says who may write to it.', path);
    default:
      return l10n.t('The socket {0} can’t be used: {1}', path, message);
  }
}

function explainTls(fault: ConnectFaultInfo, host: string, message: string, tls: ProfileTls): ConnectProblem {
  const { code, certificate } = fault;
  const { serverName } = tls;
  switch (code) {
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return {
        message: l10n.t(
          'The certificate of {0} is signed by itself, and by no authority. Name its file in {1}, or trust this one certificate.',
          host,
          formFieldName('tls.ca'),
        ),
        fix: 'trust',
      };
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return {
        message: l10n.t(
          'No authority that this computer knows has signed the certificate of {0}; {1} has. Name the certificate of that authority in {2}, or trust this one certificate.',
          host,
          formatName(certificate?.issuer ?? ''),
          formFieldName('tls.ca'),
        ),
        fix: 'trust',
      };
    case 'CERT_HAS_EXPIRED':
      return {
        message: l10n.t(
          'The certificate of {0} has expired, on {1}.',
          host,
          dateOf(certificate?.validTo ?? ''),
        ),
        fix: 'trust',
      };
    case 'CERT_NOT_YET_VALID':
      return {
        message: l10n.t(
          'The certificate of {0} is not valid before {1}: does the clock of this computer go right?',
          host,
          dateOf(certificate?.validFrom ?? ''),
        ),
      };
    case 'ERR_TLS_CERT_ALTNAME_INVALID': {
      const names = formatName(
        (certificate?.names || certificate?.subject || '').replaceAll(/\b(DNS|IP Address):/g, ''),
      );
      return {
        message:
          serverName === undefined
            ? l10n.t(
                'The certificate is for {0}, and not for {1}. Use a name that it has as the address, or in {2}.',
                names,
                host,
                formFieldName('tls.serverName'),
              )
            : l10n.t(
                'The certificate is for {0}, and not for {1}, as {2} says. Set that to a name that it has, or leave it out where the address is one.',
                names,
                formatName(serverName),
                formFieldName('tls.serverName'),
              ),
        fix: 'trust',
      };
    }
    case 'FINGERPRINT_MISMATCH':
      return {
        message: l10n.t(
          '{0} showed another certificate than the one that is trusted. It was renewed, or this is another server: nothing was sent to it.',
          host,
        ),
        fix: 'trust',
      };
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
    case 'EPROTO':
      return {
        message: l10n.t(
          'This port of {0} does not speak TLS. Use mqtt:// or ws://, or the port for TLS: often 8883.',
          host,
        ),
      };
    case 'ERR_MISSING_PASSPHRASE':
    case 'ERR_OSSL_BAD_DECRYPT':
    case 'ERR_OSSL_EVP_BAD_DECRYPT':
    case 'ERR_OSSL_CRYPTO_INTERRUPTED_OR_CANCELLED':
      return {
        message: l10n.t(
          'The key of the client certificate is encrypted, and does not open: is its passphrase right?',
        ),
        fix: 'passphrase',
      };
    case 'PKCS12_PASSPHRASE':
      return { message: l10n.t('The passphrase does not open the PKCS#12 file.'), fix: 'passphrase' };
    case 'PKCS12_UNREADABLE':
      return {
        message: l10n.t(
          'The PKCS#12 file can’t be used: {0}. It is no PKCS#12, or of an old kind: openssl pkcs12 -export makes one anew from certificate and key.',
          message,
        ),
      };
    case 'ERR_OSSL_PEM_NO_START_LINE':
    case 'ERR_OSSL_UNSUPPORTED':
      return {
        message: l10n.t(
          'The file of the client certificate, or that of its key, is not what it should be in PEM: {0}',
          message,
        ),
      };
    case 'ERR_OSSL_X509_KEY_VALUES_MISMATCH':
      return { message: l10n.t('The key is not that of the client certificate.') };
    case 'ECONNRESET':
    case 'TIMEOUT':
      return {
        message: l10n.t(
          '{0} ended the TLS handshake. Is this its port for TLS, often 8883? If it is, it wants a client certificate, or another version of TLS.',
          host,
        ),
      };
    default:
      if (isAboutVersion(code))
        return {
          message: l10n.t(
            '{0} and this connection have no version of TLS in common: see {1}, and what the broker is set to.',
            host,
            formFieldName('tls.minimumVersion'),
          ),
        };
      if (isAboutAlpn(code))
        return {
          message: l10n.t(
            '{0} speaks none of the protocols in {1}. Brokers often want none.',
            host,
            formFieldName('tls.alpn'),
          ),
        };
      if (isAboutClientCertificate(code)) return { message: explainClientCertificate(code, host, tls) };
      return { message: l10n.t('There is no TLS with {0}: {1}', host, message) };
  }
}

/** Of an alert by TLS, or what this side makes of the other's first answer. */
export function isAboutVersion(code: string): boolean {
  return /ALERT_PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|WRONG_SSL_VERSION|VERSION_TOO_LOW/.test(code);
}

/** Of an alert by TLS. */
export function isAboutAlpn(code: string): boolean {
  return /ALERT_NO_APPLICATION_PROTOCOL/.test(code);
}

/** Of an alert by TLS. */
export function isAboutClientCertificate(code: string): boolean {
  const alerts =
    /ALERT_(HANDSHAKE_FAILURE|CERTIFICATE_(REQUIRED|UNKNOWN|EXPIRED|REVOKED)|(BAD|UNSUPPORTED)_CERTIFICATE|UNKNOWN_CA|DECRYPT_ERROR)/;
  return alerts.test(code);
}

/** In TLS 1.3 the alert comes when the handshake is over for this side, and the CONNECT may be sent. */
function explainClientCertificate(code: string, host: string, tls: ProfileTls): string {
  if (/ALERT_CERTIFICATE_EXPIRED/.test(code))
    return l10n.t('{0} says that the client certificate has expired.', host);
  if (hasClientKey({ tls }))
    return l10n.t(
      '{0} does not take the client certificate: it wants one that an authority has signed which it knows.',
      host,
    );
  return l10n.t(
    '{0} wants a client certificate that it knows. Fill in {1} and {2}.',
    host,
    formFieldName('tls.certificate'),
    formFieldName('tls.key'),
  );
}

function explainWebSocket(
  { code }: ConnectFaultInfo,
  profile: ConnectionProfile,
  message: string,
): ConnectProblem {
  const address = formatName(profile.url);
  switch (code) {
    case 'HTTP_401':
    case 'HTTP_403':
      return {
        message: l10n.t(
          '{0} does not let this client in ({1}): check the headers, and what the address has behind the host.',
          address,
          code.replace('_', ' '),
        ),
        ...(needsRequestSecret(profile) && { fix: 'requestSecret' }),
      };
    case 'HTTP_400':
    case 'HTTP_404':
    case 'HTTP_426':
      return {
        message: l10n.t(
          'There is no WebSocket at {0} ({1}): the path is often /mqtt.',
          address,
          code.replace('_', ' '),
        ),
      };
    default:
      return { message: l10n.t('There is no WebSocket at {0}: {1}', address, message) };
  }
}

function explainSilence(
  { code }: ConnectFaultInfo,
  { url, tls }: ConnectionProfile,
  message: string,
): ConnectProblem {
  const host = formatName(hostOfAddress(url));
  if (isAboutClientCertificate(code)) return { message: explainClientCertificate(code, host, tls) };
  if (code === 'TIMEOUT')
    return {
      message: l10n.t(
        '{0} lets one connect, and then says nothing: does it speak MQTT on this port, or TLS (mqtts://), which waits as well?',
        host,
      ),
    };
  if (code === 'NO_CONNACK' || code === 'ECONNRESET')
    return {
      message: /^mqtt:/i.test(url)
        ? l10n.t(
            '{0} closed the connection without an answer. Is this a port for TLS (mqtts://) or for WebSockets (ws://)?',
            host,
          )
        : l10n.t(
            '{0} closed the connection without an answer: does it speak MQTT here, and in this version?',
            host,
          ),
    };
  return { message: l10n.t('{0} does not answer in MQTT: {1}', host, message) };
}

/** Lines for a person who is to say whether this is the server that is meant. */
export function describeCertificate(certificate: ServerCertificateInfo): readonly string[] {
  const { subject, issuer, validFrom, validTo } = certificate;
  return [
    l10n.t('Certificate of {0}', formatName(subject)),
    l10n.t('Signed by {0}', formatName(issuer)),
    l10n.t('Valid from {0} to {1}', dateOf(validFrom), dateOf(validTo)),
  ];
}

/** @param written as OpenSSL writes it. */
export function dateOf(written: string): string {
  const date = new Date(written);
  return Number.isNaN(date.getTime()) ? written : date.toLocaleDateString(env.language);
}
