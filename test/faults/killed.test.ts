/**
 * `kill -9` under load, again and again, on one folder: what was acknowledged is there when the broker is back.
 *
 * FAULT_ROUNDS is the number of kills, 5 unless given; FAULT_SEED brings a run's moments back, as far as the moments
 * of another process can be: a kill comes when a number of messages was acknowledged or received, drawn for each round.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CliBroker } from '../support/cliBroker.ts';
import { SeededRandom } from '../support/random.ts';
import { RawClient } from '../support/rawClient.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { LastingPublisher, LastingSubscriber, type Sending } from './lastingClients.ts';

const rounds = Number(process.env.FAULT_ROUNDS ?? 5);
const seed = Number(process.env.FAULT_SEED ?? Date.now() % 1_000_000);

const RETAINED_TOPICS = 7;
const END = 'load/end';

/** The number of the last message of each retained topic. */
async function retainedNumbers(port: number): Promise<Map<string, number>> {
  const client = await RawClient.overTcp(port, 5);
  await client.connect({ clientId: 'reader' });
  await client.subscribe('kept/#');
  client.send({ kind: 'pingreq' });
  const numbers = new Map<string, number>();
  for (;;) {
    const packet = await client.next();
    if (packet.kind !== 'publish') break;
    numbers.set(packet.topic, Number.parseInt(new TextDecoder().decode(packet.payload), 10));
  }
  await client.disconnect();
  return numbers;
}

test(`a broker that is killed ${rounds} times under load loses nothing that it acknowledged, and doubles no QoS 2 message (seed ${seed})`, async (t) => {
  const random = new SeededRandom(seed);
  const folder = temporaryFolder(t);
  const open = (): Promise<CliBroker> => CliBroker.start(t, ['--persist', folder]);
  const sizes = [0, 10, 100, 5000];
  const sending = (topic: string): Sending => ({
    topic,
    padding: 'x'.repeat(random.pick(sizes)),
    retain: false,
  });
  const one = new LastingPublisher('one', 4, 1, () => sending('load/one'));
  const two = new LastingPublisher('two', 5, 2, () => sending('load/two'));
  const twoOf311 = new LastingPublisher('two of 3.1.1', 4, 2, () => sending('load/two of 3.1.1'));
  const retains = new LastingPublisher('retains', 5, 1, (number) => ({
    ...sending(`kept/${number % RETAINED_TOPICS}`),
    retain: true,
  }));
  const publishers = [one, two, twoOf311, retains];
  const subscribers = [
    new LastingSubscriber('quick', 'load/#', 1000),
    new LastingSubscriber('slow', 'load/#', 3),
    // Away until the end: everything waits for it.
    new LastingSubscriber('away', 'load/#', 1000),
  ];

  let broker = await open();
  for (const subscriber of subscribers) await subscriber.subscribe(broker.port('mqtt'));

  for (let round = 1; round <= rounds; round++) {
    const port = broker.port('mqtt');
    const clients = [
      ...(await Promise.all(subscribers.slice(0, 2).map((subscriber) => subscriber.start(port)))),
      ...(await Promise.all(publishers.map((publisher) => publisher.start(port, progress)))),
    ];
    let left = random.integer(1, 400);
    function progress(): void {
      if (--left === 0) void broker.program.end('SIGKILL');
    }
    await Promise.all(clients.map((run) => run()));
    assert.equal((await broker.program.ended).signal, 'SIGKILL');

    broker = await open();
    assert.doesNotMatch(broker.program.stderr, / (warn|error) /, `at the restart after kill ${round}`);
    const kept = await retainedNumbers(broker.port('mqtt'));
    for (const number of retains.acknowledged) {
      const there = kept.get(`kept/${number % RETAINED_TOPICS}`) ?? 0;
      assert.ok(
        there >= number,
        `kill ${round}: retained message ${number} was acknowledged, and ${there} is there`,
      );
    }
  }

  const port = broker.port('mqtt');
  for (const publisher of publishers) await publisher.finish(port);
  const last = await RawClient.overTcp(port, 4);
  await last.connect({ clientId: 'last' });
  await last.publish(END, '0', { qos: 2 });
  for (const subscriber of subscribers) await (await subscriber.start(port, END))();

  for (const { clientId, received } of subscribers) {
    for (const publisher of [two, twoOf311]) {
      const numbers = received.get(`load/${publisher.clientId}`);
      assert.deepEqual(
        numbers,
        upTo(publisher.sent),
        `${clientId}: each once, in order, of ${publisher.clientId}`,
      );
    }
    // QoS 1 may come again; none is missing, and the first of each came in order.
    assert.deepEqual([...new Set(received.get('load/one'))], upTo(one.sent), clientId);
  }
  const kept = await retainedNumbers(port);
  assert.deepEqual(
    [...kept.values()].sort((a, b) => a - b),
    upTo(retains.sent).slice(-RETAINED_TOPICS),
  );
  assert.equal((await broker.stop()).exitCode, 0);
  const acknowledged = publishers.reduce((sum, publisher) => sum + publisher.acknowledged.size, 0);
  const received = subscribers.reduce((sum, subscriber) => sum + subscriber.receivedCount, 0);
  t.diagnostic(`${rounds} kills, ${acknowledged} messages acknowledged, ${received} received, seed ${seed}`);
});

/** 1, 2, 3, … */
function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}
