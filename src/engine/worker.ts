/**
 * Entry of the engine's worker thread (dist/engine.js): one engine, and one RPC server on the port to its parent.
 *
 * The one file that knows it runs in a worker. It lives until the parent ends it.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { EngineEvents, EngineMethods, EngineOptions } from '../contracts/engine.ts';
import { Engine } from './engine.ts';
import { handlersOf } from './engineHandlers.ts';
import { RpcServer } from './rpcServer.ts';

if (parentPort === null) throw new Error('engine.js runs as a worker thread of the extension');

// Handed in by src/extension/engineThread.ts, which compiles against the same contract.
const engine = new Engine(workerData as EngineOptions);
const server = new RpcServer<EngineMethods, EngineEvents>(parentPort, handlersOf(engine), {
  message: (detail) => (detail === undefined ? [] : [detail.payload.buffer as ArrayBuffer]),
  seriesPoints: (lines) =>
    lines.flatMap(({ timesMs, values }) => [timesMs.buffer as ArrayBuffer, values.buffer as ArrayBuffer]),
  csvPart: (part) => (part === undefined ? [] : [part.bytes.buffer as ArrayBuffer]),
  payloadPart: (part) => (part === undefined ? [] : [part.buffer as ArrayBuffer]),
});
engine.onEvent(({ event, payload }) => server.send(event, payload));
