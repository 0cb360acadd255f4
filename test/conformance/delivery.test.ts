/** Order, packet identifiers and what is under way when something changes: sections 2.2.1, 3.10.4, 4.6 and 4.9. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryPersistence } from '../../src/persistence/memoryPersistence.ts';
import { BrokerOverNetwork, testBothVersions } from '../support/brokerOverNetwork.ts';
import { SeededRandom } from '../support/random.ts';
import type { RawClient } from '../support/rawClient.ts';

const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 3600 } } as const;

function publish(under: BrokerOverNetwork, text: string, qos: 0 | 1 | 2 = 1): void {
  under.broker.publish({ topic: 't', payload: new TextEncoder().encode(text), qos, retain: false });
}

function acknowledge(client: RawClient, packetId = 0): void {
  client.send({ kind: 'puback', packetId, reasonCode: 0 });
}

test('through queue, Receive Maximum, reconnections and takeovers, messages come in order, and again in order [MQTT-4.6.0-5] [MQTT-4.6.0-6] [MQTT-3.3.4-9]', async (t) => {
  for (let seed = 1; seed <= 30; seed++) {
    const random = new SeededRandom(seed);
    const under = new BrokerOverNetwork(t);
    let receiveMaximum = random.integer(1, 10);
    const connect = (): Promise<RawClient> =>
      under.connect(5, 'a', {
        cleanStart: false,
        properties: { sessionExpiryInterval: 3600, receiveMaximum },
      });
    let client = await connect();
    await client.subscribe('t', { qos: 1 });
    /** Sent over this connection and not acknowledged, by packet identifier. */
    let open: { packetId: number; text: string }[] = [];
    let published = 0;
    let acknowledged = 0;
    /** Of the message that must come next over this connection. */
    let next = 0;
    const drain = async (): Promise<void> => {
      client.send({ kind: 'pingreq' });
      for (;;) {
        const packet = await client.next();
        if (packet.kind === 'pingresp') return;
        if (packet.kind !== 'publish') assert.fail(packet.kind);
        const text = new TextDecoder().decode(packet.payload);
        assert.equal(text, `${next++}`, `seed ${seed}`);
        open.push({ packetId: packet.packetId ?? 0, text });
        assert.ok(open.length <= receiveMaximum, `seed ${seed}: ${open.length} under way`);
      }
    };
    while (acknowledged < 60) {
      const step = random.integer(0, 9);
      if (step < 4 && published < 60) publish(under, `${published++}`);
      else if (step < 8) {
        await drain();
        const [first] = open.splice(0, 1);
        if (first === undefined) continue;
        acknowledge(client, first.packetId);
        acknowledged++;
      } else {
        if (step === 8) await client.breakOff();
        receiveMaximum = random.integer(1, 10);
        client = await connect();
        open = [];
        next = acknowledged;
      }
    }
    await drain();
    assert.equal(next, 60);
    await under.broker.stop();
  }
});

test('over 65,535 messages, the identifier of one that is not acknowledged is given to no other [MQTT-2.2.1-4] [MQTT-4.3.2-1]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const client = await under.connect(5, 'a', lasting);
  await client.subscribe('t', { qos: 1 });
  publish(under, 'held');
  const { packetId: held } = await client.expectMessage();
  let last: number | undefined;
  for (let sent = 0; sent < 65_536; ) {
    for (let i = 0; i < 100; i++) publish(under, 'm');
    for (let i = 0; i < 100; i++, sent++) {
      const { packetId } = await client.expect('publish');
      if (packetId === held) assert.fail(`after ${sent} messages`);
      if (packetId === undefined || packetId === last) assert.fail(`${packetId} twice`);
      last = packetId;
      acknowledge(client, packetId);
    }
  }
  await client.breakOff();
  const again = await (await under.connect(5, 'a', lasting)).expectMessage();
  assert.deepEqual([again.text, again.packetId, again.dup], ['held', held, true]);
});

