import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  needsAddressSecret,
  openSecretIn,
  withoutSecrets,
  withSecret,
} from '../../../src/contracts/addressSecrets.ts';

test('a secret in the query of a WebSocket is found by its name, and only there', () => {
  assert.equal(openSecretIn('wss://a/mqtt?device=7&auth_token=abc'), 'auth_token');
  for (const address of [
    'wss://a/token=abc',
    'wss://a/mqtt?tokenless&device=token',
    'wss://a/mqtt?token={secret}',
    'mqtt://a?token=abc',
    'wss://token=abc',
  ])
    assert.equal(openSecretIn(address), undefined, address);
});

test('it is taken out of an address, and put in again for the broker', () => {
  const addresses: [address: string, kept: string, secret: string][] = [
    ['wss://a/mqtt?token=abc', 'wss://a/mqtt?token={secret}', 'abc'],
    ['ws://a:8080?x=1&key=a%2Bb%3D%3D&y=2', 'ws://a:8080?x=1&key={secret}&y=2', 'a+b=='],
    // Signed in several parts: they belong together.
    [
      'wss://a/mqtt?X-Amz-Credential=a%2Fb&X-Amz-Signature=c',
      'wss://a/mqtt?{secret}',
      'X-Amz-Credential=a%2Fb&X-Amz-Signature=c',
    ],
  ];
  for (const [address, kept, secret] of addresses) {
    assert.deepEqual(withoutSecrets(address), { address: kept, secret });
    assert.ok(needsAddressSecret(kept));
    assert.equal(openSecretIn(kept), undefined);
    assert.equal(withSecret(kept, secret), address);
  }
  assert.equal(withoutSecrets('wss://a/mqtt?device=7'), undefined);
  assert.equal(withoutSecrets('wss://a/{secret}?token=abc'), undefined);
});

test('in a path, a secret is encoded; where none is wanted, nothing is changed', () => {
  assert.equal(withSecret('ws://a/{secret}/mqtt', 'a/$&?b'), 'ws://a/a%2F%24%26%3Fb/mqtt');
  assert.equal(withSecret('mqtt+unix:///run/{secret}.sock', 'a'), 'mqtt+unix:///run/{secret}.sock');
  assert.equal(needsAddressSecret('ws://a/mqtt'), false);
});
