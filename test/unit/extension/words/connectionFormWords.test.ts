import '../../../support/wordsOfExtension.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FieldNote } from '../../../../src/contracts/connectionForm.ts';
import { draftOf } from '../../../../src/extension/connections/profileDraft.ts';
import { readEntry, readProfiles } from '../../../../src/extension/connections/profiles.ts';

const { noteOf } = await import('../../../../src/extension/words/connectionFormWords.ts');
const { explainProfileFaults } = await import('../../../../src/extension/words/profileWords.ts');

const surroundings = { isTrusted: true, folder: undefined, home: '/home/me' };

function notes(entry: Record<string, unknown>): FieldNote[] {
  return readEntry(entry, 'user', ['Taken'], surroundings).faults.map((fault) =>
    noteOf(fault, entry, draftOf(entry, 'user')),
  );
}

test('what is not filled in yet is missing, and no fault', () => {
  assert.deepEqual(notes({ url: 'mqtt://', subscriptions: [''] }), [
    { field: 'name', kind: 'missing', message: 'A name has at least one character.' },
    { field: 'host', kind: 'missing', message: 'The host is missing: a name or an IP address.' },
    { field: 'subscriptions.0', kind: 'missing', message: 'It is no topic filter.' },
  ]);
});

test('a fault is told at its field, in a sentence that stands alone', () => {
  const entry = { name: 'Taken', url: 'mqtt://a:0', keepAliveSeconds: 'x', tls: { key: 'a.key' } };
  assert.deepEqual(
    notes(entry).map(({ field, kind, message }) => [field, kind, message]),
    [
      ['port', 'fault', 'The port is a number from 1 to 65535.'],
      ['keepAliveSeconds', 'fault', 'It must be a whole number from 0 to 65535.'],
      ['transport', 'fault', 'There are settings for TLS, and this is without it: choose a way with TLS.'],
      ['tls.key', 'fault', 'It is a path from the workspace folder, and no folder is open.'],
      ['tls.certificate', 'fault', 'A certificate and its key are used together: fill in both.'],
      ['name', 'fault', 'Another connection has this name.'],
    ],
  );
});

test('a field that the setting does not have is named, and can be taken out', () => {
  assert.deepEqual(notes({ name: 'a', url: 'mqtt://a', team: 1 }), [
    { field: '', kind: 'unknown', name: 'team', message: 'team: There is no such field.' },
  ]);
});

test('a profile with several faults is one message', () => {
  const explained = (entry: object): string =>
    explainProfileFaults(readProfiles({ user: [entry], workspace: undefined }, surroundings).faults);
  assert.equal(
    explained({ name: 'a', url: 'x', team: 1 }),
    'The connection a is not used: team: there is no such field. And 1 more.',
  );
  assert.equal(explained({ url: 'mqtt://b' }), 'The connection #1 is not used: name: it is missing.');
});
