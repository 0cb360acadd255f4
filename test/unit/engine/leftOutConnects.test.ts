/** Which CONNECT an export takes with it, and that looking for it holds nobody up. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '../../../src/base/clock.ts';
import { leftOutConnects } from '../../../src/engine/leftOutConnects.ts';
import { PacketTrace } from '../../../src/model/packetTrace.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { framed, hex } from '../../support/packetBytes.ts';

const connect = framed(0x10, '0004 "MQTT" 05 02 003C 00 0001 "a"');
const pingreq = hex('C0 00');
const MEGABYTE = 1_048_576;

/** A connection with a CONNECT and so many pings. */
function setUp(pings: number) {
  const trace = new PacketTrace(MEGABYTE, new FakeClock());
  const facts = { connectionId: 7, remoteAddress: '192.0.2.7:50123', transportKind: 'mqtt' };
  const connection = trace.connectionOpened(facts, 'a');
  const append = (bytes: Uint8Array): number => trace.append(connection, bytes, 0, bytes.length, 5, 0);
  const connectId = append(connect);
  const ids = Array.from({ length: pings }, () => append(pingreq));
  return { trace, append, connectId, ids, last: ids.at(-1) ?? connectId };
}

/** Every look at it says that the time is up. @param onPause before others have had their turn. */
function hurriedClock(onPause: (pauses: number) => void): Clock {
  let ms = 0;
  let pauses = 0;
  return {
    nowMs: () => ms,
    monotonicMs: () => ++ms * 1000,
    setTimeout: (callback) => {
      onPause(++pauses);
      queueMicrotask(callback);
      return { dispose: () => {} };
    },
  };
}

const { signal } = new AbortController();
const patient = { clock: new FakeClock(), sliceMs: 5, signal };

test('the CONNECT is found from any packet of its connection, once, and not where it is exported', async () => {
  const { trace, connectId, ids, last } = setUp(3);
  assert.deepEqual(await leftOutConnects(trace, [last], patient), [connectId]);
  assert.deepEqual(await leftOutConnects(trace, ids, patient), [connectId]);
  assert.deepEqual(await leftOutConnects(trace, [connectId, last], patient), []);
});

test('a second CONNECT, which breaks the standard, is not taken for the one that the trace has not', async () => {
  const { trace, append } = setUp(0);
  trace.clear();
  append(pingreq);
  append(connect);
  assert.deepEqual(await leftOutConnects(trace, [append(pingreq)], patient), []);
});

test('others have a turn on the way, and what is dropped there is not found', async () => {
  const { trace, connectId, last } = setUp(50);
  let pauses = 0;
  const counting = hurriedClock((count) => {
    pauses = count;
  });
  assert.deepEqual(await leftOutConnects(trace, [last], { ...patient, clock: counting }), [connectId]);
  assert.ok(pauses > 50, `${pauses} pauses`);
  const dropping = hurriedClock((count) => {
    if (count === 20) trace.clear();
  });
  assert.deepEqual(await leftOutConnects(trace, [last], { ...patient, clock: dropping }), []);
});

test('it ends when it is called off', async () => {
  const { trace, last } = setUp(50);
  const calling = new AbortController();
  const clock = hurriedClock((count) => {
    if (count === 20) calling.abort();
    assert.ok(count <= 20);
  });
  await assert.rejects(leftOutConnects(trace, [last], { clock, sliceMs: 5, signal: calling.signal }), {
    name: 'AbortError',
  });
});
