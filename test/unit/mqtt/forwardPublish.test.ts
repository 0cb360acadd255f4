/** A PUBLISH that goes on in the bytes in which it came is the one that would be encoded for its receiver. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode } from '../../../src/mqtt/decode.ts';
import { decodePublish } from '../../../src/mqtt/decodePublish.ts';
import { encode } from '../../../src/mqtt/encode.ts';
import {
  type ForwardSink,
  forwardAsIs,
  forwardIdentified,
  mostIdentifierBytes,
} from '../../../src/mqtt/forwardPublish.ts';
import { GatheredPacket } from '../../../src/mqtt/gatheredPacket.ts';
import type { ProtocolVersion, PublishPacket, QoS } from '../../../src/mqtt/packets.ts';
import { EncodedPublish } from '../../../src/mqtt/publishEncoder.ts';
import type { ReceivedPublish } from '../../../src/mqtt/receivedPublish.ts';
import { arbitraryPacket, protocolVersions } from '../../support/arbitraryPackets.ts';
import { framed, hex } from '../../support/packetBytes.ts';
import { SeededRandom } from '../../support/random.ts';

/** Keeps what it gets; a packet that goes on as it is is one of `forwarded`. */
class Sink extends GatheredPacket implements ForwardSink {
  readonly forwarded: { bytes: Uint8Array; start: number; end: number; isOwn: boolean }[] = [];

  forward(bytes: Uint8Array, start: number, end: number, isOwn: boolean): void {
    this.forwarded.push({ bytes, start, end, isOwn });
    this.write(bytes.subarray(start, end));
  }

  /** In the middle of a page, of which the rest was never written. */
  room(bytes: number): number {
    const before = 5;
    this.page = new Uint8Array(before + bytes + 3).fill(0xee);
    this.chunks.push(this.page.subarray(before, before + bytes));
    return before;
  }

  override copy(bytes: Uint8Array, start: number, end: number): number {
    const at = this.room(end - start);
    this.page.set(bytes.subarray(start, end), at);
    return at;
  }
}

/** As it comes: in the middle of a chunk. */
function receive(packet: PublishPacket, protocolVersion: ProtocolVersion, isOwn = false): ReceivedPublish {
  const frame = encode(packet, protocolVersion);
  const bytes = Buffer.concat([hex('FF FF FF'), frame, hex('FF')]);
  return decodePublish(bytes, 3, 3 + frame.length, protocolVersion, undefined, isOwn);
}

/** What the encoder makes for a receiver: DUP is of each step by itself. [MQTT-3.3.1-3] */
function encoded(packet: PublishPacket, version: ProtocolVersion, receiver: Receiver): string {
  const { qos, retain, packetId, identifiers } = receiver;
  const { topic, payload } = packet;
  const properties =
    identifiers === undefined
      ? packet.properties
      : { ...packet.properties, subscriptionIdentifiers: identifiers };
  const message = { topic, payload, qos, retain, ...(properties !== undefined && { properties }) };
  const sink = new GatheredPacket();
  new EncodedPublish(message, version).write(sink, packetId, false);
  return sink.bytes.toString('hex');
}

interface Receiver {
  readonly qos: QoS;
  readonly retain: boolean;
  /** 0 with QoS 0. */
  readonly packetId: number;
  readonly identifiers?: readonly number[];
}

/** Those that can get the bytes of a message of this QoS: with a packet identifier or without one, as it has. */
function receiversOf(qos: QoS): Receiver[] {
  if (qos === 0) return [false, true].map((retain) => ({ qos: 0, retain, packetId: 0 }));
  const receivers: Receiver[] = [];
  for (const granted of [1, 2] as const) {
    for (const packetId of [1, 0x00ff, 0x0100, 0xffff])
      receivers.push({ qos: granted, retain: packetId === 1, packetId });
  }
  return receivers;
}

function forwarded(publish: ReceivedPublish, receiver: Receiver): string {
  const { qos, retain, packetId, identifiers } = receiver;
  const sink = new Sink();
  const packetBytes =
    identifiers === undefined
      ? forwardAsIs(sink, publish, qos, retain, packetId)
      : forwardIdentified(sink, publish, qos, retain, identifiers, packetId);
  assert.equal(packetBytes, sink.bytes.length);
  return sink.bytes.toString('hex');
}

/** What may be passed on: without a Topic Alias and Subscription Identifiers. */
function arbitraryMessage(random: SeededRandom, version: ProtocolVersion): PublishPacket {
  const packet = arbitraryPacket(random, version, 'publish') as PublishPacket; // the kind was asked for
  if (packet.properties === undefined) return packet;
  const { topicAlias: _, subscriptionIdentifiers: __, ...properties } = packet.properties;
  const { properties: ___, ...rest } = packet;
  const topic = packet.topic === '' ? 't' : packet.topic;
  return Object.keys(properties).length === 0 ? { ...rest, topic } : { ...rest, topic, properties };
}

const identifierChoices = [1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, 268_435_455];

test('what goes on as it is, is what the encoder makes for the receiver, byte by byte', () => {
  const random = new SeededRandom(31);
  for (const version of protocolVersions) {
    for (let i = 0; i < 300; i++) {
      const packet = arbitraryMessage(random, version);
      const publish = receive(packet, version);
      assert.equal(publish.isForwardable, true);
      for (const receiver of receiversOf(packet.qos))
        assert.equal(forwarded(publish, receiver), encoded(packet, version, receiver));
    }
  }
});

