import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HEAD_BYTES, PacketStream } from '../../../bench/load/packetStream.ts';
import { framed, hex } from '../../support/packetBytes.ts';

const bodies: [first: number, body: Buffer][] = [
  [0xd0, Buffer.alloc(0)],
  [0x40, hex('00 07')],
  [0x30, hex('00 01 "a" "payload"')],
  // Longer than the head that is looked at, and with two bytes of Remaining Length.
  [0x32, Buffer.from(Array.from({ length: 2 * HEAD_BYTES }, (_, i) => i))],
  [0xd0, Buffer.alloc(0)],
  [0x30, Buffer.alloc(HEAD_BYTES - 2, 1)],
];
const stream = Buffer.concat(bodies.map(([first, body]) => framed(first, body)));
const heads = bodies.map(([first, body]) => ({ first, head: headOf(body) }));

/** What of a body is always there: a packet's head less the longest header of these. */
function headOf(body: Uint8Array): string {
  return Buffer.from(body.subarray(0, HEAD_BYTES - 3)).toString('hex');
}

function read(...chunks: Uint8Array[]): { first: number; head: string }[] {
  const packets: { first: number; head: string }[] = [];
  const reader = new PacketStream((first, bytes, bodyAt) => {
    const { length } = bodies[packets.length]![1]; // no more packets than there are bodies
    packets.push({ first, head: headOf(bytes.subarray(bodyAt, bodyAt + length)) });
  });
  for (const chunk of chunks) reader.push(chunk, chunk.length);
  return packets;
}

test('the packets of one chunk are counted, each with its head', () => {
  assert.deepEqual(read(stream), heads);
});

test('wherever a stream is cut in two, the same packets come out', () => {
  for (let at = 0; at <= stream.length; at++)
    assert.deepEqual(read(stream.subarray(0, at), stream.subarray(at)), heads, `cut at ${at}`);
});

test('a stream that comes byte by byte is the same', () => {
  assert.deepEqual(read(...Array.from(stream, (_, at) => stream.subarray(at, at + 1))), heads);
});

test('what lies behind the end of a chunk in its buffer is not read', () => {
  const packets: number[] = [];
  const reader = new PacketStream((first) => packets.push(first));
  reader.push(hex('D0 00 40 02'), 2);
  reader.push(hex('D0 00'), 2);
  assert.deepEqual(packets, [0xd0, 0xd0]);
});
