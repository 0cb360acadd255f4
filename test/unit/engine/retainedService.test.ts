import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { BrokerOptions } from '../../../src/broker/broker.ts';
import type { RetainedFilter, RetainedOrder } from '../../../src/contracts/retained.ts';
import { MAX_CLEARED_BYTES } from '../../../src/engine/clearedRetained.ts';
import type { Emit } from '../../../src/engine/modelEvents.ts';
import { RetainedService } from '../../../src/engine/retainedService.ts';
import type { MessageProperties, QoS } from '../../../src/mqtt/packets.ts';
import { BrokerUnderTest } from '../../support/brokerUnderTest.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { openStore } from '../persistence/sqliteUnderTest.ts';

const SECOND_MS = 1000;

interface RetainOptions {
  qos?: QoS;
  properties?: MessageProperties;
}

function setUp(t: TestContext, options: BrokerOptions = {}, startMs?: number) {
  const under = new BrokerUnderTest(t, options, startMs);
  const { broker, clock } = under;
  const events: [event: string, payload: unknown][] = [];
  const emit: Emit = (event, payload) => events.push([event, payload]);
  let current: typeof broker | undefined = broker;
  const retained = new RetainedService({ clock, broker: () => current, emit });
  broker.observer = retained.observer;
  return {
    under,
    broker,
    clock,
    retained,
    events,
    stopped: () => (current = undefined),
    retain(
      topic: string,
      payload: string | Uint8Array = 'x',
      { qos = 0, properties = {} }: RetainOptions = {},
    ) {
      const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
      broker.publish({ topic, payload: bytes, qos, retain: true, properties });
    },
    topics: () => [...broker.retainedMessages()].map(({ topic }) => topic),
    list: async (filter: RetainedFilter = {}, order: RetainedOrder = 'topic', limit = 100) =>
      (await retained.listRetained({ filter, order, limit })).messages.map(({ topic }) => topic),
    /** Runs the pauses of what works in slices, until it answers. */
    async finish<T>(working: Promise<T>): Promise<T> {
      let isDone = false;
      const done = working.finally(() => (isDone = true));
      while (!isDone) {
        clock.advance(1);
        await new Promise((resolve) => setImmediate(resolve));
      }
      return done;
    },
  };
}

test('retained messages are listed with size, age, expiry and first bytes', async (t) => {
  const { clock, retain, retained, under } = setUp(t);
  const board = await under.connect(5, 'board');
  await board.publish('a', 'hello', { retain: true, qos: 1 });
  const storedAtMs = clock.nowMs();
  clock.advance(5 * SECOND_MS);
  retain('b', 'x'.repeat(300), { properties: { messageExpiryInterval: 60 } });
  const page = await retained.listRetained({ filter: {}, order: 'topic', limit: 10 });
  assert.deepEqual(page, {
    messages: [
      {
        topic: 'a',
        payloadBytes: 5,
        preview: new TextEncoder().encode('hello'),
        qos: 1,
        publisher: 'board',
        storedAtMs,
      },
      {
        topic: 'b',
        payloadBytes: 300,
        preview: new TextEncoder().encode('x'.repeat(256)),
        qos: 0,
        storedAtMs: storedAtMs + 5 * SECOND_MS,
        expiresAtMs: storedAtMs + 65 * SECOND_MS,
      },
    ],
    before: 0,
    total: 2,
    payloadBytes: 305,
    heldMessages: 2,
  });
  clock.advance(60 * SECOND_MS);
  assert.equal((await retained.listRetained({ filter: {}, order: 'topic', limit: 10 })).total, 1);
});

test('they are ordered by topic, size or age, and come page by page', async (t) => {
  const { clock, retain, retained, list } = setUp(t);
  for (const [topic, payload] of [
    ['sensor10', 'xx'],
    ['sensor2', 'xxx'],
    ['Sensor1', 'x'],
  ] as const) {
    retain(topic, payload);
    clock.advance(SECOND_MS);
  }
  assert.deepEqual(await list({}, 'topic'), ['Sensor1', 'sensor2', 'sensor10']);
  assert.deepEqual(await list({}, 'size'), ['sensor2', 'sensor10', 'Sensor1']);
  assert.deepEqual(await list({}, 'newest'), ['Sensor1', 'sensor2', 'sensor10']);
  assert.deepEqual(await list({}, 'oldest'), ['sensor10', 'sensor2', 'Sensor1']);
  for (const order of ['topic', 'size', 'newest', 'oldest'] as const) {
    const all = await retained.listRetained({ filter: {}, order, limit: 100 });
    for (const [at, after] of all.messages.entries()) {
      const next = await retained.listRetained({ filter: {}, order, after, limit: 1 });
      assert.deepEqual(next.messages, all.messages.slice(at + 1, at + 2), order);
      assert.deepEqual([next.before, next.total], [at + 1, 3]);
    }
  }
});

