import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasBinaryControls } from '../../../src/base/binaryText.ts';

test('lines, tabs, a bell and the colours of a log are text', () => {
  assert.equal(hasBinaryControls(''), false);
  assert.equal(hasBinaryControls('a\tb\r\nc\x07\x1b[0;32mgreen\x7f'), false);
});

test('the NUL that ends a C string is text, and any other is binary', () => {
  assert.equal(hasBinaryControls('21.5\0'), false);
  assert.equal(hasBinaryControls('21\0.5'), true);
  assert.equal(hasBinaryControls('21.5\0\0'), true);
  assert.equal(hasBinaryControls('\0'), true);
});

test('other control characters are binary', () => {
  for (const code of [0x01, 0x06, 0x0e, 0x1a, 0x1c, 0x1f])
    assert.equal(hasBinaryControls(`a${String.fromCharCode(code)}`), true, `0x${code.toString(16)}`);
});