test('with Subscription Identifiers of any size, it decodes to what the encoder makes', () => {
  const random = new SeededRandom(32);
  for (let i = 0; i < 300; i++) {
    const packet = arbitraryMessage(random, 5);
    const publish = receive(packet, 5);
    for (const receiver of receiversOf(packet.qos)) {
      const identifiers = random.array(random.integer(1, 4), () => random.pick(identifierChoices));
      assertIdentified(publish, packet, { ...receiver, identifiers });
    }
  }
});

/** The order of properties is the only difference. */
function assertIdentified(
  publish: ReceivedPublish,
  packet: PublishPacket,
  receiver: Receiver & { identifiers: readonly number[] },
): void {
  const actual = forwarded(publish, receiver);
  const expected = encoded(packet, 5, receiver);
  assert.equal(actual.length, expected.length, 'as long as need be');
  assert.deepEqual(decode(Buffer.from(actual, 'hex'), 5), decode(Buffer.from(expected, 'hex'), 5));
  const { identifiers } = receiver;
  assert.ok(actual.length / 2 <= publish.packetBytes + mostIdentifierBytes(identifiers));
}

test('a Property Length goes from one byte to two where the identifiers need it', () => {
  for (let textBytes = 110; textBytes <= 130; textBytes++) {
    const packet = messageOf({ contentType: 'x'.repeat(textBytes) }, 20);
    const publish = receive(packet, 5);
    for (const identifier of identifierChoices)
      assertIdentified(publish, packet, { qos: 0, retain: false, packetId: 0, identifiers: [identifier] });
  }
  // From two bytes to three.
  for (let textBytes = 16_370; textBytes <= 16_386; textBytes++) {
    const packet = messageOf({ contentType: 'x'.repeat(textBytes) }, 0);
    assertIdentified(receive(packet, 5), packet, { qos: 0, retain: false, packetId: 0, identifiers: [300] });
  }
});

test('a Remaining Length goes from one byte to two, and from two to three, where the identifiers need it', () => {
  for (const around of [127, 16_383]) {
    for (let payloadBytes = around - 20; payloadBytes <= around + 1; payloadBytes++) {
      const packet = messageOf(undefined, payloadBytes);
      const publish = receive(packet, 5);
      for (const identifiers of [[1], [128], [268_435_455, 1]])
        assertIdentified(publish, packet, { qos: 0, retain: false, packetId: 0, identifiers });
    }
  }
});

function messageOf(properties: PublishPacket['properties'], payloadBytes: number): PublishPacket {
  const payload = Buffer.alloc(payloadBytes, 0x5a);
  const packet = { kind: 'publish', topic: 'a/b', payload, qos: 0, retain: false, dup: false } as const;
  return properties === undefined ? packet : { ...packet, properties };
}

test('the identifiers stand before the other properties, written byte by byte', () => {
  const publish = decodePublish(
    hex(`
      32 0F             # PUBLISH, QoS 1, 15 bytes follow
      00 01 "t"
      00 09             # packet identifier 9
      07                # Property Length 7
        01 01           # Payload Format Indicator: text
        02 00 00 00 3C  # Message Expiry Interval 60 s
      "hi"
    `),
    0,
    17,
    5,
    undefined,
    false,
  );
  const expected = hex(`
    35 14             # PUBLISH, QoS 2, RETAIN, 20 bytes follow
    00 01 "t"
    01 02             # packet identifier 258
    0C                # Property Length 12
      0B 80 01        # Subscription Identifier 128
      0B 05           # Subscription Identifier 5
      01 01           # Payload Format Indicator: text
      02 00 00 00 3C  # Message Expiry Interval 60 s
    "hi"
  `);
  const receiver = { qos: 2, retain: true, packetId: 0x0102, identifiers: [128, 5] } as const;
  assert.equal(forwarded(publish, receiver), expected.toString('hex'));
});

test('at QoS 0 with the flags that it came with, it goes on where it lies; else as a copy', () => {
  for (const [first, retain, isForwarded] of [
    [0x30, false, true],
    [0x31, true, true],
    [0x31, false, false], // RETAIN is taken off
    [0x30, true, false],
    [0x38, false, false], // 3.1 does not use DUP at QoS 0: it is not passed on
  ] as const) {
    for (const isOwn of [false, true]) {
      const bytes = Buffer.concat([hex('FF'), framed(first, '00 01 "t" "!"'), hex('FF')]);
      const before = Buffer.from(bytes);
      const publish = decodePublish(bytes, 1, bytes.length - 1, 3, undefined, isOwn);
      const sink = new Sink();
      forwardAsIs(sink, publish, 0, retain, 0);
      const expected = isForwarded ? [{ bytes, start: 1, end: bytes.length - 1, isOwn }] : [];
      assert.deepEqual(sink.forwarded, expected);
      assert.equal(sink.bytes[0], retain ? 0x31 : 0x30);
      assert.deepEqual(bytes, before, 'what came is not written to');
    }
  }
});

test('what came is never written to, whatever the receiver gets', () => {
  const random = new SeededRandom(33);
  for (let i = 0; i < 100; i++) {
    const packet = arbitraryMessage(random, 5);
    const publish = receive(packet, 5);
    const before = Buffer.from(publish.bytes);
    for (const receiver of receiversOf(packet.qos)) {
      forwarded(publish, receiver);
      forwarded(publish, { ...receiver, identifiers: [1, 300] });
    }
    assert.deepEqual(publish.bytes, before);
  }
});
