/**
 * The recordings as the extension knows them: the one that runs, those that are open, and the replay that goes on.
 *
 * Follows the engine's events, and forgets with an engine that died. Knows nothing of VS Code, and says nothing in words.
 */
import { Emitter, type Event } from '../../base/event.ts';
import type { OpenRecording } from '../../contracts/connections.ts';
import type { RecordingInfo, RecordingState, ReplayInfo, ReplayState } from '../../contracts/recordings.ts';
import type { EngineClient } from '../engineClient.ts';

const IDLE = { kind: 'idle' } as const;

export class Recordings {
  readonly #recordingChanged = new Emitter<RecordingState>();
  readonly #openChanged = new Emitter<readonly OpenRecording[]>();
  readonly #replayChanged = new Emitter<ReplayState>();
  readonly #lost = new Emitter<RecordingInfo>();
  #recording: RecordingState = IDLE;
  #open: readonly OpenRecording[] = [];
  #replay: ReplayState = IDLE;

  readonly onDidChangeRecording: Event<RecordingState> = this.#recordingChanged.event;
  readonly onDidChangeOpen: Event<readonly OpenRecording[]> = this.#openChanged.event;
  readonly onDidChangeReplay: Event<ReplayState> = this.#replayChanged.event;
  /** A recording ended with its engine. */
  readonly onDidLoseRecording: Event<RecordingInfo> = this.#lost.event;

  constructor(engine: EngineClient) {
    engine.on('recordingState', (state) => this.#setRecording(state));
    // Its end is told at once, its state with the next event.
    engine.on('recordingEnded', () => this.#setRecording(IDLE));
    engine.on('recordingsChanged', (open) => this.#setOpen(open));
    engine.on('replayState', (state) => this.#setReplay(state));
    engine.on('replayEnded', () => this.#setReplay(IDLE));
    engine.onDied(() => {
      const state = this.#recording;
      this.#setRecording(IDLE);
      this.#setOpen([]);
      this.#setReplay(IDLE);
      if (state.kind === 'recording') this.#lost.fire(state.recording);
    });
  }

  get recording(): RecordingState {
    return this.#recording;
  }

  /** In the order in which they were opened. */
  get open(): readonly OpenRecording[] {
    return this.#open;
  }

  get replay(): ReplayInfo | undefined {
    return this.#replay.kind === 'open' ? this.#replay.replay : undefined;
  }

  /** As the engine answered: its event follows, and what shows the recording must not take it for a closed one until then. */
  opened(recording: OpenRecording): void {
    const isKnown = this.#open.some(({ connection }) => connection === recording.connection);
    if (!isKnown) this.#setOpen([...this.#open, recording]);
  }

  #setRecording(state: RecordingState): void {
    this.#recording = state;
    this.#recordingChanged.fire(state);
  }

  #setOpen(open: readonly OpenRecording[]): void {
    this.#open = open;
    this.#openChanged.fire(open);
  }

  #setReplay(state: ReplayState): void {
    this.#replay = state;
    this.#replayChanged.fire(state);
  }
}
