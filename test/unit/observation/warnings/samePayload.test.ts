import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WarningsUnderTest } from './warningsUnderTest.ts';

/** Publishes at a pace for so long, as the rates of topics are worked out each second. */
async function publishing(
  t: import('node:test').TestContext,
  perSecond: number,
  payload: (n: number) => string,
): Promise<WarningsUnderTest> {
  const warned = new WarningsUnderTest(t);
  const { clock } = warned.under;
  const board = await warned.under.connect(4, 'board', { keepAliveSeconds: 60 });
  let n = 0;
  for (let second = 0; second < 25; second++) {
    for (let i = 0; i < perSecond; i++) {
      await board.publish('board/value', payload(n++), { qos: 1 });
      clock.advance(1000 / perSecond);
    }
    warned.model.topics.updateRates(clock.monotonicMs(), () => false);
  }
  return warned;
}

test('thirty times the same within fifteen seconds is warned of', async (t) => {
  const warned = await publishing(t, 4, () => '21.5');
  const facts = warned.facts('board', 'samePayload');
  assert.ok(facts?.kind === 'samePayload');
  assert.deepEqual([facts.topic, facts.messages, facts.payloadBytes], ['board/value', 30, 4]);
});

test('values that change now and then are not, nor a heartbeat each second', async (t) => {
  const changing = await publishing(t, 4, (n) => (n % 20 === 0 ? '21.6' : '21.5'));
  const heartbeat = await publishing(t, 1, () => 'alive');
  assert.deepEqual([changing.kinds('board'), heartbeat.kinds('board')], [[], []]);
});
