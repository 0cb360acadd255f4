/** Handshakes that fail, connections that break, brokers that go: what the client that is meant sees, and one that is not. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { run } from '../../support/program.ts';
import { skipUnless, toolPath } from '../../support/tools.ts';
import { FaultBroker } from './faultBroker.ts';

const board = { kind: 'clientId', clientId: 'board' } as const;
const boards = { kind: 'clientIdPattern', pattern: 'board-*' } as const;
const everyone = { kind: 'everyone' } as const;
const lasting = { clean: false, properties: { sessionExpiryInterval: 3600 } } as const;

test('a CONNECT is refused with any reason code, in the words of the client’s version', async (t) => {
  const broker = await FaultBroker.start(t);
  for (const [reasonCode, returnCode] of [
    [0x88, 3],
    [0x86, 4],
    [0x87, 5],
    [0x97, 3],
  ] as const) {
    const { id } = broker.inject({ who: boards, behaviour: { kind: 'refuse', reasonCode } });
    const newer = await broker.open(t, 'board-5');
    assert.equal(newer.connack?.reasonCode, reasonCode);
    const older = await broker.open(t, 'board-4', { protocolVersion: 4 });
    assert.equal(older.connack?.returnCode, returnCode);
    for (const client of [newer, older]) await client.closed();
    await broker.connect(t, 'other');
    broker.faults.stop(id);
    await broker.connect(t, 'board-5');
  }
});

test('mosquitto_pub is told that it is refused', { skip: skipUnless('mosquitto_pub') }, async (t) => {
  const broker = await FaultBroker.start(t);
  broker.inject({ who: boards, behaviour: { kind: 'refuse', reasonCode: 0x88 } });
  const publish = (clientId: string) =>
    run(t, toolPath('mosquitto_pub'), [
      ...['-h', '127.0.0.1', '-p', String(broker.port), '-V', 'mqttv5', '-i', clientId, '-t', 't', '-m', 'x'],
    ]);
  const refused = await publish('board-1');
  assert.notEqual(refused.exitCode, 0);
  assert.match(refused.stderr, /unavailable/i);
  assert.equal((await publish('other')).exitCode, 0);
});

test('the connection closes at CONNECT, or behind CONNACK', async (t) => {
  const broker = await FaultBroker.start(t);
  for (const at of ['connect', 'connack'] as const) {
    const { id } = broker.inject({ who: board, behaviour: { kind: 'close', at } });
    const meant = await broker.open(t, 'board');
    await meant.closed();
    assert.equal(meant.connack !== undefined, at === 'connack');
    const other = await broker.connect(t, 'other');
    await other.ping();
    await other.kill();
    broker.faults.stop(id);
  }
});

test('the connection closes before anything is read, whoever it is, and those that are open stay', async (t) => {
  const broker = await FaultBroker.start(t);
  const before = await broker.connect(t, 'before');
  broker.inject({ who: everyone, behaviour: { kind: 'close', at: 'open' } });
  const socket = connect({ host: '127.0.0.1', port: broker.port });
  socket.on('error', () => {});
  await once(socket, 'close');
  assert.equal(socket.bytesRead, 0);
  await before.ping();
});

test('the connection closes behind so many messages, each connection anew', async (t) => {
  const broker = await FaultBroker.start(t);
  const other = await broker.connect(t, 'other');
  await other.subscribe('#');
  broker.inject({
    who: board,
    direction: 'toBroker',
    packets: ['publish'],
    behaviour: { kind: 'closeAfter', count: 3 },
  });
  for (let round = 1; round <= 2; round++) {
    const meant = await broker.connect(t, 'board');
    for (let i = 1; i <= 5; i++) meant.mqtt.publish('t', `${i}`, { qos: 1 });
    await meant.closed();
    await other.ping();
    assert.equal(other.messages.length, round * 3);
  }
});

test('the connection breaks in the middle of a packet, and the next one is whole', async (t) => {
  const broker = await FaultBroker.start(t);
  const [meant, other] = [await broker.connect(t, 'board'), await broker.connect(t, 'other')];
  for (const client of [meant, other]) await client.subscribe('#');
  broker.inject({
    who: board,
    direction: 'toClient',
    packets: ['publish'],
    behaviour: { kind: 'cut', percent: 100, times: 1 },
  });
  const bytesBefore = Number(Reflect.get(meant.mqtt.stream, 'bytesRead'));
  other.mqtt.publish('t', 'x'.repeat(100));
  await meant.closed();
  await other.until(() => other.messages.length === 1);
  assert.deepEqual(meant.messages, []);
  assert.equal(Number(Reflect.get(meant.mqtt.stream, 'bytesRead')) - bytesBefore, 53);
  const again = await broker.connect(t, 'board');
  await again.subscribe('#');
  other.mqtt.publish('t', 'y');
  await again.until(() => again.messages.length === 1);
});

test('a captive portal takes the connection and answers with HTTP', async (t) => {
  const broker = await FaultBroker.start(t);
  broker.inject({ who: board, behaviour: { kind: 'nonsense' } });
  const meant = broker.dial(t, 'board');
  const bytes: Buffer[] = [];
  meant.mqtt.stream.on('data', (chunk: Buffer) => bytes.push(chunk));
  await meant.closed();
  assert.equal(meant.connack, undefined);
  assert.match(Buffer.concat(bytes).toString(), /^HTTP\/1\.1 302 Found\r\n.*\r\n\r\n$/s);
  await (await broker.connect(t, 'other')).ping();
});

for (const losesSessions of [false, true]) {
  test(`the broker is gone for a while and comes back on its port, ${losesSessions ? 'without' : 'with'} its sessions`, async (t) => {
    const broker = await FaultBroker.start(t);
    const meant = await broker.connect(t, 'board', lasting);
    await meant.subscribe('kept', 1);
    broker.inject({ who: everyone, behaviour: { kind: 'brokerStops', seconds: 10, losesSessions } });
    await meant.closed();
    await broker.faults.settled();
    const refused = broker.dial(t, 'early');
    await refused.closed();
    assert.equal(Reflect.get(refused.error ?? {}, 'code'), 'ECONNREFUSED');
    broker.clock.advance(10_000);
    await broker.faults.settled();
    const again = await broker.connect(t, 'board', lasting);
    assert.equal(again.connack?.sessionPresent, !losesSessions);
    assert.deepEqual(broker.faults.injections, []);
  });
}

test('a broker that goes again and again is back at once when the fault is off', async (t) => {
  const broker = await FaultBroker.start(t);
  const stops = { kind: 'brokerStops', seconds: 10, everySeconds: 60, losesSessions: false } as const;
  broker.inject({ who: everyone, behaviour: stops });
  const first = await broker.connect(t, 'board');
  broker.clock.advance(50_000);
  await first.closed();
  broker.clock.advance(10_000);
  await broker.faults.settled();
  const second = await broker.connect(t, 'board');
  broker.clock.advance(50_000);
  await second.closed();
  await broker.faults.settled();
  broker.faults.stop();
  await broker.faults.settled();
  await (await broker.connect(t, 'board')).ping();
});

test('a session is lost while its client is away, and another client finds its own', async (t) => {
  const broker = await FaultBroker.start(t);
  for (const clientId of ['board', 'other']) {
    const client = await broker.connect(t, clientId, lasting);
    await client.subscribe('kept', 1);
    await client.mqtt.endAsync();
  }
  broker.inject({ who: board, behaviour: { kind: 'loseSession' } });
  const publisher = await broker.connect(t, 'publisher');
  await publisher.mqtt.publishAsync('kept', 'x', { qos: 1 });
  const [meant, other] = [
    await broker.connect(t, 'board', lasting),
    await broker.connect(t, 'other', lasting),
  ];
  assert.equal(meant.connack?.sessionPresent, false);
  assert.equal(other.connack?.sessionPresent, true);
  await other.until(() => other.messages.length === 1);
  await meant.ping();
  assert.deepEqual(meant.messages, []);
});

test('Server Keep Alive is forced low: a 5.0 client is told, and one that does not heed it is disconnected', async (t) => {
  const broker = await FaultBroker.start(t);
  broker.inject({ who: board, behaviour: { kind: 'serverKeepAlive', seconds: 5 } });
  const meant = await broker.connect(t, 'board', { keepalive: 60, reschedulePings: false });
  const other = await broker.connect(t, 'other', { keepalive: 60 });
  assert.equal(meant.connack?.properties?.serverKeepAlive, 5);
  assert.equal(other.connack?.properties?.serverKeepAlive, undefined);
  broker.clock.advance(7_600);
  await meant.closed();
  assert.equal(meant.ofKind('disconnect')[0]?.reasonCode, 0x8d);
  await other.ping();
});

test('Receive Maximum is forced low: a 5.0 client is told, and one that does not heed it is disconnected', async (t) => {
  const broker = await FaultBroker.start(t);
  broker.inject({ who: board, behaviour: { kind: 'receiveMaximum', messages: 2 } });
  const meant = await broker.connect(t, 'board');
  const other = await broker.connect(t, 'other');
  assert.equal(meant.connack?.properties?.receiveMaximum, 2);
  assert.equal(other.connack?.properties?.receiveMaximum, undefined);
  // QoS 2 that is never released.
  const packet = (messageId: number) => Buffer.from([0x34, 7, 0, 1, 0x74, 0, messageId, 0, 0x78]);
  for (const client of [meant, other]) for (const id of [11, 12, 13]) client.mqtt.stream.write(packet(id));
  await meant.closed();
  assert.equal(meant.ofKind('disconnect')[0]?.reasonCode, 0x93);
  await other.until(() => other.ofKind('pubrec').length === 3);
  await other.ping();
});

test('the clock of message expiry is set on: what waits is older than it is, and what does not expire stays', async (t) => {
  const broker = await FaultBroker.start(t);
  const sleeper = await broker.connect(t, 'board', lasting);
  await sleeper.subscribe('#', 1);
  await sleeper.mqtt.endAsync();
  const publisher = await broker.connect(t, 'publisher');
  for (const messageExpiryInterval of [60, 600, undefined]) {
    await publisher.mqtt.publishAsync(`t/${messageExpiryInterval}`, 'x', {
      qos: 1,
      properties: messageExpiryInterval === undefined ? {} : { messageExpiryInterval },
    });
  }
  broker.inject({ who: everyone, behaviour: { kind: 'expiryClock', aheadSeconds: 100 } });
  const again = await broker.connect(t, 'board', lasting);
  await again.until(() => again.messages.length === 2);
  await again.ping();
  assert.deepEqual(
    again.ofKind('publish').map(({ topic, properties }) => [topic, properties?.messageExpiryInterval]),
    [
      ['t/600', 500],
      ['t/undefined', undefined],
    ],
  );
});
