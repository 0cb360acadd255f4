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
    return model.topics.updateRates(nowMs);
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
