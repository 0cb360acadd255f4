/**
 * Plays a recording again: its messages, in their order and at their times, to a function that publishes them.
 *
 * Each message has its time on one scale, that of the recording, and the scale is laid against the clock once: what one
 * message is late by, the next are not. A pause shifts the scale. When the publisher is slower than the recording, the
 * messages wait for it and catch up; none is left out.
 *
 * The files are read as the messages are played: what is in memory is a chunk of them, and those on their way.
 */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { Emitter, type Event } from '../base/event.ts';
import { messageOf } from '../base/messageOf.ts';
import type { MessageProperties, QoS } from '../mqtt/packets.ts';
import { checkPlainTopicFilter, checkTopicName, topicMatches } from '../mqtt/topics.ts';
import type { RecordedMessage } from './recordedMessage.ts';
import { type RecordingProblem, readRecording } from './recordingReader.ts';

export interface ReplayedMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: QoS;
  readonly retain: boolean;
  /** Without Subscription Identifiers, which are not a publisher's to send. [MQTT-3.3.4-6] */
  readonly properties?: MessageProperties;
}

export type ReplayedPublish =
  | { kind: 'published' }
  /** This message was not taken; others may be. */
  | { kind: 'refused'; message: string }
  /** None will be taken any more: the replay ends. */
  | { kind: 'disconnected'; message: string };

export type ReplaySpeed =
  /** 1 is as it was, 10 is ten times as fast; 0.1 to 1,000. */
  | { kind: 'factor'; factor: number }
  /** Without pauses, as fast as the publisher takes them. */
  | { kind: 'fastest' };

export interface ReplayOptions {
  /** The parts in their order: see recordingParts.ts. */
  files: readonly string[];
  publish(message: ReplayedMessage): Promise<ReplayedPublish>;
  clock: Clock;
  speed: ReplaySpeed;
  /** Begins paused: to be played message by message, or later. Default false. */
  isPaused?: boolean;
  /** Goes before each topic as levels of its own: `lab` makes `lab/a/b` of `a/b`. */
  topicPrefix?: string | undefined;
  /** Only messages that one of them matches are played, and count. All, where there is none. */
  topicFilters?: readonly string[];
  /** Messages that were retained are published as they were, or without RETAIN. Default `kept`. */
  retain?: 'kept' | 'dropped';
  /** Longer pauses between two messages are shortened to this; of the recording's time, before the speed. */
  longestGapSeconds?: number | undefined;
  /** Messages that are published and not settled yet; default 64. */
  maxInFlight?: number;
  /** For those who are told of the progress: how many messages there are. */
  total?: number | undefined;
}

export type ReplayState = 'playing' | 'paused' | 'finished' | 'stopped' | 'failed';

export interface ReplayProgress {
  readonly state: ReplayState;
  /** Messages handed to the publisher so far. */
  readonly position: number;
  readonly total: number | undefined;
  /** When the last of them was received; undefined before the first. */
  readonly atMs: number | undefined;
  /** Of `position`, those that the publisher did not take. */
  readonly refused: number;
  /** Said of the first of these. */
  readonly firstRefusal: string | undefined;
  /** Lines, files or parts that could not be read. */
  readonly problems: number;
  readonly firstProblem: RecordingProblem | undefined;
  /** Why it failed: the connection was lost, or there was nothing that could be read. */
  readonly failure: string | undefined;
}

export type StartedReplay =
  | { kind: 'started'; replay: Replay }
  /** `message`: a whole sentence about the option. */
  | {
      kind: 'badOption';
      option: 'speed' | 'topicPrefix' | 'topicFilters' | 'longestGapSeconds';
      message: string;
    };

export const MIN_REPLAY_FACTOR = 0.1;
export const MAX_REPLAY_FACTOR = 1000;
const DEFAULT_MAX_IN_FLIGHT = 64;

