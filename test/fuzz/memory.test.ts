/** One broker that lives on while thousands of hostile clients come and go: it holds what its limits say, and no more. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Broker } from '../../src/broker/broker.ts';
import { defaultLimits } from '../../src/broker/limits.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { heldMemory } from '../support/heldMemory.ts';
import { SeededRandom } from '../support/random.ts';
import { fuzzPlan } from './fuzzPlan.ts';
import { MemoryClient } from './memoryClient.ts';
import { RoundUnderTest } from './playRound.ts';
import { makeRound } from './round.ts';

const MIB = 1024 * 1024;
const { seed } = fuzzPlan(1);
const ROUNDS_A_CHECKPOINT = 50;
const CHECKPOINTS = 6;

const limits = {
  ...defaultLimits,
  maxSessionExpirySeconds: 300,
  maxQueuedBytes: 4 * MIB,
  maxTotalQueuedBytes: 8 * MIB,
  maxBufferedBytes: MIB / 4,
  maxRetainedBytes: 2 * MIB,
};

test('a broker holds no more after thousands of connections than after the first hundreds', async () => {
  const random = new SeededRandom(seed);
  const under = new RoundUnderTest({
    limits,
    policy: 'anonymous',
    isObserved: false,
    store: 'memory',
    checkPayloadFormat: false,
    steadyVersions: [5, 5],
    steps: [],
  });
  const held: number[] = [];
  for (let checkpoint = 0; checkpoint < CHECKPOINTS; checkpoint++) {
    await under.connectSteadyPair();
    for (let i = 0; i < ROUNDS_A_CHECKPOINT; i++) await under.play(makeRound(random).steps);
    await under.end();
    held.push(await heldMemory());
  }
  await under.stop();
  console.log(`MiB held: ${held.map((bytes) => (bytes / MIB).toFixed(2)).join(', ')}`);
  const [first = 0, last = 0] = [held[0], held.at(-1)];
  // What is retained may differ from time to time, within its bound; the rest is noise of the runtime.
  const allowance = limits.maxRetainedBytes + 2 * MIB;
  assert.ok(last - first < allowance, `${(last - first) / MIB} MiB more are held`);
});

test('what hostile clients make a broker hold stays near what its limits say', async () => {
  const before = await heldMemory();
  const clock = new FakeClock();
  const broker = new Broker({ clock, limits, random: () => 0 });
  const subscribers = 6;
  const stuck = Array.from({ length: subscribers }, (_, i) => {
    const client = openSession(broker, `stuck-${i}`);
    client.transport.stall();
    return client;
  });
  const publisher = openSession(broker, 'publisher');
  const payload = Buffer.alloc(1000);
  // Eight times the bound of each queue, and as much for each topic of a tree that is retained.
  for (let n = 1; n <= 32_000; n++) {
    const topic = n % 2 === 0 ? 'flood' : `flood/${n}`;
    publisher.send(
      { kind: 'publish', topic, payload, qos: 1, packetId: 1, retain: n % 2 === 1, dup: false },
      4,
    );
    if (n % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    publisher.takePackets();
  }
  const held = (await heldMemory()) - before;
  const { queuedBytes, retainedBytes, messagesDropped, internalErrors } = broker.counters;
  console.log(`${(held / MIB).toFixed(1)} MiB held, ${queuedBytes} bytes queued, ${retainedBytes} retained`);
  assert.equal(internalErrors, 0);
  assert.ok(
    messagesDropped > 0 && queuedBytes > 7 * MIB && retainedBytes > 1.9 * MIB,
    'the bounds were reached',
  );
  const bound = limits.maxTotalQueuedBytes + limits.maxRetainedBytes + subscribers * limits.maxBufferedBytes;
  assert.ok(held < 1.5 * bound, `${held} bytes are held, where the limits come to ${bound}`);
  for (const client of stuck) client.check();
  await broker.stop();
  assert.equal(clock.pendingTimers, 0);
});

/** A client with a session that lasts, subscribed to everything that is flooded unless it is the publisher. */
function openSession(broker: Broker, clientId: string): MemoryClient {
  const connect = {
    kind: 'connect',
    protocolVersion: 4,
    cleanStart: false,
    keepAliveSeconds: 0,
    clientId,
  } as const;
  const client = new MemoryClient(broker, () => connect);
  client.send(connect, 4);
  if (clientId === 'publisher') return client;
  const options = { qos: 1, noLocal: false, retainAsPublished: false, retainHandling: 0 } as const;
  client.send({ kind: 'subscribe', packetId: 1, subscriptions: [{ topicFilter: 'flood/#', ...options }] }, 4);
  return client;
}
