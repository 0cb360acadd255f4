/** A development CA and what it signs, read back by Node's own X.509. OpenSSL and mosquitto do so in test/device. */
import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import {
  createAuthority,
  issueClientCertificate,
  issueServerCertificate,
} from '../../../src/certificates/authority.ts';
import { BACKDATED_MS, DAY_MS } from '../../../src/certificates/validity.ts';

const nowMs = Date.UTC(2026, 10, 26, 12);
const authorityOptions = { commonName: 'A CA', keyKind: 'ec', lifetimeDays: 3650, nowMs } as const;
const leaf = { commonName: 'studio', keyKind: 'ec', lifetimeDays: 397, nowMs } as const;
const names = ['studio', 'studio.local', 'localhost', '127.0.0.1', '::1', '192.0.2.7', '2001:db8::7'];

for (const keyKind of ['ec', 'rsa'] as const) {
  test(`a CA, a server's and a device's certificate of ${keyKind} keys belong together`, async () => {
    const ca = await createAuthority({ ...authorityOptions, keyKind });
    const authority = new X509Certificate(ca.certificate);
    assert.ok(authority.ca);
    assert.ok(authority.verify(authority.publicKey));
    for (const issued of [
      await issueServerCertificate(ca, names, { ...leaf, keyKind }),
      await issueClientCertificate(ca, { ...leaf, keyKind }),
    ]) {
      const certificate = new X509Certificate(issued.certificate);
      assert.ok(certificate.checkIssued(authority));
      assert.ok(certificate.verify(authority.publicKey));
      assert.ok(certificate.checkPrivateKey(createPrivateKey(issued.key)));
      assert.equal(certificate.ca, false);
      assert.equal(
        certificate.publicKey.asymmetricKeyType,
        keyKind,
        'its key is of the kind that was asked for',
      );
    }
  });
}

test('a server’s certificate has every name, and IPv4 addresses once more as names', async () => {
  const ca = await createAuthority(authorityOptions);
  const { certificate } = await issueServerCertificate(ca, names, leaf);
  const parsed = new X509Certificate(certificate);
  assert.deepEqual(parsed.subjectAltName?.split(', '), [
    ...['DNS:studio', 'DNS:studio.local', 'DNS:localhost', 'IP Address:127.0.0.1', 'DNS:127.0.0.1'],
    'IP Address:0:0:0:0:0:0:0:1',
    ...['IP Address:192.0.2.7', 'DNS:192.0.2.7', 'IP Address:2001:DB8:0:0:0:0:0:7'],
  ]);
  assert.deepEqual(parsed.keyUsage, ['1.3.6.1.5.5.7.3.1']);
});

test('a device’s certificate says who it is, and that it is a client', async () => {
  const ca = await createAuthority(authorityOptions);
  const { certificate } = await issueClientCertificate(ca, { ...leaf, commonName: 'board "7", Käse' });
  const parsed = new X509Certificate(certificate);
  assert.equal(parsed.toLegacyObject().subject.CN, 'board "7", Käse');
  assert.deepEqual(parsed.keyUsage, ['1.3.6.1.5.5.7.3.2']);
});

test('what is signed begins two days ago, for a board whose clock is behind, and never before its CA', async () => {
  const ca = await createAuthority(authorityOptions);
  const issued = new X509Certificate((await issueClientCertificate(ca, leaf)).certificate);
  assert.equal(issued.validFromDate.getTime(), nowMs - BACKDATED_MS);
  assert.equal(issued.validToDate.getTime(), nowMs + 397 * DAY_MS);
  // The clock of this computer was set back since the CA was made.
  const earlier = await issueClientCertificate(ca, { ...leaf, nowMs: nowMs - DAY_MS });
  assert.equal(new X509Certificate(earlier.certificate).validFromDate.getTime(), nowMs - BACKDATED_MS);
});

test('nothing outlives its CA', async () => {
  const ca = await createAuthority({ ...authorityOptions, lifetimeDays: 30 });
  const issued = new X509Certificate((await issueClientCertificate(ca, leaf)).certificate);
  assert.equal(issued.validToDate.getTime(), nowMs + 30 * DAY_MS);
});

test('an end beyond 2049 is written as the standard wants it [RFC 5280 4.1.2.5]', async () => {
  const ca = await createAuthority({ ...authorityOptions, lifetimeDays: 30 * 365 });
  assert.equal(new X509Certificate(ca.certificate).validToDate.getUTCFullYear(), 2056);
});

test('a common name has 64 characters at most', async () => {
  const ca = await createAuthority({ ...authorityOptions, commonName: 'x'.repeat(200) });
  assert.equal(new X509Certificate(ca.certificate).toLegacyObject().subject.CN, 'x'.repeat(64));
});

test('serial numbers are positive, and no two are the same', async () => {
  const ca = await createAuthority(authorityOptions);
  const serials = new Set<string>();
  for (let i = 0; i < 20; i++) {
    const { certificate } = await issueClientCertificate(ca, leaf);
    const { serialNumber } = new X509Certificate(certificate);
    assert.match(serialNumber, /^[4-7][0-9A-F]{31}$/);
    serials.add(serialNumber);
  }
  assert.equal(serials.size, 20);
});
