/** By which names this machine can be reached, and when a certificate has to be made anew for them. */
import assert from 'node:assert/strict';
import type { NetworkInterfaceInfo } from 'node:os';
import { before, test } from 'node:test';
import { localHostName } from '../../../src/base/networkAddress.ts';
import { createAuthority, issueServerCertificate } from '../../../src/certificates/authority.ts';
import type { Credential } from '../../../src/certificates/credential.ts';
import { whyRenew } from '../../../src/certificates/renewal.ts';
import { namesMissingIn, serverNames } from '../../../src/certificates/serverNames.ts';
import { DAY_MS } from '../../../src/certificates/validity.ts';

const address = (text: string, internal = false): NetworkInterfaceInfo =>
  ({ address: text, internal, family: text.includes(':') ? 'IPv6' : 'IPv4' }) as NetworkInterfaceInfo; // the rest is not read

const interfaces = {
  lo: [address('127.0.0.1', true), address('::1', true)],
  wlan0: [address('fe80::1'), address('2001:db8::7'), address('192.0.2.7')],
  eth0: [address('192.0.2.14')],
};
const expected = [
  ...['studio', 'studio.local', 'host.wokwi.internal', 'host.docker.internal', 'localhost'],
  ...['127.0.0.1', '::1', '192.0.2.14', '192.0.2.7', '2001:db8::7'],
];

test('names are the host’s, with .local, the simulators’, the loopback, and the addresses on the network', () => {
  assert.deepEqual(serverNames({ interfaces, hostName: 'Studio' }), expected);
});

test('a host name with a domain is there as it is, and its first part with .local', () => {
  const names = serverNames({ interfaces: {}, hostName: 'studio.example.org' });
  assert.deepEqual(names.slice(0, 2), ['studio.example.org', 'studio.local']);
  assert.deepEqual(serverNames({ interfaces: {}, hostName: 'studio.local' }).slice(0, 2), [
    'studio.local',
    'host.wokwi.internal',
  ]);
});

test('a host name that no certificate can carry is left out, and not the name that is announced', () => {
  const odd = ['', 'my computer', 'büro', '-x', '192.0.2.1', 'localhost', 'a*b', 'x'.repeat(64), 'a.b_c'];
  for (const hostName of odd)
    assert.deepEqual(
      serverNames({ interfaces: {}, hostName }).slice(0, 2),
      [localHostName(hostName), 'host.wokwi.internal'],
      hostName,
    );
});

test('of more than 32 addresses the first are taken, IPv4 before IPv6', () => {
  const many = Array.from({ length: 40 }, (_, i) => address(`2001:db8::${i + 100}`));
  const names = serverNames({ interfaces: { eth0: [...many, address('192.0.2.7')] }, hostName: '' });
  assert.equal(names.length, 1 + 2 + 3 + 32);
  assert.equal(names[6], '192.0.2.7');
});

const nowMs = Date.UTC(2026, 10, 26, 12);
const options = { commonName: 'studio', keyKind: 'ec', lifetimeDays: 397, nowMs } as const;
let ca: Credential;
let certificate: string;
before(async () => {
  ca = await createAuthority({ ...options, commonName: 'CA', lifetimeDays: 3650 });
  ({ certificate } = await issueServerCertificate(ca, expected, options));
});

test('a certificate lacks the names that it was not made for', () => {
  assert.deepEqual(namesMissingIn(certificate, expected), []);
  assert.deepEqual(namesMissingIn(certificate, [...expected, 'attic', '192.0.2.8', '2001:db8::8']), [
    'attic',
    '192.0.2.8',
    '2001:db8::8',
  ]);
});

test('it will do until 30 days before its end, and as long as this machine has no new address', () => {
  const why = (names = expected, atMs = nowMs): string | undefined =>
    whyRenew(certificate, ca.certificate, names, atMs);
  assert.equal(why(), undefined);
  assert.equal(why(['192.0.2.7']), undefined);
  assert.equal(why([...expected, '192.0.2.200']), 'names');
  assert.equal(why(expected, nowMs + 366 * DAY_MS), undefined);
  assert.equal(why(expected, nowMs + 368 * DAY_MS), 'expires soon');
  assert.equal(why(expected, nowMs - 3 * DAY_MS), 'not valid yet');
  assert.equal(whyRenew(undefined, ca.certificate, expected, nowMs), 'none yet');
});

test('one of a few days is made anew after two thirds of them', async () => {
  const short = await issueServerCertificate(ca, expected, { ...options, lifetimeDays: 4 });
  const why = (days: number): string | undefined =>
    whyRenew(short.certificate, ca.certificate, expected, nowMs + days * DAY_MS);
  assert.equal(why(1.9), undefined);
  assert.equal(why(2.1), 'expires soon');
});

test('one that ends with its CA is not made anew again and again', async () => {
  const dying = await createAuthority({ ...options, commonName: 'CA', lifetimeDays: 10 });
  const last = await issueServerCertificate(dying, expected, options);
  assert.equal(whyRenew(last.certificate, dying.certificate, expected, nowMs + 9 * DAY_MS), undefined);
});

test('one of another CA, were it of the same name, is made anew', async () => {
  const other = await createAuthority({ ...options, commonName: 'CA', lifetimeDays: 3650 });
  assert.equal(whyRenew(certificate, other.certificate, expected, nowMs), 'another CA');
});
