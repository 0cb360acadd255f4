import assert from 'node:assert/strict';
import { test } from 'node:test';
import { factsOf } from '../../../src/faults/packetFacts.ts';
import { encode } from '../../../src/mqtt/encode.ts';

test('the packet identifier of an acknowledgement stands behind its Remaining Length, however long that is', () => {
  for (const kind of ['puback', 'pubrec', 'pubrel', 'pubcomp'] as const) {
    for (const reasonCharacters of [0, 100, 200, 20_000]) {
      const properties = { reasonString: 'r'.repeat(reasonCharacters) };
      const frame = encode({ kind, packetId: 0x1234, reasonCode: 0, properties }, 5);
      assert.deepEqual(factsOf(frame, 5), { kind, packetId: 0x1234 }, `${kind}, ${frame.length} bytes`);
    }
  }
});

test('an acknowledgement that ends before its packet identifier has none', () => {
  for (const frame of [[0x40, 0], [0x40, 1, 0x12], [0x40, 0x80], [0x40]])
    assert.deepEqual(factsOf(Uint8Array.from(frame), 5), { kind: 'puback' });
});
