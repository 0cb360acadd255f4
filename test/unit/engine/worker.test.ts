import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { connectAsync } from 'mqtt';
import type { EngineMethods, StartBrokerResult } from '../../../src/contracts/engine.ts';
import type { MessageDetail } from '../../../src/contracts/messages.ts';
import type { EngineToExtension } from '../../../src/contracts/rpc.ts';
import { limits, portOf } from './engineUnderTest.ts';

/** The engine as the extension has it: a thread, and messages. */
function startWorker(t: { after(fn: () => Promise<unknown>): void }) {
  const worker = new Worker(new URL('../../../src/engine/worker.ts', import.meta.url), {
    workerData: { version: '1.2.3', limits },
  });
  t.after(() => worker.terminate());
  let lastId = 0;
  const waiting = new Map<number, (message: EngineToExtension) => void>();
  worker.on('message', (message: EngineToExtension) => {
    if (message.kind === 'response') waiting.get(message.id)?.(message);
  });
  const call = <M extends keyof EngineMethods>(method: M, params: Parameters<EngineMethods[M]>[0]) =>
    new Promise<unknown>((resolve, reject) => {
      const id = ++lastId;
      waiting.set(id, (message) => {
        if (message.kind === 'response' && message.ok) resolve(message.result);
        else reject(new Error(JSON.stringify(message)));
      });
      worker.postMessage({ kind: 'request', id, method, params });
    });
  const event = (kind: string) =>
    new Promise<unknown>((resolve) => {
      const listener = (message: EngineToExtension): void => {
        if (message.kind !== 'event' || message.event !== kind) return;
        worker.off('message', listener);
        resolve(message.payload);
      };
      worker.on('message', listener);
    });
  return { worker, call, event };
}

test('the engine runs in a worker thread: broker, events and payload bytes across the wire', async (t) => {
  const { call, event } = startWorker(t);
  const running = event('brokerState');
  const started = (await call('startBroker', { host: '127.0.0.1', port: 0, limits })) as StartBrokerResult;
  assert.ok(started.kind === 'started', started.kind);
  assert.deepEqual(await running, { kind: 'starting' });

  const device = await connectAsync(`mqtt://127.0.0.1:${portOf(started.broker)}`);
  t.after(() => device.endAsync(true));
  await call('watchTopics', { branches: [0] });
  const appeared = event('topicsChanged');
  await device.publishAsync('a', Buffer.alloc(1000, 7), { qos: 1 });
  await appeared;
  const path = (await call('topicPath', { topic: 'a' })) as ReturnType<EngineMethods['topicPath']>;
  const id = path?.[0]?.last?.id ?? -1;
  for (const round of ['first', 'second']) {
    const detail = (await call('message', { id, maxPayloadBytes: 5000 })) as MessageDetail;
    assert.deepEqual(detail.payload, new Uint8Array(1000).fill(7), `${round} time: the engine keeps its own`);
  }

  const closed = new Promise<void>((resolve) => {
    device.once('close', resolve);
  });
  await call('stopBroker', { keepState: false });
  await closed;
});

test('a request for a method that is not there is refused over the wire', async (t) => {
  const { worker } = startWorker(t);
  worker.postMessage({ kind: 'request', id: 1, method: 'makeCoffee', params: {} });
  const [response] = await once(worker, 'message');
  assert.equal(response.ok, false);
  assert.match(response.error.message, /makeCoffee/);
});
