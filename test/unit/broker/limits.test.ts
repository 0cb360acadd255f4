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

test('a shortest keep alive above the longest is refused, and any is below none', () => {
  assert.throws(
    () => withLimits(defaultLimits, { minKeepAliveSeconds: 61, maxKeepAliveSeconds: 60 }),
    new RangeError('minKeepAliveSeconds is 61, must not be above maxKeepAliveSeconds, which is 60'),
  );
  withLimits(defaultLimits, { minKeepAliveSeconds: 60, maxKeepAliveSeconds: 60 });
  withLimits(defaultLimits, { minKeepAliveSeconds: 61 });
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
