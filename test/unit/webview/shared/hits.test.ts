import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hitsOf, stretchesOf } from '../../../../src/webview/shared/hits.ts';

test('a text is found wherever it stands, in any case of the letters A to Z', () => {
  assert.deepEqual(hitsOf('Open or OPEN', 'open'), [
    { start: 0, end: 4 },
    { start: 8, end: 12 },
  ]);
  assert.deepEqual(hitsOf('ÄB', 'äb'), []);
  assert.deepEqual(hitsOf('aaa', 'aa'), [{ start: 0, end: 2 }]);
  assert.deepEqual(hitsOf('abc', ''), []);
});

test('a text falls into what is found and what is not, and so does a part of it', () => {
  const hits = hitsOf('a/bc/d', 'c/');
  const whole = stretchesOf('a/bc/d', hits);
  assert.deepEqual(whole, [
    { text: 'a/b', isHit: false },
    { text: 'c/', isHit: true },
    { text: 'd', isHit: false },
  ]);
  assert.deepEqual(stretchesOf('a/bc/d', hits, 2, 4), [
    { text: 'b', isHit: false },
    { text: 'c', isHit: true },
  ]);
  assert.deepEqual(stretchesOf('a/bc/d', hits, 4, 5), [{ text: '/', isHit: true }]);
});
