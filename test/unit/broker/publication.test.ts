import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeStored, Publication } from '../../../src/broker/publication.ts';
import { StoredMessage } from '../../../src/broker/storedMessage.ts';
import { decode } from '../../../src/mqtt/decode.ts';
import { GatheredPacket } from '../../../src/mqtt/gatheredPacket.ts';
import type { MessageProperties, PublishPacket } from '../../../src/mqtt/packets.ts';
import type { EncodedPublish } from '../../../src/mqtt/publishEncoder.ts';

function publication(payload: Uint8Array, properties: MessageProperties = {}): Publication {
  return new Publication({ topic: 'a', payload, qos: 2, retain: true, properties }, 'p', 0);
}

function decoded(encoding: EncodedPublish): PublishPacket {
  const gathered = new GatheredPacket();
  encoding.write(gathered, 1, false);
  const packet = decode(gathered.bytes, 5);
  if (packet.kind !== 'publish') assert.fail(packet.kind);
  return packet;
}

test('is encoded once for all receivers that get the same', () => {
  const one = publication(new Uint8Array(3));
  assert.equal(one.encoding(4, 1, false, undefined), one.encoding(3, 1, false, undefined));
  assert.equal(one.encoding(5, 1, false, undefined), one.encoding(5, 1, false, undefined));
  assert.equal(one.encoding(5, 1, false, [1, 2]), one.encoding(5, 1, false, [1, 2]));
  assert.notEqual(one.encoding(5, 1, false, undefined), one.encoding(4, 1, false, undefined));
  assert.notEqual(one.encoding(5, 1, false, undefined), one.encoding(5, 2, false, undefined));
  assert.notEqual(one.encoding(5, 1, false, undefined), one.encoding(5, 1, true, undefined));
  assert.notEqual(one.encoding(5, 1, false, [1]), one.encoding(5, 1, false, [2]));
  assert.equal(one.encoding(4, 1, false, [1]), one.encoding(4, 1, false, [2]), 'no identifiers before 5.0');
});

test('carries QoS, RETAIN and identifiers as asked for', () => {
  for (const qos of [0, 1, 2] as const) {
    for (const retain of [false, true]) {
      for (const identifiers of [undefined, [3, 300]]) {
        const packet = decoded(publication(new Uint8Array(0)).encoding(5, qos, retain, identifiers));
        assert.equal(packet.qos, qos);
        assert.equal(packet.retain, retain);
        assert.deepEqual(packet.properties?.subscriptionIdentifiers, identifiers);
      }
    }
  }
});

test('a large payload is sent from a copy, as the frame that it came in is reused', () => {
  for (const size of [1, 4096, 4097, 100_000]) {
    const frame = Buffer.alloc(size, 1);
    const encoding = publication(frame).encoding(4, 0, false, undefined);
    frame.fill(2);
    const gathered = new GatheredPacket();
    encoding.write(gathered, 0, false);
    const packet = decode(gathered.bytes, 4);
    assert.ok(packet.kind === 'publish' && packet.payload.every((byte) => byte === 1), `${size} bytes`);
  }
});

test('is copied once, however many keep it, and with bytes of its own', () => {
  const payload = Buffer.from([1, 2]);
  const correlationData = Buffer.from([3]);
  const one = publication(payload, { correlationData });
  const stored = one.keep();
  assert.equal(one.keep(), stored);
  payload.fill(0);
  correlationData.fill(0);
  assert.deepEqual([...stored.payload], [1, 2]);
  assert.deepEqual([...(stored.properties?.correlationData ?? [])], [3]);
});

test('a stored message is sent with the rest of its expiry, rounded up, and 0 when that is over', () => {
  const message = { topic: 'a', payload: new Uint8Array(0), qos: 1, retain: false } as const;
  const stored = new StoredMessage({ ...message, properties: { messageExpiryInterval: 10 } }, 'p', 5000);
  const expiryAt = (nowMs: number): number | undefined =>
    decoded(encodeStored(stored, 5, 1, false, undefined, nowMs)).properties?.messageExpiryInterval;
  assert.equal(expiryAt(5000), 10);
  assert.equal(expiryAt(5001), 10);
  assert.equal(expiryAt(7000), 8);
  assert.equal(expiryAt(14_999), 1);
  assert.equal(expiryAt(99_000), 0);
  const lasting = new StoredMessage(message, 'p', 5000);
  assert.equal(
    decoded(encodeStored(lasting, 5, 1, false, undefined, 1e12)).properties?.messageExpiryInterval,
    undefined,
  );
});
