/**
 * Publishes to many topics from a process of its own: `node bench/editor/flood.ts JSON`, of `Flood` in floodOptions.ts.
 *
 * Packets are encoded before the first is sent, and leave in bursts, so that it costs little beside what it measures.
 * Bounded in time and count. Ends when the broker has taken everything, and prints one JSON line with what it sent.
 */
import { connect, type Socket } from 'node:net';
import { encode } from '../../src/mqtt/encode.ts';
import type { Flood, FloodResult } from './floodOptions.ts';

const options: Flood = JSON.parse(process.argv[2] ?? ''); // as its caller promises
const TICK_MS = 10;
const MARK_MS = 50;
/** As fast as the broker takes: so many are under way at most. */
const WINDOW = 20_000;
const BURST = 500;
const PING = Uint8Array.of(0xc0, 0);

function publishPacket(topic: string, payload: string): Uint8Array {
  const bytes = Buffer.from(payload);
  return encode({ kind: 'publish', topic, payload: bytes, qos: 0, retain: false, dup: false }, 4);
}

function readingOf(i: number): string {
  return JSON.stringify({ temperature: 20 + (i % 10), humidity: 50, device: i }).padEnd(options.payloadBytes);
}

/** A hundred devices, and of each as many topics as it takes. */
function topicOf(i: number): string {
  const { prefix, topics, isFlat } = options;
  return isFlat || topics < 1000 ? `${prefix}/device-${i}` : `${prefix}/plant-${i % 100}/device-${i}`;
}

async function connectClient(clientId: string): Promise<Socket> {
  const socket = connect(options.port, '127.0.0.1').setNoDelay();
  socket.on('error', (error) => {
    console.error(`load: ${error.message}`);
    process.exit(1);
  });
  const about = { protocolVersion: 4, cleanStart: true, keepAliveSeconds: 0 } as const;
  socket.write(encode({ kind: 'connect', ...about, clientId }, 4));
  await new Promise((resolve) => socket.once('data', resolve));
  return socket;
}

const packets = Array.from({ length: options.topics }, (_, i) => publishPacket(topicOf(i), readingOf(i)));
const publisher = await connectClient('bench-load');

function burst(from: number, count: number): Buffer {
  return Buffer.concat(Array.from({ length: count }, (_, i) => packets[(from + i) % packets.length]!)); // inside
}

/** The time, in a message that the screen shows: what it shows then is as old as it says. */
function mark(): void {
  if (options.marker !== undefined) publisher.write(publishPacket(options.marker, String(Date.now())));
}

/** Everything that was sent before is taken. */
async function barrier(): Promise<void> {
  publisher.write(PING);
  await new Promise((resolve) => publisher.once('data', resolve));
}

async function floodSteadily(messagesPerSecond: number): Promise<number> {
  const startedAtMs = performance.now();
  let sent = 0;
  let markedAtMs = 0;
  for (;;) {
    const elapsedMs = performance.now() - startedAtMs;
    const due = Math.floor((Math.min(elapsedMs, options.seconds * 1000) / 1000) * messagesPerSecond);
    if (due > sent) publisher.write(burst(sent, due - sent));
    sent = due;
    if (elapsedMs - markedAtMs > MARK_MS) {
      markedAtMs = elapsedMs;
      mark();
    }
    if (elapsedMs >= options.seconds * 1000) return sent;
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
}

/** A subscriber gets them too, and gives the credit for more. */
async function floodFreely(): Promise<number> {
  const subscriber = await connectClient('bench-reader');
  const request = { topicFilter: `${options.prefix}/#`, qos: 0 as const };
  const flags = { noLocal: false, retainAsPublished: false, retainHandling: 0 as const };
  subscriber.write(encode({ kind: 'subscribe', packetId: 1, subscriptions: [{ ...request, ...flags }] }, 4));
  await new Promise((resolve) => subscriber.once('data', resolve));
  const bytesOfRound = packets.reduce((total, packet) => total + packet.length, 0);
  const averageBytes = bytesOfRound / packets.length;
  const endsAtMs = performance.now() + options.seconds * 1000;
  let sent = 0;
  let deliveredBytes = 0;
  const fill = (): void => {
    while (sent - deliveredBytes / averageBytes < WINDOW) {
      publisher.write(burst(sent, BURST));
      sent += BURST;
    }
  };
  await new Promise<void>((resolve) => {
    subscriber.on('data', (chunk: Buffer) => {
      deliveredBytes += chunk.length;
      if (performance.now() >= endsAtMs) resolve();
      else fill();
    });
    fill();
  });
  subscriber.destroy();
  return Math.round(deliveredBytes / averageBytes);
}

async function floodOnce(): Promise<number> {
  for (let i = 0; i < packets.length; i += BURST) {
    const count = Math.min(BURST, packets.length - i);
    if (!publisher.write(burst(i, count))) await new Promise((resolve) => publisher.once('drain', resolve));
  }
  return packets.length;
}

const startedAtMs = performance.now();
const { rate } = options;
const sent =
  rate === 'once' ? await floodOnce() : rate === 'free' ? await floodFreely() : await floodSteadily(rate);
await barrier();
const seconds = (performance.now() - startedAtMs) / 1000;
const result: FloodResult = { sent, messagesPerSecond: Math.round(sent / seconds), endedAtMs: Date.now() };
console.log(JSON.stringify(result));
publisher.end(encode({ kind: 'disconnect', reasonCode: 0 }, 4));
