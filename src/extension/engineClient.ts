/**
 * The extension's end of the wire to the engine: typed requests, typed events, and what happens when the engine dies.
 *
 * The engine starts with the first request. When it ends on its own, every pending request rejects with
 * `EngineDiedError`, `onDied` fires once, and the next request starts a new engine. Knows nothing of worker threads
 * (engineThread.ts) nor of VS Code: a test hands in a thread of its own.
 */
import type { Disposable } from '../base/disposable.ts';
import { Emitter, type Event } from '../base/event.ts';
import type { EngineEvents, EngineMethods } from '../contracts/engine.ts';
import type { EngineToExtension, ExtensionToEngine, RemoteErrorShape } from '../contracts/rpc.ts';

export type EngineMethod = keyof EngineMethods;
export type EngineParams<M extends EngineMethod> = Parameters<EngineMethods[M]>[0];
export type EngineResult<M extends EngineMethod> = ReturnType<EngineMethods[M]>;

export interface EngineThread {
  post(message: ExtensionToEngine, transfer: readonly ArrayBuffer[]): void;
  /** Resolves when the thread is gone. */
  terminate(): Promise<void>;
}

export interface EngineThreadHandlers {
  onMessage(message: EngineToExtension): void;
  /** Once, when the thread is gone, for whatever reason. */
  onEnd(cause: Error | undefined): void;
}

export type StartEngineThread = (handlers: EngineThreadHandlers) => EngineThread;

/** A request that the engine answered with an exception: a bug in the engine. The stack is the engine's. */
export class EngineError extends Error {
  constructor(method: string, remote: RemoteErrorShape) {
    super(`${method}: ${remote.message}`);
    this.name = remote.name;
    if (remote.stack !== undefined) this.stack = remote.stack;
  }
}

/** A request that can't be answered, because the engine ended. */
export class EngineDiedError extends Error {
  constructor(cause: Error | undefined) {
    super('The MQTT engine stopped before it could answer.', { cause });
    this.name = 'EngineDiedError';
  }
}

interface PendingRequest {
  method: EngineMethod;
  // The result's type is known to `call` alone, which made this entry.
  resolve(result: unknown): void;
  reject(error: Error): void;
}

type Emitters = { [E in keyof EngineEvents]?: Emitter<EngineEvents[E]> };

export class EngineClient {
  readonly #startThread: StartEngineThread;
  readonly #pending = new Map<number, PendingRequest>();
  readonly #emitters: Emitters = {};
  readonly #started = new Emitter<void>();
  readonly #died = new Emitter<Error | undefined>();
  #thread: EngineThread | undefined;
  #lastId = 0;
  #ended = false;

  /** An engine was started. What is called in a listener comes before the request that started it. */
  readonly onStarted: Event<void> = this.#started.event;
  /** The engine ended on its own; with what it threw, where that is known. */
  readonly onDied: Event<Error | undefined> = this.#died.event;

  constructor(startThread: StartEngineThread) {
    this.#startThread = startThread;
  }

  get isRunning(): boolean {
    return this.#thread !== undefined;
  }

  /**
   * Starts the engine if need be.
   * @param transfer buffers of `params` that are the engine's from now on.
   * @throws EngineError, EngineDiedError
   */
  async call<M extends EngineMethod>(
    method: M,
    params: EngineParams<M>,
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<EngineResult<M>> {
    if (this.#ended) throw new EngineDiedError(undefined);
    const thread = this.#thread ?? this.#start();
    const id = ++this.#lastId;
    // Before it is pending: what can't be posted is never answered.
    thread.post({ kind: 'request', id, method, params }, transfer);
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#pending.set(id, { method, resolve, reject });
    });
    return (await answer) as EngineResult<M>; // the contract: a method's answer is its result
  }

  /** As `call`, but starts no engine: `undefined` when there is none to answer, or it dies before it does. */
  async callIfRunning<M extends EngineMethod>(
    method: M,
    params: EngineParams<M>,
  ): Promise<EngineResult<M> | undefined> {
    if (!this.isRunning) return undefined;
    try {
      return await this.call(method, params);
    } catch (error) {
      if (error instanceof EngineDiedError) return undefined;
      throw error;
    }
  }

  /** Listens across restarts of the engine. */
  on<E extends keyof EngineEvents>(event: E, listener: (payload: EngineEvents[E]) => void): Disposable {
    return this.#emitter(event).event(listener);
  }

  /** Ends the engine for good. Requests that come later reject. */
  async end(): Promise<void> {
    this.#ended = true;
    const thread = this.#thread;
    this.#thread = undefined;
    this.#rejectPending(undefined);
    await thread?.terminate();
  }

  #start(): EngineThread {
    const thread = this.#startThread({
      onMessage: (message) => {
        if (this.#thread === thread) this.#receive(message);
      },
      onEnd: (cause) => {
        if (this.#thread !== thread) return;
        this.#thread = undefined;
        this.#rejectPending(cause);
        this.#died.fire(cause);
      },
    });
    this.#thread = thread;
    this.#started.fire();
    return thread;
  }

  #receive(message: EngineToExtension): void {
    if (message.kind === 'event') {
      // The contract: events carry the payload of their name.
      const emitter = this.#emitters[message.event as keyof EngineEvents] as Emitter<unknown> | undefined;
      emitter?.fire(message.payload);
      return;
    }
    const request = this.#pending.get(message.id);
    if (request === undefined)
      throw new Error(`The engine answered request ${message.id}, which nobody made`);
    this.#pending.delete(message.id);
    if (message.ok) request.resolve(message.result);
    else request.reject(new EngineError(request.method, message.error));
  }

  #rejectPending(cause: Error | undefined): void {
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const request of pending) request.reject(new EngineDiedError(cause));
  }

  #emitter<E extends keyof EngineEvents>(event: E): Emitter<EngineEvents[E]> {
    const emitters: { [K in E]?: Emitter<EngineEvents[K]> } = this.#emitters;
    const emitter = emitters[event] ?? new Emitter<EngineEvents[E]>();
    emitters[event] = emitter;
    return emitter;
  }
}
