/** A PUBLISH read where it lies: the same as by itself, whatever is around it in memory. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode } from '../../../src/mqtt/decode.ts';
import { decodePublish } from '../../../src/mqtt/decodePublish.ts';
import { encode } from '../../../src/mqtt/encode.ts';
import type { ProtocolVersion, PublishPacket } from '../../../src/mqtt/packets.ts';
import { ProtocolError } from '../../../src/mqtt/protocolError.ts';
import type { ReceivedPublish } from '../../../src/mqtt/receivedPublish.ts';
import { TopicNameCache } from '../../../src/mqtt/topicNameCache.ts';
import { arbitraryPacket, protocolVersions } from '../../support/arbitraryPackets.ts';
import { framed, hex } from '../../support/packetBytes.ts';
import { SeededRandom } from '../../support/random.ts';

const versionNames = { 3: '3.1', 4: '3.1.1', 5: '5.0' };

function receive(frame: Uint8Array, protocolVersion: ProtocolVersion, isOwn = false): ReceivedPublish {
  return decodePublish(frame, 0, frame.length, protocolVersion, undefined, isOwn);
}

/** A packet, or all that a fault says. */
function outcomeOf(run: () => unknown): unknown {
  try {
    return plain(run());
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    const { code, reasonCode, clause, byteOffset, packetKind, protocolVersion, message } = error;
    return { code, reasonCode, clause, byteOffset, packetKind, protocolVersion, message };
  }
}

/** The same with bytes as hex digits, of whichever class they are. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}

/** With properties that are plain more often than arbitraryPackets.ts has them. */
function arbitraryPublish(random: SeededRandom, protocolVersion: ProtocolVersion): PublishPacket {
  const packet = arbitraryPacket(random, protocolVersion, 'publish') as PublishPacket; // the kind was asked for
  if (protocolVersion === 5 && packet.topic !== '' && random.boolean()) packet.properties = plainProperties;
  return packet;
}

const plainProperties = {
  payloadFormatIndicator: 1,
  messageExpiryInterval: 60,
  responseTopic: 'r/t',
  correlationData: hex('01 02'),
  userProperties: [['k', 'v']],
  contentType: 'text',
} satisfies PublishPacket['properties'];

/** Of what `encode` made: where the body starts. */
function bodyOf(frame: Uint8Array): Uint8Array {
  let at = 1;
  while (frame[at]! >= 0x80) at++; // the Remaining Length ends within the packet
  return frame.subarray(at + 1);
}

function frameHex(frame: Uint8Array): string {
  return Buffer.from(frame).toString('hex');
}

/** Asserts that the frame is at any place in memory what it is by itself; returns what that is. */
function assertSameAnywhere(
  frame: Uint8Array,
  protocolVersion: ProtocolVersion,
  before: Uint8Array,
  behind: Uint8Array,
): unknown {
  const alone = outcomeOf(() => decode(Buffer.from(frame), protocolVersion));
  const bytes = Buffer.concat([before, frame, behind]);
  const end = before.length + frame.length;
  for (const topicNames of [undefined, new TopicNameCache()]) {
    let publish: ReceivedPublish | undefined;
    const fault = outcomeOf(() => {
      publish = decodePublish(bytes, before.length, end, protocolVersion, topicNames, false);
    });
    // What was taken has no fault left that shows later, when it is asked for its properties.
    assert.deepEqual(publish === undefined ? fault : plain(publish.toPacket()), alone, frameHex(frame));
  }
  return alone;
}

for (const version of protocolVersions) {
  test(`a PUBLISH of ${versionNames[version]} is at any place in memory what it is by itself`, () => {
    const random = new SeededRandom(21);
    for (let i = 0; i < 500; i++) {
      const packet = arbitraryPublish(random, version);
      const frame = encode(packet, version);
      const before = random.bytes(random.integer(1, 9));
      assert.deepEqual(assertSameAnywhere(frame, version, before, random.bytes(9)), plain(packet));
    }
  });

  test(`a PUBLISH of ${versionNames[version]} cut at any byte has the same fault anywhere, whatever follows`, () => {
    const random = new SeededRandom(22);
    let faults = 0;
    for (let i = 0; i < 40; i++) {
      const frame = encode(arbitraryPublish(random, version), version);
      const body = bodyOf(frame);
      for (let length = 0; length < body.length; length++) {
        const cut = framed(frame[0]!, body.subarray(0, length)); // a packet has a first byte
        // Behind it is the very rest, which would make it whole.
        const outcome = assertSameAnywhere(cut, version, random.bytes(3), body.subarray(length));
        if (!isPacket(outcome)) faults++;
      }
    }
    assert.ok(faults > 500, `${faults} faults only`);
  });

  test(`a PUBLISH of ${versionNames[version]} with a byte changed has the same fault anywhere`, () => {
    const random = new SeededRandom(23);
    let faults = 0;
    for (let i = 0; i < 3000; i++) {
      const frame = encode(arbitraryPublish(random, version), version);
      const body = Buffer.from(bodyOf(frame));
      // Nearer to the start more often: topic, packet identifier and properties are there.
      const at = random.integer(0, random.integer(0, body.length - 1));
      body[at] = random.pick([0, 1, 0x23, 0x80, 0xff, random.integer(0, 255)]);
      const first = 0x30 | (random.boolean() ? frame[0]! : random.integer(0, 15)); // a packet has a first byte
      const outcome = assertSameAnywhere(framed(first, body), version, random.bytes(3), random.bytes(300));
      if (!isPacket(outcome)) faults++;
    }
    assert.ok(faults > 300, `${faults} faults only`);
  });
}

