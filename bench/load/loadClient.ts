/**
 * One MQTT client of the load generator: raw bytes over TCP, TLS or WebSocket, and packets counted, not decoded.
 *
 * Reads into one buffer that all clients share, and writes what it is given as it is.
 */
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { encode } from '../../src/mqtt/encode.ts';
import type { ConnectPacket, SubscribePacket } from '../../src/mqtt/packets.ts';
import { PacketStream } from './packetStream.ts';
import { beginWebSocket, frame, WebSocketStream } from './webSocketFrames.ts';

export type LoadTransport = 'mqtt' | 'mqtts' | 'ws';

export interface LoadClientOptions {
  transport: LoadTransport;
  port: number;
  clientId: string;
  protocolVersion?: 4 | 5;
  cleanStart?: boolean;
  sessionExpiryInterval?: number;
  /** Called before anything is sent: a broker may send messages right behind its CONNACK. */
  prepare?: (client: LoadClient) => void;
}

const CONNACK = 0x20;
const SUBACK = 0x90;
const READ_BUFFER_BYTES = 256 * 1024;
const readBuffer = Buffer.allocUnsafeSlow(READ_BUFFER_BYTES);

export class LoadClient {
  /** PUBLISH and acknowledgements; as OnPacket of packetStream.ts. */
  onPacket: (first: number, bytes: Uint8Array, bodyAt: number) => void = () => undefined;
  /** A chunk was worked off: the moment to send what it asks for, together. */
  onChunkEnd: () => void = () => undefined;
  /** The broker closed, or the network failed: never expected while a load runs. */
  onClose: (error?: Error) => void = () => undefined;
  readonly protocolVersion: 4 | 5;
  readonly #isWebSocket: boolean;
  readonly #socket: Socket;
  readonly #packets: PacketStream;
  #awaited: { type: number; resolve: (bytes: Buffer) => void } | undefined;

  /** Resolves when CONNACK let it in. */
  static async connect(options: LoadClientOptions): Promise<LoadClient> {
    const client = new LoadClient(options);
    options.prepare?.(client);
    await client.#open(options);
    return client;
  }

  private constructor({ transport, port, protocolVersion = 4 }: LoadClientOptions) {
    this.protocolVersion = protocolVersion;
    this.#isWebSocket = transport === 'ws';
    this.#packets = new PacketStream((first, bytes, bodyAt) => {
      const awaited = this.#awaited;
      if (awaited === undefined || first !== awaited.type) this.onPacket(first, bytes, bodyAt);
      else {
        this.#awaited = undefined;
        awaited.resolve(Buffer.from(bytes.subarray(bodyAt, bodyAt + 16)));
      }
    });
    const webSocket = this.#isWebSocket
      ? new WebSocketStream((bytes, end) => this.#packets.push(bytes, end))
      : undefined;
    const take = (bytes: Uint8Array, end: number): void => {
      if (webSocket === undefined) this.#packets.push(bytes, end);
      else webSocket.push(bytes, end);
      this.onChunkEnd();
    };
    if (transport === 'mqtts') {
      this.#socket = connectTls({
        port,
        host: '127.0.0.1',
        rejectUnauthorized: false,
        minVersion: 'TLSv1.3',
      });
      this.#socket.on('data', (chunk) => take(chunk, chunk.length));
    } else {
      this.#socket = connectTcp({
        port,
        host: '127.0.0.1',
        onread: {
          buffer: readBuffer,
          callback: (bytesRead, buffer) => {
            take(buffer, bytesRead);
            return true;
          },
        },
      });
    }
    this.#socket.setNoDelay(true);
    this.#socket.on('error', (error) => this.onClose(error));
    this.#socket.on('close', () => this.onClose());
  }

  write(bytes: Uint8Array): void {
    if (!this.#isWebSocket) {
      this.#socket.write(bytes);
      return;
    }
    this.#socket.cork();
    this.#socket.write(frame(bytes.length));
    this.#socket.write(bytes);
    this.#socket.uncork();
  }

  /** Resolves when SUBACK granted all of it; rejects when one was refused. */
  async subscribe(
    topicFilters: readonly string[],
    options: { qos?: 0 | 1 | 2; subscriptionIdentifier?: number } = {},
  ): Promise<void> {
    const { qos = 0, subscriptionIdentifier } = options;
    const packet: SubscribePacket = {
      kind: 'subscribe',
      packetId: 1,
      subscriptions: topicFilters.map((topicFilter) => ({
        topicFilter,
        qos,
        noLocal: false,
        retainAsPublished: false,
        retainHandling: 0,
      })),
    };
    if (subscriptionIdentifier !== undefined)
      packet.properties = { subscriptionIdentifiers: [subscriptionIdentifier] };
    const answer = this.#await(SUBACK);
    this.write(encode(packet, this.protocolVersion));
    const body = await answer;
    // The first of the reason codes: behind the packet identifier, and in 5.0 behind an empty property section.
    const reasonCode = body[this.protocolVersion === 5 ? 3 : 2];
    if (reasonCode === undefined || reasonCode > 2)
      throw new Error(`the subscription was refused: ${reasonCode}`);
  }

  /** Resolves when the socket is gone. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.onClose = () => resolve();
      if (this.#socket.closed) resolve();
      else this.#socket.destroy();
    });
  }

  async #open(options: LoadClientOptions): Promise<void> {
    const { transport, clientId, cleanStart = true, sessionExpiryInterval } = options;
    await new Promise<void>((resolve, reject) => {
      this.onClose = (error) => reject(error ?? new Error('the broker closed the connection at once'));
      this.#socket.once(transport === 'mqtts' ? 'secureConnect' : 'connect', resolve);
    });
    if (this.#isWebSocket) this.#socket.write(beginWebSocket(options.port));
    const packet: ConnectPacket = {
      kind: 'connect',
      protocolVersion: this.protocolVersion,
      cleanStart,
      keepAliveSeconds: 0,
      clientId,
    };
    if (sessionExpiryInterval !== undefined) packet.properties = { sessionExpiryInterval };
    const answer = this.#await(CONNACK);
    this.write(encode(packet, this.protocolVersion));
    const body = await answer;
    this.onClose = () => undefined;
    if (body[1] !== 0) throw new Error(`CONNECT was refused: ${body[1]}`);
  }

  #await(type: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#awaited = { type, resolve };
      this.onClose = (error) => reject(error ?? new Error('the broker closed the connection'));
    });
  }
}
