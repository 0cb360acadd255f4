import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TlsFileName } from '../../../../src/contracts/tlsFiles.ts';
import { contentOf, readTlsContent } from '../../../../src/extension/connections/tlsFileContent.ts';
import { inRepository } from '../../../support/repository.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const fixture = (name: string): string => inRepository(`test/fixtures/tls/${name}`);

const problemOf = (bytes: Buffer | string, name: TlsFileName): string => {
  const read = contentOf(Buffer.from(bytes as string), name); // either will do
  return read.kind === 'wrong' ? read.problem : read.kind;
};

test('PEM is kept as its text, and PKCS#12 in Base64', async () => {
  const files = { ca: 'ca.crt', certificate: 'client.crt', key: 'client.key' } as const;
  for (const [name, file] of Object.entries(files) as [TlsFileName, string][])
    assert.deepEqual(await readTlsContent(fixture(file), name), {
      kind: 'read',
      content: readFileSync(fixture(file), 'utf8'),
    });
  assert.deepEqual(await readTlsContent(fixture('client.p12'), 'pkcs12'), {
    kind: 'read',
    content: readFileSync(fixture('client.p12'), 'base64'),
  });
});

test('what is of another kind than its field is not kept', () => {
  const certificate = readFileSync(fixture('client.crt'));
  const key = readFileSync(fixture('client.key'));
  assert.equal(problemOf(key, 'ca'), 'keyInstead');
  assert.equal(problemOf(key, 'certificate'), 'keyInstead');
  assert.equal(problemOf(certificate, 'key'), 'certificateInstead');
  assert.equal(problemOf('nothing', 'ca'), 'noCertificate');
  assert.equal(problemOf('', 'key'), 'noKey');
  for (const other of [certificate, '', '0', Buffer.from([0x30, 0x82, 0, 9, 2, 1, 0])])
    assert.equal(problemOf(other, 'pkcs12'), 'notPkcs12');
  assert.equal(problemOf('-----BEGIN ENCRYPTED PRIVATE KEY-----\n', 'key'), 'read');
});

test('PKCS#12 is known by each form of its length', () => {
  for (const length of [[0x05], [0x80], [0x82, 0, 5]])
    assert.equal(problemOf(Buffer.from([0x30, ...length, 2, 1, 3]), 'pkcs12'), 'read');
});

test('a megabyte is kept, and nothing that is longer; what can’t be read is told', async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'long.pem');
  const long = '-----BEGIN CERTIFICATE-----\n'.padEnd(1_048_576, 'A');
  writeFileSync(file, long);
  assert.equal((await readTlsContent(file, 'ca')).kind, 'read');
  writeFileSync(file, `${long}A`);
  const tooLarge = { kind: 'wrong', problem: 'tooLarge' };
  assert.deepEqual(await readTlsContent(file, 'ca'), tooLarge);
  assert.deepEqual(contentOf(Buffer.from(`${long}A`), 'ca'), tooLarge);
  const notThere = { kind: 'wrong', problem: 'notThere' };
  assert.deepEqual(await readTlsContent(join(folder, 'none.pem'), 'ca'), notThere);
  assert.deepEqual(await readTlsContent(folder, 'ca'), notThere);
});
