import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode } from '../../../src/mqtt/decode.ts';
import { framed, hex } from '../../support/packetBytes.ts';
import { assertDecodeFault } from '../../support/protocolFaults.ts';

const PACKET_KIND = 'publish';

test('the least PUBLISH', () => {
  const frame = hex(`
    30 03      # PUBLISH, QoS 0, 3 bytes follow
    00 01 "t"  # topic name
  `);
  const packet = { kind: 'publish', topic: 't', payload: Buffer.alloc(0), qos: 0, retain: false, dup: false };
  assert.deepEqual(decode(frame, 4), packet);
  assert.deepEqual(decode(frame, 3), packet);
});

test('[MQTT-3.3.2-1] [MQTT-3.3.2-1 3.1.1] topic, packet identifier and payload of 3.1.1 are in this order', () => {
  const frame = hex(`
    3B 09       # PUBLISH, DUP, QoS 1, RETAIN, 9 bytes follow
    00 03 "a/b"
    01 02       # packet identifier 258
    00 FF       # payload: the rest, of any bytes
  `);
  assert.deepEqual(decode(frame, 4), {
    kind: 'publish',
    topic: 'a/b',
    payload: hex('00 FF'),
    qos: 1,
    retain: true,
    dup: true,
    packetId: 258,
  });
});

test('a PUBLISH of 5.0 has properties', () => {
  const frame = hex(`
    34 30                        # PUBLISH, QoS 2, 48 bytes follow
    00 01 "t"
    00 0A                        # packet identifier 10
    29                           # Property Length 41
      01 01                      # Payload Format Indicator: text
      02 00 00 00 3C             # Message Expiry Interval 60 s
      23 00 02                   # Topic Alias 2
      08 00 01 "r"               # Response Topic
      09 00 02 01 02             # Correlation Data
      26 00 01 "k" 00 01 "1"     # User Property
      26 00 01 "k" 00 00         # the same name again
      0B 7F                      # Subscription Identifier 127
      0B 80 01                   # Subscription Identifier 128
      03 00 01 "c"               # Content Type
    "!"
  `);
  assert.deepEqual(decode(frame, 5), {
    kind: 'publish',
    topic: 't',
    payload: Buffer.from('!'),
    qos: 2,
    retain: false,
    dup: false,
    packetId: 10,
    properties: {
      payloadFormatIndicator: 1,
      messageExpiryInterval: 60,
      topicAlias: 2,
      responseTopic: 'r',
      correlationData: hex('01 02'),
      userProperties: [
        ['k', '1'],
        ['k', ''],
      ],
      subscriptionIdentifiers: [127, 128],
      contentType: 'c',
    },
  });
});

test('[MQTT-2.2.2-1] a PUBLISH of 5.0 without properties has a Property Length of 0', () => {
  const packet = decode(framed(0x30, '00 01 "t" 00 "payload"'), 5);
  assert.ok(packet.kind === 'publish');
  assert.equal(Buffer.from(packet.payload).toString(), 'payload');
  assert.equal('properties' in packet, false);

  assertDecodeFault(framed(0x30, '00 01 "t"'), 5, {
    code: 'packet-truncated',
    reasonCode: 0x81,
    clause: '4.13.1',
    byteOffset: 5,
    packetKind: PACKET_KIND,
    message: /Property Length/,
  });
});

test('the payload is a view into the frame, not a copy', () => {
  const frame = framed(0x30, '00 01 "t" 01 02');
  const packet = decode(frame, 4);
  assert.ok(packet.kind === 'publish');
  assert.equal(packet.payload.buffer, frame.buffer);
});

test('a topic comes out right however often it was seen, and beside others of its length', () => {
  const topics = ['a/1', 'a/2', 'b/1', 'é/1', '😀', 'x'.repeat(128), 'x'.repeat(129), '\ufeffa'];
  for (let round = 0; round < 3; round++) {
    for (const topic of topics) {
      const bytes = Buffer.from(topic);
      const packet = decode(framed(0x30, Buffer.concat([Buffer.of(0, bytes.length), bytes])), 4);
      assert.equal(packet.kind === 'publish' && packet.topic, topic);
    }
  }
});

test('ten thousand topics come out right: the memo of topics never mixes them up', () => {
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 10_000; i++) {
      const topic = `devices/${i}/temperature`;
      const bytes = Buffer.from(topic);
      const packet = decode(framed(0x30, Buffer.concat([Buffer.of(0, bytes.length), bytes])), 4);
      assert.equal(packet.kind === 'publish' && packet.topic, topic);
    }
  }
});

test('a topic stays what it was when its frame is overwritten', () => {
  const frame = framed(0x30, '00 05 "a/b/c"');
  const first = decode(frame, 4);
  frame.write('z/z/z', 4);
  const second = decode(frame, 4);
  frame.write('a/b/c', 4);
  const third = decode(frame, 4);
  assert.deepEqual(
    [first, second, third].map((packet) => packet.kind === 'publish' && packet.topic),
    ['a/b/c', 'z/z/z', 'a/b/c'],
  );
});

test('[MQTT-3.3.1-4] [MQTT-3.3.1-4 3.1.1] there is no QoS 3', () => {
  for (const version of [3, 4, 5] as const) {
    assertDecodeFault(framed(0x36, '00 01 "t" 00 01 00'), version, {
      code: 'qos-invalid',
      reasonCode: 0x81,
      clause: 'MQTT-3.3.1-4',
      byteOffset: 0,
      packetKind: PACKET_KIND,
      message: /0x36/,
    });
  }
});

