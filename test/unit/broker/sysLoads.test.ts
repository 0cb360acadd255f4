import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCounters } from '../../../src/broker/counters.ts';
import { SysLoads } from '../../../src/broker/sysLoads.ts';

test('an average goes to the rate a minute, and forgets what was before by a factor of e in its period', () => {
  const counters = createCounters();
  const loads = new SysLoads();
  counters.connectionsAccepted = 100;
  loads.update(counters, 60);
  const kept = Math.exp(-1);
  assert.equal(loads.average('sockets', 1).toFixed(6), (100 * (1 - kept)).toFixed(6));
  assert.equal(loads.average('sockets', 5).toFixed(6), (100 * (1 - Math.exp(-1 / 5))).toFixed(6));
  loads.update(counters, 60);
  assert.equal(loads.average('sockets', 1).toFixed(6), (100 * (1 - kept) * kept).toFixed(6));
  assert.equal(loads.average('connections', 1), 0);
});

test('a steady rate is what all averages come to, however often they are updated', () => {
  const counters = createCounters();
  const loads = new SysLoads();
  for (let i = 0; i < 2000; i++) {
    counters.bytesReceived += 50;
    loads.update(counters, 10);
  }
  for (const minutes of [1, 5, 15] as const) {
    assert.equal(loads.average('bytes/received', minutes).toFixed(2), '300.00');
  }
});

test('agrees with mosquitto 2.0.11, which showed these numbers for one client in its first two seconds', () => {
  const counters = createCounters();
  const loads = new SysLoads();
  counters.packetsReceived = 2;
  counters.connectionsAccepted = 1;
  loads.update(counters, 2);
  assert.equal(loads.average('messages/received', 1).toFixed(2), '1.97');
  assert.equal(loads.average('messages/received', 5).toFixed(2), '0.40');
  assert.equal(loads.average('messages/received', 15).toFixed(2), '0.13');
  assert.equal(loads.average('sockets', 1).toFixed(2), '0.98');
});
