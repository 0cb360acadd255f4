import assert from 'node:assert/strict';
import { test } from 'node:test';
import { localHostName } from '../../../src/base/networkAddress.ts';

test('a machine is called by the first label of its name, or by ours where that can be no name', () => {
  assert.equal(localHostName('studio'), 'studio.local');
  assert.equal(localHostName('Studio.local'), 'Studio.local');
  assert.equal(localHostName('studio.example.org'), 'studio.local');
  for (const odd of ['', '-x', 'büro', 'a b', 'x'.repeat(64)])
    assert.equal(localHostName(odd), 'mqtt-workbench.local');
});
