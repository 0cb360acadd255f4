/**
 * HOT PATH. What is written to one client while input is handled: gathered in few pieces, then handed to its transport.
 *
 * A message that goes on as it came costs no copy of its own: as long as one follows the other in the same input, they
 * are a run, two numbers, and copied together at the end, once for all who get the same. What must be made anew is
 * written into a page. Measured against a buffer for each packet, QoS 0 from one to one: docs/performance.md.
 *
 * Keeps the order of what is written. Knows nothing of packets but their bytes.
 */
import { copyBytes } from '../base/copyBytes.ts';
import type { OpenOutputs } from './openOutputs.ts';
import type { Transport } from './transport.ts';

const FIRST_PAGE_BYTES = 1024;
const LARGEST_PAGE_BYTES = 16 * 1024;
/** Up to here a copy costs less than a piece of its own. */
const SMALL_BYTES = 512;

export class Output {
  #transport: Transport;
  readonly #outputs: OpenOutputs;
  #isOpen = false;
  /** The run: borrowed bytes, or own ones, that go out as they are. Empty when `#runEnd` is `#runStart`. */
  #run: Uint8Array | undefined;
  #runStart = 0;
  #runEnd = 0;
  #isRunOwn = false;
  /** The page: written from `#pageStart` to `#pageAt`, with room up to `#pageEnd`. */
  #page: Uint8Array | undefined;
  #pageStart = 0;
  #pageAt = 0;
  #pageEnd = 0;
  #nextPageBytes = FIRST_PAGE_BYTES;

  constructor(transport: Transport, outputs: OpenOutputs) {
    this.#transport = transport;
    this.#outputs = outputs;
  }

  /** Hands what was written to the present transport, and all that follows to another. */
  exchangeTransport(transport: Transport): void {
    this.close();
    this.#transport = transport;
  }

  /** Written, and not handed to the transport yet. */
  get openBytes(): number {
    return this.#runEnd - this.#runStart + this.#pageAt - this.#pageStart;
  }

  /** Where `copy` puts bytes, and `room` is. */
  get page(): Uint8Array {
    return this.#page!; // copy or room has just made one
  }

  /** Where the bytes are that were written last, up to `latestEnd`: for who looks at them, before the next call. */
  get latest(): Uint8Array {
    return this.#run ?? this.page;
  }

  get latestEnd(): number {
    return this.#run === undefined ? this.#pageAt : this.#runEnd;
  }

  /** `bytes[start .. end)` as they are. @param isOwn as OnFrame of frameReader.ts: else they are borrowed. */
  forward(bytes: Uint8Array, start: number, end: number, isOwn: boolean): void {
    if (bytes === this.#run && start === this.#runEnd) {
      this.#runEnd = end;
      return;
    }
    this.#settleRun();
    if (this.#page !== undefined && end - start <= SMALL_BYTES) {
      this.copy(bytes, start, end);
      return;
    }
    this.#closePage();
    this.#run = bytes;
    this.#runStart = start;
    this.#runEnd = end;
    this.#isRunOwn = isOwn;
    this.#opened();
  }

  /** A copy of `bytes[start .. end)` for the caller to finish, before the next call; returns where it is in `page`. */
  copy(bytes: Uint8Array, start: number, end: number): number {
    const at = this.room(end - start);
    copyBytes(bytes, start, end, this.page, at);
    return at;
  }

  /** Room for so many bytes, which the caller writes into `page` before the next call; returns where. */
  room(bytes: number): number {
    this.#settleRun();
    return this.#roomInPage(bytes);
  }

  /** Bytes that do not change any more. */
  write(bytes: Uint8Array): void {
    if (bytes.length <= SMALL_BYTES) {
      this.forward(bytes, 0, bytes.length, true);
      return;
    }
    this.#closeRun();
    this.#closePage();
    this.#transport.write(bytes);
  }

  /** Hands everything to the transport. */
  close(): void {
    this.#isOpen = false;
    this.#closeRun();
    this.#closePage();
    this.#nextPageBytes = FIRST_PAGE_BYTES;
  }

  /** Drops what was not handed to the transport. */
  discard(): void {
    this.#run = undefined;
    this.#runStart = 0;
    this.#runEnd = 0;
    this.#page = undefined;
    this.#pageStart = 0;
    this.#pageAt = 0;
  }

  #opened(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#outputs.add(this);
  }

  /** Something else follows the run: into the page with a short one, where that goes too. */
  #settleRun(): void {
    const run = this.#run;
    if (run === undefined) return;
    const start = this.#runStart;
    const end = this.#runEnd;
    if (end - start > SMALL_BYTES) {
      this.#closeRun();
      return;
    }
    this.#run = undefined;
    this.#runStart = 0;
    this.#runEnd = 0;
    const at = this.#roomInPage(end - start);
    copyBytes(run, start, end, this.page, at);
  }

  #roomInPage(bytes: number): number {
    if (this.#page === undefined || this.#pageAt + bytes > this.#pageEnd) this.#turnPage(bytes);
    const at = this.#pageAt;
    this.#pageAt = at + bytes;
    return at;
  }

  #closeRun(): void {
    const run = this.#run;
    if (run === undefined) return;
    const start = this.#runStart;
    const end = this.#runEnd;
    this.#run = undefined;
    this.#runStart = 0;
    this.#runEnd = 0;
    const isWhole = this.#isRunOwn && start === 0 && end === run.length;
    this.#transport.write(isWhole ? run : this.#outputs.copyOf(run, start, end));
  }

  #turnPage(bytes: number): void {
    this.#closePage();
    const size = Math.max(bytes, this.#nextPageBytes);
    this.#nextPageBytes = Math.min(2 * this.#nextPageBytes, LARGEST_PAGE_BYTES);
    this.#pageStart = this.#outputs.take(size);
    this.#pageAt = this.#pageStart;
    this.#pageEnd = this.#pageStart + size;
    this.#page = this.#outputs.slab;
    this.#opened();
  }

  #closePage(): void {
    const page = this.#page;
    if (page === undefined) return;
    this.#page = undefined;
    const bytes = page.subarray(this.#pageStart, this.#pageAt);
    this.#outputs.giveBack(page, this.#pageAt, this.#pageEnd);
    this.#pageStart = 0;
    this.#pageAt = 0;
    this.#transport.write(bytes);
  }
}
