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

export class MemoryClient {
  readonly transport = new MemoryTransport();
  /** The first thing that was wrong with what the broker sent: thrown by `check`, as here nobody would see it. */
  #wrong: unknown;
  readonly #reader = new FrameReader({ maxPacketBytes: LARGEST_PACKET_BYTES });
  /** What the broker took this connection's CONNECT for; undefined until it has accepted one. */
  readonly #accepted: () => ConnectPacket | undefined;
  #hasConnack = false;
  #packets: Packet[] = [];
  #isClosed = false;

  /** @param accepted the CONNECT that the broker accepted of this connection, if any. */
  constructor(broker: Broker, accepted: () => ConnectPacket | undefined) {
    this.#accepted = accepted;
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
    const packet = decode(frame, version);
    assert.ok(forClients.has(packet.kind), `a client got ${packet.kind}`);
    assert.equal(
      packet.kind === 'connack',
      !this.#hasConnack,
      `CONNACK comes first and once, not ${packet.kind}`,
    );
    this.#hasConnack = true;
    const { maximumPacketSize = LARGEST_PACKET_BYTES, topicAliasMaximum = 0 } = connect?.properties ?? {};
    assert.ok(
      frame.length <= maximumPacketSize,
      `${packet.kind} has ${frame.length} bytes of ${maximumPacketSize}`,
    );
    if (packet.kind === 'publish') {
      assert.ok(
        (packet.properties?.topicAlias ?? 0) <= topicAliasMaximum,
        'a topic alias that was not allowed',
      );
      assert.equal(packet.properties?.topicAlias === undefined && packet.topic === '', false);
    }
    this.#packets.push(packet);
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
