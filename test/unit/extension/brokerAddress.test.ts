import assert from 'node:assert/strict';
import type { NetworkInterfaceInfo } from 'node:os';
import { test } from 'node:test';
import { isLoopback } from '../../../src/base/networkAddress.ts';
import type { BrokerState } from '../../../src/contracts/engine.ts';
import {
  addressesOf,
  formatUrl,
  isExposed,
  mainListener,
  type NetworkInterfaces,
} from '../../../src/extension/brokerAddress.ts';

const v4 = (address: string, internal = false): NetworkInterfaceInfo => ({
  address,
  family: 'IPv4',
  internal,
  netmask: '255.255.255.0',
  mac: '00:00:5e:00:53:01',
  cidr: `${address}/24`,
});
const v6 = (address: string, internal = false): NetworkInterfaceInfo => ({
  address,
  family: 'IPv6',
  internal,
  netmask: 'ffff:ffff:ffff:ffff::',
  mac: '00:00:5e:00:53:01',
  cidr: `${address}/64`,
  scopeid: 0,
});

const interfaces: NetworkInterfaces = {
  lo: [v4('127.0.0.1', true), v6('::1', true)],
  docker0: [v4('172.17.0.1')],
  eth0: [v6('2001:db8::7'), v6('fe80::5efe'), v4('192.0.2.7')],
  wlan0: [v4('198.51.100.9')],
};

const runningOn = (host: string): BrokerState => ({
  kind: 'running',
  broker: {
    listeners: [{ kind: 'mqtt', host, port: 1883 }],
    configuredPort: 1883,
    startedAtMs: 0,
    requiresCredentials: false,
  },
});

test('a broker on the loopback has a local address and none on the network', () => {
  assert.deepEqual(addressesOf({ kind: 'mqtt', host: '127.0.0.1', port: 1883 }, interfaces), {
    local: 'mqtt://127.0.0.1:1883',
    lan: [],
  });
});

test('a broker on 0.0.0.0 is reached by every IPv4 address of the machine, those of virtual bridges last', () => {
  const { local, lan } = addressesOf({ kind: 'mqtt', host: '0.0.0.0', port: 1883 }, interfaces);
  assert.equal(local, 'mqtt://127.0.0.1:1883');
  assert.deepEqual(lan, [
    { url: 'mqtt://192.0.2.7:1883', interfaceName: 'eth0', isVirtual: false },
    { url: 'mqtt://198.51.100.9:1883', interfaceName: 'wlan0', isVirtual: false },
    { url: 'mqtt://172.17.0.1:1883', interfaceName: 'docker0', isVirtual: true },
  ]);
});

test('a broker on :: is reached by IPv6 as well; link-local addresses, which need a zone, are left out', () => {
  const { lan } = addressesOf({ kind: 'mqtt', host: '::', port: 1884 }, interfaces);
  assert.deepEqual(
    lan.map((address) => address.url),
    [
      'mqtt://192.0.2.7:1884',
      'mqtt://198.51.100.9:1884',
      'mqtt://[2001:db8::7]:1884',
      'mqtt://172.17.0.1:1884',
    ],
  );
});

test('a broker on one address of the network is reached by that one alone', () => {
  assert.deepEqual(addressesOf({ kind: 'mqtt', host: '192.0.2.7', port: 1883 }, interfaces), {
    lan: [{ url: 'mqtt://192.0.2.7:1883', interfaceName: 'eth0', isVirtual: false }],
  });
});

test('an IPv6 address stands in brackets', () => {
  assert.equal(formatUrl('mqtts', '2001:db8::7', 8883), 'mqtts://[2001:db8::7]:8883');
});

test('what is loopback is told from what is not', () => {
  for (const host of ['127.0.0.1', '127.1.2.3', '::1', 'localhost'])
    assert.equal(isLoopback(host), true, host);
  for (const host of ['0.0.0.0', '::', '192.0.2.7', '128.0.0.1', '127.0.0.1.example.org'])
    assert.equal(isLoopback(host), false, host);
});

test('a broker is exposed when it listens beyond the loopback', () => {
  assert.equal(isExposed({ kind: 'stopped' }), false);
  assert.equal(isExposed(runningOn('127.0.0.1')), false);
  assert.equal(isExposed(runningOn('0.0.0.0')), true);
  assert.equal(isExposed(runningOn('192.0.2.7')), true);
});

test('only a running broker has a listener', () => {
  assert.equal(mainListener({ kind: 'starting' }), undefined);
  assert.equal(mainListener(runningOn('127.0.0.1'))?.port, 1883);
});
