/** PUBLISH packets encoded beforehand, all of one size, one behind the other: what a publisher sends again and again. */
import { encode } from '../../src/mqtt/encode.ts';
import type { PublishPacket } from '../../src/mqtt/packets.ts';

export interface PublishBlockOptions {
  readonly protocolVersion: 4 | 5;
  readonly qos: 0 | 1 | 2;
  /** All of one length. */
  readonly topics: readonly string[];
  readonly payloadBytes: number;
  readonly hasProperties?: boolean;
  readonly retain?: boolean;
}

/** So many packets at least, so that a write can carry many. */
const LEAST_PACKETS = 1024;
const LEAST_BYTES = 64 * 1024;

export class PublishBlock {
  readonly packetBytes: number;
  readonly #bytes: Buffer;
  readonly #packets: number;
  readonly #packetIdAt: number;
  readonly #sequenceAt: number;
  #next = 0;
  #packetId = 0;
  #sequence = 0;

  constructor(options: PublishBlockOptions) {
    const { topics, protocolVersion } = options;
    const encoded = topics.map((topic) => encode(packetOf(options, topic), protocolVersion));
    this.packetBytes = encoded[0]!.length; // there is a topic
    if (encoded.some(({ length }) => length !== this.packetBytes))
      throw new RangeError('topics differ in length');
    const wanted = Math.max(1, Math.ceil(Math.max(LEAST_PACKETS, topics.length) / topics.length));
    const copies = options.payloadBytes > LEAST_BYTES ? 1 : wanted;
    this.#bytes = Buffer.concat(Array.from({ length: copies }, () => encoded).flat());
    this.#packets = copies * topics.length;
    const headerBytes = this.packetBytes - bodyBytes(encoded[0]!);
    this.#packetIdAt = headerBytes + 2 + Buffer.byteLength(topics[0]!);
    this.#sequenceAt = this.packetBytes - options.payloadBytes;
  }

  /** The next packets of QoS 0, as views: in two pieces where they reach around the end. */
  *plain(count: number): Iterable<Uint8Array> {
    let left = count;
    while (left > 0) {
      const taken = Math.min(left, this.#packets - this.#next);
      const start = this.#next * this.packetBytes;
      yield this.#bytes.subarray(start, start + taken * this.packetBytes);
      this.#next = (this.#next + taken) % this.#packets;
      left -= taken;
    }
  }

  /** The next packets of QoS 1 or 2, each with its packet identifier, and its number at the start of the payload. */
  numbered(count: number): Uint8Array {
    const bytes = Buffer.concat([...this.plain(count)]);
    for (let at = 0; at < bytes.length; at += this.packetBytes) {
      this.#packetId = this.#packetId === 0xffff ? 1 : this.#packetId + 1;
      bytes.writeUInt16BE(this.#packetId, at + this.#packetIdAt);
      bytes.writeUInt32BE(this.#sequence++, at + this.#sequenceAt);
    }
    return bytes;
  }
}

function packetOf(options: PublishBlockOptions, topic: string): PublishPacket {
  const { qos, payloadBytes, hasProperties, retain = false } = options;
  const packet: PublishPacket = {
    kind: 'publish',
    topic,
    payload: Buffer.alloc(payloadBytes, 'x'),
    qos,
    retain,
    dup: false,
  };
  if (qos > 0) packet.packetId = 1;
  if (hasProperties) {
    packet.properties = {
      messageExpiryInterval: 3600,
      contentType: 'application/json',
      responseTopic: 'bench/answers',
      userProperties: [['device', 'node-1']],
    };
  }
  return packet;
}

function bodyBytes(packet: Uint8Array): number {
  let value = 0;
  for (let i = 1, shift = 0; ; i++, shift += 7) {
    const byte = packet[i]!; // an encoded packet has its whole header
    value += (byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
}