test('a page begins where it began, whatever comes and goes before it', async (t) => {
  const { retain, retained } = setUp(t);
  for (const topic of ['a', 'b', 'c', 'd']) retain(topic);
  const first = await retained.listRetained({ filter: {}, order: 'topic', limit: 2 });
  const [, after] = first.messages;
  retain('aa');
  retain('b', '');
  const next = await retained.listRetained({ filter: {}, order: 'topic', after: after!, limit: 2 });
  assert.deepEqual(
    next.messages.map(({ topic }) => topic),
    ['c', 'd'],
  );
  assert.deepEqual([next.before, next.total], [2, 4]);
});

test('a filter is a topic filter, a text in any case, or both, and never means what is under $SYS', async (t) => {
  const { retain, list, retained } = setUp(t);
  for (const topic of ['a', 'a/b', 'a/Bell', 'x/bell', '$SYS/bell']) retain(topic);
  assert.deepEqual(await list({ topicFilter: 'a/#' }), ['a', 'a/b', 'a/Bell']);
  assert.deepEqual(await list({ text: 'BELL' }), ['a/Bell', 'x/bell']);
  assert.deepEqual(await list({ topicFilter: '+/bell', text: 'x' }), ['x/bell']);
  assert.deepEqual(await list({ topicFilter: '$SYS/#' }), []);
  const counts = await retained.countRetained({
    filters: [{}, { topicFilter: 'a/+' }, { topicFilter: 'none' }],
  });
  assert.deepEqual(counts, [
    { count: 4, undoable: 4 },
    { count: 2, undoable: 2 },
    { count: 0, undoable: 0 },
  ]);
});

test('a branch is cleared as MQTT does it: subscribers get the empty message, and the rest stays', async (t) => {
  const { retain, retained, topics, under } = setUp(t);
  for (const topic of ['a', 'a/b', 'a/b/c', 'b', '$SYS/x']) retain(topic);
  const subscriber = await under.connect(5, 'subscriber');
  await subscriber.subscribe('a/b', { qos: 1, retainHandling: 2 });
  const result = await retained.clearRetained({ topicFilter: 'a/#' });
  assert.deepEqual(result, { kind: 'cleared', cleared: 3, undoable: 3, isEnded: false });
  assert.deepEqual(topics(), ['b', '$SYS/x']);
  const { topic, text, qos } = await subscriber.expectMessage();
  assert.deepEqual([topic, text, qos], ['a/b', '', 1]);
});

test('clearing everything leaves what is under $SYS', async (t) => {
  const { retain, retained, topics } = setUp(t);
  for (const topic of ['a', '$SYS/x']) retain(topic);
  await retained.clearRetained({});
  assert.deepEqual(topics(), ['$SYS/x']);
});

test('undo publishes them again as they were: QoS, payload and every property', async (t) => {
  const { retain, retained, broker, clock } = setUp(t);
  const properties: MessageProperties = {
    payloadFormatIndicator: 1,
    contentType: 'text/plain',
    responseTopic: 'answers',
    correlationData: new Uint8Array([1, 2, 3]),
    userProperties: [
      ['unit', 'C'],
      ['unit', 'K'],
    ],
  };
  retain('a/b', 'warm', { qos: 2, properties: { ...properties, messageExpiryInterval: 100 } });
  retain('a/c', 'bare');
  await retained.clearRetained({ topicFilter: 'a/#' });
  clock.advance(40 * SECOND_MS);
  const result = await retained.undoClearRetained();
  const outcome = { restored: 2, expired: 0, replaced: 0, refused: 0, isEnded: false };
  assert.deepEqual(result, { kind: 'restored', ...outcome });
  const message = broker.retainedMessage('a/b');
  assert.deepEqual(
    [message?.qos, message?.retain, new TextDecoder().decode(message?.payload)],
    [2, true, 'warm'],
  );
  // It ends when it would have ended.
  assert.deepEqual(message?.properties, { ...properties, messageExpiryInterval: 60 });
  assert.deepEqual(broker.retainedMessage('a/c')?.properties, {});
  assert.deepEqual(await retained.undoClearRetained(), { kind: 'nothingToUndo' });
});

