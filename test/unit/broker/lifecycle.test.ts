import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anonymousPolicy } from '../../../src/broker/access/anonymousPolicy.ts';
import type { AuthenticationStep } from '../../../src/broker/accessPolicy.ts';
import { BrokerUnderTest } from '../../support/brokerUnderTest.ts';
import { MemoryTransport } from '../../support/memoryTransport.ts';

test('stopping tells every 5.0 client 0x8B, closes all, and resolves when every socket is closed', async (t) => {
  const under = new BrokerUnderTest(t);
  const clients = [await under.connect(5, 'a'), await under.connect(4, 'b'), under.open(5)];
  const stopped = under.broker.stop();
  assert.equal(under.broker.stop(), stopped);
  await clients[0]?.expectDisconnected(0x8b);
  await clients[1]?.expectClosed();
  await clients[2]?.expectClosed();
  await stopped;
  assert.equal(under.broker.counters.connections, 0);
});

test('wills of a broker that stops reach what is stored, and none of the clients that it closes', async (t) => {
  const under = new BrokerUnderTest(t);
  const watcher = await under.connect(5, 'watcher');
  await watcher.subscribe('#');
  const will = { topic: 'w', payload: new TextEncoder().encode('gone'), qos: 1, retain: true } as const;
  await under.connect(5, 'a', { will });
  await under.broker.stop();
  await watcher.expectDisconnected(0x8b);
  assert.deepEqual(
    [...under.broker.retainedMessages()].map(({ topic }) => topic),
    ['w'],
  );
});

test('a stopped broker takes no more sockets and no more messages', async (t) => {
  const under = new BrokerUnderTest(t);
  await under.broker.stop();
  const client = under.open(5);
  await client.expectClosed();
  under.broker.publish({ topic: 't', payload: new Uint8Array(0), qos: 0, retain: true });
  assert.deepEqual([...under.broker.retainedMessages()], []);
});

test('the sessions are shown as they are', async (t) => {
  const under = new BrokerUnderTest(t);
  const will = { topic: 'w', payload: new Uint8Array(0), qos: 0, retain: false } as const;
  const client = await under.connect(5, 'a', {
    keepAliveSeconds: 30,
    username: 'user',
    will,
    properties: { sessionExpiryInterval: 60, receiveMaximum: 1 },
  });
  await client.subscribe('t', { qos: 1, noLocal: true, properties: { subscriptionIdentifiers: [5] } });
  for (let i = 0; i < 3; i++)
    under.broker.publish({ topic: 't', payload: new Uint8Array(0), qos: 1, retain: false });
  const subscriptions = [
    {
      topicFilter: 't',
      qos: 1,
      noLocal: true,
      retainAsPublished: false,
      retainHandling: 0,
      subscriptionIdentifier: 5,
    },
  ];
  const shown = {
    clientId: 'a',
    protocolVersion: 5,
    username: 'user',
    keepAliveSeconds: 30,
    cleanStart: true,
    sessionExpirySeconds: 60,
    sessionPresent: false,
    subscriptions,
    inflightMessages: 1,
    queuedMessages: 2,
  };
  const [{ queuedBytes, traffic, ...connected } = assert.fail()] = under.broker.sessions();
  assert.ok(queuedBytes > 0);
  assert.equal(traffic?.messagesSent, 1);
  assert.deepEqual(connected, {
    ...shown,
    connected: true,
    connection: {
      connectionId: 1,
      transportKind: 'memory',
      remoteAddress: 'memory',
      connectedAtMs: under.clock.nowMs(),
    },
    will: { topic: 'w', qos: 0, retain: false, payloadBytes: 0, delaySeconds: 0 },
    quietMs: 0,
    receiveMaximum: 1,
  });
  await client.expectMessage();
  await client.breakOff();
  const [{ queuedBytes: _, traffic: ofLast, ...stored } = assert.fail()] = under.broker.sessions();
  assert.equal(ofLast?.messagesSent, 1);
  const disconnectedAtMs = under.clock.nowMs();
  assert.deepEqual(stored, { ...shown, connected: false, disconnectedAtMs, willEnd: 'published' });
});

test('a message of the broker is copied before the call returns', async (t) => {
  const under = new BrokerUnderTest(t);
  const client = await under.connect(5, 'a');
  await client.subscribe('t');
  for (const size of [10, 10_000]) {
    const payload = Buffer.alloc(size, 1);
    under.broker.publish({ topic: 't', payload, qos: 0, retain: true });
    payload.fill(2);
    assert.ok((await client.expectMessage()).payload.every((byte) => byte === 1));
    const [message] = under.broker.retainedMessages();
    assert.ok(message?.payload.every((byte) => byte === 1));
  }
});

test('what a client sends may come in any pieces', async (t) => {
  const under = new BrokerUnderTest(t);
  const client = await under.connect(5, 'a');
  await client.subscribe('t', { qos: 1 });
  const transport = client.transport ?? assert.fail();
  const bytes: number[] = [];
  const sendToBroker = transport.sendToBroker.bind(transport);
  transport.sendToBroker = (chunk) => void bytes.push(...chunk);
  for (let i = 0; i < 10; i++) client.sendPublish('t', 'x'.repeat(i * 50), { qos: 1, packetId: 100 + i });
  transport.sendToBroker = sendToBroker;
  for (let at = 0, step = 1; at < bytes.length; at += step, step = (step % 17) + 1) {
    transport.sendToBroker(Uint8Array.from(bytes.slice(at, at + step)));
  }
  for (let i = 0; i < 10; i++) {
    assert.equal((await client.expectMessage()).text.length, i * 50);
    assert.equal((await client.expect('puback')).packetId, 100 + i);
  }
});

test('a transport that is destroyed by its owner ends the connection', async (t) => {
  const under = new BrokerUnderTest(t);
  const transport = new MemoryTransport();
  under.broker.accept(transport);
  assert.equal(under.broker.counters.connections, 1);
  await new Promise<void>((resolve) => {
    transport.setPeer({ onBytes: () => {}, onClose: resolve });
    transport.destroy();
  });
  assert.equal(under.broker.counters.connections, 0);
});

test('what a client is asked for its authentication counts as sent over its connection', async (t) => {
  const begin = () => ({
    step: (data: Uint8Array | undefined): AuthenticationStep => ({
      kind: data === undefined ? 'continue' : 'accepted',
    }),
  });
  const policy = { ...anonymousPolicy, authenticationMethods: new Map([['M', begin]]) };
  const under = new BrokerUnderTest(t, { policy });
  const client = under.open(5);
  const properties = { authenticationMethod: 'M' };
  client.sendConnect({ properties });
  await client.expect('auth');
  const authenticationData = new Uint8Array(1);
  client.send({ kind: 'auth', reasonCode: 0x18, properties: { ...properties, authenticationData } });
  await client.expect('connack');
  const [{ traffic } = assert.fail()] = under.broker.sessions();
  assert.equal(traffic?.bytesSent, under.broker.counters.bytesSent);
});
