/**
 * The essentials of MQTT over every way to the broker: what the conformance tests show in full over one of them.
 *
 * A whole broker as a configuration opens it. Time is moved by hand.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ListenerConfiguration } from '../../src/configuration/brokerConfiguration.ts';
import { type OpenBroker, openBroker } from '../../src/engine/openBroker.ts';
import { encode } from '../../src/mqtt/encode.ts';
import type { ConnectPacket, ProtocolVersion } from '../../src/mqtt/packets.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { RawClient } from '../support/rawClient.ts';
import { inRepository } from '../support/repository.ts';
import type { TransportKindUnderTest } from './transportPeers.ts';

const LARGE_PAYLOAD_BYTES = 1_500_000;

export function testMqtt(kind: TransportKindUnderTest): void {
  describe(`MQTT over ${kind.name}`, () => {
    const clock = new FakeClock();
    let open: OpenBroker;

    before(async () => {
      const configuration = { listeners: [listenerOf(kind)], limits: {} };
      const result = await openBroker(configuration, { clock });
      assert.ok(result.kind === 'opened', JSON.stringify(result));
      open = result.opened;
    });

    after(async () => {
      await open.stop();
      const { internalErrors, connections } = open.broker.counters;
      assert.deepEqual({ internalErrors, connections }, { internalErrors: 0, connections: 0 });
    });

    async function dial(protocolVersion: ProtocolVersion): Promise<RawClient> {
      const [listener] = open.listeners;
      assert.ok(listener);
      return RawClient.overStream(await kind.connectStream(listener.info), protocolVersion);
    }

    async function connect(
      protocolVersion: ProtocolVersion,
      clientId: string,
      options: Partial<ConnectPacket> = {},
    ): Promise<RawClient> {
      const client = await dial(protocolVersion);
      await client.connect({ clientId, ...options });
      return client;
    }

    for (const protocolVersion of [3, 4, 5] as const) {
      const version = { 3: '3.1', 4: '3.1.1', 5: '5.0' }[protocolVersion];

      test(`messages of QoS 0, 1 and 2 go through, and each acknowledgement comes (${version})`, async () => {
        const receiver = await connect(protocolVersion, 'receiver');
        await receiver.subscribe('qos/+', { qos: 2 });
        const sender = await connect(protocolVersion, 'sender');
        for (const qos of [0, 1, 2] as const) {
          await sender.publish(`qos/${qos}`, `payload ${qos}`, { qos });
          const message = await receiver.expectMessage();
          assert.deepEqual([message.topic, message.text, message.qos], [`qos/${qos}`, `payload ${qos}`, qos]);
          const { packetId } = message;
          if (qos === 1) receiver.send({ kind: 'puback', packetId: packetId!, reasonCode: 0 }); // of QoS 1: it has one
          if (qos === 2) {
            receiver.send({ kind: 'pubrec', packetId: packetId!, reasonCode: 0 }); // as above
            assert.equal((await receiver.expect('pubrel')).packetId, packetId);
            receiver.send({ kind: 'pubcomp', packetId: packetId!, reasonCode: 0 });
          }
        }
        await receiver.ping();
        await sender.disconnect();
        await receiver.disconnect();
      });
    }

    test('a packet far larger than a frame or a buffer arrives whole, both ways', async () => {
      const client = await connect(5, 'large');
      await client.subscribe('large', { qos: 1 });
      const payload = new Uint8Array(LARGE_PAYLOAD_BYTES).map((_, i) => (i * 31 + (i >>> 8) * 17) & 0xff);
      client.sendPublish('large', payload, { qos: 0 });
      const message = await client.expect('publish');
      assert.ok(Buffer.from(message.payload).equals(payload));
      await client.disconnect();
    });

    test('packets cut into single bytes, and joined with others, are the same packets', async () => {
      const client = await dial(5);
      const connectPacket: ConnectPacket = {
        kind: 'connect',
        protocolVersion: 5,
        cleanStart: true,
        keepAliveSeconds: 0,
        clientId: 'cut',
      };
      for (const byte of encode(connectPacket, 5)) client.sendBytes(Uint8Array.of(byte));
      assert.equal((await client.expect('connack')).reasonCode, 0);
      await client.subscribe('cut');
      const publish = (text: string): Uint8Array =>
        encode(
          { kind: 'publish', topic: 'cut', payload: Buffer.from(text), qos: 0, retain: false, dup: false },
          5,
        );
      // One packet and a half in one piece; the rest of the second with the third.
      const all = Buffer.concat([publish('one'), publish('two'), publish('three')]);
      const half = publish('one').length + 3;
      client.sendBytes(all.subarray(0, half));
      client.sendBytes(all.subarray(half));
      for (const text of ['one', 'two', 'three']) assert.equal((await client.expectMessage()).text, text);
      for (const byte of encode({ kind: 'pingreq' }, 5)) client.sendBytes(Uint8Array.of(byte));
      await client.expect('pingresp');
      await client.disconnect();
    });

    test('a client that is silent for longer than its keep alive allows is disconnected, and its will goes out', async () => {
      const watcher = await connect(5, 'watcher');
      await watcher.subscribe('will/silent');
      const client = await connect(5, 'silent', { keepAliveSeconds: 10, will: willOn('will/silent') });
      clock.advance(14_000);
      await client.ping();
      clock.advance(14_000);
      await watcher.ping();
      clock.advance(2000);
      await client.expectDisconnected(0x8d);
      assert.equal((await watcher.expectMessage()).text, 'gone');
      await watcher.disconnect();
    });

    test('the will goes out when the connection breaks, and does not after a DISCONNECT', async () => {
      const watcher = await connect(5, 'watcher');
      await watcher.subscribe('will/#');
      const broken = await connect(4, 'broken', { will: willOn('will/broken') });
      await broken.breakOff();
      assert.equal((await watcher.expectMessage()).topic, 'will/broken');
      const polite = await connect(4, 'polite', { will: willOn('will/polite') });
      await polite.disconnect();
      await watcher.ping();
      await watcher.disconnect();
    });

    test('a packet that breaks the standard ends its connection alone, with the reason', async () => {
      const bystander = await connect(5, 'bystander');
      const client = await connect(5, 'faulty');
      // PUBLISH of QoS 3, remaining length 4, topic "a", payload "b"
      client.sendBytes(Buffer.from('3604000161' + '62', 'hex'));
      await client.expectDisconnected(0x81);
      await bystander.ping();
      await bystander.disconnect();
    });
  });
}

function willOn(topic: string): NonNullable<ConnectPacket['will']> {
  return { topic, payload: Buffer.from('gone'), qos: 0, retain: false };
}

function listenerOf({ options }: TransportKindUnderTest): ListenerConfiguration {
  const fixture = (name: string): string => inRepository(`test/fixtures/tls/${name}`);
  switch (options.kind) {
    case 'unix':
      return { kind: 'unix', path: options.path };
    case 'mqtt':
    case 'ws':
      return { kind: options.kind, host: options.host, port: 0 };
    case 'mqtts':
    case 'wss':
      return {
        kind: options.kind,
        host: options.host,
        port: 0,
        tls: {
          cert: fixture('server.crt'),
          key: fixture('server.key'),
          clientCertificate: 'none',
          commonNameAsUser: false,
          minTlsVersion: '1.2',
        },
      };
  }
}
