/**
 * A recording that is opened to be looked at: read once, from its first file to its last, as a stream of messages for
 * who keeps them, with what was counted on the way. Changes no file, and keeps no message.
 */
import { stat } from 'node:fs/promises';
import type { RecordedMessage } from './recordedMessage.ts';
import { type RecordingProblem, readRecording } from './recordingReader.ts';

/** Of more the first are kept, and all counted: a file that is no recording has one a line. */
export const MAX_KEPT_PROBLEMS = 100;

export interface RecordingSummary {
  readonly messages: number;
  /** By the recording's own account: messages for which the disk was too slow. */
  readonly lostMessages: number;
  readonly problems: number;
  readonly firstProblems: readonly RecordingProblem[];
  /** When the first and the last message in the files was received. */
  readonly firstAtMs: number | undefined;
  readonly lastAtMs: number | undefined;
  readonly bytesRead: number;
  /** Of all files, as they were when the reading began; those that are not there count nothing. */
  readonly totalBytes: number;
  readonly isDone: boolean;
}

export interface OpenRecordingOptions {
  /** After each chunk. */
  onProgress?: (summary: RecordingSummary) => void;
  /** When aborted, the messages end, and the summary is not done. */
  signal?: AbortSignal | undefined;
}

export class RecordingIndex {
  readonly #files: readonly string[];
  readonly #options: OpenRecordingOptions;
  #messages = 0;
  #lostMessages = 0;
  #problems = 0;
  readonly #firstProblems: RecordingProblem[] = [];
  #firstAtMs: number | undefined;
  #lastAtMs: number | undefined;
  #bytesRead = 0;
  #totalBytes = 0;
  #state: 'new' | 'reading' | 'done' = 'new';

  /** @param files the parts in their order: see recordingParts.ts. */
  constructor(files: readonly string[], options: OpenRecordingOptions = {}) {
    this.#files = files;
    this.#options = options;
  }

  get summary(): RecordingSummary {
    return {
      messages: this.#messages,
      lostMessages: this.#lostMessages,
      problems: this.#problems,
      firstProblems: [...this.#firstProblems],
      firstAtMs: this.#firstAtMs,
      lastAtMs: this.#lastAtMs,
      bytesRead: this.#bytesRead,
      totalBytes: this.#totalBytes,
      isDone: this.#state === 'done',
    };
  }

  /** Once: what was counted is of one reading. Who has enough stops taking. */
  async *messages(): AsyncGenerator<RecordedMessage, void, void> {
    if (this.#state !== 'new') throw new Error('the recording is read already');
    this.#state = 'reading';
    const { signal, onProgress } = this.#options;
    this.#totalBytes = await sizeOf(this.#files);
    for await (const { entries, bytesRead } of readRecording(this.#files, { signal })) {
      this.#bytesRead = bytesRead;
      for (const entry of entries) {
        if (entry.kind === 'message') {
          this.#count(entry.message);
          yield entry.message;
        } else if (entry.kind === 'gap') this.#lostMessages += entry.gap.lostMessages;
        else this.#note(entry.problem);
      }
      onProgress?.(this.summary);
    }
    if (signal?.aborted) return;
    this.#state = 'done';
    onProgress?.(this.summary);
  }

  #count({ receivedAtMs }: RecordedMessage): void {
    this.#messages++;
    this.#firstAtMs ??= receivedAtMs;
    this.#lastAtMs = receivedAtMs;
  }

  #note(problem: RecordingProblem): void {
    this.#problems++;
    if (this.#firstProblems.length < MAX_KEPT_PROBLEMS) this.#firstProblems.push(problem);
  }
}

/** Bytes. What can't be asked can't be read either, and is told by who reads it. */
async function sizeOf(files: readonly string[]): Promise<number> {
  const sizes = await Promise.allSettled(files.map((file) => stat(file)));
  return sizes.reduce((sum, size) => sum + (size.status === 'fulfilled' ? size.value.size : 0), 0);
}
