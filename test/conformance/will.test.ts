/** Wills: section 3.1.2.5, the will delay of 3.1.3.2.2, and the one DISCONNECT that takes a will away. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anonymousPolicy } from '../../src/broker/access/anonymousPolicy.ts';
import type { ConnectPacket, ProtocolVersion, Will } from '../../src/mqtt/packets.ts';
import { BrokerOverNetwork, testBothVersions } from '../support/brokerOverNetwork.ts';
import { hex } from '../support/bytes.ts';
import type { RawClient } from '../support/rawClient.ts';

function willOf(changes: Partial<Will> = {}): Will {
  return { topic: 'will', payload: new TextEncoder().encode('gone'), qos: 1, retain: false, ...changes };
}

/** Subscribed to the will's topic. */
async function watcherOf(under: BrokerOverNetwork, version: ProtocolVersion): Promise<RawClient> {
  const watcher = await under.connect(version, 'watcher');
  await watcher.subscribe('will', { qos: 2 });
  return watcher;
}

const lasting: Partial<ConnectPacket> = { properties: { sessionExpiryInterval: 3600 } };

testBothVersions(
  'the will goes out when the connection breaks off, once [MQTT-3.1.2-7] [MQTT-3.1.2-8] [MQTT-3.1.2-10] [MQTT-3.1.2-8 3.1.1] [MQTT-3.1.2-10 3.1.1]',
  async (under, version) => {
    const watcher = await watcherOf(under, version);
    const client = await under.connect(version, 'a', { will: willOf(), cleanStart: false, ...lasting });
    await watcher.ping();
    await client.breakOff();
    const will = await watcher.expectMessage();
    assert.deepEqual([will.topic, will.text, will.qos], ['will', 'gone', 1]);
    // A connection without a will, to the same session: nothing of the old one is left.
    const again = await under.connect(version, 'a', { cleanStart: false, ...lasting });
    await again.breakOff();
    await watcher.ping();
  },
);

testBothVersions(
  'the will goes out when keep alive or a fault of the client ends the connection [MQTT-3.1.2-8] [MQTT-3.1.2-24 3.1.1]',
  async (under, version) => {
    const watcher = await watcherOf(under, version);
    const quiet = await under.connect(version, 'quiet', { will: willOf(), keepAliveSeconds: 2 });
    under.clock.advance(3200);
    assert.equal((await watcher.expectMessage()).text, 'gone');
    await quiet.expectDisconnected(0x8d);
    const faulty = await under.connect(version, 'faulty', { will: willOf() });
    faulty.sendBytes(hex('36 00')); // QoS 3
    assert.equal((await watcher.expectMessage()).text, 'gone');
  },
);

testBothVersions(
  'DISCONNECT takes the will away [MQTT-3.14.4-3] [MQTT-3.14.4-2 3.1.1] [MQTT-3.1.2-10] [MQTT-3.1.2-10 3.1.1]',
  async (under, version) => {
    const watcher = await watcherOf(under, version);
    const client = await under.connect(version, 'a', { will: willOf() });
    await client.disconnect();
    await watcher.ping();
  },
);

test('a DISCONNECT of any other reason lets the will go out [MQTT-3.1.2-8]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const watcher = await watcherOf(under, 5);
  for (const reasonCode of [0x04, 0x80, 0x98]) {
    const client = await under.connect(5, 'a', { will: willOf() });
    await client.disconnect(reasonCode);
    assert.equal((await watcher.expectMessage()).text, 'gone');
  }
});

testBothVersions('a client without a will leaves none [MQTT-3.1.2-12 3.1.1]', async (under, version) => {
  const watcher = await under.connect(version, 'watcher');
  await watcher.subscribe('#');
  const client = await under.connect(version, 'a');
  await client.breakOff();
  await watcher.ping();
});

