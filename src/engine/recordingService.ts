/**
 * The recording of what the local broker takes: one at a time, from its start until it is stopped or the disk fails.
 *
 * A message costs its sender nothing: it is read from the log a little later, in slices of a few milliseconds, and at
 * the latest when the log drops it. So a flood is recorded as far as the disk follows, and what is missing is known.
 * Owns when the log is read; the files are src/recording's. It outlives the broker, and goes on with the next one.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { messageOf } from '../base/messageOf.ts';
import { timeSlice } from '../base/timeSlice.ts';
import { Turns } from '../base/turns.ts';
import type {
  RecordingEnd as RecordingEndInfo,
  RecordingInfo,
  RecordingState,
  StartRecordingParams,
  StartRecordingResult,
} from '../contracts/recordings.ts';
import type { LoggedMessage } from '../model/loggedMessage.ts';
import { LogReader } from '../model/logReader.ts';
import { BROKER_ORIGIN } from '../model/messageLog.ts';
import type { Model } from '../model/model.ts';
import { checkPlainTopicFilter } from '../mqtt/topics.ts';
import { writeFaultOf } from '../recording/fileFault.ts';
import type { Files } from '../recording/files.ts';
import { type Recorder, type RecordingEnd, startRecording } from '../recording/recorder.ts';
import { partName } from '../recording/recordingParts.ts';
import { ChangePump } from './changePump.ts';
import type { Emit } from './modelEvents.ts';
import { recordedMessageOf } from './recordedMessageOf.ts';

const STATE_INTERVAL_MS = 500;
/** What comes meanwhile is read together. */
const READ_AFTER_MS = 20;
const READ_SLICE_MS = 4;
/** How often a slice looks at the clock. */
const MESSAGES_PER_LOOK = 32;

export interface RecordingServiceOptions {
  clock: Clock;
  /** Of the local broker. */
  model: Model;
  emit: Emit;
  /** For the log. */
  onTrouble(message: string): void;
  files?: Files;
}

/** A recording that goes on. */
interface Running {
  readonly recorder: Recorder;
  readonly reader: LogReader;
  readonly firstFile: string;
  readonly topicFilter: string | undefined;
  /** Settles after its end was told. */
  readonly over: Promise<RecordingEndInfo>;
}

export class RecordingService {
  readonly #options: RecordingServiceOptions;
  readonly #changes: ChangePump;
  readonly #appended: Disposable;
  readonly #turns = new Turns();
  #running: Running | undefined;
  #readTimer: Disposable | undefined;

  constructor(options: RecordingServiceOptions) {
    this.#options = options;
    this.#changes = new ChangePump({
      clock: options.clock,
      intervalMs: STATE_INTERVAL_MS,
      send: () => {
        options.emit('recordingState', this.state);
        // Lines wait for the disk: that they are written is a change of which nobody tells.
        return this.#running !== undefined && this.#running.recorder.status.pendingBytes > 0;
      },
    });
    this.#appended = options.model.log.onDidAppend(() => this.#readSoon(READ_AFTER_MS));
  }

  get state(): RecordingState {
    const running = this.#running;
    return running === undefined ? { kind: 'idle' } : { kind: 'recording', recording: infoOf(running) };
  }

  start(params: StartRecordingParams): Promise<StartRecordingResult> {
    return this.#turns.take(async () =>
      this.#running === undefined
        ? this.#start(params)
        : { kind: 'alreadyRecording', recording: infoOf(this.#running) },
    );
  }

  /** Takes what has come, and resolves when all of it is on the disk. Undefined where nothing is recorded. */
  stop(): Promise<RecordingEndInfo | undefined> {
    return this.#turns.take(async () => {
      const running = this.#running;
      if (running === undefined) return undefined;
      const { reader, recorder } = running;
      // All at once: what comes later is not meant.
      reader.read((message) => record(recorder, message), neverUp);
      reader.dispose();
      void recorder.stop();
      return running.over;
    });
  }

  /** No event follows. */
  async dispose(): Promise<void> {
    await this.stop();
    this.#appended.dispose();
    this.#readTimer?.dispose();
    this.#changes.dispose();
  }

  async #start(params: StartRecordingParams): Promise<StartRecordingResult> {
    const { clock, model, files } = this.#options;
    const { folder, baseName, topicFilter, maxFileBytes } = params;
    const problem = topicFilter === undefined ? undefined : checkPlainTopicFilter(topicFilter);
    if (problem !== undefined) return { kind: 'badFilter', message: problem.message };
    try {
      await mkdir(folder, { recursive: true });
    } catch (error) {
      return writeFaultOf(error, folder);
    }
    const started = await startRecording({
      ...{ folder, baseName, maxFileBytes, clock },
      ...(files !== undefined && { files }),
    });
    if (started.kind !== 'started') return started;
    const { recorder } = started;
    const reader = new LogReader({
      log: model.log,
      query: { origin: BROKER_ORIGIN, topicFilter },
      fromId: model.log.nextId,
      onDropped: (message) => record(recorder, message),
    });
    const firstFile = join(folder, partName(baseName, 1));
    const over = recorder.ended.then((end) => this.#ended(end));
    over.catch((bug: unknown) => this.#broke(bug));
    this.#running = { recorder, reader, firstFile, topicFilter, over };
    model.log.awaitAppend();
    this.#changes.touch();
    return { kind: 'started', recording: infoOf(this.#running) };
  }

  #ended(end: RecordingEnd): RecordingEndInfo {
    const running = this.#running!; // one is there until this is called
    running.reader.dispose();
    this.#running = undefined;
    const recording = infoOf(running);
    const told: RecordingEndInfo =
      end.kind === 'stopped'
        ? { kind: 'stopped', recording }
        : { kind: 'failed', problem: end.fault, recording };
    this.#options.emit('recordingEnded', told);
    this.#changes.touch();
    return told;
  }

  #broke(bug: unknown): void {
    this.#running?.reader.dispose();
    this.#running = undefined;
    this.#options.onTrouble(`The recording broke off: ${messageOf(bug)}`);
    this.#changes.touch();
  }

  #readSoon(delayMs: number): void {
    if (this.#running === undefined || this.#readTimer !== undefined) return;
    this.#readTimer = this.#options.clock.setTimeout(() => {
      this.#readTimer = undefined;
      this.#read();
    }, delayMs);
  }

  #read(): void {
    const { clock, model } = this.#options;
    if (this.#running === undefined) return;
    const { reader, recorder } = this.#running;
    // Before: what comes from here on is announced.
    model.log.awaitAppend();
    const isTimeUp = timeSlice(clock, READ_SLICE_MS);
    let count = 0;
    reader.read(
      (message) => {
        record(recorder, message);
        count++;
      },
      () => count % MESSAGES_PER_LOOK === 0 && isTimeUp(),
    );
    if (count > 0) this.#changes.touch();
    // Others have a turn before the rest.
    if (reader.isBehind) this.#readSoon(0);
  }
}

const neverUp = (): boolean => false;

/** Of a message that the log has cut, a wrong payload would be recorded: it is left out, and the file says so. */
function record(recorder: Recorder, message: LoggedMessage): void {
  if (message.isWhole) recorder.append(recordedMessageOf(message));
  else recorder.leaveOut(message.receivedAtMs);
}

function infoOf({ recorder, firstFile, topicFilter }: Running): RecordingInfo {
  const { messages, bytes, files, lostMessages, currentFile, startedAtMs, pendingBytes } = recorder.status;
  return {
    ...{ messages, bytes, files, lostMessages, currentFile, firstFile, startedAtMs, pendingBytes },
    ...(topicFilter !== undefined && { topicFilter }),
  };
}
