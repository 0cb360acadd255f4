import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { startEngine } from './engineUnderTest.ts';

const everyone = { kind: 'everyone' } as const;
const dropAll = { who: everyone, behaviour: { kind: 'drop', percent: 100 } } as const;

test('faults are switched on and off, and told with what they did', async (t) => {
  const { engine, start, device, next } = startEngine(t);
  assert.equal(engine.faults.startFaults({ rules: [dropAll] }).kind, 'brokerNotRunning');
  await start();
  const board = await device({ clientId: 'board' });
  const on = next('faultsChanged', ([injection]) => injection !== undefined && injection.applied > 0);
  const rule = { ...dropAll, packets: ['publish'], direction: 'toBroker' } as const;
  const result = engine.faults.startFaults({ rules: [rule], seed: 3 });
  assert.equal(result.kind, 'started');
  board.publish('t', 'x');
  assert.deepEqual(await on, [{ id: 1, seed: 3, rules: [rule], applied: 1 }]);
  const off = next('faultsChanged', (injections) => injections.length === 0);
  assert.deepEqual(engine.faults.stopFaults({ id: 1 }), { kind: 'stopped' });
  assert.deepEqual(engine.faults.stopFaults({ id: 1 }), { kind: 'notOn' });
  assert.deepEqual(await off, []);
});

test('the workbench’s own client is left alone', async (t) => {
  const { engine, start, device } = startEngine(t);
  await start();
  const board = await device({ clientId: 'board' });
  await board.subscribeAsync('#', { qos: 1 });
  engine.faults.startFaults({ rules: [dropAll] });
  const published = await engine.publish({ topic: 't', payload: Buffer.from('x'), qos: 2, retain: false });
  assert.equal(published.kind, 'published');
  assert.equal(engine.faults.listFaults()[0]?.applied, 1);
});

test('a rule that can’t be is refused with what is wrong', async (t) => {
  const { engine, start } = startEngine(t);
  await start();
  const wrong = { who: everyone, behaviour: { kind: 'drop', percent: 0 } } as const;
  assert.deepEqual(engine.faults.startFaults({ rules: [wrong] }), {
    kind: 'invalidRule',
    message: 'percent is 0, must be a number from 0.000001 to 100',
  });
});

test('faults of the configuration file are on from the start, and end with the broker', async (t) => {
  const configFile = join(temporaryFolder(t), 'broker.json');
  writeFileSync(configFile, JSON.stringify({ faults: { seed: 5, rules: [{ preset: 'captivePortal' }] } }));
  const { engine, start, next } = startEngine(t);
  const on = next('faultsChanged', (injections) => injections.length === 1);
  await start({ configFile });
  assert.equal((await on)[0]?.seed, 5);
  const off = next('faultsChanged', (injections) => injections.length === 0);
  await engine.stopBroker({ keepState: false });
  await off;
});
