/** Presets, every way to the broker, and names that the broker gives: with real clients, and one that is not meant. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type PresetName, rulesOfPreset } from '../../../src/faults/presets.ts';
import { Program } from '../../support/program.ts';
import { tlsFixture } from '../../support/tlsFixtures.ts';
import { skipUnless, toolPath } from '../../support/tools.ts';
import { FaultBroker } from './faultBroker.ts';

const board = { kind: 'clientId', clientId: 'board' } as const;
const everyone = { kind: 'everyone' } as const;

function presetOn(broker: FaultBroker, name: PresetName): void {
  broker.inject(...rulesOfPreset(name, name === 'brokerRestart' ? everyone : board));
}

test('weak Wi-Fi: messages are late, and the connection breaks now and then', async (t) => {
  const broker = await FaultBroker.start(t);
  const [meant, other] = [await broker.connect(t, 'board'), await broker.connect(t, 'other')];
  for (const client of [meant, other]) await client.subscribe('#');
  presetOn(broker, 'weakWifi');
  await other.mqtt.publishAsync('t', 'x', { qos: 1 });
  await other.ping();
  assert.equal(other.messages.length, 1);
  assert.equal(meant.messages.length, 0);
  broker.clock.advance(420);
  await meant.until(() => meant.messages.length === 1);
  // One packet in two hundred, and a thousand packets.
  for (let i = 0; i < 1000; i++) other.mqtt.publish('t', 'x');
  await other.until(() => other.messages.length === 1001);
  broker.clock.advance(60_000);
  await meant.closed();
  await other.ping();
});

test('LTE-M in a tunnel: slow, and for twenty seconds of every minute nothing', async (t) => {
  const broker = await FaultBroker.start(t);
  const [meant, other] = [await broker.connect(t, 'board'), await broker.connect(t, 'other')];
  for (const client of [meant, other]) await client.subscribe('#');
  presetOn(broker, 'lteTunnel');
  broker.clock.advance(40_000);
  await other.mqtt.publishAsync('t', 'x', { qos: 1 });
  await other.ping();
  broker.clock.advance(19_999);
  await other.ping();
  assert.equal(meant.messages.length, 0);
  broker.clock.advance(1);
  await meant.until(() => meant.messages.length === 1);
});

test('a broker restart: everyone is cut off, and finds the broker without a session ten seconds later', async (t) => {
  const broker = await FaultBroker.start(t);
  const lasting = { clean: false, properties: { sessionExpiryInterval: 3600 } };
  const meant = await broker.connect(t, 'board', lasting);
  presetOn(broker, 'brokerRestart');
  await meant.closed();
  await broker.faults.settled();
  broker.clock.advance(10_000);
  await broker.faults.settled();
  const again = await broker.connect(t, 'board', lasting);
  assert.equal(again.connack?.sessionPresent, false);
});

test('a NAT timeout: a board that pings too rarely is dead, and does not know', async (t) => {
  const broker = await FaultBroker.start(t);
  const [meant, other] = [await broker.connect(t, 'board'), await broker.connect(t, 'other')];
  presetOn(broker, 'natTimeout');
  broker.clock.advance(30_000);
  await broker.untilLogged(/client "board": falls silent/);
  meant.mqtt.publish('t', 'x');
  await other.ping();
  assert.equal(meant.isClosed, false);
  assert.equal(broker.broker.counters.messagesReceived, 0);
});

test('a captive portal: mosquitto_sub does not get in, and another board does', {
  skip: skipUnless('mosquitto_sub'),
}, async (t) => {
  const broker = await FaultBroker.start(t);
  presetOn(broker, 'captivePortal');
  const subscribe = (clientId: string): Program =>
    Program.start(t, 'stdbuf', [
      ...['-oL', toolPath('mosquitto_sub'), '-h', '127.0.0.1', '-p', String(broker.port), '-d'],
      ...['-i', clientId, '-t', 't', '-C', '1'],
    ]);
  const [meant, other] = [subscribe('board'), subscribe('other')];
  await other.waitFor('stdout', /Subscribed/);
  await broker.untilLogged(/client "board": answered its CONNECT with HTTP/);
  await (await broker.connect(t, 'publisher')).mqtt.publishAsync('t', 'x', { qos: 1 });
  assert.match((await other.ended).stdout, /^x$/m);
  assert.doesNotMatch(meant.stdout, /received CONNACK \(0\)/);
});

test('over WebSocket, TLS and both as over TCP', async (t) => {
  const tls = {
    cert: tlsFixture('server.crt'),
    key: tlsFixture('server.key'),
    clientCertificate: 'none',
    commonNameAsUser: false,
    minTlsVersion: '1.2',
  } as const;
  const at = { host: '127.0.0.1', port: 0 } as const;
  const kinds = ['ws', 'mqtts', 'wss'] as const;
  const broker = await FaultBroker.start(t, {
    listeners: [
      { kind: 'ws', ...at },
      { kind: 'mqtts', ...at, tls },
      { kind: 'wss', ...at, tls },
    ],
  });
  const ca = readFileSync(tlsFixture('ca.crt'));
  const clients = kinds.flatMap((kind, i) =>
    ['board', 'other'].map((name) =>
      broker.dial(t, `${name}-${kind}`, { ca }, `${kind}://127.0.0.1:${broker.ports[i]}`),
    ),
  );
  for (const client of clients) {
    await client.until(() => client.connack !== undefined);
    await client.subscribe('#');
  }
  const who = { kind: 'clientIdPattern', pattern: 'board-*' } as const;
  broker.inject({ who, direction: 'toClient', behaviour: { kind: 'delay', delayMs: 100, jitterMs: 0 } });
  clients[1]!.mqtt.publish('t', 'x');
  for (const client of clients.filter((_, i) => i % 2 === 1))
    await client.until(() => client.messages.length === 1);
  const meant = clients.filter((_, i) => i % 2 === 0);
  assert.deepEqual(
    meant.map(({ messages }) => messages.length),
    [0, 0, 0],
  );
  broker.clock.advance(100);
  for (const client of meant) await client.until(() => client.messages.length === 1);
});

test('a client that the broker names is meant by that name', async (t) => {
  const broker = await FaultBroker.start(t);
  broker.inject({
    who: { kind: 'clientIdPattern', pattern: 'auto-*' },
    packets: ['pingresp'],
    behaviour: { kind: 'drop', percent: 100 },
  });
  const [nameless, other] = [await broker.connect(t, ''), await broker.connect(t, 'other')];
  nameless.mqtt.sendPing();
  await nameless.subscribe('behind');
  assert.equal(nameless.ofKind('pingresp').length, 0);
  await other.ping();
  assert.equal(broker.faults.touchedConnections, 1);
});
