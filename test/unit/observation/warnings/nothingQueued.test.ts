import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectPacket, QoS } from '../../../../src/mqtt/packets.ts';
import { WarningsUnderTest } from './warningsUnderTest.ts';

const will = { topic: 'gone', payload: new Uint8Array(1), qos: 0, retain: false } as const;
const base = { keepAliveSeconds: 60, will } as const;

/** Subscribes, is lost, misses what is published, and comes back. */
async function missing(
  warned: WarningsUnderTest,
  version: 4 | 5,
  connect: Partial<ConnectPacket>,
  {
    subscribed = 1,
    published = 1,
    leaves = false,
    retain = false,
  }: { subscribed?: QoS; published?: QoS; leaves?: boolean; retain?: boolean } = {},
): Promise<void> {
  const { under } = warned;
  const board = await under.connect(version, 'board', { ...base, ...connect });
  await board.subscribe('jobs/#', { qos: subscribed });
  if (leaves) await board.disconnect();
  else await board.breakOff();
  const server = await under.connect(4, 'server', base);
  for (const topic of ['jobs/1', 'jobs/2', 'other'])
    await server.publish(topic, 'x', { qos: published, retain });
  await under.connect(version, 'board', { ...base, ...connect });
}

test('a clean session of 3.1.1 that misses messages of its QoS 1 subscription is warned of', async (t) => {
  const warned = new WarningsUnderTest(t);
  await missing(warned, 4, { cleanStart: true });
  assert.deepEqual(warned.facts('board', 'nothingQueued'), {
    ...{ kind: 'nothingQueued', topicFilter: 'jobs/#', missed: 2 },
  });
});

test('so is one of 5.0 that continues a session which ended with its connection', async (t) => {
  const warned = new WarningsUnderTest(t);
  await missing(warned, 5, { cleanStart: false });
  assert.deepEqual(warned.kinds('board'), ['nothingQueued']);
});

test('one whose session is kept is not, nor one that asked for QoS 0, or left by itself', async (t) => {
  const kept = new WarningsUnderTest(t);
  await missing(kept, 4, { cleanStart: false });
  const kept5 = new WarningsUnderTest(t);
  await missing(kept5, 5, { cleanStart: false, properties: { sessionExpiryInterval: 60 } });
  const careless = new WarningsUnderTest(t);
  await missing(careless, 4, { cleanStart: true }, { subscribed: 0 });
  const left = new WarningsUnderTest(t);
  await missing(left, 4, { cleanStart: true }, { leaves: true });
  const unkept = new WarningsUnderTest(t);
  await missing(unkept, 4, { cleanStart: true }, { published: 0 });
  const retained = new WarningsUnderTest(t);
  await missing(retained, 4, { cleanStart: true }, { retain: true });
  for (const warned of [kept, kept5, careless, left, unkept, retained])
    assert.deepEqual(warned.kinds('board'), []);
});

test('a filter that is longer than anybody would choose is not remembered', async (t) => {
  for (const [length, kinds] of [
    [256, ['nothingQueued']],
    [257, []],
  ] as const) {
    const warned = new WarningsUnderTest(t);
    const { under } = warned;
    const topic = 'x'.repeat(length);
    const board = await under.connect(4, 'board', base);
    await board.subscribe(topic, { qos: 1 });
    await board.breakOff();
    const server = await under.connect(4, 'server', base);
    await server.publish(topic, 'm', { qos: 1 });
    await under.connect(4, 'board', base);
    assert.deepEqual(warned.kinds('board'), kinds);
  }
});

test('what it missed is that of the last time, and the warning goes when its session is kept', async (t) => {
  const warned = new WarningsUnderTest(t);
  await missing(warned, 4, { cleanStart: true });
  warned.advanceSeconds(10);
  const { under } = warned;
  const board = await under.connect(4, 'board', base);
  await board.subscribe('other/#', { qos: 1 });
  await board.breakOff();
  const server = await under.connect(4, 'server', base);
  await server.publish('other/1', 'x', { qos: 1 });
  await under.connect(4, 'board', base);
  assert.deepEqual(warned.facts('board', 'nothingQueued'), {
    ...{ kind: 'nothingQueued', topicFilter: 'other/#', missed: 1 },
  });
  await under.connect(4, 'board', { ...base, cleanStart: false });
  assert.deepEqual(warned.kinds('board'), []);
});
