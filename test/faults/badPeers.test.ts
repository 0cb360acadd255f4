/** Sockets that do not do what a client does: say nothing, say it byte by byte, never read, or end in mid-packet. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { encode } from '../../src/mqtt/encode.ts';
import type { Packet, ProtocolVersion } from '../../src/mqtt/packets.ts';
import { MIB } from './residentMemory.ts';
import { SocketBroker } from './socketBroker.ts';
import { TcpClient } from './tcpClient.ts';

const subscriptions = [
  { topicFilter: 't', qos: 1, noLocal: false, retainAsPublished: false, retainHandling: 0 },
] as const;
const message = {
  kind: 'publish',
  topic: 't',
  payload: Buffer.from('m'),
  retain: false,
  dup: false,
} as const;

test('sockets that never send CONNECT are closed, and others connect meanwhile', async (t) => {
  const { broker, port } = await SocketBroker.start(t, { connectTimeoutSeconds: 1 });
  const silent = Array.from({ length: 200 }, (_, i) => new TcpClient(port, { clientId: `silent-${i}` }));
  // One begins its CONNECT and does not go on.
  silent[0]?.socket.write(Buffer.of(0x10));
  const client = await TcpClient.connect(port, { clientId: 'client' });
  await Promise.all(silent.map((socket) => socket.closed()));
  await client.ping();
  assert.equal(broker.counters.connectionsRefused, silent.length);
  assert.equal(broker.counters.sessions, 1);
});

for (const protocolVersion of [3, 4, 5] as const) {
  const name = { 3: '3.1', 4: '3.1.1', 5: '5.0' }[protocolVersion];

  test(`a client that sends byte by byte is served like any (${name})`, async (t) => {
    const { port } = await SocketBroker.start(t);
    const client = new TcpClient(port, { clientId: 'slow', protocolVersion });
    for (const byte of transcript(protocolVersion)) client.socket.write(Buffer.of(byte));
    await client.until(() => client.acknowledged === 1 && client.messages.length === 2);
    await client.ping();
  });

  test(`a connection may end after any byte of any packet (${name})`, async (t) => {
    const under = await SocketBroker.start(t);
    const { broker, port } = under;
    const bytes = transcript(protocolVersion);
    const steady = await TcpClient.connect(port, { clientId: 'steady' });
    for (let cut = 0; cut <= bytes.length; cut++) {
      const client = new TcpClient(port, { clientId: 'cut', protocolVersion });
      await once(client.socket, 'connect');
      client.socket.write(bytes.subarray(0, cut), () =>
        cut % 2 === 0 ? client.socket.destroy() : client.socket.end(),
      );
      await client.closed();
    }
    await under.until(bytes.length + 2, 1);
    await steady.ping();
    const { sessions, subscriptions, queuedMessages } = broker.counters;
    assert.deepEqual([sessions, subscriptions, queuedMessages], [1, 0, 0]);
  });
}

/** More than the buffers of both ends' networks take. */
const ANSWERS_BYTES = 8 * MIB;

interface Flood {
  readonly packet: Packet;
  readonly answerBytes: number;
  countAnswers(client: TcpClient): number;
}

const floods: Readonly<Record<string, Flood>> = {
  PINGREQ: { packet: { kind: 'pingreq' }, answerBytes: 2, countAnswers: ({ pongs }) => pongs },
  SUBSCRIBE: {
    packet: { kind: 'subscribe', packetId: 1, subscriptions },
    answerBytes: 6,
    countAnswers: ({ subscribed }) => subscribed,
  },
  'PUBLISH of QoS 1': {
    packet: { ...message, qos: 1, packetId: 1 },
    answerBytes: 5,
    countAnswers: ({ acknowledged }) => acknowledged,
  },
};

for (const [name, { packet, answerBytes, countAnswers }] of Object.entries(floods)) {
  test(`a client that floods ${name} and reads nothing is not read from, and gets every answer once it reads`, async (t) => {
    const { broker, port, transports } = await SocketBroker.start(t);
    const flooder = await TcpClient.connect(port, { clientId: 'flooder' });
    flooder.socket.pause();
    const bytes = encode(packet, 5);
    const packets = Math.ceil(ANSWERS_BYTES / answerBytes);
    flooder.socket.write(Buffer.alloc(packets * bytes.length, bytes));

    const other = await TcpClient.connect(port, { clientId: 'other' });
    const flooded = transports[0]!; // its connection came first
    // As long as the broker still reads, and some exchanges more.
    for (let before = -1, quiet = 0; quiet < 20; quiet++) {
      if (broker.counters.bytesReceived - before > 2) quiet = 0;
      before = broker.counters.bytesReceived;
      await other.ping();
      assert.ok(flooded.bufferedBytes < MIB, `${flooded.bufferedBytes} bytes wait to be read`);
    }
    assert.ok(broker.counters.packetsReceived < packets, 'it was held back');
    flooder.socket.resume();
    await flooder.until(() => countAnswers(flooder) === packets);
  });
}

/** A conversation in which every kind of packet that a client sends comes once. */
function transcript(protocolVersion: ProtocolVersion): Buffer {
  const clientId = 'transcript';
  const packets: Packet[] = [
    { kind: 'connect', protocolVersion, cleanStart: true, keepAliveSeconds: 0, clientId },
    { kind: 'subscribe', packetId: 1, subscriptions },
    { ...message, qos: 1, packetId: 1 },
    { ...message, qos: 2, packetId: 2 },
    { kind: 'pubrel', packetId: 2, reasonCode: 0 },
    { kind: 'unsubscribe', packetId: 3, topicFilters: ['t'] },
    { kind: 'pingreq' },
  ];
  return Buffer.concat(packets.map((packet) => encode(packet, protocolVersion)));
}
