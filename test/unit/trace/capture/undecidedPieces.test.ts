import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UndecidedPieces } from '../../../../src/trace/capture/undecidedPieces.ts';
import { hex } from '../../../support/packetBytes.ts';

test('gaps without bytes between them are one in each direction, however many come', () => {
  const undecided = new UndecidedPieces();
  undecided.lose('in', 1, 10);
  undecided.take('out', 2, hex('D0 00'));
  for (let i = 0; i < 1000; i++) {
    undecided.lose('in', 3, 10);
    undecided.lose('out', 3, 1);
  }
  undecided.take('in', 4, hex('C0'));
  undecided.lose('in', 5, 7);
  assert.deepEqual(undecided.pieces, [
    { direction: 'in', atMs: 1, bytes: new Uint8Array(0), lostBytes: 10_010 },
    { direction: 'out', atMs: 2, bytes: hex('D0 00'), lostBytes: 1000 },
    { direction: 'in', atMs: 4, bytes: hex('C0'), lostBytes: 7 },
  ]);
  assert.equal(undecided.bytes, 3);
});
