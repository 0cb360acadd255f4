/** What a transport promises holds with faults in between, and while they come and go. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { BrokerOptions } from '../../../src/broker/broker.ts';
import type { CommitFailure } from '../../../src/broker/persistence.ts';
import type { FaultRule } from '../../../src/faults/faultRule.ts';
import { Faults } from '../../../src/faults/faults.ts';
import { encode } from '../../../src/mqtt/encode.ts';
import { MemoryPersistence } from '../../../src/persistence/memoryPersistence.ts';
import { BrokerUnderTest } from '../../support/brokerUnderTest.ts';
import type { RawClient } from '../../support/rawClient.ts';

const everyone = { kind: 'everyone' } as const;
/** Does nothing, and has every packet looked at. */
const neutral: FaultRule = { who: everyone, behaviour: { kind: 'delay', delayMs: 0, jitterMs: 0 } };
const late: FaultRule = { who: everyone, behaviour: { kind: 'delay', delayMs: 100, jitterMs: 0 } };

function start(t: TestContext, options: BrokerOptions = {}, exempt?: string) {
  // Before the broker's own end, which waits for all that is on its way.
  t.after(() => faults.dispose());
  const under = new BrokerUnderTest(t, options);
  const log: string[] = [];
  const faults = new Faults({
    broker: under.broker,
    clock: under.clock,
    random: () => 0.5,
    log: (_kind, _level, word) => log.push(word()),
    isExempt: (clientId) => clientId === exempt,
    ports: { close: async () => {}, reopen: async () => {} },
  });
  const on = (...rules: FaultRule[]): void => {
    assert.equal(faults.start(rules).kind, 'started');
  };
  return { under, faults, on, log };
}

const publish = encode(
  { kind: 'publish', topic: 'topic', payload: Buffer.from('payload'), qos: 0, retain: false, dup: false },
  5,
);

test('with no rule on, nothing is between a connection and its socket', async (t) => {
  const { under, faults, on } = start(t);
  const client = await under.connect(5, 'a');
  const [connection] = under.broker.openConnections();
  assert.equal(connection?.transport, client.transport);
  on(neutral);
  assert.notEqual(connection?.transport, client.transport);
  assert.equal(faults.touchedConnections, 1);
  faults.stop();
  assert.equal(connection?.transport, client.transport);
  assert.equal(under.broker.intervention, undefined);
  await client.ping();
});

test('a client that no rule means has its own socket again when its CONNECT was read', async (t) => {
  const { under, faults, on } = start(t, {}, 'workbench');
  on({ ...neutral, who: { kind: 'clientId', clientId: 'meant' } });
  const other = under.open(5);
  assert.equal(faults.touchedConnections, 1);
  await other.connect({ clientId: 'other' });
  assert.equal(faults.touchedConnections, 0);
  on(neutral);
  await under.connect(5, 'meant');
  assert.equal(faults.touchedConnections, 2);
  await under.connect(5, 'workbench');
  assert.equal(faults.touchedConnections, 2);
});

test('faults come and go in the middle of a packet, wherever it is cut', async (t) => {
  const { under, faults, on } = start(t);
  const subscriber = await under.connect(5, 'subscriber');
  await subscriber.subscribe('topic');
  for (let first = 0; first <= publish.length; first++) {
    for (const second of [first, publish.length]) {
      const client = await under.connect(5, 'client');
      client.sendBytes(publish.subarray(0, first));
      on(neutral);
      client.sendBytes(publish.subarray(first, second));
      faults.stop();
      client.sendBytes(publish.subarray(second));
      assert.equal(Buffer.from((await subscriber.expectMessage()).payload).toString(), 'payload');
      await client.ping();
      await client.breakOff();
    }
  }
});

test('faults come and go in the middle of a CONNECT, wherever it is cut', async (t) => {
  const { under, faults, on } = start(t);
  const connect = encode(
    { kind: 'connect', protocolVersion: 5, clientId: 'client', cleanStart: true, keepAliveSeconds: 0 },
    5,
  );
  for (let first = 0; first <= connect.length; first++) {
    const client = under.open(5);
    client.sendBytes(connect.subarray(0, first));
    on(neutral);
    client.sendBytes(connect.subarray(first));
    assert.equal((await client.expect('connack')).reasonCode, 0);
    faults.stop();
    await client.ping();
    await client.breakOff();
  }
});

