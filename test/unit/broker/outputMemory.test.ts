/** What waits for a client that does not read holds no more memory than it counts for, and what many get is there once. */
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { Broker } from '../../../src/broker/broker.ts';
import type { Transport } from '../../../src/broker/transport.ts';
import { encode } from '../../../src/mqtt/encode.ts';
import type { Packet, ProtocolVersion, PublishPacket } from '../../../src/mqtt/packets.ts';
import { listen } from '../../../src/transports/listener.ts';
import { tcpOverIPv4 } from '../../suites/transportPeers.ts';
import { BrokerUnderTest } from '../../support/brokerUnderTest.ts';
import { concat } from '../../support/bytes.ts';
import { heldMemory } from '../../support/heldMemory.ts';
import { MemoryTransport } from '../../support/memoryTransport.ts';

const connectPacket = { kind: 'connect', cleanStart: true, keepAliveSeconds: 0 } as const;
const subscription = { qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 } as const;

/** @param identifier a Subscription Identifier, 5.0 only. */
function subscribe(topicFilter: string, identifier?: number): Packet {
  const packet: Packet = {
    kind: 'subscribe',
    packetId: 1,
    subscriptions: [{ topicFilter, ...subscription }],
  };
  if (identifier !== undefined) packet.properties = { subscriptionIdentifiers: [identifier] };
  return packet;
}

function publish(topic: string, payloadBytes: number, retain = false): PublishPacket {
  const payload = new Uint8Array(payloadBytes);
  return { kind: 'publish', topic, payload, qos: 0, retain, dup: false };
}

/** A client over memory, which keeps nothing of what it is sent. */
function openClient(
  broker: Broker,
  protocolVersion: ProtocolVersion,
  clientId: string,
  onBytes: (bytes: Uint8Array) => void = () => {},
): (packet: Packet) => void {
  const transport = new MemoryTransport();
  transport.setPeer({ onBytes, onClose: () => {} });
  broker.accept(transport);
  const send = (packet: Packet): void => transport.sendToBroker(encode(packet, protocolVersion));
  send({ ...connectPacket, protocolVersion, clientId });
  return send;
}

/** A client over TCP that subscribes to all, reads the answers, and then nothing more; and the broker's side of it. */
async function openStalled(t: TestContext, broker: Broker, identifier?: number): Promise<Transport> {
  let transport: Transport | undefined;
  const result = await listen(tcpOverIPv4.options, (accepted) => {
    transport = accepted;
    broker.accept(accepted);
  });
  if (result.kind !== 'listening') assert.fail(result.kind);
  const { listener } = result;
  const { info } = listener;
  if (!('port' in info)) assert.fail('a TCP listener has a port');
  const socket = connect({ port: info.port, host: '127.0.0.1' });
  t.after(async () => {
    socket.destroy();
    await listener.close();
  });
  socket.write(encode({ ...connectPacket, protocolVersion: 5, clientId: 'slow' }, 5));
  await dataOf(socket); // CONNACK
  socket.write(encode(subscribe('#', identifier), 5));
  await dataOf(socket); // SUBACK
  socket.pause();
  return transport ?? assert.fail('the broker has accepted it');
}

function dataOf(socket: Socket): Promise<unknown> {
  return new Promise((resolve) => socket.once('data', resolve));
}

for (const [what, version, identifier, retain] of [
  ['of 3.1.1', 4, undefined, false],
  ['of 5.0', 5, undefined, false],
  ['with RETAIN', 5, undefined, true],
  ['with Subscription Identifiers', 5, 1, false],
] as const) {
  test(`messages ${what} that wait for a client that does not read hold on to no memory of others`, async (t) => {
    const broker = new Broker({ limits: { maxBufferedBytes: 100_000_000 } });
    const stalled = await openStalled(t, broker, identifier);
    // After its socket is gone: else the broker waits for it to read.
    t.after(() => broker.stop());
    for (let i = 0; i < 100; i++)
      openClient(broker, 5, `fast ${i}`)(subscribe('t', identifier && identifier + i));
    const send = openClient(broker, version, 'publisher');
    // More than the kernel takes: what follows waits in this process.
    for (let i = 0; i < 4; i++) send(publish('large', 4_000_000));
    await turnOfTheLoop();
    const waitingBefore = stalled.bufferedBytes;
    const before = await heldMemory();
    for (let i = 0; i < 500; i++) {
      send(publish('t', 5, retain));
      await turnOfTheLoop();
    }
    const held = (await heldMemory()) - before;
    const waiting = stalled.bufferedBytes - waitingBefore;
    assert.ok(stalled.bufferedBytes > 500 * 10, 'the messages wait');
    assert.ok(held < 5_000_000, `${waiting} bytes more wait, and ${held} bytes more are held`);
  });
}

/** Which memory the large packets are in that twenty subscribers of `large` get; every second one also gets `small`. */
async function memoryOf(t: TestContext, chunk: Uint8Array): Promise<Set<ArrayBufferLike>> {
  const under = new BrokerUnderTest(t);
  const buffers = new Set<ArrayBufferLike>();
  for (let i = 0; i < 20; i++) {
    const send = openClient(under.broker, 5, `${i}`, (bytes) => {
      if (bytes.length > 100_000) buffers.add(bytes.buffer);
    });
    send(subscribe('large'));
    if (i % 2 === 0) send(subscribe('small'));
  }
  const publisher = await under.connect(5, 'publisher');
  publisher.sendBytes(chunk);
  await publisher.ping();
  return buffers;
}

test('a large message is in memory once, whatever else each of its subscribers gets', async (t) => {
  // In one chunk, as a WebSocket hands them over.
  const chunk = concat(encode(publish('large', 200_000), 5), encode(publish('small', 5), 5));
  assert.equal((await memoryOf(t, chunk)).size, 1, 'copies of the large message');
});

test('a message with large properties is in memory once, also where its flags are not passed on', async (t) => {
  const correlationData = new Uint8Array(60_000);
  const userProperties: [string, string][] = [['name', 'x'.repeat(60_000)]];
  const chunk = encode({ ...publish('large', 5, true), properties: { correlationData, userProperties } }, 5);
  assert.equal((await memoryOf(t, chunk)).size, 1, 'copies of the message');
});
