import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { type Handlers, RpcServer } from '../../../src/engine/rpcServer.ts';

interface Methods {
  double(params: { n: number }): number;
  later(params: { n: number }): number;
  fail(params: { how: 'throw' | 'reject' | 'string' }): void;
  bytes(params: { length: number }): Uint8Array;
  uncloneable(params: Record<string, never>): unknown;
}

interface Events {
  ticked: { n: number };
}

/** Requests and what came of them, over a real channel: the test waits for messages, never for time. */
function setUp(t: { after(fn: () => void): void }) {
  const { port1, port2 } = new MessageChannel();
  const given: Uint8Array[] = [];
  const handlers: Handlers<Methods> = {
    double: ({ n }) => 2 * n,
    later: async ({ n }) => {
      await Promise.resolve();
      return n;
    },
    fail: ({ how }) => {
      if (how === 'string') throw 'a mere string';
      const error = new RangeError('out of range');
      if (how === 'reject') return Promise.reject(error);
      throw error;
    },
    bytes: ({ length }) => {
      const bytes = new Uint8Array(length).fill(7);
      given.push(bytes);
      return bytes;
    },
    uncloneable: () => () => {},
  };
  const server = new RpcServer<Methods, Events>(port1, handlers, {
    bytes: (bytes) => [bytes.buffer as ArrayBuffer],
  });
  t.after(() => {
    port1.close();
    port2.close();
  });
  return { server, client: port2, given };
}

async function next(port: MessagePort): Promise<Record<string, unknown>> {
  const [message] = await once(port, 'message');
  return message as Record<string, unknown>;
}

function request(port: MessagePort, id: number, method: string, params: unknown) {
  port.postMessage({ kind: 'request', id, method, params });
  return next(port);
}

test('a request is answered with its id and the result', async (t) => {
  const { client } = setUp(t);
  assert.deepEqual(await request(client, 1, 'double', { n: 21 }), {
    kind: 'response',
    id: 1,
    ok: true,
    result: 42,
  });
  assert.deepEqual(await request(client, 2, 'later', { n: 5 }), {
    kind: 'response',
    id: 2,
    ok: true,
    result: 5,
  });
});

test('what a handler throws or rejects with travels back with name, message and stack', async (t) => {
  const { client } = setUp(t);
  for (const how of ['throw', 'reject']) {
    const response = await request(client, 3, 'fail', { how });
    assert.equal(response.ok, false);
    const error = response.error as Record<string, unknown>;
    assert.equal(error.name, 'RangeError');
    assert.equal(error.message, 'out of range');
    assert.match(String(error.stack), /rpcServer\.test/);
  }
  const response = await request(client, 4, 'fail', { how: 'string' });
  assert.deepEqual(response.error, { name: 'Error', message: 'a mere string' });
});

test('a method that is not there is an error, and so is what every object has', async (t) => {
  const { client } = setUp(t);
  for (const method of ['nothing', 'constructor', 'toString', '__proto__']) {
    const response = await request(client, 5, method, {});
    assert.equal(response.ok, false, method);
    assert.match(String((response.error as Record<string, unknown>).message), new RegExp(method));
  }
});

test('a result that cannot be cloned is an error, not silence', async (t) => {
  const { client } = setUp(t);
  const response = await request(client, 6, 'uncloneable', {});
  assert.equal(response.ok, false);
  assert.equal((response.error as Record<string, unknown>).name, 'DataCloneError');
});

test('buffers that the engine gives away are transferred, not copied', async (t) => {
  const { client, given } = setUp(t);
  const response = await request(client, 7, 'bytes', { length: 1000 });
  assert.deepEqual(response.result, new Uint8Array(1000).fill(7));
  assert.equal(given[0]?.byteLength, 0, 'the engine’s own view is detached');
});

test('events travel with their name', async (t) => {
  const { server, client } = setUp(t);
  server.send('ticked', { n: 1 });
  assert.deepEqual(await next(client), { kind: 'event', event: 'ticked', payload: { n: 1 } });
});

test('after dispose requests are no longer answered', async (t) => {
  const { server, client } = setUp(t);
  server.dispose();
  client.postMessage({ kind: 'request', id: 8, method: 'double', params: { n: 1 } });
  server.send('ticked', { n: 2 });
  assert.equal((await next(client)).kind, 'event');
});
