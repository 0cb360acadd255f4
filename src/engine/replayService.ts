/**
 * A recording that is played again: one at a time, from its files, to a target that publishes.
 *
 * Owns which replay there is, and what is told of it. The pace is src/recording's; where the messages go is the target's: the
 * local broker by the workbench's client, or another broker.
 */
import type { Clock } from '../base/clock.ts';
import { DisposableStore } from '../base/disposable.ts';
import { messageOf } from '../base/messageOf.ts';
import { Turns } from '../base/turns.ts';
import { type ConnectionId, LOCAL_BROKER } from '../contracts/connections.ts';
import type { PublishResult } from '../contracts/engine.ts';
import type {
  ReplayAction,
  ReplayInfo,
  ReplayParams,
  ReplayState,
  StartReplayResult,
} from '../contracts/recordings.ts';
import { partsWith } from '../recording/recordingParts.ts';
import {
  type Replay,
  type ReplayedMessage,
  type ReplayedPublish,
  type ReplayProgress,
  startReplay,
} from '../recording/replay.ts';
import { ChangePump } from './changePump.ts';
import type { Emit } from './modelEvents.ts';

const STATE_INTERVAL_MS = 100;

/** Where the messages of a replay go. */
export interface ReplayTarget {
  isReady(target: ConnectionId): boolean;
  publish(message: ReplayedMessage, target: ConnectionId): Promise<ReplayedPublish>;
}

export interface ReplayServiceOptions {
  clock: Clock;
  target: ReplayTarget;
  /** Of a recording that is open; undefined for another connection. */
  openRecording(
    connection: ConnectionId,
  ): { files: readonly string[]; messageCount: number | undefined } | undefined;
  emit: Emit;
  /** For the log. */
  onTrouble(message: string): void;
}

interface Running {
  readonly replay: Replay;
  readonly file: string;
  readonly speed: ReplayParams['speed'];
}

export class ReplayService {
  readonly #options: ReplayServiceOptions;
  readonly #changes: ChangePump;
  readonly #turns = new Turns();
  #running: Running | undefined;

  constructor(options: ReplayServiceOptions) {
    this.#options = options;
    this.#changes = new ChangePump({
      clock: options.clock,
      intervalMs: STATE_INTERVAL_MS,
      send: () => {
        options.emit('replayState', this.state);
        return false;
      },
    });
  }

  get state(): ReplayState {
    const running = this.#running;
    return running === undefined ? { kind: 'idle' } : { kind: 'open', replay: infoOf(running) };
  }

  start(params: ReplayParams): Promise<StartReplayResult> {
    return this.#turns.take(() => this.#start(params));
  }

  async control({ action }: { action: ReplayAction }): Promise<void> {
    const replay = this.#running?.replay;
    if (replay === undefined) return;
    if (action === 'stop') await replay.stop();
    else if (action === 'step') await step(replay);
    else replay[action]();
  }

  /** No event follows. */
  async dispose(): Promise<void> {
    await this.control({ action: 'stop' });
    this.#changes.dispose();
  }

  async #start(params: ReplayParams): Promise<StartReplayResult> {
    if (this.#running !== undefined) return { kind: 'alreadyPlaying', replay: infoOf(this.#running) };
    const { clock, target } = this.#options;
    const { target: connection = LOCAL_BROKER } = params;
    if (!target.isReady(connection))
      return { kind: connection === LOCAL_BROKER ? 'brokerNotRunning' : 'targetNotConnected' };
    const { source, speed, isPaused, topicPrefix, topicFilters = [], retain, longestGapSeconds } = params;
    const found =
      source.kind === 'connection'
        ? this.#options.openRecording(source.connection)
        : // A folder that can't be read: the replay says so of the file.
          { files: await partsWith(source.file).catch(() => [source.file]), messageCount: undefined };
    const file = found?.files[0];
    if (found === undefined || file === undefined) return { kind: 'notOpen' };
    const started = startReplay({
      files: found.files,
      publish: (message) => target.publish(message, connection),
      ...{ clock, speed, isPaused, topicPrefix, topicFilters, retain, longestGapSeconds },
      total: topicFilters.length === 0 ? found.messageCount : undefined,
    });
    if (started.kind !== 'started') return started;
    const running = { replay: started.replay, file, speed };
    this.#running = running;
    started.replay.onDidChange(() => this.#changes.touch());
    started.replay.ended.then(
      () => this.#ended(running),
      (bug: unknown) => {
        this.#options.onTrouble(`The replay broke off: ${messageOf(bug)}`);
        this.#ended(running);
      },
    );
    this.#changes.touch();
    return { kind: 'started', replay: infoOf(running) };
  }

  #ended(running: Running): void {
    this.#running = undefined;
    this.#options.emit('replayEnded', infoOf(running));
    this.#changes.touch();
  }
}

/** Resolves when the message is on its way, or there was none any more. */
async function step(replay: Replay): Promise<void> {
  if (replay.progress.state !== 'paused') return;
  const listening = new DisposableStore();
  const changed = new Promise<void>((resolve) => listening.add(replay.onDidChange(() => resolve())));
  replay.step();
  await Promise.race([changed, replay.ended]);
  listening.dispose();
}

function infoOf({ replay, file, speed }: Running): ReplayInfo {
  const progress: ReplayProgress = replay.progress;
  const { state, position, refused, problems, total, atMs, firstRefusal, firstProblem, failure } = progress;
  return {
    ...{ state, file, speed, position, refused, problems },
    ...(total !== undefined && { total }),
    ...(atMs !== undefined && { atMs }),
    ...(firstRefusal !== undefined && { firstRefusal }),
    ...(firstProblem !== undefined && { firstProblem: firstProblem.message }),
    ...(failure !== undefined && { failure }),
  };
}

/** How a publish of the workbench ended, to a replay. */
export function replayedPublishOf(result: PublishResult): ReplayedPublish {
  switch (result.kind) {
    case 'published':
    // It is on its way as far as a replay is concerned: the person said that it may wait.
    case 'queued':
      return { kind: 'published' };
    case 'refused':
    case 'invalidTopic':
      return { kind: 'refused', message: result.message };
    case 'readOnly':
      return { kind: 'refused', message: 'The profile of this connection allows no publishing.' };
    case 'notConnected':
    case 'queueFull':
      return { kind: 'disconnected', message: `${result.name} is not connected.` };
    case 'brokerNotRunning':
      return { kind: 'disconnected', message: 'The local broker was stopped.' };
    case 'failed':
      return { kind: 'disconnected', message: result.message };
  }
}