test('undo leaves out what has expired, and what a device has set anew', async (t) => {
  const { retain, retained, broker, clock } = setUp(t);
  retain('expiring', 'x', { properties: { messageExpiryInterval: 10 } });
  retain('renewed', 'old');
  retain('plain');
  await retained.clearRetained({});
  retain('renewed', 'new');
  clock.advance(10 * SECOND_MS);
  const outcome = { restored: 1, expired: 1, replaced: 1, refused: 0, isEnded: false };
  assert.deepEqual(await retained.undoClearRetained(), { kind: 'restored', ...outcome });
  assert.equal(new TextDecoder().decode(broker.retainedMessage('renewed')?.payload), 'new');
});

test('what the broker has no room for at the undo is kept for another one', async (t) => {
  const { retain, retained, topics } = setUp(t, { limits: { maxRetainedMessages: 2 } });
  retain('a');
  retain('b');
  await retained.clearRetained({});
  retain('c');
  const result = await retained.undoClearRetained();
  assert.deepEqual(result.kind === 'restored' && [result.restored, result.refused], [1, 1]);
  retain('c', '');
  const again = await retained.undoClearRetained();
  assert.deepEqual(again.kind === 'restored' && [again.restored, again.refused], [1, 0]);
  assert.deepEqual(topics().sort(), ['a', 'b']);
});

test('many are cleared in slices with progress; cancelled, the rest stays and those cleared come back', async (t) => {
  const { retain, retained, clock, events, topics, finish } = setUp(t);
  for (let n = 0; n < 2000; n++) retain(`t/${n}`);
  const clearing = retained.clearRetained({ topicFilter: 't/#' });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(topics().length, 1500, 'one slice');
  assert.deepEqual(await retained.clearRetained({}), { kind: 'busy' });
  assert.deepEqual(await retained.undoClearRetained(), { kind: 'busy' });
  clock.advance(100);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(events, [['retainedProgress', { done: 500, total: 2000 }]]);
  retained.cancelRetained();
  const result = await finish(clearing);
  assert.deepEqual(result, { kind: 'cleared', cleared: 1000, undoable: 1000, isEnded: true });
  assert.equal(topics().length, 1000);
  assert.deepEqual(events.at(-1), ['clearedRetainedChanged', { undoable: 1000 }]);
  const undone = await finish(retained.undoClearRetained());
  assert.equal(undone.kind === 'restored' && undone.restored, 1000);
  assert.equal(topics().length, 2000);
  assert.deepEqual(events.at(-1), ['clearedRetainedChanged', { undoable: 0 }]);
});

test('cancelled before the first is cleared, nothing is', async (t) => {
  const { retain, retained, topics } = setUp(t);
  retain('a');
  const clearing = retained.clearRetained({});
  retained.cancelRetained();
  assert.deepEqual(await clearing, { kind: 'cleared', cleared: 0, undoable: 0, isEnded: true });
  assert.deepEqual(topics(), ['a']);
  assert.deepEqual(await retained.undoClearRetained(), { kind: 'nothingToUndo' });
});

test('an undo that is cancelled leaves the rest for another one', async (t) => {
  const { retain, retained, topics, finish } = setUp(t);
  for (let n = 0; n < 1200; n++) retain(`t/${n}`);
  await finish(retained.clearRetained({}));
  const undoing = retained.undoClearRetained();
  await new Promise((resolve) => setImmediate(resolve));
  retained.cancelRetained();
  const result = await finish(undoing);
  assert.deepEqual(result.kind === 'restored' && [result.restored, result.isEnded], [500, true]);
  await finish(retained.undoClearRetained());
  assert.equal(topics().length, 1200);
});

test('when the broker stops halfway, clearing ends and says how far it came', async (t) => {
  const { retain, retained, stopped, finish } = setUp(t);
  for (let n = 0; n < 1200; n++) retain(`t/${n}`);
  const clearing = retained.clearRetained({});
  await new Promise((resolve) => setImmediate(resolve));
  stopped();
  const result = { kind: 'cleared', cleared: 500, undoable: 500, isEnded: true };
  assert.deepEqual(await finish(clearing), result);
  assert.deepEqual(await retained.undoClearRetained(), { kind: 'brokerNotRunning' });
  assert.deepEqual(await retained.clearRetained({}), { kind: 'brokerNotRunning' });
  const page = await retained.listRetained({ filter: {}, order: 'topic', limit: 10 });
  assert.deepEqual(page, { messages: [], before: 0, total: 0, payloadBytes: 0, heldMessages: 0 });
  assert.deepEqual(await retained.countRetained({ filters: [{}] }), [{ count: 0, undoable: 0 }]);
});

