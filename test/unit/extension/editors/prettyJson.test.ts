import assert from 'node:assert/strict';
import { test } from 'node:test';
import { prettyJson } from '../../../../src/extension/editors/prettyJson.ts';

test('what JSON.stringify would lay out is laid out as it does', () => {
  const values = [
    {},
    [],
    { a: 1, b: [1, 2, { c: null }], d: {}, e: [] },
    [[[]]],
    'a "b" \\ {c}, [d]: ',
    7,
    '',
  ];
  for (const value of values)
    assert.equal(prettyJson(JSON.stringify(value)), `${JSON.stringify(value, undefined, 2)}\n`);
});

test('numbers, escapes and keys that are there twice stay as they came', () => {
  assert.equal(
    prettyJson('{"n":12345678901234567890,"f":1.0,"f":1e5,"s":"\\u00e9\\/"}'),
    '{\n  "n": 12345678901234567890,\n  "f": 1.0,\n  "f": 1e5,\n  "s": "\\u00e9\\/"\n}\n',
  );
});

test('white space within strings stays, that between tokens goes', () => {
  assert.equal(prettyJson(' {\r\n\t"a b" :\t" c  d " } \n'), '{\n  "a b": " c  d "\n}\n');
});

test('what is not JSON comes out with the same characters, and ends', () => {
  const texts = ['{"a":', '{"a": "b', '"a\\', ']]}', '{a: 1 2 "x""y"}', '\u00a0\ufeff{', ':,:', ''];
  const withoutSpace = (text: string): string => text.replace(/[ \t\r\n]/g, '');
  for (const text of texts) assert.equal(withoutSpace(prettyJson(text)), withoutSpace(text), text);
  assert.equal(prettyJson('1 2'), '1 2\n');
});

test('a hundred thousand brackets and a string of ten megabytes are laid out in as many characters as they need', () => {
  const deep = prettyJson('['.repeat(100_000));
  assert.ok(deep.length < 100_000 * 140, `${deep.length}`);
  const long = `"${'a'.repeat(10_000_000)}"`;
  assert.equal(prettyJson(long), `${long}\n`);
});
