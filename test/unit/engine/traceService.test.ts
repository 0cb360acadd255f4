import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { BrokerObserver } from '../../../src/broker/observer.ts';
import type { PacketSteps, PacketsView, TraceState } from '../../../src/contracts/trace.ts';
import { MAX_ALIKE } from '../../../src/engine/conversationSearch.ts';
import type { Emit } from '../../../src/engine/modelEvents.ts';
import { TraceService } from '../../../src/engine/traceService.ts';
import { BrokerUnderTest } from '../../support/brokerUnderTest.ts';
import { frame, hex, uint16, utf8 } from '../../support/bytes.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import type { RawClient } from '../../support/rawClient.ts';
import { startEngine } from './engineUnderTest.ts';

const budgetBytes = 1_048_576;

/** A broker with the service beside it, which has a clock of its own. */
function setUp(t: TestContext, before: BrokerObserver = {}) {
  const under = new BrokerUnderTest(t, { observer: before });
  const clock = new FakeClock();
  const states: TraceState[] = [];
  const views: PacketsView[] = [];
  const steps: PacketSteps[] = [];
  const emit: Emit = (event, payload) => {
    if (event === 'traceChanged') states.push(payload as TraceState);
    if (event === 'packetsChanged') views.push(payload as PacketsView);
    if (event === 'packetStepsChanged') steps.push((payload as { steps: PacketSteps }).steps);
  };
  const service = new TraceService({
    clock,
    emit,
    clients: () => [],
    observe: (observer) => {
      under.broker.observer = observer ?? before;
    },
  });
  t.after(() => service.dispose());
  /** Of all packets, as lines. */
  const lines = (viewId = service.openPackets({ query: {} }).viewId): string[] => {
    clock.advance(100);
    const { rows } = service.packetRows({ viewId, from: 0, count: 500 });
    return rows.map(({ direction, kind, summary }) => `${direction} ${kind} ${summary}`.trim());
  };
  return { under, clock, service, states, views, steps, lines };
}

test('off by default, and then the broker gathers nothing; switched off it is again, and what was kept stays', async (t) => {
  const { under, service, states, lines } = setUp(t);
  const client = await under.connect(4, 'a');
  assert.equal(under.broker.observer?.packetReceived, undefined);
  assert.equal(service.traceState().isOn, false);
  service.startTrace({ budgetBytes });
  await client.ping();
  service.stopTrace();
  for (const method of ['packetReceived', 'packetSent', 'packetRejected'] as const)
    assert.equal(under.broker.observer?.[method], undefined);
  await client.ping();
  assert.deepEqual(lines(), ['in pingreq', 'out pingresp']);
  assert.deepEqual(
    states.map(({ isOn, heldPackets }) => [isOn, heldPackets]),
    [
      [true, 0],
      [false, 2],
    ],
  );
  service.startTrace({ budgetBytes });
  await client.ping();
  assert.equal(lines().length, 4);
  service.clearTrace();
  await client.ping();
  assert.equal(lines().length, 2);
});

test('the engine switches it on for a client that is connected, which it knows by name', async (t) => {
  const { engine, start, device, next } = startEngine(t);
  await start();
  const oven = await device({ clientId: 'oven' });
  engine.trace.startTrace({ budgetBytes });
  await oven.publishAsync('oven/door', 'shut', { qos: 1 });
  const { viewId } = engine.trace.openPackets({ query: { kinds: ['publish', 'puback'] } });
  await next('packetsChanged', ({ end }) => end === 2);
  const { rows } = engine.trace.packetRows({ viewId, from: 0, count: 10 });
  assert.deepEqual(
    rows.map(({ clientId, direction, kind }) => [clientId, direction, kind]),
    [
      ['oven', 'in', 'publish'],
      ['oven', 'out', 'puback'],
    ],
  );
  engine.trace.stopTrace();
});

