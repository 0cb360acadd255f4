import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Model } from '../../../../src/model/model.ts';
import { WarningWatch } from '../../../../src/observation/warnings/warningWatch.ts';
import { FakeClock } from '../../../support/fakeClock.ts';
import { WarningsUnderTest } from './warningsUnderTest.ts';

test('a device that does right is not warned of', async (t) => {
  const warned = new WarningsUnderTest(t);
  const { under } = warned;
  const will = { topic: 'board/status', payload: Buffer.from('offline'), qos: 1, retain: true } as const;
  const properties = { sessionExpiryInterval: 3600 };
  for (let day = 0; day < 3; day++) {
    const board = await under.connect(5, 'board', {
      cleanStart: false,
      keepAliveSeconds: 60,
      will,
      properties,
    });
    await board.publish('board/status', 'online', { retain: true, qos: 1 });
    await board.subscribe('board/set', { qos: 1 });
    const app = await under.connect(5, 'app', { keepAliveSeconds: 60 });
    await app.publish('board/set', 'on', { qos: 1 });
    const { packetId = 0 } = await board.expectMessage();
    board.send({ kind: 'puback', packetId, reasonCode: 0 });
    for (let minute = 0; minute < 20; minute++) {
      await board.publish('board/temperature', `${20 + minute}`, { qos: 2 });
      warned.advanceSeconds(58);
      await board.ping();
      await app.ping();
    }
    await app.disconnect();
    await board.breakOff();
    warned.advanceSeconds(1200);
  }
  assert.deepEqual([warned.kinds('board'), warned.kinds('app')], [[], []]);
});

test('nothing runs while nobody is connected, and no rule sees each message', () => {
  const clock = new FakeClock();
  const watch = new WarningWatch({
    clock,
    model: new Model({ historyBytes: 1_000_000 }),
    look: () => undefined,
  });
  assert.equal(clock.pendingTimers, 0);
  const { messagePublished, messageDelivered, packetReceived, packetSent } = watch.observer;
  assert.deepEqual(
    [messagePublished, messageDelivered, packetReceived, packetSent],
    Array(4).fill(undefined),
  );
});
