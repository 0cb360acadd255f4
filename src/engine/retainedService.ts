/**
 * The broker's retained messages: listed, counted, cleared by the branch, and brought back.
 *
 * Reads the broker's own store when asked. It is the one place that knows them all, after a restart too, and a copy
 * beside it would cost every retained message something while nobody looks.
 *
 * Many are cleared by the broker itself and not by the workbench's client: looking at a message and clearing it is then
 * one step, in which no device can put another one. So what is kept to bring back is what was cleared. It is MQTT all
 * the same: an empty retained message for each topic, which subscribers get, and which the store on disk hears of.
 * The empty ones are of QoS 1, so that a session that is away learns of it, too.
 */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { inSlices } from '../base/inSlices.ts';
import type { Broker, StoredMessage } from '../broker/broker.ts';
import type { BrokerObserver } from '../broker/observer.ts';
import type {
  ClearRetainedResult,
  RetainedCount,
  RetainedFilter,
  RetainedMethods,
  RetainedPage,
  UndoClearRetainedResult,
} from '../contracts/retained.ts';
import { ChangePump } from './changePump.ts';
import { ClearedRetained } from './clearedRetained.ts';
import type { Emit } from './modelEvents.ts';
import { forEachRetained, listRetained, type RetainedRequest } from './retainedList.ts';
import type { Handlers } from './rpcServer.ts';

const CHANGED_INTERVAL_MS = 1_000;
const PROGRESS_INTERVAL_MS = 100;
/** Messages to subscribers in one slice: what their connections have not taken yet waits in bounded queues. */
const MAX_MESSAGES_PER_SLICE = 500;
const noPayload = new Uint8Array();
const noRetained: RetainedPage = { messages: [], before: 0, total: 0, payloadBytes: 0, heldMessages: 0 };

export interface RetainedServiceOptions {
  clock: Clock;
  /** Undefined while none runs. */
  broker(): Broker | undefined;
  emit: Emit;
}

export class RetainedService implements Handlers<RetainedMethods>, Disposable {
  readonly #options: RetainedServiceOptions;
  readonly #changed: ChangePump;
  #isWatched = false;
  /** Clearing or bringing back goes on. */
  #isBusy = false;
  #isCancelled = false;
  #cleared: ClearedRetained | undefined;

  /** Its turn among the broker's observers. */
  readonly observer: BrokerObserver = {
    retainedChanged: () => {
      if (this.#isWatched) this.#changed.touch();
    },
  };

  constructor(options: RetainedServiceOptions) {
    this.#options = options;
    this.#changed = new ChangePump({
      clock: options.clock,
      intervalMs: CHANGED_INTERVAL_MS,
      send: () => {
        if (this.#isWatched) options.emit('retainedChanged', {});
        return false;
      },
    });
  }

  dispose(): void {
    this.#isCancelled = true;
    this.#changed.dispose();
  }

  async listRetained(request: RetainedRequest): Promise<RetainedPage> {
    const { clock } = this.#options;
    const broker = this.#options.broker();
    if (broker === undefined) return noRetained;
    return listRetained(broker, clock, request);
  }