export function startReplay(options: ReplayOptions): StartedReplay {
  const { speed, topicPrefix, topicFilters = [], longestGapSeconds } = options;
  if (speed.kind === 'factor' && !(speed.factor >= MIN_REPLAY_FACTOR && speed.factor <= MAX_REPLAY_FACTOR)) {
    const message = `The speed ${speed.factor} is not from ${MIN_REPLAY_FACTOR} to ${MAX_REPLAY_FACTOR}. 1 is the speed of the recording.`;
    return { kind: 'badOption', option: 'speed', message };
  }
  const prefixProblem = topicPrefix === undefined ? undefined : checkTopicName(topicPrefix);
  if (prefixProblem !== undefined) {
    const message = `The topic prefix ${JSON.stringify(topicPrefix)} is no topic name: ${prefixProblem.message}`;
    return { kind: 'badOption', option: 'topicPrefix', message };
  }
  for (const filter of topicFilters) {
    const problem = checkPlainTopicFilter(filter);
    if (problem === undefined) continue;
    const message = `The topic filter ${JSON.stringify(filter)} can't be used: ${problem.message}`;
    return { kind: 'badOption', option: 'topicFilters', message };
  }
  if (longestGapSeconds !== undefined && !(longestGapSeconds >= 0)) {
    const message = `The longest pause can't be ${longestGapSeconds} seconds. Use 0 or more.`;
    return { kind: 'badOption', option: 'longestGapSeconds', message };
  }
  return { kind: 'started', replay: new Replay(options) };
}

export class Replay {
  readonly #options: ReplayOptions;
  readonly #factor: number;
  readonly #maxInFlight: number;
  readonly #reading = new AbortController();
  readonly #changes = new Emitter<ReplayProgress>();
  /** After each message, and when the state changes. */
  readonly onDidChange: Event<ReplayProgress> = this.#changes.event;
  /** Settles when it is over, and nothing is on its way any more. Rejects for a bug alone. */
  readonly ended: Promise<ReplayProgress>;

  #state: ReplayState;
  #position = 0;
  #atMs: number | undefined;
  #refused = 0;
  #firstRefusal: string | undefined;
  #problems = 0;
  #firstProblem: RecordingProblem | undefined;
  #failure: string | undefined;
  #inFlight = 0;
  /** What the publisher threw. */
  #bug: { error: unknown } | undefined;

  /** Of the clock: when the recording's first message was, or would have been, played. Set by that message. */
  #originMs: number | undefined;
  /** Of the clock: since when it has been paused. */
  #pausedAtMs: number;
  /** Messages to be played although it is paused. */
  #steps = 0;
  /** From the first message to the last one played, in the recording's time without what gaps were shortened by. */
  #playedMs = 0;
  /** Wakes the one loop that plays, wherever it waits. */
  #wake: () => void = () => {};
  #timer: Disposable | undefined;

  /** See `startReplay`, which checks the options. */
  constructor(options: ReplayOptions) {
    this.#options = options;
    this.#factor = options.speed.kind === 'factor' ? options.speed.factor : Number.POSITIVE_INFINITY;
    this.#maxInFlight = options.maxInFlight ?? DEFAULT_MAX_IN_FLIGHT;
    this.#state = options.isPaused ? 'paused' : 'playing';
    this.#pausedAtMs = options.clock.monotonicMs();
    this.ended = this.#run();
  }

  get progress(): ReplayProgress {
    return {
      state: this.#state,
      position: this.#position,
      total: this.#options.total,
      atMs: this.#atMs,
      refused: this.#refused,
      firstRefusal: this.#firstRefusal,
      problems: this.#problems,
      firstProblem: this.#firstProblem,
      failure: this.#failure,
    };
  }

