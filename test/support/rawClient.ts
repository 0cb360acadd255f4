/**
 * A client that says exactly what a test tells it to, right or wrong, and reads what comes back packet by packet.
 *
 * Speaks bytes or packets, over an in-memory transport or a network. Nothing is done behind the test's back: no
 * acknowledgements, no pings, no reconnects. Waiting is on events alone; `ping` is the barrier that proves that
 * nothing else came, `handled` the one that proves that the broker has read what was sent.
 */
import assert from 'node:assert/strict';
import { connect as connectSocket, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Broker } from '../../src/broker/broker.ts';
import { decode } from '../../src/mqtt/decode.ts';
import { encode } from '../../src/mqtt/encode.ts';
import type {
  ConnackPacket,
  ConnectPacket,
  Packet,
  PacketKind,
  ProtocolVersion,
  PublishPacket,
  SubackPacket,
  SubscribePacket,
  SubscriptionRequest,
} from '../../src/mqtt/packets.ts';
import { MemoryTransport } from './memoryTransport.ts';

/** The client's side of a stream of bytes. */
export interface Wire {
  write(bytes: Uint8Array): void;
  /** Closes without a DISCONNECT, as a network that fails. */
  breakOff(): void;
  /** The broker has dealt with every byte written so far. Absent where that can't be known, or needs no waiting. */
  handled?(): Promise<void>;
  /** The broker has seen the end of the connection. Absent as `handled` is. */
  brokerClosed?(): Promise<void>;
}

/** What a wire tells its client. */
export interface WirePeer {
  onBytes(bytes: Uint8Array): void;
  onClose(): void;
}

type PacketOf<Kind extends PacketKind> = Extract<Packet, { kind: Kind }>;
type Waiter = { resolve(bytes: Uint8Array | 'closed'): void };

export class RawClient {
  readonly protocolVersion: ProtocolVersion;
  readonly #wire: Wire;
  /** Present over memory: to stop reading, and to look at the broker's side. */
  readonly transport: MemoryTransport | undefined;
  /** Bytes of a packet that is not whole yet. */
  #chunks: Uint8Array[] = [];
  #bufferedBytes = 0;
  #neededBytes = 1;
  /** Those before `#read` were taken: a flood of small packets must not be moved up for each. */
  #packets: Uint8Array[] = [];
  #read = 0;
  readonly #waiters: Waiter[] = [];
  #isClosed = false;
  #lastPacketId = 0;

  constructor(protocolVersion: ProtocolVersion, open: (peer: WirePeer) => Wire, transport?: MemoryTransport) {
    this.protocolVersion = protocolVersion;
    this.transport = transport;
    this.#wire = open({ onBytes: (bytes) => this.#receive(bytes), onClose: () => this.#close() });
  }

  /**
   * A new connection to the broker, over which nothing was sent yet.
   *
   * @param remoteAddress whence, where that matters.
   */
  static overMemory(broker: Broker, protocolVersion: ProtocolVersion, remoteAddress?: string): RawClient {
    return RawClient.overTransport(broker, protocolVersion, new MemoryTransport(remoteAddress));
  }

  /** The same over a transport of the test's own making, which the broker has not seen. */
  static overTransport(
    broker: Broker,
    protocolVersion: ProtocolVersion,
    transport: MemoryTransport,
  ): RawClient {
    return new RawClient(
      protocolVersion,
      (peer) => {
        transport.setPeer(peer);
        broker.accept(transport);
        return {
          write: (bytes) => transport.sendToBroker(bytes),
          breakOff: () => transport.breakOff(),
        };
      },
      transport,
    );
  }

  /**
   * A new connection to a listener of this machine.
   *
   * @param localAddress another of loopback, for a host of its own.
   */
  static async overTcp(
    port: number,
    protocolVersion: ProtocolVersion,
    localAddress?: string,
  ): Promise<RawClient> {
    const socket: Socket = connectSocket({ port, host: '127.0.0.1', localAddress, noDelay: true });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return RawClient.overStream(socket, protocolVersion);
  }

  /** Over any stream that is open, and from which nothing was read. */
  static overStream(stream: Duplex, protocolVersion: ProtocolVersion): RawClient {
    return new RawClient(protocolVersion, (peer) => streamWire(stream, peer));
  }

  // ── Sending ─────────────────────────────────────────────────────────────────────────────────────────────────

