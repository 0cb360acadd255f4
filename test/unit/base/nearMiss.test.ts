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
