/**
 * A broker that does what a test says, packet by packet: for the answers that a good broker would not give.
 *
 * Speaks 5.0 with the codec of src/mqtt, over a real socket on the loopback.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { decode } from '../../../src/mqtt/decode.ts';
import { encode } from '../../../src/mqtt/encode.ts';
import { FrameReader } from '../../../src/mqtt/frameReader.ts';
import type { ConnackPacket, Packet, PacketKind } from '../../../src/mqtt/packets.ts';

export type PacketOf<Kind extends PacketKind> = Extract<Packet, { kind: Kind }>;

export class ScriptedBroker {
  readonly #server: Server;
  readonly #connections: ScriptedConnection[] = [];
  readonly #all: Socket[] = [];
  #wake: () => void = () => undefined;

  static async start(): Promise<ScriptedBroker> {
    const server = createServer();
    const broker = new ScriptedBroker(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return broker;
  }

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.#all.push(socket);
      this.#connections.push(new ScriptedConnection(socket));
      this.#wake();
    });
  }

  get url(): string {
    return `mqtt://127.0.0.1:${(this.#server.address() as AddressInfo).port}`; // listening: it has one
  }

  /** The next client that connects, its CONNECT not read yet. */
  async connection(): Promise<ScriptedConnection> {
    while (this.#connections.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#connections.shift()!; // not empty
  }

  /** Takes the next client, and says yes to its CONNECT. */
  async accept(properties?: ConnackPacket['properties']): Promise<ScriptedConnection> {
    const connection = await this.connection();
    await connection.next('connect');
    connection.send({
      kind: 'connack',
      sessionPresent: false,
      reasonCode: 0,
      ...(properties && { properties }),
    });
    return connection;
  }

  stop(): void {
    for (const socket of this.#all) socket.destroy();
    this.#server.close();
  }
}

export class ScriptedConnection {
  readonly #socket: Socket;
  readonly #packets: Packet[] = [];
  #wake: () => void = () => undefined;
  readonly closed: Promise<void>;

  constructor(socket: Socket) {
    this.#socket = socket;
    const reader = new FrameReader({ maxPacketBytes: 1_000_000 });
    socket.on('data', (chunk) => {
      reader.push(chunk, (frame) => this.#packets.push(decode(Buffer.from(frame), 5)));
      this.#wake();
    });
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => socket.on('close', () => resolve()));
  }

  send(packet: Packet): void {
    this.#socket.write(encode(packet, 5));
  }

  sendBytes(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** The next packet, which must be of this kind. */
  async next<Kind extends PacketKind>(kind: Kind): Promise<PacketOf<Kind>> {
    while (this.#packets.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const packet = this.#packets.shift()!; // not empty
    if (packet.kind !== kind) throw new Error(`expected ${kind}, got ${JSON.stringify(packet)}`);
    return packet as PacketOf<Kind>; // its kind was checked
  }

  close(): void {
    this.#socket.destroy();
  }
}
