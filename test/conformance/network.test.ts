/**
 * The essentials over every kind of listener: section 4.2, and section 6 for WebSocket. All the other files of this
 * folder run over TCP; what each kind of listener does on its own is in test/unit/transports.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProtocolVersion } from '../../src/mqtt/packets.ts';
import type { ListenerOptions } from '../../src/transports/listener.ts';
import { transportKinds } from '../suites/transportPeers.ts';
import { BrokerOverNetwork } from '../support/brokerOverNetwork.ts';
import { concat, frame, hex, uint16, utf8 } from '../support/bytes.ts';
import { connectBytes } from '../support/connectBytes.ts';

const names: Record<ListenerOptions['kind'], string> = {
  mqtt: 'TCP',
  mqtts: 'TLS',
  ws: 'WebSocket',
  wss: 'secure WebSocket',
  unix: 'a Unix socket',
};

const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 3600 } };

for (const { options } of transportKinds()) {
  /** Windows has no Unix sockets in the file system. */
  const skip = options.kind === 'unix' && process.platform === 'win32';
  for (const version of [4, 5] as const) {
    const testOver = (name: string, run: (under: BrokerOverNetwork) => Promise<void>): void => {
      test(`over ${names[options.kind]}, ${name} (${version === 5 ? '5.0' : '3.1.1'})`, { skip }, (t) =>
        run(new BrokerOverNetwork(t, {}, options)),
      );
    };
    essentials(testOver, version);
  }
}

type TestOver = (name: string, run: (under: BrokerOverNetwork) => Promise<void>) => void;

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
    const payload = Buffer.alloc(10_000_000, 'abc');
    client.sendPublish('t', payload);
    assert.ok(payload.equals((await client.expectMessage()).payload));
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
    const will = { topic: 'will', payload: new TextEncoder().encode('gone'), qos: 0, retain: false } as const;
    const client = await under.connect(version, 'a', { ...lasting, will });
    await client.subscribe('t', { qos: 2 });
    await client.breakOff();
    assert.equal((await watcher.expectMessage()).text, 'gone');
    await watcher.publish('t', 'waits', { qos: 2 });
    const again = under.open(version);
    assert.equal((await again.connect({ clientId: 'a', ...lasting })).sessionPresent, true);
    assert.equal((await again.expectMessage()).text, 'waits');
  });
}
