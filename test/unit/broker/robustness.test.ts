/** A bug in what the broker calls: it ends the one connection that it concerns, is told once, and nothing else suffers. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { anonymousPolicy } from '../../../src/broker/access/anonymousPolicy.ts';
import type { AccessPolicy } from '../../../src/broker/accessPolicy.ts';
import type { DisconnectCause } from '../../../src/broker/observer.ts';
import { BrokerUnderTest, testBothVersions } from '../../support/brokerUnderTest.ts';
import { slowPolicy } from '../../support/slowPolicy.ts';

const bug = new Error('a bug');

function throwing(): never {
  throw bug;
}

/** Broker with an observer that keeps how connections ended. */
function setUp(t: TestContext, policy: AccessPolicy) {
  const ends: [clientId: string | undefined, cause: DisconnectCause][] = [];
  const bugs: unknown[] = [];
  const under = new BrokerUnderTest(t, {
    policy,
    observer: {
      connectionClosed: (_, clientId, cause) => void ends.push([clientId, cause]),
      internalError: (error) => void bugs.push(error),
    },
  });
  under.expectedBugs = 1;
  return { under, ends, bugs };
}

test('a bug while a packet is handled ends its connection with 0x83', async (t) => {
  const mayPublish: AccessPolicy['mayPublish'] = (_, topic) => (topic === 'bug' ? throwing() : true);
  const { under, ends, bugs } = setUp(t, { ...anonymousPolicy, mayPublish });
  const bystander = await under.connect(5, 'bystander');
  const client = await under.connect(5, 'a');
  client.sendPublish('bug', 'm');
  await client.expectDisconnected(0x83);
  await bystander.ping();
  assert.deepEqual(ends, [['a', { kind: 'internalError', error: bug }]]);
  assert.deepEqual(bugs, []);
});

test('a bug while a message is delivered ends the subscriber, not the publisher', async (t) => {
  const mayReceive: AccessPolicy['mayReceive'] = ({ clientId }) =>
    clientId === 'second' ? throwing() : true;
  const { under, ends } = setUp(t, { ...anonymousPolicy, mayReceive });
  const subscribers = [];
  for (const clientId of ['first', 'second', 'third']) {
    const subscriber = await under.connect(5, clientId);
    await subscriber.subscribe('t');
    subscribers.push(subscriber);
  }
  const publisher = await under.connect(5, 'publisher');
  await publisher.publish('t', 'm', { qos: 1 });
  const [first, second, third] = subscribers;
  assert.equal((await first?.expectMessage())?.text, 'm');
  assert.equal((await third?.expectMessage())?.text, 'm');
  await second?.expectDisconnected(0x83);
  await publisher.ping();
  assert.deepEqual(ends, [['second', { kind: 'internalError', error: bug }]]);
});

test('a bug while a message is queued for a stored session is told, and the publisher goes on', async (t) => {
  let isBroken = false;
  const mayReceive = (): boolean => (isBroken ? throwing() : true);
  const { under, ends, bugs } = setUp(t, { ...anonymousPolicy, mayReceive });
  const stored = await under.connect(5, 'stored', { properties: { sessionExpiryInterval: 60 } });
  await stored.subscribe('t', { qos: 1 });
  await stored.breakOff();
  const publisher = await under.connect(5, 'publisher');
  isBroken = true;
  await publisher.publish('t', 'm', { qos: 1 });
  await publisher.ping();
  assert.deepEqual(bugs, [bug]);
  assert.equal(ends.length, 1);
});

test('a bug in a timer is told, and the timers after it fire', async (t) => {
  const mayPublish: AccessPolicy['mayPublish'] = (_, topic) => (topic === 'bug' ? throwing() : true);
  const { under, bugs } = setUp(t, { ...anonymousPolicy, mayPublish });
  const watcher = await under.connect(5, 'watcher');
  await watcher.subscribe('#');
  for (const topic of ['bug', 'fine']) {
    const client = await under.connect(5, topic, {
      properties: { sessionExpiryInterval: 60 },
      will: {
        topic,
        payload: new Uint8Array(0),
        qos: 0,
        retain: false,
        properties: { willDelayInterval: 1 },
      },
    });
    await client.breakOff();
  }
  under.clock.advance(2000);
  assert.equal((await watcher.expectMessage()).topic, 'fine');
  assert.deepEqual(bugs, [bug]);
});

testBothVersions(
  'a policy that fails ends the connection that it was asked about',
  async (under, version) => {
    under.expectedBugs = 1;
    const client = under.open(version);
    client.sendConnect();
    await client.expectClosed();
    assert.equal(under.broker.counters.connectionsRefused, 1);
  },
  { policy: { ...anonymousPolicy, authenticate: () => Promise.reject(bug) } },
);

test('a socket that closes while its CONNECT is checked leaves nothing behind', async (t) => {
  const { policy, accept } = slowPolicy();
  const under = new BrokerUnderTest(t, { policy });
  const client = under.open(5);
  client.sendConnect();
  await client.breakOff();
  await accept();
  assert.equal(under.broker.counters.sessions, 0);
});

test('a fault of framing cites the clause of the version spoken', async (t) => {
  const clauses: string[] = [];
  const under = new BrokerUnderTest(t, {
    observer: {
      connectionClosed: (_, _clientId, cause) => {
        if (cause.kind === 'protocolError') clauses.push(cause.error.clause);
      },
    },
  });
  for (const version of [4, 5] as const) {
    const client = await under.connect(version, 'a');
    client.sendBytes(Uint8Array.of(0xc0, 0xff, 0xff, 0xff, 0xff)); // a Remaining Length that does not end
    await client.expectDisconnected(0x81);
  }
  assert.deepEqual(clauses, ['2.2.3', '2.1.4']);
});

test('two brokers in one process have nothing in common', async (t) => {
  const one = new BrokerUnderTest(t);
  const other = new BrokerUnderTest(t);
  const a = await one.connect(5, 'same');
  const b = await other.connect(5, 'same');
  await a.subscribe('#');
  await b.subscribe('#');
  await a.publish('t', 'm', { retain: true });
  assert.equal((await a.expectMessage()).text, 'm');
  await b.ping();
  assert.deepEqual([...other.broker.retainedMessages()], []);
});
