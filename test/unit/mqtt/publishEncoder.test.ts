import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encode } from '../../../src/mqtt/encode.ts';
import { GatheredPacket } from '../../../src/mqtt/gatheredPacket.ts';
import type { PublishPacket } from '../../../src/mqtt/packets.ts';
import { EncodedPublish } from '../../../src/mqtt/publishEncoder.ts';
import type { PublishForm } from '../../../src/mqtt/publishForm.ts';
import { arbitraryPacket, protocolVersions } from '../../support/arbitraryPackets.ts';
import { SeededRandom } from '../../support/random.ts';

function write(form: PublishForm, packetId = 1, dup = false, alias = 0): GatheredPacket {
  const sink = new GatheredPacket();
  form.write(sink, packetId, dup, alias);
  return sink;
}

const message = { topic: 'a/b', payload: Buffer.from('payload'), qos: 0, retain: false } as const;

test('what is written is what encode makes, for arbitrary messages, packet identifiers and DUP flags', () => {
  const random = new SeededRandom(3);
  for (let i = 0; i < 300; i++) {
    const version = random.pick(protocolVersions);
    const packet = arbitraryPacket(random, version, 'publish') as PublishPacket; // the kind was asked for
    if (random.integer(0, 9) === 0) packet.payload = random.bytes(random.pick([4096, 4097, 20_000]));
    const encoded = new EncodedPublish({ ...packet, dup: false }, version);
    const sink = write(encoded, packet.packetId, packet.dup);
    const expected = encode(packet, version);
    assert.equal(sink.bytes.toString('hex'), Buffer.from(expected).toString('hex'));
    assert.equal(encoded.packetBytes, expected.length);
  }
});

test('[MQTT-2.3.1-5 3.1.1] [MQTT-2.2.1-2] at QoS 0 every subscriber gets the very same buffer', () => {
  const encoded = new EncodedPublish(message, 5);
  const [first] = write(encoded, 1).chunks;
  const [second] = write(encoded, 2, true).chunks;
  assert.equal(first, second);
});

test('[MQTT-3.3.1-3] [MQTT-3.3.1-3 3.1.1] at QoS 1 and 2 each has its own packet identifier and DUP flag', () => {
  for (const qos of [1, 2] as const) {
    const encoded = new EncodedPublish({ ...message, qos }, 4);
    const first = write(encoded, 0x0102, false);
    const second = write(encoded, 0xfffe, true);
    const third = write(encoded, 3, false);
    assert.deepEqual([...first.bytes.subarray(0, 9)], [0x30 | (qos << 1), 14, 0, 3, 0x61, 0x2f, 0x62, 1, 2]);
    assert.equal(second.bytes[0], 0x38 | (qos << 1));
    assert.deepEqual([...second.bytes.subarray(7, 9)], [0xff, 0xfe]);
    assert.equal(third.bytes[0], 0x30 | (qos << 1));
  }
});

test('a payload of up to 4 KiB goes out with its header, a larger one beside it without a copy', () => {
  for (const qos of [0, 1] as const) {
    assert.equal(
      write(new EncodedPublish({ ...message, qos, payload: Buffer.alloc(4096) }, 5)).chunks.length,
      1,
    );
    const payload = Buffer.alloc(4097);
    const { chunks } = write(new EncodedPublish({ ...message, qos, payload }, 5));
    assert.equal(chunks.length, 2);
    assert.equal(chunks[1], payload);
  }
});

test('a small payload is copied: what it came in may be used again', () => {
  const payload = Buffer.from('before');
  const encoded = new EncodedPublish({ ...message, payload }, 4);
  payload.write('after!');
  assert.match(write(encoded).bytes.toString('latin1'), /before$/);
});

test('a DUP of the message is for every subscriber', () => {
  const encoded = new EncodedPublish({ ...message, qos: 1, dup: true }, 4);
  assert.equal(write(encoded, 1, false).bytes[0], 0x3a);
});

test('with a Topic Alias, beside the topic or in its place, it is what encode makes', () => {
  const random = new SeededRandom(4);
  for (let i = 0; i < 300; i++) {
    const packet = arbitraryPacket(random, 5, 'publish') as PublishPacket; // the kind was asked for
    if (random.integer(0, 9) === 0) packet.payload = random.bytes(random.pick([4096, 4097, 20_000]));
    // From one byte of Property Length to two, with the alias.
    if (random.integer(0, 3) === 0) packet.properties = { contentType: 'x'.repeat(random.integer(118, 126)) };
    const { topicAlias: _, ...properties } = packet.properties ?? {};
    const encoded = new EncodedPublish({ ...packet, dup: false, properties }, 5);
    const alias = random.integer(1, 65_535);
    for (const [form, topic] of [
      [encoded.settingAlias, packet.topic],
      [encoded.byAlias, ''],
    ] as const) {
      const expected = encode({ ...packet, topic, properties: { topicAlias: alias, ...properties } }, 5);
      const sink = write(form, packet.packetId, packet.dup, alias);
      assert.equal(sink.bytes.toString('hex'), Buffer.from(expected).toString('hex'));
      assert.equal(form.packetBytes, expected.length);
    }
  }
});

test('the forms with an alias are made once, and the alias is of each subscriber [MQTT-3.3.2-8]', () => {
  const encoded = new EncodedPublish(message, 5);
  assert.equal(encoded.byAlias, encoded.byAlias);
  assert.equal(encoded.settingAlias, encoded.settingAlias);
  const first = write(encoded.byAlias, 0, false, 1);
  const second = write(encoded.byAlias, 0, false, 65_535);
  assert.deepEqual([...first.bytes.subarray(2, 8)], [0, 0, 3, 0x23, 0, 1]);
  assert.deepEqual([...second.bytes.subarray(2, 8)], [0, 0, 3, 0x23, 0xff, 0xff]);
  for (const alias of [0, 65_536]) assert.throws(() => write(encoded.byAlias, 0, false, alias), RangeError);
});

test("what can't be encoded is refused", () => {
  assert.throws(() => new EncodedPublish({ ...message, topic: 'x'.repeat(65_536) }, 4), RangeError);
  assert.throws(() => write(new EncodedPublish({ ...message, qos: 1 }, 4), 0), RangeError);
  assert.throws(() => write(new EncodedPublish({ ...message, qos: 1 }, 4), 65_536), RangeError);
});
