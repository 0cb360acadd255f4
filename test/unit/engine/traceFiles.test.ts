import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import type { ExportProgress } from '../../../src/contracts/recordings.ts';
import type { PacketQuery, PacketSummary } from '../../../src/contracts/trace.ts';
import { TraceService } from '../../../src/engine/traceService.ts';
import { BrokerUnderTest } from '../../support/brokerUnderTest.ts';
import { hex } from '../../support/bytes.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { framesOf, pcapOf } from '../trace/capture/captures.ts';

const budgetBytes = 1_048_576;

/** A service with a broker, or without one. */
function setUp(t: TestContext) {
  const under = new BrokerUnderTest(t);
  /** Told of exports. */
  const progress: number[] = [];
  const service = new TraceService({
    clock: systemClock,
    emit: (event, payload) => {
      if (event === 'exportProgress') progress.push((payload as ExportProgress).progress);
    },
    clients: () => [],
    observe: (observer) => {
      under.broker.observer = observer;
    },
  });
  t.after(() => service.dispose());
  /** Of all packets that are held. */
  const rows = async (): Promise<readonly PacketSummary[]> => {
    const { viewId } = service.openPackets({ query: {} });
    const { heldPackets } = service.traceState();
    for (;;) {
      const found = service.packetRows({ viewId, from: 0, count: 500 }).rows;
      if (found.length === heldPackets) return found;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { under, service, rows, progress };
}

const shown = ({
  direction,
  kind,
  clientId,
  summary,
  problem,
  remoteAddress,
  protocolVersion,
}: PacketSummary) => ({
  ...{ direction, kind, clientId, summary, problem, remoteAddress, protocolVersion },
});

test('what is exported is imported to the same list: packets, clients, times, addresses and faults', async (t) => {
  const { under, service, rows } = setUp(t);
  const file = path.join(temporaryFolder(t), 'trace.pcapng');
  service.startTrace({ budgetBytes });
  const oven = under.open(5, '192.0.2.7:50123');
  await oven.connect({ clientId: 'oven', username: 'dev', password: new TextEncoder().encode('pencil') });
  oven.sendPublish('oven/door', 'shut', { qos: 2, packetId: 7 });
  await oven.expect('pubrec');
  const refused = under.open(5, '192.0.2.9:50125');
  // With the reserved flag
  refused.sendBytes(hex('10 10 0004 4d515454 05 03 003c 00 0003 657370'));
  await refused.closed();
  const broken = under.open(4, '192.0.2.8:50124');
  await broken.connect({ clientId: 'broken' });
  broken.sendBytes(hex('36 06 00 01 61 00 01 00'));
  await broken.closed();
  const before = await rows();
  assert.deepEqual(await service.exportTrace({ exportId: 1, query: {}, file }), {
    kind: 'exported',
    packets: before.length,
    addedConnects: 0,
    missingPackets: 0,
  });
  assert.equal((await readFile(file)).includes('pencil'), false);

  const other = setUp(t);
  const opened = await other.service.openCapture({ file, budgetBytes });
  assert.deepEqual(opened, {
    ...{
      kind: 'opened',
      packets: before.length,
      connections: 3,
      otherConnections: 0,
      compressedConnections: 0,
      lostBytes: 0,
    },
  });
  const after = await other.rows();
  assert.deepEqual(after.map(shown), before.map(shown));
  // A capture has microseconds.
  for (const [i, { receivedAtMs }] of after.entries())
    assert.ok(Math.abs(receivedAtMs - before[i]!.receivedAtMs) < 0.002, `row ${i}`);
  // A latency is the difference of two times, as before.
  const [latency, latencyBefore] = [after, before].map((all) => all.at(3)?.latencyMs ?? Number.NaN);
  assert.ok(Math.abs(latency! - latencyBefore!) < 0.01, `${latency} and ${latencyBefore} ms`);
  const state = other.service.traceState();
  assert.deepEqual([state.isOn, state.captureName], [false, 'trace.pcapng']);
  assert.equal(after.at(-1)?.problem, 'faulty');
  for (const [all, from] of [
    [before, service],
    [after, other.service],
  ] as const) {
    const { code, offset, mask } = from.packet({ id: all.at(-1)!.id })?.fault ?? {};
    assert.deepEqual({ code, offset, mask }, { code: 'qos-invalid', offset: 0, mask: 0b0110 });
  }
});

test('packets of a query alone are exported', async (t) => {
  const { under, service } = setUp(t);
  const file = path.join(temporaryFolder(t), 'pings.pcapng');
  service.startTrace({ budgetBytes });
  await (await under.connect(4, 'a')).ping();
  const result = await service.exportTrace({ exportId: 1, query: { kinds: ['pingreq', 'pingresp'] }, file });
  assert.deepEqual(result, { kind: 'exported', packets: 2, addedConnects: 0, missingPackets: 0 });
});

describe('packets of MQTT 5.0 whose CONNECT a query leaves out', () => {
  const topics: PacketQuery = { topicFilter: 'five/#' };
  const reading = {
    ...({
      topic: 'five/oven',
      payload: new TextEncoder().encode('21.5'),
      qos: 1,
      retain: false,
      dup: false,
    } as const),
    properties: { contentType: 'text/plain' },
  };

  test('are exported with it, in the order of time, and imported as they were', async (t) => {
    const { under, service } = setUp(t);
    const file = path.join(temporaryFolder(t), 'five.pcapng');
    service.startTrace({ budgetBytes });
    const [first, second] = [under.open(5, '192.0.2.7:50123'), under.open(5, '192.0.2.7:50124')];
    const older = under.open(4, '192.0.2.7:50125');
    await first.connect({ clientId: 'first' });
    await older.connect({ clientId: 'older' });
    await second.connect({ clientId: 'second' });
    // None of its packets are exported.
    await under.connect(5, 'other');
    // Not in the order in which they came.
    for (const client of [second, first]) {
      for (const packetId of [1, 2]) {
        client.send({ kind: 'publish', ...reading, packetId });
        await client.expect('puback');
      }
    }
    await older.publish('five/older', '3', { qos: 1 });
    assert.deepEqual(await service.exportTrace({ exportId: 1, query: topics, file }), {
      ...{ kind: 'exported', packets: 10, addedConnects: 2, missingPackets: 0 },
    });

    const other = setUp(t);
    await other.service.openCapture({ file, budgetBytes });
    const after = await other.rows();
    const named = after.map(
      ({ kind, clientId, protocolVersion }) => `${kind} ${clientId} ${protocolVersion}`,
    );
    assert.deepEqual(named, [
      ...['connect first 5', 'connect second 5'],
      ...['publish second 5', 'puback second 5', 'publish second 5', 'puback second 5'],
      ...['publish first 5', 'puback first 5', 'publish first 5', 'puback first 5'],
      ...['publish undefined 4', 'puback undefined 4'],
    ]);
    assert.deepEqual(
      after.filter(({ problem }) => problem !== undefined),
      [],
    );
    assert.ok(after.every(({ receivedAtMs }, i) => i === 0 || receivedAtMs >= after[i - 1]!.receivedAtMs));
  });

  test('are exported without it where the trace no longer holds it, and none is missed', async (t) => {
    const { under, service, rows } = setUp(t);
    const file = path.join(temporaryFolder(t), 'five.pcapng');
    service.startTrace({ budgetBytes });
    const client = await under.connect(5, 'first');
    service.clearTrace();
    await client.ping();
    client.send({ kind: 'publish', ...reading, packetId: 1 });
    await client.expect('puback');
    assert.deepEqual(await service.exportTrace({ exportId: 1, query: topics, file }), {
      ...{ kind: 'exported', packets: 2, addedConnects: 0, missingPackets: 0 },
    });
    // Of the version that the acknowledgement shows: nobody got the message, which 3.1.1 can't say.
    await service.openCapture({ file, budgetBytes });
    assert.deepEqual(
      (await rows()).map(({ protocolVersion, problem }) => [protocolVersion, problem]),
      [
        [4, undefined],
        [5, undefined],
      ],
    );
  });
});

test('an export tells how far it is, and one that is called off leaves nothing behind', async (t) => {
  const { under, service, progress } = setUp(t);
  const folder = temporaryFolder(t);
  service.startTrace({ budgetBytes: 16 * budgetBytes });
  const client = await under.connect(4, 'a');
  for (let i = 0; i < 3_000; i++) client.sendPublish(`topic/${i}`, 'x'.repeat(1_000));
  await client.ping();
  const { heldPackets } = service.traceState();
  const file = path.join(folder, 'trace.pcapng');
  const whole = await service.exportTrace({ exportId: 1, query: {}, file });
  assert.deepEqual(whole, { kind: 'exported', packets: heldPackets, addedConnects: 0, missingPackets: 0 });
  assert.ok(progress.length > 0, 'told');
  assert.ok(progress.every((share) => share > 0 && share <= 1));

  const other = service.exportTrace({ exportId: 2, query: {}, file: path.join(folder, 'other.pcapng') });
  service.cancelExport({ exportId: 1 });
  service.cancelExport({ exportId: 2 });
  assert.deepEqual(await other, { kind: 'cancelled' });
  assert.deepEqual(await readdir(folder), ['trace.pcapng']);
});

test('a trace that starts after a capture was opened shows nothing of it', async (t) => {
  const { under, service } = setUp(t);
  const file = path.join(temporaryFolder(t), 'trace.pcapng');
  service.startTrace({ budgetBytes });
  const client = await under.connect(4, 'a');
  await service.exportTrace({ exportId: 1, query: {}, file });
  await service.openCapture({ file, budgetBytes });
  assert.equal(service.traceState().isOn, false);
  await client.ping();
  assert.equal(service.traceState().heldPackets, 2);
  service.startTrace({ budgetBytes });
  assert.equal(service.traceState().captureName, undefined);
  await client.ping();
  assert.equal(service.traceState().heldPackets, 2);
});

test('a capture that is being read makes room for a trace that starts, a trace that is cleared, and another capture', async (t) => {
  const { under, service } = setUp(t);
  const file = path.join(temporaryFolder(t), 'trace.pcapng');
  service.startTrace({ budgetBytes });
  const client = await under.connect(4, 'a');
  const { heldPackets } = service.traceState();
  await service.exportTrace({ exportId: 1, query: {}, file });
  const calledOff = { kind: 'calledOff' };

  const first = service.openCapture({ file, budgetBytes });
  const second = service.openCapture({ file, budgetBytes });
  assert.deepEqual(await first, calledOff);
  assert.equal((await second).kind, 'opened');
  assert.equal(service.traceState().heldPackets, heldPackets);

  const cleared = service.openCapture({ file, budgetBytes });
  service.clearTrace();
  assert.deepEqual(await cleared, calledOff);
  assert.equal(service.traceState().heldPackets, 0);

  const replaced = service.openCapture({ file, budgetBytes });
  service.startTrace({ budgetBytes });
  await client.ping();
  assert.deepEqual(await replaced, calledOff);
  const { isOn, heldPackets: held, captureName } = service.traceState();
  assert.deepEqual([isOn, held, captureName], [true, 2, undefined]);
});

test('a missing file that made room for a trace does not clear it', async (t) => {
  const { under, service } = setUp(t);
  const client = await under.connect(4, 'a');
  const missing = service.openCapture({ file: path.join(temporaryFolder(t), 'none.pcap'), budgetBytes });
  service.startTrace({ budgetBytes });
  await client.ping();
  assert.deepEqual(await missing, { kind: 'calledOff' });
  assert.equal(service.traceState().heldPackets, 2);
});

test('what can not be read or written is told, and leaves nothing behind', async (t) => {
  const { under, service } = setUp(t);
  const folder = temporaryFolder(t);
  service.startTrace({ budgetBytes });
  await under.connect(4, 'a');
  const unwritable = await service.exportTrace({
    exportId: 1,
    query: {},
    file: path.join(folder, 'none', 'a.pcapng'),
  });
  assert.equal(unwritable.kind, 'failed');
  const text = path.join(folder, 'notes.txt');
  await writeFile(text, 'no capture at all, but a text that is long enough to be looked at');
  const opened = await service.openCapture({ file: text, budgetBytes });
  assert.equal(opened.kind, 'unreadable');
  assert.equal(service.traceState().captureName, undefined);
  const missing = await service.openCapture({ file: path.join(folder, 'none.pcap'), budgetBytes });
  assert.equal(missing.kind, 'unreadable');
});

test('bytes that a capture lacks are told', async (t) => {
  const { service, rows } = setUp(t);
  const file = path.join(temporaryFolder(t), 'trace.pcap');
  const record = (bytes: Uint8Array) => ({
    ...({ atMs: 1000, direction: 'in', connectionId: 1, bytes, wholeBytes: bytes.length } as const),
    ...{ localAddress: '192.0.2.9:1883', remoteAddress: '192.0.2.7:50123' },
  });
  const connect = record(hex('10 0d 0004 4d515454 04 02 003c 0001 61'));
  const publish = record(hex('30 04 0001 74 78'));
  const pingreq = record(hex('c0 00'));
  const frames = framesOf([connect, publish, pingreq, pingreq]);
  await writeFile(file, pcapOf(frames.toSpliced(-3, 1)));
  const opened = await service.openCapture({ file, budgetBytes });
  assert.deepEqual(opened, {
    ...{
      kind: 'opened',
      packets: 3,
      connections: 1,
      otherConnections: 0,
      compressedConnections: 0,
      lostBytes: publish.bytes.length,
    },
  });
  assert.deepEqual(
    (await rows()).map(({ kind }) => kind),
    ['connect', 'pingreq', 'pingreq'],
  );
});

test('WebSockets of a capture are read, and compressed ones counted as such', async (t) => {
  const { service, rows } = setUp(t);
  const file = path.join(temporaryFolder(t), 'trace.pcap');
  const said = (connectionId: number, direction: 'in' | 'out', bytes: Uint8Array) => ({
    ...{ atMs: 1000, connectionId, direction, bytes, localAddress: '192.0.2.9:1883' },
    remoteAddress: `192.0.2.7:${50_000 + connectionId}`,
  });
  const asked = Buffer.from('GET / HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n');
  const answered = (rest: string) =>
    Buffer.from(`HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Protocol: mqtt\r\n${rest}\r\n`);
  const records = [
    said(1, 'in', asked),
    said(1, 'out', answered('')),
    // Masked with zeros
    said(1, 'in', hex('82 8f 00000000 10 0d 0004 4d515454 04 02 003c 0001 61')),
    said(2, 'in', asked),
    said(2, 'out', answered('Sec-WebSocket-Extensions: permessage-deflate\r\n')),
  ];
  await writeFile(file, pcapOf(framesOf(records)));
  assert.deepEqual(await service.openCapture({ file, budgetBytes }), {
    ...{ kind: 'opened', packets: 1, connections: 1, otherConnections: 1, compressedConnections: 1 },
    lostBytes: 0,
  });
  assert.deepEqual(
    (await rows()).map(({ kind, clientId }) => `${kind} ${clientId}`),
    ['connect a'],
  );
});

test('the way of a message is a diagram, from its publisher to its subscriber', async (t) => {
  const { under, service, rows } = setUp(t);
  service.startTrace({ budgetBytes });
  const panel = await under.connect(5, 'panel');
  await panel.subscribe('oven/#');
  const oven = await under.connect(4, 'oven');
  await oven.publish('oven/door', 'shut', { qos: 1 });
  await panel.expectMessage();
  await oven.ping();
  const all = await rows();
  const puback = all.find(({ kind }) => kind === 'puback');
  const diagram = await service.packetDiagram({ id: puback!.id });
  assert.match(diagram ?? '', /^sequenceDiagram\n/);
  for (const each of ['oven', 'panel', 'PUBLISH', 'PUBACK']) assert.ok(diagram?.includes(each), each);
  assert.equal(
    await service.packetDiagram({ id: all.find(({ kind }) => kind === 'pingreq')!.id }),
    undefined,
  );
  assert.equal(await service.packetDiagram({ id: 9999 }), undefined);
});

test('the way of a message is on lanes: QoS and packet identifiers of each step, no more than one lane a client', async (t) => {
  const { under, service, rows } = setUp(t);
  service.startTrace({ budgetBytes });
  const panel = await under.connect(5, 'panel');
  await panel.subscribe('oven/#', { qos: 1 });
  const oven = await under.connect(4, 'oven');
  oven.sendPublish('oven/door', 'shut', { qos: 1, packetId: 7 });
  const { packetId } = await panel.expect('publish');
  panel.send({ kind: 'puback', packetId: packetId!, reasonCode: 0 }); // of QoS 1
  await panel.ping();
  const all = await rows();
  const answers = all.filter(({ kind }) => kind === 'puback');
  assert.equal(answers.length, 2);
  for (const { id } of answers) {
    const conversation = (await service.followPacket({ id }))?.conversation;
    assert.equal(conversation?.hasPublisher, true);
    assert.deepEqual(
      conversation.lanes.map(({ clientId }) => clientId),
      ['oven', 'panel'],
    );
    assert.deepEqual([conversation.moreLanes, conversation.moreSteps], [0, 0]);
    assert.deepEqual(
      conversation.steps
        .map(({ lane, direction, kind, qos, packetId: number }) => [lane, direction, kind, qos, number])
        .sort((a, b) => Number(a[0]) - Number(b[0])),
      [
        [0, 'in', 'publish', 1, 7],
        [0, 'out', 'puback', undefined, 7],
        [1, 'out', 'publish', 1, packetId],
        [1, 'in', 'puback', undefined, packetId],
      ],
    );
  }
  const ping = await service.followPacket({ id: all.find(({ kind }) => kind === 'pingreq')!.id });
  assert.deepEqual([ping?.exchange.length, ping?.conversation], [2, undefined]);
  assert.equal(await service.followPacket({ id: 9999 }), undefined);
});

test('of many who got a message the first have lanes, and the one that is asked about; the others are counted', async (t) => {
  const { under, service, rows } = setUp(t);
  service.startTrace({ budgetBytes });
  for (let number = 1; number <= 12; number++) {
    const panel = await under.connect(5, `panel-${number}`);
    await panel.subscribe('oven/#');
  }
  const oven = await under.connect(4, 'oven');
  await oven.publish('oven/door', 'shut', { qos: 1 });
  await oven.ping();
  const deliveries = (await rows()).filter(
    ({ kind, direction }) => kind === 'publish' && direction === 'out',
  );
  assert.equal(deliveries.length, 12);
  const last = deliveries.at(-1)!; // there are twelve
  const conversation = (await service.followPacket({ id: last.id }))!.conversation!; // it is of a message
  assert.deepEqual(
    conversation.lanes.map(({ clientId }) => clientId),
    ['oven', last.clientId, ...deliveries.slice(0, 6).map(({ clientId }) => clientId)],
  );
  assert.equal(conversation.moreLanes, 5);
  assert.equal(conversation.moreSteps, 5);
  assert.ok(conversation.steps.some(({ id, lane }) => id === last.id && lane === 1));
});
