import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RemoteBrokerParams } from '../../../../src/contracts/remoteBrokers.ts';
import { testedProfile } from '../../../../src/extension/connections/testedProfile.ts';

const params: RemoteBrokerParams = {
  profileId: 'Gateway',
  name: 'Gateway',
  url: 'mqtt://gateway',
  clientId: 'desk',
  protocolVersion: 5,
  cleanStart: true,
  keepAliveSeconds: 30,
  subscriptions: [],
  readOnly: false,
  whileOffline: 'refuse',
};

test('it is tested as it would be connected, without its will', () => {
  const will = { topic: 'gone', payload: '', qos: 0, retain: false } as const;
  assert.deepEqual(testedProfile({ ...params, will }, ['other']), { params, aside: undefined });
});

test('a client id that is in use is not used: the live connection would be thrown out', () => {
  const { params: tested, aside } = testedProfile(params, ['desk']);
  assert.equal(tested.clientId, 'desk-test');
  assert.equal(aside, 'inUse');
});

test('nor is one that the broker keeps a session for: a clean session would end it', () => {
  for (const kept of [
    { cleanStart: false },
    { sessionExpiryIntervalSeconds: 5 },
    { protocolVersion: 4, cleanStart: false },
  ] as const)
    assert.equal(testedProfile({ ...params, ...kept }, []).aside, 'session');
  // Before 5.0 there is none.
  const none = testedProfile({ ...params, protocolVersion: 4, sessionExpiryIntervalSeconds: 5 }, []);
  assert.equal(none.aside, undefined);
});

test('a client id of 3.1 stays within its 23 characters', () => {
  const clientId = 'x'.repeat(23);
  const { params: tested } = testedProfile({ ...params, clientId, protocolVersion: 3 }, [clientId]);
  assert.equal(tested.clientId, `${'x'.repeat(18)}-test`);
});
