import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PacketStream } from '../../../src/faults/packetStream.ts';

/** CONNECT's first bytes would do; a PINGREQ is a whole packet. */
const PINGREQ = [0xc0, 0];
/** PUBLISH, QoS 0, topic "t", payload "x". */
const PUBLISH = [0x30, 4, 0, 1, 0x74, 0x78];

/** What came of a stream that is fed the pieces: its packets, and what was left over where it is no MQTT. */
function feed(pieces: readonly Uint8Array[], isFromStart = false) {
  const stream = new PacketStream(100, isFromStart);
  const packets: string[] = [];
  let rest: Uint8Array | undefined;
  for (const piece of pieces) {
    if (rest !== undefined) rest = Buffer.concat([rest, piece]);
    else rest = stream.feed(piece, (bytes, start, end) => packets.push(hex(bytes.subarray(start, end))));
  }
  return { stream, packets, rest: rest && hex(rest) };
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** The bytes in two pieces, at every place. */
function* cuts(bytes: readonly number[]): Generator<Uint8Array[]> {
  for (let at = 0; at <= bytes.length; at++)
    yield [Uint8Array.from(bytes.slice(0, at)), Uint8Array.from(bytes.slice(at))];
}

test('packets come whole, wherever their bytes are cut', () => {
  for (const pieces of cuts([...PINGREQ, ...PUBLISH, ...PINGREQ])) {
    const { packets, rest } = feed(pieces);
    assert.deepEqual(packets, ['c000', '300400017478', 'c000']);
    assert.equal(rest, undefined);
  }
});

test('what is no packet is left over from its first byte, wherever it is cut', () => {
  // A Remaining Length that does not end, behind a packet.
  const endless = [0x30, 0xff, 0xff, 0xff, 0xff, 1, 2, 3];
  for (const pieces of cuts([...PUBLISH, ...endless])) {
    const { packets, rest } = feed(pieces);
    assert.deepEqual(packets, ['300400017478']);
    assert.equal(rest, hex(Uint8Array.from(endless)));
  }
});

test('a packet that is too large is left over before it is gathered', () => {
  const large = [0x30, 0x80, 0x01, ...Array.from({ length: 20 }, () => 7)];
  for (const pieces of cuts([...PINGREQ, ...large])) {
    const { rest } = feed(pieces);
    assert.equal(rest, hex(Uint8Array.from(large)));
  }
});

test('HTTP and TLS are left over from the start of a connection', () => {
  for (const first of [[...Buffer.from('GET / HTTP/1.1\r\n')], [0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0]]) {
    for (const pieces of cuts(first)) assert.equal(feed(pieces, true).rest, hex(Uint8Array.from(first)));
  }
});

test('a stream that is joined later takes a first packet of any kind', () => {
  const post = [0x50, 0x4f, ...Array.from({ length: 0x4f }, () => 0x53)];
  const { packets, rest } = feed([Uint8Array.from(post)]);
  assert.deepEqual(packets, [hex(Uint8Array.from(post))]);
  assert.equal(rest, undefined);
});

test('what has come of a packet can be taken out', () => {
  const { stream } = feed([Uint8Array.from([...PINGREQ, 0x30, 4, 0])]);
  assert.equal(hex(stream.takePartial()), '300400');
  assert.equal(hex(stream.takePartial()), '');
});

test('what a receiver throws is its own', () => {
  const stream = new PacketStream(100, false);
  assert.throws(
    () =>
      stream.feed(Uint8Array.from(PINGREQ), () => {
        throw new Error('a bug');
      }),
    /a bug/,
  );
});
