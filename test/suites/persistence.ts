/**
 * What every `Persistence` has to do, told through a broker: what was acknowledged before the broker ended is there
 * when the next one starts. Each implementation runs this whole suite.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Persistence } from '../../src/broker/persistence.ts';
import type { ConnectPacket } from '../../src/mqtt/packets.ts';
import { BrokerUnderTest } from '../support/brokerUnderTest.ts';
import type { RawClient } from '../support/rawClient.ts';

const lasting: Partial<ConnectPacket> = {
  cleanStart: false,
  properties: { sessionExpiryInterval: 3600 },
};

/** @param open opens the same store again, each time it is called with the same test. */
export function testPersistence(name: string, open: (t: TestContext) => () => Persistence): void {
  const restarting = (what: string, run: (next: () => Promise<BrokerUnderTest>) => Promise<void>): void => {
    test(`${name}: ${what}`, async (t) => {
      const reopen = open(t);
      let current: BrokerUnderTest | undefined;
      await run(async () => {
        const startMs = current?.clock.nowMs();
        await current?.broker.stop();
        current = new BrokerUnderTest(t, { persistence: reopen() }, startMs);
        return current;
      });
    });
  };

  restarting('sessions and their subscriptions, with all options', async (next) => {
    const client = await (await next()).connect(5, 'a', lasting);
    const subscription = { qos: 1, noLocal: true, retainAsPublished: true, retainHandling: 2 } as const;
    await client.subscribe('t/+', { ...subscription, properties: { subscriptionIdentifiers: [9] } });
    await client.subscribe('gone');
    client.send({ kind: 'unsubscribe', packetId: 5, topicFilters: ['gone'] });
    await client.expect('unsuback');
    const under = await next();
    const [session] = [...under.broker.sessions()];
    assert.deepEqual(session?.subscriptions, [
      { topicFilter: 't/+', ...subscription, subscriptionIdentifier: 9 },
    ]);
    const again = under.open(5);
    assert.equal((await again.connect({ clientId: 'a', ...lasting })).sessionPresent, true);
    under.broker.publish({ topic: 't/x', payload: new Uint8Array(0), qos: 1, retain: true });
    const message = await again.expectMessage();
    assert.deepEqual([message.retain, message.properties?.subscriptionIdentifiers], [true, [9]]);
  });

  restarting('sessions that end with their connection are not kept', async (next) => {
    const first = await next();
    await first.connect(5, 'passing');
    // One that lasted, and then connects to end with its connection.
    const once = await first.connect(5, 'once lasting', lasting);
    await once.breakOff();
    await first.connect(5, 'once lasting', { cleanStart: false });
    const under = await next();
    assert.deepEqual([...under.broker.sessions()], []);
  });

  restarting(
    'messages that wait, in order, each with its properties, and the rest of its expiry',
    async (next) => {
      const first = await next();
      const client = await first.connect(5, 'a', lasting);
      await client.subscribe('t', { qos: 2 });
      await client.breakOff();
      const publisher = await first.connect(5, 'publisher');
      const properties = {
        payloadFormatIndicator: 1,
        contentType: 'text/plain',
        responseTopic: 'r',
        correlationData: Uint8Array.of(0, 255),
        userProperties: [
          ['b', '1'],
          ['a', '2'],
        ],
      } as const;
      for (let i = 0; i < 3; i++) await publisher.publish('t', `${i}`, { qos: i === 1 ? 2 : 1, properties });
      await publisher.publish('t', 'short', { qos: 1, properties: { messageExpiryInterval: 10 } });
      await publisher.publish('t', 'long', { qos: 1, properties: { messageExpiryInterval: 100 } });
      first.clock.advance(20_000);
      const again = await (await next()).connect(5, 'a', lasting);
      for (let i = 0; i < 3; i++) {
        const message = await again.expectMessage();
        assert.deepEqual([message.text, message.qos, message.dup], [`${i}`, i === 1 ? 2 : 1, false]);
        const correlationData = new Uint8Array(message.properties?.correlationData ?? []);
        assert.deepEqual({ ...message.properties, correlationData }, properties);
      }
      const long = await again.expectMessage();
      assert.deepEqual([long.text, long.properties?.messageExpiryInterval], ['long', 80]);
      await again.ping();
    },
  );

  restarting(
    'messages in flight, with identifier and state, and none that was acknowledged',
    async (next) => {
      const first = await next();
      const client = await first.connect(5, 'a', lasting);
      await client.subscribe('t', { qos: 2 });
      const publisher = await first.connect(5, 'publisher');
      const packetIds: number[] = [];
      for (const [text, qos] of [
        ['acknowledged', 1],
        ['sent', 1],
        ['released', 2],
      ] as const) {
        await publisher.publish('t', text, { qos });
        packetIds.push((await client.expectMessage()).packetId ?? 0);
      }
      client.send({ kind: 'puback', packetId: packetIds[0] ?? 0, reasonCode: 0 });
      client.send({ kind: 'pubrec', packetId: packetIds[2] ?? 0, reasonCode: 0 });
      await client.expect('pubrel');
      for (let restart = 0; restart < 2; restart++) {
        const again = await (await next()).connect(5, 'a', lasting);
        const sent = await again.expectMessage();
        assert.deepEqual([sent.text, sent.dup, sent.packetId], ['sent', true, packetIds[1]]);
        assert.equal((await again.expect('pubrel')).packetId, packetIds[2]);
        await again.ping();
      }
    },
  );

  restarting('by which shared subscription a message came: another member gets it', async (next) => {
    const first = await next();
    const client = await first.connect(5, 'a', { properties: { sessionExpiryInterval: 60 } });
    await client.subscribe('$share/g/t', { qos: 1 });
    for (const text of ['sent', 'also sent']) {
      await (await first.connect(5, 'publisher')).publish('t', text, { qos: 1 });
      await client.expectMessage();
    }
    await client.breakOff();
    await (await first.connect(5, 'publisher')).publish('t', 'waits', { qos: 1 });
    const under = await next();
    const other = await under.connect(5, 'other');
    await other.subscribe('$share/g/t', { qos: 1 });
    under.clock.advance(61_000);
    for (const text of ['sent', 'also sent', 'waits']) assert.equal((await other.expectMessage()).text, text);
    assert.equal((await next()).broker.counters.queuedMessages, 0);
  });

  restarting('QoS 2 identifiers from the client: what is sent again is not delivered again', async (next) => {
    const watch = async (under: BrokerUnderTest): Promise<RawClient> => {
      const watcher = await under.connect(5, 'watcher');
      await watcher.subscribe('t');
      return watcher;
    };
    const first = await next();
    let watcher = await watch(first);
    const client = await first.connect(5, 'a', lasting);
    client.sendPublish('t', 'once', { qos: 2, packetId: 7 });
    await client.expect('pubrec');
    await client.publish('t', 'done', { qos: 2, packetId: 8 });
    assert.equal((await watcher.expectMessage()).text, 'once');
    const under = await next();
    watcher = await watch(under);
    const again = await under.connect(5, 'a', lasting);
    again.sendPublish('t', 'once', { qos: 2, packetId: 7, dup: true });
    await again.expect('pubrec');
    await again.publish('t', 'new', { qos: 2, packetId: 8 });
    assert.equal((await watcher.expectMessage()).text, 'new');
    await watcher.ping();
  });

  restarting('retained messages, the last of each topic', async (next) => {
    const publisher = await (await next()).connect(5, 'publisher');
    await publisher.publish('kept', 'old', { retain: true });
    await publisher.publish('kept', 'new', { retain: true, qos: 1, properties: { contentType: 'x' } });
    await publisher.publish('cleared', 'm', { retain: true });
    await publisher.publish('cleared', '', { retain: true });
    await next();
    const client = await (await next()).connect(5, 'a');
    await client.subscribe('#', { qos: 1 });
    const message = await client.expectMessage();
    assert.deepEqual([message.text, message.qos, message.properties], ['new', 1, { contentType: 'x' }]);
    await client.ping();
  });

  restarting('a will that waits for its delay is sent when that is over', async (next) => {
    const first = await next();
    const will = {
      topic: 'w',
      payload: new TextEncoder().encode('gone'),
      qos: 1,
      retain: false,
      properties: { willDelayInterval: 60, contentType: 'x' },
    } as const;
    const client = await first.connect(5, 'a', { ...lasting, will });
    await client.breakOff();
    first.clock.advance(40_000);
    const under = await next();
    const watcher = await under.connect(5, 'watcher');
    await watcher.subscribe('w');
    under.clock.advance(15_000);
    await watcher.ping();
    under.clock.advance(6000);
    const message = await watcher.expectMessage();
    assert.deepEqual([message.text, message.properties], ['gone', { contentType: 'x' }]);
  });

  restarting('a session expires after the restart as it would have without', async (next) => {
    const first = await next();
    const client = await first.connect(5, 'a', { properties: { sessionExpiryInterval: 60 } });
    await client.breakOff();
    first.clock.advance(40_000);
    const under = await next();
    under.clock.advance(15_000);
    assert.equal(under.broker.counters.sessions, 1);
    under.clock.advance(6000);
    assert.equal(under.broker.counters.sessions, 0);
    assert.equal((await next()).broker.counters.sessions, 0);
  });
}
