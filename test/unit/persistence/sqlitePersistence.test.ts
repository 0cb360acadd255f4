/** The store in SQLite: what every store has to do, what it costs the disk, and a disk that is full. */
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { Delivery } from '../../../src/broker/delivery.ts';
import { StoredMessage } from '../../../src/broker/storedMessage.ts';
import type { ConnectPacket } from '../../../src/mqtt/packets.ts';
import { STORE_FILE } from '../../../src/persistence/openPersistence.ts';
import { testPersistence } from '../../suites/persistence.ts';
import { BrokerUnderTest } from '../../support/brokerUnderTest.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { crashedCopy, openStore, rowCounts, tables } from './sqliteUnderTest.ts';

testPersistence('in SQLite', (t) => {
  const folder = temporaryFolder(t);
  return () => openStore(folder).persistence;
});

const lasting: Partial<ConnectPacket> = { cleanStart: false, properties: { sessionExpiryInterval: 3600 } };
const nothing = Object.fromEntries(tables.map((table) => [table, 0]));

function message(topic: string, payload = 'm'): StoredMessage {
  return new StoredMessage(
    { topic, payload: new TextEncoder().encode(payload), qos: 1, retain: false },
    undefined,
    0,
  );
}

const session = { clientId: 'a', protocolVersion: 5, expirySeconds: 60 } as const;

test('what was acknowledged is in the file at once, without an end in order', async (t) => {
  const folder = temporaryFolder(t);
  const under = new BrokerUnderTest(t, { persistence: openStore(folder).persistence });
  const subscriber = await under.connect(5, 'subscriber', lasting);
  await subscriber.subscribe('t', { qos: 2 });
  await subscriber.breakOff();
  const publisher = await under.connect(5, 'publisher', lasting);
  publisher.sendPublish('t', 'two', { qos: 2, packetId: 9 });
  await publisher.expect('pubrec');
  await publisher.publish('t', 'one', { qos: 1, retain: true });

  const crashed = crashedCopy(folder, join(temporaryFolder(t), 'copy'));
  const next = new BrokerUnderTest(t, { persistence: openStore(crashed).persistence }, under.clock.nowMs());
  const again = await next.connect(5, 'publisher', lasting);
  again.sendPublish('t', 'two', { qos: 2, packetId: 9, dup: true });
  await again.expect('pubrec');
  const reader = await next.connect(5, 'subscriber', lasting);
  assert.equal((await reader.expectMessage()).text, 'two');
  assert.equal((await reader.expectMessage()).text, 'one');
  await reader.ping();
  assert.equal([...next.broker.retainedMessages()].length, 1);
});

test('a session that had a connection when the process ended lost it at the restart', async (t) => {
  const folder = temporaryFolder(t);
  const under = new BrokerUnderTest(t, { persistence: openStore(folder).persistence });
  await under.connect(5, 'a', { cleanStart: false, properties: { sessionExpiryInterval: 60 } });
  const crashed = crashedCopy(folder, join(temporaryFolder(t), 'copy'));
  const restartMs = under.clock.nowMs() + 1_000_000;
  const next = new BrokerUnderTest(t, { persistence: openStore(crashed).persistence }, restartMs);
  next.clock.advance(59_000);
  assert.equal(next.broker.counters.sessions, 1);
  next.clock.advance(2_000);
  assert.equal(next.broker.counters.sessions, 0);
});

test('a message for many sessions has one row, and none when the last of them has it', async (t) => {
  const folder = temporaryFolder(t);
  const store = openStore(folder);
  const under = new BrokerUnderTest(t, { persistence: store.persistence });
  const rows = (table: string): unknown =>
    store.database.prepare(`SELECT count(*) AS rows FROM ${table}`).get()?.rows;
  for (let i = 0; i < 10; i++) {
    const client = await under.connect(5, `${i}`, lasting);
    await client.subscribe('t', { qos: 1 });
    await client.breakOff();
  }
  const publisher = await under.connect(5, 'publisher');
  await publisher.publish('t', 'm', { qos: 1 });
  assert.deepEqual([rows('message'), rows('delivery')], [1, 10]);
  for (let i = 0; i < 10; i++) {
    const client = await under.connect(5, `${i}`, lasting);
    const { packetId } = await client.expectMessage();
    client.send({ kind: 'puback', packetId: packetId ?? 0, reasonCode: 0 });
    await client.ping();
    await turnOfTheLoop();
    assert.deepEqual([rows('message'), rows('delivery')], [i < 9 ? 1 : 0, 9 - i]);
  }
});

