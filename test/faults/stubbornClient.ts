/**
 * A client that does what the standard asks of one to lose nothing over a bad link: it keeps what is not acknowledged,
 * connects again whenever its connection ends, and goes on where it was. Sections 4.3 and 4.4.
 */
import assert from 'node:assert/strict';
import type { Packet, PublishPacket, QoS } from '../../src/mqtt/packets.ts';
import { TcpClient } from './tcpClient.ts';

/** Messages on the way at once. */
const WINDOW = 20;

interface Outgoing {
  readonly packet: PublishPacket & { packetId: number };
  /** PUBREC came: only PUBREL is left to say. */
  isReceived: boolean;
}

export class StubbornClient {
  readonly #port: number;
  readonly #clientId: string;
  readonly #topicFilter: string | undefined;
  #client: TcpClient | undefined;
  #isDone = false;
  #wake: () => void = () => {};
  /** In the order first sent. */
  readonly #outgoing = new Map<number, Outgoing>();
  #lastPacketId = 0;
  /** QoS 2 messages that were taken and whose PUBREL has not come. */
  readonly #incoming = new Set<number>();
  /** What was taken, in its order; at QoS 1 the same may come again. */
  readonly received: { qos: QoS; text: string }[] = [];
  connections = 0;

  /** @param topicFilter what it subscribes to, at QoS 2, each time. */
  constructor(port: number, clientId: string, topicFilter?: string) {
    this.#port = port;
    this.#clientId = clientId;
    this.#topicFilter = topicFilter;
  }

  /** Connects, and again and again, until `stop`. Resolves then. */
  async run(): Promise<void> {
    while (!this.#isDone) {
      const client = new TcpClient(this.#port, {
        clientId: this.#clientId,
        cleanStart: false,
        properties: { sessionExpiryInterval: 3600 },
        acknowledges: false,
      });
      this.#client = client;
      client.onPacket = (packet) => this.#take(client, packet);
      client.sendConnect();
      await client.closed();
    }
  }

  /** Resolves when the message is on its way, with others before it perhaps. */
  async publish(topic: string, text: string, qos: 1 | 2): Promise<void> {
    await this.#until(() => this.#outgoing.size < WINDOW);
    const packetId = ++this.#lastPacketId;
    const payload = Buffer.from(text);
    const packet = { kind: 'publish', topic, payload, qos, retain: false, dup: false, packetId } as const;
    this.#outgoing.set(packetId, { packet, isReceived: false });
    if (this.#client?.connack !== undefined && !this.#client.isClosed) this.#client.send(packet);
  }

  /** Resolves when every message was acknowledged all the way. */
  allAcknowledged(): Promise<void> {
    return this.#until(() => this.#outgoing.size === 0);
  }

  /** Resolves when it holds: looked at after each packet. */
  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  untilReceived(count: number): Promise<void> {
    return this.#until(() => new Set(this.received.map(({ qos, text }) => `${qos} ${text}`)).size >= count);
  }

  untilSubscribed(): Promise<void> {
    return this.#until(() => (this.#client?.subscribed ?? 0) > 0);
  }

  stop(): void {
    this.#isDone = true;
    this.#client?.socket.destroy();
  }

  #take(client: TcpClient, packet: Packet): void {
    switch (packet.kind) {
      case 'connack':
        assert.equal(packet.reasonCode, 0);
        this.connections++;
        this.#goOn(client);
        break;
      case 'publish':
        this.#receive(client, packet);
        break;
      case 'puback':
      case 'pubcomp':
        this.#outgoing.delete(packet.packetId);
        break;
      case 'pubrec': {
        const outgoing = this.#outgoing.get(packet.packetId);
        if (outgoing !== undefined) outgoing.isReceived = true;
        client.send({ kind: 'pubrel', packetId: packet.packetId, reasonCode: 0 });
        break;
      }
      case 'pubrel':
        this.#incoming.delete(packet.packetId);
        client.send({ kind: 'pubcomp', packetId: packet.packetId, reasonCode: 0 });
        break;
      default:
        break;
    }
    this.#wake();
  }

  /** [MQTT-4.4.0-1] */
  #goOn(client: TcpClient): void {
    if (this.#topicFilter !== undefined) {
      const options = { qos: 2, noLocal: false, retainAsPublished: false, retainHandling: 2 } as const;
      const subscriptions = [{ topicFilter: this.#topicFilter, ...options }];
      client.send({ kind: 'subscribe', packetId: 1, subscriptions });
    }
    for (const { packet, isReceived } of this.#outgoing.values()) {
      client.send(
        isReceived ? { kind: 'pubrel', packetId: packet.packetId, reasonCode: 0 } : { ...packet, dup: true },
      );
    }
  }

  #receive(client: TcpClient, { qos, payload, packetId = 0 }: PublishPacket): void {
    // [MQTT-4.3.3-10]
    if (!this.#incoming.has(packetId)) this.received.push({ qos, text: Buffer.from(payload).toString() });
    if (qos === 2) this.#incoming.add(packetId);
    client.send({ kind: qos === 1 ? 'puback' : 'pubrec', packetId, reasonCode: 0 });
  }
}
