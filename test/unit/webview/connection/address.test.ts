import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pastedAddress } from '../../../../src/webview/connection/address.ts';

test('an address that is pasted into the host is taken apart', () => {
  const nothing = { port: '', path: '', username: '' };
  const addresses: [string, ReturnType<typeof pastedAddress>][] = [
    ['mqtts://broker.example:8883', { ...nothing, transport: 'mqtts', host: 'broker.example', port: '8883' }],
    [' mqtt://a ', { ...nothing, transport: 'mqtt', host: 'a' }],
    ['wss://a/mqtt?x=1', { ...nothing, transport: 'wss', host: 'a', path: '/mqtt?x=1' }],
    ['tcp://a:1883/', { ...nothing, transport: 'mqtt', host: 'a', port: '1883' }],
    ['ssl://a', { ...nothing, transport: 'mqtts', host: 'a' }],
    ['mqtt://[::1]:1883', { ...nothing, transport: 'mqtt', host: '::1', port: '1883' }],
    // A token does not stay in the address.
    [
      'wss://a:443/mqtt?x=1&token=a%2Fb',
      {
        ...{ ...nothing, transport: 'wss', host: 'a', port: '443' },
        ...{ path: '/mqtt?x=1&token={secret}', secret: 'a/b' },
      },
    ],
    // The password is left behind: an address is no place for one.
    ['mqtt://me:secret@a', { ...nothing, transport: 'mqtt', host: 'a', username: 'me' }],
  ];
  for (const [text, address] of addresses) assert.deepEqual(pastedAddress(text), address, text);
});

test('a host, or what is on the way to an address, is none', () => {
  for (const text of ['', 'broker.example', '192.0.2.7', '::1', 'mqtt:', 'mqtt://', 'http://a', 'a:1883'])
    assert.equal(pastedAddress(text), undefined, text);
});
