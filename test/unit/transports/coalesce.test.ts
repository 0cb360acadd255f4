/** Which chunks are copied together, and which go out as they are. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COPY_LIMIT_BYTES, coalesce } from '../../../src/transports/coalesce.ts';

const small = (value: number): Uint8Array => new Uint8Array(10).fill(value);
const large = (value: number): Uint8Array => new Uint8Array(COPY_LIMIT_BYTES).fill(value);

function pieces(...chunks: Uint8Array[]): readonly Uint8Array[] {
  return coalesce(
    chunks,
    chunks.reduce((sum, chunk) => sum + chunk.length, 0),
  );
}

test('a lone chunk is sent as it is', () => {
  const chunk = small(1);
  assert.equal(pieces(chunk)[0], chunk);
});

test('small chunks become one piece, in order', () => {
  const result = pieces(small(1), small(2), small(3));
  assert.deepEqual(
    result.map((piece) => [...piece]),
    [[...small(1), ...small(2), ...small(3)]],
  );
});

test('more small chunks than the copy limit holds become one piece too', () => {
  const chunks = Array.from({ length: COPY_LIMIT_BYTES }, (_, i) => Uint8Array.of(i & 0xff, i >>> 8));
  const result = pieces(...chunks);
  assert.equal(result.length, 1);
  assert.deepEqual(Buffer.from(result[0]!), Buffer.concat(chunks));
});

test('a large chunk is not copied, and splits the small ones around it', () => {
  const payload = large(9);
  const result = pieces(small(1), small(2), payload, small(3), payload, payload, small(4), small(5));
  assert.deepEqual(
    result.map((piece) => piece.length),
    [20, COPY_LIMIT_BYTES, 10, COPY_LIMIT_BYTES, COPY_LIMIT_BYTES, 20],
  );
  assert.equal(result[1], payload);
  assert.deepEqual([...result[5]!], [...small(4), ...small(5)]);
});

test('a chunk one byte below the copy limit is copied', () => {
  const result = pieces(new Uint8Array(COPY_LIMIT_BYTES - 1), small(1), large(2));
  assert.deepEqual(
    result.map((piece) => piece.length),
    [COPY_LIMIT_BYTES + 9, COPY_LIMIT_BYTES],
  );
});
