import assert from 'node:assert/strict';
import type { NetworkInterfaceInfo } from 'node:os';
import { test } from 'node:test';
import type { BrokerState, ListenerInfo } from '../../../../src/contracts/engine.ts';
import type { NetworkInterfaces } from '../../../../src/extension/brokerAddress.ts';
import { connectionAddresses } from '../../../../src/extension/connectionCode/connectionAddresses.ts';

const info = (address: string, family: 'IPv4' | 'IPv6', internal = false): NetworkInterfaceInfo => {
  const common = { address, internal, netmask: '', mac: '', cidr: null };
  return family === 'IPv4' ? { ...common, family } : { ...common, family, scopeid: 0 };
};

const interfaces: NetworkInterfaces = {
  lo: [info('127.0.0.1', 'IPv4', true)],
  docker0: [info('172.17.0.1', 'IPv4')],
  eth0: [info('192.0.2.7', 'IPv4'), info('2001:db8::7', 'IPv6')],
};

const running = (...listeners: ListenerInfo[]): BrokerState => ({
  kind: 'running',
  broker: { listeners, configuredPort: 1883, startedAtMs: 0, requiresCredentials: false },
});

const hosts = (state: BrokerState, runsOn: Parameters<typeof connectionAddresses>[2]): string[] =>
  connectionAddresses(state, interfaces, runsOn).map(({ host, port }) => `${host} ${port}`);

const local = running({ kind: 'mqtt', host: '127.0.0.1', port: 1883 });
const exposed = running({ kind: 'mqtt', host: '::', port: 1883 });

test('a board has no address while the broker listens on this computer alone', () => {
  assert.deepEqual(hosts(local, 'board'), []);
});

test('a board is offered the addresses of the network alone, real ones first, IPv6 without brackets', () => {
  assert.deepEqual(hosts(exposed, 'board'), ['192.0.2.7 1883', '2001:db8::7 1883', '172.17.0.1 1883']);
});

test('a program is offered this computer first', () => {
  assert.deepEqual(hosts(local, 'computer'), ['127.0.0.1 1883']);
  assert.equal(hosts(exposed, 'computer')[0], '127.0.0.1 1883');
});

test('a simulator has a name for this computer, whichever of its addresses was meant', () => {
  assert.deepEqual(hosts(local, 'simulator'), ['host.wokwi.internal 1883']);
  const [address] = connectionAddresses(exposed, interfaces, 'simulator');
  assert.equal(address?.host, 'host.wokwi.internal');
  assert.ok(address.urls.includes('mqtt://127.0.0.1:1883'));
  assert.ok(address.urls.includes('mqtt://192.0.2.7:1883'));
});

test('a simulator takes the address of the network where the broker listens there alone', () => {
  const onOne = running({ kind: 'mqtt', host: '192.0.2.7', port: 1883 });
  assert.deepEqual(hosts(onOne, 'simulator'), ['192.0.2.7 1883']);
});

test('listeners with TLS are told apart, WebSocket and Unix sockets left out', () => {
  const state = running(
    { kind: 'ws', host: '127.0.0.1', port: 8080 },
    { kind: 'unix', path: '/run/mqtt' },
    { kind: 'mqtts', host: '127.0.0.1', port: 8883 },
  );
  assert.deepEqual(connectionAddresses(state, interfaces, 'computer'), [
    { host: '127.0.0.1', port: 8883, isTls: true, urls: ['mqtts://127.0.0.1:8883'] },
  ]);
});

test('a listener that lets in nobody without a certificate is known by each of its addresses', () => {
  const state = running(
    { kind: 'mqtts', host: '0.0.0.0', port: 8883, requiresClientCertificate: true },
    { kind: 'mqtts', host: '0.0.0.0', port: 8884 },
  );
  for (const runsOn of ['board', 'computer', 'simulator'] as const)
    for (const { port, requiresClientCertificate } of connectionAddresses(state, interfaces, runsOn))
      assert.equal(requiresClientCertificate, port === 8883 ? true : undefined, `${port} for a ${runsOn}`);
});

test('a broker that does not run has none', () => {
  assert.deepEqual(hosts({ kind: 'stopped' }, 'computer'), []);
});
