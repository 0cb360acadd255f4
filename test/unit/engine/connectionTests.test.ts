/** Tests of connections as the engine runs them: what it tells while one goes on. test/connections has real brokers. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import type { ConnectParams, Failure } from '../../../src/client/clientTypes.ts';
import type { EngineEvents } from '../../../src/contracts/engine.ts';
import type { RemoteBrokerParams } from '../../../src/contracts/remoteBrokers.ts';
import { ConnectionTests } from '../../../src/engine/connectionTests.ts';
import type { Emit } from '../../../src/engine/modelEvents.ts';
import { ScriptedBroker } from '../client/scriptedBroker.ts';

type Progress = EngineEvents['connectionTestProgress'];

async function setUp(t: TestContext) {
  const broker = await ScriptedBroker.start();
  t.after(() => broker.stop());
  const told: Progress[] = [];
  const watchers = new Set<(progress: Progress) => void>();
  const emit: Emit = (event, payload) => {
    if (event !== 'connectionTestProgress') return;
    told.push(payload as Progress); // the event of that name
    for (const watch of watchers) watch(payload as Progress);
  };
  const params: { now: ConnectParams | Failure } = { now: { url: broker.url, clientId: 'me' } };
  const tests = new ConnectionTests({ clock: systemClock, emit, connectParamsOf: async () => params.now });
  t.after(() => tests.dispose());
  // Its own are those of `connectParamsOf`.
  const connection = {} as RemoteBrokerParams;
  const run = (testId: number) => tests.testConnection({ testId, connection });
  /** The next that is told of a test, which says this. */
  const until = (isSo: (progress: Progress) => boolean): Promise<Progress> =>
    new Promise((resolve) => {
      const watch = (progress: Progress): void => {
        if (!isSo(progress)) return;
        watchers.delete(watch);
        resolve(progress);
      };
      watchers.add(watch);
    });
  return { broker, told, params, tests, run, until };
}

test('it is told how far it has come while it waits, and nothing after its end', async (t) => {
  const { broker, told, run, until } = await setUp(t);
  const waits = until(({ stage }) => stage === 'mqtt');
  const end = run(3);
  const connection = await broker.connection();
  await connection.next('connect');
  const progress = await waits;
  assert.deepEqual([progress.testId, progress.steps.map(({ kind }) => kind)], [3, ['network']]);
  connection.send({ kind: 'connack', sessionPresent: false, reasonCode: 0 });
  const report = await end;
  assert.equal(report.end.kind, 'passed');
  const count = told.length;
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(told.length, count);
});

test('one is called off, and the other goes on', async (t) => {
  const { broker, tests, run } = await setUp(t);
  const first = run(1);
  const ofFirst = await broker.connection();
  await ofFirst.next('connect');
  const second = run(2);
  const ofSecond = await broker.connection();
  await ofSecond.next('connect');
  tests.cancelTest({ testId: 1 });
  tests.cancelTest({ testId: 7 });
  assert.equal((await first).end.kind, 'failed');
  ofSecond.send({ kind: 'connack', sessionPresent: false, reasonCode: 0 });
  assert.equal((await second).end.kind, 'passed');
});

test('a file that can’t be read is how it ends, before anything is opened', async (t) => {
  const { params, told, run } = await setUp(t);
  params.now = { kind: 'failed', message: 'no', fault: { stage: 'tls', code: 'FILE' } };
  assert.deepEqual(await run(1), { steps: [], stage: 'tls', end: params.now });
  assert.deepEqual(told, []);
});
