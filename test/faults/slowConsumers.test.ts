/** A subscriber that stops reading: the broker's memory and the other subscribers do not notice. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultLimits } from '../../src/broker/limits.ts';
import { CliBroker } from '../support/cliBroker.ts';
import { MIB, residentMemory } from './residentMemory.ts';
import { SocketBroker } from './socketBroker.ts';
import { TcpClient } from './tcpClient.ts';

const MESSAGES = 100_000;
const PAYLOAD_BYTES = 1024;
/** Messages on the way to the subscriber that reads: the publisher waits for it, and for nobody else. */
const WINDOW = 500;
/**
 * Above what the limits allow to be held: objects around each message, garbage that was not collected yet, and what the
 * allocator keeps for the next time.
 */
const ALLOWANCE = 240 * MIB;

interface Flood {
  stuck: TcpClient[];
  reader: TcpClient;
}

/** Two subscribers that have stopped reading, at QoS 0 and 1, one that reads, and all the messages. */
async function flood(port: number, messages: number): Promise<Flood> {
  const stuck: TcpClient[] = [];
  for (const qos of [0, 1] as const) {
    const client = await TcpClient.connect(port, { clientId: `stuck-${qos}` });
    await client.subscribe('flood/#', qos);
    client.socket.pause();
    stuck.push(client);
  }
  const reader = await TcpClient.connect(port, { clientId: 'reader' });
  await reader.subscribe('flood/#', 1);
  const publisher = await TcpClient.connect(port, { clientId: 'publisher' });
  for (let sent = 0; sent < messages; ) {
    for (let i = 0; i < WINDOW && sent < messages; i++) {
      publisher.publish('flood/t', `${sent++}`.padEnd(PAYLOAD_BYTES), 1, (sent % 65_535) + 1);
    }
    await reader.until(() => reader.messages.length === sent);
  }
  await publisher.until(() => publisher.acknowledged === messages);
  return { stuck, reader };
}

function numbersOf({ messages }: TcpClient): number[] {
  return messages.map((text) => Number(text));
}

function assertRising(numbers: readonly number[]): void {
  for (let i = 1; i < numbers.length; i++)
    assert.ok(numbers[i]! > numbers[i - 1]!, `message ${i} is in order`); // i < length
}

test('100,000 messages for subscribers that do not read: memory stays within the limits, and the others get all of them', async (t) => {
  const broker = await CliBroker.start(t);
  const before = residentMemory(broker);
  const { stuck, reader } = await flood(broker.port('mqtt'), MESSAGES);
  const grown = residentMemory(broker) - before;
  console.log(`${(grown / MIB).toFixed(0)} MiB more in memory`);
  assert.deepEqual(
    numbersOf(reader),
    Array.from({ length: MESSAGES }, (_, i) => i),
  );
  // One of them has a queue, and both have bytes that their network has not taken.
  const held = defaultLimits.maxQueuedBytes + 2 * defaultLimits.maxBufferedBytes;
  assert.ok(
    grown < held + ALLOWANCE,
    `${grown / MIB} MiB more, where the limits allow ${held / MIB} to be held`,
  );
  for (const client of stuck) {
    assert.ok(client.messages.length < MESSAGES / 2, 'it is stuck');
    client.socket.resume();
    await client.ping();
    assertRising(numbersOf(client));
  }
});

test('every message for a subscriber that does not read is delivered, held or counted as dropped', async (t) => {
  const messages = 20_000;
  const limits = { maxQueuedBytes: MIB, maxBufferedBytes: MIB / 4 };
  const { broker, port } = await SocketBroker.start(t, limits);
  const { stuck } = await flood(port, messages);
  const { messagesDelivered, messagesDropped, messagesDroppedByCause } = broker.counters;
  let queued = 0;
  for (const session of broker.sessions()) {
    queued += session.queuedMessages;
    assert.ok(session.queuedBytes <= limits.maxQueuedBytes);
  }
  assert.equal(messagesDelivered + messagesDropped + queued, 3 * messages);
  const { slowConsumer, queueFull } = messagesDroppedByCause;
  assert.ok(slowConsumer > 0 && queueFull > 0, `${slowConsumer} and ${queueFull} were dropped`);
  assert.equal(slowConsumer + queueFull, messagesDropped);
  for (const client of stuck) client.socket.resume();
  const [stuck0, stuck1] = stuck;
  await stuck0?.until(() => stuck0.messages.length === messages - slowConsumer);
  await stuck1?.until(() => stuck1.messages.length === messages - queueFull);
  for (const client of stuck) {
    await client.ping();
    assertRising(numbersOf(client));
  }
});
