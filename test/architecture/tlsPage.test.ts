/** docs/tls.md explains each way in which a handshake fails, under the word that the log has for it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { tlsFailureCodes } from '../../src/transports/tlsFailureCodes.ts';
import { inRepository } from '../support/repository.ts';

const entries = readFileSync(inRepository('docs/tls.md'), 'utf8').split(/^### /m).slice(1);

test('docs/tls.md has every word for a failed handshake, in order, and no other', () => {
  assert.deepEqual(
    entries.map((entry) => entry.split('\n', 1)[0]),
    [...tlsFailureCodes],
  );
});

test('every entry says what was seen, the usual cause and what to do', () => {
  for (const entry of entries)
    for (const part of ['Seen', 'Usual cause', 'What to do'])
      assert.match(
        entry,
        new RegExp(`^- \\*\\*${part}:\\*\\* \\S.*\\.`, 'm'),
        `${entry.split('\n', 1)[0]}: ${part}`,
      );
});

test('every word is used, and every use is tested', () => {
  const source = readFileSync(inRepository('src/transports/tlsFailure.ts'), 'utf8');
  const tests = ['tlsFailure', 'tls'].map((name) =>
    readFileSync(inRepository(`test/unit/transports/${name}.test.ts`), 'utf8'),
  );
  for (const code of tlsFailureCodes) {
    assert.ok(source.includes(`'${code}'`), `${code} is said nowhere`);
    assert.ok(tests.join().includes(code), `${code} is in no test`);
  }
});
