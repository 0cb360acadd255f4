/**
 * The wire between extension and engine: requests with answers, and events. Shapes only.
 *
 * `EngineMethods` and `EngineEvents` (engine.ts) say what travels; src/engine/rpcServer.ts and
 * src/extension/engineClient.ts are its two ends.
 */

/** A map of method names to functions of one parameter object. */
export type MethodMap = { [method: string]: (params: never) => unknown };

export interface RequestMessage {
  kind: 'request';
  /** Counts up from 1 for each request; the answer carries it back. */
  id: number;
  method: string;
  params: unknown;
}

/** What was thrown, as far as a thread boundary lets it through. */
export interface RemoteErrorShape {
  name: string;
  message: string;
  stack?: string;
}

export type ResponseMessage =
  | { kind: 'response'; id: number; ok: true; result: unknown }
  | { kind: 'response'; id: number; ok: false; error: RemoteErrorShape };

export interface EventMessage {
  kind: 'event';
  event: string;
  payload: unknown;
}

export type EngineToExtension = ResponseMessage | EventMessage;
export type ExtensionToEngine = RequestMessage;
