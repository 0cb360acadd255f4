/**
 * A recording's files as a stream of what is in them, in order: messages, gaps, and what could not be read.
 *
 * Memory is bounded by a chunk and the longest line, not by the files. Nothing is skipped in silence: a line that can't
 * be read is a problem with its number, and the lines behind it are read all the same, unless it is the header of
 * another format, which ends its file; so are the files behind one that is not there. A file that a crash has cut off is
 * read up to its last whole line.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { readFaultOf } from './fileFault.ts';
import type { RecordingGap, RecordingHeader } from './jsonLines.ts';
import { LineSplitter, MAX_LINE_BYTES, type RawLine } from './lineSplitter.ts';
import { parseLine } from './parseLine.ts';
import type { RecordedMessage } from './recordedMessage.ts';

export interface RecordingProblem {
  /**
   * `brokenLine`, `longLine`: it was left out. `cutLine`: likewise, the last of a file that ends in the middle of it.
   * `otherFormat`, `unreadable`: the file is not read, or no further. `missingPart`: between two files.
   */
  readonly kind: 'brokenLine' | 'cutLine' | 'longLine' | 'otherFormat' | 'unreadable' | 'missingPart';
  readonly file: string;
  /** From 1. */
  readonly line?: number;
  /** In characters, from 1. */
  readonly column?: number;
  /** Whole sentences, with file, line and column: what happened, what it means, what to do. */
  readonly message: string;
}

export type RecordingEntry =
  | { readonly kind: 'message'; readonly message: RecordedMessage }
  | { readonly kind: 'gap'; readonly gap: RecordingGap }
  | { readonly kind: 'problem'; readonly problem: RecordingProblem };

/** What one chunk of a file held. */
export interface RecordingChunk {
  readonly entries: readonly RecordingEntry[];
  /** Of all files so far, in bytes. */
  readonly bytesRead: number;
}

export interface ReadRecordingOptions {
  /** When aborted, the reading ends as if there were no more. */
  signal?: AbortSignal | undefined;
  /** Default 256 KiB. */
  chunkBytes?: number;
  /** Default `MAX_LINE_BYTES`. */
  maxLineBytes?: number;
}

const CHUNK_BYTES = 256 * 1024;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;

/** @param files the parts in their order: see recordingParts.ts. */
export async function* readRecording(
  files: readonly string[],
  options: ReadRecordingOptions = {},
): AsyncGenerator<RecordingChunk, void, void> {
  const { signal, chunkBytes = CHUNK_BYTES, maxLineBytes = MAX_LINE_BYTES } = options;
  const order = new PartOrder();
  const buffer = new Uint8Array(chunkBytes);
  let bytesRead = 0;
  for (const file of files) {
    if (signal?.aborted) return;
    let handle: FileHandle;
    try {
      handle = await open(file, 'r');
    } catch (error) {
      yield { entries: [unreadable(file, error)], bytesRead };
      continue;
    }
    try {
      const lines = new FileLines(file, order, maxLineBytes);
      while (!lines.isOver && !signal?.aborted) {
        let chunk: Uint8Array;
        try {
          chunk = buffer.subarray(0, (await handle.read(buffer, 0, chunkBytes)).bytesRead);
        } catch (error) {
          yield { entries: [...lines.end(), unreadable(file, error)], bytesRead };
          break;
        }
        bytesRead += chunk.length;
        if (chunk.length > 0) yield { entries: lines.push(chunk), bytesRead };
        else {
          yield { entries: lines.end(), bytesRead };
          break;
        }
      }
    } finally {
      await handle.close();
    }
  }
}

function unreadable(file: string, error: unknown): RecordingEntry {
  return {
    kind: 'problem',
    problem: { kind: 'unreadable', file, message: readFaultOf(error, file).message },
  };
}

/** Whether the parts of one recording follow each other, from file to file. */
class PartOrder {
  #last: RecordingHeader | undefined;

  /** What is wrong with a part that comes here, to follow a colon. */
  check(header: RecordingHeader): string | undefined {
    const last = this.#last;
    this.#last = header;
    if (last?.part === undefined || header.part === undefined) return undefined;
    if (last.startedAtMs !== header.startedAtMs || header.part === last.part + 1) return undefined;
    return `it is part ${header.part} of the recording, and comes after part ${last.part}. Messages between them are missing, or come out of order: open all parts, in the order of their numbers.`;
  }
}

/** The entries of one file. */
class FileLines {
  readonly #file: string;
  readonly #order: PartOrder;
  readonly #splitter: LineSplitter;
  readonly #maxLineBytes: number;
  #previousMs = 0;
  #isOver = false;

  constructor(file: string, order: PartOrder, maxLineBytes: number) {
    this.#file = file;
    this.#order = order;
    this.#splitter = new LineSplitter(maxLineBytes);
    this.#maxLineBytes = maxLineBytes;
  }

  /** What follows is not to be read. */
  get isOver(): boolean {
    return this.#isOver;
  }

  push(chunk: Uint8Array): RecordingEntry[] {
    const entries: RecordingEntry[] = [];
    for (const line of this.#splitter.push(chunk)) {
      this.#take(line, entries);
      if (this.#isOver) break;
    }
    return entries;
  }

  end(): RecordingEntry[] {
    const entries: RecordingEntry[] = [];
    const line = this.#splitter.end();
    if (line !== undefined) this.#take(line, entries);
    return entries;
  }

  #take(line: RawLine, entries: RecordingEntry[]): void {
    if (line.isTooLong) {
      const why = `it is longer than ${this.#maxLineBytes} bytes, which no MQTT message needs. It was left out. Is this a recording?`;
      entries.push(this.#problem('longLine', line.number, undefined, why));
      return;
    }
    const parsed = parseLine(withoutMark(line), this.#previousMs);
    switch (parsed.kind) {
      case 'message':
        this.#previousMs = parsed.message.receivedAtMs;
        entries.push(parsed);
        return;
      case 'gap':
        entries.push(parsed);
        return;
      case 'header': {
        this.#previousMs = parsed.header.startedAtMs;
        const why = this.#order.check(parsed.header);
        if (why !== undefined) entries.push(this.#problem('missingPart', line.number, undefined, why));
        return;
      }
      case 'empty':
        return;
      case 'otherFormat':
        this.#isOver = true;
        entries.push(
          this.#problem('otherFormat', line.number, undefined, `${parsed.why} The file was not read.`),
        );
        return;
      case 'broken':
        entries.push(
          line.isEnded
            ? this.#problem(
                'brokenLine',
                line.number,
                parsed.column,
                `${parsed.why}. It was left out, and the rest was read. Correct it, or delete it.`,
              )
            : this.#problem(
                'cutLine',
                line.number,
                undefined,
                'the file ends in the middle of it, as after a crash or with a full disk. The message in it is lost; those before it were read.',
              ),
        );
    }
  }

  #problem(
    kind: RecordingProblem['kind'],
    line: number,
    column: number | undefined,
    why: string,
  ): RecordingEntry {
    const place = `${basename(this.#file)}, line ${line}${column === undefined ? '' : `, column ${column}`}`;
    return {
      kind: 'problem',
      problem: {
        kind,
        file: this.#file,
        line,
        ...(column === undefined ? {} : { column }),
        message: `${place}: ${why}`,
      },
    };
  }
}

/** Some editors put one before the first line. */
function withoutMark({ number, bytes }: RawLine): Uint8Array {
  const hasMark = number === 1 && BYTE_ORDER_MARK.every((byte, i) => bytes[i] === byte);
  return hasMark ? bytes.subarray(BYTE_ORDER_MARK.length) : bytes;
}
