/** Links that are late, narrow, in pieces or silent: what the client that is meant sees, and one that is not. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import { TcpClient } from '../../faults/tcpClient.ts';
import { FaultBroker } from './faultBroker.ts';

const board = { kind: 'clientId', clientId: 'board' } as const;

test('what is late comes late and in order, and no other client waits for it', async (t) => {
  const broker = await FaultBroker.start(t);
  const [meant, other] = [await broker.connect(t, 'board'), await broker.connect(t, 'other')];
  for (const client of [meant, other]) await client.subscribe('#');
  broker.inject({
    who: board,
    direction: 'toClient',
    behaviour: { kind: 'delay', delayMs: 500, jitterMs: 1000 },
  });
  const sent = Array.from({ length: 20 }, (_, i) => `n ${i}`);
  for (const [i] of sent.entries()) await other.mqtt.publishAsync('n', `${i}`, { qos: 1 });
  await other.until(() => other.messages.length === sent.length);
  await other.ping();
  broker.clock.advance(499);
  await other.ping();
  assert.deepEqual(meant.messages, []);
  broker.clock.advance(1_001);
  await meant.until(() => meant.messages.length === sent.length);
  assert.deepEqual(meant.messages, sent);
});

test('what a client sends is late, its close too', async (t) => {
  const broker = await FaultBroker.start(t);
  const [meant, other] = [await broker.connect(t, 'board'), await broker.connect(t, 'other')];
  await other.subscribe('#');
  broker.inject({
    who: board,
    direction: 'toBroker',
    behaviour: { kind: 'delay', delayMs: 500, jitterMs: 0 },
  });
  meant.mqtt.publish('late', 'x');
  await meant.mqtt.endAsync();
  await other.ping();
  assert.deepEqual(other.messages, []);
  assert.equal(broker.broker.counters.clientsConnected, 2);
  broker.clock.advance(500);
  await other.until(() => other.messages.length === 1);
  await other.ping();
  assert.equal(broker.broker.counters.clientsConnected, 1);
});

test('a narrow link lets so many bytes a second through, and no other client waits for it', async (t) => {
  const broker = await FaultBroker.start(t);
  const meant = await TcpClient.connect(broker.port, { clientId: 'board' });
  t.after(() => meant.socket.destroy());
  const other = await broker.connect(t, 'other');
  await meant.subscribe('#', 0);
  await other.subscribe('#');
  broker.inject({
    who: board,
    direction: 'toClient',
    behaviour: { kind: 'bandwidth', bytesPerSecond: 1000 },
  });
  const before = meant.socket.bytesRead;
  await other.mqtt.publishAsync('t', 'x'.repeat(4000), { qos: 1 });
  await other.until(() => other.messages.length === 1);
  const came = async (bytes: number): Promise<void> => {
    while (meant.socket.bytesRead - before < bytes) await once(meant.socket, 'data');
    await other.ping();
    assert.equal(meant.socket.bytesRead - before, bytes);
  };
  // A twentieth of a second at a time.
  await came(50);
  broker.clock.advance(50);
  await came(100);
  broker.clock.advance(1_900);
  await came(2000);
  assert.equal(meant.messages.length, 0);
  broker.clock.advance(3_000);
  await meant.until(() => meant.messages.length === 1);
  assert.equal(meant.messages[0]!.length, 4000);
});

test('a split packet comes byte by byte, and whole to another client', async (t) => {
  const broker = await FaultBroker.start(t, { clock: systemClock });
  const pieces = new Map<string, number[]>();
  const clients: TcpClient[] = [];
  for (const clientId of ['board', 'other']) {
    const client = await TcpClient.connect(broker.port, { clientId });
    t.after(() => client.socket.destroy());
    await client.subscribe('#', 0);
    const sizes: number[] = [];
    pieces.set(clientId, sizes);
    client.socket.on('data', (chunk: Buffer) => sizes.push(chunk.length));
    clients.push(client);
  }
  broker.inject({ who: board, direction: 'toClient', behaviour: { kind: 'split' } });
  clients[1]!.publish('topic', 'payload');
  for (const client of clients) await client.until(() => client.messages.length === 1);
  const packetBytes = pieces.get('other')!.reduce((sum, bytes) => sum + bytes, 0);
  assert.equal(pieces.get('other')!.length, 1);
  assert.deepEqual(
    pieces.get('board'),
    Array.from({ length: packetBytes }, () => 1),
  );
});

test('a broker that does not write: nothing comes, and all of it when the fault is off', async (t) => {
  const broker = await FaultBroker.start(t);
  const [meant, other] = [await broker.connect(t, 'board'), await broker.connect(t, 'other')];
  for (const client of [meant, other]) await client.subscribe('#');
  broker.inject({ who: board, direction: 'toClient', behaviour: { kind: 'stall' } });
  meant.mqtt.publish('from/board', 'x');
  await other.until(() => other.messages.length === 1);
  await other.ping();
  assert.deepEqual(meant.messages, []);
  broker.faults.stop();
  await meant.until(() => meant.messages.length === 1);
  await meant.ping();
});

test('a broker that does not read: nothing it is sent is seen, and all of it when the fault is off', async (t) => {
  const broker = await FaultBroker.start(t);
  const [meant, other] = [await broker.connect(t, 'board'), await broker.connect(t, 'other')];
  for (const client of [meant, other]) await client.subscribe('#');
  broker.inject({ who: board, direction: 'toBroker', behaviour: { kind: 'stall' } });
  meant.mqtt.publish('from/board', 'x');
  other.mqtt.publish('from/other', 'x');
  await meant.until(() => meant.messages.length === 1);
  await other.ping();
  assert.deepEqual(other.messages, ['from/other x']);
  broker.faults.stop();
  await other.until(() => other.messages.length === 2);
});

test('a half-open connection: the broker gives the client up by its keep alive, and the client does not know', async (t) => {
  const broker = await FaultBroker.start(t);
  const will = { topic: 'gone', payload: Buffer.from('board'), qos: 0, retain: false } as const;
  const meant = await broker.connect(t, 'board', { keepalive: 60, will });
  const other = await broker.connect(t, 'other');
  await other.subscribe('#');
  broker.inject({ who: board, behaviour: { kind: 'halfOpen' } });
  meant.mqtt.publish('never', 'x');
  await other.ping();
  broker.clock.advance(91_000);
  await other.until(() => other.messages.length === 1);
  // Until then, what was its socket was the broker's to end.
  broker.clock.advance(3_000);
  await other.ping();
  assert.deepEqual(other.messages, ['gone board']);
  assert.equal(meant.isClosed, false);
  assert.equal(broker.broker.counters.connections, 1);

  // Its next connection works, and the old one ends with the fault.
  const again = await broker.connect(t, 'board');
  await again.ping();
  assert.equal(meant.isClosed, false);
  broker.faults.stop();
  await meant.closed();
  await again.ping();
});

test('connections that are open after so many seconds go dead, those that come later work', async (t) => {
  const broker = await FaultBroker.start(t);
  broker.inject({ who: board, behaviour: { kind: 'halfOpen', afterSeconds: 30 } });
  const [meant, other] = [await broker.connect(t, 'board'), await broker.connect(t, 'other')];
  broker.clock.advance(29_999);
  await meant.ping();
  broker.clock.advance(1);
  await broker.untilLogged(/client "board": falls silent/);
  meant.mqtt.publish('lost', 'x');
  await other.subscribe('#');
  await other.ping();
  assert.deepEqual(other.messages, []);
  assert.equal(meant.isClosed, false);
  const again = await broker.connect(t, 'board');
  broker.clock.advance(30_000);
  await again.ping();
});

test('a NAT that forgets: a connection that was quiet for too long is dead, one that pings in time is not', async (t) => {
  const broker = await FaultBroker.start(t);
  const [quiet, lively] = [await broker.connect(t, 'quiet'), await broker.connect(t, 'lively')];
  broker.inject({ who: { kind: 'everyone' }, behaviour: { kind: 'idleTimeout', seconds: 30 } });
  for (let i = 0; i < 3; i++) {
    broker.clock.advance(20_000);
    await lively.ping();
  }
  await broker.untilLogged(/client "quiet": falls silent/);
  quiet.mqtt.publish('lost', 'x');
  await lively.subscribe('#');
  await lively.ping();
  assert.deepEqual(lively.messages, []);
  assert.equal(quiet.isClosed, false);
  assert.equal(broker.log.filter((line) => /silent/.test(line)).length, 1);
});

test('a tunnel: nothing passes for a while, then all that waited, again and again', async (t) => {
  const broker = await FaultBroker.start(t);
  const [meant, other] = [await broker.connect(t, 'board'), await broker.connect(t, 'other')];
  for (const client of [meant, other]) await client.subscribe('#');
  broker.inject({ who: board, behaviour: { kind: 'gap', everySeconds: 60, seconds: 20 } });
  for (let round = 1; round <= 2; round++) {
    await meant.ping();
    broker.clock.advance(40_000);
    other.mqtt.publish('t', `${round}`);
    await other.until(() => other.messages.length === round);
    await other.ping();
    assert.equal(meant.messages.length, round - 1);
    broker.clock.advance(20_000);
    await meant.until(() => meant.messages.length === round);
  }
});
