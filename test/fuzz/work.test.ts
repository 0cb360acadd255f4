/**
 * What bytes cost: twice as many may take twice the work, and no more. Held for the shapes that tend to cost the square,
 * each as large as the standard lets it be. Work is counted in steps (countSteps.ts), not in time.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Broker } from '../../src/broker/broker.ts';
import { decode } from '../../src/mqtt/decode.ts';
import { encode } from '../../src/mqtt/encode.ts';
import { FrameReader } from '../../src/mqtt/frameReader.ts';
import type { Packet, SubscriptionRequest } from '../../src/mqtt/packets.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { StepCounter } from './countSteps.ts';
import { MemoryClient } from './memoryClient.ts';

const SIZE = 2000;
/** Twice the size, and some for what does not grow. */
const MOST = 2.5;

const nothing = new Uint8Array(0);
const options = { qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 } as const;
let counter: StepCounter;

before(async () => {
  counter = await StepCounter.start();
});
after(() => counter.stop());

/** By what grows. */
const packets: Readonly<Record<string, (size: number) => Packet>> = {
  'levels of a topic name': (size) => publish({ topic: '/'.repeat(size) }),
  'characters of a topic name': (size) => publish({ topic: 'é'.repeat(size) }),
  'bytes of payload': (size) => publish({ payload: Buffer.alloc(size) }),
  'user properties': (size) =>
    publish({ properties: { userProperties: Array.from({ length: size }, () => ['same', 'name']) } }),
  'subscription identifiers': (size) =>
    publish({ properties: { subscriptionIdentifiers: Array.from({ length: size }, (_, i) => i + 1) } }),
  'topic filters of SUBSCRIBE': (size) => subscribe(size, (i) => `filter/${i}`),
  'levels of a topic filter': (size) => subscribe(1, () => `${'+/'.repeat(size)}#`),
  'topic filters of UNSUBSCRIBE': (size) => ({
    kind: 'unsubscribe',
    packetId: 1,
    topicFilters: Array.from({ length: size }, (_, i) => `filter/${i}`),
  }),
  'reason codes of SUBACK': (size) => ({
    kind: 'suback',
    packetId: 1,
    reasonCodes: Array<number>(size).fill(0),
  }),
};

for (const [what, make] of Object.entries(packets)) {
  test(`decoding takes work in proportion to the ${what}`, async () => {
    await assertLinear((size) => {
      const bytes = encode(make(size), 5);
      return () => void decode(bytes, 5);
    });
  });

  test(`a packet that comes byte by byte takes work in proportion to the ${what}`, async () => {
    await assertLinear((size) => {
      const bytes = encode(make(size), 5);
      const reader = new FrameReader({ maxPacketBytes: bytes.length });
      return () => {
        for (let i = 0; i < bytes.length; i++) reader.push(bytes.subarray(i, i + 1), () => {});
        assert.equal(reader.bufferedBytes, 0);
      };
    });
  });
}

/** By what grows: what is sent before, and the packet whose work is counted. */
const exchanges: Readonly<Record<string, (size: number) => { before: Packet[]; packet: Packet }>> = {
  'levels of a topic name': (size) => ({
    before: [subscribe(1, () => '#'), subscribe(1, () => `${'+/'.repeat(size)}#`)],
    packet: publish({ topic: '/'.repeat(size) }),
  }),
  'topic filters of a SUBSCRIBE': (size) => ({ before: [], packet: subscribe(size, (i) => `filter/${i}`) }),
  'topic filters of an UNSUBSCRIBE': (size) => ({
    before: [subscribe(size, (i) => `filter/${i}`)],
    packet: {
      kind: 'unsubscribe',
      packetId: 1,
      topicFilters: Array.from({ length: size }, (_, i) => `filter/${i}`),
    },
  }),
  'topic filters of one client that match, each with an identifier': (size) => ({
    before: Array.from({ length: size }, (_, i) => ({
      ...subscribe(1, () => overlapping(i)),
      properties: { subscriptionIdentifiers: [i + 1] },
    })),
    packet: publish({ topic: Array(LEVELS).fill('l').join('/') }),
  }),
  'share names of one topic filter': (size) => ({
    before: [subscribe(size, (i) => `$share/${i}/t`)],
    packet: publish({ topic: 't' }),
  }),
  'share names of a SUBSCRIBE': (size) => ({ before: [], packet: subscribe(size, (i) => `$share/${i}/t`) }),
  'retained messages that a filter matches': (size) => ({
    before: Array.from({ length: size }, (_, i) =>
      publish({ topic: `r/${i}`, payload: Buffer.of(1), retain: true }),
    ),
    packet: subscribe(1, () => 'r/+'),
  }),
};

for (const [what, make] of Object.entries(exchanges)) {
  test(`a broker handles a packet with work in proportion to the ${what}`, async () => {
    await assertLinear(async (size) => {
      const { before: first, packet } = make(size);
      const broker = new Broker({ clock: new FakeClock(), random: () => 0 });
      const connect = {
        kind: 'connect',
        protocolVersion: 5,
        cleanStart: true,
        keepAliveSeconds: 0,
        clientId: 'a',
      } as const;
      const client = new MemoryClient(broker, () => connect);
      for (const earlier of [connect, ...first]) client.send(earlier, 5);
      await nextTurn();
      client.takePackets();
      return async () => {
        client.send(packet, 5);
        await nextTurn();
        client.check();
        assert.equal(client.isClosed, false);
      };
    });
  });
}

/** Levels of a topic name with more than 4,000 topic filters that match it: each level as it is, or a plus. */
const LEVELS = 13;

function overlapping(i: number): string {
  return Array.from({ length: LEVELS }, (_, level) => ((i >> level) & 1 ? '+' : 'l')).join('/');
}

/** @param make prepares, and returns what is counted. */
async function assertLinear(
  make: (size: number) => (() => void | Promise<void>) | Promise<() => Promise<void>>,
): Promise<void> {
  // The first time, caches fill and code is made.
  await counter.count(await make(SIZE));
  const once = await counter.count(await make(SIZE));
  const twice = await counter.count(await make(2 * SIZE));
  assert.ok(once > 0, 'steps are counted');
  assert.ok(
    twice <= MOST * once,
    `${once} steps became ${twice}, ${(twice / once).toFixed(1)} times as many`,
  );
}

function publish(changes: Partial<Extract<Packet, { kind: 'publish' }>>): Packet {
  return { kind: 'publish', topic: 't', payload: nothing, qos: 0, retain: false, dup: false, ...changes };
}

function subscribe(count: number, topicFilterOf: (i: number) => string) {
  const subscriptions = Array.from(
    { length: count },
    (_, i): SubscriptionRequest => ({ topicFilter: topicFilterOf(i), ...options }),
  );
  return { kind: 'subscribe' as const, packetId: 1, subscriptions };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
