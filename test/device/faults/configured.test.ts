/** Faults of a configuration file, in the broker of the command line. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CliBroker } from '../../support/cliBroker.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { DeviceClient } from './faultBroker.ts';

test('a broker that is gone for a while comes back, though every port was closed', async (t) => {
  const file = join(temporaryFolder(t), 'broker.json');
  const rules = [{ fault: 'brokerStops', seconds: 0.5 }];
  writeFileSync(file, JSON.stringify({ faults: { rules } }));
  const broker = await CliBroker.start(t, ['--config', file]);
  await broker.waitForLog(/gone for 0\.5 s.*The broker is back/s);
  const client = new DeviceClient(`mqtt://127.0.0.1:${broker.port('mqtt')}`, 'board', {});
  t.after(() => client.kill());
  await client.until(() => client.connack !== undefined);
  assert.equal((await broker.stop()).exitCode, 0);
});

test('the faults of a configuration file are on from the start, and the log says how to have the same again', async (t) => {
  const file = join(temporaryFolder(t), 'broker.json');
  const rules = [{ clientIdPattern: 'board-*', packets: ['puback'], fault: 'drop', percent: 100 }];
  writeFileSync(file, JSON.stringify({ faults: { seed: 7, rules } }));
  const broker = await CliBroker.start(t, ['--config', file]);
  await broker.waitForLog(
    /Fault 1 is on; to have the same again: \{"faults":\{"seed":7,"rules":\[\{"clientIdPattern"/,
  );
  const [meant, other] = ['board-1', 'other'].map((clientId) => {
    const client = new DeviceClient(`mqtt://127.0.0.1:${broker.port('mqtt')}`, clientId, {});
    t.after(() => client.kill());
    return client;
  });
  assert.ok(meant && other);
  for (const client of [meant, other]) await client.until(() => client.connack !== undefined);
  meant.mqtt.publish('t', 'x', { qos: 1 });
  await broker.waitForLog(/Fault 1\.1, client "board-1": dropped PUBACK/);
  await meant.ping();
  assert.equal(meant.ofKind('puback').length, 0);
  await other.mqtt.publishAsync('t', 'x', { qos: 1 });
});