  sendBytes(bytes: Uint8Array): void {
    this.#wire.write(bytes);
  }

  send(packet: Packet): void {
    this.sendBytes(encode(packet, this.protocolVersion));
  }

  /** The next packet identifier: 1, 2, 3, … */
  newPacketId(): number {
    this.#lastPacketId += 1;
    return this.#lastPacketId;
  }

  /** Sends CONNECT. Unless told otherwise: clean start, no keep alive. */
  sendConnect(options: Partial<ConnectPacket> = {}): void {
    this.send({
      kind: 'connect',
      protocolVersion: this.protocolVersion,
      cleanStart: true,
      keepAliveSeconds: 0,
      clientId: 'client',
      ...options,
    });
  }

  /** Sends CONNECT and waits for a CONNACK that accepts. */
  async connect(options: Partial<ConnectPacket> = {}): Promise<ConnackPacket> {
    this.sendConnect(options);
    const connack = await this.expect('connack');
    assert.equal(connack.reasonCode, 0, 'the broker refused the CONNECT');
    return connack;
  }

  /** Subscribes, and waits for the SUBACK. */
  async subscribe(
    topicFilter: string,
    options: Partial<SubscriptionRequest> & { properties?: SubscribePacket['properties'] } = {},
  ): Promise<SubackPacket> {
    const { properties, ...request } = options;
    const packetId = this.newPacketId();
    const subscription = {
      topicFilter,
      qos: 0 as const,
      noLocal: false,
      retainAsPublished: false,
      retainHandling: 0 as const,
      ...request,
    };
    this.send({
      kind: 'subscribe',
      packetId,
      subscriptions: [subscription],
      ...(properties !== undefined && { properties }),
    });
    const suback = await this.expect('suback');
    assert.equal(suback.packetId, packetId);
    return suback;
  }

  /** Sends a PUBLISH and returns; QoS 1 and 2 get the next packet identifier unless one is given. */
  sendPublish(
    topic: string,
    payload: string | Uint8Array,
    options: Partial<Omit<PublishPacket, 'kind' | 'topic' | 'payload'>> = {},
  ): void {
    const qos = options.qos ?? 0;
    this.send({
      kind: 'publish',
      topic,
      payload: typeof payload === 'string' ? new TextEncoder().encode(payload) : payload,
      qos,
      retain: false,
      dup: false,
      ...(qos > 0 && { packetId: options.packetId ?? this.newPacketId() }),
      ...options,
    });
  }

  /** Publishes, and goes through all of the acknowledgements that the QoS asks for; without any, until it was handled. */
  async publish(
    topic: string,
    payload: string | Uint8Array,
    options: Partial<Omit<PublishPacket, 'kind' | 'topic' | 'payload'>> = {},
  ): Promise<void> {
    this.sendPublish(topic, payload, options);
    if ((options.qos ?? 0) === 0) await this.handled();
    if (options.qos === 1) await this.expect('puback');
    if (options.qos !== 2) return;
    const { packetId } = await this.expect('pubrec');
    this.send({ kind: 'pubrel', packetId, reasonCode: 0 });
    await this.expect('pubcomp');
  }

  /** Sends DISCONNECT as a client that is done, and waits for the broker to close. */
  async disconnect(reasonCode = 0): Promise<void> {
    this.send({ kind: 'disconnect', reasonCode });
    await this.expectClosed();
  }

  /** Ends the stream without a DISCONNECT, and waits until the broker has seen it. */
  async breakOff(): Promise<void> {
    this.#wire.breakOff();
    await this.closed();
  }

  /** The broker has dealt with all that was sent: the connection stands, and what others send is dealt with after it. */
  async handled(): Promise<void> {
    await this.#wire.handled?.();
  }

  // ── Receiving ───────────────────────────────────────────────────────────────────────────────────────────────

  /** The bytes of the next packet. Fails when the connection closes before one comes. */
  async nextBytes(): Promise<Uint8Array> {
    const next = await this.#next();
    if (next === 'closed') assert.fail('the broker closed the connection, and a packet was expected');
    return next;
  }

  async next(): Promise<Packet> {
    return decode(await this.nextBytes(), this.protocolVersion);
  }

  /** The next packet, which must be of this kind. */
  async expect<Kind extends PacketKind>(kind: Kind): Promise<PacketOf<Kind>> {
    const packet = await this.next();
    if (packet.kind !== kind) assert.fail(`expected ${kind}, and came ${describe(packet)}`);
    return packet as PacketOf<Kind>; // its kind was compared
  }

