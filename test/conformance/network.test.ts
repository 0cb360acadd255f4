/**
 * The essentials over every kind of listener: section 4.2, and section 6 for WebSocket. All the other files of this
 * folder run over TCP; what each kind of listener does on its own is in test/unit/transports.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectPacket, ProtocolVersion } from '../../src/mqtt/packets.ts';
import { type TransportKindUnderTest, transportKinds } from '../suites/transportPeers.ts';
import { BrokerOverNetwork } from '../support/brokerOverNetwork.ts';
import { concat, frame, hex, uint16, utf8 } from '../support/bytes.ts';
import { connectBytes } from '../support/connectBytes.ts';

const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 3600 } };

const versionNames = { 3: '3.1', 4: '3.1.1', 5: '5.0' } as const;

for (const kind of transportKinds()) {
  for (const version of [3, 4, 5] as const) acknowledgements(testsOver(kind, version), version);
  for (const version of [4, 5] as const) essentials(testsOver(kind, version), version);
}

type TestOver = (name: string, run: (under: BrokerOverNetwork) => Promise<void>) => void;

function testsOver(kind: TransportKindUnderTest, version: ProtocolVersion): TestOver {
  /** Windows has no Unix sockets in the file system. */
  const skip = kind.options.kind === 'unix' && process.platform === 'win32';
  return (name, run) =>
    test(`over ${kind.name}, ${name} (${versionNames[version]})`, { skip }, (t) =>
      run(new BrokerOverNetwork(t, {}, kind)),
    );
}

function acknowledgements(testOver: TestOver, version: ProtocolVersion): void {
  testOver('messages of QoS 0, 1 and 2 go through, and each acknowledgement comes', async (under) => {
    const receiver = await under.connect(version, 'receiver');
    await receiver.subscribe('qos/+', { qos: 2 });
    const sender = await under.connect(version, 'sender');
    for (const qos of [0, 1, 2] as const) {
      await sender.publish(`qos/${qos}`, `payload ${qos}`, { qos });
      const message = await receiver.expectMessage();
      assert.deepEqual([message.topic, message.text, message.qos], [`qos/${qos}`, `payload ${qos}`, qos]);
      const packetId = message.packetId ?? 0; // of QoS 1 and 2: it has one
      if (qos === 1) receiver.send({ kind: 'puback', packetId, reasonCode: 0 });
      if (qos === 2) {
        receiver.send({ kind: 'pubrec', packetId, reasonCode: 0 });
        assert.equal((await receiver.expect('pubrel')).packetId, packetId);
        receiver.send({ kind: 'pubcomp', packetId, reasonCode: 0 });
      }
    }
    await receiver.ping();
    await sender.disconnect();
    await receiver.disconnect();
  });
}

