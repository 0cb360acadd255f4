/** Where a text stops being UTF-8. What invalid bytes become is tested with the view that shows them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeUtf8 } from '../../../src/base/utf8.ts';

test('the first invalid byte and the count of them are told', () => {
  const payload = Uint8Array.from([0xc3, 0xa9, 0x61, 0xff, 0x62, 0x80]);
  assert.deepEqual(decodeUtf8(payload, false), {
    text: 'éa\udcffb\udc80',
    invalidByteCount: 2,
    firstInvalidByte: 3,
  });
});

test('valid UTF-8 has no first invalid byte', () => {
  assert.deepEqual(decodeUtf8(Uint8Array.from([0xc3, 0xa9]), false), { text: 'é', invalidByteCount: 0 });
});
