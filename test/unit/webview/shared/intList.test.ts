import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IntList } from '../../../../src/webview/shared/intList.ts';

test('a list keeps what it was given while it grows, and after it is truncated', () => {
  const list = new IntList();
  for (let i = 0; i < 1000; i++) list.push(i * 3);
  list.set(999, -1);
  assert.deepEqual([list.length, list.at(0), list.at(500), list.at(999)], [1000, 0, 1500, -1]);
  list.truncate(501);
  assert.equal(list.at(500), 1500);
  assert.throws(() => list.at(501), RangeError);
  assert.throws(() => list.at(-1), RangeError);
  assert.throws(() => list.truncate(502), RangeError);
});
