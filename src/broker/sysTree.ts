/**
 * What the broker tells of itself under `$SYS`, to whoever subscribed there. Section 4.7.2.
 *
 * Owns the interval, the averages that need one, and what was told last. Costs a look at some counters each interval,
 * and nothing while no connection is open: nothing happens then, and nobody is there to hear. A message is made only
 * while a subscription starts with `$SYS`, and only of a value that changed. The messages are the broker's account of
 * itself, not the users' data: QoS 0, so that none is stored for later, in no retained store, and not told to the
 * observer as published.
 */
import { topicMatches } from '../mqtt/topics.ts';
import type { BrokerContext } from './context.ts';
import type { Message } from './observer.ts';
import type { Router } from './router.ts';
import { StoredMessage } from './storedMessage.ts';
import { SysLoads } from './sysLoads.ts';
import { SYS_LEVEL, type SysState, sysTopics } from './sysTopics.ts';
import type { WheelTimer } from './timerWheel.ts';

export class SysTree {
  readonly #context: BrokerContext;
  readonly #router: Router;
  readonly #version: string;
  readonly #timer: WheelTimer;
  readonly #startMs: number;
  readonly #loads = new SysLoads();
  #loadsUpdatedAtMs: number;
  #heapMaximumBytes = 0;
  #intervalSeconds: number;
  /** The payload of each topic as the subscribers know it. Empty while there are none. */
  readonly #told = new Map<string, string>();

  /** @param version what `$SYS/broker/version` says. */
  constructor(context: BrokerContext, router: Router, version: string) {
    this.#context = context;
    this.#router = router;
    this.#version = version;
    this.#startMs = context.clock.monotonicMs();
    this.#loadsUpdatedAtMs = this.#startMs;
    this.#timer = context.timers.createTimer(() => this.#onInterval());
    this.#intervalSeconds = context.limits.sysIntervalSeconds;
  }

  /** `sysIntervalSeconds` may have changed. */
  followLimits(): void {
    const { sysIntervalSeconds } = this.#context.limits;
    if (sysIntervalSeconds === this.#intervalSeconds) return;
    this.#intervalSeconds = sysIntervalSeconds;
    this.#told.clear();
    this.#timer.stop();
    if (this.#context.counters.connections > 0) this.connectionOpened();
  }

  /** The interval runs from the first connection on, until there is none. */
  connectionOpened(): void {
    if (this.#intervalSeconds === 0 || this.#timer.isRunning) return;
    // What passed without a connection was quiet: it must not dilute what is to come.
    this.#updateLoads();
    this.#timer.start(this.#intervalSeconds * 1000);
  }

  /** The present values, as a new subscription is sent them: as retained messages. None for a shared one. */
  retainedFor(topicFilter: string): StoredMessage[] {
    if (this.#intervalSeconds === 0 || !topicFilter.startsWith(SYS_LEVEL)) return [];
    const state = this.#look();
    const isFirst = this.#told.size === 0;
    const messages: StoredMessage[] = [];
    for (const { topic, read } of sysTopics) {
      const isWanted = topicMatches(topicFilter, topic);
      if (!isWanted && !isFirst) continue;
      const text = read(state);
      if (isFirst) this.#told.set(topic, text);
      if (isWanted) messages.push(new StoredMessage(messageOf(topic, text), undefined, 0));
    }
    return messages;
  }

  #onInterval(): void {
    this.#updateLoads();
    if (this.#context.counters.connections > 0) this.#timer.start(this.#intervalSeconds * 1000);
    const state = this.#look();
    if (!this.#router.hasSubscriptionsUnder(SYS_LEVEL)) {
      this.#told.clear();
      return;
    }
    for (const { topic, read } of sysTopics) {
      const text = read(state);
      if (this.#told.get(topic) === text) continue;
      this.#told.set(topic, text);
      this.#router.tell(messageOf(topic, text));
    }
  }

  #updateLoads(): void {
    const { clock, counters } = this.#context;
    const nowMs = clock.monotonicMs();
    const elapsedSeconds = (nowMs - this.#loadsUpdatedAtMs) / 1000;
    if (elapsedSeconds === 0) return;
    this.#loads.update(counters, elapsedSeconds);
    this.#loadsUpdatedAtMs = nowMs;
  }

  #look(): SysState {
    const { heapUsed, external } = process.memoryUsage();
    const heapBytes = heapUsed + external;
    this.#heapMaximumBytes = Math.max(this.#heapMaximumBytes, heapBytes);
    return {
      version: this.#version,
      uptimeSeconds: Math.floor((this.#context.clock.monotonicMs() - this.#startMs) / 1000),
      heapBytes,
      heapMaximumBytes: this.#heapMaximumBytes,
      counters: this.#context.counters,
      loads: this.#loads,
    };
  }
}

const encoder = new TextEncoder();

function messageOf(topic: string, text: string): Message {
  return { topic, payload: encoder.encode(text), qos: 0, retain: true };
}
