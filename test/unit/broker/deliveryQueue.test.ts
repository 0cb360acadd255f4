import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Delivery } from '../../../src/broker/delivery.ts';
import { DeliveryQueue } from '../../../src/broker/deliveryQueue.ts';
import { StoredMessage } from '../../../src/broker/storedMessage.ts';
import type { QoS } from '../../../src/mqtt/packets.ts';

function delivery(topic: string, qos: QoS = 1, expirySeconds?: number): Delivery {
  const properties = expirySeconds === undefined ? {} : { messageExpiryInterval: expirySeconds };
  const message = new StoredMessage(
    { topic, payload: new Uint8Array(0), qos, retain: false, properties },
    undefined,
    0,
  );
  return new Delivery(message, qos, false, undefined, false);
}

const topics = (deliveries: Iterable<Delivery>): string[] =>
  [...deliveries].map(({ message }) => message.topic);

test('first in is first out, through any mix of pushes and shifts', () => {
  const queue = new DeliveryQueue();
  const expected: string[] = [];
  for (let i = 0; i < 5000; i++) {
    queue.push(delivery(`${i}`));
    expected.push(`${i}`);
    if (i % 3 !== 0) assert.equal(queue.shift()?.message.topic, expected.shift());
    assert.equal(queue.length, expected.length);
    assert.equal(queue.peek()?.message.topic, expected[0]);
  }
  assert.deepEqual(topics(queue), expected);
  while (expected.length > 0) assert.equal(queue.shift()?.message.topic, expected.shift());
  assert.equal(queue.shift(), undefined);
});

test('takes out what has expired and keeps the order of the rest', () => {
  const queue = new DeliveryQueue();
  for (const [topic, expiry] of [
    ['a', undefined],
    ['b', 5],
    ['c', 1],
    ['d', undefined],
  ] as const)
    queue.push(delivery(topic, 1, expiry));
  assert.deepEqual(topics(queue.removeExpired(999)), []);
  assert.deepEqual(topics(queue.removeExpired(1000)), ['c']);
  assert.deepEqual(topics(queue), ['a', 'b', 'd']);
  assert.deepEqual(topics(queue.removeExpired(5000)), ['b']);
});

test('knows whether one of QoS 0 waits, and takes them out', () => {
  const queue = new DeliveryQueue();
  queue.push(delivery('a', 1));
  assert.equal(queue.hasQoS0, false);
  queue.push(delivery('b', 0));
  queue.push(delivery('c', 2));
  assert.equal(queue.hasQoS0, true);
  assert.deepEqual(topics(queue.removeQoS0()), ['b']);
  assert.equal(queue.hasQoS0, false);
  assert.deepEqual(topics(queue), ['a', 'c']);
});
