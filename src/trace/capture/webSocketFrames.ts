/**
 * One direction of a WebSocket connection of a capture, behind its HTTP head: RFC 6455 frames to the payload in them.
 *
 * Payload is handed on as it comes, never gathered: a frame may hold several packets or a part of one [MQTT-6.0.0-2].
 * Text frames break [MQTT-6.0.0-1], and are read nevertheless: to show what a device sent is what a capture is for. So
 * is a frame whose masking is not what its direction asks for. Not `ws`, which gathers messages, ends at the first
 * fault, and can't go on behind a gap.
 */

export interface FrameEvents {
  /** The next payload of data frames, without its mask. Borrowed. */
  payload(bytes: Uint8Array): void;
  /** Payload is missing here, or what came is no frame. */
  lost(): void;
}

/** Continuation, text and binary are 0 to 2: where a fragment goes on, its payload does. */
const BINARY = 2;
const CLOSE = 8;
const PONG = 10;
const MAX_CONTROL_BYTES = 125;
const MAX_HEADER_BYTES = 14;

interface FrameHeader {
  readonly headerBytes: number;
  readonly isData: boolean;
  readonly payloadBytes: number;
  readonly isMasked: boolean;
}

export class WebSocketFrames {
  readonly #events: FrameEvents;
  readonly #isMaskedBySender: boolean;
  readonly #header = Buffer.alloc(MAX_HEADER_BYTES);
  #headerBytes = 0;
  /** Of the present frame, what has not come yet. */
  #payloadBytes = 0;
  #isData = false;
  readonly #mask = Buffer.alloc(4);
  /** Of the next byte, in the payload, modulo 4. */
  #maskAt = 0;
  #isInStep = true;

  /** @param sender a client masks what it sends, a server does not: this says where frames go on behind a gap. */
  constructor(sender: 'client' | 'server', events: FrameEvents) {
    this.#isMaskedBySender = sender === 'client';
    this.#events = events;
  }

  /** @param bytes in order, as one segment brought them. */
  push(bytes: Uint8Array): void {
    if (!this.#isInStep) {
      if (!this.#isWholeFrames(bytes)) return;
      this.#isInStep = true;
    }
    let at = 0;
    while (at < bytes.length && this.#isInStep) {
      if (this.#payloadBytes > 0) {
        const end = Math.min(bytes.length, at + this.#payloadBytes);
        this.#takePayload(bytes.subarray(at, end));
        at = end;
      } else {
        this.#header[this.#headerBytes++] = bytes[at++]!; // at < length
        this.#readHeader();
      }
    }
  }

  /** So many bytes are missing. Within a payload it is known where the next frame begins, else not. */
  lose(count: number): void {
    if (this.#isInStep && this.#payloadBytes >= count) {
      this.#payloadBytes -= count;
      this.#maskAt = (this.#maskAt + count) & 3;
      if (this.#isData) this.#events.lost();
    } else this.seek();
  }

  /** It is not known where a frame begins: reading goes on with a segment that is whole frames. */
  seek(): void {
    this.#isInStep = false;
    this.#headerBytes = 0;
    this.#payloadBytes = 0;
    this.#events.lost();
  }

  #readHeader(): void {
    const header = headerOf(this.#header, 0, this.#headerBytes);
    if (header === undefined) return;
    if (header === 'none') {
      this.seek();
      return;
    }
    if (header.isMasked) this.#header.copy(this.#mask, 0, header.headerBytes - 4, header.headerBytes);
    else this.#mask.fill(0);
    this.#maskAt = 0;
    this.#headerBytes = 0;
    this.#payloadBytes = header.payloadBytes;
    this.#isData = header.isData;
  }

  #takePayload(masked: Uint8Array): void {
    this.#payloadBytes -= masked.length;
    if (!this.#isData) {
      this.#maskAt = (this.#maskAt + masked.length) & 3;
      return;
    }
    const payload = Buffer.from(masked);
    for (let i = 0; i < payload.length; i++) {
      payload[i] = payload[i]! ^ this.#mask[this.#maskAt]!; // both are there
      this.#maskAt = (this.#maskAt + 1) & 3;
    }
    this.#events.payload(payload);
  }

  /** Most frames begin with a segment: one that is whole frames, masked as they must be, is where reading goes on. */
  #isWholeFrames(bytes: Uint8Array): boolean {
    let at = 0;
    while (at < bytes.length) {
      const header = headerOf(bytes, at, bytes.length);
      if (header === undefined || header === 'none') return false;
      if (header.isMasked !== this.#isMaskedBySender) return false;
      at += header.headerBytes + header.payloadBytes;
    }
    return at === bytes.length && at > 0;
  }
}

/** The header of a frame in `bytes[start .. end)`: undefined while it is not whole, `none` for what no header can be. */
function headerOf(bytes: Uint8Array, start: number, end: number): FrameHeader | 'none' | undefined {
  const available = end - start;
  if (available < 2) return undefined;
  const [first, second] = [bytes[start]!, bytes[start + 1]!]; // two bytes are there
  const opcode = first & 0x0f;
  const isData = opcode <= BINARY;
  const isFinal = first >= 0x80;
  const length = second & 0x7f;
  const isControl = opcode >= CLOSE && opcode <= PONG && isFinal && length <= MAX_CONTROL_BYTES;
  // No extension was agreed on: RFC 6455, section 5.2, has no use for the reserved bits.
  if ((first & 0x70) !== 0 || !(isData || isControl)) return 'none';
  const isMasked = second >= 0x80;
  const lengthBytes = length === 126 ? 2 : length === 127 ? 8 : 0;
  const headerBytes = 2 + lengthBytes + (isMasked ? 4 : 0);
  if (available < headerBytes) return undefined;
  let payloadBytes = lengthBytes === 0 ? length : 0;
  for (let i = 0; i < lengthBytes; i++) payloadBytes = payloadBytes * 256 + bytes[start + 2 + i]!; // whole
  if (payloadBytes > Number.MAX_SAFE_INTEGER) return 'none';
  return { headerBytes, isData, payloadBytes, isMasked };
}