test('a row says what matters: times, latencies, who, and what went wrong', async (t) => {
  const { under, clock, service } = setUp(t);
  service.startTrace({ budgetBytes });
  const client = await under.connect(5, 'oven', { properties: { topicAliasMaximum: 0 } });
  client.sendPublish('oven/door', 'shut', { qos: 2, packetId: 7 });
  await client.expect('pubrec');
  clock.advance(250);
  client.send({ kind: 'pubrel', packetId: 7, reasonCode: 0 });
  await client.expect('pubcomp');
  const { viewId } = service.openPackets({ query: { client: 'oven' } });
  clock.advance(100);
  const { rows } = service.packetRows({ viewId, from: 2, count: 10 });
  assert.deepEqual(
    rows.map(({ kind, latencyMs, problem }) => [kind, latencyMs, problem]),
    [
      ['publish', undefined, undefined],
      ['pubrec', 0, undefined],
      ['pubrel', 250, undefined],
      ['pubcomp', 0, undefined],
    ],
  );
  assert.equal(rows[0]?.summary, 'oven/door · QoS 2 · id 7 · 4 bytes');
  assert.equal(rows[0]?.remoteAddress, 'memory');
  assert.equal(rows[2]!.receivedAtMs - rows[0]!.receivedAtMs, 250);
  const detail = service.packet({ id: rows[2]!.id });
  assert.deepEqual(
    detail?.exchange.map(({ kind, direction }) => `${direction} ${kind}`),
    ['in publish', 'out pubrec', 'in pubrel', 'out pubcomp'],
  );
  assert.equal(service.packet({ id: 999 }), undefined);
});

test('a topic alias is shown with the topic that it stands for', async (t) => {
  const { under, service, lines } = setUp(t);
  const client = await under.connect(5, 'a');
  service.startTrace({ budgetBytes });
  client.sendPublish('oven/door', 'x', { properties: { topicAlias: 1 } });
  client.sendPublish('', 'y', { properties: { topicAlias: 1 } });
  await client.ping();
  assert.deepEqual(lines().slice(0, 2), [
    'in publish oven/door · alias 1 · QoS 0 · 1 byte',
    'in publish oven/door · alias 1 · QoS 0 · 1 byte',
  ]);
});

test('a malformed packet is explained: its bytes, the one that broke it, the rule and its causes', async (t) => {
  const { under, clock, service } = setUp(t);
  service.startTrace({ budgetBytes });
  const bytes = hex('36 06 00 01 61 00 01 00');
  const client = await under.connect(5, 'broken');
  client.sendBytes(bytes);
  await client.expectDisconnected(0x81);
  const { viewId } = service.openPackets({ query: { errorsOnly: true } });
  clock.advance(100);
  const { rows } = service.packetRows({ viewId, from: 0, count: 10 });
  // What the broker says to it is an error, too.
  assert.deepEqual(
    rows.map(({ kind, problem }) => [kind, problem]),
    [
      ['publish', 'faulty'],
      ['disconnect', 'refused'],
    ],
  );
  const detail = service.packet({ id: rows[0]!.id });
  assert.deepEqual(detail?.content, bytes);
  const { code, clause, offset, causes, rule, advice } = detail!.fault!;
  assert.deepEqual([code, clause, offset], ['qos-invalid', 'MQTT-3.3.1-4', 0]);
  assert.ok(causes.length > 0 && rule !== '' && advice !== '');
  assert.equal(rows[0]?.summary, detail?.fault?.message);
});

test('a packet that was wrong at its time is explained, too: no byte broke it', async (t) => {
  const { under, clock, service } = setUp(t);
  service.startTrace({ budgetBytes });
  const client = await under.connect(4, 'a');
  client.sendBytes(hex('D0 00'));
  await client.closed();
  const { viewId } = service.openPackets({ query: { errorsOnly: true } });
  clock.advance(100);
  const [row] = service.packetRows({ viewId, from: 0, count: 10 }).rows;
  const fault = service.packet({ id: row!.id })?.fault;
  assert.equal(fault?.code, 'packet-not-for-server');
  assert.equal(fault?.offset, undefined);
});

