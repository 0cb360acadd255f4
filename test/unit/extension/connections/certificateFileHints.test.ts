import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { TlsContents } from '../../../../src/contracts/tlsFiles.ts';
import { certificateFileHints } from '../../../../src/extension/connections/certificateFileHints.ts';
import { draftOf } from '../../../../src/extension/connections/profileDraft.ts';
import { inRepository } from '../../../support/repository.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const fixtures = inRepository('test/fixtures/tls');

async function hints(tls: object, kept: TlsContents = {}): Promise<[string, string][]> {
  const { texts } = draftOf({ url: 'mqtts://a', tls }, 'user');
  const found = await certificateFileHints(texts, kept, { folder: fixtures, home: fixtures });
  return found.map(({ field, problem }) => [field, problem]);
}

function written(t: TestContext, name: string, text: string): string {
  const file = join(temporaryFolder(t), name);
  writeFileSync(file, text);
  return file;
}

test('files that are what their fields want have no hint, wherever their paths start', async () => {
  const tls = { ca: 'ca.crt', certificate: '~/client.crt', key: join(fixtures, 'client.key') };
  assert.deepEqual(await hints(tls), []);
  assert.deepEqual(await hints({}), []);
});

test('one that is not there, or is a folder, is told; a path without its folder is a fault of the setting', async () => {
  assert.deepEqual(await hints({ ca: 'nothing.crt', key: '.' }), [
    ['tls.ca', 'notThere'],
    ['tls.key', 'notThere'],
  ]);
  const { texts } = draftOf({ tls: { ca: 'ca.crt' } }, 'user');
  assert.deepEqual(await certificateFileHints(texts, {}, { folder: undefined, home: fixtures }), []);
});

test('a key in place of a certificate, the other way round, and neither', async (t) => {
  const none = written(t, 'none.pem', 'nothing of the kind');
  assert.deepEqual(await hints({ ca: none, certificate: 'client.key', key: 'client.crt' }), [
    ['tls.ca', 'noCertificate'],
    ['tls.certificate', 'keyInstead'],
    ['tls.key', 'certificateInstead'],
  ]);
  assert.deepEqual(await hints({ key: none }), [['tls.key', 'noKey']]);
});

test('a key that is encrypted is known, in each of its forms', async (t) => {
  const pkcs8 = written(t, 'a.key', '-----BEGIN ENCRYPTED PRIVATE KEY-----\n');
  const old = written(t, 'b.key', '-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n');
  for (const key of [pkcs8, old]) assert.deepEqual(await hints({ key }), [['tls.key', 'encryptedKey']]);
});

test('one file may have certificate and key', async (t) => {
  const both = '-----BEGIN EC PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----\n';
  const file = written(t, 'both.pem', both);
  assert.deepEqual(await hints({ certificate: file, key: file }), []);
});

test('what is kept is looked at as a file is, and told where it is not there', async () => {
  const all = { ca: '{secret}', certificate: '{secret}', key: ' {secret} ', pkcs12: '{secret}' };
  const kept = {
    ...{ ca: '-----BEGIN CERTIFICATE-----\n', key: '-----BEGIN ENCRYPTED PRIVATE KEY-----\n' },
    pkcs12: 'MIIB',
  };
  assert.deepEqual(await hints(all, kept), [
    ['tls.certificate', 'notKept'],
    ['tls.key', 'encryptedKey'],
  ]);
});