function isPacket(outcome: unknown): boolean {
  return (outcome as { kind?: unknown }).kind === 'publish';
}

test('a fault says where it is in the packet, wherever the packet is', () => {
  for (const [first, body, version, code, byteOffset] of [
    [0x36, '00 01 "t" 00 01', 4, 'qos-invalid', 0],
    [0x38, '00 01 "t"', 4, 'dup-with-qos-0', 0],
    [0x30, '', 4, 'packet-truncated', 2],
    [0x30, '00', 4, 'packet-truncated', 2],
    [0x30, '00 02 "t"', 4, 'packet-truncated', 2],
    [0x32, '00 01 "t" 00', 4, 'packet-truncated', 5], // half of a packet identifier
    [0x32, '00 01 "t" 00 00', 4, 'packet-id-zero', 5],
    [0x30, '00 00 "m"', 4, 'topic-empty', 2],
    [0x30, '00 00 00 "m"', 5, 'topic-empty', 2], // without properties
    [0x30, '00 00 04  03 00 01 "c"', 5, 'topic-empty', 2], // with a Content Type
    [0x30, '00 02 61 FF', 4, 'string-ill-formed', 5],
    [0x30, '00 02 61 00', 4, 'string-null-character', 5],
    [0x30, '00 02 "a#"', 4, 'topic-name-invalid', 5],
    [0x30, '00 01 "t"', 5, 'packet-truncated', 5], // no Property Length
    [0x30, '00 01 "t" 05  02 00 00 00', 5, 'property-length-invalid', 5],
    [0x30, '00 01 "t" 04  02 00 00 00', 5, 'property-truncated', 9], // the low half of a Message Expiry Interval
    [0x30, '00 01 "t" 02  01 02', 5, 'property-value-invalid', 7], // Payload Format Indicator
    [0x30, '00 01 "t" 04  01 00 01 00', 5, 'property-duplicate', 8],
    [0x30, '00 01 "t" 03  23 00 00', 5, 'topic-alias-zero', 7],
    [0x30, '00 01 "t" 80 00', 5, 'variable-byte-integer-not-minimal', 5],
  ] as const) {
    const frame = framed(first, body);
    // What follows would make it whole, were it taken for the packet's own.
    for (const behind of [hex('00 00 00 00 00'), hex('01 "aaaaaaaa"')]) {
      const outcome = assertSameAnywhere(frame, version, hex('FF 00 FF'), behind);
      assert.deepEqual(pick(outcome), { code, byteOffset }, body);
    }
  }
});

function pick(outcome: unknown): unknown {
  const { code, byteOffset } = outcome as { code?: unknown; byteOffset?: unknown };
  return { code, byteOffset };
}

test('bounds that are not those of the packet are a bug of the caller', () => {
  const bytes = hex('30 03 00 01 "t" "m"'); // PUBLISH, 3 bytes follow; and another byte
  for (const [start, end] of [
    [0, 4],
    [0, 6],
    [0, 1],
    [1, 5],
  ] as const) {
    assert.throws(() => decodePublish(bytes, start, end, 4, undefined, false), RangeError);
  }
});

test('it says where its parts are, and how large they are', () => {
  const bytes = hex(`
    FF FF                # what came before
    33 0E                # PUBLISH, QoS 1, RETAIN, 14 bytes follow
    00 03 "a/b"
    01 02                # packet identifier 258
    05                   # Property Length 5
      02 00 00 00 3C     # Message Expiry Interval 60 s
    "!"
    FF FF                # what comes behind
  `);
  const publish = decodePublish(bytes, 2, 18, 5, undefined, false);
  assert.equal(publish.topicStart, 6);
  assert.equal(publish.topicEnd, 9);
  assert.equal(publish.propertiesStart, 11);
  assert.equal(publish.payloadStart, 17);
  assert.equal(publish.packetBytes, 16);
  assert.equal(publish.payloadBytes, 1);
  assert.equal(publish.packetId, 258);
  assert.equal(publish.expires, true);
  assert.deepEqual(publish.properties, { messageExpiryInterval: 60 });
  assert.equal(publish.properties, publish.properties, 'made once');
});