test('half a packet is shown as such when its connection ends', async (t) => {
  const { under, service, lines } = setUp(t);
  const client = await under.connect(4, 'a');
  service.startTrace({ budgetBytes });
  client.sendBytes(hex('30 7F 00 01 61'));
  client.transport?.breakOff(new Error('gone'));
  await client.closed();
  assert.deepEqual(lines(), ['in publish 5 of 129 bytes']);
  assert.equal(service.packet({ id: 1 })?.problem, 'unfinished');
});

test('passwords and the data of an authentication are in no row, no bytes and no field', async (t) => {
  const { under, clock, service } = setUp(t);
  service.startTrace({ budgetBytes });
  const flags = [...utf8('MQTT'), 5, 0xc2, ...uint16(60)];
  const method = [...[0x15], ...utf8('PLAIN'), ...[0x16], ...utf8('s3cret')];
  const packets = [
    frame(0x10, flags, [method.length], method, utf8('a'), utf8('dev'), utf8('s3cret')),
    // Broken before the password, and behind it.
    frame(0x10, [...utf8('MQTT'), 5, 0xc3, ...uint16(60)], [0], utf8('a'), utf8('dev'), utf8('s3cret')),
    frame(0x10, flags, [0], utf8('a'), utf8('dev'), utf8('s3cret'), [1, 2, 3]),
    frame(0xf0, [0x18, method.length], method),
  ];
  for (const packet of packets) {
    const client = under.open(5);
    client.sendBytes(packet);
    await client.closed();
  }
  const { viewId } = service.openPackets({ query: {} });
  clock.advance(100);
  const { rows } = service.packetRows({ viewId, from: 0, count: 50 });
  let hidden = 0;
  for (const { id } of rows) {
    const detail = service.packet({ id })!;
    assert.equal(Buffer.from(detail.content).includes('s3cret'), false);
    assert.doesNotMatch(JSON.stringify({ ...detail, content: undefined }), /s3cret|\*\*\*/);
    if (detail.hidden.length > 0) hidden++;
    if (detail.hidden.length > 0) assert.match(JSON.stringify(detail.fields), /A secret/);
  }
  assert.equal(hidden, packets.length);
});

test('views are told of news ten times a second at most, and of nothing when there is none', async (t) => {
  const { under, clock, service, views } = setUp(t);
  const client = await under.connect(4, 'a');
  service.startTrace({ budgetBytes });
  const { viewId } = service.openPackets({ query: { kinds: ['pingreq'] } });
  for (let i = 0; i < 10; i++) {
    await client.ping();
    clock.advance(10);
  }
  clock.advance(1000);
  const told = views.length;
  assert.ok(told >= 2 && told <= 4, `${told} times`);
  assert.deepEqual([views.at(-1)?.viewId, views.at(-1)?.end], [viewId, 10]);
  // Of another kind: nothing of this view.
  client.sendPublish('t', 'm');
  await client.handled();
  clock.advance(1000);
  assert.equal(views.length, told);
  service.closePackets({ viewId });
  await client.ping();
  clock.advance(1000);
  assert.equal(views.length, told);
  assert.deepEqual(service.packetRows({ viewId, from: 0, count: 10 }).rows, []);
});

/** Each step with its client's lane. */
function wayOf(steps: PacketSteps | undefined): readonly string[] {
  return (steps?.conversation?.steps ?? []).map(
    ({ lane, direction, kind }) => `${lane} ${direction} ${kind}`,
  );
}

