import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { PartFile } from '../../../../src/extension/payload/partFile.ts';

const folder = mkdtempSync(join(tmpdir(), 'mqtt-part-'));
after(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'payload.bin');

test('a file appears when it is whole, in the place of the one before', async () => {
  writeFileSync(path, 'before');
  const file = await PartFile.create(path);
  await file.write(Uint8Array.of(1, 2));
  assert.equal(readFileSync(path, 'utf8'), 'before');
  await file.write(Uint8Array.of(3));
  await file.finish();
  assert.deepEqual(new Uint8Array(readFileSync(path)), Uint8Array.of(1, 2, 3));
  assert.deepEqual(readdirSync(folder), ['payload.bin']);
});

test('one that is given up leaves nothing, and what was there', async () => {
  writeFileSync(path, 'before');
  const file = await PartFile.create(path);
  await file.write(Uint8Array.of(1));
  await file.discard();
  assert.equal(readFileSync(path, 'utf8'), 'before');
  assert.deepEqual(readdirSync(folder), ['payload.bin']);
});

test('a folder that is not there, and a folder of the same name, are told by the system’s codes', async () => {
  await assert.rejects(PartFile.create(join(folder, 'gone', 'x')), { code: 'ENOENT' });
  const file = await PartFile.create(folder);
  await assert.rejects(file.finish(), { code: 'EISDIR' });
  await file.discard();
});

test('one for its owner alone is so from its first byte, whatever was there before', {
  skip: process.platform === 'win32' && 'files have no modes there',
}, async () => {
  for (const name of [path, `${path}.part`]) {
    writeFileSync(name, 'before');
    chmodSync(name, 0o644);
  }
  const file = await PartFile.create(path, 0o600);
  assert.equal(statSync(`${path}.part`).mode & 0o777, 0o600);
  await file.write(Uint8Array.of(1));
  await file.finish();
  assert.equal(statSync(path).mode & 0o777, 0o600);
});
