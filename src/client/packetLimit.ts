/**
 * HOT PATH. How large the packets are that a broker sends, by their fixed headers, so that one that is too large ends the
 * connection before its bytes are gathered. MQTT.js takes whatever the protocol has a length for, and looks at its size when
 * all of it is there.
 */
import type { Duplex } from 'node:stream';
import type { Clock } from '../base/clock.ts';
import { ReasonCode } from '../mqtt/reasonCodes.ts';
import type { ConnectParams } from './clientTypes.ts';
import { codeOfError } from './mqttJsFaults.ts';

/** Where the broker was told of none: docs/limits.md. */
const DEFAULT_MAX_PACKET_BYTES = 134_217_728;
/** A WebSocket message may hold several packets: so many bytes beside one that is as large as may be. docs/limits.md has it. */
const WEB_SOCKET_ROOM_BYTES = 16_777_216;
/** How long a DISCONNECT may take to be handed to the network, milliseconds. */
const SEND_WAIT_MS = 2_000;
const LAST_LENGTH_FACTOR = 128 ** 3;

/** DISCONNECT, 2 more bytes at most: the reason code, and no properties (section 3.14.2.2.1). */
const tooLargeDisconnect = Uint8Array.of(0xe0, 0x01, ReasonCode.packetTooLarge);

/** The largest packet that is taken, its fixed header included, bytes. */
export function maxPacketBytesOf({
  protocolVersion = 5,
  connectProperties,
  maxPacketBytes,
}: ConnectParams): number {
  const announced = protocolVersion === 5 ? connectProperties?.maximumPacketSize : undefined;
  return announced ?? maxPacketBytes ?? DEFAULT_MAX_PACKET_BYTES;
}

/** The largest WebSocket message that is taken, bytes. It is gathered before its packets are seen. */
export function maxWebSocketMessageBytesOf(params: ConnectParams): number {
  return maxPacketBytesOf(params) + WEB_SOCKET_ROOM_BYTES;
}

/** Of one connection, from its first byte on. */
export class PacketSizes {
  readonly #maxPacketBytes: number;
  /** Of the packet whose length is known, bytes that are still to come. */
  #toCome = 0;
  /** Of the fixed header that is being read. */
  #headerBytes = 0;
  #remainingLength = 0;
  #lengthFactor = 1;
  #isOver = false;

  constructor(maxPacketBytes: number) {
    this.#maxPacketBytes = maxPacketBytes;
  }

  /** The size of the first packet that is too large, bytes, once; undefined while none is. */
  take(chunk: Uint8Array): number | undefined {
    let at = 0;
    while (at < chunk.length && !this.#isOver) {
      if (this.#toCome > 0) {
        const here = Math.min(this.#toCome, chunk.length - at);
        this.#toCome -= here;
        at += here;
        continue;
      }
      const packetBytes = this.#takeOfHeader(chunk[at++]!); // below its length
      if (packetBytes === undefined) continue;
      if (packetBytes <= this.#maxPacketBytes) continue;
      this.#isOver = true;
      return packetBytes;
    }
    return undefined;
  }

  /** The size of the packet when this is the last byte of its fixed header. */
  #takeOfHeader(byte: number): number | undefined {
    if (this.#headerBytes++ === 0) return undefined;
    this.#remainingLength += (byte & 0x7f) * this.#lengthFactor;
    if (byte >= 0x80) {
      // A fifth byte can't be: the parser says so, and reads no more.
      this.#isOver = this.#lengthFactor === LAST_LENGTH_FACTOR;
      this.#lengthFactor *= 128;
      return undefined;
    }
    const packetBytes = this.#headerBytes + this.#remainingLength;
    this.#toCome = this.#remainingLength;
    this.#headerBytes = 0;
    this.#remainingLength = 0;
    this.#lengthFactor = 1;
    return packetBytes;
  }
}

/**
 * Ends the connection for a packet that is too large, in 5.0 with the reason, and says so of one that ended for a WebSocket
 * message that is. To be called before anybody else listens.
 *
 * @param onTooLarge told why, before the stream ends.
 */
export function limitPackets(
  stream: Duplex,
  { params, clock, onTooLarge }: { params: ConnectParams; clock: Clock; onTooLarge(message: string): void },
): void {
  const maxPacketBytes = maxPacketBytesOf(params);
  const sizes = new PacketSizes(maxPacketBytes);
  stream.on('error', (error) => {
    if (codeOfError(error) !== 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') return;
    const bytes = maxWebSocketMessageBytesOf(params);
    onTooLarge(
      `the broker sent a WebSocket message of more than ${bytes} bytes, and packets of at most ${maxPacketBytes} are taken`,
    );
  });
  stream.on('data', (chunk: Uint8Array) => {
    const packetBytes = sizes.take(chunk);
    if (packetBytes === undefined) return;
    onTooLarge(`the broker sent a packet of ${packetBytes} bytes, and at most ${maxPacketBytes} are taken`);
    if ((params.protocolVersion ?? 5) < 5) {
      stream.destroy();
      return;
    }
    // Nothing more is read, while the DISCONNECT is on its way.
    stream.unpipe();
    const timer = clock.setTimeout(() => stream.destroy(), SEND_WAIT_MS);
    stream.write(tooLargeDisconnect, () => {
      timer.dispose();
      stream.destroy();
    });
    // MQTT.js works off what came before, and knows nothing of it: no packet follows a DISCONNECT [MQTT-3.14.4-1].
    stream.write = () => true;
  });
}
