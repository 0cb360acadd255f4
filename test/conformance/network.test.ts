/** The essentials over a real TCP connection: section 4.2. Everything else is tested over memory. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { ProtocolVersion } from '../../src/mqtt/packets.ts';
import { listen } from '../../src/transports/listener.ts';
import { BrokerUnderTest } from '../support/brokerUnderTest.ts';
import { hex } from '../support/bytes.ts';
import { RawClient } from '../support/rawClient.ts';

async function setUp(t: TestContext) {
  const under = new BrokerUnderTest(t);
  const result = await listen({ kind: 'mqtt', host: '127.0.0.1', port: 0 }, (transport) =>
    under.broker.accept(transport),
  );
  if (result.kind !== 'listening') assert.fail(result.kind);
  const { listener } = result;
  t.after(() => listener.close());
  const connect = async (version: ProtocolVersion, clientId: string): Promise<RawClient> => {
    const client = await RawClient.overTcp(listener.info.port, version);
    await client.connect({ clientId });
    return client;
  };
  return { under, connect };
}

for (const version of [4, 5] as const) {
  test(`messages of every QoS arrive whole and in order over TCP [MQTT-4.2-1] (${version})`, async (t) => {
    const { connect } = await setUp(t);
    const subscriber = await connect(version, 'subscriber');
    const publisher = await connect(version, 'publisher');
    await subscriber.subscribe('t', { qos: 0 });
    for (let i = 0; i < 300; i++) {
      const qos = (i % 3) as 0 | 1 | 2;
      await publisher.publish('t', `${i}`.padEnd(i * 100), { qos });
    }
    for (let i = 0; i < 300; i++) {
      const { text } = await subscriber.expectMessage();
      assert.equal(text, `${i}`.padEnd(i * 100));
    }
    await publisher.disconnect();
    await subscriber.disconnect();
  });

  test(`a payload of 10 MB arrives as it was sent (${version})`, async (t) => {
    const { connect } = await setUp(t);
    const client = await connect(version, 'a');
    await client.subscribe('t');
    const payload = Buffer.alloc(10_000_000, 'abc');
    client.sendPublish('t', payload);
    const message = await client.expectMessage();
    assert.ok(payload.equals(message.payload));
    await client.ping();
  });

  test(`a fault is told and the socket closed over TCP (${version})`, async (t) => {
    const { connect } = await setUp(t);
    const bystander = await connect(version, 'bystander');
    const client = await connect(version, 'a');
    client.sendBytes(hex('36 00'));
    await client.expectDisconnected(0x81);
    await bystander.ping();
  });
}
