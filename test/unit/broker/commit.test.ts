/** When the broker commits to its store, and what happens when it can't: nothing is acknowledged that is not stored. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { DisconnectCause } from '../../../src/broker/observer.ts';
import type { CommitFailure } from '../../../src/broker/persistence.ts';
import type { ConnectPacket } from '../../../src/mqtt/packets.ts';
import { MemoryPersistence } from '../../../src/persistence/memoryPersistence.ts';
import { BrokerUnderTest } from '../../support/brokerUnderTest.ts';
import { concat, frame, hex, uint16, utf8 } from '../../support/bytes.ts';
import { slowPolicy } from '../../support/slowPolicy.ts';

class WatchedPersistence extends MemoryPersistence {
  /** Called at each commit that has something to do. */
  onCommit: () => CommitFailure | undefined = () => undefined;
  #committedCount = 0;

  override commit(): CommitFailure | undefined {
    if (this.changeCount === this.#committedCount) return undefined;
    const failure = this.onCommit();
    if (failure === undefined) this.#committedCount = this.changeCount;
    return failure;
  }
}

const full: CommitFailure = { kind: 'full', message: 'The disk is full. Make room.' };
const lasting: Partial<ConnectPacket> = { cleanStart: false, properties: { sessionExpiryInterval: 60 } };

test('nothing has left for the network when a commit is made, also when DISCONNECT follows in the same chunk', async (t) => {
  const persistence = new WatchedPersistence();
  const under = new BrokerUnderTest(t, { persistence });
  for (const behind of [new Uint8Array(0), hex('E0 00')]) {
    const client = await under.connect(4, 'a', { cleanStart: false });
    const transport = client.transport ?? assert.fail();
    const buffered: number[] = [];
    persistence.onCommit = () => {
      buffered.push(transport.bufferedBytes);
      return undefined;
    };
    client.sendBytes(concat(frame(0x33, utf8('t'), uint16(1), 0x6d), behind));
    await client.expect('puback');
    assert.equal(buffered[0], 4, 'the PUBACK waits');
    persistence.onCommit = () => undefined;
    await client.breakOff();
  }
});

test('a message for a stored session has not left for its subscriber when it is committed', async (t) => {
  const persistence = new WatchedPersistence();
  const under = new BrokerUnderTest(t, { persistence });
  const subscriber = await under.connect(5, 'subscriber', lasting);
  await subscriber.subscribe('t', { qos: 2 });
  const publisher = await under.connect(5, 'publisher');
  const buffered: (number | undefined)[] = [];
  persistence.onCommit = () => {
    buffered.push(subscriber.transport?.bufferedBytes);
    return undefined;
  };
  publisher.sendPublish('t', 'm', { qos: 2 });
  const { payload } = await subscriber.expectMessage();
  await publisher.expect('pubrec');
  assert.equal(payload.length, 1);
  assert.equal(buffered.length, 1);
  assert.ok(Number(buffered[0]) > 0, 'the PUBLISH waits');
});

test('all that came in one turn of the event loop is committed together', async (t) => {
  const persistence = new WatchedPersistence();
  const under = new BrokerUnderTest(t, { persistence });
  const clients = [await under.connect(5, 'a'), await under.connect(5, 'b'), await under.connect(5, 'c')];
  let commits = 0;
  persistence.onCommit = () => {
    commits++;
    return undefined;
  };
  for (const client of clients) client.sendPublish('t', 'm', { qos: 1, retain: true });
  for (const client of clients) await client.expect('puback');
  assert.equal(commits, 1);
});

test('what changes without a connection is committed by the end of the turn', async (t) => {
  const persistence = new WatchedPersistence();
  const under = new BrokerUnderTest(t, { persistence });
  let commits = 0;
  persistence.onCommit = () => {
    commits++;
    return undefined;
  };
  under.broker.publish({ topic: 't', payload: Uint8Array.of(1), qos: 1, retain: true });
  assert.equal(commits, 0);
  await turnOfTheLoop();
  assert.equal(commits, 1);
});

