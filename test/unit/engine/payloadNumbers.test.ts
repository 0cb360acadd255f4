import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textNumbers } from '../../../src/engine/payloadNumbers.ts';

function read(path: string, payload: string): unknown {
  return textNumbers.readerOf(path)(new TextEncoder().encode(payload), 'a/b');
}

test('the payload itself: a number, a number in quotes, true and false, with spaces around', () => {
  const cases: [string, number | undefined][] = [
    ['23.5', 23.5],
    [' -4e2\n', -400],
    ['007', 7],
    ['"12"', 12],
    ['true', 1],
    ['false', 0],
    ['', undefined],
    ['on', undefined],
    ['23.5 °C', undefined],
    ['NaN', undefined],
    ['{"a":1}', undefined],
    ['[1]', undefined],
    ['null', undefined],
  ];
  for (const [payload, number] of cases) assert.equal(read('', payload), number, payload);
});

test('a path in JSON', () => {
  assert.equal(read('.a.b[1]', '{"a":{"b":[1,"2.5"]}}'), 2.5);
  assert.equal(read('["x y"]', ' {"x y":true}'), 1);
  assert.equal(read('[0]', '[7]'), 7);
  assert.equal(read('.a', '{"b":1}'), undefined);
  assert.equal(read('.a', '{"a":'), undefined);
  assert.equal(read('.length', '"text"'), undefined);
  assert.equal(read('.a', ''), undefined);
});

test('bytes that are no text, and a JSON of megabytes, have no number', () => {
  assert.equal(textNumbers.readerOf('')(Uint8Array.of(0xff, 0x00, 0x31), 'a'), undefined);
  assert.equal(read('.a', `{"a":1,"b":"${'x'.repeat(1024 * 1024)}"}`), undefined);
});

test('the numbers of a payload, with their paths', () => {
  const pathsOf = (payload: string) => textNumbers.pathsOf(new TextEncoder().encode(payload));
  assert.deepEqual(pathsOf('{"a":1,"b":{"c":"2"},"d":"x"}'), [
    { path: '.a', value: 1 },
    { path: '.b.c', value: 2 },
  ]);
  assert.deepEqual(pathsOf('21.5'), [{ path: '', value: 21.5 }]);
  assert.deepEqual(pathsOf('off'), []);
});
