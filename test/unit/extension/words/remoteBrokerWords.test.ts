/** Every failure of a connection has a sentence that says what to do, and none is lost in another's. */
import '../../../support/wordsOfExtension.ts';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { ConnectFaultInfo } from '../../../../src/contracts/remoteBrokers.ts';
import { type ConnectionProfile, readProfiles } from '../../../../src/extension/connections/profiles.ts';
import type { NamedField } from '../../../../src/extension/words/formFieldNames.ts';
import { inRepository } from '../../../support/repository.ts';

const { formFieldLabel } = await import('../../../../src/extension/words/formFieldNames.ts');
const { explainConnect } = await import('../../../../src/extension/words/remoteBrokerWords.ts');

const surroundings = { isTrusted: true, folder: '/work', home: '/home/me' };

function profile(entry: object = {}): ConnectionProfile {
  const whole = { name: 'Gateway', url: 'mqtts://broker.example:8883', ...entry };
  const { profiles, faults } = readProfiles({ user: [whole], workspace: undefined }, surroundings);
  assert.deepEqual(faults, []);
  return profiles[0]!; // one, without faults
}

function failure(stage: ConnectFaultInfo['stage'], code: string, entry: object = {}): [string, string?] {
  const certificate = {
    ...{ fingerprint: '00', subject: 'other.example', issuer: 'Their CA', names: 'DNS:other.example' },
    ...{ validFrom: 'Jan  1 00:00:00 2020 GMT', validTo: 'Jan  1 00:00:00 2021 GMT' },
  };
  const fault = { stage, code, certificate };
  const { message, fix } = explainConnect({ kind: 'failed', message: 'Node says so', fault }, profile(entry));
  assert.doesNotMatch(message, /\btls\.\w|proxy\.(url|username)/, 'a name of the settings');
  return fix === undefined ? [message] : [message, fix];
}

const proxy = { url: 'http://proxy.example:3128' };
const withUser = { url: 'socks5://proxy.example', username: 'me' };

test('what fails at the proxy is told of the proxy, with what to do', () => {
  const told: [string, object, RegExp, string?][] = [
    ['ENOTFOUND', proxy, /There is no proxy proxy\.example: check how it is spelled/],
    ['ECONNREFUSED', proxy, /No proxy listens at http:\/\/proxy\.example:3128/],
    ['NOT_A_PROXY', proxy, /is no such proxy: is it http:\/\/ or socks5:\/\//],
    ['ECONNRESET', withUser, /is no such proxy/],
    ['TIMEOUT', proxy, /does not answer, or does not reach mqtts:\/\/broker\.example:8883 in time/],
    ['HTTP_407', proxy, /wants a user name and a password: fill in “User name at the proxy”/],
    ['SOCKS_AUTH', withUser, /does not let me in: is the password right/, 'proxyPassword'],
    ['HTTP_403', proxy, /does not allow a connection to .*443/],
    ['SOCKS_NotAllowed', withUser, /does not allow a connection/],
    ['HTTP_502', proxy, /does not reach .*: is the address right as seen from there/],
    ['SOCKS_HostUnreachable', withUser, /does not reach/],
    ['SOCKS_ConnectionRefused', withUser, /does not reach/],
    ['HTTP_500', proxy, /There is no way through the proxy .*: Node says so/],
  ];
  for (const [code, through, sentence, fix] of told) {
    const [message, helps] = failure('proxy', code, { proxy: through });
    assert.match(message, sentence, code);
    assert.equal(helps, fix, code);
  }
});

test('what fails at a Unix socket is told of its path', () => {
  const url = 'mqtt+unix:///run/mosquitto.sock';
  assert.match(failure('network', 'ENOENT', { url })[0], /No broker has a socket at \/run\/mosquitto\.sock/);
  assert.match(failure('network', 'ECONNREFUSED', { url })[0], /No broker has a socket at/);
  assert.match(failure('network', 'EACCES', { url })[0], /You may not use the socket .*who may write to it/);
  assert.match(failure('network', 'ENOTSOCK', { url })[0], /The socket .* can’t be used: Node says so/);
});

test('what is wrong with certificates and keys, this side’s and the broker’s, is told by its field', () => {
  const told: [string, RegExp, string?][] = [
    [
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      /is signed by itself.*Name its file in “Certificate of the authority \(CA\)”, or trust/,
      'trust',
    ],
    [
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      /No authority that this computer knows .*Their CA has.* in “Certificate of the authority \(CA\)”/,
      'trust',
    ],
    [
      'SELF_SIGNED_CERT_IN_CHAIN',
      /“Certificate of the authority \(CA\)”, or trust this one certificate/,
      'trust',
    ],
    ['CERT_HAS_EXPIRED', /has expired, on /, 'trust'],
    ['CERT_NOT_YET_VALID', /does the clock of this computer go right/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /is for other\.example, and not for broker\.example/, 'trust'],
    ['FINGERPRINT_MISMATCH', /another certificate than the one that is trusted/, 'trust'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', /does not speak TLS/],
    ['ECONNRESET', /ended the TLS handshake\. Is this its port for TLS/],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', /no version of TLS in common: see “Oldest version of TLS”/],
    ['ERR_SSL_UNSUPPORTED_PROTOCOL', /no version of TLS in common/],
    ['ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL', /none of the protocols in “ALPN protocols”/],
    ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', /the client certificate has expired/],
    [
      'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
      /wants a client certificate that it knows\. Fill in “Client certificate” and “Key of the client certificate”/,
    ],
    [
      'ERR_MISSING_PASSPHRASE',
      /The key of the client certificate is encrypted, and does not open/,
      'passphrase',
    ],
    ['PKCS12_PASSPHRASE', /The passphrase does not open the PKCS#12 file/, 'passphrase'],
    ['PKCS12_UNREADABLE', /The PKCS#12 file can’t be used: Node says so\..*openssl pkcs12 -export/],
    ['ERR_OSSL_X509_KEY_VALUES_MISMATCH', /The key is not that of the client certificate/],
  ];
  for (const [code, sentence, fix] of told) {
    const [message, helps] = failure('tls', code);
    assert.match(message, sentence, code);
    assert.equal(helps, fix, code);
  }
  // In TLS 1.3 a client certificate is looked at when this side has its handshake done.
  for (const [code, sentence] of told.filter(([each]) => /ALERT_(CERTIFICATE_EXPIRED|UNKNOWN_CA)/.test(each)))
    assert.match(failure('mqtt', code)[0], sentence, code);
});

test('a message names the fields of the form as the form does', () => {
  const source = readFileSync(inRepository('src/webview/connection/words.ts'), 'utf8');
  const [page = ''] = /export function fieldLabel.*?\n}\n/s.exec(source) ?? [];
  const labels = new Map(
    [...page.matchAll(/case '([\w.]+)':\n {6}return t\('(.*)'\);/g)].map(([, field, label]) => [
      field,
      label,
    ]),
  );
  const named: Record<NamedField, true> = {
    ...{ 'tls.ca': true, 'tls.certificate': true, 'tls.key': true, 'tls.serverName': true },
    ...{ 'tls.minimumVersion': true, 'tls.alpn': true, 'proxy.username': true },
  };
  for (const field of Object.keys(named) as NamedField[]) // exactly these
    assert.equal(formFieldLabel(field), labels.get(field), field);
});

test('what an address or a device chose is text, and short', () => {
  const name = `${'x'.repeat(200)}`;
  const [message] = failure('proxy', 'HTTP_500', {
    name,
    proxy: { url: `http://${'y'.repeat(63)}.example` },
  });
  assert.ok(message.length < 250, message);
});
