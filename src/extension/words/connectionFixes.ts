/** What helps where a tested connection failed: a field to go to, a change to try, or a certificate to trust. */
import { l10n } from 'vscode';
import {
  defaultPorts,
  type FormField,
  type TestFix,
  type Transport,
} from '../../contracts/connectionForm.ts';
import type { TestEndInfo } from '../../contracts/connectionTests.ts';
import type { ConnectFaultInfo } from '../../contracts/remoteBrokers.ts';
import { addressOf } from '../connections/profileDraft.ts';
import type { ConnectionProfile } from '../connections/profiles.ts';
import {
  explainConnect,
  isAboutAlpn,
  isAboutClientCertificate,
  isAboutVersion,
} from './remoteBrokerWords.ts';

type FailedEnd = Exclude<TestEndInfo, { kind: 'passed' }>;
type Failed = Extract<FailedEnd, { kind: 'failed' }>;

export function fixesFor(end: FailedEnd, profile: ConnectionProfile): readonly TestFix[] {
  if (end.kind === 'refused') return fixesForRefusal(end.reasonCode, profile);
  return [...fixesForFault(end.fault, profile), ...trustFix(end, profile)];
}

function fixesForRefusal(reasonCode: number, profile: ConnectionProfile): readonly TestFix[] {
  switch (reasonCode) {
    case 0x84:
      return [
        ...(profile.protocolVersion === 4 ? [] : [version('3.1.1')]),
        ...(profile.protocolVersion === 5 ? [] : [version('5.0')]),
      ];
    case 0x85:
      return goTo('clientId');
    case 0x86:
    case 0x87:
      return profile.username === undefined ? goTo('username') : goTo('password', 'username');
    default:
      return [];
  }
}

function trustFix(end: Failed, profile: ConnectionProfile): readonly TestFix[] {
  if (end.fault?.certificate === undefined || explainConnect(end, profile).fix !== 'trust') return [];
  return [{ kind: 'trust', label: l10n.t('Trust Certificate…') }];
}

function fixesForFault(fault: ConnectFaultInfo | undefined, profile: ConnectionProfile): readonly TestFix[] {
  switch (fault?.stage) {
    case 'name':
    case 'address':
      return goTo('host');
    case 'proxy':
      return /407|AUTH/.test(fault.code) && profile.proxy?.username !== undefined
        ? goTo('proxyPassword', 'proxy.username')
        : goTo('proxy.url');
    case 'network':
      if (addressOf(profile).transport === 'mqtt+unix') return goTo('path');
      return fault.code === 'ECONNREFUSED' ? goTo('port', 'host') : goTo('host');
    case 'tls':
      return fixesForTls(fault.code, profile);
    case 'webSocket':
      return /^HTTP_40[13]$/.test(fault.code) && profile.headers !== undefined
        ? goTo('headers')
        : goTo('path');
    case 'mqtt':
      if (isAboutClientCertificate(fault.code)) return goTo('tls.certificate');
      return addressOf(profile).transport === 'mqtt'
        ? [transport(l10n.t('Use TLS'), 'mqtts', profile), ...goTo('port')]
        : goTo('port');
    default:
      return [];
  }
}

function fixesForTls(code: string, profile: ConnectionProfile): readonly TestFix[] {
  switch (code) {
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return profile.tls.serverName === undefined ? goTo('host', 'tls.serverName') : goTo('tls.serverName');
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
    case 'EPROTO':
      return [withoutTls(profile), ...goTo('port')];
    case 'ERR_MISSING_PASSPHRASE':
    case 'ERR_OSSL_BAD_DECRYPT':
    case 'ERR_OSSL_EVP_BAD_DECRYPT':
    case 'ERR_OSSL_CRYPTO_INTERRUPTED_OR_CANCELLED':
    case 'PKCS12_PASSPHRASE':
      return goTo('passphrase');
    case 'PKCS12_UNREADABLE':
      return goTo('tls.pkcs12');
    case 'ERR_OSSL_PEM_NO_START_LINE':
    case 'ERR_OSSL_UNSUPPORTED':
    case 'ERR_OSSL_X509_KEY_VALUES_MISMATCH':
      return goTo('tls.key', 'tls.certificate');
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
    case 'FINGERPRINT_MISMATCH':
      return [];
    case 'ECONNRESET':
    case 'TIMEOUT':
      return [withoutTls(profile), ...goTo('port', 'tls.certificate')];
    default:
      if (isAboutVersion(code)) return goTo('tls.minimumVersion');
      if (isAboutAlpn(code)) return goTo('tls.alpn');
      return isAboutClientCertificate(code) ? goTo('tls.certificate') : goTo('tls.ca');
  }
}

function goTo(...fields: FormField[]): readonly TestFix[] {
  return fields.map((field) => ({ kind: 'goTo', field }));
}

function version(protocolVersion: '3.1.1' | '5.0'): TestFix {
  return { kind: 'change', label: l10n.t('Use MQTT {0}', protocolVersion), texts: { protocolVersion } };
}

function withoutTls(profile: ConnectionProfile): TestFix {
  const plain = addressOf(profile).transport === 'wss' ? 'ws' : 'mqtt';
  return transport(l10n.t('Connect without TLS'), plain, profile);
}

/** The port is meant as it is: the one that was tested. */
function transport(label: string, to: Transport, { url }: ConnectionProfile): TestFix {
  const { transport: from, port } = addressOf({ url });
  return { kind: 'change', label, texts: { transport: to, port: port || String(defaultPorts[from] ?? '') } };
}
