/**
 * The engine as a worker thread: the one file that knows where it lives and how much memory it may take.
 *
 * A heap limit ends the worker, not the extension host: VS Code keeps running, and engineClient.ts tells the rest.
 */
import { Worker } from 'node:worker_threads';
import type { EngineOptions } from '../contracts/engine.ts';
import type { EngineToExtension } from '../contracts/rpc.ts';
import type { EngineThread, EngineThreadHandlers } from './engineClient.ts';

/** Payloads live outside of the heap: this bounds sessions, topic tree and the bookkeeping of histories. */
const MAX_HEAP_MEGABYTES = 1024;
/**
 * What comes and goes with each message. V8 would take 48, and let the heap of 100,000 topics grow to more than twice of
 * what they need.
 */
const MAX_YOUNG_MEGABYTES = 8;

/** @param scriptPath of dist/engine.js. */
export function startEngineThread(
  scriptPath: string,
  options: EngineOptions,
  handlers: EngineThreadHandlers,
): EngineThread {
  const worker = new Worker(scriptPath, {
    name: 'MQTT engine',
    workerData: options,
    resourceLimits: {
      maxOldGenerationSizeMb: MAX_HEAP_MEGABYTES,
      maxYoungGenerationSizeMb: MAX_YOUNG_MEGABYTES,
    },
    // The extension host's own flags (inspector, loaders) are not for the engine.
    execArgv: [],
  });
  let cause: Error | undefined;
  worker.on('message', (message: EngineToExtension) => handlers.onMessage(message));
  worker.on('error', (error: Error) => {
    cause = error;
  });
  worker.on('exit', () => handlers.onEnd(cause));
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    terminate: async () => {
      await worker.terminate();
    },
  };
}
