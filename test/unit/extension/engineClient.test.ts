import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BrokerState } from '../../../src/contracts/engine.ts';
import {
  EngineClient,
  EngineDiedError,
  EngineError,
  type EngineThreadHandlers,
} from '../../../src/extension/engineClient.ts';
import { FakeEngineThread } from './fakeEngineThread.ts';

function setUp() {
  const threads: FakeEngineThread[] = [];
  const client = new EngineClient((handlers: EngineThreadHandlers) => {
    const thread = new FakeEngineThread(handlers);
    threads.push(thread);
    return thread;
  });
  return { client, threads, thread: () => threads.at(-1) as FakeEngineThread };
}

test('the engine starts with the first call, and not before', async () => {
  const { client, threads, thread } = setUp();
  assert.equal(client.isRunning, false);
  const answer = client.call('listSubscriptions', {});
  assert.equal(client.isRunning, true);
  thread().answer([]);
  assert.deepEqual(await answer, []);
  assert.equal(threads.length, 1);
});

test('answers find their calls in whatever order they come', async () => {
  const { client, thread } = setUp();
  const first = client.call('findTopics', { text: 'a', limit: 1 });
  const second = client.call('findTopics', { text: 'b', limit: 1 });
  const [one, two] = thread().requests;
  thread().answerTo(two?.id ?? 0, ['b']);
  thread().answerTo(one?.id ?? 0, ['a']);
  assert.deepEqual(await first, ['a']);
  assert.deepEqual(await second, ['b']);
});

test('an exception in the engine rejects the call with its name, message and stack', async () => {
  const { client, thread } = setUp();
  const answer = client.call('stopBroker', { keepState: false });
  thread().fail({ name: 'RangeError', message: 'too far', stack: 'engine.ts:1' });
  await assert.rejects(answer, (error: Error) => {
    assert.ok(error instanceof EngineError);
    assert.equal(error.name, 'RangeError');
    assert.equal(error.message, 'stopBroker: too far');
    assert.equal(error.stack, 'engine.ts:1');
    return true;
  });
});

test('a request that the thread does not take rejects, and is not pending when the engine dies', async (t) => {
  const { client, thread } = setUp();
  const pending = client.call('listSubscriptions', {});
  thread().answer([]);
  await pending;
  t.mock.method(thread(), 'post', () => {
    throw new TypeError('not cloneable');
  });
  await assert.rejects(client.call('stopBroker', { keepState: false }), /not cloneable/);
  // A rejection that nobody waits for would fail this test.
  thread().die(undefined);
  await Promise.resolve();
});

test('every pending call rejects when the engine dies, and onDied tells once', async () => {
  const { client, thread } = setUp();
  const causes: unknown[] = [];
  client.onDied((cause) => causes.push(cause));
  const pending = [client.call('stopBroker', { keepState: false }), client.call('listSubscriptions', {})];
  const crash = new Error('out of memory');
  thread().die(crash);
  for (const call of pending) {
    await assert.rejects(call, (error: Error) => error instanceof EngineDiedError && error.cause === crash);
  }
  assert.deepEqual(causes, [crash]);
  assert.equal(client.isRunning, false);
});

test('a call after the death starts another engine, which hears nothing from the one before', async () => {
  const { client, threads } = setUp();
  client.call('stopBroker', { keepState: false }).catch(() => {});
  threads[0]?.die(undefined);
  const answer = client.call('listSubscriptions', {});
  assert.equal(threads.length, 2);
  threads[0]?.die(undefined);
  assert.equal(client.isRunning, true);
  threads[1]?.answer([]);
  assert.deepEqual(await answer, []);
});

test('callIfRunning starts no engine, and has no answer from one that dies', async () => {
  const { client, threads, thread } = setUp();
  assert.equal(await client.callIfRunning('listSubscriptions', {}), undefined);
  assert.equal(threads.length, 0);
  client.call('stopBroker', { keepState: false }).catch(() => {});
  const answer = client.callIfRunning('listSubscriptions', {});
  thread().die(undefined);
  assert.equal(await answer, undefined);
});

test('events reach their listeners across engines, until they are disposed of', () => {
  const { client, threads, thread } = setUp();
  const states: BrokerState[] = [];
  const listener = client.on('brokerState', (state) => states.push(state));
  client.call('stopBroker', { keepState: false }).catch(() => {});
  thread().event('brokerState', { kind: 'starting' });
  thread().die(undefined);
  client.call('stopBroker', { keepState: false }).catch(() => {});
  threads[1]?.event('brokerState', { kind: 'stopped' });
  listener.dispose();
  threads[1]?.event('brokerState', { kind: 'starting' });
  assert.deepEqual(states, [{ kind: 'starting' }, { kind: 'stopped' }]);
  threads[1]?.die(undefined);
});

test('what a listener of onStarted calls comes before the call that started the engine', () => {
  const { client, thread } = setUp();
  client.onStarted(() => void client.callIfRunning('watchTopics', { branches: [0] }));
  client.call('stopBroker', { keepState: false }).catch(() => {});
  assert.deepEqual(
    thread().requests.map((request) => request.method),
    ['watchTopics', 'stopBroker'],
  );
  thread().die(undefined);
});

test('after end, calls reject, the thread is terminated and no death is told', async () => {
  const { client, thread } = setUp();
  let deaths = 0;
  client.onDied(() => deaths++);
  const pending = client.call('stopBroker', { keepState: false });
  const ended = client.end();
  await assert.rejects(pending, EngineDiedError);
  await ended;
  assert.equal(thread().isTerminated, true);
  await assert.rejects(client.call('listSubscriptions', {}), EngineDiedError);
  assert.equal(deaths, 0);
});
