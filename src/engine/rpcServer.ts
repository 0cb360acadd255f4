/**
 * The engine's end of the wire: takes requests from a port, answers each exactly once, and sends events.
 *
 * Every answer carries the request's id. What a handler throws or rejects with travels back as an error with name,
 * message and stack, and so does a request for a method that is not there: a caller never waits for nothing.
 * Knows nothing of what the methods do, nor of workers: any port that speaks structured clone will do.
 */
import type { EventMessage, RemoteErrorShape, RequestMessage, ResponseMessage } from '../contracts/rpc.ts';

/** What is needed of a `MessagePort` (worker_threads). */
export interface RpcPort {
  postMessage(message: ResponseMessage | EventMessage, transfer?: ArrayBuffer[]): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  off(event: 'message', listener: (message: unknown) => void): unknown;
}

/** A contract's methods, as the side that answers implements them: at once, or with a promise. */
export type Handlers<M extends Methods<M>> = {
  readonly [K in keyof M]: (params: Parameters<M[K]>[0]) => ReturnType<M[K]> | Promise<ReturnType<M[K]>>;
};

/** Which buffers of a result are the receiver's from now on. Only for results that nobody else holds. */
export type TransferLists<M extends Methods<M>> = {
  readonly [K in keyof M]?: (result: ReturnType<M[K]>) => ArrayBuffer[];
};

/** MethodMap for interfaces, which have no index signature. */
type Methods<M> = { [K in keyof M]: (params: never) => unknown };

// A request names its method at run time: what the two tables hold is then known by name alone.
type Handler = (params: unknown) => unknown;
type TransferList = (result: unknown) => ArrayBuffer[];

export class RpcServer<M extends Methods<M>, E> {
  readonly #port: RpcPort;
  readonly #handlers: ReadonlyMap<string, Handler>;
  readonly #transfers: ReadonlyMap<string, TransferList>;
  readonly #listener = (message: unknown): void => {
    // The other end is ours too, and speaks the contract.
    void this.#answer(message as RequestMessage);
  };

  /** Answers requests from here on. */
  constructor(port: RpcPort, handlers: Handlers<M>, transfers: TransferLists<M> = {}) {
    this.#port = port;
    // Maps, not the objects: a request for `constructor` finds nothing.
    this.#handlers = new Map(Object.entries<Handler>(handlers as Record<string, Handler>));
    this.#transfers = new Map(Object.entries<TransferList>(transfers as Record<string, TransferList>));
    port.on('message', this.#listener);
  }

  send<K extends keyof E & string>(event: K, payload: E[K]): void {
    this.#port.postMessage({ kind: 'event', event, payload });
  }

  /** Requests are no longer answered. */
  dispose(): void {
    this.#port.off('message', this.#listener);
  }

  async #answer(request: RequestMessage): Promise<void> {
    const { id, method, params } = request;
    try {
      const handler = this.#handlers.get(method);
      if (handler === undefined) throw new Error(`The engine has no method ${method}`);
      const result = await handler(params);
      const transfer = this.#transfers.get(method)?.(result) ?? [];
      this.#port.postMessage({ kind: 'response', id, ok: true, result }, transfer);
    } catch (error) {
      // Also a result that cannot be cloned: it is known here first.
      this.#port.postMessage({ kind: 'response', id, ok: false, error: toRemoteError(error) });
    }
  }
}

/** What a thread boundary lets through of whatever was thrown. */
function toRemoteError(error: unknown): RemoteErrorShape {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { name, message, stack } = error;
  return stack === undefined ? { name, message } : { name, message, stack };
}
