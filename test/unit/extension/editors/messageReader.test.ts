import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageDetail } from '../../../../src/contracts/messages.ts';
import { MessageReader } from '../../../../src/extension/editors/messageReader.ts';
import { EngineClient } from '../../../../src/extension/engineClient.ts';
import { FakeEngineThread } from '../fakeEngineThread.ts';

const MEBIBYTE = 1_048_576;

/** An engine that holds one message, of id 7, until it is told to forget it. */
class Held extends FakeEngineThread {
  message: MessageDetail | undefined;
  payload: Uint8Array = new Uint8Array();
  readonly asked: string[] = [];

  hold(payload: Uint8Array, more: Partial<MessageDetail> = {}): void {
    this.payload = payload;
    this.message = {
      id: 7,
      topic: 't',
      receivedAtMs: 1000,
      qos: 0,
      retain: false,
      payloadBytes: payload.length,
      preview: payload.slice(0, 256),
      isWill: false,
      payload,
      truncated: false,
      ...more,
    };
  }

  override post(...[request, transfer]: Parameters<FakeEngineThread['post']>): void {
    super.post(request, transfer);
    this.asked.push(request.method);
    // The contract: what is asked here are these two.
    const params = request.params as { id: number; maxPayloadBytes: number; offset: number; length: number };
    queueMicrotask(() => {
      if (request.method === 'listSubscriptions') return this.answerTo(request.id, []);
      if (this.message === undefined || params.id !== 7) return this.answerTo(request.id, undefined);
      const { offset = 0, length = params.maxPayloadBytes } = params;
      const part = this.payload.slice(offset, offset + length);
      this.answerTo(request.id, request.method === 'message' ? { ...this.message, payload: part } : part);
    });
  }
}

async function setUp() {
  const threads: Held[] = [];
  const engine = new EngineClient((handlers) => {
    const thread = new Held(handlers);
    threads.push(thread);
    return thread;
  });
  const reader = new MessageReader(engine);
  await engine.call('listSubscriptions', {});
  const [thread] = threads;
  assert.ok(thread);
  return { reader, thread, threads };
}

function counting(bytes: number): Uint8Array {
  const payload = new Uint8Array(bytes);
  for (let i = 0; i < bytes; i++) payload[i] = i % 251;
  return payload;
}

test('a payload of any length comes whole, in parts of a mebibyte', async () => {
  const { reader, thread } = await setUp();
  for (const [bytes, parts] of [
    [0, 1],
    [1, 1],
    [MEBIBYTE, 1],
    [MEBIBYTE + 1, 2],
    [3 * MEBIBYTE, 3],
  ] as const) {
    thread.hold(counting(bytes));
    thread.asked.length = 0;
    const read = await reader.read({ id: 7 });
    assert.ok(read.kind === 'read');
    assert.deepEqual(Buffer.compare(read.payload, counting(bytes)), 0, `${bytes} bytes`);
    assert.equal(thread.asked.length, parts, `${bytes} bytes`);
  }
});

test('a message that is not held is told apart from an engine that does not run', async () => {
  const { reader, thread, threads } = await setUp();
  assert.deepEqual(await reader.read({ id: 7 }), { kind: 'notHeld' });
  thread.die(undefined);
  assert.deepEqual(await reader.read({ id: 7 }), { kind: 'engineStopped' });
  assert.deepEqual(await reader.previousOf({ id: 7 }), { kind: 'engineStopped' });
  assert.equal(threads.length, 1, 'reading starts no engine');
});

test('another message of the same id, of a later engine, is not taken for it', async () => {
  const { reader, thread } = await setUp();
  thread.hold(counting(1));
  assert.deepEqual(await reader.find({ id: 7, receivedAtMs: 999 }, 0), { kind: 'notHeld' });
  assert.equal((await reader.find({ id: 7, receivedAtMs: 1000 }, 0)).kind, 'found');
});

test('a message that goes while it is read is told so', async () => {
  const { reader, thread } = await setUp();
  thread.hold(counting(2 * MEBIBYTE));
  const forgotten = await reader.readParts({ id: 7 }, async () => {
    thread.message = undefined;
    return 'goOn';
  });
  assert.deepEqual(forgotten, { kind: 'notHeld' });
  thread.hold(counting(2 * MEBIBYTE));
  const died = await reader.readParts({ id: 7 }, async () => {
    thread.die(undefined);
    return 'goOn';
  });
  assert.deepEqual(died, { kind: 'engineStopped' });
});

test('reading stops where it is told to', async () => {
  const { reader, thread } = await setUp();
  thread.hold(counting(3 * MEBIBYTE));
  let parts = 0;
  const read = await reader.readParts({ id: 7 }, async () => (++parts === 2 ? 'stop' : 'goOn'));
  assert.equal(read.kind, 'stopped');
  assert.equal(parts, 2);
});

test('a message of which the start alone was kept is not read', async () => {
  const { reader, thread } = await setUp();
  thread.hold(counting(256), { payloadBytes: 5 * MEBIBYTE, truncated: true, onlyPreviewKept: true });
  assert.equal((await reader.read({ id: 7 })).kind, 'onlyStartKept');
});
