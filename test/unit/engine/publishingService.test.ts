/** Repeats and requests, with a publisher and a subscriber that do what the test says. test/connections has real brokers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeliveredMessage } from '../../../src/client/clientTypes.ts';
import type { PublishParams, PublishResult } from '../../../src/contracts/engine.ts';
import { type ComposedMessage, MAX_REPEATS } from '../../../src/contracts/publishing.ts';
import { PublishingService } from '../../../src/engine/publishingService.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { Emitted } from './emitted.ts';

const message: ComposedMessage = {
  topic: 'a',
  qos: 1,
  retain: false,
  format: 'text',
  payloadText: '{{counter}}',
  fillsPlaceholders: true,
};
const published: PublishResult = { kind: 'published', noSubscribers: false };
const text = (payload: Uint8Array): string => Buffer.from(payload).toString();

function setUp({ carriesProperties = true } = {}) {
  const clock = new FakeClock();
  const emitted = new Emitted();
  const sent: PublishParams[] = [];
  const house = {
    clock,
    emitted,
    sent,
    /** Answers each publish; replaced by a test. */
    answer: async (_params: PublishParams): Promise<PublishResult> => published,
    /** Who hears the response topic. */
    deliver: undefined as ((message: DeliveredMessage) => void) | undefined,
    listened: [] as string[],
  };
  const service = new PublishingService({
    ...{ clock, emit: emitted.emit, random: () => 0 },
    publish: (params) => {
      sent.push(params);
      return house.answer(params);
    },
    listen: async (connection, topic, onMessage) => {
      house.listened.push(`${connection}:${topic}`);
      house.deliver = onMessage;
      return {
        kind: 'listening',
        async end() {
          house.deliver = undefined;
        },
      };
    },
    carriesProperties: () => carriesProperties,
    nameOf: () => 'Gateway',
    encoderFor: async () => ({ kind: 'problem', message: 'no schema' }),
  });
  return Object.assign(house, { service });
}