test('what comes of a packet that is followed is told, also where no view has it, and nothing where nothing came', async (t) => {
  const { under, clock, service, views, steps } = setUp(t);
  service.startTrace({ budgetBytes });
  const panel = await under.connect(5, 'panel');
  await panel.subscribe('oven/#', { qos: 1 });
  const oven = await under.connect(4, 'oven');
  await oven.publish('oven/door', 'shut', { qos: 1 });
  const { packetId } = await panel.expect('publish');
  const { viewId } = service.openPackets({ query: { client: 'oven' } });
  clock.advance(100);
  const [sent] = service
    .packetRows({ viewId, from: 0, count: 500 })
    .rows.filter(({ kind }) => kind === 'publish');
  const before = await service.followPacket({ id: sent!.id }); // it was published
  assert.ok(!wayOf(before).includes('1 in puback'));
  await oven.ping();
  clock.advance(600);
  assert.deepEqual(steps, []);
  const told = views.length;
  panel.send({ kind: 'puback', packetId: packetId!, reasonCode: 0 }); // of QoS 1
  await panel.ping();
  clock.advance(600);
  assert.deepEqual(steps.map(wayOf), [[...wayOf(before), '1 in puback']]);
  assert.equal(views.length, told);

  // Nobody looks any more.
  oven.sendPublish('oven/door', 'shut', { qos: 2, packetId: 9 });
  await oven.expect('pubrec');
  clock.advance(100);
  await service.followPacket({ id: service.packetRows({ viewId, from: 0, count: 500 }).rows.at(-1)!.id });
  service.closePackets({ viewId });
  oven.send({ kind: 'pubrel', packetId: 9, reasonCode: 0 });
  await oven.expect('pubcomp');
  service.openPackets({ query: {} });
  clock.advance(600);
  assert.equal(steps.length, 1);
});

test('an acknowledgement of a packet that is followed is told however much came between', async (t) => {
  const set = setUp(t);
  const { clock, service, steps } = set;
  service.startTrace({ budgetBytes: 8 * budgetBytes });
  const oven = await followPubrec(set);
  for (let number = 0; number < 2_100; number++) oven.sendPublish('oven/state', 'on', {});
  await oven.ping();
  clock.advance(600);
  assert.equal(steps.length, 0);
  oven.send({ kind: 'pubrel', packetId: 9, reasonCode: 0 });
  await oven.expect('pubcomp');
  clock.advance(600);
  assert.deepEqual(
    steps.at(-1)?.exchange.map(({ kind }) => kind),
    ['publish', 'pubrec', 'pubrel', 'pubcomp'],
  );
});

/** The PUBREC of a message of QoS 2, packet identifier 9, is followed. */
async function followPubrec({ under, clock, service }: ReturnType<typeof setUp>): Promise<RawClient> {
  const oven = await under.connect(4, 'oven');
  oven.sendPublish('oven/door', 'shut', { qos: 2, packetId: 9 });
  await oven.expect('pubrec');
  const { viewId } = service.openPackets({ query: { kinds: ['pubrec'] } });
  clock.advance(100);
  const { rows } = service.packetRows({ viewId, from: 0, count: 1 });
  await service.followPacket({ id: rows[0]!.id }); // it was sent
  return oven;
}

/** A message to a session that is away, much else, and its delivery: asked about by the id of its PUBLISH. */
async function deliverLate({ under, clock, service }: ReturnType<typeof setUp>) {
  const session = { clientId: 'panel', cleanStart: false };
  const away = under.open(4);
  await away.connect(session);
  await away.subscribe('oven/#', { qos: 1 });
  await away.disconnect();
  service.startTrace({ budgetBytes: 8 * budgetBytes });
  const oven = await under.connect(4, 'oven');
  await oven.publish('oven/door', 'shut', { qos: 1 });
  for (let number = 0; number < 12_000; number++) oven.sendPublish('noise', `${number}`, {});
  await oven.ping();
  const panel = under.open(4);
  await panel.connect(session);
  const { packetId } = await panel.expect('publish');
  panel.send({ kind: 'puback', packetId: packetId!, reasonCode: 0 }); // of QoS 1
  await panel.ping();
  const { viewId } = service.openPackets({ query: { topicFilter: 'oven/door', kinds: ['publish'] } });
  clock.advance(100);
  const [published] = service.packetRows({ viewId, from: 0, count: 1 }).rows;
  return published!.id; // it was published
}

