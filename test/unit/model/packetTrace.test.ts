import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PacketTrace, type TracedConnection } from '../../../src/model/packetTrace.ts';
import { OUT_FLAG, REJECTED_FLAG } from '../../../src/model/traceSegment.ts';
import { frame, hex, uint16, utf8 } from '../../support/bytes.ts';
import { FakeClock } from '../../support/fakeClock.ts';

const MEGABYTE = 1_048_576;
const PINGREQ = hex('C0 00');
const PINGRESP = hex('D0 00');

function open(trace: PacketTrace, connectionId: number, clientId?: string): TracedConnection {
  return trace.connectionOpened(
    { connectionId, remoteAddress: '127.0.0.1:5', transportKind: 'mqtt' },
    clientId,
  );
}

function setUp(budgetBytes = MEGABYTE) {
  const clock = new FakeClock();
  const trace = new PacketTrace(budgetBytes, clock);
  return { clock, trace, connection: open(trace, 7, 'oven') };
}

test('a packet is kept with its bytes, time, direction and connection', () => {
  const { clock, trace, connection } = setUp();
  const source = Uint8Array.from([0xff, ...PINGREQ, 0xff]);
  const id = trace.append(connection, source, 1, 3, 4, 0);
  clock.advance(12.5);
  const answer = trace.append(connection, PINGRESP, 0, 2, 4, OUT_FLAG);
  source.fill(0);
  const packet = trace.packet(id);
  assert.deepEqual(packet?.bytes, PINGREQ);
  assert.equal(packet?.isOut, false);
  assert.equal(packet?.protocolVersion, 4);
  assert.equal(packet?.connection?.clientId, 'oven');
  assert.equal(packet?.timeMs, Date.UTC(2026, 0, 1));
  assert.equal(trace.packet(answer)?.isOut, true);
  assert.equal(trace.packet(answer)?.timeMs, Date.UTC(2026, 0, 1) + 12.5);
  assert.equal(trace.packet(answer)?.previous?.id, id);
  assert.equal(packet?.previous, undefined);
  assert.equal(trace.packet(answer + 1), undefined);
});

test('a packet knows the one before it over its own connection', () => {
  const { trace, connection } = setUp();
  const other = open(trace, 8);
  const first = trace.append(connection, PINGREQ, 0, 2, 4, 0);
  trace.append(other, PINGREQ, 0, 2, 4, 0);
  trace.append(other, PINGRESP, 0, 2, 4, OUT_FLAG);
  const last = trace.append(connection, PINGRESP, 0, 2, 4, OUT_FLAG);
  assert.equal(trace.packet(last)?.previous?.id, first);
});

test('whatever comes, the memory stays in the budget, the newest are there, and what went is counted', () => {
  for (const budget of [MEGABYTE, 5 * MEGABYTE]) {
    const { trace, connection } = setUp(budget);
    const publish = frame(0x30, utf8('oven/temperature'), [...new TextEncoder().encode('{"celsius":180}')]);
    let count = 0;
    for (; count < 200_000; count++) {
      trace.append(connection, publish, 0, publish.length, 4, 0);
      assert.ok(trace.usedBytes <= budget, `${trace.usedBytes} of ${budget} bytes`);
    }
    assert.equal(trace.heldPackets + trace.droppedPackets, count);
    assert.equal(trace.nextId - trace.firstId, trace.heldPackets);
    // Of the budget, nine tenths are packets, in eights of bytes, and their numbers.
    const packetBytes = 8 * Math.ceil(publish.length / 8) + 24 + 4;
    assert.ok(
      trace.heldPackets * packetBytes > 0.9 * budget,
      `${trace.heldPackets} packets in ${budget} bytes`,
    );
    for (const id of [trace.firstId, trace.nextId - 1]) assert.deepEqual(trace.packet(id)?.bytes, publish);
    assert.equal(trace.packet(trace.firstId)?.previous, undefined);
    assert.equal(trace.packet(trace.firstId - 1), undefined);
  }
});

test('of a packet that is longer than 64 KiB the beginning is kept, and how long it was', () => {
  const { trace, connection } = setUp(64 * MEGABYTE);
  const large = new Uint8Array(300_000).fill(7);
  large[0] = 0x30;
  const packet = trace.packet(trace.append(connection, large, 0, large.length, 4, 0));
  assert.equal(packet?.wholeBytes, 300_000);
  assert.deepEqual(packet?.bytes, large.subarray(0, 65_536));
});

test('a smaller budget takes effect at once, and a trace that is cleared takes nothing', () => {
  const { trace, connection } = setUp(4 * MEGABYTE);
  for (let i = 0; i < 50_000; i++) trace.append(connection, PINGREQ, 0, 2, 4, 0);
  trace.setBudget(MEGABYTE);
  assert.ok(trace.usedBytes <= MEGABYTE);
  assert.ok(trace.droppedPackets > 0);
  const { generation, nextId } = trace;
  trace.clear();
  assert.equal(trace.heldPackets, 0);
  assert.equal(trace.droppedPackets, 0);
  assert.equal(trace.generation, generation + 1);
  assert.ok(trace.usedBytes < 10_000);
  // The connection is open, and goes on: without what was before it.
  const id = trace.append(connection, PINGREQ, 0, 2, 4, 0);
  assert.equal(id, nextId);
  assert.equal(trace.packet(id)?.previous, undefined);
  assert.equal(trace.packet(id)?.connection, connection);
});

