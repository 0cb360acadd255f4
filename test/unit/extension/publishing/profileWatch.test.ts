/** What publishes by itself, when its profile changes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Emitter } from '../../../../src/base/event.ts';
import type { RepeatInfo } from '../../../../src/contracts/publishing.ts';
import type { Connections } from '../../../../src/extension/connections/connections.ts';
import type { EngineClient } from '../../../../src/extension/engineClient.ts';
import type { ActiveRepeats } from '../../../../src/extension/publishing/activeRepeats.ts';
import { watchProfiles } from '../../../../src/extension/publishing/profileWatch.ts';

interface Known {
  name: string;
  profile: { readOnly: boolean } | undefined;
  state: { kind: 'connected' | 'disconnected' };
}

function setUp() {
  const changed = new Emitter<void>();
  const gateway: Known = { name: 'Gateway', profile: { readOnly: false }, state: { kind: 'connected' } };
  const calls: [string, unknown][] = [];
  // What is asked of them here, and nothing else.
  const connections = {
    onDidChange: changed.event,
    all: [gateway],
    with: (connection: number) => (connection === 3 ? gateway : undefined),
  } as unknown as Connections;
  const repeats = {
    all: [0, 3].map((connection) => ({ repeatId: 10 + connection, connection }) as RepeatInfo),
  } as unknown as ActiveRepeats;
  const engine = {
    callIfRunning: async (method: string, params: unknown) => void calls.push([method, params]),
  } as unknown as EngineClient;
  const entries = new Set(['Gateway']);
  const hasEntry = (name: string): boolean => entries.has(name);
  watchProfiles({ connections, repeats, engine, hasEntry, inBackground: () => {} });
  return { gateway, calls, changed, entries };
}

test('the engine is told once that a live connection has become read-only, and anew after it was not', () => {
  const { gateway, calls, changed } = setUp();
  changed.fire();
  assert.deepEqual(calls, []);
  const tell: [string, unknown] = ['setReadOnly', { profileIds: ['Gateway'], isReadOnly: true }];
  gateway.profile = { readOnly: true };
  for (let i = 0; i < 2; i++) changed.fire();
  assert.deepEqual(calls, [tell]);
  gateway.state.kind = 'disconnected';
  changed.fire();
  gateway.state.kind = 'connected';
  changed.fire();
  assert.deepEqual(calls, [tell, tell]);
  gateway.profile = { readOnly: false };
  changed.fire();
  assert.deepEqual(calls.at(-1), ['setReadOnly', { profileIds: ['Gateway'], isReadOnly: false }]);
});

test('a repeat ends with its profile, and none of the local broker', () => {
  const { gateway, calls, changed, entries } = setUp();
  // It has a fault, as while somebody types.
  gateway.profile = undefined;
  changed.fire();
  assert.deepEqual(calls, []);
  entries.clear();
  changed.fire();
  assert.deepEqual(calls, [['stopRepeat', { repeatId: 13, isProfileGone: true }]]);
});
