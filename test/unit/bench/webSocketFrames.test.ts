import assert from 'node:assert/strict';
import { test } from 'node:test';
import { frame, WebSocketStream } from '../../../bench/load/webSocketFrames.ts';
import { hex } from '../../support/packetBytes.ts';

const upgrade = Buffer.from('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n');
const payload = Buffer.from(Array.from({ length: 210 }, (_, i) => i));
const stream = Buffer.concat([
  upgrade,
  // FIN, binary, 7 bits of length
  hex('82 05'),
  payload.subarray(0, 5),
  hex('82 00'),
  // 16 bits of length
  hex('82 7E 00 C8'),
  payload.subarray(5, 205),
  // 64 bits of length
  hex('82 7F 00 00 00 00 00 00 00 05'),
  payload.subarray(205),
]);

function read(...chunks: Uint8Array[]): Buffer {
  const payloads: Buffer[] = [];
  const reader = new WebSocketStream((bytes, end) => payloads.push(Buffer.from(bytes.subarray(0, end))));
  for (const chunk of chunks) reader.push(chunk, chunk.length);
  return Buffer.concat(payloads);
}

test('the payloads of all frames come out as one stream, whatever the size of their headers', () => {
  assert.deepEqual(read(stream), payload);
});

test('wherever it is cut in two, in the answer to the upgrade or behind it, the same comes out', () => {
  for (let at = 0; at <= stream.length; at++)
    assert.deepEqual(read(stream.subarray(0, at), stream.subarray(at)), payload, `cut at ${at}`);
});

test('a stream that comes byte by byte is the same', () => {
  assert.deepEqual(read(...Array.from(stream, (_, at) => stream.subarray(at, at + 1))), payload);
});

test('a refused upgrade is an error that says what the server said', () => {
  assert.throws(
    () => read(Buffer.from('HTTP/1.1 404 Not Found\r\n\r\n')),
    /refused: HTTP\/1\.1 404 Not Found/,
  );
});

test('a frame to send is final, binary and masked with zeros, with the shortest length', () => {
  assert.deepEqual(frame(5), hex('82 85 00 00 00 00'));
  assert.deepEqual(frame(125), hex('82 FD 00 00 00 00'));
  assert.deepEqual(frame(126), hex('82 FE 00 7E 00 00 00 00'));
  assert.deepEqual(frame(0xffff), hex('82 FE FF FF 00 00 00 00'));
  assert.deepEqual(frame(0x1_0000), hex('82 FF 00 00 00 00 00 01 00 00 00 00 00 00'));
});
