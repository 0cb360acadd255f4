import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  checkAddress,
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
    'wss://a1b2-ats.iot.eu-west-1.example/mqtt?x-token=1',
    'mqtt://[2001:db8::7]:1883',
    'mqtt://raspberry_pi',
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
  };
  for (const [address, kind] of Object.entries(kinds))
    assert.equal(checkAddress(address)?.kind, kind, address);
});

test('a profile is called by its host, and TLS is known by the scheme', () => {
  assert.equal(hostOfAddress('mqtts://broker.example:8883'), 'broker.example');
  assert.equal(hostOfAddress('ws://[::1]:80/mqtt'), '::1');
  assert.deepEqual(['mqtt://a', 'mqtts://a', 'ws://a', 'wss://a'].map(isSecure), [false, true, false, true]);
});