test('before 5.0 the payload follows the topic name or the packet identifier', () => {
  for (const [frame, payloadStart] of [
    [framed(0x30, '00 01 "t" "!"'), 5], // QoS 0
    [framed(0x32, '00 01 "t" 00 07 "!"'), 7], // QoS 1, packet identifier 7
  ] as const) {
    const publish = receive(frame, 4);
    assert.equal(publish.payloadStart, payloadStart);
    assert.equal(publish.propertiesStart, payloadStart);
    assert.equal(publish.properties, undefined);
    assert.equal(publish.expires, false);
    assert.deepEqual([...publish.payload], [0x21]);
  }
});

test('its payload is a view, of the bytes that came', () => {
  const frame = framed(0x30, '00 01 "t" "payload"');
  const { payload } = receive(frame, 4);
  frame.fill(0x2e, frame.length - 7);
  assert.equal(Buffer.from(payload).toString(), '.......');
});

test('properties that were only looked over and those that were made say the same', () => {
  for (const [properties, expires, hasIdentifiers, alias] of [
    ['00', false, false, undefined],
    ['05  02 00 00 00 00', true, false, undefined], // Message Expiry Interval 0
    ['04  03 00 01 "c"', false, false, undefined], // Content Type
    ['0A  02 00 00 00 01  03 00 02 C3 A9', true, false, undefined], // the interval, and a Content Type é
    ['05  03 00 02 C3 A9', false, false, undefined],
    ['03  23 00 09', false, false, 9], // Topic Alias
    ['02  0B 07', false, true, undefined], // Subscription Identifier
    ['05  23 00 09 0B 07', false, true, 9],
    ['07  26 00 01 "k" 00 01 "v"', false, false, undefined], // User Property
  ] as const) {
    const publish = receive(framed(0x30, `00 01 "t" ${properties} "!"`), 5);
    assert.equal(publish.expires, expires, properties);
    assert.equal(publish.hasSubscriptionIdentifiers, hasIdentifiers, properties);
    assert.equal(publish.topicAlias, alias, properties);
    assert.equal(publish.isForwardable, alias === undefined && !hasIdentifiers, properties);
    // Asked for properties, it says the same as before.
    assert.equal(publish.properties?.messageExpiryInterval !== undefined, expires);
    assert.equal(publish.properties?.subscriptionIdentifiers !== undefined, hasIdentifiers);
    assert.equal(publish.properties?.topicAlias, alias);
    assert.equal(publish.properties === undefined, properties === '00');
    assert.equal(publish.expires, expires);
  }
});

test('a Property Length of two bytes is read as one of one byte is', () => {
  for (const nameBytes of [120, 121, 122, 123, 124, 200]) {
    const properties = { messageExpiryInterval: 7, contentType: 'x'.repeat(nameBytes) };
    const packet = { kind: 'publish', topic: 't', qos: 0, retain: false, dup: false } as const;
    const publish = receive(encode({ ...packet, payload: hex('21'), properties }, 5), 5);
    assert.deepEqual(publish.properties, properties);
    assert.equal(publish.expires, true);
    assert.equal(publish.isForwardable, true);
    assert.deepEqual([...publish.payload], [0x21]);
  }
});

test('a Remaining Length that is longer than need be is not passed on', () => {
  for (const [header, isMinimal] of [
    ['30 04', true],
    ['30 84 00', false],
    ['30 84 80 00', false],
    ['30 84 80 80 00', false],
  ] as const) {
    const publish = receive(hex(`${header} 00 01 "t" "!"`), 4);
    assert.equal(publish.isForwardable, isMinimal, header);
    assert.equal(publish.topic, 't');
    assert.deepEqual([...publish.payload], [0x21]);
  }
  for (const payloadBytes of [124, 125, 16_380, 16_381]) {
    assert.equal(
      receive(framed(0x30, Buffer.concat([hex('00 01 "t"'), Buffer.alloc(payloadBytes)])), 4).isForwardable,
      true,
    );
  }
});

test('flags are all that a first byte may say beside PUBLISH at QoS 0', () => {
  for (const [first, hasFlags] of [
    [0x30, false],
    [0x31, true], // RETAIN
    [0x32, true], // QoS 1
    [0x3a, true], // DUP, QoS 1
  ] as const) {
    const publish = receive(framed(first, '00 01 "t" 00 07 "!"'), 4);
    assert.equal(publish.hasFlags, hasFlags);
  }
  // 3.1 does not use DUP at QoS 0: it is there, and says nothing.
  const publish = receive(framed(0x38, '00 01 "t"'), 3);
  assert.equal(publish.hasFlags, true);
  assert.equal(publish.dup, false);
});
