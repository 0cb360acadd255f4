/** Certificate files, and what is said of the wrong ones. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readTlsFiles } from '../../../src/cli/tlsFiles.ts';

const folder = join(import.meta.dirname, '../../fixtures/tls');
const fixture = (name: string): string => join(folder, name);
const good = {
  cert: fixture('server.crt'),
  key: fixture('server.key'),
  ca: fixture('ca.crt'),
  requireClientCert: true,
};

test('a certificate, its key and an authority are read', async () => {
  const result = await readTlsFiles(good);
  assert.equal(result.kind, 'tls');
  if (result.kind !== 'tls') return;
  assert.equal(result.tls.requireClientCertificate, true);
  assert.match(String(result.tls.cert), /BEGIN CERTIFICATE/);
  assert.match(String(result.tls.key), /BEGIN PRIVATE KEY/);
  assert.ok(result.tls.ca);
});

test('the authority may be left out', async () => {
  const result = await readTlsFiles({ ...good, ca: undefined, requireClientCert: false });
  assert.ok(result.kind === 'tls' && !('ca' in result.tls));
});

for (const [what, change, message] of [
  [
    'a certificate that is not there',
    { cert: fixture('no.crt') },
    `--cert ${fixture('no.crt')}: there is no such file`,
  ],
  ['a folder for a key', { key: folder }, `--key ${folder}: this is a folder, not a file`],
  [
    'a key in place of the certificate',
    { cert: good.key },
    `--cert ${good.key}: there is no certificate in PEM in it`,
  ],
  [
    'a certificate in place of the key',
    { key: good.cert },
    `--key ${good.cert}: there is no private key in PEM in it that opens without a passphrase`,
  ],
  [
    'the key of another certificate',
    { key: fixture('client.key') },
    `--key ${fixture('client.key')}: this is not the key of the certificate in ${good.cert}`,
  ],
  ['an authority that is none', { ca: good.key }, `--ca ${good.key}: there is no certificate in PEM in it`],
] as const) {
  test(`${what} is told with the flag and the file`, async () => {
    assert.deepEqual(await readTlsFiles({ ...good, ...change }), { kind: 'usageProblem', message });
  });
}
