import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TraceState } from '../../../../src/contracts/trace.ts';
import { EngineClient } from '../../../../src/extension/engineClient.ts';
import { TraceSwitch } from '../../../../src/extension/trace/traceSwitch.ts';
import { FakeEngineThread } from '../fakeEngineThread.ts';

const state: TraceState = { isOn: true, heldPackets: 0, droppedPackets: 0, usedBytes: 0, budgetBytes: 7 };

test('the trace is on when the engine says so, with the budget of the settings, and off with an engine that dies', async () => {
  const threads: FakeEngineThread[] = [];
  const engine = new EngineClient((handlers) => {
    const thread = new FakeEngineThread(handlers);
    threads.push(thread);
    return thread;
  });
  const traceSwitch = new TraceSwitch(engine, () => 7);
  let changes = 0;
  traceSwitch.onDidChange(() => changes++);

  // There is nothing to stop: no engine starts for it.
  await traceSwitch.stop();
  assert.equal(threads.length, 0);
  assert.equal(traceSwitch.isOn, false);

  const starting = traceSwitch.start();
  const [thread] = threads;
  assert.deepEqual([thread?.last.method, thread?.last.params], ['startTrace', { budgetBytes: 7 }]);
  thread?.answer(undefined);
  await starting;
  thread?.event('traceChanged', state);
  assert.equal(traceSwitch.isOn, true);
  thread?.event('traceChanged', { ...state, isOn: false });
  assert.equal(traceSwitch.isOn, false);
  thread?.event('traceChanged', state);
  thread?.die(new Error('out of memory'));
  assert.equal(traceSwitch.isOn, false);
  assert.equal(traceSwitch.state, undefined);
  assert.equal(changes, 4);
});
