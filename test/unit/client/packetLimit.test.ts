/** Sizes of packets by their fixed headers, wherever a chunk ends. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import {
  limitPackets,
  maxPacketBytesOf,
  maxWebSocketMessageBytesOf,
  PacketSizes,
} from '../../../src/client/packetLimit.ts';
import { FakeClock } from '../../support/fakeClock.ts';

/** PUBLISH of QoS 0 with this Remaining Length, in bytes of 0. */
const publish = (remainingLength: number, ...header: number[]): Buffer =>
  Buffer.concat([Uint8Array.of(0x30, ...header), Buffer.alloc(remainingLength)]);

/** PINGRESP, 127 and 128 bytes behind the header, PINGRESP, 16,384. */
const stream = Buffer.concat([
  Uint8Array.of(0xd0, 0x00),
  ...[publish(127, 0x7f), publish(128, 0x80, 0x01)],
  Uint8Array.of(0xd0, 0x00),
  publish(16_384, 0x80, 0x80, 0x01),
]);

test('the first packet that is too large is found by its header, at every split of a stream', () => {
  const largeHeaderAt = stream.length - 16_384;
  for (let split = 0; split <= largeHeaderAt; split++) {
    const sizes = new PacketSizes(16_387);
    const found = [stream.subarray(0, split), stream.subarray(split, largeHeaderAt)].map((part) =>
      sizes.take(part),
    );
    assert.deepEqual(
      found.filter((each) => each !== undefined),
      [16_388],
      `split at ${split}`,
    );
    assert.equal(sizes.take(stream), undefined);
  }
});

test('what is as large as may be is taken, byte by byte', () => {
  const sizes = new PacketSizes(16_388);
  for (const byte of stream) assert.equal(sizes.take(Uint8Array.of(byte)), undefined);
});

test('a length that is none is left to the parser', () => {
  const sizes = new PacketSizes(1);
  assert.equal(sizes.take(Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0xff)), undefined);
  assert.equal(sizes.take(Uint8Array.of(0x30, 0x7f)), undefined);
});

test('what was announced is the limit in 5.0 alone, where nothing was there is one, too', () => {
  const params = { url: 'mqtt://127.0.0.1', clientId: 'me', connectProperties: { maximumPacketSize: 1_000 } };
  assert.equal(maxPacketBytesOf(params), 1_000);
  assert.equal(maxPacketBytesOf({ ...params, protocolVersion: 4 }), 134_217_728);
  assert.equal(maxPacketBytesOf({ ...params, connectProperties: {} }), 134_217_728);
  assert.equal(maxPacketBytesOf({ ...params, protocolVersion: 4, maxPacketBytes: 7 }), 7);
});

test('a WebSocket message may be 16 MiB larger than a packet', () => {
  const params = { url: 'ws://127.0.0.1', clientId: 'me', connectProperties: { maximumPacketSize: 1_000 } };
  assert.equal(maxWebSocketMessageBytesOf(params), 16_778_216);
  assert.equal(maxWebSocketMessageBytesOf({ ...params, protocolVersion: 4 }), 150_994_944);
});

test('behind the DISCONNECT for a packet that is too large nothing is sent [MQTT-3.14.4-1]', async () => {
  const sent: Uint8Array[] = [];
  const handedOver: (() => void)[] = [];
  const network = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _encoding, done) => {
      sent.push(Uint8Array.from(chunk));
      handedOver.push(done);
    },
  });
  const params = { url: 'mqtt://127.0.0.1', clientId: 'me', connectProperties: { maximumPacketSize: 20 } };
  const tooLarge = new Promise<string>((onTooLarge) => {
    limitPackets(network, { params, clock: new FakeClock(), onTooLarge });
  });
  network.push(publish(100, 0x64));
  assert.equal(await tooLarge, 'the broker sent a packet of 102 bytes, and at most 20 are taken');
  // PUBACK, for what came before it.
  network.write(Uint8Array.of(0x40, 0x02, 0x00, 0x07));
  const closed = once(network, 'close');
  for (const done of handedOver.splice(0)) done();
  await closed;
  assert.deepEqual(sent, [Uint8Array.of(0xe0, 0x01, 0x95)]);
});
