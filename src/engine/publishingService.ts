/**
 * What a person publishes from the form: a message once, one that is repeated, a request whose answer is waited for.
 *
 * Owns what runs: here and not in a page, so that it goes on while the form is hidden. Nothing outlives its connection: a
 * message that is not published ends its repeat. Who publishes and who subscribes is handed in.
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { type Disposable, toDisposable } from '../base/disposable.ts';
import type { PlaceholderValues } from '../base/placeholders.ts';
import type { DeliveredMessage } from '../client/clientTypes.ts';
import type { ListenOutcome } from '../client/listening.ts';
import { type ConnectionId, LOCAL_BROKER } from '../contracts/connections.ts';
import type { PublishParams, PublishResult, SubscribeResult } from '../contracts/engine.ts';
import {
  type ComposedResult,
  MAX_REPEAT_MS,
  MAX_REPEATS,
  MAX_RESPONSE_BYTES,
  MIN_REPEAT_MS,
  type PublishingMethods,
  type RepeatEnd,
  type RepeatInfo,
  type RepeatParams,
  type RequestParams,
  type RequestResult,
  type ResponseInfo,
  type StartRepeatResult,
} from '../contracts/publishing.ts';
import { ChangePump } from './changePump.ts';
import { type FillMessage, type FindEncoder, readMessage } from './composedMessage.ts';
import type { Emit } from './modelEvents.ts';
import type { Handlers } from './rpcServer.ts';

const CHANGES_INTERVAL_MS = 250;
const MIN_TIMEOUT_MS = 100;
const MAX_TIMEOUT_MS = 600_000;

export type ListenResult = ListenOutcome | { kind: 'brokerNotRunning' };

export interface PublishingServiceOptions {
  clock: Clock;
  publish(params: PublishParams): Promise<PublishResult>;
  listen(
    connection: ConnectionId,
    topic: string,
    onMessage: (message: DeliveredMessage) => void,
  ): Promise<ListenResult>;
  /** MQTT 5.0, or an earlier version without properties. */
  carriesProperties(connection: ConnectionId): boolean;
  nameOf(connection: ConnectionId): string;
  /** Of documents that are written as JSON. */
  encoderFor: FindEncoder;
  emit: Emit;
  /** 0 up to 1, as Math.random. */
  random?: () => number;
}

interface Repeat {
  readonly info: RepeatInfo;
  readonly fill: FillMessage;
  /** When the last one was due, by `Clock.monotonicMs`. */
  dueAtMs: number;
  timer: Disposable | undefined;
}

export class PublishingService implements Handlers<PublishingMethods>, Disposable {
  readonly #options: PublishingServiceOptions;
  readonly #repeats = new Map<number, Repeat>();
  readonly #changes: ChangePump;
  #lastRepeatId = 0;
  /** Those whose first message is on its way. */
  #starting = 0;
  #cancelRequest: (() => void) | undefined;

