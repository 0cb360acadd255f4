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
    await under.connect(version, 'dismissed', { will: willOf() });
    under.broker.disconnectClient('dismissed', 0x98, 'Not here.');
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
  'a retained will replaces what is retained for its topic, and an empty one removes it [MQTT-3.3.1-5] [MQTT-3.3.1-6] [MQTT-3.3.1-10 3.1.1]',
  async (under, version) => {
    const publisher = await under.connect(version, 'publisher');
    await publisher.publish('will', 'before', { retain: true });
    for (const text of ['gone', '']) {
      const payload = new TextEncoder().encode(text);
      const client = await under.connect(version, 'a', { will: willOf({ retain: true, payload }) });
      await client.breakOff();
      const late = await under.connect(version, 'late');
      await late.subscribe('will');
      if (text !== '') assert.equal((await late.expectMessage()).text, text);
      await late.ping();
    }
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

test('a will waits for its delay, and goes out with the message properties alone, user properties in order [MQTT-3.1.2-8] [MQTT-3.1.3-10]', async (t) => {
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

test('a client that comes back before its will was due is not declared gone, with a will again or without [MQTT-3.1.3-9] [MQTT-3.1.2-8]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const watcher = await watcherOf(under, 5);
  const will = willOf({ properties: { willDelayInterval: 10 } });
  let client = await under.connect(5, 'a', { will, ...lasting });
  for (const again of [{ will }, {}]) {
    await client.breakOff();
    under.clock.advance(5000);
    client = await under.connect(5, 'a', { ...again, cleanStart: false, ...lasting });
    under.clock.advance(60_000);
    await watcher.ping();
  }
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

testBothVersions(
  'a will to a topic of the broker is not published',
  async (under, version) => {
    const watcher = await under.connect(version, 'watcher');
    await watcher.subscribe('$SYS/#');
    const will = { topic: '$SYS/broker/version', payload: new Uint8Array(1), qos: 0, retain: false } as const;
    const client = await under.connect(version, 'client', { will });
    await client.breakOff();
    await watcher.ping();
    assert.equal(under.broker.counters.messagesDroppedByCause.notAuthorized, 1);
  },
  { limits: { sysIntervalSeconds: 0 } },
);

testBothVersions(
  'a connection has the will of its own CONNECT, not that of one before [MQTT-3.1.2-7] [MQTT-3.1.2-10] [MQTT-3.1.2-8 3.1.1] [MQTT-3.1.2-10 3.1.1]',
  async (under, version) => {
    const watcher = await watcherOf(under, version);
    for (const text of ['one', 'two']) {
      const will = willOf({ payload: new TextEncoder().encode(text) });
      const client = await under.connect(version, 'a', { will, cleanStart: false, ...lasting });
      await client.breakOff();
      assert.equal((await watcher.expectMessage()).text, text);
    }
    const last = await under.connect(version, 'a', { will: willOf(), cleanStart: false, ...lasting });
    await last.disconnect();
    const silent = await under.connect(version, 'a', { cleanStart: false, ...lasting });
    await silent.breakOff();
    await watcher.ping();
  },
);

testBothVersions(
  'a will waits for a subscriber who is away, like any message of its QoS [MQTT-3.1.2-8] [MQTT-3.1.2-8 3.1.1]',
  async (under, version) => {
    const watcher = await under.connect(version, 'watcher', { cleanStart: false, ...lasting });
    await watcher.subscribe('will', { qos: 1 });
    await watcher.breakOff();
    const client = await under.connect(version, 'a', { will: willOf() });
    await client.breakOff();
    const again = await under.connect(version, 'watcher', { cleanStart: false, ...lasting });
    assert.equal((await again.expectMessage()).text, 'gone');
  },
);

test('a will with a delay is not sent for a connection that is taken over by one that goes on [MQTT-3.1.3-9]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const watcher = await watcherOf(under, 5);
  await under.connect(5, 'a', { will: willOf({ properties: { willDelayInterval: 10 } }), ...lasting });
  await under.connect(5, 'a', { cleanStart: false, ...lasting });
  under.clock.advance(60_000);
  await watcher.ping();
});

test('a Will Delay Interval that ends with the session, or that is 0, sends one will [MQTT-3.1.2-8]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const watcher = await watcherOf(under, 5);
  for (const willDelayInterval of [10, 0]) {
    const will = willOf({ properties: { willDelayInterval } });
    const client = await under.connect(5, 'a', { will, properties: { sessionExpiryInterval: 10 } });
    await client.breakOff();
    under.clock.advance(10_200);
    assert.equal((await watcher.expectMessage()).text, 'gone');
    under.clock.advance(60_000);
    await watcher.ping();
  }
});

test('a DISCONNECT with a will that is still due lets it wait for its delay [MQTT-3.1.2-8]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const watcher = await watcherOf(under, 5);
  const will = willOf({ properties: { willDelayInterval: 10 } });
  const client = await under.connect(5, 'a', { will, ...lasting });
  await client.disconnect(0x04);
  await watcher.ping();
  under.clock.advance(10_200);
  assert.equal((await watcher.expectMessage()).text, 'gone');
});

test('the Message Expiry Interval of a will counts from its publication, not from CONNECT [MQTT-3.3.2-5] [MQTT-3.3.2-6]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const watcher = await watcherOf(under, 5);
  const properties = { willDelayInterval: 100, messageExpiryInterval: 60 };
  const client = await under.connect(5, 'a', { will: willOf({ retain: true, properties }), ...lasting });
  under.clock.advance(500_000);
  await client.breakOff();
  under.clock.advance(100_200);
  assert.equal((await watcher.expectMessage()).properties?.messageExpiryInterval, 60);
  under.clock.advance(20_000);
  const late = await under.connect(5, 'late');
  await late.subscribe('will');
  assert.equal((await late.expectMessage()).properties?.messageExpiryInterval, 40);
  under.clock.advance(41_000);
  await late.subscribe('will');
  await late.ping();
});
