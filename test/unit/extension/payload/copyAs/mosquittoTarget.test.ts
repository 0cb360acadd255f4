import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BrokerState, ListenerInfo } from '../../../../../src/contracts/engine.ts';
import { mosquittoTarget } from '../../../../../src/extension/payload/copyAs/mosquittoTarget.ts';

function running(...listeners: ListenerInfo[]): BrokerState {
  return {
    kind: 'running',
    broker: { listeners, configuredPort: 0, startedAtMs: 0, requiresCredentials: false },
  };
}

test('the first listener without TLS is where mosquitto_pub goes', () => {
  const state = running(
    { kind: 'mqtts', host: '0.0.0.0', port: 8883 },
    { kind: 'ws', host: '127.0.0.1', port: 8080 },
    { kind: 'mqtt', host: '192.0.2.7', port: 1884 },
  );
  assert.deepEqual(mosquittoTarget(state), {
    kind: 'tcp',
    host: '192.0.2.7',
    port: 1884,
    requiresCredentials: false,
  });
});

test('a broker that listens everywhere is reached on this computer', () => {
  for (const host of ['0.0.0.0', '::'])
    assert.deepEqual(mosquittoTarget(running({ kind: 'mqtt', host, port: 1 })), {
      kind: 'tcp',
      host: '127.0.0.1',
      port: 1,
      requiresCredentials: false,
    });
});

test('without one, a Unix socket; without that, or a broker, the usual address', () => {
  const unix = { kind: 'unix', path: '/tmp/b' } as const;
  assert.deepEqual(mosquittoTarget(running({ kind: 'mqtts', host: '::1', port: 1 }, unix)), {
    ...unix,
    requiresCredentials: false,
  });
  const usual = { kind: 'tcp', host: '127.0.0.1', port: 1883, requiresCredentials: false };
  assert.deepEqual(mosquittoTarget({ kind: 'stopped' }), usual);
  assert.deepEqual(mosquittoTarget(running({ kind: 'wss', host: '::', port: 1 })), usual);
});
