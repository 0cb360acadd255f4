import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Recent } from '../../../src/base/recent.ts';

test('what is remembered is bounded, and the oldest makes room', () => {
  const recent = new Recent<number>(2);
  recent.set('a', 1);
  recent.set('b', 2);
  recent.set('a', 3);
  recent.set('c', 4);
  assert.deepEqual([recent.get('a'), recent.get('b'), recent.get('c')], [3, undefined, 4]);
});

test('a key that is longer than anybody would choose takes no memory', () => {
  const recent = new Recent<number>(2);
  recent.set('x'.repeat(1024), 1);
  recent.set('x'.repeat(1025), 2);
  assert.deepEqual([...recent.values()], [1]);
});
