import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exchangeOf, requestOf, topicOf } from '../../../src/model/packetExchange.ts';
import type { PacketQuery } from '../../../src/model/packetQuery.ts';
import { PacketTrace, type TracedConnection } from '../../../src/model/packetTrace.ts';
import { PacketView } from '../../../src/model/packetView.ts';
import { OUT_FLAG, REJECTED_FLAG } from '../../../src/model/traceSegment.ts';
import { encode } from '../../../src/mqtt/encode.ts';
import type { Packet, ProtocolVersion, PublishPacket } from '../../../src/mqtt/packets.ts';
import { hex } from '../../support/bytes.ts';
import { FakeClock } from '../../support/fakeClock.ts';

const never = (): boolean => false;
const payload = new Uint8Array([0x6d]);

function setUp(version: ProtocolVersion = 4, budgetBytes = 1_048_576) {
  const clock = new FakeClock();
  const trace = new PacketTrace(budgetBytes, clock);
  const open = (clientId: string | undefined, remoteAddress = '127.0.0.1:1'): TracedConnection =>
    trace.connectionOpened({ connectionId: 1, remoteAddress, transportKind: 'mqtt' }, clientId);
  const put = (connection: TracedConnection, packet: Packet | Uint8Array, flags: number): number => {
    const bytes = packet instanceof Uint8Array ? packet : encode(packet, version);
    return trace.append(connection, bytes, 0, bytes.length, version, flags);
  };
  const came = (connection: TracedConnection, packet: Packet | Uint8Array): number =>
    put(connection, packet, 0);
  const sent = (connection: TracedConnection, packet: Packet | Uint8Array): number =>
    put(connection, packet, OUT_FLAG);
  const found = (query: PacketQuery): number[] => {
    const view = new PacketView(1, query, trace);
    view.advance(never);
    return idsOf(view);
  };
  const request = (id: number): number | undefined => requestOf(trace.packet(id)!)?.id;
  const exchange = (id: number): number[] => exchangeOf(trace, trace.packet(id)!).map((each) => each.id);
  return { clock, trace, open, came, sent, put, found, request, exchange };
}

function idsOf(view: PacketView): number[] {
  return Array.from({ length: view.end - view.first }, (_, i) => view.idAt(view.first + i) ?? 0);
}

function publish(
  topic: string,
  packetId: number,
  { qos = 1, dup = false, alias }: { dup?: boolean; qos?: 1 | 2; alias?: number } = {},
): PublishPacket {
  const properties = alias === undefined ? {} : { properties: { topicAlias: alias } };
  return { kind: 'publish', topic, payload, qos, retain: false, dup, packetId, ...properties };
}

function publish0(topic: string, alias?: number): PublishPacket {
  const properties = alias === undefined ? {} : { properties: { topicAlias: alias } };
  return { kind: 'publish', topic, payload, qos: 0, retain: false, dup: false, ...properties };
}

const ack = (kind: 'puback' | 'pubrec' | 'pubrel' | 'pubcomp', packetId: number, reasonCode = 0) =>
  ({ kind, packetId, reasonCode }) as const;

test('a message of QoS 2 is one exchange, each of its packets an answer to the one before', () => {
  const { open, came, sent, request, exchange } = setUp();
  const oven = open('oven');
  const other = open('other');
  const first = came(oven, publish('t', 7, { qos: 2 }));
  came(other, publish('t', 7, { qos: 2 }));
  came(oven, publish('t', 8));
  const rec = sent(oven, ack('pubrec', 7));
  sent(oven, publish('down', 7));
  sent(other, ack('pubrec', 7));
  const rel = came(oven, ack('pubrel', 7));
  const comp = sent(oven, ack('pubcomp', 7));
  came(oven, publish('t', 7));
  assert.deepEqual([rec, rel, comp].map(request), [first, rec, rel]);
  for (const id of [first, rec, rel, comp]) assert.deepEqual(exchange(id), [first, rec, rel, comp]);
});

test('what the broker delivers is an exchange of its own, with the same packet identifier', () => {
  const { open, came, sent, request, exchange } = setUp();
  const oven = open('oven');
  const up = came(oven, publish('t', 1));
  const down = sent(oven, publish('u', 1));
  const upAck = sent(oven, ack('puback', 1));
  const downAck = came(oven, ack('puback', 1));
  assert.equal(request(upAck), up);
  assert.equal(request(downAck), down);
  assert.deepEqual(exchange(up), [up, upAck]);
  assert.deepEqual(exchange(downAck), [down, downAck]);
});

