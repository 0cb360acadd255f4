import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FrameReader } from '../../../src/mqtt/frameReader.ts';
import { framed, hex } from '../../support/packetBytes.ts';
import { assertFault } from '../../support/protocolFaults.ts';

const PINGREQ = hex('C0 00');
const PUBACK = hex('40 02 00 07');

function newReader(maxPacketBytes = 1_000_000): FrameReader {
  return new FrameReader({ maxPacketBytes });
}

function ignore(): void {}

test('packets in one chunk are delivered in order, as views into the chunk', () => {
  const chunk = Buffer.concat([PINGREQ, PUBACK, PINGREQ]);
  const frames: Uint8Array[] = [];
  newReader().push(chunk, (frame) => frames.push(frame));
  assert.deepEqual(
    frames.map((frame) => Buffer.from(frame)),
    [PINGREQ, PUBACK, PINGREQ],
  );
  for (const frame of frames) assert.equal(frame.buffer, chunk.buffer);
});

test('a packet that is the whole chunk is delivered as the chunk itself', () => {
  newReader().push(PUBACK, (frame) => assert.equal(frame, PUBACK));
});

test('a packet over many chunks is delivered once, after its last byte', () => {
  const packet = framed(0x30, Buffer.alloc(300, 7));
  const reader = newReader();
  const frames: Buffer[] = [];
  for (let i = 0; i < packet.length; i++) {
    assert.equal(frames.length, 0);
    assert.equal(reader.bufferedBytes, i);
    reader.push(packet.subarray(i, i + 1), (frame) => frames.push(Buffer.from(frame)));
  }
  assert.deepEqual(frames, [packet]);
  assert.equal(reader.bufferedBytes, 0);
});

test('what was gathered for one packet does not leak into the next', () => {
  const reader = newReader();
  const frames: Buffer[] = [];
  const keep = (frame: Uint8Array): number => frames.push(Buffer.from(frame));
  reader.push(PUBACK.subarray(0, 3), keep);
  reader.push(Buffer.concat([PUBACK.subarray(3), PINGREQ.subarray(0, 1)]), keep);
  reader.push(Buffer.concat([PINGREQ.subarray(1), PUBACK]), keep);
  assert.deepEqual(frames, [PUBACK, PINGREQ, PUBACK]);
});

test('an empty chunk changes nothing', () => {
  const reader = newReader();
  reader.push(Buffer.alloc(0), () => assert.fail('no packet came'));
  reader.push(PUBACK.subarray(0, 1), () => assert.fail('no packet is whole'));
  reader.push(Buffer.alloc(0), () => assert.fail('no packet is whole'));
  assert.equal(reader.bufferedBytes, 1);
});

test('memory grows with the bytes that came, not with the length that a peer claims', () => {
  const reader = newReader(300_000_000);
  const before = process.memoryUsage().arrayBuffers;
  // Remaining Length 268,435,455, and one byte of it
  reader.push(hex('30 FF FF FF 7F 00'), ignore);
  assert.equal(reader.bufferedBytes, 6);
  assert.ok(process.memoryUsage().arrayBuffers - before < 1_000_000);
});

/** A packet whose bytes tell where in it they are. */
function numbered(length: number): Buffer {
  const body = Buffer.alloc(length);
  for (let i = 0; i + 4 <= length; i += 4) body.writeUInt32LE(i, i);
  return framed(0x30, body);
}

for (const growsEagerly of [true, false]) {
  test(`a large packet is whole when it is read to where it belongs, ${growsEagerly ? 'all of it' : 'as room for it grows'}`, () => {
    const packet = numbered(3_000_000);
    const reader = newReader(packet.length);
    reader.growsEagerly = growsEagerly;
    const frames: Buffer[] = [];
    const keep = (frame: Uint8Array): number => frames.push(Buffer.from(frame));
    let inPlace = 0;
    for (let at = 0; at < packet.length; ) {
      const next = packet.subarray(at, at + 50_000);
      const room = reader.room?.subarray(0, next.length);
      if (room === undefined) {
        reader.push(next, keep);
      } else {
        room.set(next);
        reader.push(room, keep);
        inPlace++;
      }
      at += next.length;
    }
    assert.equal(frames.length, 1);
    assert.ok(frames[0]?.equals(packet));
    assert.ok(inPlace > 40, `${inPlace} chunks of 61 lay where they belong`);
    assert.equal(reader.room, undefined);
    reader.push(PINGREQ, keep);
    assert.deepEqual(frames[1], PINGREQ);
  });
}

test('what is read to where it belongs is not moved', () => {
  const packet = numbered(500_000);
  const reader = newReader();
  reader.growsEagerly = true;
  reader.push(packet.subarray(0, 100), ignore);
  const { room } = reader;
  assert.ok(room);
  assert.equal(room.length, packet.length - 100);
  room.set(packet.subarray(100));
  let at: ArrayBufferLike | undefined;
  reader.read(room, (bytes, start, end, isOwn) => {
    at = bytes.buffer;
    assert.ok(isOwn);
    assert.ok(packet.equals(bytes.subarray(start, end)));
  });
  assert.equal(at, room.buffer);
});

test('the rest of a small packet, and a header that is not whole, have no room of their own', () => {
  const reader = newReader();
  reader.growsEagerly = true;
  assert.equal(reader.room, undefined);
  reader.push(framed(0x30, Buffer.alloc(60_000)).subarray(0, 1000), ignore);
  assert.equal(reader.room, undefined);
  const other = newReader();
  other.push(hex('30 FF FF'), ignore);
  assert.equal(other.room, undefined);
});

