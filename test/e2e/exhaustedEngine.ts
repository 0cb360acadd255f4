/**
 * The engine's thread, brought to the death that it has in life: a client makes it hold more than its heap may.
 *
 * No hook in the product is needed: each level of a filter is a node of the broker's subscription tree, and a filter
 * of 65,535 bytes has room for 32,000 of them. What bounds their sum is set out of reach, as a person might do.
 */
import { RawClient } from '../support/rawClient.ts';

const manyLevels = 'a/'.repeat(32_000);
/** A hundred and forty or so fill a heap of 1 GB. */
const mostFilters = 1_000;

/** Limits of a broker's configuration file under which a client can do it. */
export const withoutBounds = { maxSubscriptionBytes: 2 ** 40, maxTotalSubscriptionBytes: 2 ** 40 };

/** Resolves when the broker on this port is gone, or has taken all that was thought to be enough. */
export async function exhaustEngine(port: number): Promise<void> {
  const client = await RawClient.overTcp(port, 5);
  await client.connect({ clientId: 'glutton' });
  for (let i = 0; i < mostFilters && !client.isClosed; i++)
    await subscribeUnlessClosed(client, `${i}/${manyLevels}`);
}

/** The broker may die before it answers: that is what this is for. */
async function subscribeUnlessClosed(client: RawClient, topicFilter: string): Promise<void> {
  const subscription = {
    topicFilter,
    qos: 0,
    noLocal: false,
    retainAsPublished: false,
    retainHandling: 0,
  } as const;
  client.send({ kind: 'subscribe', packetId: client.newPacketId(), subscriptions: [subscription] });
  await client.nextBytes().catch((error: unknown) => {
    if (!client.isClosed) throw error;
  });
}
