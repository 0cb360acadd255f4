/**
 * As much of RFC 6455 as a load generator needs: an upgrade request, the header of a masked binary frame, and the
 * payloads of the frames that come back.
 *
 * By hand rather than by `ws`, which would cost the generator more than the broker costs: a masking key of zeros leaves
 * pre-encoded bytes as they are, and a client that counts needs no message, only its bytes.
 */

/** The key is the RFC's own example: nothing here looks at the answer to it. */
export function beginWebSocket(port: number): Buffer {
  return Buffer.from(
    [
      'GET /mqtt HTTP/1.1',
      `Host: 127.0.0.1:${port}`,
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Protocol: mqtt',
      '',
      '',
    ].join('\r\n'),
  );
}

const MASKED = 0x80;
const FINAL_BINARY = 0x82;

/** The header of a frame of this many bytes, with a masking key of zeros. */
export function frame(payloadBytes: number): Buffer {
  if (payloadBytes < 126) return Buffer.from([FINAL_BINARY, MASKED | payloadBytes, 0, 0, 0, 0]);
  if (payloadBytes < 0x1_0000) {
    const header = Buffer.alloc(8);
    header[0] = FINAL_BINARY;
    header[1] = MASKED | 126;
    header.writeUInt16BE(payloadBytes, 2);
    return header;
  }
  const header = Buffer.alloc(14);
  header[0] = FINAL_BINARY;
  header[1] = MASKED | 127;
  header.writeUIntBE(payloadBytes, 4, 6);
  return header;
}

const HEADER_END = Buffer.from('\r\n\r\n');

/** Bytes from a server to the payloads in them, in the pieces in which they come. */
export class WebSocketStream {
  readonly #onPayload: (bytes: Uint8Array, end: number) => void;
  #isUpgraded = false;
  #response: Buffer = Buffer.alloc(0);
  /** Of the present frame. */
  #payloadBytes = 0;
  readonly #header = Buffer.alloc(10);
  #headerBytes = 0;

  constructor(onPayload: (bytes: Uint8Array, end: number) => void) {
    this.#onPayload = onPayload;
  }

  /** Takes `chunk[0 .. end)`. */
  push(chunk: Uint8Array, end: number): void {
    if (this.#isUpgraded) this.#read(chunk, 0, end);
    else this.#readResponse(chunk.subarray(0, end));
  }

  #readResponse(chunk: Uint8Array): void {
    this.#response = Buffer.concat([this.#response, chunk]);
    const headerEnd = this.#response.indexOf(HEADER_END);
    if (headerEnd === -1) return;
    if (!this.#response.toString('latin1', 0, 12).endsWith(' 101'))
      throw new Error(
        `the WebSocket upgrade was refused: ${this.#response.toString('latin1', 0, headerEnd)}`,
      );
    this.#isUpgraded = true;
    const rest = this.#response.subarray(headerEnd + HEADER_END.length);
    this.#response = Buffer.alloc(0);
    this.#read(rest, 0, rest.length);
  }

  #read(chunk: Uint8Array, start: number, end: number): void {
    let at = start;
    while (at < end) {
      if (this.#payloadBytes > 0) {
        const until = Math.min(end, at + this.#payloadBytes);
        this.#payloadBytes -= until - at;
        const payload = chunk.subarray(at, until);
        this.#onPayload(payload, payload.length);
        at = until;
      } else {
        this.#header[this.#headerBytes++] = chunk[at++]!; // at < end
        this.#readHeader();
      }
    }
  }

  #readHeader(): void {
    const header = this.#header;
    const size = header[1]! & 0x7f; // 0 while the second byte has not come
    const needed = this.#headerBytes < 2 ? 2 : size === 126 ? 4 : size === 127 ? 10 : 2;
    if (this.#headerBytes < needed) return;
    this.#payloadBytes =
      size === 126 ? header.readUInt16BE(2) : size === 127 ? header.readUIntBE(4, 6) : size;
    this.#headerBytes = 0;
  }
}
