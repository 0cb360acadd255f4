/**
 * Messages into a file, as JSON Lines or CSV: whole or not at all (draftFile.ts).
 *
 * Asks for a message when there is room for it: however many there are, one buffer and the longest line are in memory.
 */
import { csvHeader, csvRow } from './csv.ts';
import { DraftFile } from './draftFile.ts';
import { type FileFault, writeFaultOf } from './fileFault.ts';
import { type Files, nodeFiles, writeAll } from './files.ts';
import { headerLine, JsonLinesEncoder } from './jsonLines.ts';
import type { RecordedMessage } from './recordedMessage.ts';

export type ExportFormat =
  /** `startedAtMs`: for the header, when what is exported began. */
  { kind: 'jsonLines'; startedAtMs: number } | { kind: 'csv'; byteOrderMark: boolean };

export interface ExportOptions {
  messages: Iterable<RecordedMessage> | AsyncIterable<RecordedMessage>;
  /** What is there is replaced; where it is a link, what it leads to. */
  file: string;
  format: ExportFormat;
  /** After each 256 KiB or so: what is written so far. */
  onProgress?: (progress: { messages: number; bytes: number }) => void;
  signal?: AbortSignal | undefined;
  files?: Files;
}

export type ExportResult =
  | { kind: 'exported'; messages: number; bytes: number }
  /** Nothing was changed. */
  | { kind: 'cancelled' }
  /** Nothing was changed, and `message` says why. */
  | FileFault;

const BUFFER_BYTES = 256 * 1024;

/** @throws what the iterable throws; nothing is changed then either. */
export async function exportMessages(options: ExportOptions): Promise<ExportResult> {
  const { file, files = nodeFiles } = options;
  if (options.signal?.aborted) return { kind: 'cancelled' };
  const fault = (error: unknown): ExportResult => writeFaultOf(error, file);

  let draft: DraftFile;
  try {
    draft = await DraftFile.create(files, file);
  } catch (error) {
    return fault(error);
  }
  const writer = new BufferedWriter(draft);
  let result: ExportResult | undefined;
  try {
    result = await writeMessages(options, writer);
    if (result.kind === 'exported') await writer.finish();
  } catch (error) {
    if (!writer.hasFailed) throw error;
    result = fault(error);
  } finally {
    if (result?.kind !== 'exported') await draft.discard();
  }
  return result;
}

async function writeMessages(
  { messages, format, onProgress, signal }: ExportOptions,
  writer: BufferedWriter,
): Promise<ExportResult> {
  const encode = encoderOf(format);
  writer.add(format.kind === 'csv' ? csvHeader(format) : headerLine(format));
  let count = 0;
  for await (const message of messages) {
    if (signal?.aborted) return { kind: 'cancelled' };
    const line = encode(message);
    if (!writer.hasRoomFor(line)) {
      await writer.flush();
      onProgress?.({ messages: count, bytes: writer.bytes });
    }
    if (writer.hasRoomFor(line)) writer.add(line);
    else await writer.write(line);
    count++;
  }
  await writer.flush();
  if (signal?.aborted) return { kind: 'cancelled' };
  onProgress?.({ messages: count, bytes: writer.bytes });
  return { kind: 'exported', messages: count, bytes: writer.bytes };
}

function encoderOf(format: ExportFormat): (message: RecordedMessage) => Uint8Array {
  if (format.kind === 'csv') return csvRow;
  const encoder = new JsonLinesEncoder();
  return (message) => encoder.encode(message);
}

class BufferedWriter {
  readonly #draft: DraftFile;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  #used = 0;
  #bytes = 0;
  #hasFailed = false;

  constructor(draft: DraftFile) {
    this.#draft = draft;
  }

  /** Written so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether it was the file that threw, and not where the messages come from. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  hasRoomFor(line: Uint8Array): boolean {
    return this.#used + line.length <= BUFFER_BYTES;
  }

  /** Copies. The room must be there. */
  add(line: Uint8Array): void {
    this.#buffer.set(line, this.#used);
    this.#used += line.length;
  }

  async flush(): Promise<void> {
    const used = this.#used;
    this.#used = 0;
    await this.write(this.#buffer.subarray(0, used));
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#try(() => writeAll(this.#draft.content, bytes));
    this.#bytes += bytes.length;
  }

  async finish(): Promise<void> {
    await this.#try(() => this.#draft.takePlace());
  }

  async #try(operation: () => Promise<void>): Promise<void> {
    try {
      await operation();
    } catch (error) {
      this.#hasFailed = true;
      throw error;
    }
  }
}
