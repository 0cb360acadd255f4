import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ClientWarning, type WarningFacts, Warnings } from '../../../src/model/warnings.ts';

const off: WarningFacts = { kind: 'keepAliveOff' };
const warning = (clientId: string, facts: WarningFacts = off, atMs = 1000) => ({ clientId, atMs, facts });

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

test('one that is seen again has the newest facts, when it was seen first and last, and how often', () => {
  const warnings = new Warnings();
  warnings.add(warning('a'));
  warnings.add(warning('a', { kind: 'willNeverSet', ends: 2 }, 1000));
  let changes = 0;
  warnings.onDidChange(() => changes++);
  warnings.add(warning('a', { kind: 'willNeverSet', ends: 3 }, 2000));
  warnings.add(warning('a', { kind: 'willNeverSet', ends: 4 }, 3000));
  assert.deepEqual(warnings.of('a'), [
    { clientId: 'a', atMs: 1000, lastAtMs: 1000, times: 1, facts: off },
    { clientId: 'a', atMs: 1000, lastAtMs: 3000, times: 3, facts: { kind: 'willNeverSet', ends: 4 } },
  ]);
  // It may be seen with each message: the list of clients is not asked for again because of that.
  assert.equal(changes, 0);
});

test('one that is over is gone, and not told of a second time when it is back', () => {
  const warnings = new Warnings();
  let [told, changes] = [0, 0];
  warnings.onDidAdd(() => told++);
  warnings.onDidChange(() => changes++);
  warnings.add(warning('a'));
  warnings.remove('a', 'willNeverSet');
  assert.deepEqual([told, changes, [...warnings.clientIds()]], [1, 1, ['a']]);
  warnings.remove('a', 'keepAliveOff');
  assert.deepEqual([told, changes, [...warnings.clientIds()]], [1, 2, []]);
  warnings.add(warning('a'));
  assert.deepEqual([told, changes, warnings.of('a').length], [1, 3, 1]);
  // Of another broker, all is new.
  warnings.clear();
  warnings.add(warning('a'));
  assert.equal(told, 2);
});

test('beyond five hundred no more are kept', () => {
  const warnings = new Warnings();
  for (let n = 0; n < 502; n++) warnings.add(warning(`c${n}`));
  assert.deepEqual([[...warnings.clientIds()].length, warnings.of('c501').length], [500, 0]);
  // One that is over makes room.
  warnings.remove('c7', 'keepAliveOff');
  warnings.add(warning('c501'));
  assert.deepEqual([[...warnings.clientIds()].length, warnings.of('c501').length], [500, 1]);
  warnings.clear();
  warnings.add(warning('c501'));
  assert.deepEqual([[...warnings.clientIds()].length, warnings.of('c501').length], [1, 1]);
});
