/**
 * What is held of messages, into a file: those that are there when it begins, read in slices so that the broker on the
 * same thread goes on meanwhile. What the history drops before its turn came is counted and told.
 */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { nextTurn, timeSlice } from '../base/timeSlice.ts';
import type { ExportMessagesResult, ExportParams } from '../contracts/recordings.ts';
import { LogReader, type LogReaderOptions } from '../model/logReader.ts';
import { type ExportFormat, type ExportResult, exportMessages } from '../recording/export.ts';
import type { Files } from '../recording/files.ts';
import type { RecordedMessage } from '../recording/recordedMessage.ts';
import { exportProgress } from './exportProgress.ts';
import { sourceOf } from './messageSource.ts';
import type { Emit } from './modelEvents.ts';
import type { Models } from './models.ts';
import { recordedMessageOf } from './recordedMessageOf.ts';

/** Reading and encoding together. */
const SLICE_MS = 5;
/** Read at once, and copied: the log may drop them while they are written. */
const BATCH_MESSAGES = 64;
const BATCH_BYTES = 64 * 1024;

export interface ExportServiceOptions {
  clock: Clock;
  models: Models;
  emit: Emit;
  files?: Files;
}

interface Running {
  readonly cancelling: AbortController;
  readonly result: Promise<ExportMessagesResult>;
}

export class ExportService {
  readonly #options: ExportServiceOptions;
  readonly #running = new Map<number, Running>();

  constructor(options: ExportServiceOptions) {
    this.#options = options;
  }

  /** @throws Error for the id of an export that goes on. */
  export(params: ExportParams): Promise<ExportMessagesResult> {
    const { exportId } = params;
    if (this.#running.has(exportId)) throw new Error(`export ${exportId} goes on already`);
    const cancelling = new AbortController();
    const result = this.#export(params, cancelling.signal).finally(() => this.#running.delete(exportId));
    this.#running.set(exportId, { cancelling, result });
    return result;
  }

  cancel({ exportId }: { exportId: number }): void {
    this.#running.get(exportId)?.cancelling.abort();
  }

  /** Resolves when no file is open any more. */
  async dispose(): Promise<void> {
    const running = [...this.#running.values()];
    for (const { cancelling } of running) cancelling.abort();
    await Promise.allSettled(running.map(({ result }) => result));
  }

  async #export(params: ExportParams, signal: AbortSignal): Promise<ExportMessagesResult> {
    const { clock, models, files } = this.#options;
    const { file, fromMs, toMs } = params;
    const { model, query } = sourceOf(models, params.query);
    const { log } = model;
    const messages = new HeldMessages(clock, { log, query, fromMs, toMs });
    const progress = exportProgress(this.#options, params.exportId, () => messages.progress);
    const slices = messages.slices(signal);
    try {
      const first = await slices.next();
      if (signal.aborted) return { kind: 'cancelled' };
      if (first.done) return { kind: 'nothingToExport', missingMessages: messages.missing };
      const result: ExportResult = await exportMessages({
        messages: withFirst(first.value, slices),
        ...{ file, signal, format: formatOf(params.format, first.value) },
        onProgress: () => progress.touch(),
        ...(files !== undefined && { files }),
      });
      return result.kind === 'exported' ? { ...result, missingMessages: messages.missing } : result;
    } finally {
      messages.dispose();
      progress.dispose();
    }
  }
}

/** Those of the log that a query means, as they are when this is made. */
class HeldMessages implements Disposable {
  readonly #clock: Clock;
  readonly #reader: LogReader;
  readonly #firstId: number;
  readonly #endId: number;
  #missing = 0;

  constructor(clock: Clock, options: Pick<LogReaderOptions, 'log' | 'query' | 'fromMs' | 'toMs'>) {
    this.#clock = clock;
    this.#firstId = options.log.firstId;
    this.#endId = options.log.nextId;
    this.#reader = new LogReader({
      ...options,
      fromId: this.#firstId,
      endId: this.#endId,
      onDropped: () => {
        this.#missing++;
      },
    });
  }

  /** Were meant, and could not be had. */
  get missing(): number {
    return this.#missing;
  }

  /** 0 to 1. */
  get progress(): number {
    const all = this.#endId - this.#firstId;
    return all === 0 ? 1 : (Math.min(this.#reader.nextId, this.#endId) - this.#firstId) / all;
  }

  /** Who takes them encodes each before asking for the next: that is part of the slice's time. */
  async *slices(signal: AbortSignal): AsyncGenerator<RecordedMessage, void, void> {
    let isTimeUp = timeSlice(this.#clock, SLICE_MS);
    while (this.#reader.isBehind && !signal.aborted) {
      yield* this.#batch(isTimeUp);
      if (!isTimeUp()) continue;
      await nextTurn(this.#clock);
      isTimeUp = timeSlice(this.#clock, SLICE_MS);
    }
  }

  dispose(): void {
    this.#reader.dispose();
  }

  #batch(isTimeUp: () => boolean): RecordedMessage[] {
    const batch: RecordedMessage[] = [];
    let bytes = 0;
    this.#reader.read(
      (message) => {
        // Of one that the log has cut, a wrong payload would be exported.
        if (!message.isWhole) {
          this.#missing++;
          return;
        }
        const borrowed = recordedMessageOf(message);
        batch.push({ ...borrowed, payload: borrowed.payload.slice() });
        bytes += borrowed.payload.length;
      },
      () => batch.length >= BATCH_MESSAGES || bytes >= BATCH_BYTES || isTimeUp(),
    );
    return batch;
  }
}

async function* withFirst<T>(first: T, others: AsyncIterable<T>): AsyncGenerator<T, void, void> {
  yield first;
  yield* others;
}

function formatOf(format: ExportParams['format'], first: RecordedMessage): ExportFormat {
  switch (format) {
    case 'jsonLines':
      return { kind: 'jsonLines', startedAtMs: first.receivedAtMs };
    case 'csv':
    case 'excelCsv':
      return { kind: 'csv', byteOrderMark: format === 'excelCsv' };
  }
}