test('a redelivery over a later connection of the same client belongs to its message', () => {
  const { open, came, sent, exchange } = setUp();
  const before = open('oven');
  const stranger = open('stranger');
  const first = sent(before, publish('t', 3));
  const after = open('oven');
  sent(stranger, publish('t', 3, { dup: true }));
  const again = sent(after, publish('t', 3, { dup: true }));
  const acknowledged = came(after, ack('puback', 3));
  assert.deepEqual(exchange(first), [first, again, acknowledged]);
  // From what is known of its own connection on.
  assert.deepEqual(exchange(acknowledged), [again, acknowledged]);
});

test('a PUBREC that refuses ends the exchange: what follows with its identifier is another one', () => {
  const { open, came, sent, exchange } = setUp(5);
  const oven = open('oven');
  const first = came(oven, publish('t', 7, { qos: 2 }));
  const refused = sent(oven, ack('pubrec', 7, 0x87));
  const late = came(oven, ack('pubrel', 7));
  sent(oven, ack('pubcomp', 7, 0x92));
  assert.deepEqual(exchange(first), [first, refused]);
  assert.ok(late > refused);
});

test('an answer without a question is for nothing, and a second answer neither', () => {
  const { open, came, sent, request, exchange } = setUp();
  const oven = open('oven');
  const early = sent(oven, ack('puback', 5));
  came(oven, publish('t', 5));
  sent(oven, ack('puback', 5));
  const second = sent(oven, ack('puback', 5));
  assert.equal(request(early), undefined);
  assert.equal(request(second), undefined);
  assert.deepEqual(exchange(second), [second]);
});

test('requests and their answers: CONNECT, SUBSCRIBE, UNSUBSCRIBE and PINGREQ', () => {
  const { open, came, sent, request, exchange } = setUp();
  const oven = open('oven');
  const connect = came(oven, {
    ...{ kind: 'connect', protocolVersion: 4, clientId: 'oven', cleanStart: true, keepAliveSeconds: 0 },
  });
  const connack = sent(oven, { kind: 'connack', sessionPresent: false, reasonCode: 0 });
  const options = { qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 } as const;
  const subscribe = came(oven, {
    ...{ kind: 'subscribe', packetId: 9, subscriptions: [{ topicFilter: 't', ...options }] },
  });
  const ping = came(oven, { kind: 'pingreq' });
  const suback = sent(oven, { kind: 'suback', packetId: 9, reasonCodes: [0] });
  const pong = sent(oven, { kind: 'pingresp' });
  assert.deepEqual([connack, suback, pong].map(request), [connect, subscribe, ping]);
  assert.deepEqual(exchange(subscribe), [subscribe, suback]);
  assert.deepEqual(exchange(pong), [ping, pong]);
});

test('a topic alias stands for the topic that it was last set to, in its direction and connection', () => {
  const { trace, open, came, sent } = setUp(5);
  const oven = open('oven');
  const topicAt = (id: number): string | undefined => topicOf(trace.packet(id)!);
  came(oven, publish0('oven/a', 1));
  sent(oven, publish0('down', 1));
  came(open('other'), publish0('other', 1));
  const first = came(oven, publish0('', 1));
  came(oven, publish0('oven/b', 1));
  const second = came(oven, publish0('', 1));
  assert.equal(topicAt(first), 'oven/a');
  assert.equal(topicAt(second), 'oven/b');
  assert.equal(topicAt(came(oven, publish0('', 2))), undefined);
});

test('a view has the packets of its query: kinds, client, address, errors, and all of it together', () => {
  const { trace, open, came, sent, put, found } = setUp(5);
  const oven = open('oven');
  const nameless = open(undefined, '10.0.0.9:4');
  const a = came(oven, publish('t', 1));
  const b = sent(oven, ack('puback', 1, 0x87));
  const c = came(nameless, { kind: 'pingreq' });
  const d = put(oven, hex('00 01'), REJECTED_FLAG);
  const e = came(oven, { kind: 'pingreq' });
  trace.setFault(e, { code: 'x', clause: '1', message: 'm', byteOffset: undefined });
  assert.deepEqual(found({}), [a, b, c, d, e]);
  assert.deepEqual(found({ types: [3, 12] }), [a, c, e]);
  assert.deepEqual(found({ client: 'oven' }), [a, b, d, e]);
  assert.deepEqual(found({ client: '10.0.0.9:4' }), [c]);
  assert.deepEqual(found({ errorsOnly: true }), [b, d, e]);
  assert.deepEqual(found({ errorsOnly: true, types: [12], client: 'oven' }), [e]);
  assert.deepEqual(found({ client: 'nobody' }), []);
});

