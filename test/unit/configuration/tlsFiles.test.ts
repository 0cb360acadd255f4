/** Certificate files, and what is said of the wrong ones. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readTlsFiles } from '../../../src/configuration/tlsFiles.ts';

const folder = join(import.meta.dirname, '../../fixtures/tls');
const fixture = (name: string): string => join(folder, name);
const good = {
  cert: fixture('server.crt'),
  key: fixture('server.key'),
  ca: fixture('ca.crt'),
  clientCertificate: 'required',
  commonNameAsUser: true,
  minTlsVersion: '1.3',
} as const;

test('a certificate, its key and an authority are read', async () => {
  const result = await readTlsFiles(good);
  assert.equal(result.kind, 'tls');
  if (result.kind !== 'tls') return;
  const { clientCertificate, commonNameAsUser, minTlsVersion } = result.tls;
  assert.deepEqual([clientCertificate, commonNameAsUser, minTlsVersion], ['required', true, '1.3']);
  assert.match(String(result.tls.cert), /BEGIN CERTIFICATE/);
  assert.match(String(result.tls.key), /BEGIN PRIVATE KEY/);
  assert.ok(result.tls.ca);
});

test('the authority may be left out', async () => {
  const { ca: _, ...withoutAuthority } = good;
  const result = await readTlsFiles(withoutAuthority);
  assert.ok(result.kind === 'tls' && !('ca' in result.tls));
});

for (const [what, change, field, message] of [
  ['a certificate that is not there', { cert: fixture('no.crt') }, 'cert', 'there is no such file'],
  ['a folder for a key', { key: folder }, 'key', 'this is a folder, not a file'],
  ['a key in place of the certificate', { cert: good.key }, 'cert', 'there is no certificate in PEM in it'],
  [
    'a certificate in place of the key',
    { key: good.cert },
    'key',
    'there is no private key in PEM in it that opens without a passphrase',
  ],
  [
    'the key of another certificate',
    { key: fixture('client.key') },
    'key',
    `this is not the key of the certificate in ${good.cert}`,
  ],
  ['an authority that is none', { ca: good.key }, 'ca', 'there is no certificate in PEM in it'],
] as const) {
  test(`${what} is told with the field and the file`, async () => {
    const files = { ...good, ...change };
    assert.deepEqual(await readTlsFiles(files), {
      kind: 'tlsFileProblem',
      field,
      file: files[field],
      message,
    });
  });
}
