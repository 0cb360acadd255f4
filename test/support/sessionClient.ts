/**
 * A client that keeps its session as section 4.1 asks, and whose connection ends exactly where a test wants it: before
 * or after any one of the packets of its QoS 1 and 2 flows, in either direction.
 *
 * Answers what it is sent, sends again after a reconnection what was not acknowledged, and writes down what it was
 * delivered: QoS 2 once, whatever came twice.
 */
import assert from 'node:assert/strict';
import type { ConnectPacket, Packet, ProtocolVersion, PublishPacket, QoS } from '../../src/mqtt/packets.ts';
import type { RawClient } from './rawClient.ts';

/** Thrown where the connection is to end. */
class Cut extends Error {}

interface Outgoing {
  readonly text: string;
  readonly qos: QoS;
  isReleased: boolean;
}

export class SessionClient {
  /** What the application got, in order. */
  readonly delivered: string[] = [];
  readonly #open: () => RawClient;
  readonly #connect: Partial<ConnectPacket>;
  #wire: RawClient;
  /** Packets of a flow that still pass, either way, before the connection ends. */
  #passes: number;
  readonly #outgoing = new Map<number, Outgoing>();
  /** QoS 2 messages from the server whose PUBREL has not come. */
  readonly #incoming = new Set<number>();
  /** What the broker has sent and was not told to be complete, whether it came or was lost. */
  readonly #sent = new Map<number, string>();
  #lastPacketId = 0;

  /**
   * @param open a new connection, over which nothing was sent.
   * @param passes how many packets of the flows pass before the first connection ends; infinity for all.
   */
  constructor(open: () => RawClient, clientId: string, protocolVersion: ProtocolVersion, passes: number) {
    this.#open = open;
    this.#connect = {
      clientId,
      cleanStart: false,
      ...(protocolVersion === 5 && { properties: { sessionExpiryInterval: 3600 } }),
    };
    this.#passes = passes;
    this.#wire = open();
  }

  /** The connection is at the end that the test wants. */
  get isCut(): boolean {
    return this.#passes < 0;
  }

  async connect(): Promise<void> {
    await this.#wire.connect(this.#connect);
  }

  subscribe(topicFilter: string, qos: QoS): Promise<unknown> {
    return this.#wire.subscribe(topicFilter, { qos });
  }

  /** Goes on over a new connection: sends again, in order, what the old one left open. [MQTT-4.4.0-1] */
  async resume(): Promise<void> {
    this.#passes = Number.POSITIVE_INFINITY;
    this.#wire = this.#open();
    const { sessionPresent } = await this.#wire.connect(this.#connect);
    assert.equal(sessionPresent, true);
    for (const [packetId, { text, qos, isReleased }] of this.#outgoing) {
      if (isReleased) this.#wire.send({ kind: 'pubrel', packetId, reasonCode: 0 });
      else this.#wire.sendPublish('t', text, { qos, packetId, dup: true });
    }
  }

  /** The network fails, and the broker has seen it. */
  breakOff(): Promise<void> {
    return this.#wire.breakOff();
  }

  /** Publishes to `t`, as far as the connection lasts. */
  publish(text: string, qos: QoS): void {
    const packetId = ++this.#lastPacketId;
    if (qos > 0) this.#outgoing.set(packetId, { text, qos, isReleased: false });
    this.#untilCut(() => {
      this.#pass();
      this.#wire.sendPublish('t', text, { qos, ...(qos > 0 && { packetId }) });
    });
  }

  /** Takes and answers what comes until nothing more does, or until the connection is to end. */
  async settle(): Promise<void> {
    for (let isQuiet = false; !isQuiet && !this.isCut; ) {
      isQuiet = true;
      this.#wire.send({ kind: 'pingreq' });
      for (;;) {
        const packet = await this.#wire.next();
        if (packet.kind === 'pingresp') break;
        isQuiet = false;
        if (packet.kind === 'publish') this.#watch(packet);
        this.#untilCut(() => this.#take(packet));
      }
    }
  }

  /** All flows are over. */
  assertDone(): void {
    assert.equal(this.#outgoing.size, 0, 'all that it published is acknowledged');
    assert.equal(this.#incoming.size, 0, 'all that it got is released');
  }

  /** A PUBLISH on the wire, whether the client gets it or not: DUP exactly when it was sent before. */
  #watch({ packetId = 0, payload, dup }: PublishPacket): void {
    const text = new TextDecoder().decode(payload);
    const before = this.#sent.get(packetId);
    assert.equal(before ?? text, text, `packet identifier ${packetId} is in flight`);
    assert.equal(dup, before !== undefined, `DUP of ${text}`);
    this.#sent.set(packetId, text);
  }

  #take(packet: Packet): void {
    this.#pass();
    switch (packet.kind) {
      case 'publish':
        this.#takePublish(packet);
        break;
      case 'puback':
      case 'pubcomp':
        this.#outgoing.delete(packet.packetId);
        break;
      case 'pubrec': {
        const outgoing = this.#outgoing.get(packet.packetId);
        if (outgoing !== undefined) outgoing.isReleased = true;
        this.#answer({ kind: 'pubrel', packetId: packet.packetId, reasonCode: 0 });
        break;
      }
      case 'pubrel':
        this.#incoming.delete(packet.packetId);
        this.#answer({ kind: 'pubcomp', packetId: packet.packetId, reasonCode: 0 });
        break;
      default:
        assert.fail(`${packet.kind} came`);
    }
  }

  #takePublish(packet: PublishPacket): void {
    const { qos, packetId = 0 } = packet;
    const isKnown = qos === 2 && this.#incoming.has(packetId);
    if (!isKnown) this.delivered.push(new TextDecoder().decode(packet.payload));
    if (qos === 1) this.#answer({ kind: 'puback', packetId, reasonCode: 0 });
    if (qos !== 2) return;
    this.#incoming.add(packetId);
    this.#answer({ kind: 'pubrec', packetId, reasonCode: 0 });
  }

  #answer(packet: Packet): void {
    this.#pass();
    if (packet.kind === 'puback' || packet.kind === 'pubcomp') this.#sent.delete(packet.packetId);
    this.#wire.send(packet);
  }

  /** @throws Cut in place of the packet with which the connection ends. */
  #pass(): void {
    if (this.#passes-- <= 0) throw new Cut();
  }

  #untilCut(work: () => void): void {
    if (this.isCut) return;
    try {
      work();
    } catch (error) {
      if (!(error instanceof Cut)) throw error;
    }
  }
}
