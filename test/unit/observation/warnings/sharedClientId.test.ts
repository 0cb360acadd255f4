import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WarningsUnderTest } from './warningsUnderTest.ts';

const connect = { clientId: 'board', keepAliveSeconds: 60 } as const;

test('two devices that take the session from each other are named with both addresses', async (t) => {
  const warned = new WarningsUnderTest(t);
  for (const host of ['192.0.2.1', '192.0.2.2', '192.0.2.1', '192.0.2.2']) {
    const device = warned.under.open(4, `${host}:1000`);
    await device.connect(connect);
    warned.advanceSeconds(1);
  }
  const facts = warned.facts('board', 'clientIdShared');
  assert.ok(facts?.kind === 'clientIdShared');
  assert.deepEqual(new Set(facts.addresses), new Set(['192.0.2.1', '192.0.2.2']));
});

test('a device that comes back before its old connection is found dead is not two', async (t) => {
  const warned = new WarningsUnderTest(t);
  for (let n = 0; n < 2; n++) {
    const device = warned.under.open(4, '192.0.2.1:1000');
    await device.connect(connect);
    warned.advanceSeconds(50);
  }
  assert.deepEqual(warned.kinds('board'), []);
});
