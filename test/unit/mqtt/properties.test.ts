import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode } from '../../../src/mqtt/decode.ts';
import { readProperties } from '../../../src/mqtt/decodeProperties.ts';
import { encode } from '../../../src/mqtt/encode.ts';
import { PacketReader } from '../../../src/mqtt/packetReader.ts';
import type { Properties } from '../../../src/mqtt/packets.ts';
import { packetKinds } from '../../../src/mqtt/packetTypes.ts';
import { definitionOfId, type PropertyPlace, propertyTable } from '../../../src/mqtt/properties.ts';
import { framed, hex } from '../../support/packetBytes.ts';
import { assertFault, type ExpectedFault } from '../../support/protocolFaults.ts';

/** As table 2-4 orders them: the will stands beside PUBLISH. */
const places = packetKinds.flatMap((kind): PropertyPlace[] => {
  if (kind === 'pingreq' || kind === 'pingresp') return [];
  return kind === 'publish' ? ['publish', 'will'] : [kind];
});

/** The properties in `body`, Property Length included, which starts at byte 2 of an imagined packet. */
function read(place: PropertyPlace, body: string | Uint8Array): Properties | undefined {
  const frame = framed(0x10, body);
  const reader = new PacketReader(frame, 2, place === 'will' ? 'connect' : place, 5);
  const properties = readProperties(reader, place);
  reader.expectEnd('properties');
  return properties;
}

function assertReadFault(
  place: PropertyPlace,
  body: string,
  expected: Omit<ExpectedFault, 'packetKind'>,
): void {
  const packetKind = place === 'will' ? 'connect' : place;
  assertFault(() => read(place, body), { ...expected, packetKind });
}

/** An encoded property with the least value that is allowed. */
function sample(id: number): Buffer {
  const definition = definitionOfId[id];
  const least = definition?.zeroFault === undefined ? '00' : '01';
  const isTopic = definition?.isTopicName === true;
  const values = {
    byte: least,
    twoByteInteger: `00 ${least}`,
    fourByteInteger: `00 00 00 ${least}`,
    variableByteInteger: least,
    utf8String: isTopic ? '00 01 "t"' : '00 00',
    utf8StringPair: '00 00 00 00',
    binaryData: '00 00',
  };
  return Buffer.concat([Buffer.of(id), hex(definition === undefined ? '00' : values[definition.type])]);
}

function withLength(...properties: Uint8Array[]): Buffer {
  const content = Buffer.concat(properties);
  return Buffer.concat([Buffer.of(content.length), content]);
}

/** Table 2-4 of the standard, in its own order: identifier, and a letter for each place in the order of `places`. */
const standard = `
  01 ..pw..........
  02 ..pw..........
  03 ..pw..........
  08 ..pw..........
  09 ..pw..........
  0B ..p.....s.....
  11 cC..........d.
  12 .C............
  13 .C............
  15 cC...........a
  16 cC...........a
  17 c.............
  18 ...w..........
  19 c.............
  1A .C............
  1C .C..........d.
  1F .C..AREM.S.Uda
  21 cC............
  22 cC............
  23 ..p...........
  24 .C............
  25 .C............
  26 cCpwAREMsSuUda
  27 cC............
  28 .C............
  29 .C............
  2A .C............
`;

test('each property may be in the packets that table 2-4 lists, and in no other', () => {
  const rows = standard.trim().split('\n');
  assert.equal(rows.length, propertyTable.length);
  for (const row of rows) {
    const [idText = '', letters = ''] = row.trim().split(' ');
    const id = Number.parseInt(idText, 16);
    for (const [i, place] of places.entries()) {
      if (letters[i] !== '.') {
        assert.notEqual(read(place, withLength(sample(id))), undefined, `${idText} in ${place}`);
        continue;
      }
      assertFault(() => read(place, withLength(sample(id))), {
        code: 'property-not-allowed',
        reasonCode: 0x81,
        clause: '2.2.2.2',
        byteOffset: 3,
        packetKind: place === 'will' ? 'connect' : place,
        message: new RegExp(`0x${idText}`),
      });
    }
  }
});

test('identifiers that the table does not have are unknown', () => {
  for (let id = 0; id < 128; id++) {
    if (definitionOfId[id] !== undefined) continue;
    assert.throws(() => read('publish', Buffer.of(2, id, 0)), { code: 'property-unknown' });
  }
  assertReadFault('publish', '02 2B 00', {
    code: 'property-unknown',
    reasonCode: 0x81,
    clause: '2.2.2.2',
    byteOffset: 3,
    message: /0x2B/,
  });
});

