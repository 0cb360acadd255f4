/**
 * HOT PATH. A WebSocket connection as `Transport`: chapter 6 of the standard.
 *
 * Knows frames, not what is in them: a frame may hold several packets or a part of one, and what a turn of the event
 * loop wrote leaves as one frame. [MQTT-6.0.0-2] The handshake is webSocketListener.ts's.
 */
import type { WebSocket } from 'ws';
import { QueuedTransport, type TransportDetails } from './queuedTransport.ts';

/** Close codes of RFC 6455, section 7.4.1. */
const CLOSE_NORMAL = 1000;
const CLOSE_UNSUPPORTED_DATA = 1003;

const SEND_OPTIONS = { binary: true, compress: false, fin: true } as const;

export class WebSocketTransport extends QueuedTransport {
  readonly #webSocket: WebSocket;
  #closeCode = CLOSE_NORMAL;
  readonly #onSent = (): void => this.sent();

  constructor(webSocket: WebSocket, details: TransportDetails) {
    super(details);
    this.#webSocket = webSocket;
    webSocket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) this.received(data);
      else this.#refuseText();
    });
    webSocket.on('error', (error) => this.failed(error));
    webSocket.on('close', () => this.closed());
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
  protected send(chunks: readonly Uint8Array[], totalBytes: number): void {
    const payload = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, totalBytes); // never empty
    this.#webSocket.send(payload, SEND_OPTIONS, this.#onSent);
  }

  protected endSocket(): void {
    // A paused socket would not hear the peer's close frame.
    this.#webSocket.resume();
    this.#webSocket.close(this.#closeCode);
  }

  protected destroySocket(): void {
    this.#webSocket.terminate();
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