  pause(): void {
    if (this.#state !== 'playing') return;
    this.#pausedAtMs = this.#options.clock.monotonicMs();
    this.#change('paused');
  }

  resume(): void {
    if (this.#state !== 'paused') return;
    this.#steps = 0;
    if (this.#originMs !== undefined) this.#originMs += this.#options.clock.monotonicMs() - this.#pausedAtMs;
    this.#change('playing');
  }

  /** While it is paused: plays the next message at once. */
  step(): void {
    if (this.#state !== 'paused') return;
    this.#steps++;
    this.#wake();
  }

  /** Plays no further message. Resolves as `ended`. */
  stop(): Promise<ReplayProgress> {
    if (this.#isOpen) {
      this.#reading.abort();
      this.#change('stopped');
    }
    return this.ended;
  }

  get #isOpen(): boolean {
    return this.#state === 'playing' || this.#state === 'paused';
  }

  #change(state: ReplayState): void {
    this.#state = state;
    this.#wake();
    this.#changes.fire(this.progress);
  }

  async #run(): Promise<ReplayProgress> {
    // Who started it listens first.
    await Promise.resolve();
    for await (const { entries } of readRecording(this.#options.files, { signal: this.#reading.signal })) {
      for (const entry of entries) {
        if (entry.kind === 'problem') this.#note(entry.problem);
        else if (entry.kind === 'message' && this.#isWanted(entry.message)) await this.#play(entry.message);
      }
    }
    while (this.#inFlight > 0) await this.#sleep();
    if (this.#bug !== undefined) throw this.#bug.error;
    if (this.#position === 0 && this.#firstProblem !== undefined) this.#fail(this.#firstProblem.message);
    if (this.#isOpen) this.#change('finished');
    return this.progress;
  }

  #note(problem: RecordingProblem): void {
    this.#problems++;
    this.#firstProblem ??= problem;
  }

  #isWanted({ topic }: RecordedMessage): boolean {
    const { topicFilters = [] } = this.#options;
    return topicFilters.length === 0 || topicFilters.some((filter) => topicMatches(filter, topic));
  }

  /** Resolves when it is on its way, or is not to be played any more. */
  async #play(recorded: RecordedMessage): Promise<void> {
    const dueMs = this.#playedMs + this.#gapBefore(recorded);
    while (this.#isOpen && this.#inFlight >= this.#maxInFlight) await this.#sleep();
    await this.#untilDue(dueMs);
    if (!this.#isOpen) return;
    this.#playedMs = dueMs;
    this.#atMs = recorded.receivedAtMs;
    this.#position++;
    void this.#publish(recorded);
    if (this.#isOpen) this.#changes.fire(this.progress);
  }

  /** Never rejects: what the publisher throws ends the replay. */
  async #publish(recorded: RecordedMessage): Promise<void> {
    this.#inFlight++;
    try {
      const result = await this.#options.publish(this.#toPublish(recorded));
      if (result.kind === 'refused') {
        this.#refused++;
        this.#firstRefusal ??= result.message;
      } else if (result.kind === 'disconnected') {
        this.#refused++;
        this.#fail(result.message);
      }
    } catch (error) {
      this.#bug ??= { error };
      this.#fail(messageOf(error));
    }
    this.#inFlight--;
    this.#wake();
  }

  #toPublish({ topic, payload, qos, retain, properties }: RecordedMessage): ReplayedMessage {
    const { topicPrefix } = this.#options;
    const message = {
      topic: topicPrefix === undefined ? topic : `${topicPrefix.replace(/\/$/, '')}/${topic}`,
      payload,
      qos,
      retain: retain && this.#options.retain !== 'dropped',
    };
    if (properties === undefined) return message;
    const { subscriptionIdentifiers: _, ...ofMessage } = properties;
    return { ...message, properties: ofMessage };
  }

  #fail(why: string): void {
    if (!this.#isOpen) return;
    this.#failure = why;
    this.#reading.abort();
    this.#change('failed');
  }

  /** In the recording's time. A clock that was set back makes no gap. */
  #gapBefore({ receivedAtMs }: RecordedMessage): number {
    const gapMs = this.#atMs === undefined ? 0 : Math.max(0, receivedAtMs - this.#atMs);
    return Math.min(gapMs, (this.#options.longestGapSeconds ?? Number.POSITIVE_INFINITY) * 1000);
  }

  async #untilDue(dueMs: number): Promise<void> {
    const { clock } = this.#options;
    while (this.#isOpen) {
      if (this.#state === 'playing') {
        const nowMs = clock.monotonicMs();
        this.#originMs ??= nowMs;
        const waitMs = this.#originMs + dueMs / this.#factor - nowMs;
        if (waitMs <= 0) return;
        this.#timer = clock.setTimeout(() => this.#wake(), waitMs);
      } else if (this.#steps > 0) {
        this.#steps--;
        // As if it was due when the pause began: what follows keeps its distance.
        this.#originMs = this.#pausedAtMs - dueMs / this.#factor;
        return;
      }
      await this.#sleep();
      this.#timer?.dispose();
    }
  }

  /** Until something has changed: the state, a step, a publish that has settled, the time. */
  #sleep(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
