/**
 * A publisher and a subscriber that keep their side of a session as the standard asks, over any number of connections:
 * what is not acknowledged is sent again, and what comes again is known again.
 *
 * Section 4.4: a client resends, with the identifiers that they had, the PUBLISH packets and PUBREL packets that were
 * not acknowledged. Section 4.3.3: a QoS 2 message whose identifier is known is acknowledged and not taken twice.
 */
import assert from 'node:assert/strict';
import type { ConnectPacket, PacketId, ProtocolVersion, PublishPacket } from '../../src/mqtt/packets.ts';
import { RawClient } from '../support/rawClient.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Connects to a session that lasts, and checks that the broker has it if it ever said so. */
abstract class LastingClient {
  readonly clientId: string;
  readonly protocolVersion: ProtocolVersion;
  #isKnown = false;

  constructor(clientId: string, protocolVersion: ProtocolVersion) {
    this.clientId = clientId;
    this.protocolVersion = protocolVersion;
  }

  protected async connect(
    port: number,
    properties: NonNullable<ConnectPacket['properties']> = {},
  ): Promise<RawClient> {
    const client = await RawClient.overTcp(port, this.protocolVersion);
    const lasting = { properties: { sessionExpiryInterval: 3600, ...properties } };
    const connack = await client.connect({
      clientId: this.clientId,
      cleanStart: false,
      ...(this.protocolVersion === 5 && lasting),
    });
    assert.equal(connack.sessionPresent, this.#isKnown, `the session of ${this.clientId}`);
    this.#isKnown = true;
    return client;
  }
}

interface Unacknowledged {
  readonly number: number;
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly retain: boolean;
  /** QoS 2: PUBREC came. */
  isReceived: boolean;
}

/** How many messages are on their way to the broker at once. */
const WINDOW = 30;

export interface Sending {
  readonly topic: string;
  /** Appended to the message's number. */
  readonly padding: string;
  readonly retain: boolean;
}

export class LastingPublisher extends LastingClient {
  readonly qos: 1 | 2;
  readonly #next: (number: number) => Sending;
  /** In the order first sent. */
  readonly #unacknowledged = new Map<PacketId, Unacknowledged>();
  #lastPacketId = 0;
  /** How many messages were sent, numbered from 1. */
  sent = 0;
  /** The numbers that the broker has taken over: PUBACK, or PUBREC. */
  readonly acknowledged = new Set<number>();

  /** @param next what the message of this number is. */
  constructor(
    clientId: string,
    protocolVersion: ProtocolVersion,
    qos: 1 | 2,
    next: (number: number) => Sending,
  ) {
    super(clientId, protocolVersion);
    this.qos = qos;
    this.#next = next;
  }

  /** Connects, and returns what publishes until the connection ends. */
  async start(port: number, onAcknowledged: () => void): Promise<() => Promise<void>> {
    const client = await this.connect(port);
    return async () => {
      this.#resend(client);
      this.#fill(client);
      for await (const packet of client.packets()) {
        if (this.#handle(client, packet.kind, 'packetId' in packet ? (packet.packetId ?? 0) : 0))
          onAcknowledged();
        this.#fill(client);
      }
    };
  }

  /** Connects, sends again what is not acknowledged, and leaves when all of it is. */
  async finish(port: number): Promise<void> {
    const client = await this.connect(port);
    this.#resend(client);
    while (this.#unacknowledged.size > 0) {
      const packet = await client.next();
      this.#handle(client, packet.kind, 'packetId' in packet ? (packet.packetId ?? 0) : 0);
    }
    await client.disconnect();
  }

  #resend(client: RawClient): void {
    for (const [packetId, message] of this.#unacknowledged) {
      if (message.isReceived) client.send({ kind: 'pubrel', packetId, reasonCode: 0 });
      else this.#send(client, packetId, message, true);
    }
  }

  #fill(client: RawClient): void {
    while (this.#unacknowledged.size < WINDOW) {
      const number = ++this.sent;
      const { topic, padding, retain } = this.#next(number);
      const payload = encoder.encode(`${number} ${padding}`);
      const message = { number, topic, payload, retain, isReceived: false };
      do this.#lastPacketId = (this.#lastPacketId % 65_535) + 1;
      while (this.#unacknowledged.has(this.#lastPacketId));
      this.#unacknowledged.set(this.#lastPacketId, message);
      this.#send(client, this.#lastPacketId, message, false);
    }
  }

  #send(client: RawClient, packetId: PacketId, message: Unacknowledged, dup: boolean): void {
    const { topic, payload, retain } = message;
    client.sendPublish(topic, payload, { qos: this.qos, packetId, retain, dup });
  }

  /** Returns whether the broker took over a message. */
  #handle(client: RawClient, kind: string, packetId: PacketId): boolean {
    const message = this.#unacknowledged.get(packetId);
    switch (kind) {
      case 'puback':
        assert.ok(message !== undefined, `${this.clientId}: PUBACK for ${packetId}, which is not in use`);
        this.#unacknowledged.delete(packetId);
        this.acknowledged.add(message.number);
        return true;
      case 'pubrec':
        assert.ok(message !== undefined, `${this.clientId}: PUBREC for ${packetId}, which is not in use`);
        message.isReceived = true;
        this.acknowledged.add(message.number);
        client.send({ kind: 'pubrel', packetId, reasonCode: 0 });
        return true;
      case 'pubcomp':
        this.#unacknowledged.delete(packetId);
        return false;
      default:
        return assert.fail(`${this.clientId}: ${kind} came`);
    }
  }
}

export class LastingSubscriber extends LastingClient {
  readonly #topicFilter: string;
  readonly #receiveMaximum: number;
  /** QoS 2 messages that were taken, and whose PUBREL has not come. */
  readonly #incoming = new Set<PacketId>();
  /** The numbers of the messages in the order in which they were taken, by topic. */
  readonly received = new Map<string, number[]>();
  receivedCount = 0;

  constructor(clientId: string, topicFilter: string, receiveMaximum: number) {
    super(clientId, 5);
    this.#topicFilter = topicFilter;
    this.#receiveMaximum = receiveMaximum;
  }

  /** The first connection: the only one that subscribes. */
  async subscribe(port: number): Promise<void> {
    const client = await this.connect(port);
    await client.subscribe(this.#topicFilter, { qos: 2 });
    await client.disconnect();
  }

  /** Connects, and returns what takes messages until the connection ends, or one of this topic came. */
  async start(port: number, lastTopic?: string): Promise<() => Promise<void>> {
    const client = await this.connect(port, { receiveMaximum: this.#receiveMaximum });
    return async () => {
      for await (const packet of client.packets()) {
        if (packet.kind === 'pubrel') {
          this.#incoming.delete(packet.packetId);
          client.send({ kind: 'pubcomp', packetId: packet.packetId, reasonCode: 0 });
        } else if (packet.kind === 'publish') {
          this.#take(client, packet);
          if (packet.topic === lastTopic) return client.breakOff();
        } else assert.fail(`${this.clientId}: ${packet.kind} came`);
      }
    };
  }

  #take(client: RawClient, { topic, payload, qos, packetId = 0 }: PublishPacket): void {
    if (qos === 1 || !this.#incoming.has(packetId)) {
      const numbers = this.received.get(topic) ?? [];
      numbers.push(Number.parseInt(decoder.decode(payload), 10));
      this.received.set(topic, numbers);
      this.receivedCount++;
    }
    if (qos === 2) this.#incoming.add(packetId);
    client.send({ kind: qos === 2 ? 'pubrec' : 'puback', packetId, reasonCode: 0 });
  }
}
