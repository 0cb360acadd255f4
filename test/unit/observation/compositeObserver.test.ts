import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BrokerObserver, Message } from '../../../src/broker/observer.ts';
import { compositeObserver } from '../../../src/observation/compositeObserver.ts';

const message: Message = { topic: 'a', payload: new Uint8Array([1]), qos: 1, retain: false };

test('an event goes to every observer that wants it, with all its arguments, in their order', () => {
  const heard: unknown[][] = [];
  const observer = compositeObserver([
    { messagePublished: (...all) => heard.push(['first', ...all]) },
    { sessionEnded: (...all) => heard.push(['second', ...all]) },
    { messagePublished: (...all) => heard.push(['third', ...all]) },
  ]);
  observer.messagePublished?.(message, 'device', true);
  observer.sessionEnded?.('device');
  assert.deepEqual(
    heard.map((call) => call.slice(0, 4)),
    [
      ['first', message, 'device', true],
      ['third', message, 'device', true],
      ['second', 'device'],
    ],
  );
});

test('an event that nobody wants stays undefined, so that the broker does not gather it', () => {
  const observer = compositeObserver([{ sessionEnded: () => {} }, {}]);
  assert.equal(observer.packetReceived, undefined);
  assert.equal(observer.messagePublished, undefined);
  assert.deepEqual(Object.keys(observer), ['sessionEnded']);
});

test('observers that are objects of a class keep their this', () => {
  class Counting implements BrokerObserver {
    count = 0;
    sessionEnded(): void {
      this.count++;
    }
  }
  const [one, two] = [new Counting(), new Counting()];
  compositeObserver([one]).sessionEnded?.('a');
  compositeObserver([one, two]).sessionEnded?.('b');
  assert.deepEqual([one.count, two.count], [2, 1]);
});
