import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  checkAddress,
  checkProxyAddress,
  hostOfAddress,
  isSecure,
} from '../../../../src/extension/connections/connectionAddress.ts';

test('what can be connected to is taken', () => {
  for (const address of [
    'mqtt://192.0.2.7',
    'mqtt://192.0.2.7:1883',
    'mqtts://broker.example:8883',
    'MQTTS://Broker.Example/',
    'ws://localhost:8080/mqtt',
    'wss://a1b2-ats.iot.eu-west-1.example/mqtt?x-thing=1',
    'mqtt://[2001:db8::7]:1883',
    'mqtt://raspberry_pi',
    'mqtt+unix:///run/mosquitto.sock',
  ])
    assert.equal(checkAddress(address), undefined, address);
});

test('what can’t is told by what is wrong with it', () => {
  const kinds: Record<string, string> = {
    '': 'empty',
    'localhost:1883': 'noScheme',
    'http://192.0.2.7': 'otherScheme',
    'mqtt://': 'noHost',
    'mqtt://:1883': 'noHost',
    'mqtt://me:secret@192.0.2.7': 'hasUser',
    'mqtt://192.0.2.777': 'notAHost',
    'mqtt://a b': 'notAHost',
    'mqtt://2001:db8::7': 'notAHost',
    'mqtt://[2001:db8::x]': 'notAHost',
    'mqtt://a:0': 'notAPort',
    'mqtt://a:65536': 'notAPort',
    'mqtt://a:': 'notAPort',
    'mqtt://a/mqtt': 'hasPath',
    'mqtt://a?b': 'hasQuery',
    'ws://a/#b': 'hasQuery',
    'wss://a/mqtt?token=b': 'hasSecret',
    'mqtt+unix://': 'noSocketPath',
    'mqtt+unix:///run/': 'noSocketPath',
    'mqtt+unix://run/mosquitto.sock': 'unixWithHost',
    'mqtt+unix:///run/a.sock?b': 'hasQuery',
  };
  for (const [address, kind] of Object.entries(kinds))
    assert.equal(checkAddress(address)?.kind, kind, address);
});

test('a proxy is HTTP’s or SOCKS5’s, with a host and no user', () => {
  for (const address of ['http://proxy.example:3128', 'socks5://192.0.2.7', 'SOCKS5H://[::1]:1080/'])
    assert.equal(checkProxyAddress(address), undefined, address);
  const kinds: Record<string, string> = {
    '': 'empty',
    'proxy:3128': 'noScheme',
    'https://proxy': 'otherScheme',
    'socks4://proxy': 'otherScheme',
    'http://me:secret@proxy': 'hasUser',
    'http://proxy:0': 'notAPort',
    'http://proxy/path': 'hasPath',
    'http://proxy?a': 'hasQuery',
  };
  for (const [address, kind] of Object.entries(kinds))
    assert.equal(checkProxyAddress(address)?.kind, kind, address);
});

test('a profile is called by its host, and TLS is known by the scheme', () => {
  assert.equal(hostOfAddress('mqtts://broker.example:8883'), 'broker.example');
  assert.equal(hostOfAddress('ws://[::1]:80/mqtt'), '::1');
  assert.equal(hostOfAddress('mqtt+unix:///run/mosquitto.sock'), '/run/mosquitto.sock');
  assert.deepEqual(['mqtt://a', 'mqtts://a', 'ws://a', 'wss://a'].map(isSecure), [false, true, false, true]);
});
