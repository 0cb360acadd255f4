/**
 * A client over a socket that can be made to behave badly: to stop reading, to vanish, to send half of a packet.
 * Acknowledges what comes unless told not to, and waits on what comes, never on time.
 */
import assert from 'node:assert/strict';
import { connect as connectSocket, type Socket } from 'node:net';
import { LARGEST_PACKET_BYTES } from '../../src/broker/limits.ts';
import { decode } from '../../src/mqtt/decode.ts';
import { encode } from '../../src/mqtt/encode.ts';
import { FrameReader } from '../../src/mqtt/frameReader.ts';
import type { ConnackPacket, ConnectPacket, Packet, PublishPacket, QoS } from '../../src/mqtt/packets.ts';

export interface TcpClientOptions extends Partial<ConnectPacket> {
  clientId: string;
  /** Whether QoS 1 is acknowledged at once, which it is unless told otherwise. */
  acknowledges?: boolean;
}

export class TcpClient {
  readonly socket: Socket;
  readonly #options: Partial<ConnectPacket>;
  readonly #acknowledges: boolean;
  readonly #reader = new FrameReader({ maxPacketBytes: LARGEST_PACKET_BYTES });
  /** Called with each packet, after it was acknowledged. */
  onPacket: (packet: Packet) => void = () => {};
  #waiting: (() => void)[] = [];
  connack: ConnackPacket | undefined;
  pongs = 0;
  acknowledged = 0;
  subscribed = 0;
  isClosed = false;
  /** Payloads as text, in the order in which they came. */
  readonly messages: string[] = [];

  /** Resolves when the broker has accepted. */
  static async connect(port: number, options: TcpClientOptions): Promise<TcpClient> {
    const client = new TcpClient(port, options);
    client.sendConnect();
    await client.until(() => client.connack !== undefined);
    assert.equal(client.connack?.reasonCode, 0);
    return client;
  }

  /** A connection over which nothing was sent yet. */
  constructor(port: number, { acknowledges = true, ...options }: TcpClientOptions) {
    this.#options = options;
    this.#acknowledges = acknowledges;
    this.socket = connectSocket({ port, host: '127.0.0.1', noDelay: true });
    this.socket.on('data', (chunk: Buffer) => {
      this.#reader.push(chunk, (frame) => this.#receive(decode(frame, this.#version)));
      this.#wake();
    });
    this.socket.on('error', () => {}); // `close` follows.
    this.socket.on('close', () => {
      this.isClosed = true;
      this.#wake();
    });
  }

  get #version() {
    return this.#options.protocolVersion ?? 5;
  }

  sendConnect(): void {
    this.send({
      kind: 'connect',
      protocolVersion: this.#version,
      cleanStart: true,
      keepAliveSeconds: 0,
      clientId: '',
      ...this.#options,
    });
  }

  send(packet: Packet): void {
    this.socket.write(encode(packet, this.#version));
  }

  publish(topic: string, payload: string, qos: QoS = 0, packetId = 1): void {
    const bytes = Buffer.from(payload);
    this.send({
      kind: 'publish',
      topic,
      payload: bytes,
      qos,
      retain: false,
      dup: false,
      ...(qos > 0 && { packetId }),
    });
  }

  /** Resolves with the SUBACK. */
  async subscribe(topicFilter: string, qos: QoS): Promise<void> {
    const before = this.subscribed;
    const options = { noLocal: false, retainAsPublished: false, retainHandling: 0 } as const;
    this.send({ kind: 'subscribe', packetId: 1, subscriptions: [{ topicFilter, qos, ...options }] });
    await this.until(() => this.subscribed > before);
  }

  /** Everything that the broker sent before has come. */
  async ping(): Promise<void> {
    const before = this.pongs;
    this.send({ kind: 'pingreq' });
    await this.until(() => this.pongs > before);
  }

  /** Resolves as soon as it holds. Rejects when the connection ends before. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.isClosed) assert.fail(`the connection of ${this.#options.clientId} ended`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async closed(): Promise<void> {
    while (!this.isClosed) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  async disconnect(): Promise<void> {
    this.send({ kind: 'disconnect', reasonCode: 0 });
    await this.closed();
  }

  #receive(packet: Packet): void {
    if (packet.kind === 'connack') this.connack = packet;
    else if (packet.kind === 'pingresp') this.pongs++;
    else if (packet.kind === 'suback') this.subscribed++;
    else if (packet.kind === 'puback') this.acknowledged++;
    else if (packet.kind === 'publish') this.#receiveMessage(packet);
    this.onPacket(packet);
  }

  #receiveMessage({ payload, qos, packetId = 0 }: PublishPacket): void {
    this.messages.push(Buffer.from(payload).toString());
    if (qos === 1 && this.#acknowledges) this.send({ kind: 'puback', packetId, reasonCode: 0 });
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
