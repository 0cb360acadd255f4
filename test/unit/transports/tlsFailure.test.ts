/** Why a handshake failed, in words: from alerts, the library's codes, and what the client had offered. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createAuthority } from '../../../src/certificates/authority.ts';
import {
  describeCertificateFault,
  describeNoHello,
  describeTlsFailure,
  type FailedHandshake,
} from '../../../src/transports/tlsFailure.ts';
import * as hellos from '../../support/clientHellos.ts';
import { tlsFixture } from '../../support/tlsFixtures.ts';

/** Valid from 2020 to 2119, for localhost, 127.0.0.1 and ::1; EC. */
const certificate = readFileSync(tlsFixture('server.crt'));
const nowMs = Date.UTC(2026, 10, 26);

interface ErrorDetails {
  message?: string;
  code?: string;
  reason?: string;
}

function describe(details: ErrorDetails, more: Partial<FailedHandshake> = {}): string {
  const { message = 'raw', ...rest } = details;
  return describeTlsFailure({
    error: Object.assign(new Error(message), rest),
    opening: undefined,
    localAddress: '127.0.0.1',
    certificate,
    minTlsVersion: '1.2',
    nowMs,
    ...more,
  });
}

/** As OpenSSL 3 words a client's alert in its message. */
const alert = (number: number): ErrorDetails => ({
  message: `403D4F56B77F0000:error:0A000${(1000 + number).toString(16)}:SSL routines:ssl3_read_bytes:x:SSL alert number ${number}\n`,
  code: 'ERR_SSL_X',
});

const withName = (name: string): Buffer => {
  assert.equal(name.length, 'broker.local'.length);
  const bytes = Buffer.from(hellos.mbedtls);
  bytes.set(Buffer.from(name), bytes.indexOf('broker.local'));
  return bytes;
};

test('a client that does not trust the broker is told of with what it lacks, and what it offered', () => {
  assert.equal(
    describe(alert(48), { opening: hellos.mbedtls }),
    `TLS handshake failed: the client does not trust the broker's certificate (it sent the alert unknown_ca): it has no CA, or another one. Give it the certificate of the CA that signed the broker's, "MQTT Workbench test CA". It offered TLS 1.2 or older with 79 ciphers, and asked for "broker.local" (tls-unknown-ca)`,
  );
});

