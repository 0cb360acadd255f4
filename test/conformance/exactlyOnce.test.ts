/**
 * QoS 1 and 2 through the end of the connection at every single step of their flows, in both directions, by every way
 * in which a connection ends and a session goes on: at least once, exactly once, in order.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { ProtocolVersion, QoS } from '../../src/mqtt/packets.ts';
import { MemoryPersistence } from '../../src/persistence/memoryPersistence.ts';
import { BrokerOverNetwork } from '../support/brokerOverNetwork.ts';
import { SessionClient } from '../support/sessionClient.ts';

const TEXTS = ['one', 'two', 'three'];

/** How the session goes on after the cut. */
const interruptions = ['reconnect', 'takeover', 'restart'] as const;
type Interruption = (typeof interruptions)[number];

interface Run {
  readonly publisher: SessionClient;
  readonly subscriber: SessionClient;
  /** False if the flows were over before. */
  readonly wasCut: boolean;
}

/**
 * Publishes TEXTS from one session to another. Of one of the two, the connection ends in place of packet number
 * `passes` of its flows, and the session goes on; then both finish.
 */
async function run(
  t: TestContext,
  version: ProtocolVersion,
  qos: QoS,
  interrupted: 'publisher' | 'subscriber',
  interruption: Interruption,
  passes: number,
): Promise<Run> {
  const persistence = new MemoryPersistence();
  let under = new BrokerOverNetwork(t, { persistence });
  const passesOf = (name: string): number => (name === interrupted ? passes : Number.POSITIVE_INFINITY);
  const open = () => under.open(version);
  const publisher = new SessionClient(open, 'publisher', version, passesOf('publisher'));
  const subscriber = new SessionClient(open, 'subscriber', version, passesOf('subscriber'));
  const [cut, other] = interrupted === 'publisher' ? [publisher, subscriber] : [subscriber, publisher];
  for (const client of [publisher, subscriber]) await client.connect();
  await subscriber.subscribe('t', 2);
  for (const text of TEXTS) publisher.publish(text, qos);
  for (const client of [publisher, subscriber]) await client.settle();

  const wasCut = cut.isCut;
  if (interruption === 'reconnect') await cut.breakOff();
  if (interruption === 'restart') {
    await under.broker.stop();
    under = new BrokerOverNetwork(t, { persistence });
    await other.resume();
  }
  await cut.resume();
  for (const client of [publisher, subscriber]) await client.settle();
  return { publisher, subscriber, wasCut };
}

for (const version of [4, 5] as const) {
  for (const qos of [1, 2] as const) {
    for (const interrupted of ['publisher', 'subscriber'] as const) {
      for (const interruption of interruptions) {
        const often = qos === 1 ? 'at least once' : 'exactly once';
        test(`QoS ${qos} comes ${often} and in order through a ${interruption} of the ${interrupted} at every step, in ${version === 5 ? '5.0' : '3.1.1'} [MQTT-4.4.0-1] [MQTT-4.4.0-1 3.1.1] [MQTT-4.3.3-6] [MQTT-4.3.3-10] [MQTT-3.3.1-1]`, async (t) => {
          let steps = 0;
          for (let wasCut = true; wasCut; steps++) {
            const done = await run(t, version, qos, interrupted, interruption, steps);
            wasCut = done.wasCut;
            assertComplete(done, qos, `cut at packet ${steps}`);
          }
          // Two packets of a message of QoS 1, four of QoS 2: each was lost once, and in the last run none.
          assert.equal(steps - 1, TEXTS.length * (qos === 1 ? 2 : 4));
        });
      }
    }
  }
}

function assertComplete({ publisher, subscriber }: Run, qos: QoS, when: string): void {
  const { delivered } = subscriber;
  // What comes again comes after all that came: the first of each is in order.
  assert.deepEqual([...new Set(delivered)], TEXTS, when);
  if (qos === 2) assert.deepEqual(delivered, TEXTS, when);
  for (const client of [publisher, subscriber]) client.assertDone();
}