test('a message that a device renews while others are cleared is cleared as it is then, and so kept', async (t) => {
  const { retain, retained, broker, finish } = setUp(t);
  for (let n = 0; n < 600; n++) retain(`t/${n}`, 'old');
  const clearing = retained.clearRetained({});
  await new Promise((resolve) => setImmediate(resolve));
  retain('t/599', 'new');
  retain('t/598', '');
  const result = await finish(clearing);
  assert.deepEqual(result, { kind: 'cleared', cleared: 599, undoable: 599, isEnded: false });
  await finish(retained.undoClearRetained());
  assert.equal(new TextDecoder().decode(broker.retainedMessage('t/599')?.payload), 'new');
  assert.equal(broker.retainedMessage('t/598'), undefined);
});

test('what is kept to undo is bounded in bytes, and the count before says for how many it is enough', async (t) => {
  const { retain, retained, topics } = setUp(t);
  const half = new Uint8Array(MAX_CLEARED_BYTES / 2 - 1000);
  for (const topic of ['a', 'b', 'c']) retain(topic, half);
  retain('d');
  assert.deepEqual(await retained.countRetained({ filters: [{}] }), [{ count: 4, undoable: 3 }]);
  const result = await retained.clearRetained({});
  assert.deepEqual(result, { kind: 'cleared', cleared: 4, undoable: 3, isEnded: false });
  await retained.undoClearRetained();
  assert.deepEqual(topics().sort(), ['a', 'b', 'd']);
});

test('another clearing takes the place of what could be undone, one that clears nothing does not', async (t) => {
  const { retain, retained, topics } = setUp(t);
  for (const topic of ['a', 'b']) retain(topic);
  await retained.clearRetained({ topicFilter: 'a' });
  await retained.clearRetained({ topicFilter: 'b' });
  await retained.clearRetained({ topicFilter: 'none' });
  await retained.undoClearRetained();
  assert.deepEqual(topics(), ['b']);
});

test('with the broker’s state, what could be undone is forgotten', async (t) => {
  const { retain, retained, events } = setUp(t);
  retain('a');
  await retained.clearRetained({});
  retained.forgetCleared();
  retained.forgetCleared();
  assert.deepEqual(await retained.undoClearRetained(), { kind: 'nothingToUndo' });
  assert.deepEqual(events, [
    ['clearedRetainedChanged', { undoable: 1 }],
    ['clearedRetainedChanged', { undoable: 0 }],
  ]);
});

test('changes are told once a second while somebody watches, and not otherwise', (t) => {
  const { retain, retained, clock, events } = setUp(t);
  t.after(() => retained.dispose());
  retain('a');
  clock.advance(5 * SECOND_MS);
  assert.deepEqual(events, []);
  retained.watchRetained({ isWatched: true });
  for (let n = 0; n < 45; n++) {
    retain('a', `${n}`);
    clock.advance(100);
  }
  // At once, and then each second.
  assert.equal(events.length, 5);
  assert.deepEqual(events[0], ['retainedChanged', {}]);
  retained.watchRetained({ isWatched: false });
  retain('a');
  clock.advance(5 * SECOND_MS);
  assert.equal(events.length, 5);
});

test('what was cleared is gone after a restart with a store on disk, and what was brought back is there', async (t) => {
  const folder = temporaryFolder(t);
  const first = setUp(t, { persistence: openStore(folder).persistence });
  for (const topic of ['a', 'b', 'c'])
    first.retain(topic, 'x', { properties: { contentType: 'text/plain' } });
  const storedAtMs = first.clock.nowMs();
  await first.retained.clearRetained({ topicFilter: 'a' });
  await first.retained.clearRetained({ topicFilter: 'b' });
  await first.retained.undoClearRetained();
  await first.broker.stop();
  const later = storedAtMs + 60 * SECOND_MS;
  const second = setUp(t, { persistence: openStore(folder).persistence }, later);
  assert.deepEqual(second.topics().sort(), ['b', 'c']);
  assert.equal(second.broker.retainedMessage('b')?.properties?.contentType, 'text/plain');
  const page = await second.retained.listRetained({ filter: {}, order: 'topic', limit: 1 });
  assert.equal(page.messages[0]?.storedAtMs, storedAtMs, 'and its age goes on');
});
