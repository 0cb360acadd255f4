/** Packets as `read` hands them on: by their bounds, borrowed or of their own, in memory that a claim does not fill. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FrameReader } from '../../../src/mqtt/frameReader.ts';
import { framed, hex } from '../../support/packetBytes.ts';
import { SeededRandom } from '../../support/random.ts';

interface Frame {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly isOwn: boolean;
}

const MAX_PACKET_BYTES = 300_000_000;
const PINGREQ = hex('C0 00');

function newReader(growsEagerly = false): FrameReader {
  const reader = new FrameReader({ maxPacketBytes: MAX_PACKET_BYTES });
  reader.growsEagerly = growsEagerly;
  return reader;
}

function read(reader: FrameReader, chunk: Uint8Array): Frame[] {
  const frames: Frame[] = [];
  reader.read(chunk, (bytes, start, end, isOwn) => frames.push({ bytes, start, end, isOwn }));
  return frames;
}

function contentOf({ bytes, start, end }: Frame): Buffer {
  return Buffer.from(bytes.subarray(start, end));
}

/** A stream of packets of many sizes, and where each ends. */
function arbitraryStream(random: SeededRandom): { stream: Buffer; packets: Buffer[] } {
  const packets = random.array(30, () =>
    framed(0x30, random.bytes(random.pick([0, 1, 2, 100, 126, 127, 128, 5000, 20_000]))),
  );
  return { stream: Buffer.concat(packets), packets };
}

// These come first: nothing large was made before them, which might be freed while they measure.

/** A PUBLISH of 268,435,455 bytes, and one byte of it. */
const LARGEST_CLAIM = hex('30 FF FF FF 7F 00');

test('a claim has room for a mebibyte and no more, and only where that was asked for', () => {
  for (const [growsEagerly, least, most] of [
    [false, 6, 4096],
    [true, 1024 * 1024, 1024 * 1024],
  ] as const) {
    const reader = newReader(growsEagerly);
    read(reader, LARGEST_CLAIM);
    assert.equal(reader.bufferedBytes, 6);
    assert.ok(reader.heldBytes >= least && reader.heldBytes <= most, `${reader.heldBytes} bytes`);
  }
});

test('a smaller claim has room for what it claims', () => {
  const reader = newReader(true);
  read(reader, hex('30 80 80 04 00')); // 65,536 bytes follow, and one of them
  assert.equal(reader.heldBytes, 65_540);
});

test('it holds from the packet on that comes after it was asked for, as with the one behind a CONNECT', () => {
  const reader = newReader();
  reader.read(Buffer.concat([PINGREQ, LARGEST_CLAIM]), () => {
    reader.growsEagerly = true;
  });
  assert.equal(reader.heldBytes, 1024 * 1024);
});

test('packets that are whole in a chunk are where they lie in it, and borrowed', () => {
  const packets = [PINGREQ, framed(0x30, Buffer.alloc(300)), PINGREQ];
  const chunk = Buffer.concat(packets);
  const frames = read(newReader(), chunk);
  assert.deepEqual(
    frames.map(({ start, end, isOwn }) => [start, end, isOwn]),
    [
      [0, 2, false],
      [2, 305, false],
      [305, 307, false],
    ],
  );
  for (const { bytes } of frames) assert.equal(bytes, chunk);
});

test('a packet over two chunks, cut anywhere, is in memory of its own, and those around it are not', () => {
  const packet = framed(0x30, Buffer.from(Array.from({ length: 200 }, (_, i) => i)));
  const stream = Buffer.concat([PINGREQ, packet, PINGREQ]);
  for (let split = 3; split < 2 + packet.length; split++) {
    const reader = newReader();
    const [first, ...none] = read(reader, stream.subarray(0, split));
    const rest = Buffer.from(stream.subarray(split));
    const [gathered, last] = read(reader, rest);
    assert.deepEqual(none, []);
    assert.deepEqual([first?.isOwn, gathered?.isOwn, last?.isOwn], [false, true, false]);
    assert.deepEqual(contentOf(gathered!), packet, `split at ${split}`); // compared above
    assert.equal(last?.bytes, rest);
    assert.equal(last?.start, 2 + packet.length - split);
  }
});