testBothVersions(
  'after UNSUBSCRIBE nothing new is added, and what was under way is completed, also over a new connection [MQTT-3.10.4-2] [MQTT-3.10.4-3] [MQTT-3.10.4-2 3.1.1] [MQTT-3.10.4-3 3.1.1]',
  async (under, version) => {
    const client = await under.connect(version, 'a', lasting);
    await client.subscribe('t', { qos: 2 });
    publish(under, 'QoS 1', 1);
    publish(under, 'QoS 2', 2);
    const packetIds = [(await client.expectMessage()).packetId, (await client.expectMessage()).packetId];
    client.send({ kind: 'unsubscribe', packetId: 9, topicFilters: ['t'] });
    await client.expect('unsuback');
    publish(under, 'new', 2);
    await client.ping();
    await client.breakOff();
    const again = await under.connect(version, 'a', lasting);
    for (const [at, text] of ['QoS 1', 'QoS 2'].entries()) {
      const message = await again.expectMessage();
      assert.deepEqual([message.text, message.packetId, message.dup], [text, packetIds[at], true]);
    }
    acknowledge(again, packetIds[0]);
    again.send({ kind: 'pubrec', packetId: packetIds[1] ?? 0, reasonCode: 0 });
    const { packetId } = await again.expect('pubrel');
    again.send({ kind: 'pubcomp', packetId, reasonCode: 0 });
    await again.ping();
    assert.equal(under.broker.counters.queuedMessages, 0);
  },
);

test('what is forwarded at once has the expiry that it came with, a retained message and a will the rest of it [MQTT-3.3.2-6]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const expiry = { messageExpiryInterval: 100 };
  const watcher = await under.connect(5, 'watcher');
  await watcher.subscribe('#', { qos: 1 });
  const payload = new TextEncoder().encode('gone');
  const will = {
    topic: 'w',
    payload,
    qos: 1,
    retain: true,
    properties: { ...expiry, willDelayInterval: 30 },
  } as const;
  const client = await under.connect(5, 'a', { properties: { sessionExpiryInterval: 3600 }, will });
  for (const qos of [0, 1] as const) {
    await client.publish('t', 'm', { qos, properties: expiry, retain: true });
    assert.equal((await watcher.expectMessage()).properties?.messageExpiryInterval, 100);
  }
  await client.breakOff();
  // The will is published when its delay is over: only then its expiry begins.
  under.clock.advance(31_000);
  assert.equal((await watcher.expectMessage()).properties?.messageExpiryInterval, 100);
  under.clock.advance(20_000);
  const late = await under.connect(5, 'late');
  await late.subscribe('t');
  assert.equal((await late.expectMessage()).properties?.messageExpiryInterval, 49);
  await late.subscribe('w');
  const rest = (await late.expectMessage()).properties?.messageExpiryInterval ?? 0;
  assert.ok(rest >= 79 && rest <= 81, `${rest} s`);
  under.clock.advance(rest * 1000);
  await late.subscribe('#');
  await late.ping();
});

test('a full queue drops the newest, and once there is room again keeps the order [MQTT-4.6.0-5]', async (t) => {
  const under = new BrokerOverNetwork(t, { limits: { maxQueuedMessages: 2, maxInflight: 1 } });
  const client = await under.connect(5, 'a', lasting);
  await client.subscribe('t', { qos: 1 });
  for (let i = 0; i < 5; i++) publish(under, `${i}`);
  const received: string[] = [];
  for (let i = 5; i < 9; i++) {
    const message = await client.expectMessage();
    received.push(message.text);
    acknowledge(client, message.packetId);
    await client.handled(); // the next one is on its way
    publish(under, `${i}`);
  }
  assert.deepEqual(received, ['0', '1', '2', '5']);
  assert.equal(under.broker.counters.messagesDroppedByCause.queueFull, 2);
});

test('a session that comes to last is recorded with all that it has', async (t) => {
  const persistence = new MemoryPersistence();
  const first = new BrokerOverNetwork(t, { persistence, limits: { maxSessionExpirySeconds: 0 } });
  const client = await first.connect(5, 'a', { properties: { sessionExpiryInterval: 60 } });
  await client.subscribe('t', { qos: 1 });
  publish(first, 'in flight');
  await client.expectMessage();
  client.sendPublish('elsewhere', 'm', { qos: 2, packetId: 7 });
  await client.expect('pubrec');
  first.broker.setLimits({ maxSessionExpirySeconds: 3600 });
  client.send({ kind: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 60 } });
  await client.expectClosed();
  await first.broker.stop();

  const second = new BrokerOverNetwork(t, { persistence });
  const again = second.open(5);
  assert.equal((await again.connect({ clientId: 'a', ...lasting })).sessionPresent, true);
  assert.equal((await again.expectMessage()).text, 'in flight');
  publish(second, 'subscribed');
  assert.equal((await again.expectMessage()).text, 'subscribed');
  again.send({ kind: 'pubrel', packetId: 7, reasonCode: 0 });
  assert.equal((await again.expect('pubcomp')).reasonCode, 0);
});