test('nothing of what is gone stays in the file, and the file is one when it is closed', async (t) => {
  const folder = temporaryFolder(t);
  const under = new BrokerUnderTest(t, { persistence: openStore(folder).persistence });
  const will = { topic: 'w', payload: Uint8Array.of(1), qos: 1, retain: false } as const;
  const ending = await under.connect(5, 'ending', { ...lasting, will });
  await ending.subscribe('t', { qos: 2 });
  await ending.subscribe('$share/g/t', { qos: 1 });
  await ending.breakOff();
  const publisher = await under.connect(5, 'publisher', lasting);
  for (const qos of [1, 2] as const) await publisher.publish('t', 'm', { qos, retain: true });
  publisher.sendPublish('t', 'm', { qos: 2, packetId: 100 });
  await publisher.expect('pubrec');
  await publisher.publish('t', '', { qos: 1, retain: true });
  await publisher.disconnect();
  for (const clientId of ['ending', 'publisher']) await under.connect(5, clientId, { cleanStart: true });
  await under.broker.stop();
  assert.deepEqual(rowCounts(folder), nothing);
  for (const ending of ['-wal', '-shm', '-journal'])
    assert.equal(statSync(join(folder, STORE_FILE + ending), { throwIfNoEntry: false }), undefined);
});

test('what came and went between two commits costs the disk nothing', (t) => {
  const folder = temporaryFolder(t);
  const { persistence } = openStore(folder);
  t.after(() => persistence.close());
  persistence.load();
  persistence.sessionChanged(session);
  assert.equal(persistence.commit(), undefined);
  const logBytes = (): number => statSync(join(folder, `${STORE_FILE}-wal`)).size;
  const before = logBytes();
  for (let i = 0; i < 100; i++) {
    const delivery = new Delivery(message('t'), 1, false, undefined, false);
    persistence.deliveryAdded('a', delivery);
    delivery.state = 'published';
    persistence.deliveryChanged('a', delivery);
    persistence.deliveryRemoved('a', delivery);
    persistence.incomingAdded('a', 1);
    persistence.incomingRemoved('a', 1);
    persistence.retainedSet(message('t'));
    persistence.retainedRemoved('t');
    persistence.sessionChanged({ ...session, clientId: 'passing' });
    persistence.deliveryAdded('passing', new Delivery(message('t'), 1, false, undefined, false));
    persistence.sessionRemoved('passing');
    assert.equal(persistence.commit(), undefined);
  }
  assert.equal(logBytes(), before);
});

test('a full disk: nothing acknowledged is lost, nothing else is acknowledged, and all of it is stored when there is room', async (t) => {
  const folder = temporaryFolder(t);
  const store = openStore(folder);
  const told: string[] = [];
  const under = new BrokerUnderTest(t, {
    persistence: store.persistence,
    observer: { storeFailing: (text) => told.push(text), storeRecovered: () => told.push('recovered') },
  });
  const subscriber = await under.connect(5, 'subscriber', lasting);
  await subscriber.subscribe('t', { qos: 1 });
  await subscriber.breakOff();
  const publisher = await under.connect(5, 'publisher');
  await publisher.publish('t', 'before', { qos: 1 });
  const pages = Number(store.database.prepare('PRAGMA page_count').get()?.page_count);
  store.database.exec(`PRAGMA max_page_count = ${pages}`);

  const large = 'x'.repeat(100_000);
  publisher.sendPublish('t', large, { qos: 1 });
  await publisher.expectDisconnected(0x97);
  await turnOfTheLoop();
  const insistent = await under.connect(5, 'publisher');
  insistent.sendPublish('t', large, { qos: 1 });
  await insistent.expectDisconnected(0x97);
  assert.equal(told.length, 1);
  assert.match(
    told[0] ?? '',
    /^The disk is full: \S+mqtt-workbench\.sqlite can't take more\. Make room on it/,
  );
  const crashed = openStore(crashedCopy(folder, join(temporaryFolder(t), 'copy'))).persistence;
  assert.equal(crashed.load().sessions[0]?.deliveries.length, 1);
  crashed.close();

  await turnOfTheLoop();
  store.database.exec('PRAGMA max_page_count = 1000000');
  const again = await under.connect(5, 'publisher');
  await again.publish('t', 'after', { qos: 1 });
  assert.equal(told[1], 'recovered');
  await under.broker.stop();
  const { persistence } = openStore(folder);
  const deliveries = persistence.load().sessions[0]?.deliveries ?? [];
  persistence.close();
  assert.deepEqual(
    deliveries.map((delivery) => delivery.message.payload.length),
    ['before'.length, large.length, large.length, 'after'.length],
  );
});

test('a bug in a statement is thrown, and leaves the file as it was', (t) => {
  const folder = temporaryFolder(t);
  const { persistence, database } = openStore(folder);
  t.after(() => persistence.close());
  persistence.load();
  persistence.retainedSet(message('kept'));
  assert.equal(persistence.commit(), undefined);
  persistence.retainedSet(message('more'));
  persistence.sessionChanged({ ...session, expirySeconds: 0.5 });
  assert.throws(() => persistence.commit(), /session\.expiry_seconds/);
  assert.equal(database.isTransaction, false);
  assert.equal(database.prepare('SELECT count(*) AS rows FROM message').get()?.rows, 1);
});
