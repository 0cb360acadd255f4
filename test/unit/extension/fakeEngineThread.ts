/** An engine's thread that a test answers for. */
import type { EngineEvents } from '../../../src/contracts/engine.ts';
import type { ExtensionToEngine, RemoteErrorShape } from '../../../src/contracts/rpc.ts';
import type { EngineThread, EngineThreadHandlers } from '../../../src/extension/engineClient.ts';

export class FakeEngineThread implements EngineThread {
  readonly requests: ExtensionToEngine[] = [];
  readonly transfers: (readonly ArrayBuffer[])[] = [];
  readonly #handlers: EngineThreadHandlers;
  isTerminated = false;

  constructor(handlers: EngineThreadHandlers) {
    this.#handlers = handlers;
  }

  post(message: ExtensionToEngine, transfer: readonly ArrayBuffer[]): void {
    this.requests.push(message);
    this.transfers.push(transfer);
  }

  /** The newest request. */
  get last(): ExtensionToEngine {
    const request = this.requests.at(-1);
    if (request === undefined) throw new Error('nothing was asked');
    return request;
  }

  /** Answers the newest request. */
  answer(result: unknown): void {
    this.answerTo(this.last.id, result);
  }

  answerTo(id: number, result: unknown): void {
    this.#handlers.onMessage({ kind: 'response', id, ok: true, result });
  }

  fail(error: RemoteErrorShape): void {
    this.#handlers.onMessage({ kind: 'response', id: this.last.id, ok: false, error });
  }

  event<E extends keyof EngineEvents>(event: E, payload: EngineEvents[E]): void {
    this.#handlers.onMessage({ kind: 'event', event, payload });
  }

  die(cause: Error | undefined): void {
    this.#handlers.onEnd(cause);
  }

  async terminate(): Promise<void> {
    this.isTerminated = true;
    this.#handlers.onEnd(undefined);
  }
}
