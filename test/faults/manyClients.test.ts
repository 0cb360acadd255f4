/** More clients at once than anyone has on a desk: all of them served, and nothing of them left. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { CliBroker } from '../support/cliBroker.ts';
import { faultRounds } from './faultRounds.ts';
import { MIB, residentMemory } from './residentMemory.ts';
import { SocketBroker } from './socketBroker.ts';
import { TcpClient } from './tcpClient.ts';

const CLIENTS = 1000;
const CONNECTIONS = 10_000;
/** How many of the latter are open at once. */
const AT_ONCE = 250;
/** What garbage and the allocator may keep from one time to the next. */
const ALLOWANCE = 64 * MIB;

const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 3600 } } as const;
const everyClient = Array.from({ length: CLIENTS }, (_, i) => i);

test('a thousand clients that reconnect at once find their sessions, subscriptions and messages, each time', async (t) => {
  const broker = await CliBroker.start(t);
  const port = broker.port('mqtt');
  const connectAll = () =>
    Promise.all(everyClient.map((i) => TcpClient.connect(port, { clientId: `client-${i}`, ...lasting })));
  const publisher = await TcpClient.connect(port, { clientId: 'publisher' });
  const publishToAll = async (text: string) => {
    const before = publisher.acknowledged;
    for (const i of everyClient) publisher.publish(`to/${i}`, text, 1, i + 1);
    await publisher.until(() => publisher.acknowledged === before + CLIENTS);
  };

  let clients = await connectAll();
  await Promise.all(clients.map((client, i) => client.subscribe(`to/${i}`, 1)));
  const resident: number[] = [];
  for (let round = 0; round < faultRounds(2); round++) {
    for (const client of clients) client.socket.resetAndDestroy();
    await publishToAll(`queued ${round}`);
    clients = await connectAll();
    await publishToAll(`live ${round}`);
    for (const client of clients) {
      assert.equal(client.connack?.sessionPresent, true);
      // Those queued while it was still thought connected came to nobody, and come again.
      await client.until(() => client.messages.includes(`live ${round}`));
      assert.deepEqual(client.messages, [`queued ${round}`, `live ${round}`]);
    }
    resident.push(residentMemory(broker));
  }
  const grown = resident.at(-1)! - resident[0]!; // one round at least
  assert.ok(grown < ALLOWANCE, `${grown / MIB} MiB more in memory than after the first time`);
  await Promise.all(clients.map((client) => client.disconnect()));
});

test('ten thousand connections opened and closed leave nothing behind', async (t) => {
  const under = await SocketBroker.start(t);
  const { broker, port } = under;
  const steady = await TcpClient.connect(port, { clientId: 'steady' });
  for (let opened = 0; opened < CONNECTIONS; opened += AT_ONCE) {
    await Promise.all(
      Array.from({ length: AT_ONCE }, async (_, i) => {
        const client = new TcpClient(port, { clientId: `c-${i}` });
        // A third says nothing, a third goes without a word, a third goes in order.
        if (i % 3 === 0) await once(client.socket, 'connect');
        else {
          client.sendConnect();
          await client.until(() => client.connack !== undefined);
        }
        if (i % 3 === 2) await client.disconnect();
        else client.socket.destroy();
        await client.closed();
      }),
    );
  }
  await under.until(CONNECTIONS + 1, 1);
  await steady.ping();
  const { connections, sessions, subscriptions, queuedBytes } = broker.counters;
  assert.deepEqual(
    { connections, sessions, subscriptions, queuedBytes },
    { connections: 1, sessions: 1, subscriptions: 0, queuedBytes: 0 },
  );
});
