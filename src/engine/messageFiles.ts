/** Recording, export and replay, as the contract has them: what the engine does with files of messages. */
import type { Clock } from '../base/clock.ts';
import type {
  ExportMessagesResult,
  ExportParams,
  RecordingEnd,
  RecordingMethods,
  RecordingState,
  ReplayAction,
  ReplayParams,
  ReplayState,
  StartRecordingParams,
  StartRecordingResult,
  StartReplayResult,
} from '../contracts/recordings.ts';
import { ExportService } from './exportService.ts';
import type { Emit } from './modelEvents.ts';
import type { Models } from './models.ts';
import type { OpenRecordings } from './openRecordings.ts';
import { RecordingService } from './recordingService.ts';
import { ReplayService, type ReplayTarget } from './replayService.ts';
import type { Handlers } from './rpcServer.ts';

export interface MessageFilesOptions {
  clock: Clock;
  models: Models;
  openRecordings: OpenRecordings;
  replayTarget: ReplayTarget;
  emit: Emit;
  /** For the log. */
  onTrouble(message: string): void;
}

export class MessageFiles implements Handlers<RecordingMethods> {
  readonly #recording: RecordingService;
  readonly #exports: ExportService;
  readonly #replays: ReplayService;

  constructor(options: MessageFilesOptions) {
    const { clock, models, openRecordings, replayTarget, emit, onTrouble } = options;
    this.#recording = new RecordingService({ clock, model: models.local, emit, onTrouble });
    this.#exports = new ExportService({ clock, models, emit });
    this.#replays = new ReplayService({
      ...{ clock, emit, onTrouble },
      target: replayTarget,
      openRecording: (connection) => openRecordings.sourceOf(connection),
    });
  }

  startRecording(params: StartRecordingParams): Promise<StartRecordingResult> {
    return this.#recording.start(params);
  }

  stopRecording(): Promise<RecordingEnd | undefined> {
    return this.#recording.stop();
  }

  recording(): RecordingState {
    return this.#recording.state;
  }

  exportMessages(params: ExportParams): Promise<ExportMessagesResult> {
    return this.#exports.export(params);
  }

  cancelExport(params: { exportId: number }): void {
    this.#exports.cancel(params);
  }

  startReplay(params: ReplayParams): Promise<StartReplayResult> {
    return this.#replays.start(params);
  }

  replayControl(params: { action: ReplayAction }): Promise<void> {
    return this.#replays.control(params);
  }

  replay(): ReplayState {
    return this.#replays.state;
  }

  async closeFiles(): Promise<void> {
    // First, for what it still publishes is recorded.
    const replay = await Promise.allSettled([this.#replays.control({ action: 'stop' })]);
    const files = await Promise.allSettled([this.#recording.stop(), this.#exports.dispose()]);
    throwFirstBug([...replay, ...files]);
  }

  /** As `closeFiles`, and no event follows. */
  async dispose(): Promise<void> {
    const closed = await Promise.allSettled([this.closeFiles()]);
    const disposed = await Promise.allSettled([this.#replays.dispose(), this.#recording.dispose()]);
    throwFirstBug([...closed, ...disposed]);
  }
}

/** Whatever ended with a bug, the rest is closed before it is told. */
function throwFirstBug(results: readonly PromiseSettledResult<unknown>[]): void {
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
