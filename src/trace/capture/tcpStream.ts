/**
 * One direction of a TCP connection, put in order: what was sent again is dropped, what came early waits.
 *
 * Bounded: what waits for a gap to be filled has a limit, and beyond it the gap is told as lost.
 */

export interface StreamEvents {
  /** The next bytes. Borrowed. */
  bytes(bytes: Uint8Array): void;
  /** So many bytes are not in the capture. */
  lost(count: number): void;
}

/** What may wait, in bytes and in segments. A window of 1 MiB is large for what speaks MQTT. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
const MAX_WAITING_SEGMENTS = 2000;

export class TcpStream {
  readonly #events: StreamEvents;
  /** Of the next byte; undefined until a segment was seen. */
  #next: number | undefined;
  /** In the order of sequence numbers, none of them at or before the next byte. */
  #waiting: { readonly sequence: number; readonly bytes: Uint8Array; readonly missing: number }[] = [];
  #waitingBytes = 0;

  constructor(events: StreamEvents) {
    this.#events = events;
  }

  /** Does nothing when it has begun: a SYN may be sent again behind data. @param sequence of the first byte of data. */
  begin(sequence: number): void {
    this.#next ??= sequence >>> 0;
  }

  /** @param missing bytes behind these, which the capture cut off. */
  push(sequence: number, bytes: Uint8Array, missing: number): void {
    if (bytes.length + missing === 0) return;
    this.#next ??= sequence;
    if (distance(this.#next, sequence) > 0) {
      this.#wait(sequence, bytes, missing);
      if (this.#waitingBytes > MAX_WAITING_BYTES || this.#waiting.length > MAX_WAITING_SEGMENTS) this.flush();
      return;
    }
    this.#take(sequence, bytes, missing);
    this.#takeWaiting();
  }

  /** No more comes that could fill gaps: what waits is handed on, with what is lost before it. */
  flush(): void {
    while (this.#waiting.length > 0) {
      const first = this.#waiting[0]!; // there is one
      const gap = distance(this.#next ?? first.sequence, first.sequence);
      if (gap > 0) this.#lose(gap);
      this.#takeWaiting();
    }
  }

  #take(sequence: number, bytes: Uint8Array, missing: number): void {
    const seen = distance(sequence, this.#next ?? sequence);
    if (seen < bytes.length) {
      const fresh = seen > 0 ? bytes.subarray(seen) : bytes;
      this.#next = (sequence + bytes.length) >>> 0;
      this.#events.bytes(fresh);
    }
    const lost = missing - Math.max(0, seen - bytes.length);
    if (missing > 0 && lost > 0) this.#lose(lost);
  }

  #lose(count: number): void {
    this.#next = ((this.#next ?? 0) + count) >>> 0;
    this.#events.lost(count);
  }

  #takeWaiting(): void {
    while (this.#waiting.length > 0) {
      const { sequence, bytes, missing } = this.#waiting[0]!; // there is one
      if (distance(this.#next ?? sequence, sequence) > 0) return;
      this.#waiting.shift();
      this.#waitingBytes -= bytes.length;
      this.#take(sequence, bytes, missing);
    }
  }

  #wait(sequence: number, bytes: Uint8Array, missing: number): void {
    let at = this.#waiting.length;
    while (at > 0 && distance(this.#waiting[at - 1]!.sequence, sequence) < 0) at--; // at > 0
    // A copy: what waits outlives the chunk of the file.
    this.#waiting.splice(at, 0, { sequence, bytes: Buffer.from(bytes), missing });
    this.#waitingBytes += bytes.length;
  }
}

/** From one sequence number to another, which wrap at 32 bits: negative when it lies behind. */
function distance(from: number, to: number): number {
  return (to - from) | 0;
}
