/** Numbers in a value, by path. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numberAt, numericPaths } from '../../../src/decoders/numericPaths.ts';

test('numbers are found in objects and lists, in their order', () => {
  const value = { t: 21.5, list: [1, { deep: 2 }], 'any key': 3, text: 'x', none: null };
  assert.deepEqual(numericPaths(value), [
    { path: '.t', value: 21.5 },
    { path: '.list[0]', value: 1 },
    { path: '.list[1].deep', value: 2 },
    { path: '["any key"]', value: 3 },
  ]);
});

test('a value that is a number itself has the empty path', () => {
  assert.deepEqual(numericPaths(5), [{ path: '', value: 5 }]);
  assert.equal(numberAt('21.5', ''), 21.5);
});

test('bigints, booleans and texts of a number count; NaN, bytes and other texts do not', () => {
  const value = {
    big: 2n ** 60n,
    on: true,
    off: false,
    text: ' 1e3 ',
    nan: Number.NaN,
    bytes: new Uint8Array(3),
    hex: '0x10',
    empty: '',
  };
  assert.deepEqual(
    numericPaths(value).map(({ path, value: number }) => [path, number]),
    [
      ['.big', 2 ** 60],
      ['.on', 1],
      ['.off', 0],
      ['.text', 1000],
    ],
  );
});

test('every path that is listed leads back to its number', () => {
  const value = { 'a.b': { 'c"]\\': [[{ $tag: 1 }]] }, ключ: 2, '': 3, '0': 4, 'Node Control/Rebirth': true };
  const paths = numericPaths(value);
  assert.equal(paths.length, 5);
  for (const { path, value: number } of paths) assert.equal(numberAt(value, path), number, path);
});

for (const path of [
  '.b',
  '.a.b',
  '.a[1]',
  '[0]',
  'a',
  '.a.',
  '.a[',
  '["a]',
  '.length',
  '.constructor.length',
  '..a',
  '.a[0]x',
]) {
  test(`${path} leads nowhere, and is no fault`, () => {
    assert.equal(numberAt({ a: [1] }, path), undefined);
  });
}

test('no more than 500 paths are listed, and none deeper than 20 levels', () => {
  assert.equal(numericPaths(Array.from({ length: 2000 }, (_, i) => i)).length, 500);
  const nested = (levels: number): unknown => (levels === 0 ? 7 : { a: nested(levels - 1) });
  assert.equal(numericPaths(nested(20)).length, 1);
  assert.equal(numericPaths(nested(21)).length, 0);
});

test('a long list of texts is not walked to its end', () => {
  let read = 0;
  const texts = new Proxy(
    Array.from({ length: 1_000_000 }, () => 'x'),
    {
      get: (target, key) => {
        read++;
        return Reflect.get(target, key);
      },
    },
  );
  assert.deepEqual(numericPaths({ texts, after: 1 }), []);
  assert.ok(read < 100_000, `${read} reads`);
});
