/** When outputs are handed to their transports, and the memory that they write into. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OpenOutputs } from '../../../src/broker/openOutputs.ts';
import { Output } from '../../../src/broker/output.ts';
import type { Transport } from '../../../src/broker/transport.ts';

function newOutput(outputs: OpenOutputs) {
  const pieces: Uint8Array[] = [];
  const transport = { write: (bytes: Uint8Array) => void pieces.push(bytes) };
  // `write` is all that an output calls.
  return { pieces, output: new Output(transport as Partial<Transport> as Transport, outputs) };
}

function textOf(pieces: readonly Uint8Array[]): string {
  return Buffer.concat(pieces).toString();
}

test('what is written while input is handled leaves when that is through, and not before', async () => {
  const outputs = new OpenOutputs();
  const { pieces, output } = newOutput(outputs);
  outputs.begin();
  output.write(Buffer.from('a'));
  output.forward(Buffer.from('bcd'), 1, 3, false);
  await Promise.resolve();
  assert.deepEqual(pieces, []);
  outputs.close();
  assert.equal(textOf(pieces), 'acd');
});

test('what is written elsewhere leaves by itself, behind the code that runs now, all of it at once', async () => {
  const outputs = new OpenOutputs();
  const one = newOutput(outputs);
  const other = newOutput(outputs);
  for (const round of ['1', '2', '3']) {
    one.output.write(Buffer.from(round));
    other.output.forward(Buffer.from(`-${round}`), 0, 2, true);
    one.output.write(Buffer.from(round));
    assert.equal(one.output.openBytes, 2);
    await Promise.resolve();
    assert.equal(one.output.openBytes, 0);
  }
  assert.equal(textOf(one.pieces), '112233');
  assert.equal(textOf(other.pieces), '-1-2-3');
  assert.equal(one.pieces.length, 3);
});

test('what was written before input is handled leaves with the rest, and what comes after by itself again', async () => {
  const outputs = new OpenOutputs();
  const { pieces, output } = newOutput(outputs);
  output.write(Buffer.from('before '));
  outputs.begin();
  output.write(Buffer.from('within '));
  outputs.close();
  assert.equal(textOf(pieces), 'before within ');
  output.write(Buffer.from('after'));
  assert.equal(output.openBytes, 5);
  await Promise.resolve();
  assert.equal(textOf(pieces), 'before within after');
});

test('input that wrote nothing changes nothing: what comes after it leaves by itself', async () => {
  const outputs = new OpenOutputs();
  const { pieces, output } = newOutput(outputs);
  outputs.begin();
  outputs.close();
  output.write(Buffer.from('x'));
  await Promise.resolve();
  assert.equal(textOf(pieces), 'x');
});

test('an output that closes on its own is open again with the next that it is given', () => {
  const outputs = new OpenOutputs();
  const { pieces, output } = newOutput(outputs);
  outputs.begin();
  output.write(Buffer.from('a'));
  output.close();
  assert.equal(textOf(pieces), 'a');
  output.write(Buffer.from('b'));
  outputs.close();
  assert.equal(textOf(pieces), 'ab');
});

test('an output that was dropped is open still, and leaves with the others', () => {
  const outputs = new OpenOutputs();
  const { pieces, output } = newOutput(outputs);
  outputs.begin();
  output.write(Buffer.from('a'));
  output.discard();
  output.forward(Buffer.from('b'), 0, 1, false);
  outputs.close();
  assert.equal(textOf(pieces), 'b');
});

test('the memory of a page that was not filled is for the next page, and no two share a byte', () => {
  const outputs = new OpenOutputs();
  const { pieces, output } = newOutput(outputs);
  for (let i = 0; i < 500; i++) {
    outputs.begin();
    output.copy(Buffer.alloc(20, i), 0, 20);
    outputs.close();
  }
  assert.equal(new Set(pieces.map(({ buffer }) => buffer)).size, 1, '10,000 bytes fit in one slab');
  assertApart(pieces);
  pieces.forEach((piece, i) => void assert.ok(piece.every((byte) => byte === i % 256)));
});

test('many outputs have their pages side by side, and more of them beyond a slab', () => {
  const outputs = new OpenOutputs();
  const all = Array.from({ length: 200 }, () => newOutput(outputs));
  for (let round = 0; round < 3; round++) {
    outputs.begin();
    // In turns: none can have its next page behind its last one.
    for (let part = 0; part < 20; part++)
      all.forEach(({ output }, i) => void output.write(Buffer.alloc(100, i)));
    outputs.close();
  }
  all.forEach(({ pieces }, i) => {
    const bytes = Buffer.concat(pieces);
    assert.equal(bytes.length, 6000);
    assert.ok(bytes.every((byte) => byte === i));
  });
  assertApart(all.flatMap(({ pieces }) => pieces));
});

test('a page larger than a slab has one of its own', () => {
  const outputs = new OpenOutputs();
  const { pieces, output } = newOutput(outputs);
  outputs.begin();
  output.write(Buffer.from('before'));
  const large = Buffer.alloc(200_000, 7);
  output.copy(large, 0, large.length);
  output.write(Buffer.from('behind'));
  outputs.close();
  assert.deepEqual(
    Buffer.concat(pieces),
    Buffer.concat([Buffer.from('before'), large, Buffer.from('behind')]),
  );
  assertApart(pieces);
});

/** No byte of memory is in two pieces. */
function assertApart(pieces: readonly Uint8Array[]): void {
  const byBuffer = new Map<ArrayBufferLike, Uint8Array[]>();
  for (const piece of pieces) byBuffer.set(piece.buffer, [...(byBuffer.get(piece.buffer) ?? []), piece]);
  for (const inOne of byBuffer.values()) {
    inOne.sort((a, b) => a.byteOffset - b.byteOffset);
    let end = 0;
    for (const { byteOffset, length } of inOne) {
      assert.ok(byteOffset >= end, 'two pieces share memory');
      end = byteOffset + length;
    }
  }
}