/** Lets what waits for a settled promise go on. */
async function settled(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

test('a repeat publishes at each interval, with a counter, until it has published as often as it should', async () => {
  const { service, clock, sent, emitted } = setUp();
  const started = await service.startRepeat({ message, everyMs: 100, times: 3 });
  assert.equal(started.kind, 'started');
  for (let i = 0; i < 5; i++) {
    clock.advance(100);
    await settled();
  }
  assert.deepEqual(
    sent.map(({ payload }) => text(payload)),
    ['1', '2', '3'],
  );
  const [end] = emitted.of('repeatEnded');
  assert.deepEqual([end?.reason, end?.repeat.published], ['done', 3]);
  assert.deepEqual(emitted.of('repeatsChanged').at(-1), []);
  assert.equal(clock.pendingTimers, 0);
});

test('it stops when it is told to, and nothing is published any more', async () => {
  const { service, clock, sent, emitted } = setUp();
  const started = await service.startRepeat({ message, everyMs: 100 });
  assert.ok(started.kind === 'started');
  service.stopRepeat({ repeatId: started.repeat.repeatId });
  clock.advance(1000);
  await settled();
  assert.equal(sent.length, 1);
  assert.equal(emitted.of('repeatEnded')[0]?.reason, 'stopped');
});

test('it ends with its profile, or when that becomes read-only, and says which', async () => {
  const house = setUp();
  const { service, clock, sent, emitted } = house;
  const started = await service.startRepeat({ message, everyMs: 100 });
  assert.ok(started.kind === 'started');
  service.stopRepeat({ repeatId: started.repeat.repeatId, isProfileGone: true });
  await service.startRepeat({ message, everyMs: 100 });
  house.answer = async () => ({ kind: 'readOnly' });
  for (let i = 0; i < 3; i++) {
    clock.advance(100);
    await settled();
  }
  assert.equal(sent.length, 3);
  assert.deepEqual(
    emitted.of('repeatEnded').map(({ reason, result }) => [reason, result?.kind]),
    [
      ['profileGone', undefined],
      ['notPublished', 'readOnly'],
    ],
  );
});

test('a message that waits for its acknowledgement delays the next, and there is no burst after it', async () => {
  const house = setUp();
  const { service, clock, sent } = house;
  await service.startRepeat({ message, everyMs: 100 });
  let acknowledge: (result: PublishResult) => void = () => {};
  house.answer = () =>
    new Promise((resolve) => {
      acknowledge = resolve;
    });
  clock.advance(1000);
  assert.equal(sent.length, 2);
  house.answer = async () => published;
  acknowledge(published);
  await settled();
  clock.advance(0);
  await settled();
  clock.advance(99);
  await settled();
  assert.equal(sent.length, 3);
});

test('it ends with its connection, and says with what result', async () => {
  const house = setUp();
  await house.service.startRepeat({ message: { ...message, connection: 1 }, everyMs: 100 });
  house.answer = async () => ({ kind: 'notConnected', name: 'Gateway' });
  house.clock.advance(100);
  await settled();
  const [end] = house.emitted.of('repeatEnded');
  assert.deepEqual(end?.result, { kind: 'notConnected', name: 'Gateway' });
  assert.deepEqual([end?.reason, end?.repeat.published], ['notPublished', 1]);
});

test('what can’t be published is not repeated, and there are not more repeats than can be looked after', async () => {
  const house = setUp();
  const { service } = house;
  house.answer = async () => ({ kind: 'brokerNotRunning' });
  assert.deepEqual(await service.startRepeat({ message, everyMs: 100 }), {
    kind: 'notPublished',
    result: { kind: 'brokerNotRunning' },
  });
  const broken = await service.startRepeat({ message: { ...message, format: 'hex' }, everyMs: 100 });
  assert.equal(broken.kind === 'notPublished' && broken.result.kind, 'payloadProblem');
  house.answer = async () => published;
  const starting = Array.from({ length: MAX_REPEATS }, () => service.startRepeat({ message, everyMs: 1000 }));
  assert.deepEqual(await service.startRepeat({ message, everyMs: 100 }), { kind: 'tooMany' });
  for (const started of await Promise.all(starting)) assert.equal(started.kind, 'started');
  service.dispose();
  assert.equal(house.clock.pendingTimers, 0);
});

const correlationData = Uint8Array.of(1, 2);
const question: ComposedMessage = {
  ...message,
  connection: 1,
  properties: { responseTopic: 'reply', correlationData },
};
const answer = (more: Partial<DeliveredMessage> = {}): DeliveredMessage => ({
  topic: 'reply',
  payload: Buffer.from('yes'),
  qos: 0,
  retain: false,
  topicFilters: [],
  isRepeat: false,
  isMuted: false,
  hasWaited: false,
  ...more,
});

test('a request is answered by the message with its correlation data, and stops listening', async () => {
  const house = setUp();
  const asked = house.service.request({ message: question, timeoutMs: 1000 });
  await settled();
  assert.deepEqual(house.listened, ['1:reply']);
  assert.deepEqual(house.sent[0]?.properties, question.properties);
  house.clock.advance(40);
  house.deliver?.(answer({ properties: { correlationData: Uint8Array.of(9) } }));
  house.deliver?.(answer({ properties: { correlationData }, retain: true }));
  house.deliver?.(answer({ properties: { correlationData, contentType: 'text/plain' } }));
  const result = await asked;
  assert.ok(result.kind === 'answered');
  const { response } = result;
  assert.deepEqual(
    [text(response.payload), response.elapsedMs, response.lacksCorrelationData],
    ['yes', 40, false],
  );
  assert.deepEqual(response.properties, { contentType: 'text/plain', correlationData });
  assert.equal(house.deliver, undefined);
  assert.equal(house.clock.pendingTimers, 0);
});

test('an answer without the correlation data is one, and it is told that it lacks them', async () => {
  const house = setUp();
  const asked = house.service.request({ message: question, timeoutMs: 1000 });
  await settled();
  house.deliver?.(answer());
  const result = await asked;
  assert.equal(result.kind === 'answered' && result.response.lacksCorrelationData, true);
});

test('before 5.0 the request carries no properties, and the first message on the topic is the answer', async () => {
  const house = setUp({ carriesProperties: false });
  const asked = house.service.request({ message: question, timeoutMs: 1000 });
  await settled();
  assert.equal(house.sent[0]?.properties, undefined);
  house.deliver?.(answer());
  const result = await asked;
  assert.equal(result.kind === 'answered' && result.response.lacksCorrelationData, false);
});

test('a request without an answer ends in time, and counts what was not its answer', async () => {
  const house = setUp();
  house.answer = async () => ({ kind: 'published', noSubscribers: true });
  const asked = house.service.request({ message: question, timeoutMs: 1000 });
  await settled();
  house.deliver?.(answer({ properties: { correlationData: Uint8Array.of(9) } }));
  house.clock.advance(1000);
  assert.deepEqual(await asked, { kind: 'timedOut', noSubscribers: true, others: 1 });
  assert.equal(house.deliver, undefined);
});

test('a request that the broker never acknowledges ends in time, too', async () => {
  const house = setUp();
  house.answer = () => new Promise(() => {});
  const asked = house.service.request({ message: question, timeoutMs: 1000 });
  await settled();
  house.clock.advance(1000);
  assert.deepEqual(await asked, { kind: 'timedOut', noSubscribers: false, others: 0 });
});

test('another request cancels the one before, and so does the person, also before it is published', async () => {
  const { service, sent } = setUp();
  const first = service.request({ message: question, timeoutMs: 1000 });
  await settled();
  const second = service.request({ message: question, timeoutMs: 1000 });
  assert.deepEqual(await first, { kind: 'cancelled' });
  await settled();
  service.cancelRequest();
  assert.deepEqual(await second, { kind: 'cancelled' });
  const third = service.request({ message: question, timeoutMs: 1000 });
  service.cancelRequest();
  assert.deepEqual(await third, { kind: 'cancelled' });
  assert.equal(sent.length, 2);
});

test('what a payload would be is told without publishing it', async () => {
  const { service, sent } = setUp();
  const hex = { ...message, format: 'hex', payloadText: 'ca fe' } as const;
  assert.deepEqual(await service.encodePayload({ message: hex }), { kind: 'encoded', byteCount: 2 });
  const document = { ...message, format: 'protobuf', payloadText: '{}' } as const;
  assert.deepEqual(await service.encodePayload({ message: document }), {
    kind: 'payloadProblem',
    message: 'no schema',
  });
  assert.equal(sent.length, 0);
});
