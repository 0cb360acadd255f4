import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TrafficService } from '../../../src/engine/trafficService.ts';
import { Model } from '../../../src/model/model.ts';
import { FakeClock } from '../../support/fakeClock.ts';

const SECOND_MS = 1000;

function setUp() {
  const clock = new FakeClock();
  const model = new Model({ historyBytes: 10_000_000 });
  const publish = (topic: string, { times = 1, bytes = 10, publisher = 'sensor' as string | null } = {}) => {
    for (let n = 0; n < times; n++) {
      const message = { payload: new Uint8Array(bytes), qos: 0, retain: false, isWill: false } as const;
      model.messagePublished(topic, {
        ...message,
        publisher: publisher ?? undefined,
        receivedAtMs: clock.nowMs(),
      });
    }
  };
  const tick = (): void => {
    clock.advance(SECOND_MS);
    model.topics.updateRates(clock.monotonicMs(), () => false);
  };
  return { clock, model, publish, tick, traffic: new TrafficService(model, clock) };
}

test('the topics of which most comes are named first, with their rates, and the total is of all', () => {
  const { publish, tick, traffic } = setUp();
  publish('quiet', { times: 5 });
  publish('loud/one', { times: 30, bytes: 2 });
  publish('loud/two', { times: 20, bytes: 100 });
  tick();
  const { topics, total, activeTopics } = traffic.busiestTopics({ limit: 2, by: 'messages' });
  assert.deepEqual(
    topics.map(({ topic, messagesPerSecond, bytesPerSecond }) => [topic, messagesPerSecond, bytesPerSecond]),
    [
      ['loud/one', 30, 60],
      ['loud/two', 20, 2000],
    ],
  );
  assert.equal(total.messagesPerSecond, 55);
  assert.equal(activeTopics, 3);
});

test('by bytes, few large messages come before many small ones', () => {
  const { publish, tick, traffic } = setUp();
  publish('many', { times: 50, bytes: 1 });
  publish('large', { times: 1, bytes: 5000 });
  tick();
  const topics = (by: 'messages' | 'bytes') =>
    traffic.busiestTopics({ limit: 10, by }).topics.map(({ topic }) => topic);
  assert.deepEqual(topics('bytes'), ['large', 'many']);
  assert.deepEqual(topics('messages'), ['many', 'large']);
});

test('a topic names the client that published last, and says when others do too', () => {
  const { publish, tick, traffic } = setUp();
  publish('own', { publisher: 'a', times: 3 });
  publish('shared', { publisher: 'a' });
  publish('shared', { publisher: 'b' });
  publish('unknown', { publisher: null });
  tick();
  const { topics } = traffic.busiestTopics({ limit: 10, by: 'messages' });
  assert.deepEqual(
    topics.map(({ topic, publisher, hasOtherPublishers }) => [topic, publisher, hasOtherPublishers]),
    [
      ['own', 'a', false],
      ['shared', 'b', true],
      ['unknown', undefined, false],
    ],
  );
});

test('who published along with others long ago is no longer named as one of several', () => {
  const { clock, publish, tick, traffic } = setUp();
  publish('t', { publisher: 'a' });
  clock.advance(6 * SECOND_MS);
  publish('t', { publisher: 'b' });
  tick();
  assert.equal(traffic.busiestTopics({ limit: 1, by: 'messages' }).topics[0]?.hasOtherPublishers, false);
});

test('the clients that publish most are named with what is theirs of the total', () => {
  const { publish, tick, traffic } = setUp();
  publish('x', { publisher: 'small', times: 30, bytes: 0 });
  publish('x', { publisher: 'big', times: 10, bytes: 1000 });
  tick();
  const by = (order: 'messages' | 'bytes') =>
    traffic
      .busiestTopics({ limit: 10, by: order })
      .clients.map(({ clientId, messagesPerSecond }) => [clientId, messagesPerSecond]);
  assert.deepEqual(by('messages'), [
    ['small', 30],
    ['big', 10],
  ]);
  assert.deepEqual(by('bytes'), [
    ['big', 10],
    ['small', 30],
  ]);
});

test('what a subscription of the workbench was delivered does not count a second time', () => {
  const { clock, model, publish, tick, traffic } = setUp();
  publish('t', { publisher: 'a', times: 5 });
  const delivered = { payload: new Uint8Array(1), qos: 0, retain: false, isWill: false } as const;
  for (let n = 0; n < 5; n++) model.messageDelivered('#', 't', { ...delivered, receivedAtMs: clock.nowMs() });
  tick();
  assert.deepEqual(
    traffic.busiestTopics({ limit: 5, by: 'messages' }).clients.map((client) => client.messagesPerSecond),
    [5],
  );
});

test('when nothing comes any more, nothing is named', () => {
  const { clock, model, publish, traffic } = setUp();
  publish('t');
  clock.advance(SECOND_MS);
  while (model.topics.updateRates(clock.monotonicMs(), () => false) === 'active') clock.advance(SECOND_MS);
  assert.deepEqual(traffic.busiestTopics({ limit: 5, by: 'messages' }), {
    topics: [],
    clients: [],
    total: { messagesPerSecond: 0, bytesPerSecond: 0 },
    activeTopics: 0,
  });
});

test('topics that were forgotten are not named', () => {
  const { model, publish, tick, traffic } = setUp();
  publish('t');
  tick();
  model.clear();
  assert.deepEqual(traffic.busiestTopics({ limit: 5, by: 'messages' }).topics, []);
});