/** Each look at the clock finds a slice over: some hundred packets in each turn. */
function shortenSlices(t: TestContext, clock: FakeClock): void {
  let nowMs = clock.monotonicMs();
  t.mock.method(clock, 'monotonicMs', () => (nowMs += 10));
}

test('lanes and diagram have the whole way of a message, however long its session was away', async (t) => {
  const around = setUp(t);
  const id = await deliverLate(around);
  const steps = await around.service.followPacket({ id });
  assert.deepEqual(wayOf(steps), ['0 in publish', '0 out puback', '1 out publish', '1 in puback']);
  assert.equal(steps?.conversation?.nearestAlike, undefined);
  const diagram = (await around.service.packetDiagram({ id })) ?? '';
  assert.deepEqual(
    [...diagram.matchAll(/^ {2}(\w+-+>>\w+: \w+)/gm)].map(([, step]) => step),
    ['C1->>B: PUBLISH', 'B-->>C1: PUBACK', 'B->>C2: PUBLISH', 'C2-->>B: PUBACK'],
  );
  assert.doesNotMatch(diagram, /Note/);
});

test('a way is looked for in slices; another packet that is followed meanwhile ends it, and so does clearing', async (t) => {
  const around = setUp(t);
  const { clock, service } = around;
  const id = await deliverLate(around);
  shortenSlices(t, clock);
  const turns = async (asked: Promise<unknown>): Promise<number> => {
    let isThere = false;
    void asked.then(() => (isThere = true));
    for (let count = 0; ; count++) {
      await Promise.resolve();
      await Promise.resolve();
      if (isThere) return count;
      clock.advance(0);
    }
  };
  const first = service.followPacket({ id });
  const second = service.followPacket({ id: id + 1 });
  assert.ok((await turns(first)) < 3);
  assert.ok((await turns(second)) > 40);
  assert.equal(wayOf(await second).length, 4);
  assert.equal(await first, undefined);
  const diagram = service.packetDiagram({ id });
  assert.ok((await turns(diagram)) > 40);
  assert.match((await diagram) ?? '', /C2-->>B: PUBACK/);
  const followed = service.followPacket({ id });
  const drawn = service.packetDiagram({ id });
  service.clearTrace();
  await turns(Promise.all([followed, drawn]));
  assert.deepEqual([await followed, await drawn], [undefined, undefined]);
});

test('of a message that comes again and again, lanes and diagram say how much of it was looked at', async (t) => {
  const { under, clock, service } = setUp(t);
  service.startTrace({ budgetBytes: 8 * budgetBytes });
  const oven = await under.connect(4, 'oven');
  for (let number = 0; number < MAX_ALIKE + 2; number++) oven.sendPublish('oven/state', 'on', {});
  await oven.ping();
  const { viewId } = service.openPackets({ query: { kinds: ['publish'] } });
  clock.advance(100);
  const { id } = service.packetRows({ viewId, from: 0, count: 1 }).rows[0]!; // it was published
  const steps = await service.followPacket({ id });
  assert.equal(steps?.conversation?.nearestAlike, MAX_ALIKE);
  const note =
    'Note over B: the same message came more often#58; the nearest 10000 before and after were looked at';
  assert.ok((await service.packetDiagram({ id }))?.includes(note));
});

test('what comes of a packet that is followed is told when more came than a slice looks at, and then nothing', async (t) => {
  const set = setUp(t);
  const { clock, service, steps } = set;
  service.startTrace({ budgetBytes });
  const oven = await followPubrec(set);
  shortenSlices(t, clock);
  for (let number = 0; number < 2_000; number++) oven.sendPublish('noise', `${number}`, {});
  oven.send({ kind: 'pubrel', packetId: 9, reasonCode: 0 });
  await oven.expect('pubcomp');
  for (let turn = 0; turn < 100; turn++) clock.advance(500);
  assert.deepEqual(steps.map(wayOf), [['0 in publish', '0 out pubrec', '0 in pubrel', '0 out pubcomp']]);
  assert.equal(clock.pendingTimers, 0);
});
