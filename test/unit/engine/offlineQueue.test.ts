import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PublishOutcome, PublishRequest } from '../../../src/client/clientTypes.ts';
import { MAX_QUEUED_BYTES, MAX_QUEUED_MESSAGES, OfflineQueue } from '../../../src/engine/offlineQueue.ts';
import { FakeClock } from '../../support/fakeClock.ts';

const published = { kind: 'published', noSubscribers: false } as const;

function request(topic: string, others: Partial<PublishRequest> = {}): PublishRequest {
  return { topic, payload: new Uint8Array(9), qos: 1, retain: false, ...others };
}

function setUp() {
  const clock = new FakeClock();
  const queue = new OfflineQueue(clock, () => {});
  const sent: PublishRequest[] = [];
  const answering =
    (answer: (request: PublishRequest) => PublishOutcome | undefined) =>
    async (each: PublishRequest): Promise<PublishOutcome | undefined> => {
      sent.push(each);
      return answer(each);
    };
  const topics = (): string[] => sent.map(({ topic }) => topic);
  return { clock, queue, sent, topics, answering };
}

test('what waits is sent in its order, one after the other', async () => {
  const { queue } = setUp();
  for (const topic of ['a', 'b', 'c']) assert.ok(queue.add(request(topic)));
  assert.deepEqual(queue.info, { messages: 3, bytes: 30, notSent: 0 });
  let underWay = 0;
  const seen: string[] = [];
  await queue.send(async ({ topic }) => {
    assert.equal(underWay++, 0);
    seen.push(topic);
    await null;
    underWay--;
    return published;
  });
  assert.deepEqual(seen, ['a', 'b', 'c']);
  assert.deepEqual([queue.info, queue.isInUse], [{ messages: 0, bytes: 0, notSent: 0 }, false]);
});

test('what comes while it sends waits behind the others', async () => {
  const { queue, topics, answering } = setUp();
  queue.add(request('a'));
  const sending = queue.send(answering(() => published));
  assert.ok(queue.isInUse);
  queue.add(request('b'));
  await sending;
  assert.deepEqual(topics(), ['a', 'b']);
});

test('the payload is a copy', async () => {
  const { queue, sent, answering } = setUp();
  const payload = Uint8Array.of(1);
  queue.add(request('a', { payload }));
  payload[0] = 2;
  await queue.send(answering(() => published));
  assert.deepEqual(sent[0]?.payload, Uint8Array.of(1));
});

test('it has room for so many messages, and so many bytes', () => {
  const { queue } = setUp();
  assert.equal(queue.add(request('a', { payload: new Uint8Array(MAX_QUEUED_BYTES) })), false);
  assert.equal(queue.add(request('a', { payload: new Uint8Array(MAX_QUEUED_BYTES - 1) })), true);
  assert.equal(queue.add(request('a')), false);
  const { queue: other } = setUp();
  for (let i = 0; i < MAX_QUEUED_MESSAGES; i++) assert.ok(other.add(request('a')));
  assert.equal(other.add(request('a')), false);
});

test('when the connection is lost again the rest waits, and QoS 1 is sent again', async () => {
  const { queue, topics, answering } = setUp();
  for (const topic of ['a', 'b']) queue.add(request(topic));
  await queue.send(answering(() => undefined));
  assert.deepEqual([topics(), queue.info.messages], [['a'], 2]);
  await queue.send(answering(() => ({ kind: 'notConnected' })));
  assert.deepEqual([topics(), queue.info.messages], [['a', 'a'], 2]);
  await queue.send(answering(() => published));
  assert.deepEqual(topics(), ['a', 'a', 'a', 'b']);
  assert.equal(queue.info.notSent, 0);
});

test('QoS 2 that may have come is not sent twice, and is counted', async () => {
  const { queue, topics, answering } = setUp();
  queue.add(request('a', { qos: 2 }));
  queue.add(request('b', { qos: 2 }));
  await queue.send(answering(() => undefined));
  const firstProblem = 'the connection was lost while it was on its way';
  assert.deepEqual(queue.info, { messages: 1, bytes: 10, notSent: 1, firstProblem });
  await queue.send(answering(() => published));
  assert.deepEqual(topics(), ['a', 'b']);
});

test('what the broker refuses is counted with the reason of the first, and the others go on', async () => {
  const { queue, topics, answering } = setUp();
  for (const topic of ['a', 'b', 'c']) queue.add(request(topic));
  await queue.send(
    answering(({ topic }) =>
      topic === 'c' ? published : { kind: 'refused', reasonCode: 0x87, message: `not ${topic}` },
    ),
  );
  assert.deepEqual(topics(), ['a', 'b', 'c']);
  assert.deepEqual(queue.info, { messages: 0, bytes: 0, notSent: 2, firstProblem: 'not a' });
  queue.begin();
  assert.deepEqual(queue.info, { messages: 0, bytes: 0, notSent: 0 });
});

test('a message takes the time that it waited off its expiry, and is not sent when none is left', async () => {
  const { clock, queue, sent, answering } = setUp();
  queue.add(request('a', { properties: { messageExpiryInterval: 10 } }));
  queue.add(request('b', { properties: { messageExpiryInterval: 11, contentType: 'x' } }));
  clock.advance(10_400);
  await queue.send(answering(() => published));
  assert.deepEqual(
    sent.map(({ topic, properties }) => [topic, properties]),
    [['b', { messageExpiryInterval: 1, contentType: 'x' }]],
  );
  assert.equal(queue.info.firstProblem, 'its expiry ran out while it waited');
});

test('what is dropped is counted', () => {
  const { queue } = setUp();
  queue.drop('nothing');
  queue.add(request('a'));
  queue.drop('the connection was ended');
  assert.deepEqual(queue.info, {
    ...{ messages: 0, bytes: 0, notSent: 1 },
    firstProblem: 'the connection was ended',
  });
});

test('one that is on its way when all are dropped does not wait for another connection', async () => {
  const { queue } = setUp();
  queue.add(request('a'));
  queue.add(request('b'));
  let lose: (outcome: undefined) => void = () => {};
  const sending = queue.send(
    () =>
      new Promise((resolve) => {
        lose = resolve;
      }),
  );
  queue.drop('the connection was ended');
  lose(undefined);
  await sending;
  assert.equal(queue.isInUse, false);
  assert.deepEqual(queue.info, {
    ...{ messages: 0, bytes: 0, notSent: 2 },
    firstProblem: 'the connection was ended',
  });
});