testBothVersions(
  'a will is retained exactly if Will Retain says so [MQTT-3.1.2-14] [MQTT-3.1.2-15] [MQTT-3.1.2-16 3.1.1] [MQTT-3.1.2-17 3.1.1]',
  async (under, version) => {
    for (const retain of [false, true]) {
      const client = await under.connect(version, 'a', { will: willOf({ retain, topic: `will/${retain}` }) });
      await client.breakOff();
    }
    const late = await under.connect(version, 'late');
    await late.subscribe('will/#');
    const message = await late.expectMessage();
    assert.deepEqual([message.topic, message.retain], ['will/true', true]);
    await late.ping();
  },
);

testBothVersions(
  'a will of each QoS reaches a subscriber at that QoS [MQTT-3.1.2-12] [MQTT-3.1.2-14 3.1.1]',
  async (under, version) => {
    const watcher = await watcherOf(under, version);
    for (const qos of [0, 1, 2] as const) {
      const client = await under.connect(version, 'a', { will: willOf({ qos }) });
      await client.breakOff();
      assert.equal((await watcher.expectMessage()).qos, qos);
    }
  },
);

testBothVersions(
  'the will of a connection that is taken over goes out, as its connection was closed [MQTT-3.1.2-8] [MQTT-3.1.2-8 3.1.1]',
  async (under, version) => {
    const watcher = await watcherOf(under, version);
    await under.connect(version, 'a', { will: willOf(), cleanStart: false, ...lasting });
    await under.connect(version, 'a', { cleanStart: false, ...lasting });
    assert.equal((await watcher.expectMessage()).text, 'gone');
  },
);

test('a will waits for its delay, and goes out with the message properties alone [MQTT-3.1.2-8]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const watcher = await watcherOf(under, 5);
  const properties = {
    willDelayInterval: 10,
    contentType: 'text/plain',
    correlationData: Uint8Array.of(1, 2),
    userProperties: [
      ['b', '1'],
      ['a', '2'],
      ['b', '3'],
    ] as const,
  };
  const client = await under.connect(5, 'a', { will: willOf({ properties }), ...lasting });
  await client.breakOff();
  under.clock.advance(9900);
  await watcher.ping();
  under.clock.advance(300);
  const will = await watcher.expectMessage();
  assert.deepEqual(
    { ...will.properties, correlationData: [...(will.properties?.correlationData ?? [])] },
    {
      contentType: 'text/plain',
      correlationData: [1, 2],
      userProperties: properties.userProperties,
    },
  );
});

test('a client that comes back before its will was due is not declared gone [MQTT-3.1.3-9] [MQTT-3.1.2-8]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const watcher = await watcherOf(under, 5);
  const will = willOf({ properties: { willDelayInterval: 10 } });
  const first = await under.connect(5, 'a', { will, ...lasting });
  await first.breakOff();
  under.clock.advance(5000);
  await under.connect(5, 'a', { cleanStart: false, ...lasting });
  under.clock.advance(60_000);
  await watcher.ping();
});

test('a will with a delay goes out when its session ends before that [MQTT-3.1.2-8]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const watcher = await watcherOf(under, 5);
  const will = willOf({ properties: { willDelayInterval: 3600 } });
  // By its expiry,
  const first = await under.connect(5, 'a', { will, properties: { sessionExpiryInterval: 10 } });
  await first.breakOff();
  await watcher.ping();
  under.clock.advance(10_200);
  assert.equal((await watcher.expectMessage()).text, 'gone');
  // with its connection,
  const second = await under.connect(5, 'a', { will });
  await second.breakOff();
  assert.equal((await watcher.expectMessage()).text, 'gone');
  // or by a clean start.
  await under.connect(5, 'a', { will, ...lasting });
  await under.connect(5, 'a', { cleanStart: true });
  assert.equal((await watcher.expectMessage()).text, 'gone');
});

test('a will that its client may not publish goes to nobody', async (t) => {
  const policy = { ...anonymousPolicy, mayPublish: () => false };
  const under = new BrokerOverNetwork(t, { policy });
  const watcher = await watcherOf(under, 5);
  const client = await under.connect(5, 'a', { will: willOf({ retain: true }) });
  await client.breakOff();
  await watcher.ping();
  assert.equal(under.broker.counters.retainedMessages, 0);
  assert.equal(under.broker.counters.messagesDroppedByCause.notAuthorized, 1);
});
