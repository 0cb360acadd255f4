/** Which word someone meant. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearMiss } from '../../../src/base/nearMiss.ts';

const words = ['--port', '--ws-port', '--tls-port', '--persist', '--host'];

for (const [word, meant] of [
  ['--prot', '--port'],
  ['--Port', '--port'],
  ['--wsport', '--ws-port'],
  ['--hos', '--host'],
  ['--persistent', '--persist'],
] as const) {
  test(`"${word}" is taken for "${meant}"`, () => assert.equal(nearMiss(word, words), meant));
}

for (const word of ['--verbose', 'x', '']) {
  test(`"${word}" is near to none`, () => assert.equal(nearMiss(word, words), undefined));
}

test('words of more than 100 characters are near to none, whatever their number', () => {
  const long = 'x'.repeat(20_000);
  assert.equal(nearMiss(long, Array(1000).fill(`${long}y`)), undefined);
  assert.equal(nearMiss('x'.repeat(100), Array(1000).fill('x'.repeat(101))), undefined);
  assert.equal(nearMiss('x'.repeat(99), ['x'.repeat(100)]), 'x'.repeat(100));
});