test('what was gathered is never written to again, whatever comes after it', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = new SeededRandom(seed);
    const { stream, packets } = arbitraryStream(random);
    const reader = newReader(random.boolean());
    const kept: { frame: Frame; packet: Buffer }[] = [];
    let count = 0;
    for (let at = 0; at < stream.length; ) {
      const length = random.pick([1, 2, 3, 50, 700, 9000, 30_000]);
      // As a socket does that reads into the same memory each time.
      const chunk = Buffer.from(stream.subarray(at, at + length));
      at += chunk.length;
      for (const frame of read(reader, chunk)) {
        const packet = packets[count++]!; // there are no more than were sent
        assert.deepEqual(contentOf(frame), packet, `seed ${seed}`);
        if (frame.isOwn) kept.push({ frame, packet });
        else assert.equal(frame.bytes, chunk);
      }
      chunk.fill(0xee);
    }
    assert.equal(count, packets.length);
    assert.ok(kept.length > 0);
    for (const { frame, packet } of kept) assert.deepEqual(contentOf(frame), packet, `seed ${seed}`);
  }
});

test('a large packet that was gathered is all that its memory holds', () => {
  for (const growsEagerly of [false, true]) {
    const reader = newReader(growsEagerly);
    const packet = framed(0x30, Buffer.alloc(1_500_000, 7));
    const frames: Frame[] = [];
    for (let at = 0; at < packet.length; at += 60_000)
      frames.push(...read(reader, packet.subarray(at, at + 60_000)));
    assert.equal(frames.length, 1);
    const [{ bytes, start, end }] = frames as [Frame];
    assert.deepEqual([start, end], [0, packet.length]);
    assert.equal(bytes.length, packet.length);
    assert.equal(bytes.buffer.byteLength, packet.length, 'who keeps it holds on to nothing else');
  }
});

test('each gathered packet has memory of its own, also where the next one begins in the same chunk', () => {
  const reader = newReader();
  const packet = framed(0x30, Buffer.alloc(10_000, 1));
  const [none] = read(reader, packet.subarray(0, 5000));
  const [first] = read(reader, Buffer.concat([packet.subarray(5000), packet.subarray(0, 5000)]));
  const [second] = read(reader, packet.subarray(5000));
  assert.equal(none, undefined);
  assert.ok(first?.isOwn && second?.isOwn);
  assert.notEqual(first.bytes.buffer, second.bytes.buffer);
});

test('a packet that is smaller than the largest header ends where it ends', () => {
  const reader = newReader();
  assert.deepEqual(read(reader, PINGREQ.subarray(0, 1)), []);
  const [frame] = read(reader, Buffer.concat([PINGREQ.subarray(1), PINGREQ]));
  assert.deepEqual([frame?.start, frame?.end, frame?.isOwn], [0, 2, true]);
});

test('after a stop from within, nothing more of the chunk is handed on or kept', () => {
  for (const rest of [PINGREQ, hex('30 7F 00')]) {
    const reader = newReader();
    let count = 0;
    reader.read(Buffer.concat([PINGREQ, rest]), () => {
      count++;
      reader.stop();
    });
    assert.equal(count, 1);
    assert.equal(reader.bufferedBytes, 0);
    assert.deepEqual(read(reader, PINGREQ), []);
  }
});

test('a throw from within a gathered packet stops the reader, and the packet is gone', () => {
  const reader = newReader();
  read(reader, PINGREQ.subarray(0, 1));
  const bug = new Error('a bug');
  assert.throws(
    () =>
      reader.read(Buffer.concat([PINGREQ.subarray(1), PINGREQ]), () => {
        throw bug;
      }),
    bug,
  );
  assert.equal(reader.bufferedBytes, 0);
  assert.deepEqual(read(reader, PINGREQ), []);
});
