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

/** Of a fight: how often, in how many seconds, and who at last. */
function fightOf(warned: WarningsUnderTest) {
  const facts = warned.facts('board', 'clientIdShared');
  assert.ok(facts?.kind === 'clientIdShared');
  return [facts.takeovers, facts.periodMs / 1000, facts.addresses];
}

async function comeFrom(warned: WarningsUnderTest, addresses: readonly string[]): Promise<void> {
  for (const address of addresses) {
    warned.advanceSeconds(1);
    await warned.under.open(4, address).connect(connect);
  }
}

test('a fight that goes on is counted on, as far as it is between the two', async (t) => {
  const warned = new WarningsUnderTest(t);
  const [one, other] = ['192.0.2.1:1000', '192.0.2.2:1000'];
  await comeFrom(warned, [one, other, one, other]);
  assert.deepEqual(fightOf(warned), [3, 2, ['192.0.2.1', '192.0.2.2']]);
  await comeFrom(warned, [one, other, one]);
  assert.deepEqual(fightOf(warned), [6, 5, ['192.0.2.2', '192.0.2.1']]);
  await comeFrom(warned, ['192.0.2.1:1001']);
  assert.deepEqual(fightOf(warned), [6, 5, ['192.0.2.2', '192.0.2.1']]);
  // It was calm for longer than a minute: what comes then is not of this fight.
  warned.advanceSeconds(61);
  await comeFrom(warned, [other, one]);
  assert.deepEqual(fightOf(warned), [6, 5, ['192.0.2.2', '192.0.2.1']]);
});

test('so is one on one host, with the ports of the last two', async (t) => {
  const warned = new WarningsUnderTest(t);
  await comeFrom(
    warned,
    Array.from({ length: 20 }, (_, n) => `192.0.2.1:${1001 + n}`),
  );
  assert.deepEqual(fightOf(warned), [19, 18, ['192.0.2.1:1019', '192.0.2.1:1020']]);
});
