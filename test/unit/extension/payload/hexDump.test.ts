import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hexDump } from '../../../../src/extension/payload/hexDump.ts';

test('a line has its offset, sixteen bytes and what of them is printable', () => {
  const bytes = Uint8Array.from({ length: 18 }, (_, i) => 0x1f + i);
  assert.equal(
    hexDump(bytes),
    [
      '00000000  1f 20 21 22 23 24 25 26 27 28 29 2a 2b 2c 2d 2e  . !"#$%&\'()*+,-.',
      '00000010  2f 30                                            /0',
    ].join('\n'),
  );
});

test('a payload above a megabyte is dumped without offsets, in a document that an editor takes', () => {
  const dump = hexDump(new Uint8Array(10_485_760).fill(0xab));
  assert.ok(dump.length < 50_000_000);
  assert.equal(dump.slice(0, 130), `${'ab'.repeat(64)}\na`);
  assert.equal(dump.split('\n').length, 10_485_760 / 64);
});

test('a large payload that is a view of a larger buffer is dumped alone', () => {
  const buffer = new Uint8Array(1_048_580).fill(0xcd);
  const dump = hexDump(buffer.subarray(3, 1_048_580));
  assert.equal(dump.replaceAll('\n', '').length, 2 * 1_048_577);
});

test('nothing is an empty document', () => {
  assert.equal(hexDump(new Uint8Array()), '');
});
