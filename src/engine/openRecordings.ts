/**
 * The recordings that are open: each a connection with topics and messages of its own, filled from its files.
 *
 * Read in slices of a few milliseconds, so that the broker on the same thread goes on meanwhile. Owns which are open; the
 * files are src/recording's, what is known of them the models'.
 */
import { basename } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { messageOf } from '../base/messageOf.ts';
import { nextTurn, timeSlice } from '../base/timeSlice.ts';
import type {
  ConnectionId,
  ConnectionMethods,
  OpenRecording,
  OpenRecordingResult,
} from '../contracts/connections.ts';
import type { Model } from '../model/model.ts';
import { RecordingIndex } from '../recording/recordingIndex.ts';
import { partsWith } from '../recording/recordingParts.ts';
import { ChangePump } from './changePump.ts';
import { type Emit, ModelEvents } from './modelEvents.ts';
import type { Models } from './models.ts';
import type { Handlers } from './rpcServer.ts';

const READ_SLICE_MS = 8;
/** How often a slice looks at the clock. */
const MESSAGES_PER_LOOK = 64;
const CHANGES_INTERVAL_MS = 200;

interface Recording {
  readonly connection: ConnectionId;
  readonly file: string;
  /** Its parts, in their order. */
  readonly files: readonly string[];
  readonly model: Model;
  readonly index: RecordingIndex;
  readonly events: ModelEvents;
  readonly reading: AbortController;
}

export interface OpenRecordingsOptions {
  clock: Clock;
  models: Models;
  emit: Emit;
  /** For the log. */
  onTrouble(message: string): void;
}

export class OpenRecordings implements Handlers<ConnectionMethods>, Disposable {
  readonly #options: OpenRecordingsOptions;
  readonly #open = new Map<ConnectionId, Recording>();
  readonly #changes: ChangePump;

  constructor(options: OpenRecordingsOptions) {
    this.#options = options;
    this.#changes = new ChangePump({
      clock: options.clock,
      intervalMs: CHANGES_INTERVAL_MS,
      send: () => {
        options.emit('recordingsChanged', this.openRecordings());
        return false;
      },
    });
  }

  async openRecording({ file }: { file: string }): Promise<OpenRecordingResult> {
    const files = await partsWith(file).catch(() => [file]);
    const first = files[0] ?? file;
    const known = [...this.#open.values()].find((recording) => recording.file === first);
    if (known !== undefined) return { kind: 'alreadyOpen', recording: infoOf(known) };
    const { clock, models, emit } = this.#options;
    const { connection, model } = models.add({ kind: 'recording', name: basename(first) });
    const reading = new AbortController();
    const index = new RecordingIndex(files, {
      signal: reading.signal,
      onProgress: () => this.#changes.touch(),
    });
    const events = new ModelEvents({ clock, model, connectionKind: 'recording', emit });
    const recording = { connection, file: first, files, model, index, events, reading };
    this.#open.set(connection, recording);
    await new Promise<void>((resolve, reject) => {
      this.#read(recording, resolve).then(resolve, (error: unknown) => {
        // What was read of it is no recording: it would stay half read for good.
        this.closeRecording({ connection });
        this.#options.onTrouble(`Reading ${first} broke off: ${messageOf(error)}`);
        reject(error);
      });
    });
    const { messages, problems, isDone, firstProblems } = index.summary;
    if (isDone && messages === 0 && problems > 0) {
      this.closeRecording({ connection });
      return { kind: 'unreadable', message: firstProblems[0]!.message }; // there are some
    }
    return { kind: 'opened', recording: infoOf(recording) };
  }

  closeRecording({ connection }: { connection: ConnectionId }): void {
    const recording = this.#open.get(connection);
    if (recording === undefined) return;
    recording.reading.abort();
    recording.events.dispose();
    this.#open.delete(connection);
    this.#options.models.remove(connection);
    this.#changes.touch();
  }

  openRecordings(): readonly OpenRecording[] {
    return [...this.#open.values()].map(infoOf);
  }

  /** For who plays it again. `messageCount` when all of it is read. */
  sourceOf(
    connection: ConnectionId,
  ): { files: readonly string[]; messageCount: number | undefined } | undefined {
    const recording = this.#open.get(connection);
    if (recording === undefined) return undefined;
    const { messages, isDone } = recording.index.summary;
    return { files: recording.files, messageCount: isDone ? messages : undefined };
  }

  dispose(): void {
    for (const connection of [...this.#open.keys()]) this.closeRecording({ connection });
    this.#changes.dispose();
  }

  /** @param onSlice a first part is read, and there is more. */
  async #read({ index, model }: Recording, onSlice: () => void): Promise<void> {
    const { clock } = this.#options;
    let isTimeUp = timeSlice(clock, READ_SLICE_MS);
    let count = 0;
    for await (const message of index.messages()) {
      model.messagePublished(message.topic, message);
      if (++count % MESSAGES_PER_LOOK !== 0 || !isTimeUp()) continue;
      onSlice();
      await nextTurn(clock);
      isTimeUp = timeSlice(clock, READ_SLICE_MS);
    }
  }
}

function infoOf({ connection, file, model, index }: Recording): OpenRecording {
  const { messages, lostMessages, bytesRead, totalBytes, isDone, firstProblems, problems } = index.summary;
  return {
    connection,
    rootId: model.topics.rootId,
    file,
    messageCount: messages,
    lostMessages,
    progress: isDone || totalBytes === 0 ? 1 : bytesRead / totalBytes,
    isRead: isDone,
    problems: firstProblems.map(({ message }) => message),
    problemCount: problems,
  };
}