test('every length of the Remaining Length is read, at the bounds of section 2.2.3', () => {
  for (const length of [0, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152]) {
    const packet = framed(0x30, Buffer.alloc(length));
    let frameBytes = 0;
    newReader(3_000_000).push(packet, (frame) => {
      frameBytes = frame.length;
    });
    assert.equal(frameBytes, packet.length);
  }
});

test('a Remaining Length that goes on after four bytes is malformed, at the fourth', () => {
  const expected = {
    code: 'remaining-length-malformed',
    reasonCode: 0x81,
    clause: '2.2.3',
    byteOffset: 4,
    packetKind: 'connect',
  } as const;
  assertFault(() => newReader().push(hex('10 FF FF FF FF 01'), ignore), expected);

  const byteByByte = newReader();
  for (const byte of hex('10 80 80 80')) byteByByte.push(Buffer.of(byte), ignore);
  assertFault(() => byteByByte.push(hex('80'), ignore), expected);
});

test('packet type 0 is reserved', () => {
  assertFault(() => newReader().push(Buffer.concat([PINGREQ, hex('05 00')]), ignore), {
    code: 'packet-type-reserved',
    reasonCode: 0x81,
    clause: '2.2.1',
    byteOffset: 0,
    message: /0x05/,
  });
});

test('[MQTT-3.2.2-15] a packet above the limit is refused by its header, before its body came', () => {
  const reader = newReader(100);
  reader.protocolVersion = 5;
  const largest = framed(0x30, Buffer.alloc(98));
  reader.push(largest, ignore);
  assertFault(() => reader.push(hex('30 63'), ignore), {
    code: 'packet-too-large',
    reasonCode: 0x95,
    clause: 'MQTT-3.2.2-15',
    byteOffset: 1,
    packetKind: 'publish',
    message: /101 bytes.*100/,
  });
});

test('the limit can change between packets', () => {
  const reader = newReader(4);
  assert.equal(reader.maxPacketBytes, 4);
  reader.push(PUBACK, ignore);
  reader.maxPacketBytes = 1000;
  let frameBytes = 0;
  reader.push(framed(0x30, Buffer.alloc(500)), (frame) => {
    frameBytes = frame.length;
  });
  assert.equal(frameBytes, 503);
});

test('the packets before a fault are delivered', () => {
  let count = 0;
  const chunk = Buffer.concat([PINGREQ, PUBACK, hex('00')]);
  assert.throws(() => newReader().push(chunk, () => count++));
  assert.equal(count, 2);
});

test('after stop nothing more is delivered, of the chunk or of later ones', () => {
  const reader = newReader();
  let count = 0;
  const stopAfterFirst = (): void => {
    count++;
    reader.stop();
  };
  reader.push(Buffer.concat([PINGREQ, PINGREQ, PUBACK.subarray(0, 2)]), stopAfterFirst);
  reader.push(PINGREQ, stopAfterFirst);
  assert.equal(count, 1);
  assert.equal(reader.bufferedBytes, 0);
});

test('a stop in a packet that was gathered from two chunks holds too', () => {
  const reader = newReader();
  let count = 0;
  const stopAfterFirst = (): void => {
    count++;
    reader.stop();
  };
  reader.push(PUBACK.subarray(0, 3), stopAfterFirst);
  reader.push(Buffer.concat([PUBACK.subarray(3), PINGREQ]), stopAfterFirst);
  assert.equal(count, 1);
});

test('an onFrame that throws stops the reader, and its error comes out', () => {
  const reader = newReader();
  const bug = new Error('bug');
  const throwBug = (): never => {
    throw bug;
  };
  assert.throws(() => reader.push(Buffer.concat([PINGREQ, PINGREQ]), throwBug), bug);
  reader.push(PINGREQ, () => assert.fail('the reader is stopped'));
});

for (const [chunks, what] of [
  [['16 03 01 02 00 01'], 'a TLS 1.2 ClientHello'],
  [['16', '03'], 'a TLS ClientHello at its second byte, in two pieces'],
] as const) {
  test(`${what} is told as TLS`, () => {
    const reader = newReader();
    const pushAll = (): void => {
      for (const chunk of chunks) reader.push(hex(chunk), ignore);
    };
    assertFault(pushAll, {
      code: 'tls-on-plain-port',
      reasonCode: 0x81,
      clause: 'MQTT-3.1.0-1',
      byteOffset: 0,
      message: /TLS/,
    });
  });
}

for (const request of ['GET / HTTP/1.1', 'POST /', 'HEAD /', 'OPTIONS *', 'CONNECT a:1', 'PRI * HTTP/2.0']) {
  test(`${request} is told as HTTP at its fourth byte, however it is cut`, () => {
    const bytes = Buffer.from(request);
    for (let split = 0; split < 4; split++) {
      const reader = newReader();
      assertFault(
        () => {
          reader.push(bytes.subarray(0, split), ignore);
          reader.push(bytes.subarray(split, 4), ignore);
        },
        {
          code: 'http-on-mqtt-port',
          reasonCode: 0x81,
          clause: 'MQTT-3.1.0-1',
          byteOffset: 0,
          message: /HTTP/,
        },
      );
    }
  });
}

test('after the first packet, bytes that look like HTTP are a packet like any', () => {
  // PUBREC with a Remaining Length of 0x4F ("PO"): it starts like POST.
  const pubrec = Buffer.concat([Buffer.from('POST'), Buffer.alloc(0x4f - 2)]);
  const frames: Uint8Array[] = [];
  newReader().push(Buffer.concat([PINGREQ, pubrec]), (frame) => frames.push(frame));
  assert.equal(frames.length, 2);
});