test('an alert is known by its number, or by what either library calls it', () => {
  for (const details of [
    alert(48),
    { message: '1:error:10000418:SSL routines:OPENSSL_internal:TLSV1_ALERT_UNKNOWN_CA' },
    { code: 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA' },
    { code: 'ERR_SSL_SSL/TLS_ALERT_UNKNOWN_CA' },
  ])
    assert.match(describe(details), /\(tls-unknown-ca\)$/, JSON.stringify(details));
});

test('a name that is not in the certificate is the reason, where the client asked for it or connected to it', () => {
  assert.match(
    describe(alert(42), { opening: hellos.mbedtls }),
    /^TLS handshake failed: the client asked for "broker\.local", and the broker's certificate is for localhost, 127\.0\.0\.1 and ::1 \(it sent the alert bad_certificate\): connect by one of these names\. It offered .* \(tls-wrong-name\)$/,
  );
  assert.match(
    describe(alert(42), { opening: hellos.mbedtls1970, localAddress: '192.0.2.7' }),
    /the client connected to 192\.0\.2\.7, and .*\(tls-wrong-name\)$/,
  );
});

test('a name that is not in the certificate is the reason for other alerts too, and for none, where it was asked for', () => {
  // mosquitto says internal_error of a wrong name; BearSSL and Node.js say nothing.
  for (const [details, said] of [
    [alert(80), 'it sent the alert internal_error'],
    [{ code: 'ECONNRESET' }, 'it closed the connection without saying why'],
  ] as const) {
    const message = describe(details, { opening: hellos.mbedtls });
    assert.match(message, /the client asked for "broker\.local", .*\(tls-wrong-name\)$/);
    assert.ok(message.includes(said));
    const byAddress = { opening: hellos.mbedtls1970, localAddress: '192.0.2.7' };
    assert.match(describe(details, byAddress), /\(tls-(client-gave-up|closed)\)$/);
  }
});

test('where the name is right and the hello shows a clock that was never set, it is the clock', () => {
  for (const number of [42, 46])
    assert.match(
      describe(alert(number), { opening: hellos.mbedtls1970 }),
      /and its clock seems to say 1970-01-01 00:05\. Set it, by SNTP say, before the device connects: the certificate is valid from 2020-01-01 to 2119-12-31 \(.*the name "127\.0\.0\.1" is in the certificate\)\. .*\(tls-clock\)$/,
    );
});

test('where the name is right and no clock is seen, it may be the CA as well as the clock, and both are asked for', () => {
  assert.equal(
    describe(alert(42), { opening: hellos.go }),
    `TLS handshake failed: the client did not accept the broker's certificate (it sent the alert bad_certificate, and the name "localhost" is in the certificate), and does not say why. Does it have the certificate of the CA that signed the broker's, "MQTT Workbench test CA"? Is its clock set (the certificate is valid from 2020-01-01 to 2119-12-31, and a board begins in 1970)? Does its TLS library know EC keys? It offered TLS 1.2 with 10 ciphers, and asked for "localhost" (tls-certificate-refused)`,
  );
  // Java without a CA, and mosquitto, to an address, in 1970.
  for (const [number, opening] of [
    [46, hellos.java],
    [42, hellos.mosquitto],
  ] as const)
    assert.match(
      describe(alert(number), { opening }),
      /the name "127\.0\.0\.1" is in .*Does it have the certificate of the CA .*Is its clock set .*\(tls-certificate-refused\)$/,
    );
});

test('a clock that is right, as mbedTLS tells it, is not the reason', () => {
  // The hello was sent on this day.
  const rightClockMs = new DataView(hellos.mbedtls.buffer, hellos.mbedtls.byteOffset).getUint32(11) * 1000;
  const failed = { opening: withName('localhost...'), nowMs: rightClockMs + 60_000 };
  assert.match(describe(alert(46), { ...failed, localAddress: '127.0.0.1' }), /\(tls-wrong-name\)$/);
  const { mbedtls1970 } = hellos;
  const set = Buffer.from(mbedtls1970);
  set.writeUInt32BE(rightClockMs / 1000, 11);
  const message = describe(alert(46), { opening: set, nowMs: rightClockMs });
  assert.match(message, /Does it have the certificate of the CA .*\(tls-certificate-refused\)$/);
  assert.doesNotMatch(message, /clock/);
});

test('“expired” of a certificate that is not is the client’s clock; else it is the broker’s certificate', () => {
  assert.match(describe(alert(45), { opening: hellos.mbedtls1970 }), /1970-01-01 00:05.*\(tls-clock\)$/);
  assert.match(
    describe(alert(45), { nowMs: Date.UTC(2120, 1, 1) }),
    /the broker's certificate has expired, on 2119-12-31 .*\(tls-broker-expired\)$/,
  );
});

test('a certificate of a kind that the client does not know, or for an unknown reason, is told with all causes', () => {
  assert.match(describe(alert(43)), /know EC keys\? \(tls-certificate-refused\)$/);
  assert.match(
    describe(alert(46), { localAddress: undefined }),
    /the CA .*Is its clock set .*Does the certificate name the address .*\(tls-certificate-refused\)$/,
  );
});

test('any other alert is told by its name', () => {
  assert.match(
    describe(alert(80)),
    /gave up \(it sent the alert internal_error\).*too little memory \(tls-client-gave-up\)$/,
  );
  assert.match(describe(alert(200)), /the alert 200/);
});

test('a client that is too old is told of with its versions', () => {
  for (const code of ['ERR_SSL_UNSUPPORTED_PROTOCOL', 'ERR_SSL_VERSION_TOO_LOW'])
    assert.match(
      describe({ code }, { opening: hellos.openssl11 }),
      /only versions of TLS before 1\.2: TLS 1\.1 or older\. Turn on TLS 1\.2 in its TLS library\. .*\(tls-version\)$/,
    );
});

/** The hello of OpenSSL 1.1 with these ciphers, and without extensions. */
function helloWith(cipherSuites: readonly number[]): Buffer {
  const suites = Buffer.from(cipherSuites.flatMap((suite) => [suite >> 8, suite & 0xff]));
  const body = Buffer.concat([
    Buffer.from([3, 3]),
    Buffer.alloc(32, 0xaa),
    Buffer.from([0, 0, suites.length]),
    suites,
    Buffer.from([1, 0]),
  ]);
  return Buffer.concat([Buffer.from([22, 3, 1, 0, body.length + 4, 1, 0, 0, body.length]), body]);
}

test('ciphers of which none fits are told by name, with what would', () => {
  const none = { code: 'ERR_SSL_NO_SHARED_CIPHER' };
  assert.match(
    describe(none, { opening: helloWith([0xc02f, 0x002f, 0x00ff]) }),
    /it offers TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 and TLS_RSA_WITH_AES_128_CBC_SHA, which go with a certificate of an RSA key, and the broker's has an EC key: .*make an RSA certificate for the broker\. It offered TLS 1\.2 or older with 2 ciphers \(tls-no-shared-cipher\)$/,
  );
  assert.match(
    describe(none, { opening: helloWith([0x00a8, 0x00ae]) }),
    /a key that both sides have \(PSK\)/,
  );
  assert.match(
    describe(none, { opening: helloWith([0x0005, 0xc0ff, 0xc009]) }),
    /it offers TLS_RSA_WITH_RC4_128_SHA, 0xC0FF and TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, and this listener takes none/,
  );
  assert.match(describe(none), /no cipher in common \(tls-no-shared-cipher\)$/);
});

test('an RSA certificate and a client that knows ECDSA alone is told the other way round', async () => {
  const rsa = await createAuthority({ commonName: 'RSA', keyKind: 'rsa', lifetimeDays: 1, nowMs });
  assert.match(
    describe(
      { code: 'ERR_SSL_NO_SHARED_CIPHER' },
      { opening: helloWith([0xc02b]), certificate: rsa.certificate },
    ),
    /go with a certificate of an EC key, and the broker's has an RSA key/,
  );
});

test('what spoke no TLS is told by its first bytes, whatever the library says', () => {
  const opening = (text: string): Partial<FailedHandshake> => ({ opening: Buffer.from(text) });
  assert.match(describe({ code: 'X' }, opening('\x10\x0cx')), /MQTT without TLS.*\(tls-spoke-mqtt\)$/);
  assert.match(describe({ code: 'X' }, opening('GET / ')), /HTTP without TLS.*\(tls-spoke-http\)$/);
  assert.match(describe({ code: 'X' }, opening('hello')), /without TLS.*\(tls-not-tls\)$/);
  assert.match(describe({ code: 'ERR_SSL_WRONG_VERSION_NUMBER' }), /\(tls-not-tls\)$/);
});

test('a client that closes without an alert has seen the certificate, and its clock may tell why', () => {
  const closed = { code: 'ECONNRESET' };
  assert.match(describe(closed, { opening: hellos.mosquitto }), /does it have the CA.*\(tls-closed\)$/);
  assert.match(
    describe(closed, { opening: hellos.mbedtls1970 }),
    /without saying why, and its clock seems to say 1970-01-01 00:05\..*\(tls-closed\)$/,
  );
});

test('a client’s certificate that was refused is the reason, not the connection that Node then closed', () => {
  const closed = { code: 'ECONNRESET' };
  assert.match(
    describe(closed, { certificateFault: 'CERT_HAS_EXPIRED' }),
    /the client's certificate has expired/,
  );
  assert.match(
    describe(closed, { certificateFault: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }),
    /not signed by the CA of this listener \(tls-client-certificate-unknown\)$/,
  );
  const device = new X509Certificate(readFileSync(tlsFixture('client.crt')));
  assert.equal(
    describeCertificateFault('CERT_HAS_EXPIRED', device),
    `TLS handshake failed: the client's certificate, "CN=test-device", has expired, on 2119-12-31: make a new one (tls-client-certificate-expired)`,
  );
  assert.match(
    describeCertificateFault('CERT_NOT_YET_VALID', device),
    /is not valid yet, but from 2020-01-01 on: does the clock of this machine go right\? \(tls-client-certificate-not-yet-valid\)$/,
  );
});

test('a connection that never said its hello is told with what came of it', () => {
  assert.equal(
    describeNoHello(new Uint8Array(0), 'closed', 30_000),
    'TLS handshake failed: the client closed the connection before it sent anything (tls-nothing-sent)',
  );
  assert.match(
    describeNoHello(new Uint8Array(0), 'timeout', 30_000),
    /sent nothing for 30 s \(tls-nothing-sent\)$/,
  );
  assert.match(
    describeNoHello(new Uint8Array(12), 'timeout', 30_000),
    /the first 12 bytes of its hello, and then sent nothing more for 30 s \(tls-hello-malformed\)$/,
  );
});

test('a handshake that takes too long is told as such', () => {
  assert.match(
    describe({ code: 'ERR_TLS_HANDSHAKE_TIMEOUT' }),
    /did not finish the handshake in time: .*an RSA key of its own.*a debugger.*\(tls-timeout\)$/,
  );
});

test("any other failure is told in OpenSSL's words, or else in Node's", () => {
  assert.equal(describe({ code: 'ERR_SSL_X', reason: 'bad x' }), 'TLS handshake failed: bad x (tls-other)');
  assert.equal(describe({}), 'TLS handshake failed: raw (tls-other)');
});
