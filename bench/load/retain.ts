/** Fills a broker with retained messages, a topic each. */
import { encode } from '../../src/mqtt/encode.ts';
import { connectTo } from './connectTo.ts';
import type { Target } from './loads.ts';
import { PublishBlock } from './publishBlock.ts';

const AT_ONCE = 2_000;
const PINGRESP = 0xd0;

/** Resolves when the broker holds all of them. */
export async function retainMessages(target: Target, messages: number, payloadBytes: number): Promise<void> {
  const client = await connectTo(target, 'mqtt', 'retainer');
  for (let first = 0; first < messages; first += AT_ONCE) {
    const topics = Array.from({ length: Math.min(AT_ONCE, messages - first) }, (_, i) => topicOf(first + i));
    const block = new PublishBlock({ protocolVersion: 4, qos: 0, topics, payloadBytes, retain: true });
    const answered = new Promise<void>((resolve) => {
      client.onPacket = (type) => type === PINGRESP && resolve();
    });
    for (const bytes of block.plain(topics.length)) client.write(bytes);
    client.write(encode({ kind: 'pingreq' }, 4));
    await answered;
  }
  await client.close();
}

/** A house of a hundred rooms to a hundred houses: some branches, not one flat level. */
function topicOf(i: number): string {
  const number = String(i).padStart(7, '0');
  return `retained/${number.slice(0, 3)}/${number.slice(3, 5)}/${number.slice(5)}`;
}
