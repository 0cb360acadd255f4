import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IDS_PER_CONNECTION } from '../../../../src/contracts/connections.ts';
import type { BrokerState } from '../../../../src/contracts/engine.ts';
import type { RemoteBroker } from '../../../../src/contracts/remoteBrokers.ts';
import type { Connection } from '../../../../src/extension/connections/connections.ts';
import { readProfiles } from '../../../../src/extension/connections/profiles.ts';
import { connectionNameOf, targetOf } from '../../../../src/extension/publishing/publishTarget.ts';

const stopped: BrokerState = { kind: 'stopped' };

function profileOf(entry: object): NonNullable<Connection['profile']> {
  const user = [{ name: 'Gateway', url: 'mqtt://127.0.0.1', ...entry }];
  const { profiles, faults } = readProfiles(
    { user, workspace: undefined },
    { isTrusted: true, folder: undefined, home: '/' },
  );
  assert.deepEqual(faults, []);
  return profiles[0]!; // without faults there is one
}

function surroundings(connection: Partial<Connection> | undefined, state: BrokerState = stopped) {
  const gateway: Connection | undefined = connection && {
    ...{ name: 'Gateway', profile: undefined, state: { kind: 'off' }, broker: undefined },
    ...connection,
  };
  return {
    broker: { state },
    connections: {
      named: (name: string) => (name === 'Gateway' ? gateway : undefined),
      with: (id: number | undefined) => (id === 3 ? gateway : undefined),
    },
  };
}

const connected = { kind: 'connected', sinceMs: 0 } as const;
const waiting = { kind: 'waiting', message: 'lost', retryAtMs: 0 } as const;

test('the local broker is published to while it runs', () => {
  const stateOf = (state: BrokerState) => targetOf('', surroundings(undefined, state)).state;
  assert.deepEqual(
    [stateOf(stopped), stateOf({ kind: 'starting' }), stateOf({ kind: 'stopping' })],
    ['off', 'trying', 'off'],
  );
});

test('a connection stands as its broker does, in the version that was connected with', () => {
  const profile = profileOf({ color: 'red', readOnly: true, confirmPublish: true });
  const broker = { protocolVersion: 4 } as RemoteBroker; // nothing else of it is looked at
  assert.deepEqual(targetOf('Gateway', surroundings({ profile, broker, state: connected })), {
    ...{ connectionName: 'Gateway', state: 'ready', protocolVersion: 4 },
    ...{ isReadOnly: true, asksFirst: true, color: 'red' },
  });
  const stateOf = (state: Connection['state']) => targetOf('Gateway', surroundings({ profile, state })).state;
  assert.deepEqual(
    [stateOf({ kind: 'connecting' }), stateOf(waiting), stateOf({ kind: 'off' })],
    ['trying', 'off', 'off'],
  );
});

test('one that lets messages wait is published to while it is away, and not before it was there', () => {
  const profile = profileOf({ whileOffline: 'queue' });
  assert.equal(targetOf('Gateway', surroundings({ profile, state: waiting })).state, 'queues');
  assert.equal(targetOf('Gateway', surroundings({ profile, state: { kind: 'off' } })).state, 'off');
});

test('a connection whose profile is gone is published to as long as it stands', () => {
  assert.equal(targetOf('Gateway', surroundings({ state: connected })).state, 'ready');
  assert.equal(targetOf('Gateway', surroundings({ state: waiting })).state, 'gone');
  assert.equal(targetOf('Other', surroundings({})).state, 'gone');
});

test('a message leads back to its connection; a recording takes nothing', () => {
  assert.equal(connectionNameOf(7, surroundings({})), '');
  assert.equal(connectionNameOf(3 * IDS_PER_CONNECTION + 7, surroundings({})), 'Gateway');
  assert.equal(connectionNameOf(4 * IDS_PER_CONNECTION + 7, surroundings({})), undefined);
});
