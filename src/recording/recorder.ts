/**
 * A recording, written while the messages come.
 *
 * `append` is on the broker's HOT PATH: it encodes the message into memory and returns. What has gathered there is
 * written when it is 256 KiB, or when a fifth of a second has passed; one write at a time. What waits is bounded: when
 * the disk is slower than the messages, those that find no room are counted, and the file says at their place how many
 * are missing.
 *
 * A block is written by one call, lines in their order, so a process that is killed leaves whole lines and at most one
 * that is cut. Each file is on the disk (fsync) before the next is begun.
 */
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { type FileFault, writeFaultOf } from './fileFault.ts';
import { type Files, nodeFiles, type WritableFile, writeAll } from './files.ts';
import { countMessageLines, gapLine, headerLine, JsonLinesEncoder, SHARED_LINE_BYTES } from './jsonLines.ts';
import type { RecordedMessage } from './recordedMessage.ts';
import { partName } from './recordingParts.ts';

export interface RecordingOptions {
  /** Has to be there. */
  folder: string;
  /** Of the files: see recordingParts.ts. Not a path. */
  baseName: string;
  /** A line that would make a file larger begins the next one. Only a line that is larger by itself exceeds it. */
  maxFileBytes: number;
  /** While so much waits for the disk, no more is taken; default 64 MiB. The last line taken may go beyond. */
  maxPendingBytes?: number;
  clock: Clock;
  files?: Files;
}

export interface RecordingStatus {
  /** Taken into the recording, those included that wait for the disk. */
  readonly messages: number;
  /** Of all lines taken, in all files. */
  readonly bytes: number;
  /** Begun so far. */
  readonly files: number;
  /** Found no room, were left out, or could not be written because the disk failed. */
  readonly lostMessages: number;
  readonly startedAtMs: number;
  /** What is written to now, or was last. */
  readonly currentFile: string;
  /** Of `bytes`, those that are not written yet. */
  readonly pendingBytes: number;
}

export type StartedRecording =
  | { kind: 'started'; recorder: Recorder }
  /** The base name is no name of a file. */
  | { kind: 'badName'; message: string }
  | FileFault;

export type RecordingEnd =
  /** By `stop`: all is on the disk. */
  | { kind: 'stopped'; status: RecordingStatus }
  /** The disk failed. What was written before is there; what waited is among `lostMessages`. */
  | { kind: 'failed'; fault: FileFault; status: RecordingStatus };

/** Written as soon as so much has gathered, unless another write is on its way. */
const WRITE_BYTES = 256 * 1024;
/** What gathers meanwhile is written by one call, up to this: a busy thread hears late that a write has ended. */
const BLOCK_BYTES = 1024 * 1024;
/** How long a line waits at most before it goes to the disk, milliseconds. */
const FLUSH_AFTER_MS = 200;
const DEFAULT_MAX_PENDING_BYTES = 64 * 1024 * 1024;
/** Blocks that are kept to be used again: one fills while another is written. */
const MAX_SPARE_BLOCKS = 2;

/** Lines that are written by one call, all to one file. */
interface Block {
  readonly bytes: Uint8Array;
  used: number;
  messages: number;
  readonly part: number;
}