test('what says no is an error: by return code before 5.0, by reason code there', () => {
  const refusals: [ProtocolVersion, string, boolean][] = [
    [4, '20 02 00 00', false],
    [4, '20 02 00 05', true],
    [5, '20 03 00 87 00', true],
    [4, '90 03 00 01 02', false],
    [4, '90 03 00 01 80', true],
    [5, '90 05 00 01 00 00 87', true],
    [5, 'B0 04 00 01 00 11', false],
    [5, 'E0 01 04', false],
    [5, 'E0 01 81', true],
    [4, 'E0 00', false],
    [5, '40 02 00 01', false],
    [5, '40 03 00 01 10', false],
    [5, '50 03 00 01 97', true],
  ];
  for (const [version, bytes, isError] of refusals) {
    const { open, came, found } = setUp(version);
    came(open('a'), hex(bytes));
    assert.equal(found({ errorsOnly: true }).length, isError ? 1 : 0, bytes);
  }
});

test('a topic asks for the packets of its messages, and for who subscribes to it', () => {
  const { open, came, sent, found } = setUp(5);
  const oven = open('oven');
  const options = { qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 } as const;
  const subscribe = (packetId: number, topicFilter: string) =>
    ({ kind: 'subscribe', packetId, subscriptions: [{ topicFilter, ...options }] }) as const;
  const a = came(oven, subscribe(1, 'oven/#'));
  const b = sent(oven, { kind: 'suback', packetId: 1, reasonCodes: [0] });
  came(oven, subscribe(2, 'fridge/#'));
  sent(oven, { kind: 'suback', packetId: 2, reasonCodes: [0] });
  const c = came(oven, publish('oven/door', 3, { qos: 2, alias: 4 }));
  came(oven, publish('fridge/door', 4, { qos: 2 }));
  const d = sent(oven, ack('pubrec', 3));
  sent(oven, ack('pubrec', 4));
  const e = came(oven, ack('pubrel', 3));
  const f = sent(oven, ack('pubcomp', 3));
  const g = came(oven, publish0('', 4));
  came(oven, { kind: 'pingreq' });
  assert.deepEqual(found({ topicFilter: 'oven/+' }), [a, b, c, d, e, f, g]);
  assert.deepEqual(found({ topicFilter: 'oven/door' }), [a, b, c, d, e, f, g]);
  assert.deepEqual(found({ topicFilter: 'oven/door', types: [3] }), [c, g]);
});

test('a view finds what comes later, and lets go of what the trace dropped: places stay', () => {
  const { trace, open, came } = setUp(4, 65_536);
  const oven = open('oven');
  const view = new PacketView(1, { types: [12] }, trace);
  const ping = (): number => came(oven, { kind: 'pingreq' });
  const ids = [ping(), ping()];
  came(oven, publish('t', 1));
  view.advance(never);
  assert.deepEqual(idsOf(view), ids);
  assert.equal(view.isBehind, false);
  const third = ping();
  assert.equal(view.isBehind, true);
  view.advance(never);
  assert.equal(view.idAt(2), third);
  while (trace.firstId <= third) ping();
  view.advance(never);
  assert.ok(view.first > 2);
  assert.equal(view.idAt(2), undefined);
  assert.equal(view.idAt(view.first), trace.firstId);
  const { generation } = view;
  trace.clear();
  ping();
  view.advance(never);
  assert.equal(view.generation, generation + 1);
  assert.deepEqual([view.first, view.end], [0, 1]);
});

test('a search gives the thread back when its time is up, and goes on where it was', () => {
  const { trace, open, came } = setUp(4, 8_388_608);
  const oven = open('oven');
  for (let i = 0; i < 1000; i++) came(oven, { kind: 'pingreq' });
  const view = new PacketView(1, {}, trace);
  view.advance(() => true);
  assert.ok(view.end > 0 && view.end < 1000);
  assert.ok(view.progress > 0 && view.progress < 1);
  while (view.isBehind) view.advance(() => true);
  assert.equal(view.end, 1000);
});

test('a time is found by place', () => {
  const { clock, trace, open, came } = setUp();
  const oven = open('oven');
  const start = clock.nowMs();
  for (let i = 0; i < 5; i++) {
    came(oven, { kind: 'pingreq' });
    clock.advance(100);
  }
  const view = new PacketView(1, {}, trace);
  view.advance(never);
  assert.equal(view.placeAt(start + 150), 2);
  assert.equal(view.placeAt(start + 10_000), 5);
  assert.equal(view.placeOf(3), 2);
});

test('a search for a topic, where one packet may look at thousands of others, looks at the time every few', () => {
  const { trace, open, came } = setUp();
  const oven = open('oven');
  for (let id = 1; id <= 512; id++) came(oven, publish('t', id));
  const looksOf = (query: PacketQuery): number => {
    let looks = 0;
    const view = new PacketView(1, query, trace);
    view.advance(() => {
      looks++;
      return false;
    });
    assert.equal(view.progress, 1);
    return looks;
  };
  assert.equal(looksOf({ types: [4] }), 2);
  assert.equal(looksOf({ topicFilter: 'u' }), 128);
});