  constructor(options: PublishingServiceOptions) {
    this.#options = options;
    this.#changes = new ChangePump({
      clock: options.clock,
      intervalMs: CHANGES_INTERVAL_MS,
      send: () => {
        options.emit('repeatsChanged', this.#infos());
        return false;
      },
    });
  }

  async encodePayload({
    message,
  }: Parameters<PublishingMethods['encodePayload']>[0]): Promise<
    ReturnType<PublishingMethods['encodePayload']>
  > {
    const ready = await readMessage(message, this.#options.encoderFor);
    const made = ready.kind === 'ready' ? ready.fill(this.#values(1)) : ready;
    return 'kind' in made ? made : { kind: 'encoded', byteCount: made.payload.length };
  }

  async publishComposed({
    message,
    counter,
  }: Parameters<PublishingMethods['publishComposed']>[0]): Promise<ComposedResult> {
    const ready = await readMessage(message, this.#options.encoderFor);
    return ready.kind === 'ready' ? this.#publish(ready.fill, counter) : ready;
  }

  async startRepeat({ message, everyMs, times }: RepeatParams): Promise<StartRepeatResult> {
    if (this.#repeats.size + this.#starting >= MAX_REPEATS) return { kind: 'tooMany' };
    this.#starting++;
    try {
      return await this.#start({ message, everyMs, ...(times !== undefined && { times }) });
    } finally {
      this.#starting--;
    }
  }

  async #start({ message, everyMs, times }: RepeatParams): Promise<StartRepeatResult> {
    const ready = await readMessage(message, this.#options.encoderFor);
    if (ready.kind !== 'ready') return { kind: 'notPublished', result: ready };
    const dueAtMs = this.#options.clock.monotonicMs();
    const result = await this.#publish(ready.fill, 1);
    if (result.kind !== 'published') return { kind: 'notPublished', result };
    const info: RepeatInfo = {
      repeatId: ++this.#lastRepeatId,
      connection: message.connection ?? LOCAL_BROKER,
      topic: message.topic,
      everyMs: Math.min(Math.max(everyMs, MIN_REPEAT_MS), MAX_REPEAT_MS),
      ...(times !== undefined && { times }),
      published: 1,
    };
    const repeat: Repeat = { info, fill: ready.fill, dueAtMs, timer: undefined };
    this.#repeats.set(info.repeatId, repeat);
    this.#changes.touch();
    this.#goOn(repeat);
    return { kind: 'started', repeat: { ...info } };
  }

  stopRepeat({ repeatId, isProfileGone }: { repeatId: number; isProfileGone?: true }): void {
    const repeat = this.#repeats.get(repeatId);
    if (repeat !== undefined) this.#end(repeat, { reason: isProfileGone ? 'profileGone' : 'stopped' });
  }

  async request(params: RequestParams): Promise<RequestResult> {
    this.#cancelRequest?.();
    const cancelling = new AbortController();
    const cancel = (): void => cancelling.abort();
    this.#cancelRequest = cancel;
    try {
      return await this.#request(params, cancelling.signal);
    } finally {
      if (this.#cancelRequest === cancel) this.#cancelRequest = undefined;
    }
  }

  cancelRequest(): void {
    this.#cancelRequest?.();
  }

  /** No event follows. */
  dispose(): void {
    this.#changes.dispose();
    this.#cancelRequest?.();
    for (const { timer } of this.#repeats.values()) timer?.dispose();
    this.#repeats.clear();
  }

  async #request(params: RequestParams, signal: AbortSignal): Promise<RequestResult> {
    const { connection = LOCAL_BROKER, properties } = params.message;
    const { carriesProperties } = this.#options;
    const isCarried = carriesProperties(connection);
    const { properties: _notCarried, ...bare } = params.message;
    const ready = await readMessage(isCarried ? params.message : bare, this.#options.encoderFor);
    if (ready.kind !== 'ready') return { kind: 'notPublished', result: ready };
    const topic = properties?.responseTopic ?? '';
    const wanted = isCarried ? properties?.correlationData : undefined;
    const timeoutMs = Math.min(Math.max(params.timeoutMs, MIN_TIMEOUT_MS), MAX_TIMEOUT_MS);
    return this.#ask(ready.fill, { connection, topic, wanted, timeoutMs, signal });
  }

  async #ask(
    fill: FillMessage,
    {
      connection,
      topic,
      wanted,
      timeoutMs,
      signal,
    }: {
      connection: ConnectionId;
      topic: string;
      wanted: Uint8Array | undefined;
      timeoutMs: number;
      signal: AbortSignal;
    },
  ): Promise<RequestResult> {
    const { clock, listen } = this.#options;
    let sentAtMs: number | undefined;
    let others = 0;
    let noSubscribers = false;
    let settle: (result: RequestResult) => void = () => {};
    const settled = new Promise<RequestResult>((resolve) => {
      settle = resolve;
    });
    signal.addEventListener('abort', () => settle({ kind: 'cancelled' }));
    const listening = await listen(connection, topic, (message) => {
      // A retained message was there before the question was.
      if (sentAtMs === undefined || message.retain) return;
      if (!isAnswer(message, wanted)) {
        others++;
        return;
      }
      const elapsedMs = clock.monotonicMs() - sentAtMs;
      settle({ kind: 'answered', response: responseOf(message, clock.nowMs(), elapsedMs, wanted) });
    });
    if (listening.kind !== 'listening') return this.#notSubscribed(connection, listening);
    let timer: Disposable = toDisposable(() => {});
    try {
      if (signal.aborted) return { kind: 'cancelled' };
      sentAtMs = clock.monotonicMs();
      // From here on: a broker may never acknowledge it.
      timer = clock.setTimeout(() => settle({ kind: 'timedOut', noSubscribers, others }), timeoutMs);
      const result = await Promise.race([this.#publish(fill, 1), settled]);
      // An answer may be quicker than the acknowledgement.
      if (isSettled(result)) return result;
      if (result.kind !== 'published') return { kind: 'notPublished', result };
      ({ noSubscribers } = result);
      return await settled;
    } finally {
      timer.dispose();
      await listening.end();
    }
  }

  #notSubscribed(
    connection: ConnectionId,
    outcome: Exclude<ListenResult, { kind: 'listening' }>,
  ): RequestResult {
    const result: Exclude<SubscribeResult, { kind: 'subscribed' }> =
      outcome.kind === 'notConnected'
        ? { kind: 'notConnected', name: this.#options.nameOf(connection) }
        : outcome;
    return { kind: 'notSubscribed', result };
  }

  async #publish(fill: FillMessage, counter: number): Promise<ComposedResult> {
    const message = fill(this.#values(counter));
    return 'kind' in message ? message : this.#options.publish(message);
  }

  #values(counter: number): PlaceholderValues {
    const { clock, random = Math.random } = this.#options;
    return { nowMs: clock.nowMs(), counter, random, uuid: randomUUID };
  }

  /** Plans the next message, or ends. */
  #goOn(repeat: Repeat): void {
    const { clock } = this.#options;
    const { everyMs, times, published } = repeat.info;
    if (times !== undefined && published >= times) {
      this.#end(repeat, { reason: 'done' });
      return;
    }
    const nowMs = clock.monotonicMs();
    // One that is late delays the next, and is not made up for by a burst.
    repeat.dueAtMs = Math.max(repeat.dueAtMs + everyMs, nowMs);
    repeat.timer = clock.setTimeout(() => void this.#publishNext(repeat), repeat.dueAtMs - nowMs);
  }

  async #publishNext(repeat: Repeat): Promise<void> {
    const { info } = repeat;
    const result = await this.#publish(repeat.fill, info.published + 1);
    if (this.#repeats.get(info.repeatId) !== repeat) return;
    if (result.kind !== 'published') {
      this.#end(repeat, { reason: 'notPublished', result });
      return;
    }
    info.published++;
    this.#changes.touch();
    this.#goOn(repeat);
  }

  #end(repeat: Repeat, how: Omit<RepeatEnd, 'repeat'>): void {
    repeat.timer?.dispose();
    this.#repeats.delete(repeat.info.repeatId);
    this.#options.emit('repeatEnded', { repeat: { ...repeat.info }, ...how });
    this.#changes.touch();
  }

  #infos(): readonly RepeatInfo[] {
    return [...this.#repeats.values()].map(({ info }) => ({ ...info }));
  }
}

function isSettled(result: ComposedResult | RequestResult): result is RequestResult {
  return result.kind === 'answered' || result.kind === 'cancelled' || result.kind === 'timedOut';
}

/** A device that forgets the correlation data has answered all the same. */
function isAnswer({ properties }: DeliveredMessage, wanted: Uint8Array | undefined): boolean {
  const given = properties?.correlationData;
  return wanted === undefined || given === undefined || Buffer.compare(given, wanted) === 0;
}

function responseOf(
  message: DeliveredMessage,
  receivedAtMs: number,
  elapsedMs: number,
  wanted: Uint8Array | undefined,
): ResponseInfo {
  const { topic, qos, payload, properties } = message;
  const { subscriptionIdentifiers: _ours, ...others } = properties ?? {};
  const { correlationData } = others;
  return {
    ...{ topic, receivedAtMs, elapsedMs, qos },
    // Copies: they share memory with the connection.
    payload: new Uint8Array(payload.subarray(0, MAX_RESPONSE_BYTES)),
    payloadBytes: payload.length,
    ...(Object.keys(others).length > 0 && {
      properties: { ...others, ...(correlationData && { correlationData: new Uint8Array(correlationData) }) },
    }),
    lacksCorrelationData: wanted !== undefined && correlationData === undefined,
  };
}
