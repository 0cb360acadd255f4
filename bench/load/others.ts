/** The loads that are no flow: time there and back, connections, retained messages, and a client that is away. */
import { encode } from '../../src/mqtt/encode.ts';
import { connectTo } from './connectTo.ts';
import { noCredits } from './credits.ts';
import type { LoadClient } from './loadClient.ts';
import type {
  ConnectionsLoad,
  IdleLoad,
  Measurement,
  OfflineLoad,
  ResumeLoad,
  RetainedLoad,
  RoundTripLoad,
  Target,
} from './loads.ts';
import { Meter, untilDoneOrStalled, wait } from './meter.ts';
import { residentBytes } from './processUsage.ts';
import { PublishBlock } from './publishBlock.ts';
import { Receiver } from './receiver.ts';
import { retainMessages } from './retain.ts';
import { Sender } from './sender.ts';

const TOPIC = 'bench/topic';
const PUBLISH = 0x30;
/** What a runtime has put off until it is idle (collecting garbage, giving back memory) is over by then. */
const SETTLE_MS = 1_500;

export async function roundTrip(target: Target, load: RoundTripLoad): Promise<Measurement> {
  const subscriber = await connectTo(target, 'mqtt', 'subscriber');
  const publisher = await connectTo(target, 'mqtt', 'publisher');
  await subscriber.subscribe([TOPIC]);
  const block = new PublishBlock({
    protocolVersion: 4,
    qos: 0,
    topics: [TOPIC],
    payloadBytes: load.payloadBytes,
  });
  const sentAtMs: number[] = [];
  let timesMs: number[] = [];
  let delivered = 0;
  subscriber.onPacket = (first) => {
    // In order, as one publisher's messages of one QoS come. [MQTT-4.6.0-6]
    if ((first & 0xf0) === PUBLISH) timesMs.push(performance.now() - sentAtMs[delivered++]!);
  };
  const startMs = performance.now();
  const timer = setInterval(() => {
    const due = ((performance.now() - startMs) / 1000) * load.messagesPerSecond;
    // One at most: what a late timer owes would otherwise leave in one burst, and wait for itself.
    if (sentAtMs.length >= due) return;
    sentAtMs.push(performance.now());
    for (const bytes of block.plain(1)) publisher.write(bytes);
  }, 1000 / load.messagesPerSecond);
  await wait(load.warmUpMs);
  timesMs = [];
  const meter = new Meter(target.pid);
  await wait(load.measureMs);
  const span = meter.stop();
  const measured = timesMs;
  timesMs = [];
  clearInterval(timer);
  await untilDoneOrStalled(
    () => delivered === sentAtMs.length,
    () => delivered,
  );
  await Promise.all([subscriber.close(), publisher.close()]);
  return { ...span, count: measured.length, missing: sentAtMs.length - delivered, timesMs: measured };
}

export async function connections(target: Target, load: ConnectionsLoad): Promise<Measurement> {
  await closeAll(await connectAll(target, load.warmUpConnections, load.atOnce));
  await wait(SETTLE_MS);
  const meter = new Meter(target.pid);
  const clients = await connectAll(target, load.connections, load.atOnce);
  const span = meter.stop();
  await closeAll(clients);
  return { ...span, count: clients.length, missing: 0 };
}

export async function idle(target: Target, load: IdleLoad): Promise<Measurement> {
  const bytesBefore = residentBytes(target.pid);
  const meter = new Meter(target.pid);
  const clients = await connectAll(target, load.connections, 50);
  await wait(SETTLE_MS);
  const memoryGrowthBytes = residentBytes(target.pid) - bytesBefore;
  const span = meter.stop();
  await closeAll(clients);
  return { ...span, count: clients.length, missing: 0, memoryGrowthBytes };
}

async function connectAll(target: Target, count: number, atOnce: number): Promise<LoadClient[]> {
  const clients: LoadClient[] = [];
  let next = 0;
  const connectOn = async (): Promise<void> => {
    while (next < count) clients.push(await connectTo(target, 'mqtt', `client-${next++}`));
  };
  await Promise.all(Array.from({ length: atOnce }, connectOn));
  return clients;
}

async function closeAll(clients: readonly LoadClient[]): Promise<void> {
  await Promise.all(clients.map((client) => client.close()));
}

export async function retained(target: Target, load: RetainedLoad): Promise<Measurement> {
  await retainMessages(target, load.messages, load.payloadBytes);
  const timesMs: number[] = [];
  let missing = 0;
  const meter = new Meter(target.pid);
  for (let i = 0; i < load.times; i++) {
    const client = await connectTo(target, 'mqtt', `subscriber-${i}`);
    let delivered = 0;
    const startMs = performance.now();
    let doneMs = startMs;
    client.onPacket = (first) => {
      if ((first & 0xf0) === PUBLISH && ++delivered === load.messages) doneMs = performance.now();
    };
    // Not awaited: a broker may send messages before its SUBACK. [MQTT-3.8.4-1] and section 3.8.4
    const granted = client.subscribe(['#']);
    await untilDoneOrStalled(
      () => delivered >= load.messages,
      () => delivered,
    );
    await granted;
    timesMs.push(doneMs - startMs);
    missing += load.messages - delivered;
    await client.close();
  }
  return { ...meter.stop(), count: load.messages * load.times, missing, timesMs };
}

const AWAY = { cleanStart: false } as const;
const AWAY_ID = 'away';
/** The most that a client takes before it acknowledges: the broker's own window bounds it further. */
const QOS1 = 1;

export async function offline(target: Target, load: OfflineLoad): Promise<Measurement> {
  const away = await connectTo(target, 'mqtt', AWAY_ID, AWAY);
  await away.subscribe([TOPIC], { qos: QOS1 });
  away.write(encode({ kind: 'disconnect', reasonCode: 0 }, 4));
  await away.close();
  const senders: Sender[] = [];
  for (let i = 0; i < load.publishers; i++) {
    const block = new PublishBlock({
      protocolVersion: 4,
      qos: QOS1,
      topics: [TOPIC],
      payloadBytes: load.payloadBytes,
    });
    senders.push(new Sender(await connectTo(target, 'mqtt', `publisher-${i}`), block, { qos: QOS1 }));
  }
  const acknowledged = (): number => senders.reduce((total, sender) => total + sender.acknowledged, 0);
  const meter = new Meter(target.pid);
  const startMs = performance.now();
  for (const sender of senders) sender.send(load.window);
  while (performance.now() - startMs < load.measureMs && acknowledged() < load.mostMessages) await wait(5);
  const count = acknowledged();
  const span = meter.stop();
  // Not closed: the broker is killed under them, and what it acknowledged until then must come back.
  return { ...span, count, missing: 0 };
}

/** `count` is how many messages came back. */
export async function resume(target: Target, _load: ResumeLoad): Promise<Measurement> {
  const meter = new Meter(target.pid);
  let delivered = (): number => 0;
  const prepare = (client: LoadClient): void => {
    const receiver = new Receiver(client, { qos: QOS1, isNumbered: false, credits: noCredits });
    delivered = () => receiver.delivered;
  };
  const client = await connectTo(target, 'mqtt', AWAY_ID, { ...AWAY, prepare });
  await untilDoneOrStalled(
    () => false,
    () => delivered(),
  );
  const span = meter.stop();
  await client.close();
  return { ...span, count: delivered(), missing: 0 };
}
