import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Delivery } from '../../../src/broker/delivery.ts';
import { IncomingWindow, OutgoingWindow } from '../../../src/broker/packetWindows.ts';
import { StoredMessage } from '../../../src/broker/storedMessage.ts';

const stored = new StoredMessage(
  { topic: 'a', payload: new Uint8Array(0), qos: 1, retain: false },
  undefined,
  0,
);

function delivery(): Delivery {
  return new Delivery(stored, 1, false, undefined, false);
}

function added(window: OutgoingWindow): number {
  const one = delivery();
  window.add(one);
  return one.packetId;
}

function identifiers(window: OutgoingWindow): number[] {
  return [...window].map(({ packetId }) => packetId);
}

test('packet identifiers walk from 1 to 65,535 and begin anew [MQTT-2.2.1-4] [MQTT-2.3.1-4 3.1.1]', () => {
  const window = new OutgoingWindow();
  const seen = new Set<number>();
  for (let i = 0; i < 65_535; i++) {
    const packetId = added(window);
    seen.add(packetId);
    window.remove(packetId);
  }
  assert.equal(seen.size, 65_535);
  assert.equal(Math.min(...seen), 1);
  assert.equal(Math.max(...seen), 65_535);
  assert.equal(added(window), 1);
});

test('an identifier in flight is passed over until its acknowledgement came', () => {
  const window = new OutgoingWindow();
  for (let i = 0; i < 65_535; i++) added(window);
  assert.throws(() => added(window), RangeError);
  window.remove(7);
  assert.equal(added(window), 7);
  window.remove(40_000);
  window.remove(3);
  assert.deepEqual([added(window), added(window)], [40_000, 3]);
});

test('is read in the order of sending, whatever the identifiers', () => {
  const window = new OutgoingWindow();
  for (let i = 0; i < 4; i++) added(window);
  window.remove(2);
  // Through all that there are, past those in flight.
  let newest = added(window);
  for (; newest !== 2; newest = added(window)) window.remove(newest);
  assert.deepEqual(identifiers(window), [1, 3, 4, 2]);
  assert.equal(window.get(1 + 16), undefined); // 1 is in its place
});

test('one that is never acknowledged is in nobody’s way, and none is given twice', () => {
  const window = new OutgoingWindow();
  const stuck = added(window);
  const inFlight: number[] = [];
  for (let i = 0; i < 200_000; i++) {
    const packetId = added(window);
    assert.ok(packetId !== stuck && !inFlight.includes(packetId), `${packetId} is in flight`);
    if (inFlight.push(packetId) > 20) window.remove(inFlight.shift()!); // has one
  }
  assert.deepEqual(identifiers(window), [stuck, ...inFlight]);
});

test('what is read from a store is put back under its identifiers, in its order, and the next one is free', () => {
  const window = new OutgoingWindow();
  const kept = [40_000, 40_000 - 32_768, 65_535, 1, 17, 33, 8];
  for (const packetId of kept) {
    const one = delivery();
    one.packetId = packetId;
    window.restore(one);
  }
  assert.deepEqual(identifiers(window), kept);
  assert.deepEqual(
    kept.map((packetId) => window.get(packetId)?.packetId),
    kept,
  );
  assert.equal(window.get(49), undefined);
  assert.ok(!kept.includes(added(window)));
  assert.equal(window.size, kept.length + 1);
  const again = delivery();
  again.packetId = 17;
  assert.throws(() => window.restore(again), /packet identifier 17 is in use/);
});

test('what is acknowledged while the window is read is not read any more', () => {
  const window = new OutgoingWindow();
  for (let i = 0; i < 4; i++) added(window);
  const read: number[] = [];
  for (const { packetId } of window) {
    read.push(packetId);
    if (packetId === 1) window.remove(3);
    // Another one in the same place, and with the same identifier at last, is not of this reading.
    if (packetId === 2)
      for (let newest = added(window); newest !== 3; newest = added(window)) window.remove(newest);
  }
  assert.deepEqual(read, [1, 2, 4]);
});

test('a large window that was emptied goes on behind its last identifier', () => {
  const window = new OutgoingWindow();
  for (let i = 0; i < 3000; i++) added(window);
  for (let packetId = 1; packetId <= 3000; packetId++) window.remove(packetId);
  assert.equal(window.size, 0);
  assert.equal(added(window), 3001);
});

test('counts against the Receive Maximum only what came over the present connection', () => {
  const window = new IncomingWindow();
  window.startConnection(1);
  window.add(10);
  window.add(11);
  assert.equal(window.unacknowledged, 2);
  window.startConnection(2);
  assert.equal(window.unacknowledged, 0);
  assert.equal(window.has(10), true);
  window.add(10); // sent again by the client
  assert.equal(window.unacknowledged, 1);
  window.add(10);
  assert.equal(window.unacknowledged, 1);
  assert.equal(window.remove(11), true);
  assert.equal(window.unacknowledged, 1);
  assert.equal(window.remove(10), true);
  assert.equal(window.unacknowledged, 0);
  assert.equal(window.remove(10), false);
});