function essentials(testOver: TestOver, version: ProtocolVersion): void {
  const properties = version === 5 ? [0] : [];

  testOver('messages of every QoS arrive whole and in order [MQTT-4.2-1]', async (under) => {
    const subscriber = await under.connect(version, 'subscriber');
    const publisher = await under.connect(version, 'publisher');
    await subscriber.subscribe('t', { qos: 0 });
    for (let i = 0; i < 99; i++) {
      await publisher.publish('t', `${i}`.padEnd(i * 300), { qos: (i % 3) as 0 | 1 | 2 }); // 0, 1, 2, 0, …
    }
    for (let i = 0; i < 99; i++) {
      assert.equal((await subscriber.expectMessage()).text, `${i}`.padEnd(i * 300));
    }
    await publisher.disconnect();
    await subscriber.disconnect();
  });

  testOver('a payload of 10 MB arrives as it was sent [MQTT-4.2-1]', async (under) => {
    const client = await under.connect(version, 'a');
    await client.subscribe('t');
    const payload = Buffer.alloc(10_000_000).map((_, i) => (i * 31 + (i >>> 8) * 17) & 0xff);
    client.sendPublish('t', payload);
    assert.ok(Buffer.from((await client.expectMessage()).payload).equals(payload));
    await client.ping();
  });

  testOver('packets may be joined, and cut at every byte [MQTT-4.2-1]', async (under) => {
    const client = under.open(version);
    const packets = concat(
      connectBytes({ level: version }),
      frame(0x82, uint16(7), properties, utf8('t'), 1),
      frame(0x32, utf8('t'), uint16(8), properties, 0x6d),
    );
    for (const byte of packets) client.sendBytes(Uint8Array.of(byte));
    await client.expect('connack');
    await client.expect('suback');
    const [message, puback] = [await client.expectMessage(), await client.expect('puback')];
    assert.deepEqual([message.text, puback.packetId], ['m', 8]);
    client.sendBytes(concat(hex('C0 00'), hex('C0 00 C0')));
    client.sendBytes(hex('00'));
    for (let i = 0; i < 3; i++) await client.expect('pingresp');
  });

  testOver(
    'a packet and a half may come in one piece, the rest of it with the next [MQTT-4.2-1]',
    async (under) => {
      const client = await under.connect(version, 'cut');
      await client.subscribe('t');
      const publish = (text: string): Uint8Array =>
        frame(0x30, utf8('t'), properties, [...Buffer.from(text)]);
      const all = concat(publish('one'), publish('two'), publish('three'));
      const half = publish('one').length + 3;
      client.sendBytes(all.subarray(0, half));
      client.sendBytes(all.subarray(half));
      for (const text of ['one', 'two', 'three']) assert.equal((await client.expectMessage()).text, text);
      await client.ping();
    },
  );

  testOver('a client that is silent for too long is disconnected, and its will goes out', async (under) => {
    const watcher = await under.connect(version, 'watcher');
    await watcher.subscribe('will/silent');
    const client = await under.connect(version, 'silent', {
      keepAliveSeconds: 10,
      will: willOn('will/silent'),
    });
    under.clock.advance(14_000);
    await client.ping();
    under.clock.advance(14_000);
    await watcher.ping();
    under.clock.advance(2000);
    await client.expectDisconnected(0x8d);
    assert.equal((await watcher.expectMessage()).text, 'gone');
    await watcher.disconnect();
  });

  testOver('the will goes out when the connection breaks, and not after a DISCONNECT', async (under) => {
    const watcher = await under.connect(version, 'watcher');
    await watcher.subscribe('will/#');
    const broken = await under.connect(version, 'broken', { will: willOn('will/broken') });
    await broken.breakOff();
    assert.equal((await watcher.expectMessage()).topic, 'will/broken');
    const polite = await under.connect(version, 'polite', { will: willOn('will/polite') });
    await polite.disconnect();
    await watcher.ping();
    await watcher.disconnect();
  });

  testOver('a fault is told, its connection closed, and no other', async (under) => {
    const bystander = await under.connect(version, 'bystander');
    const client = await under.connect(version, 'a');
    client.sendBytes(hex('36 00')); // QoS 3
    await client.expectDisconnected(0x81);
    await bystander.ping();
  });

  testOver('a client that vanishes leaves its will, and comes back to its session', async (under) => {
    const watcher = await under.connect(version, 'watcher');
    await watcher.subscribe('will');
    const client = await under.connect(version, 'a', { ...lasting, will: willOn('will') });
    await client.subscribe('t', { qos: 2 });
    await client.breakOff();
    assert.equal((await watcher.expectMessage()).text, 'gone');
    await watcher.publish('t', 'waits', { qos: 2 });
    const again = under.open(version);
    assert.equal((await again.connect({ clientId: 'a', ...lasting })).sessionPresent, true);
    assert.equal((await again.expectMessage()).text, 'waits');
  });
}

function willOn(topic: string): NonNullable<ConnectPacket['will']> {
  return { topic, payload: Buffer.from('gone'), qos: 0, retain: false };
}