test('[MQTT-3.3.1-2] [MQTT-3.3.1-2 3.1.1] DUP must be 0 at QoS 0, and is not looked at in 3.1', () => {
  for (const version of [4, 5] as const) {
    assertDecodeFault(framed(0x38, '00 01 "t" 00'), version, {
      code: 'dup-with-qos-0',
      reasonCode: 0x81,
      clause: 'MQTT-3.3.1-2',
      byteOffset: 0,
      packetKind: PACKET_KIND,
    });
  }
  const packet = decode(framed(0x38, '00 01 "t"'), 3);
  assert.equal(packet.kind === 'publish' && packet.dup, false);
});

test('[MQTT-2.3.1-1 3.1.1] [MQTT-2.2.1-3] [MQTT-2.2.1-4] the packet identifier must not be 0', () => {
  const expected = {
    code: 'packet-id-zero',
    reasonCode: 0x82,
    byteOffset: 5,
    packetKind: PACKET_KIND,
  } as const;
  assertDecodeFault(framed(0x32, '00 01 "t" 00 00'), 4, { ...expected, clause: 'MQTT-2.3.1-1' });
  assertDecodeFault(framed(0x32, '00 01 "t" 00 00 00'), 5, { ...expected, clause: 'MQTT-2.2.1-3' });
});

test('[MQTT-2.3.1-5 3.1.1] [MQTT-2.2.1-2] at QoS 0 there is no packet identifier: what would be one is payload', () => {
  const packet = decode(framed(0x30, '00 01 "t" 00 07'), 4);
  assert.ok(packet.kind === 'publish');
  assert.deepEqual(packet.payload, hex('00 07'));
  assert.equal('packetId' in packet, false);
});

for (const wildcard of ['+', '#']) {
  test(`[MQTT-3.3.2-2] [MQTT-3.3.2-2 3.1.1] [MQTT-4.7.3-1 3.1.1] [MQTT-4.7.0-1] a topic name with ${wildcard} is refused, where it stands`, () => {
    for (const version of [4, 5] as const) {
      // "é" takes two bytes, so the wildcard is at byte 2 + 2 + 4.
      assertDecodeFault(framed(0x30, `00 05 "aé/${wildcard}" 00`), version, {
        code: 'topic-name-invalid',
        reasonCode: 0x81,
        clause: 'MQTT-3.3.2-2',
        byteOffset: 8,
        packetKind: PACKET_KIND,
        message: /can't be published to/,
      });
    }
  });
}

test('[MQTT-4.7.3-1] [MQTT-4.7.0-1 3.1.1] an empty topic needs a Topic Alias, and is refused before 5.0', () => {
  assertDecodeFault(framed(0x30, '00 00'), 4, {
    code: 'topic-empty',
    reasonCode: 0x82,
    clause: '4.7.3',
    byteOffset: 2,
    packetKind: PACKET_KIND,
  });
  for (const properties of ['00', '02 01 00']) {
    assertDecodeFault(framed(0x30, `00 00 ${properties}`), 5, {
      code: 'topic-empty',
      reasonCode: 0x82,
      clause: '3.3.2.1',
      byteOffset: 2,
      packetKind: PACKET_KIND,
      message: /Topic Alias/,
    });
  }
  const packet = decode(framed(0x30, '00 00 03 23 00 01'), 5);
  assert.deepEqual(packet.kind === 'publish' && packet.properties, { topicAlias: 1 });
});

for (const { body, byteOffset, message } of [
  { body: '', byteOffset: 2, message: /length of the topic name.*2 bytes needed, 0 left/ },
  { body: '00', byteOffset: 2, message: /2 bytes needed, 1 left/ },
  { body: '00 05 "a/b"', byteOffset: 2, message: /5 bytes.*only 3 left/ },
  { body: '03 00 "a/b" 00 01', byteOffset: 2, message: /768 bytes.*they would be 3/ },
  { body: '00 03 "a/b"', byteOffset: 7, message: /packet identifier.*0 left/ },
  { body: '00 03 "a/b" 01', byteOffset: 7, message: /packet identifier.*1 left/ },
]) {
  test(`a QoS 1 PUBLISH that ends too early (${body || 'nothing'}) is truncated at byte ${byteOffset}`, () => {
    assertDecodeFault(framed(0x32, body), 4, {
      code: 'packet-truncated',
      reasonCode: 0x81,
      clause: '4.8',
      byteOffset,
      packetKind: PACKET_KIND,
      message,
    });
  });
}

test('[MQTT-1.5.5-1] a Remaining Length that is longer than needed is refused in 5.0 only', () => {
  const frame = hex('30 84 00 00 01 "t" 00');
  assert.equal(decode(frame, 4).kind, 'publish');
  assertDecodeFault(frame, 5, {
    code: 'remaining-length-not-minimal',
    reasonCode: 0x81,
    clause: 'MQTT-1.5.5-1',
    byteOffset: 1,
    packetKind: PACKET_KIND,
    message: /4 is written in 2 bytes/,
  });
});

test('a long topic name is cut in the message, and its line breaks are escaped', () => {
  const topic = `a\n${'b'.repeat(60_000)}+`;
  const bytes = Buffer.from(topic);
  const fault = assertDecodeFault(
    framed(0x30, Buffer.concat([Buffer.of(bytes.length >> 8, bytes.length & 0xff), bytes])),
    4,
    {
      code: 'topic-name-invalid',
      reasonCode: 0x81,
      clause: 'MQTT-3.3.2-2',
      byteOffset: 4 + 2 + bytes.length - 1,
      packetKind: PACKET_KIND,
    },
  );
  assert.ok(fault.message.length < 400);
});
