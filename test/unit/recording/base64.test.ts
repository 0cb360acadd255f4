import assert from 'node:assert/strict';
import { test } from 'node:test';
import { base64Bytes, decodeBase64, writeBase64 } from '../../../src/recording/base64.ts';
import { SeededRandom } from '../../support/random.ts';

function encoded(payload: Uint8Array): string {
  const target = new Uint8Array(base64Bytes(payload.length));
  assert.equal(writeBase64(payload, target, 0), target.length);
  return Buffer.from(target).toString('latin1');
}

function decoded(text: string): number[] | { at: number } {
  // In the middle of other bytes, as in a line.
  const bytes = Buffer.from(`"${text}"`);
  const result = decodeBase64(bytes, 1, bytes.length - 1);
  return result.kind === 'decoded' ? [...result.bytes] : { at: result.at };
}

test('the test vectors of RFC 4648 come out, and go back', () => {
  for (const [plain, text] of [
    ['', ''],
    ['f', 'Zg=='],
    ['fo', 'Zm8='],
    ['foo', 'Zm9v'],
    ['foob', 'Zm9vYg=='],
    ['fooba', 'Zm9vYmE='],
    ['foobar', 'Zm9vYmFy'],
  ] as const) {
    assert.equal(encoded(Buffer.from(plain)), text);
    assert.deepEqual(decoded(text), [...Buffer.from(plain)]);
  }
});

test('lengths around the borders of the two encoders and of the slices make what Node makes', () => {
  const random = new SeededRandom(7);
  const slice = 48 * 1024;
  for (const length of [0, 1, 2, 3, 399, 400, 401, slice - 1, slice, slice + 1, 3 * slice + 2]) {
    const payload = random.bytes(length);
    const text = Buffer.from(payload).toString('base64');
    assert.equal(encoded(payload), text, `${length} bytes`);
    assert.deepEqual(decoded(text), [...payload], `${length} bytes`);
  }
});

test('what is no Base64 is told with the place of the first character at fault', () => {
  for (const [text, at] of [
    ['Zg', 2], // no padding
    ['Zm9', 3],
    ['Z', 1],
    ['=', 0],
    ['====', 0],
    ['Z===', 1],
    ['Zg==Zg==', 2], // padding in the middle
    ['Zm9v\n', 4],
    ['Zm9v Zm9v', 4],
    ['-_-_', 0], // the alphabet for URLs
    ['Zm9ä', 3],
    ['Zh==', 1], // bits that no byte has
    ['Zm9=', 2],
  ] as const)
    assert.deepEqual(decoded(text), { at }, text);
});
