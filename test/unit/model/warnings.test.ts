import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ClientWarning, type WarningFacts, Warnings } from '../../../src/model/warnings.ts';

const off: WarningFacts = { kind: 'keepAliveOff' };
const warning = (clientId: string, facts: WarningFacts = off): ClientWarning => ({
  ...{ clientId, atMs: 1000, facts },
});

test('a client is warned of once for each kind', () => {
  const warnings = new Warnings();
  const told: ClientWarning[] = [];
  warnings.onDidAdd((added) => told.push(added));
  warnings.add(warning('a'));
  warnings.add(warning('a'));
  warnings.add(warning('a', { kind: 'willNeverSet', ends: 2 }));
  warnings.add(warning('b'));
  assert.deepEqual(
    told.map(({ clientId, facts }) => [clientId, facts.kind]),
    [
      ['a', 'keepAliveOff'],
      ['a', 'willNeverSet'],
      ['b', 'keepAliveOff'],
    ],
  );
  assert.deepEqual([...warnings.clientIds()], ['a', 'b']);
  assert.equal(warnings.has('b', 'willNeverSet'), false);
});

test('beyond five hundred no more are kept', () => {
  const warnings = new Warnings();
  for (let n = 0; n < 502; n++) warnings.add(warning(`c${n}`));
  assert.deepEqual([[...warnings.clientIds()].length, warnings.of('c501').length], [500, 0]);
  warnings.clear();
  warnings.add(warning('c501'));
  assert.deepEqual([[...warnings.clientIds()].length, warnings.of('c501').length], [1, 1]);
});