test('a connection that was closed is forgotten with the last of its packets', () => {
  const { trace, connection } = setUp();
  const gone = open(trace, 8);
  trace.append(gone, PINGREQ, 0, 2, 4, 0);
  gone.isOpen = false;
  const { ref } = gone;
  assert.equal(trace.connection(ref), gone);
  while (trace.droppedPackets === 0) trace.append(connection, PINGREQ, 0, 2, 4, 0);
  assert.equal(trace.connection(ref), undefined);
  assert.equal(trace.connection(connection.ref), connection);
});

test('a fault is kept with its packet, and goes with it', () => {
  const { trace, connection } = setUp();
  const bytes = hex('00 01');
  const id = trace.append(connection, bytes, 0, 2, 4, REJECTED_FLAG);
  const before = trace.usedBytes;
  const fault = { code: 'packet-type-reserved', clause: '2.2.1', message: 'The packet', byteOffset: 0 };
  trace.setFault(id, fault);
  assert.deepEqual(trace.packet(id)?.fault, fault);
  assert.equal(trace.packet(id)?.isRejected, true);
  assert.ok(trace.usedBytes > before);
  while (trace.droppedPackets === 0) trace.append(connection, PINGREQ, 0, 2, 4, 0);
  assert.equal(trace.faultOf(id), undefined);
  // Too late: nothing is kept of it.
  trace.setFault(id, fault);
  assert.equal(trace.faultOf(id), undefined);
});

test('a password never gets into the trace: it is asterisks, and where they are is known', () => {
  const { trace, connection } = setUp();
  const head = [...utf8('MQTT'), 4, 0xc2, ...uint16(60), ...utf8('a'), ...utf8('dev')];
  const connect = frame(0x10, head, utf8('pencil'));
  const packet = trace.packet(trace.append(connection, connect, 0, connect.length, 4, 0));
  const end = connect.length;
  assert.deepEqual(packet?.hidden, [{ start: end - 6, end }]);
  assert.deepEqual(
    packet?.bytes,
    Uint8Array.from([...connect.subarray(0, end - 6), ...Buffer.from('******')]),
  );
  // Everything that is kept, whoever reads it.
  for (const { bytes } of trace.segments) assert.equal(Buffer.from(bytes).includes('pencil'), false);
  // What was handed in is the caller's.
  assert.equal(Buffer.from(connect).includes('pencil'), true);
  const other = trace.packet(trace.append(connection, PINGREQ, 0, 2, 4, 0));
  assert.deepEqual(other?.hidden, []);
});

test('who waits for the next packet is told of it, once', () => {
  const { trace, connection } = setUp();
  let times = 0;
  trace.onDidAppend(() => times++);
  trace.append(connection, PINGREQ, 0, 2, 4, 0);
  assert.equal(times, 0);
  trace.awaitAppend();
  trace.append(connection, PINGREQ, 0, 2, 4, 0);
  trace.append(connection, PINGREQ, 0, 2, 4, 0);
  assert.equal(times, 1);
});

test('a packet that goes on as it came is kept once, and reads as if it were there twice', () => {
  const { trace, connection } = setUp(4 * MEGABYTE);
  const other = open(trace, 8, 'panel');
  const publish = frame(0x30, utf8('oven/temperature'), [...new Uint8Array(1000)]);
  const chunk = Uint8Array.from([...PINGREQ, ...publish]);
  const came = trace.append(connection, chunk, 2, chunk.length, 4, 0);
  const sent = [1, 2, 3].map(() => trace.append(other, chunk, 2, chunk.length, 5, OUT_FLAG));
  // The same place, but another packet; and what came after it.
  const part = trace.append(other, chunk, 0, 2, 5, OUT_FLAG);
  trace.append(connection, PINGREQ, 0, 2, 4, 0);
  chunk.fill(9);
  const late = trace.append(other, chunk, 2, chunk.length, 5, OUT_FLAG);
  for (const id of [came, ...sent]) {
    const packet = trace.packet(id);
    assert.deepEqual(packet?.bytes, publish);
    assert.equal(packet?.wholeBytes, publish.length);
    assert.equal(packet?.isOut, id !== came);
  }
  assert.equal(trace.packet(sent[1] ?? 0)?.protocolVersion, 5);
  assert.equal(trace.packet(sent[1] ?? 0)?.previous?.id, sent[0]);
  assert.deepEqual(trace.packet(part)?.bytes, PINGREQ);
  assert.deepEqual(trace.packet(late)?.bytes, new Uint8Array(publish.length).fill(9));
  assert.equal(trace.packet(late)?.previous?.id, part);
});

test('whichever way a segment ends between the two, both packets have their bytes', () => {
  const { trace, connection } = setUp(65_536);
  const other = open(trace, 8);
  const publish = frame(0x30, utf8('t'), [...new Uint8Array(700).fill(5)]);
  for (let i = 0; i < 500; i++) {
    trace.append(connection, publish, 0, publish.length, 4, 0);
    trace.append(other, publish, 0, publish.length, 4, OUT_FLAG);
    for (let id = trace.firstId; id < trace.nextId; id++) assert.deepEqual(trace.packet(id)?.bytes, publish);
  }
  assert.ok(trace.droppedPackets > 0);
});
