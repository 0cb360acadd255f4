/** Strings as long as the standard allows, where the broker speaks of them: the answer still fits and still comes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anonymousPolicy } from '../../../src/broker/access/anonymousPolicy.ts';
import { BrokerUnderTest } from '../../support/brokerUnderTest.ts';

const LONGEST = 'x'.repeat(65_535);

test('a client identifier of 65,535 bytes is taken over like any', async (t) => {
  const under = new BrokerUnderTest(t);
  const old = await under.connect(5, LONGEST);
  const newcomer = await under.connect(5, LONGEST);
  await old.expectDisconnected(0x8e);
  await newcomer.ping();
});

test('an authentication method of 65,535 bytes is refused with a CONNACK', async (t) => {
  const under = new BrokerUnderTest(t);
  const client = under.open(5);
  client.sendConnect({ properties: { authenticationMethod: LONGEST } });
  const { reasonCode, properties } = await client.expect('connack');
  assert.equal(reasonCode, 0x8c);
  assert.ok((properties?.reasonString?.length ?? 0) < 1000);
  await client.expectClosed();
});

test('publishing to a topic of 65,535 bytes that is not allowed is refused, and the client goes on', async (t) => {
  const under = new BrokerUnderTest(t, { policy: { ...anonymousPolicy, mayPublish: () => false } });
  const client = await under.connect(5, 'a');
  client.sendPublish(LONGEST, 'm', { qos: 1 });
  assert.equal((await client.expect('puback')).reasonCode, 0x87);
  client.sendPublish(LONGEST, 'm', { qos: 2 });
  assert.equal((await client.expect('pubrec')).reasonCode, 0x87);
  await client.ping();
});

test('a fault in a PUBLISH to a topic of 65,535 bytes ends its connection with its own reason code', async (t) => {
  const under = new BrokerUnderTest(t, { limits: { maximumQoS: 0, maxRetainedMessages: 0 } });
  const tooHigh = await under.connect(5, 'a');
  tooHigh.sendPublish(LONGEST, 'm', { qos: 1 });
  await tooHigh.expectDisconnected(0x9b);
  const retaining = await under.connect(5, 'b');
  retaining.sendPublish(LONGEST, 'm', { retain: true });
  await retaining.expectDisconnected(0x9a);
});

test("a reason of the broker's owner is cut between two characters, not within one", async (t) => {
  const under = new BrokerUnderTest(t);
  // Starting at an odd place, so that a cut at any even one is in the middle of a pair.
  for (const message of ['😀'.repeat(50_000), `x${'😀'.repeat(50_000)}`]) {
    const client = await under.connect(5, 'a');
    assert.equal(under.broker.disconnectClient('a', 0x98, message), true);
    const { reasonCode, properties } = await client.expect('disconnect');
    assert.equal(reasonCode, 0x98);
    assert.match(properties?.reasonString ?? '', /^x?(😀)+…$/u);
    await client.expectClosed();
  }
});
