/**
 * HOT PATH. A WebSocket connection as `Transport`: chapter 6 of the standard.
 *
 * Knows frames, not what is in them: a frame may hold several packets or a part of one, and what a turn of the event
 * loop wrote leaves as one frame. [MQTT-6.0.0-2] The handshake is servers.ts's.
 *
 * `ws` hands a message over when the whole of it is here, however long that takes and whatever it holds. What a client
 * may send is bounded by the largest packet anyway, as it is over TCP; a stranger's bytes are counted until the broker
 * has accepted its CONNECT.
 */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { withoutNeighbours } from './coalesce.ts';
import { QueuedTransport, type TransportDetails } from './queuedTransport.ts';

/** Close codes of RFC 6455, section 7.4.1. */
const CLOSE_NORMAL = 1000;
const CLOSE_UNSUPPORTED_DATA = 1003;

/** Of a stranger, with its frames: 1 MiB for the CONNECT, which the broker's own bound over TCP is too, and 64 KiB. */
export const MAX_STRANGER_BYTES = 1024 * 1024 + 64 * 1024;

const SEND_OPTIONS = { binary: true, compress: false, fin: true } as const;

export class WebSocketTransport extends QueuedTransport {
  readonly #webSocket: WebSocket;
  readonly #socket: Duplex;
  #strangerBytes = 0;
  #closeCode = CLOSE_NORMAL;
  readonly #onSent = (): void => this.sent();

  readonly #countStranger = (chunk: Buffer): void => {
    this.#strangerBytes += chunk.length;
    if (this.#strangerBytes > MAX_STRANGER_BYTES) this.#refuseStranger();
  };

  /** @param socket below the WebSocket. */
  constructor(webSocket: WebSocket, socket: Duplex, details: TransportDetails) {
    super(details);
    this.#webSocket = webSocket;
    this.#socket = socket;
    // After the listener of `ws`, so that a CONNECT in this very chunk has been handled.
    socket.on('data', this.#countStranger);
    webSocket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) this.received(data);
      else this.#refuseText();
    });
    webSocket.on('error', (error) => this.failed(error));
    webSocket.on('close', () => this.closed());
  }

  admitted(): void {
    this.#socket.removeListener('data', this.#countStranger);
  }

  pause(): void {
    this.#webSocket.pause();
  }

  resume(): void {
    this.#webSocket.resume();
  }

  protected get unsentBytes(): number {
    return this.#webSocket.bufferedAmount;
  }

  /** [MQTT-6.0.0-1] One frame, and so one system call; its copy is cheaper than a second call up to large payloads. */
  protected send(chunks: readonly Uint8Array[], totalBytes: number): boolean {
    const payload = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, totalBytes); // never empty
    const waits = this.#webSocket.bufferedAmount > 0;
    this.#webSocket.send(waits ? withoutNeighbours(payload) : payload, SEND_OPTIONS, this.#onSent);
    return false;
  }

  protected endSocket(): void {
    // A paused socket would not hear the peer's close frame.
    this.#webSocket.resume();
    this.#webSocket.close(this.#closeCode);
  }

  protected destroySocket(): void {
    this.#webSocket.terminate();
  }

  /** At once: to wait for its close frame would be to go on buffering. */
  #refuseStranger(): void {
    this.admitted();
    this.failed(new Error(`sent more than ${MAX_STRANGER_BYTES} bytes without a CONNECT that was accepted`));
    this.destroy();
  }

  /** [MQTT-6.0.0-1] */
  #refuseText(): void {
    this.failed(
      new Error('sent a WebSocket text frame: MQTT packets travel in binary frames [MQTT-6.0.0-1]'),
    );
    this.#closeCode = CLOSE_UNSUPPORTED_DATA;
    this.end();
  }
}