  async countRetained({
    filters,
  }: {
    filters: readonly RetainedFilter[];
  }): Promise<readonly RetainedCount[]> {
    const broker = this.#options.broker();
    const counts: RetainedCount[] = [];
    for (const filter of filters) {
      let count = 0;
      const kept = new ClearedRetained();
      if (broker !== undefined) {
        await forEachRetained(broker, this.#options.clock, filter, (message) => {
          count++;
          kept.keep(message);
        });
      }
      counts.push({ count, undoable: kept.messages.length });
    }
    return counts;
  }

  watchRetained({ isWatched }: { isWatched: boolean }): void {
    this.#isWatched = isWatched;
  }

  async clearRetained(filter: RetainedFilter): Promise<ClearRetainedResult> {
    return this.#alone(async (broker) => {
      const messages: StoredMessage[] = [];
      await forEachRetained(broker, this.#options.clock, filter, (message) => messages.push(message));
      const kept = new ClearedRetained();
      let cleared = 0;
      const { isComplete } = await this.#work(broker, messages, ({ topic }) => {
        const message = broker.retainedMessage(topic);
        if (message === undefined) return;
        // [MQTT-3.3.1-6]
        broker.publish({ topic, payload: noPayload, qos: 1, retain: true });
        cleared++;
        kept.keep(message);
      });
      if (cleared > 0) this.#setCleared(kept);
      return { kind: 'cleared', cleared, undoable: kept.messages.length, isEnded: !isComplete };
    });
  }

  async undoClearRetained(): Promise<UndoClearRetainedResult> {
    return this.#alone<UndoClearRetainedResult>(async (broker) => {
      if (this.#cleared === undefined) return { kind: 'nothingToUndo' };
      const { messages } = this.#cleared;
      const left = new ClearedRetained();
      const outcomes = { restored: 0, expired: 0, replaced: 0, refused: 0 };
      const { visited, isComplete } = await this.#work(broker, messages, (message) => {
        const outcome = restore(broker, message, this.#options.clock.nowMs());
        outcomes[outcome]++;
        if (outcome === 'refused') left.keep(message);
      });
      for (const message of messages.slice(visited)) left.keep(message);
      this.#setCleared(left);
      return { kind: 'restored', ...outcomes, isEnded: !isComplete };
    });
  }

  cancelRetained(): void {
    this.#isCancelled = true;
  }

  /** The broker that they were cleared from is gone for good. */
  forgetCleared(): void {
    if (this.#cleared !== undefined) this.#setCleared(new ClearedRetained());
  }

  /** One at a time, and with a broker. */
  async #alone<Result>(
    operation: (broker: Broker) => Promise<Result>,
  ): Promise<Result | { kind: 'busy' } | { kind: 'brokerNotRunning' }> {
    const broker = this.#options.broker();
    if (broker === undefined) return { kind: 'brokerNotRunning' };
    if (this.#isBusy) return { kind: 'busy' };
    this.#isBusy = true;
    this.#isCancelled = false;
    try {
      return await operation(broker);
    } finally {
      this.#isBusy = false;
    }
  }

  /** Ends early when it is cancelled, or the broker stops. */
  async #work(
    broker: Broker,
    messages: readonly StoredMessage[],
    visit: (message: StoredMessage) => void,
  ): ReturnType<typeof inSlices> {
    const { clock, emit } = this.#options;
    let toldAtMs = clock.monotonicMs();
    const mayGoOn = (): boolean => !this.#isCancelled && this.#options.broker() === broker;
    // It may have been cancelled while the messages were looked for.
    if (!mayGoOn()) return { visited: 0, isComplete: messages.length === 0 };
    return inSlices(messages, visit, {
      clock,
      maxItems: MAX_MESSAGES_PER_SLICE,
      mayGoOn: (done) => {
        if (clock.monotonicMs() - toldAtMs >= PROGRESS_INTERVAL_MS) {
          toldAtMs = clock.monotonicMs();
          emit('retainedProgress', { done, total: messages.length });
        }
        return mayGoOn();
      },
    });
  }

  #setCleared(cleared: ClearedRetained): void {
    const undoable = cleared.messages.length;
    this.#cleared = undoable > 0 ? cleared : undefined;
    this.#options.emit('clearedRetainedChanged', { undoable });
  }
}

/** It expires when it would have: the interval is what is left of it. [MQTT-3.3.2-6] */
function restore(
  broker: Broker,
  message: StoredMessage,
  nowMs: number,
): 'restored' | 'expired' | 'replaced' | 'refused' {
  const { topic, payload, qos } = message;
  if (message.hasExpired(nowMs)) return 'expired';
  if (broker.retainedMessage(topic) !== undefined) return 'replaced';
  const messageExpiryInterval = message.remainingExpirySeconds(nowMs);
  const properties = {
    ...message.properties,
    ...(messageExpiryInterval !== undefined && { messageExpiryInterval }),
  };
  broker.publish({ topic, payload, qos, retain: true, properties });
  return broker.retainedMessage(topic) === undefined ? 'refused' : 'restored';
}
