import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instanceName } from '../../../src/discovery/records.ts';

test('a name of an instance fits a label of DNS, however long that of the machine is', () => {
  assert.equal(instanceName('studio.local', 1), 'MQTT Workbench on studio');
  assert.equal(instanceName('studio.local', 2), 'MQTT Workbench on studio (2)');
  assert.equal(instanceName(`${'x'.repeat(63)}.local`, 99).length, 63);
});
