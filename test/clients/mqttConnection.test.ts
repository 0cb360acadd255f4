/**
 * mqtt-connection, the older npm package for programs that speak MQTT packet by packet: it keeps no state and answers
 * nothing by itself, so that every acknowledgement here was asked for.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import Connection, { type ArrivedPacket } from 'mqtt-connection';
import { brokerOfSuite } from '../support/cliBroker.ts';

const broker = brokerOfSuite();

const versions = [
  { name: '3.1', protocolId: 'MQIsdp', protocolVersion: 3 },
  { name: '3.1.1', protocolId: 'MQTT', protocolVersion: 4 },
];

/** One connection that remembers what came until somebody asks for it. */
class Peer {
  readonly send: Connection;
  connack: ArrivedPacket | undefined;
  readonly #arrived: ArrivedPacket[] = [];
  #wake: () => void = () => undefined;

  /** Resolves when the broker has accepted the CONNECT. */
  static async connect(t: TestContext, packet: object): Promise<Peer> {
    const socket = connect(broker().port('mqtt'), '127.0.0.1');
    t.after(() => socket.destroy());
    const peer = new Peer(new Connection(socket, { notData: true }));
    peer.send.connect({ clean: true, keepalive: 60, ...packet });
    peer.connack = await peer.next('connack');
    assert.equal(peer.connack.returnCode, 0);
    return peer;
  }

  private constructor(connection: Connection) {
    this.send = connection;
    connection.on('data', (packet) => {
      this.#arrived.push(packet);
      this.#wake();
    });
  }

  /** The next packet of this kind; those before it stay for who asks for them. */
  async next(cmd: string): Promise<ArrivedPacket> {
    for (;;) {
      const index = this.#arrived.findIndex((packet) => packet.cmd === cmd);
      const [packet] = index === -1 ? [] : this.#arrived.splice(index, 1);
      if (packet !== undefined) return packet;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** What came before the answer to a ping, and nobody asked for. */
  async rest(): Promise<ArrivedPacket[]> {
    this.send.pingreq();
    await this.next('pingresp');
    return this.#arrived.splice(0);
  }
}

async function subscribe(peer: Peer, topic: string): Promise<void> {
  peer.send.subscribe({ messageId: 42, subscriptions: [{ topic, qos: 2 }] });
  assert.deepEqual((await peer.next('suback')).granted, [2]);
}

for (const { name, ...version } of versions) {
  test(`mqtt-connection, MQTT ${name}: QoS 0, 1 and 2 there and back, each step answered once`, async (t) => {
    const subscriber = await Peer.connect(t, { ...version, clientId: 'sub' });
    await subscribe(subscriber, `steps-${name}/#`);
    const publisher = await Peer.connect(t, { ...version, clientId: 'pub' });
    for (const qos of [0, 1, 2])
      publisher.send.publish({
        topic: `steps-${name}/${qos}`,
        payload: `payload ${qos}`,
        qos,
        messageId: 7 + qos,
      });
    assert.equal((await publisher.next('puback')).messageId, 8);
    assert.equal((await publisher.next('pubrec')).messageId, 9);
    publisher.send.pubrel({ messageId: 9 });
    assert.equal((await publisher.next('pubcomp')).messageId, 9);
    assert.deepEqual(await publisher.rest(), []);

    for (const qos of [0, 1, 2]) {
      const packet = await subscriber.next('publish');
      assert.equal(
        `${packet.topic}|${packet.qos}|${packet.payload}`,
        `steps-${name}/${qos}|${qos}|payload ${qos}`,
      );
      const answer = { messageId: packet.messageId };
      if (qos === 1) subscriber.send.puback(answer);
      if (qos !== 2) continue;
      subscriber.send.pubrec(answer);
      assert.equal((await subscriber.next('pubrel')).messageId, packet.messageId);
      subscriber.send.pubcomp(answer);
    }
    assert.deepEqual(await subscriber.rest(), []);
  });

  test(`mqtt-connection, MQTT ${name}: what was not acknowledged comes again to the session, and what was does not`, async (t) => {
    const topic = `again-${name}`;
    const session = { ...version, clientId: `sleeper-${name}`, clean: false };
    const first = await Peer.connect(t, session);
    await subscribe(first, topic);
    const publisher = await Peer.connect(t, { ...version, clientId: 'pub' });
    publisher.send.publish({ topic, payload: 'taken', qos: 1, messageId: 1 });
    publisher.send.publish({ topic, payload: 'not taken', qos: 1, messageId: 2 });
    const taken = await first.next('publish');
    assert.equal(String(taken.payload), 'taken');
    const lost = await first.next('publish');
    first.send.puback({ messageId: taken.messageId });
    assert.deepEqual(await first.rest(), []);
    const closed = once(first.send, 'close');
    first.send.disconnect();
    await closed;

    const second = await Peer.connect(t, session);
    // 3.1 has no Session Present flag.
    assert.equal(second.connack?.sessionPresent, name === '3.1.1');
    const again = await second.next('publish');
    assert.deepEqual(
      { payload: String(again.payload), messageId: again.messageId, dup: again.dup },
      { payload: 'not taken', messageId: lost.messageId, dup: true },
    );
    second.send.puback({ messageId: again.messageId });
    assert.deepEqual(await second.rest(), []);
  });
}
