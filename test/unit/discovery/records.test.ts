import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instanceName, localHostName } from '../../../src/discovery/records.ts';

test('a machine is called by the first label of its name, or by ours where that can be no name', () => {
  assert.equal(localHostName('studio'), 'studio.local');
  assert.equal(localHostName('Studio.local'), 'Studio.local');
  assert.equal(localHostName('studio.example.org'), 'studio.local');
  for (const odd of ['', '-x', 'büro', 'a b', 'x'.repeat(64)])
    assert.equal(localHostName(odd), 'mqtt-workbench.local');
});

test('a name of an instance fits a label of DNS, however long that of the machine is', () => {
  assert.equal(instanceName('studio.local', 1), 'MQTT Workbench on studio');
  assert.equal(instanceName('studio.local', 2), 'MQTT Workbench on studio (2)');
  assert.equal(instanceName(`${'x'.repeat(63)}.local`, 99).length, 63);
});
