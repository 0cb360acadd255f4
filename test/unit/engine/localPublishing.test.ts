/** What is published from the form at the local broker, with a device that answers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ComposedMessage } from '../../../src/contracts/publishing.ts';
import { startEngine } from './engineUnderTest.ts';

const message: ComposedMessage = {
  topic: 'ask',
  qos: 1,
  retain: false,
  format: 'json',
  payloadText: '{"n": {{counter}}}',
  fillsPlaceholders: true,
};

test('a device answers a request, and the subscription for the answer is in no list and no feed', async (t) => {
  const { engine, start, device } = startEngine(t);
  await start();
  const board = await device();
  await board.subscribeAsync('ask');
  board.on('message', (_topic, payload, packet) => {
    const { responseTopic = '', correlationData } = packet.properties ?? {};
    board.publish(responseTopic, payload, { ...(correlationData && { properties: { correlationData } }) });
  });
  const properties = { responseTopic: 'answers/1', correlationData: Uint8Array.of(1, 2, 3) };
  const asked = engine.publishing.request({ message: { ...message, properties }, timeoutMs: 20_000 });
  const result = await asked;
  assert.ok(result.kind === 'answered', JSON.stringify(result));
  assert.equal(Buffer.from(result.response.payload).toString(), '{"n": 1}');
  assert.equal(result.response.lacksCorrelationData, false);
  assert.deepEqual(engine.listSubscriptions(), []);
  const subscribed = await engine.subscribe({ topicFilter: 'answers/1', qos: 0 });
  assert.equal(subscribed.kind === 'subscribed' && subscribed.subscription.messageCount, 0);
});

test('who was subscribed to the response topic before still is, and has the answer', async (t) => {
  const { engine, start, device, next } = startEngine(t);
  await start();
  await engine.subscribe({ topicFilter: 'answers', qos: 0 });
  const board = await device();
  await board.subscribeAsync('ask');
  board.on('message', () => board.publish('answers', 'yes'));
  const counted = next('subscriptionsChanged', ([first]) => first?.messageCount === 1);
  const properties = { responseTopic: 'answers' };
  const result = await engine.publishing.request({ message: { ...message, properties }, timeoutMs: 20_000 });
  assert.equal(result.kind, 'answered');
  await counted;
  const again = next('subscriptionsChanged', ([first]) => first?.messageCount === 2);
  await board.publishAsync('answers', 'more');
  await again;
});

test('a repeat ends when the local broker is stopped, and says so', async (t) => {
  const { engine, start, next } = startEngine(t);
  await start();
  const started = await engine.publishing.startRepeat({ message, everyMs: 10 });
  assert.equal(started.kind, 'started');
  const ended = next('repeatEnded');
  await engine.stopBroker({ keepState: false });
  const { reason, result } = await ended;
  assert.equal(reason, 'notPublished');
  assert.ok(result?.kind === 'brokerNotRunning' || result?.kind === 'failed', JSON.stringify(result));
});

test('a muted subscription at the local broker is counted; its options stand again at the next broker', async (t) => {
  const { engine, start, device, next } = startEngine(t);
  await start();
  const options = { noLocal: true, retainHandling: 1 } as const;
  await engine.subscribe({ topicFilter: 'a/#', qos: 1, ...options });
  assert.deepEqual(engine.muteSubscription({ topicFilter: 'a/#', isMuted: true }), { kind: 'done' });
  assert.deepEqual(engine.muteSubscription({ topicFilter: 'b', isMuted: true }), { kind: 'notSubscribed' });
  const counted = next('subscriptionsChanged', ([first]) => first?.messageCount === 1);
  await (await device()).publishAsync('a/b', 'x');
  await counted;
  const subscription = { topicFilter: 'a/#', qos: 1, ...options, messageCount: 1, isMuted: true };
  assert.deepEqual(engine.listSubscriptions(), [subscription]);
  const { viewId } = engine.messages.openMessages({
    query: { source: { kind: 'subscription', topicFilter: 'a/#' } },
  });
  assert.deepEqual(engine.messages.messageRows({ viewId, from: 0, count: 10 }).rows, []);
  await engine.stopBroker({ keepState: false });
  await start();
  assert.deepEqual(engine.listSubscriptions(), [subscription]);
});
