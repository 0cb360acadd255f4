/** The Payload Format Indicator, section 3.3.2.3.2, where the broker is told to hold payloads against it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BrokerObserver } from '../../src/broker/observer.ts';
import { BrokerOverNetwork, testBothVersions } from '../support/brokerOverNetwork.ts';

/** A byte that is no UTF-8 at offset 2. */
const ILL_FORMED = Uint8Array.of(0x6f, 0x6b, 0xff);
const OFFSET = /offset 2 of the payload's 3 \(0xFF\)/;
const text = { payloadFormatIndicator: 1 } as const;

async function setUp(under: BrokerOverNetwork) {
  const watcher = await under.connect(5, 'watcher');
  await watcher.subscribe('#', { qos: 2 });
  const client = await under.connect(5, 'a');
  return { watcher, client };
}

test('a PUBLISH of QoS 1 or 2 that is not UTF-8 is refused with 0x99, by its offset, and goes nowhere', async (t) => {
  const under = new BrokerOverNetwork(t, { checkPayloadFormat: true });
  const { watcher, client } = await setUp(under);
  for (const [qos, kind] of [
    [1, 'puback'],
    [2, 'pubrec'],
  ] as const) {
    client.sendPublish('t', ILL_FORMED, { qos, packetId: 5, properties: text, retain: true });
    const answer = await client.expect(kind);
    assert.equal(answer.reasonCode, 0x99);
    assert.match(answer.properties?.reasonString ?? '', OFFSET);
    await watcher.ping();
    // The identifier is free at once. [MQTT-4.3.3-9]
    await client.publish('t', 'ok', { qos, packetId: 5, properties: text });
    assert.equal((await watcher.expectMessage()).text, 'ok');
  }
  assert.deepEqual([...under.broker.retainedMessages()], []);
  assert.equal(under.broker.counters.messagesDroppedByCause.payloadFormatInvalid, 2);
});

test('a PUBLISH of QoS 0, which has no answer, ends the connection with 0x99', async (t) => {
  const faults: string[] = [];
  const observer: BrokerObserver = {
    connectionClosed(_, clientId, cause) {
      if (cause.kind === 'protocolError')
        faults.push(`${clientId} ${cause.error.code} ${cause.error.message}`);
    },
  };
  const under = new BrokerOverNetwork(t, { checkPayloadFormat: true, observer });
  const { watcher, client } = await setUp(under);
  client.sendPublish('t', ILL_FORMED, { properties: text });
  const { reasonCode, properties } = await client.expect('disconnect');
  assert.equal(reasonCode, 0x99);
  assert.match(properties?.reasonString ?? '', OFFSET);
  await client.expectClosed();
  assert.match(faults[0] ?? '', /^a payload-format-invalid PUBLISH to "t": /);
  await watcher.ping();
});

test('a will that is not UTF-8 is refused in the CONNACK with 0x99', async (t) => {
  const under = new BrokerOverNetwork(t, { checkPayloadFormat: true });
  const client = under.open(5);
  const will = { topic: 'w', payload: ILL_FORMED, qos: 0, retain: false, properties: text } as const;
  client.sendConnect({ will });
  const { reasonCode, properties } = await client.expect('connack');
  assert.equal(reasonCode, 0x99);
  assert.match(properties?.reasonString ?? '', OFFSET);
  await client.expectClosed();
  await under.connect(5, 'b', { will: { ...will, payload: new TextEncoder().encode('gone') } });
});

test('an alias that a refused PUBLISH sets is set', async (t) => {
  const under = new BrokerOverNetwork(t, { checkPayloadFormat: true });
  const { watcher, client } = await setUp(under);
  client.sendPublish('t', ILL_FORMED, { qos: 1, properties: { ...text, topicAlias: 1 } });
  await client.expect('puback');
  await client.publish('', 'ok', { qos: 1, properties: { ...text, topicAlias: 1 } });
  assert.equal((await watcher.expectMessage()).topic, 't');
});

testBothVersions(
  'bytes that are not said to be text go through',
  async (under, version) => {
    const client = await under.connect(version, 'a');
    await client.subscribe('t');
    await client.publish('t', ILL_FORMED);
    if (version === 5) await client.publish('t', ILL_FORMED, { properties: { payloadFormatIndicator: 0 } });
    for (let i = version === 5 ? 2 : 1; i > 0; i--)
      assert.deepEqual(new Uint8Array((await client.expectMessage()).payload), ILL_FORMED);
  },
  { checkPayloadFormat: true },
);

test('the check can be turned on and off while the broker runs', async (t) => {
  const under = new BrokerOverNetwork(t);
  const { client } = await setUp(under);
  for (const [isChecked, expected] of [
    [false, 0],
    [true, 0x99],
    [false, 0],
  ] as const) {
    under.broker.checkPayloadFormat = isChecked;
    assert.equal(under.broker.checkPayloadFormat, isChecked);
    client.sendPublish('t', ILL_FORMED, { qos: 1, properties: text });
    assert.equal((await client.expect('puback')).reasonCode, expected);
  }
});