/** @throws RangeError for a bound that is no whole number above 0. */
export async function startRecording(options: RecordingOptions): Promise<StartedRecording> {
  const { folder, baseName, maxFileBytes, maxPendingBytes = DEFAULT_MAX_PENDING_BYTES } = options;
  for (const bound of [maxFileBytes, maxPendingBytes]) {
    if (!Number.isSafeInteger(bound) || bound < 1) throw new RangeError(`${bound} is no number of bytes`);
  }
  if (baseName === '' || /[\\/:*?"<>|\0]/.test(baseName)) {
    const message = `${JSON.stringify(baseName)} can't be the name of a file. Use letters, digits, "-" and "_".`;
    return { kind: 'badName', message };
  }
  const files = options.files ?? nodeFiles;
  const firstFile = join(folder, partName(baseName, 1));
  try {
    const opened = await files.create(firstFile);
    return { kind: 'started', recorder: new Recorder({ ...options, maxPendingBytes, files }, opened) };
  } catch (error) {
    return writeFaultOf(error, firstFile);
  }
}

export class Recorder {
  /** Settles when the recording is over, whichever way. Rejects for a bug alone. */
  readonly ended: Promise<RecordingEnd>;
  #settleEnd!: (end: RecordingEnd | Promise<RecordingEnd>) => void; // set by the executor, which runs at once

  readonly #options: Required<RecordingOptions>;
  readonly #encoder = new JsonLinesEncoder();
  readonly #startedAtMs: number;
  readonly #blockBytes: number;
  #state: 'recording' | 'stopping' | 'ended' = 'recording';

  /** What new lines go to, for the file number `#part`. */
  #block: Block | undefined;
  #part = 1;
  #partBytes = 0;
  #partHasLines = false;

  readonly #waiting: Block[] = [];
  readonly #spare: Uint8Array[] = [];
  #flushTimer: Disposable | undefined;
  /** The block that fills was to be written, and another is. */
  #isFlushDue = false;
  #isWriting = false;
  #file: WritableFile;
  #filePart = 1;

  #messages = 0;
  #bytes = 0;
  #pendingBytes = 0;
  #lostMessages = 0;
  /** Lost since the last gap was written down, and when. */
  #gapMessages = 0;
  #gapFromMs = 0;
  #gapToMs = 0;

  /** See `startRecording`. @param opened the first file. */
  constructor(options: Required<RecordingOptions>, opened: WritableFile) {
    this.#options = options;
    this.#file = opened;
    this.#startedAtMs = options.clock.nowMs();
    // Not larger than a file, or each of many small files would wait in a large block.
    this.#blockBytes = Math.min(BLOCK_BYTES, options.maxFileBytes);
    this.ended = new Promise((resolve) => {
      this.#settleEnd = resolve;
    });
    this.#putHeader();
  }

  get status(): RecordingStatus {
    return {
      messages: this.#messages,
      bytes: this.#bytes,
      files: this.#filePart,
      lostMessages: this.#lostMessages,
      startedAtMs: this.#startedAtMs,
      currentFile: this.#pathOf(this.#filePart),
      pendingBytes: this.#pendingBytes,
    };
  }

  /** HOT PATH. Copies what it keeps. After the end of the recording it does nothing. */
  append(message: RecordedMessage): void {
    if (this.#state !== 'recording') return;
    if (this.#pendingBytes >= this.#options.maxPendingBytes) {
      this.leaveOut(message.receivedAtMs);
      return;
    }
    if (this.#gapMessages > 0) this.#putGap();
    this.#put(this.#encoder.encode(message), 1);
    this.#messages++;
  }

  /** A message that came at this place and can't be had is counted as lost, and the file says so. */
  leaveOut(receivedAtMs: number): void {
    if (this.#state !== 'recording') return;
    this.#lostMessages++;
    if (this.#gapMessages++ === 0) this.#gapFromMs = receivedAtMs;
    this.#gapToMs = receivedAtMs;
  }

  /** Resolves, as `ended` does, when all is on the disk. */
  stop(): Promise<RecordingEnd> {
    if (this.#state === 'recording') {
      this.#state = 'stopping';
      if (this.#gapMessages > 0) this.#putGap();
      this.#seal();
      this.#write();
    }
    return this.ended;
  }

  #pathOf(part: number): string {
    return join(this.#options.folder, partName(this.#options.baseName, part));
  }

  #putGap(): void {
    const lostMessages = this.#gapMessages;
    this.#gapMessages = 0;
    this.#put(gapLine({ lostMessages, fromMs: this.#gapFromMs, toMs: this.#gapToMs }), 0);
  }

  #putHeader(): void {
    this.#partBytes = 0;
    this.#store(headerLine({ startedAtMs: this.#startedAtMs, part: this.#part }), 0);
    this.#partHasLines = false;
  }

  /** A line after the header: of this file or, where it has no room, of the next. */
  #put(line: Uint8Array, messages: 0 | 1): void {
    if (this.#partHasLines && this.#partBytes + line.length > this.#options.maxFileBytes) {
      this.#seal();
      this.#part++;
      this.#putHeader();
    }
    this.#store(line, messages);
    this.#partHasLines = true;
  }

  #store(line: Uint8Array, messages: 0 | 1): void {
    this.#partBytes += line.length;
    this.#bytes += line.length;
    this.#pendingBytes += line.length;
    if (line.length > this.#blockBytes) {
      this.#seal();
      // Of a line this long the encoder keeps nothing.
      const bytes = line.length > SHARED_LINE_BYTES ? line : line.slice();
      this.#waiting.push({ bytes, used: line.length, messages, part: this.#part });
      this.#write();
      return;
    }
    if (this.#block !== undefined && this.#block.used + line.length > this.#blockBytes) {
      this.#seal();
      this.#write();
    }
    this.#block ??= this.#newBlock();
    this.#block.bytes.set(line, this.#block.used);
    this.#block.used += line.length;
    this.#block.messages += messages;
    if (!this.#isWriting && this.#isLarge(this.#block)) {
      this.#seal();
      this.#write();
    }
  }

  #isLarge(block: Block): boolean {
    return block.used >= Math.min(WRITE_BYTES, this.#blockBytes);
  }

  #newBlock(): Block {
    const bytes = this.#spare.pop() ?? new Uint8Array(this.#blockBytes);
    this.#flushTimer = this.#options.clock.setTimeout(() => this.#flush(), FLUSH_AFTER_MS);
    return { bytes, used: 0, messages: 0, part: this.#part };
  }

  /** While another block is written, this one goes on filling: many that hold little would be much memory. */
  #flush(): void {
    if (this.#isWriting) {
      this.#isFlushDue = true;
      return;
    }
    this.#seal();
    this.#write();
  }

  /** Nothing more goes into the block: it waits for the disk. */
  #seal(): void {
    this.#flushTimer?.dispose();
    this.#flushTimer = undefined;
    this.#isFlushDue = false;
    if (this.#block === undefined) return;
    this.#waiting.push(this.#block);
    this.#block = undefined;
  }

  #write(): void {
    if (this.#isWriting || this.#state === 'ended') return;
    this.#isWriting = true;
    this.#writeWaiting().catch((bug: unknown) => this.#settleEnd(Promise.reject(bug)));
  }

  async #writeWaiting(): Promise<void> {
    let block: Block | undefined;
    let written = 0;
    try {
      for (;;) {
        block = this.#nextBlock();
        if (block === undefined) break;
        written = 0;
        if (block.part !== this.#filePart) await this.#openPart(block.part);
        await writeAll(this.#file, block.bytes.subarray(0, block.used), (count) => {
          written += count;
          this.#pendingBytes -= count;
        });
        if (block.bytes.length === this.#blockBytes && this.#spare.length < MAX_SPARE_BLOCKS)
          this.#spare.push(block.bytes);
        // There is room again.
        if (this.#gapMessages > 0) this.#putGap();
      }
      if (this.#state === 'stopping') {
        await this.#closeFile();
        this.#state = 'ended';
        this.#settleEnd({ kind: 'stopped', status: this.status });
      }
    } catch (error) {
      await this.#fail(error, block, written);
    }
    this.#isWriting = false;
  }

  #nextBlock(): Block | undefined {
    const isDue = this.#isFlushDue || this.#state === 'stopping';
    if (this.#waiting.length === 0 && this.#block !== undefined && (isDue || this.#isLarge(this.#block)))
      this.#seal();
    return this.#waiting.shift();
  }

  async #openPart(part: number): Promise<void> {
    await this.#closeFile();
    this.#file = await this.#options.files.create(this.#pathOf(part));
    this.#filePart = part;
  }

  async #closeFile(): Promise<void> {
    await this.#file.sync();
    await this.#file.close();
  }

  /** @param block what was being written, and `written` how much of it was. */
  async #fail(error: unknown, block: Block | undefined, written: number): Promise<void> {
    this.#state = 'ended';
    const failedPart = block?.part ?? this.#filePart;
    this.#seal();
    let unwritten =
      block === undefined ? 0 : block.messages - countMessageLines(block.bytes.subarray(0, written));
    for (const { messages } of this.#waiting.splice(0)) unwritten += messages;
    this.#messages -= unwritten;
    this.#lostMessages += unwritten;
    this.#bytes -= this.#pendingBytes;
    this.#pendingBytes = 0;
    // The disk has failed already: that its file can't be closed either is nothing new.
    await Promise.allSettled([this.#file.close()]);
    const fault = writeFaultOf(error, this.#pathOf(failedPart));
    this.#settleEnd({ kind: 'failed', fault, status: this.status });
  }
}
