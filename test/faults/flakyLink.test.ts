/** A link that delays, splits and cuts: what was acknowledged is there in the end, QoS 2 once, and in order. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CliBroker } from '../support/cliBroker.ts';
import { SeededRandom } from '../support/random.ts';
import { BadLink } from './badLink.ts';
import { faultRounds } from './faultRounds.ts';
import { StubbornClient } from './stubbornClient.ts';

const MESSAGES = 300;
const CUTS = 60;

for (let seed = 1; seed <= faultRounds(3); seed++) {
  test(`over a link that is cut ${CUTS} times nothing acknowledged is lost, QoS 2 comes once, and order is kept (seed ${seed})`, async (t) => {
    const broker = await CliBroker.start(t);
    const link = await BadLink.start(t, broker.port('mqtt'), { random: new SeededRandom(seed), cuts: CUTS });
    const subscriber = new StubbornClient(link.port, 'subscriber', 'to/#');
    const publishers = ['p', 'q'].map((name) => new StubbornClient(link.port, name));
    const clients = [subscriber, ...publishers];
    t.after(async () => {
      for (const client of clients) client.stop();
    });
    const runs = clients.map((client) => client.run());
    await subscriber.untilSubscribed();
    await Promise.all(
      publishers.map(async (publisher, p) => {
        for (let i = 0; i < MESSAGES; i++)
          await publisher.publish(`to/${p}`, `${p} ${i}`, i % 2 === 0 ? 1 : 2);
        await publisher.allAcknowledged();
      }),
    );
    await subscriber.untilReceived(publishers.length * MESSAGES);
    for (const client of clients) client.stop();
    await Promise.all(runs);

    assert.ok(link.connections > CUTS / 2, `${link.connections} connections`);
    for (const [p] of publishers.entries()) {
      for (const qos of [1, 2] as const) {
        const came = subscriber.received.filter(
          (message) => message.qos === qos && message.text.startsWith(`${p} `),
        );
        const texts = came.map(({ text }) => text);
        const sent = Array.from({ length: MESSAGES }, (_, i) => i)
          .filter((i) => (i % 2 === 0 ? 1 : 2) === qos)
          .map((i) => `${p} ${i}`);
        // QoS 1 may come twice; the first time is in order.
        assert.deepEqual(qos === 1 ? [...new Set(texts)] : texts, sent);
      }
    }
  });
}