for (const version of [4, 5] as const) {
  test(`what can't be stored is not acknowledged, costs nobody else anything, and is stored when there is room again (${version === 5 ? '5.0' : '3.1.1'})`, async (t) => {
    const persistence = new WatchedPersistence();
    const told: string[] = [];
    const causes: DisconnectCause[] = [];
    const under = new BrokerUnderTest(t, {
      persistence,
      observer: {
        storeFailing: (message) => told.push(message),
        storeRecovered: () => told.push('recovered'),
        connectionClosed: (_connection, _clientId, cause) => causes.push(cause),
      },
    });
    const bystander = await under.connect(version, 'bystander');
    await bystander.subscribe('passing', { qos: 1 });
    let commits = 0;
    persistence.onCommit = () => {
      commits++;
      return full;
    };
    const clients = [await under.connect(version, 'a'), await under.connect(version, 'b')];
    for (const client of clients) client.sendPublish('kept', 'm', { qos: 1, retain: true });
    for (const client of clients) await client.expectDisconnected(0x97);
    assert.equal(commits, 1, 'the second does not try again what just failed');
    assert.deepEqual(
      causes.map((cause) => [cause.kind, 'reasonCode' in cause && cause.reasonCode]),
      Array(2).fill(['storeFailed', 0x97]),
    );

    // What needs no store goes on.
    bystander.sendPublish('passing', 'm', { qos: 1 });
    const message = await bystander.expectMessage();
    bystander.send({ kind: 'puback', packetId: message.packetId ?? 0, reasonCode: 0 });
    await bystander.expect('puback');
    await bystander.ping();

    await turnOfTheLoop();
    assert.deepEqual(told, [full.message], 'once, however many connections it ended');
    persistence.onCommit = () => undefined;
    const again = await under.connect(version, 'a');
    await again.publish('kept', 'm', { qos: 1, retain: true });
    assert.deepEqual(told, [full.message, 'recovered']);
    assert.deepEqual(
      persistence.load().retained.map(({ topic }) => topic),
      ['kept'],
    );
  });

  test(`a client whose session can't be stored is refused by its CONNACK (${version === 5 ? '5.0' : '3.1.1'})`, async (t) => {
    const persistence = new WatchedPersistence();
    const under = new BrokerUnderTest(t, { persistence });
    persistence.onCommit = () => full;
    const client = under.open(version);
    client.sendConnect({ ...lasting, clientId: 'a' });
    const connack = await client.expect('connack');
    assert.deepEqual([connack.sessionPresent, connack.reasonCode], [false, version === 5 ? 0x97 : 0x88]);
    await client.expectClosed();
  });

  test(`a connection that ends with unstored work says why it ends, and acknowledges nothing (${version === 5 ? '5.0' : '3.1.1'})`, async (t) => {
    const persistence = new WatchedPersistence();
    const under = new BrokerUnderTest(t, { persistence });
    const client = await under.connect(version, 'a');
    persistence.onCommit = () => full;
    // PUBLISH of QoS 1, retained, and behind it a packet with the reserved type 0.
    const properties = version === 5 ? [0] : [];
    client.sendBytes(concat(frame(0x33, utf8('t'), uint16(1), properties, 0x6d), hex('00 00')));
    await client.expectDisconnected(0x81);
  });
}

test('a check of CONNECT that takes its time: its CONNACK waits for the commit too', async (t) => {
  const persistence = new WatchedPersistence();
  const slow = slowPolicy();
  const under = new BrokerUnderTest(t, { persistence, policy: slow.policy });
  persistence.onCommit = () => full;
  const client = under.open(5);
  client.sendConnect({ ...lasting, clientId: 'a' });
  await slow.accept();
  assert.equal((await client.expect('connack')).reasonCode, 0x97);
  await client.expectClosed();
});

test('a store that throws has a bug: it ends the connection, and its acknowledgements are not sent', async (t) => {
  const persistence = new WatchedPersistence();
  const under = new BrokerUnderTest(t, { persistence });
  under.expectedBugs = 1;
  const bystander = await under.connect(5, 'bystander');
  const client = await under.connect(5, 'a');
  persistence.onCommit = () => {
    persistence.onCommit = () => undefined;
    throw new Error('a statement is wrong');
  };
  client.sendPublish('t', 'm', { qos: 1, retain: true });
  await client.expectDisconnected(0x83);
  await bystander.ping();
});
