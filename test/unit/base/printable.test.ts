import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printable } from '../../../src/base/printable.ts';

test('what a terminal would obey or hide is escaped', () => {
  assert.equal(
    printable('a\nb\u001b[31mc\u0085\u2028\u202e\u2066'),
    'a\\u000ab\\u001b[31mc\\u0085\\u2028\\u202e\\u2066',
  );
});

test('text of any language stays as it is', () => {
  for (const text of ['', 'Client "oven" connected', 'Köln, 東京, 🔥', 'a\\u000a'])
    assert.equal(printable(text), text);
});