test('a property that comes twice is a protocol error, told with its section', () => {
  for (const { id, places: allowed, repeatsIn } of propertyTable) {
    for (const place of allowed) {
      const twice = withLength(sample(id), sample(id));
      if (repeatsIn?.includes(place) === true) {
        assert.notEqual(read(place, twice), undefined);
        continue;
      }
      assert.throws(() => read(place, twice), { code: 'property-duplicate', reasonCode: 0x82 });
    }
  }
  assertReadFault('connect', '06 21 00 01 21 00 02', {
    code: 'property-duplicate',
    reasonCode: 0x82,
    clause: '3.1.2.11.3',
    byteOffset: 6,
    message: /Receive Maximum/,
  });
  assertReadFault('subscribe', '04 0B 01 0B 02', {
    code: 'property-duplicate',
    reasonCode: 0x82,
    clause: '3.8.2.1.2',
    byteOffset: 5,
  });
});

test('[MQTT-3.1.3-10] [MQTT-3.3.2-18] User Properties keep their order, equal names included', () => {
  const body = '14 26 00 01 "b" 00 01 "1" 26 00 01 "a" 00 00 26 00 01 "b" 00 01 "2"';
  assert.deepEqual(read('will', body), {
    userProperties: [
      ['b', '1'],
      ['a', ''],
      ['b', '2'],
    ],
  });
});

for (const { code, reasonCode, clause, place, body, at } of [
  {
    code: 'receive-maximum-zero',
    reasonCode: 0x82,
    clause: '3.1.2.11.3',
    place: 'connect',
    body: '03 21 00 00',
    at: 4,
  },
  {
    code: 'receive-maximum-zero',
    reasonCode: 0x82,
    clause: '3.1.2.11.3',
    place: 'connack',
    body: '03 21 00 00',
    at: 4,
  },
  {
    code: 'maximum-packet-size-zero',
    reasonCode: 0x82,
    clause: '3.1.2.11.4',
    place: 'connect',
    body: '05 27 00 00 00 00',
    at: 4,
  },
  {
    code: 'subscription-identifier-zero',
    reasonCode: 0x82,
    clause: '3.8.2.1.2',
    place: 'subscribe',
    body: '02 0B 00',
    at: 4,
  },
] as const) {
  test(`${code} in ${place}`, () => {
    assertReadFault(place, body, {
      code,
      reasonCode,
      clause,
      byteOffset: at,
      message: /is 0, and must be 1/,
    });
  });
}

test('[MQTT-3.3.2-8] a Topic Alias must not be 0', () => {
  assertReadFault('publish', '03 23 00 00', {
    code: 'topic-alias-zero',
    reasonCode: 0x94,
    clause: 'MQTT-3.3.2-8',
    byteOffset: 4,
  });
});

test('properties that are 0 or 1 are nothing else', () => {
  for (const { id, maximum, places: allowed } of propertyTable) {
    if (maximum === undefined) continue;
    for (const place of allowed) {
      assert.notEqual(read(place, Buffer.of(2, id, 1)), undefined);
      assert.throws(() => read(place, Buffer.of(2, id, 2)), {
        code: 'property-value-invalid',
        reasonCode: 0x82,
      });
    }
  }
  assertReadFault('connect', '02 17 02', {
    code: 'property-value-invalid',
    reasonCode: 0x82,
    clause: '3.1.2.11.7',
    byteOffset: 4,
    message: /Request Problem Information is 2/,
  });
});

test('[MQTT-3.3.2-14] [MQTT-4.7.3-1] a Response Topic is a topic name', () => {
  const expected = { code: 'response-topic-invalid', reasonCode: 0x82, byteOffset: 4 } as const;
  assertReadFault('publish', '06 08 00 03 "a/+"', { ...expected, clause: 'MQTT-3.3.2-14' });
  assertReadFault('will', '05 08 00 02 "a#"', { ...expected, clause: 'MQTT-3.3.2-14' });
  assertReadFault('publish', '03 08 00 00', { ...expected, clause: 'MQTT-4.7.3-1' });
});

