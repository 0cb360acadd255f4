/**
 * A client over memory that never waits: it keeps what came until it is asked, and checks of each packet that the broker
 * may send it. Sends whatever bytes it is told to.
 */
import assert from 'node:assert/strict';
import type { Broker } from '../../src/broker/broker.ts';
import { LARGEST_PACKET_BYTES } from '../../src/broker/limits.ts';
import { decode } from '../../src/mqtt/decode.ts';
import { encode } from '../../src/mqtt/encode.ts';
import { FrameReader } from '../../src/mqtt/frameReader.ts';
import type {
  ConnectPacket,
  Packet,
  PacketKind,
  ProtocolVersion,
  PublishPacket,
} from '../../src/mqtt/packets.ts';
import { MemoryTransport } from '../support/memoryTransport.ts';

const forClients: ReadonlySet<PacketKind> = new Set([
  ...(['connack', 'publish', 'puback', 'pubrec', 'pubrel', 'pubcomp', 'suback', 'unsuback'] as const),
  ...(['pingresp', 'disconnect', 'auth'] as const),
]);

/** What a message of the broker's owner says, if there is room for it, so that whoever gets it knows its topic. */
export function payloadFor(topic: string, bytes: number): Uint8Array {
  const payload = Buffer.alloc(bytes);
  const text = `${MARK}${topic}\n`;
  if (text.length <= bytes) payload.write(text);
  return payload;
}

/** Too long for chance to write it. */
const MARK = 'to the topic ';

export class MemoryClient {
  readonly transport = new MemoryTransport();
  /** The first thing that was wrong with what the broker sent: thrown by `check`, as here nobody would see it. */
  #wrong: unknown;
  readonly #reader = new FrameReader({ maxPacketBytes: LARGEST_PACKET_BYTES });
  /** What the broker took this connection's CONNECT for; undefined until it has accepted one. */
  readonly #accepted: () => ConnectPacket | undefined;
  readonly #secretTopic: string | undefined;
  #hasConnack = false;
  readonly #topicsByAlias = new Map<number, string>();
  #packets: Packet[] = [];
  #isClosed = false;

  /**
   * @param accepted the CONNECT that the broker accepted of this connection, if any.
   * @param secretTopic what it may not get a message of.
   */
  constructor(broker: Broker, accepted: () => ConnectPacket | undefined, secretTopic?: string) {
    this.#accepted = accepted;
    this.#secretTopic = secretTopic;
    this.transport.setPeer({
      onBytes: (bytes) => this.#receive(bytes),
      onClose: () => {
        this.#isClosed = true;
      },
    });
    broker.accept(this.transport);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  sendBytes(bytes: Uint8Array): void {
    this.transport.sendToBroker(bytes);
  }

  send(packet: Packet, protocolVersion: ProtocolVersion): void {
    this.sendBytes(encode(packet, protocolVersion));
  }

  /** What came since the last time. */
  takePackets(): Packet[] {
    const packets = this.#packets;
    this.#packets = [];
    return packets;
  }

  /** Answers what came as a client should; returns the messages among it. */
  acknowledge(): PublishPacket[] {
    const version = this.#accepted()?.protocolVersion;
    const messages: PublishPacket[] = [];
    for (const packet of this.takePackets()) {
      if (packet.kind === 'publish') messages.push(packet);
      const answer = answerTo(packet);
      if (version !== undefined && answer !== undefined) this.send(answer, version);
    }
    return messages;
  }

  /** @throws for the first packet of the broker's that it should not have sent. */
  check(): void {
    if (this.#wrong !== undefined) throw this.#wrong;
  }

  #receive(bytes: Uint8Array): void {
    try {
      this.#reader.push(bytes, (frame) => this.#receiveFrame(Buffer.from(frame)));
    } catch (error) {
      this.#wrong ??= error;
    }
  }

  #receiveFrame(frame: Uint8Array): void {
    const connect = this.#accepted();
    // A refusal: in 5.0 it has properties, and so is longer.
    const version = connect?.protocolVersion ?? (frame.length === 4 ? 4 : 5);
    let packet = decode(frame, version);
    assert.ok(forClients.has(packet.kind), `a client got ${packet.kind}`);
    const isGreeting = packet.kind === 'connack';
    // Nothing but an authentication comes before.
    if (packet.kind !== 'auth') {
      assert.equal(isGreeting, !this.#hasConnack, `CONNACK comes first and once, not ${packet.kind}`);
    }
    this.#hasConnack ||= isGreeting;
    const { maximumPacketSize = LARGEST_PACKET_BYTES, topicAliasMaximum = 0 } = connect?.properties ?? {};
    assert.ok(
      frame.length <= maximumPacketSize,
      `${packet.kind} has ${frame.length} bytes of ${maximumPacketSize}`,
    );
    if (packet.kind === 'publish') packet = this.#resolve(packet, topicAliasMaximum);
    this.#packets.push(packet);
  }

  /** The message under its topic name. */
  #resolve(packet: PublishPacket, topicAliasMaximum: number): PublishPacket {
    const alias = packet.properties?.topicAlias;
    if (alias !== undefined) {
      assert.ok(alias <= topicAliasMaximum, 'a topic alias that was not allowed');
      if (packet.topic !== '') this.#topicsByAlias.set(alias, packet.topic);
    }
    const topic = packet.topic || this.#topicsByAlias.get(alias ?? 0);
    assert.ok(topic !== undefined, `topic alias ${alias} was never set`);
    assert.notEqual(topic, this.#secretTopic, 'a topic that the policy keeps from every client');
    const text = Buffer.from(packet.payload).toString('latin1');
    if (text.startsWith(MARK)) {
      assert.equal(topic, text.slice(MARK.length, text.indexOf('\n')), 'the topic of a message');
    }
    return { ...packet, topic };
  }
}

function answerTo(packet: Packet): Packet | undefined {
  if (packet.kind === 'publish') {
    if (packet.packetId === undefined) return undefined;
    return { kind: packet.qos === 1 ? 'puback' : 'pubrec', packetId: packet.packetId, reasonCode: 0 };
  }
  if (packet.kind === 'pubrec' && packet.reasonCode < 0x80)
    return { kind: 'pubrel', packetId: packet.packetId, reasonCode: 0 };
  if (packet.kind === 'pubrel') return { kind: 'pubcomp', packetId: packet.packetId, reasonCode: 0 };
  return undefined;
}
