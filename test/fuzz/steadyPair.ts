/** A publisher and a subscriber that do nothing wrong, beside clients that do: what the broker owes them holds on. */
import assert from 'node:assert/strict';
import type { ConnectPacket, ProtocolVersion, QoS } from '../../src/mqtt/packets.ts';
import type { MemoryClient } from './memoryClient.ts';

/** More than the subscriber takes aliases for. */
const TOPICS = 3;
const TOPIC_ALIAS_MAXIMUM = 2;

export class SteadyPair {
  readonly #publisher: MemoryClient;
  readonly #subscriber: MemoryClient;
  readonly #versions: readonly [publisher: ProtocolVersion, subscriber: ProtocolVersion];
  readonly #maximumQoS: QoS;
  readonly #settle: () => Promise<void>;
  #messages = 0;

  /** @param settle resolves when the broker has nothing more to do in this turn. */
  static async connect(
    open: () => MemoryClient,
    versions: readonly [publisher: ProtocolVersion, subscriber: ProtocolVersion],
    maximumQoS: QoS,
    settle: () => Promise<void>,
  ): Promise<SteadyPair> {
    const pair = new SteadyPair(open(), open(), versions, maximumQoS, settle);
    pair.#publisher.send(connectPacket('steady-publisher', versions[0]), versions[0]);
    pair.#subscriber.send(connectPacket('steady-subscriber', versions[1]), versions[1]);
    const options = { noLocal: false, retainAsPublished: false, retainHandling: 0 } as const;
    pair.#subscriber.send(
      { kind: 'subscribe', packetId: 1, subscriptions: [{ topicFilter: 'steady/+', qos: 2, ...options }] },
      versions[1],
    );
    await settle();
    assert.deepEqual(kindsOf(pair.#publisher), ['connack']);
    assert.deepEqual(kindsOf(pair.#subscriber), ['connack', 'suback']);
    return pair;
  }

  private constructor(
    publisher: MemoryClient,
    subscriber: MemoryClient,
    versions: readonly [publisher: ProtocolVersion, subscriber: ProtocolVersion],
    maximumQoS: QoS,
    settle: () => Promise<void>,
  ) {
    this.#publisher = publisher;
    this.#subscriber = subscriber;
    this.#versions = versions;
    this.#maximumQoS = maximumQoS;
    this.#settle = settle;
  }

  /** The next message arrives, once, at its QoS, and is acknowledged all the way. */
  async exchange(): Promise<void> {
    const n = ++this.#messages;
    const topic = `steady/${n % TOPICS}`;
    const qos = (n % (this.#maximumQoS + 1)) as QoS; // the rest of a division by 3 at most
    this.#publisher.send(
      {
        kind: 'publish',
        topic,
        payload: Buffer.from(`${n}`),
        qos,
        retain: false,
        dup: false,
        ...(qos > 0 && { packetId: n }),
      },
      this.#versions[0],
    );
    const received: string[] = [];
    const acknowledgements: string[] = [];
    // As many turns as the longest exchange has.
    for (let turn = 0; turn < 3; turn++) {
      await this.#settle();
      for (const { topic: to, payload, qos: as } of this.#subscriber.acknowledge())
        received.push(`${Buffer.from(payload)} to ${to} at ${as}`);
      for (const packet of this.#publisher.takePackets()) {
        acknowledgements.push(packet.kind);
        if (packet.kind === 'pubrec')
          this.#publisher.send({ kind: 'pubrel', packetId: n, reasonCode: 0 }, this.#versions[0]);
      }
    }
    assert.deepEqual(received, [`${n} to ${topic} at ${qos}`], 'what the steady subscriber got');
    assert.deepEqual(
      acknowledgements,
      [[], ['puback'], ['pubrec', 'pubcomp']][qos],
      'what the steady publisher got',
    );
    this.check();
  }

  /** Both are connected, and got nothing that they should not have. */
  check(): void {
    this.#publisher.check();
    this.#subscriber.check();
    assert.ok(!this.#publisher.isClosed && !this.#subscriber.isClosed, 'a steady client was disconnected');
    assert.deepEqual(
      [...kindsOf(this.#publisher), ...kindsOf(this.#subscriber)],
      [],
      'nobody asked for this',
    );
  }

  disconnect(): void {
    this.#publisher.send({ kind: 'disconnect', reasonCode: 0 }, this.#versions[0]);
    this.#subscriber.send({ kind: 'disconnect', reasonCode: 0 }, this.#versions[1]);
  }
}

function kindsOf(client: MemoryClient): string[] {
  return client.takePackets().map(({ kind }) => kind);
}

function connectPacket(clientId: string, protocolVersion: ProtocolVersion): ConnectPacket {
  return {
    kind: 'connect',
    protocolVersion,
    cleanStart: true,
    keepAliveSeconds: 0,
    clientId,
    ...(protocolVersion === 5 && { properties: { topicAliasMaximum: TOPIC_ALIAS_MAXIMUM } }),
  };
}
