import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Broker } from '../../../src/broker/broker.ts';
import { defaultLimits, withLimits } from '../../../src/broker/limits.ts';

test('every default is within its range', () => {
  assert.deepEqual(withLimits(defaultLimits, {}), defaultLimits);
});

test('a limit out of its range is refused by name, value and range', () => {
  assert.throws(
    () => withLimits(defaultLimits, { receiveMaximum: 0 }),
    new RangeError('receiveMaximum is 0, must be a whole number from 1 to 65535'),
  );
  assert.throws(() => withLimits(defaultLimits, { maxConnections: 1.5 }), RangeError);
  assert.throws(() => withLimits(defaultLimits, { maxPacketBytes: 268_435_461 }), RangeError);
});

test('limits change while the broker runs, all of a change or none', async () => {
  const broker = new Broker({ limits: { maxConnections: 5 } });
  broker.setLimits({ maxSubscriptions: 7 });
  assert.equal(broker.limits.maxConnections, 5);
  assert.equal(broker.limits.maxSubscriptions, 7);
  assert.throws(() => broker.setLimits({ maxConnections: 6, maxInflight: 0 }), RangeError);
  assert.equal(broker.limits.maxConnections, 5);
  await broker.stop();
});