for (const [statement, place, start] of [
  ['[MQTT-3.3.2-13] the Response Topic', 'publish', '08'],
  ['[MQTT-3.3.2-19] the Content Type', 'publish', '03'],
  ['the Reason String', 'puback', '1F'],
  ['[MQTT-1.5.7-1] the name of a User Property', 'publish', '26'],
  ['[MQTT-1.5.7-1] the value of a User Property', 'publish', '26 00 00'],
] as const) {
  test(`${statement} must be UTF-8`, () => {
    const content = hex(`${start} 00 02 61 FF ${start === '26' ? '00 00' : ''}`);
    const body = `${content.length.toString(16).padStart(2, '0')} ${content.toString('hex')}`;
    assertReadFault(place, body, {
      code: 'string-ill-formed',
      reasonCode: 0x81,
      clause: 'MQTT-1.5.4-1',
      byteOffset: 3 + hex(start).length + 3,
    });
  });
}

test('a Property Length that goes beyond the packet is told where it stands', () => {
  assertReadFault('publish', '05 01 00', {
    code: 'property-length-invalid',
    reasonCode: 0x81,
    clause: '2.2.2.1',
    byteOffset: 2,
    message: /5 bytes.*only 2 left/,
  });
});

for (const { body, byteOffset, message } of [
  { body: '01 01 00', byteOffset: 4, message: /Payload Format Indicator.*1 byte needed, 0 left/ },
  { body: '03 02 00 00 00 00', byteOffset: 6, message: /Message Expiry Interval/ },
  { body: '04 03 00 02 "a" "b"', byteOffset: 4, message: /Content Type is 2 bytes.*only 1 left/ },
  { body: '04 09 00 02 01 02', byteOffset: 4, message: /Correlation Data is 2 bytes/ },
  { body: '04 26 00 01 "a" 00 00', byteOffset: 7, message: /value of a User Property/ },
  { body: '02 0B 80 01', byteOffset: 5, message: /Subscription Identifier/ },
]) {
  test(`a property that goes beyond the Property Length (${body}) is truncated, though the packet goes on`, () => {
    assertReadFault('publish', body, {
      code: 'property-truncated',
      reasonCode: 0x81,
      clause: '2.2.2',
      byteOffset,
      message,
    });
  });
}

test('[MQTT-1.5.5-1] a variable byte integer in properties is as short as can be', () => {
  assert.deepEqual(read('publish', '05 0B FF FF FF 7F'), { subscriptionIdentifiers: [268_435_455] });
  const expected = {
    code: 'variable-byte-integer-not-minimal',
    reasonCode: 0x81,
    clause: 'MQTT-1.5.5-1',
  } as const;
  assertReadFault('publish', '03 0B 81 00', { ...expected, byteOffset: 4, message: /value 1 / });
  assertReadFault('publish', '80 00', { ...expected, byteOffset: 2, message: /Property Length/ });
  assertReadFault('publish', '03 81 00 01', { ...expected, byteOffset: 3, message: /property identifier/ });
});

test('a variable byte integer in properties ends after four bytes', () => {
  assertReadFault('publish', '06 0B FF FF FF FF 01', {
    code: 'variable-byte-integer-malformed',
    reasonCode: 0x81,
    clause: '1.5.5',
    byteOffset: 7,
  });
});

test('integers are unsigned and most significant byte first', () => {
  assert.deepEqual(read('connect', '08 11 FE DC BA 98 21 80 01'), {
    sessionExpiryInterval: 0xfedc_ba98,
    receiveMaximum: 0x8001,
  });
});

test('what is written goes by the table too', () => {
  const publish = {
    kind: 'publish',
    topic: 't',
    payload: Buffer.alloc(0),
    qos: 0,
    retain: false,
    dup: false,
  } as const;
  // A property of another packet: the type forbids it, so it is hidden from the compiler.
  const foreign: object = { receiveMaximum: 1 };
  assert.throws(() => encode({ ...publish, properties: foreign }, 5), /receiveMaximum may not be in PUBLISH/);
  for (const properties of [
    { topicAlias: 65_536 },
    { topicAlias: -1 },
    { topicAlias: 1.5 },
    { messageExpiryInterval: 0x1_0000_0000 },
    { subscriptionIdentifiers: [268_435_456] },
    { contentType: 'x'.repeat(65_536) },
    { contentType: '\ud800' },
    { correlationData: Buffer.alloc(65_536) },
    { userProperties: [['a', '\u0000']] },
  ] as const) {
    assert.throws(() => encode({ ...publish, properties }, 5), RangeError);
  }
});

test('properties are left out of what is sent in 3.1 and 3.1.1', () => {
  const bytes = encode(
    { kind: 'puback', packetId: 1, reasonCode: 0x87, properties: { reasonString: 'no' } },
    4,
  );
  assert.deepEqual(decode(bytes, 4), { kind: 'puback', packetId: 1, reasonCode: 0 });
});
