/** A test of a connection against brokers that do what the test says. test/connections has the real ones. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import type { ConnectParams } from '../../../src/client/clientTypes.ts';
import { type TestEnd, type TestProgress, testConnection } from '../../../src/client/testConnection.ts';
import { ScriptedBroker } from './scriptedBroker.ts';

const will = { topic: 'gone', payload: new Uint8Array(1), qos: 0, retain: false } as const;

async function setUp(t: TestContext) {
  const broker = await ScriptedBroker.start();
  t.after(() => broker.stop());
  const progress: TestProgress[] = [];
  const ending = new AbortController();
  const tested = (others: Partial<ConnectParams> = {}): Promise<TestEnd> =>
    testConnection(
      { url: broker.url, clientId: 'me', ...others },
      { clock: systemClock, signal: ending.signal, onProgress: (latest) => progress.push(latest) },
    );
  return { broker, progress, ending, tested };
}

test('it is a clean session without a will, which ends with the test', async (t) => {
  const { broker, progress, tested } = await setUp(t);
  const end = tested({ will, cleanStart: false, sessionExpiryIntervalSeconds: 600 });
  const connection = await broker.connection();
  const connect = await connection.next('connect');
  assert.equal(connect.cleanStart, true);
  assert.equal(connect.will, undefined);
  assert.equal(connect.properties?.sessionExpiryInterval, 600);
  connection.send({
    kind: 'connack',
    sessionPresent: false,
    reasonCode: 0,
    properties: { receiveMaximum: 5, userProperties: [['region', 'eu']], serverKeepAlive: 20 },
  });
  const disconnect = await connection.next('disconnect');
  assert.equal(disconnect.properties?.sessionExpiryInterval, 0);
  assert.deepEqual(await end, { kind: 'passed' });
  const steps = progress.at(-1)?.steps ?? [];
  assert.deepEqual(
    steps.map(({ kind }) => kind),
    ['network', 'mqtt', 'disconnect'],
  );
  const [network, mqtt] = steps;
  assert.deepEqual(network?.kind === 'network' && [network.address, network.failedAddresses], [
    '127.0.0.1',
    [],
  ]);
  assert.deepEqual(mqtt?.kind === 'mqtt' && mqtt.announced, {
    ...{ receiveMaximum: 5, serverKeepAlive: 20, userProperties: [['region', 'eu']] },
  });
});

test('each step is told when it begins, and when it is done', async (t) => {
  const { broker, progress, tested } = await setUp(t);
  const end = tested();
  await broker.accept();
  await end;
  assert.deepEqual(
    progress.map(({ steps, stage }) => [steps.length, stage]),
    [
      [0, 'network'],
      [1, undefined],
      [1, 'mqtt'],
      [2, undefined],
      [3, undefined],
    ],
  );
});

test('a refusal is how it ends, and nothing is sent after it', async (t) => {
  const { broker, progress, tested } = await setUp(t);
  const end = tested();
  const connection = await broker.connection();
  await connection.next('connect');
  connection.send({ kind: 'connack', sessionPresent: false, reasonCode: 0x85 });
  assert.deepEqual(await end, {
    kind: 'refused',
    reasonCode: 0x85,
    message: 'Client Identifier not valid',
  });
  await connection.closed;
  assert.equal(progress.at(-1)?.stage, 'mqtt');
});

test('one that is called off leaves nothing open', async (t) => {
  const { broker, ending, tested } = await setUp(t);
  const end = tested();
  const connection = await broker.connection();
  await connection.next('connect');
  ending.abort();
  assert.equal((await end).kind, 'failed');
  await connection.closed;
});