  /** The next packet: a PUBLISH, with its payload as text. */
  async expectMessage(): Promise<PublishPacket & { text: string }> {
    const packet = await this.expect('publish');
    return { ...packet, text: new TextDecoder().decode(packet.payload) };
  }

  /** Asks and waits for the answer: everything that came before the question has then come, and this says nothing did. */
  async ping(): Promise<void> {
    this.send({ kind: 'pingreq' });
    await this.expect('pingresp');
  }

  /** The broker closes, and no packet comes before. */
  async expectClosed(): Promise<void> {
    const next = await this.#next();
    if (next !== 'closed') {
      assert.fail(`expected the end, and came ${describe(decode(next, this.protocolVersion))}`);
    }
    await this.#wire.brokerClosed?.();
  }

  /** The broker closes: a 5.0 client is told by DISCONNECT with this reason code, older ones are told nothing. */
  async expectDisconnected(reasonCode: number): Promise<void> {
    if (this.protocolVersion === 5) {
      const disconnect = await this.expect('disconnect');
      assert.equal(disconnect.reasonCode, reasonCode, disconnect.properties?.reasonString);
    }
    await this.expectClosed();
  }

  /** Every packet, until the connection ends. */
  async *packets(): AsyncIterable<Packet> {
    for (;;) {
      const next = await this.#next();
      if (next === 'closed') return;
      yield decode(next, this.protocolVersion);
    }
  }

  /** The end of the connection; packets that came before it are dropped. */
  async closed(): Promise<void> {
    while ((await this.#next()) !== 'closed');
    await this.#wire.brokerClosed?.();
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  #next(): Promise<Uint8Array | 'closed'> {
    const packet = this.#packets[this.#read];
    if (packet !== undefined) {
      this.#read++;
      return Promise.resolve(packet);
    }
    this.#packets = [];
    this.#read = 0;
    if (this.#isClosed) return Promise.resolve('closed');
    return new Promise((resolve) => this.#waiters.push({ resolve }));
  }

  #receive(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
    this.#bufferedBytes += bytes.length;
    // A large packet comes in many chunks: they are joined once, when all are there.
    if (this.#bufferedBytes < this.#neededBytes) return;
    const all = new Uint8Array(Buffer.concat(this.#chunks));
    let offset = 0;
    let length = packetLengthAt(all, offset);
    while (length !== undefined && offset + length <= all.length) {
      this.#deliver(all.slice(offset, offset + length));
      offset += length;
      length = packetLengthAt(all, offset);
    }
    this.#chunks = [all.slice(offset)];
    this.#bufferedBytes = all.length - offset;
    this.#neededBytes = length ?? this.#bufferedBytes + 1;
  }

  #deliver(packet: Uint8Array): void {
    const waiter = this.#waiters.shift();
    if (waiter === undefined) this.#packets.push(packet);
    else waiter.resolve(packet);
  }

  #close(): void {
    this.#isClosed = true;
    for (const waiter of this.#waiters.splice(0)) waiter.resolve('closed');
  }
}

/** @param stream open, and not read from: what came before is kept for the peer. */
export function streamWire(stream: Duplex, peer: WirePeer): Wire {
  stream.on('data', (chunk: Buffer) => peer.onBytes(chunk));
  stream.on('error', () => {}); // A reset is an end like any other: `close` follows.
  stream.on('close', () => peer.onClose());
  return { write: (bytes) => void stream.write(bytes), breakOff: () => void stream.destroy() };
}

/** Length of the packet at the offset, fixed header included; undefined while its header is not whole. */
function packetLengthAt(bytes: Uint8Array, offset: number): number | undefined {
  let remainingLength = 0;
  for (let i = 1; i <= 4; i++) {
    const byte = bytes[offset + i];
    if (byte === undefined) return undefined;
    remainingLength += (byte & 0x7f) * 128 ** (i - 1);
    if (byte < 0x80) return 1 + i + remainingLength;
  }
  return assert.fail('the broker sent a malformed Remaining Length');
}

function describe(packet: Packet): string {
  return JSON.stringify(packet, (_, value: unknown) =>
    value instanceof Uint8Array ? new TextDecoder().decode(value) : value,
  );
}