test('what is no MQTT reaches the broker, which says what it is', async (t) => {
  const causes: string[] = [];
  const { under, on } = start(t, {
    observer: {
      connectionClosed: (_connection, _clientId, cause) =>
        causes.push(cause.kind === 'protocolError' ? cause.error.code : cause.kind),
    },
  });
  on(neutral);
  for (const [bytes, code] of [
    [Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'http-on-mqtt-port'],
    [Uint8Array.of(0x16, 3, 1, 0, 5, 1), 'tls-on-plain-port'],
    [Uint8Array.of(0xc0, 0), 'connect-expected'],
  ] as const) {
    const client = under.open(5);
    client.sendBytes(bytes);
    await client.expectClosed();
    assert.equal(causes.at(-1), code);
  }
  const client = await under.connect(5, 'client');
  client.sendBytes(Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0xff, 0xff));
  await client.expect('disconnect');
  assert.equal(causes.at(-1), 'remaining-length-malformed');
});

test('what is on its way leaves at once when the faults go, in order', async (t) => {
  const { under, faults, on } = start(t);
  const client = await under.connect(5, 'a');
  await client.subscribe('topic');
  on(late);
  client.sendPublish('topic', '1');
  under.clock.advance(100);
  client.sendPublish('topic', '2');
  await turnOfTheLoop();
  faults.stop();
  assert.deepEqual([await textOf(client), await textOf(client)], ['1', '2']);
  await client.ping();
});

class FailingPersistence extends MemoryPersistence {
  isFull = false;

  override commit(): CommitFailure | undefined {
    return this.isFull ? { kind: 'full', message: 'The disk is full.' } : undefined;
  }
}

test('what can’t be stored is not acknowledged, and what left before in good order is', async (t) => {
  const persistence = new FailingPersistence();
  const { under, on } = start(t, { persistence });
  const client = await under.connect(5, 'a', {
    cleanStart: false,
    properties: { sessionExpiryInterval: 60 },
  });
  on({ ...late, direction: 'toClient' });
  client.sendPublish('t', 'm', { qos: 1, retain: true });
  await turnOfTheLoop();
  persistence.isFull = true;
  client.sendPublish('t', 'n', { qos: 1, retain: true });
  await turnOfTheLoop();
  under.clock.advance(100);
  assert.equal((await client.expect('puback')).packetId, 1);
  assert.equal((await client.expect('disconnect')).reasonCode, 0x97);
  persistence.isFull = false;
});

test('the broker counts what is held, and hears when all of it has left', async (t) => {
  const { under, on } = start(t, { limits: { maxBufferedBytes: 100 } });
  const client = await under.connect(5, 'a');
  await client.subscribe('topic', { qos: 1 });
  on({ ...late, direction: 'toClient' });
  const publisher = await (async () => {
    const opening = under.open(5);
    opening.sendConnect({ clientId: 'publisher' });
    await turnOfTheLoop();
    under.clock.advance(100);
    await opening.expect('connack');
    return opening;
  })();
  // The first fills the room, the second waits in the queue, and goes when the first has left.
  publisher.sendPublish('topic', 'x'.repeat(200), { qos: 1 });
  await turnOfTheLoop();
  publisher.sendPublish('topic', 'y', { qos: 1 });
  await turnOfTheLoop();
  const queued = [...under.broker.sessions()].find(({ clientId }) => clientId === 'a');
  assert.equal(queued?.queuedMessages, 1);
  under.clock.advance(100);
  assert.equal((await client.expectMessage()).payload.length, 200);
  await turnOfTheLoop();
  await turnOfTheLoop();
  under.clock.advance(100);
  assert.equal((await client.expectMessage()).payload.length, 1);
});

test('a client that sends more than is held of it is not read any more, until it is less', async (t) => {
  const { under, on } = start(t);
  const client = await under.connect(5, 'a');
  const transport = client.transport ?? assert.fail();
  on({ ...late, direction: 'toBroker' });
  client.sendPublish('topic', 'x'.repeat(300 * 1024));
  assert.equal(transport.isPaused, true);
  under.clock.advance(100);
  assert.equal(transport.isPaused, false);
  assert.equal(under.broker.counters.messagesReceived, 1);
});

test('a rule that is wrong is told, and nothing is switched on', (t) => {
  const { faults } = start(t);
  const wrong: FaultRule = { who: everyone, behaviour: { kind: 'drop', percent: 0 } };
  const result = faults.start([neutral, wrong]);
  assert.deepEqual(result, {
    kind: 'invalidRule',
    index: 1,
    message: 'percent is 0, must be a number from 0.000001 to 100',
  });
  assert.deepEqual(faults.injections, []);
});

test('a seed that is drawn is told, with the rules, in the form of the configuration file', (t) => {
  const { faults, log } = start(t);
  faults.start([{ ...late, who: { kind: 'clientIdPattern', pattern: 'b*' }, packets: ['publish'] }]);
  assert.deepEqual(log, [
    'Fault 1 is on; to have the same again: {"faults":{"seed":2147483648,"rules":[{"clientIdPattern":"b*","packets":["publish"],"fault":"delay","delayMs":100,"jitterMs":0}]}}',
  ]);
});

async function textOf(client: RawClient): Promise<string> {
  return Buffer.from((await client.expectMessage()).payload).toString();
}
