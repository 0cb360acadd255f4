/** MQTT.js as any program uses it: every version, over TCP, TLS and WebSocket. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { connect, connectAsync, type IClientOptions, type IPublishPacket, type MqttClient } from 'mqtt';
import { brokerOfSuite, type ListenerKind } from '../support/cliBroker.ts';
import { tlsArgs, tlsFixture } from '../support/tlsFixtures.ts';

const authority = readFileSync(tlsFixture('ca.crt'));

const broker = brokerOfSuite(['--ws-port', '0', ...tlsArgs]);

async function connectTo(t: TestContext, kind: ListenerKind, options: IClientOptions): Promise<MqttClient> {
  const client = await connectAsync(`${kind}://127.0.0.1:${broker().port(kind)}`, {
    reconnectPeriod: 0,
    ca: authority,
    ...options,
  });
  t.after(() => client.endAsync());
  return client;
}

/** The next messages, as `topic|qos|payload`. */
function messagesOf(client: MqttClient, count: number): Promise<IPublishPacket[]> {
  const packets: IPublishPacket[] = [];
  return new Promise((resolve) => {
    client.on('message', (_topic, _payload, packet) => {
      packets.push(packet);
      if (packets.length === count) resolve(packets);
    });
  });
}

for (const kind of ['mqtt', 'ws', 'mqtts'] as const) {
  for (const [protocolId, protocolVersion] of [
    // ws is not for 3.1: MQTT.js then asks for the subprotocol "mqttv3.1", which the standard does not know.
    ...(kind === 'ws' ? [] : [['MQIsdp', 3] as const]),
    ['MQTT', 4],
    ['MQTT', 5],
  ] as const) {
    test(`MQTT.js, version ${protocolVersion} over ${kind}: QoS 0, 1 and 2 there and back`, async (t) => {
      const subscriber = await connectTo(t, kind, { protocolId, protocolVersion, clientId: 'sub' });
      const publisher = await connectTo(t, kind, { protocolId, protocolVersion, clientId: 'pub' });
      await subscriber.subscribeAsync('a/#', { qos: 2 });
      const arrived = messagesOf(subscriber, 3);
      for (const qos of [0, 1, 2] as const)
        await publisher.publishAsync(`a/${qos}`, `payload ${qos}`, { qos });
      assert.deepEqual(
        (await arrived).map(({ topic, qos, payload }) => `${topic}|${qos}|${payload}`).sort(),
        ['a/0|0|payload 0', 'a/1|1|payload 1', 'a/2|2|payload 2'],
      );
    });
  }
}

test('MQTT.js, 5.0: topic aliases of a publisher come out as topics', async (t) => {
  const subscriber = await connectTo(t, 'mqtt', { protocolVersion: 5, clientId: 'sub' });
  const publisher = await connectTo(t, 'mqtt', {
    protocolVersion: 5,
    clientId: 'pub',
    autoAssignTopicAlias: true,
  });
  await subscriber.subscribeAsync('#', { qos: 1 });
  const arrived = messagesOf(subscriber, 4);
  for (const topic of ['a', 'b', 'a', 'b']) await publisher.publishAsync(topic, 'x', { qos: 1 });
  assert.deepEqual(
    (await arrived).map(({ topic }) => topic),
    ['a', 'b', 'a', 'b'],
  );
});

test('MQTT.js, 5.0: a session is resumed with what came meanwhile', async (t) => {
  const session: IClientOptions = {
    protocolVersion: 5,
    clientId: 'sleeper',
    clean: false,
    properties: { sessionExpiryInterval: 3600 },
  };
  const first = await connectTo(t, 'mqtt', session);
  await first.subscribeAsync('mail', { qos: 1 });
  await first.endAsync();
  const publisher = await connectTo(t, 'mqtt', { protocolVersion: 5, clientId: 'pub' });
  await publisher.publishAsync('mail', 'while away', { qos: 1 });
  // Listens from the start: the message may come together with the CONNACK.
  const second = connect(`mqtt://127.0.0.1:${broker().port('mqtt')}`, { ...session, reconnectPeriod: 0 });
  t.after(() => second.endAsync());
  const [packet] = await messagesOf(second, 1);
  assert.equal(String(packet?.payload), 'while away');
});
