/** CONNECTs that are refused late, after the check or for want of a store: as if they had never come. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anonymousPolicy } from '../../../src/broker/access/anonymousPolicy.ts';
import type { AccessPolicy } from '../../../src/broker/accessPolicy.ts';
import type { AuthenticationDecision, BrokerObserver } from '../../../src/broker/observer.ts';
import type { CommitFailure } from '../../../src/broker/persistence.ts';
import { MemoryPersistence } from '../../../src/persistence/memoryPersistence.ts';
import { BrokerUnderTest } from '../../support/brokerUnderTest.ts';
import { MemoryTransport } from '../../support/memoryTransport.ts';
import { RawClient } from '../../support/rawClient.ts';
import { bytesOf } from '../../support/scramClient.ts';
import { slowPolicy } from '../../support/slowPolicy.ts';

const will = { topic: 'will', payload: bytesOf('gone'), qos: 0, retain: false } as const;

for (const version of [4, 5] as const) {
  test(`maxSessions holds for clients that are checked at the same time (${version === 5 ? '5.0' : '3.1.1'})`, async (t) => {
    const { policy, accept } = slowPolicy();
    const under = new BrokerUnderTest(t, { policy, limits: { maxSessions: 1 } });
    const first = under.open(version);
    const second = under.open(version);
    first.sendConnect({ clientId: 'first' });
    second.sendConnect({ clientId: 'second' });
    await accept();
    assert.equal((await first.expect('connack')).reasonCode, 0);
    assert.equal((await second.nextBytes())[3], version === 5 ? 0x97 : 3);
    await second.expectClosed();
    assert.equal(under.broker.counters.sessions, 1);
    assert.equal(under.broker.counters.limitsReached.maxSessions, 1);
  });
}

class FullPersistence extends MemoryPersistence {
  isFull = false;

  override commit(): CommitFailure | undefined {
    return this.isFull ? { kind: 'full', message: 'The disk is full. Make room.' } : undefined;
  }
}

for (const version of [4, 5] as const) {
  test(`the will of a CONNECT that could not be stored is not sent, and the CONNECT is counted as refused (${version === 5 ? '5.0' : '3.1.1'})`, async (t) => {
    const persistence = new FullPersistence();
    const under = new BrokerUnderTest(t, { persistence });
    const watcher = await under.connect(version, 'watcher');
    await watcher.subscribe('#');
    persistence.isFull = true;
    const client = under.open(version);
    const properties = { sessionExpiryInterval: 60 };
    client.sendConnect({ clientId: 'refused', will, cleanStart: false, properties });
    assert.notEqual((await client.expect('connack')).reasonCode, 0);
    await client.expectClosed();
    await watcher.ping();
    assert.equal(under.broker.counters.connectionsRefused, 1);
    persistence.isFull = false;
  });
}

test('a client that takes no packet as large as its CONNACK takes over no session and leaves no will', async (t) => {
  const under = new BrokerUnderTest(t, { limits: { receiveMaximum: 10 } });
  const watcher = await under.connect(5, 'a');
  await watcher.subscribe('#');
  const client = under.open(5);
  client.sendConnect({ clientId: 'a', will, properties: { maximumPacketSize: 5 } });
  assert.equal((await client.expect('connack')).reasonCode, 0x95);
  await client.expectClosed();
  await watcher.ping();
  assert.equal(under.broker.counters.connectionsRefused, 1);
});

test('a client that ends its own authentication is not counted as refused', async (t) => {
  const policy: AccessPolicy = {
    ...anonymousPolicy,
    authenticationMethods: new Map([['M', () => ({ step: () => ({ kind: 'continue' }) })]]),
  };
  const under = new BrokerUnderTest(t, { policy });
  const client = under.open(5);
  client.sendConnect({ properties: { authenticationMethod: 'M' } });
  await client.expect('auth');
  client.send({ kind: 'disconnect', reasonCode: 0 });
  await client.expectClosed();
  assert.equal(under.broker.counters.connectionsRefused, 0);
});

for (const [shown, reasonCode] of [
  ['alice', 0],
  ['bob', 0x87],
] as const) {
  test(`where the certificate names the user alice, who shows by a method to be ${shown} gets 0x${reasonCode.toString(16)}`, async (t) => {
    const policy: AccessPolicy = {
      ...anonymousPolicy,
      authenticationMethods: new Map([
        ['M', () => ({ step: () => ({ kind: 'accepted', username: shown }) })],
      ]),
    };
    const decisions: AuthenticationDecision[] = [];
    const observer: BrokerObserver = {
      authenticated: (_connection, _clientId, decision) => void decisions.push(decision),
    };
    const under = new BrokerUnderTest(t, { policy, observer });
    const transport = Object.assign(new MemoryTransport(), { certificateUsername: 'alice' });
    const client = RawClient.overTransport(under.broker, 5, transport);
    client.sendConnect({ properties: { authenticationMethod: 'M' } });
    assert.equal((await client.expect('connack')).reasonCode, reasonCode);
    assert.deepEqual(
      decisions.map(({ username, by, outcome }) => [username, by, outcome.kind]),
      [[shown, 'M', reasonCode === 0 ? 'accepted' : 'refused']],
    );
    if (reasonCode > 0) await client.expectClosed();
  });
}
