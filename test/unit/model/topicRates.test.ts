import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Model } from '../../../src/model/model.ts';
import { incoming } from './messages.ts';

function setUp() {
  const model = new Model({ historyBytes: 10_000_000 });
  let nowMs = 0;
  /** Publishes so many messages, and lets a second pass. */
  const second = (topic: string, count: number, payload = 'x') => {
    for (let n = 0; n < count; n++) model.messagePublished(topic, incoming(payload));
    nowMs += 1000;
    return model.topics.updateRates(nowMs, () => false) === 'active';
  };
  const rateOf = (topic: string) => model.topics.find(topic)?.messagesPerSecond ?? -1;
  return { model, second, rateOf };
}

test('a flood is seen in its first second, at its rate, in messages and in bytes', () => {
  const { model, second, rateOf } = setUp();
  second('plant/pump', 500, 'ten bytes!');
  assert.equal(rateOf('plant/pump'), 500);
  assert.equal(model.topics.find('plant/pump')?.bytesPerSecond, 5000);
});

test('a branch has the rate of all below it, a topic its own', () => {
  const { model, second } = setUp();
  for (const topic of ['plant/a', 'plant/b'])
    for (let n = 0; n < 50; n++) model.messagePublished(topic, incoming('x'));
  second('plant', 100);
  const plant = model.topics.find('plant');
  assert.deepEqual([plant?.branchMessagesPerSecond, plant?.messagesPerSecond], [200, 100]);
});

test('a rate follows what comes, and comes down to nothing when nothing comes', () => {
  const { model, second, rateOf } = setUp();
  second('a', 100);
  for (let n = 0; n < 30; n++) second('a', 10);
  assert.ok(Math.abs(rateOf('a') - 10) < 1, `${rateOf('a')}`);
  let seconds = 0;
  while (second('a', 0)) seconds++;
  assert.ok(seconds < 60, `${seconds} s`);
  assert.equal(rateOf('a'), 0);
  assert.deepEqual(model.topics.activeNodes, []);
});

test('a topic that sends once a while never looks like a flood', () => {
  const { second, rateOf } = setUp();
  for (let n = 0; n < 20; n++) {
    second('a', n % 5 === 0 ? 1 : 0);
    assert.ok(rateOf('a') < 0.5, `${rateOf('a')}`);
  }
  assert.ok(rateOf('a') > 0);
});

test('a few bytes now and then are as many on average', () => {
  const { model, second } = setUp();
  const rates: number[] = [];
  for (let n = 0; n < 200; n++) {
    second('a', n % 5 === 0 ? 1 : 0, 'ten bytes!');
    rates.push(model.topics.find('a')?.bytesPerSecond ?? 0);
  }
  const average = rates.slice(100).reduce((sum, rate) => sum + rate, 0) / 100;
  assert.ok(Math.abs(average - 2) < 0.1, `${average} bytes a second`);
});

test('where messages go on without a payload, the bytes come down to nothing', () => {
  const { model, second } = setUp();
  second('a', 100, 'ten bytes!');
  for (let n = 0; n < 90; n++) second('a', 1, '');
  const { messagesPerSecond = 0, bytesPerSecond } = model.topics.find('a') ?? {};
  assert.ok(messagesPerSecond > 0);
  assert.equal(bytesPerSecond, 0);
});

test('a node whose rate changed is news for who watches it', () => {
  const { model, second } = setUp();
  model.messagePublished('a', incoming('x'));
  model.topics.watch([0]);
  model.topics.takeDelta(100, 1000);
  second('a', 0);
  assert.deepEqual(
    model.topics.takeDelta(100, 1000).changed.map((node) => node.level),
    ['a'],
  );
});

test('a tick over many topics stops when its time is up, and goes on where it was', () => {
  const { model } = setUp();
  for (let n = 0; n < 2000; n++) {
    for (let i = 0; i < 10; i++) model.messagePublished(`t/${n}`, incoming('x'));
  }
  assert.equal(
    model.topics.updateRates(1000, () => true),
    'more',
  );
  // Comes while the tick is under way, and to a topic that is new.
  model.messagePublished('late', incoming('x'));
  let calls = 1;
  while (model.topics.updateRates(1000, () => true) === 'more') calls++;
  assert.equal(calls, 3);
  const rates = Array.from({ length: 2000 }, (_, n) => model.topics.find(`t/${n}`)?.messagesPerSecond);
  assert.deepEqual(new Set(rates), new Set([10]));
  assert.equal(model.topics.find('late')?.messagesPerSecond, 0);
  // Every node once: the topics, their branch, the root, and the one that came late.
  assert.equal(new Set(model.topics.activeNodes).size, model.topics.activeNodes.length);
  assert.equal(model.topics.activeNodes.length, 2003);
});
