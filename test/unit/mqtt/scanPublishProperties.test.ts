/** The quick look over the properties of a PUBLISH, held against the reader that makes them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readProperties } from '../../../src/mqtt/decodeProperties.ts';
import { encode } from '../../../src/mqtt/encode.ts';
import { propertiesBytes } from '../../../src/mqtt/encodeProperties.ts';
import { PacketReader } from '../../../src/mqtt/packetReader.ts';
import type { Properties, PublishPacket } from '../../../src/mqtt/packets.ts';
import { propertyTable } from '../../../src/mqtt/properties.ts';
import { ProtocolError } from '../../../src/mqtt/protocolError.ts';
import { HAS_EXPIRY, NOT_SURE, scanPublishProperties } from '../../../src/mqtt/scanPublishProperties.ts';
import { arbitraryPacket } from '../../support/arbitraryPackets.ts';
import { hex, uint16 } from '../../support/bytes.ts';
import { SeededRandom } from '../../support/random.ts';

/** As it is in a packet: other bytes before and behind, which are not its own. */
function scan(section: Uint8Array, before: Uint8Array = hex('FF'), behind: Uint8Array = hex('')): number {
  const bytes = Buffer.concat([before, section, behind]);
  return scanPublishProperties(bytes, before.length, before.length + section.length);
}

/** What the full reader makes of the same bytes; `refused` for a fault. */
function read(section: Uint8Array): Properties | undefined | 'refused' {
  const bytes = Buffer.from([...variableByteInteger(section.length), ...section]);
  try {
    return readProperties(new PacketReader(bytes, 0, 'publish', 5), 'publish');
  } catch (error) {
    if (error instanceof ProtocolError) return 'refused';
    throw error;
  }
}

function variableByteInteger(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...variableByteInteger(value >>> 7)];
}

/** By bit of the scan's answer, which is that of the identifier; User Property (38) has the bit of 6. */
const namesByBit = new Map<number, keyof Properties>([
  [1, 'payloadFormatIndicator'],
  [2, 'messageExpiryInterval'],
  [3, 'contentType'],
  [8, 'responseTopic'],
  [9, 'correlationData'],
  [6, 'userProperties'],
]);

/** Asserts that a scan that is sure says what the full reader reads; returns whether it is sure. */
function assertAgreement(section: Uint8Array, scanned: number): boolean {
  if (scanned === NOT_SURE) return false;
  const properties = read(section);
  const bytes = Buffer.from(section).toString('hex');
  if (properties === 'refused') assert.fail(`${bytes} is refused, and the scan was sure of it`);
  const seen = [...namesByBit].filter(([bit]) => (scanned & (1 << bit)) !== 0).map(([, name]) => name);
  assert.deepEqual(seen.sort(), Object.keys(properties ?? {}).sort(), bytes);
  assert.equal((scanned & HAS_EXPIRY) !== 0, properties?.messageExpiryInterval !== undefined, bytes);
  assert.equal(scanned !== 0, properties !== undefined, bytes);
  return true;
}

/** The properties of a PUBLISH, without their length. Plain text more often than arbitraryPackets.ts has it. */
function arbitrarySection(random: SeededRandom): Uint8Array {
  if (random.boolean()) {
    const count = random.integer(0, 6);
    return Buffer.concat(random.array(count, () => random.pick(plainProperties)));
  }
  const { properties } = arbitraryPacket(random, 5, 'publish') as PublishPacket; // the kind was asked for
  const head = { kind: 'publish', topic: 't', payload: hex(''), qos: 0, retain: false, dup: false } as const;
  const packet = encode(properties === undefined ? head : { ...head, properties }, 5);
  // Without a payload, they are at the end.
  return packet.subarray(packet.length - propertiesBytes(properties, 'publish'));
}

const plainProperties = [
  hex('01 00'), // Payload Format Indicator: bytes
  hex('01 01'), // the same: text
  hex('02 00 00 00 00'), // Message Expiry Interval 0
  hex('02 FF FF FF FF'), // the same, the longest
  hex('03 00 00'), // Content Type, empty
  hex('03 00 04 "text"'),
  hex('08 00 03 "a/b"'), // Response Topic
  hex('09 00 00'), // Correlation Data, empty
  hex('09 00 03 00 FF 80'), // the same, of any bytes
  hex('26 00 01 "k" 00 01 "v"'), // User Property
  hex('26 00 00 00 00'), // the same, of empty name and value
];

/** A section with one thing changed. */
function mutated(random: SeededRandom, section: Uint8Array): Uint8Array {
  const at = random.integer(0, section.length);
  const head = section.subarray(0, at);
  switch (random.integer(0, 4)) {
    case 0:
      return head;
    case 1:
      return Buffer.concat([head, random.bytes(1), section.subarray(at)]);
    case 2:
      return Buffer.concat([head, section.subarray(at + 1)]);
    case 3: {
      const copy = Buffer.from(section);
      if (at < copy.length) copy[at] = random.pick([0, 1, 0x23, 0x2b, 0x7f, 0x80, random.integer(0, 255)]);
      return copy;
    }
    default:
      return Buffer.concat([section, arbitrarySection(random)]);
  }
}

test('a scan that is sure is right: the full reader takes the same bytes, and finds the same properties', () => {
  const random = new SeededRandom(11);
  let sure = 0;
  let refused = 0;
  for (let i = 0; i < 30_000; i++) {
    let section = arbitrarySection(random);
    for (let times = random.integer(0, 2); times > 0; times--) section = mutated(random, section);
    // What follows in memory would make a cut property whole.
    const scanned = scan(section, random.bytes(3), Buffer.concat([plainText, random.bytes(3)]));
    if (assertAgreement(section, scanned)) sure++;
    else if (read(section) === 'refused') refused++;
  }
  assert.ok(sure > 5000, `sure of ${sure} only`);
  assert.ok(refused > 5000, `${refused} faults only`);
});

const plainText = Buffer.alloc(300, 'a');

test('a scan is sure of each property alone, and of all of them together', () => {
  for (const section of plainProperties) {
    assert.ok(assertAgreement(section, scan(section)), Buffer.from(section).toString('hex'));
  }
  const all = hex(`
    01 01                   # Payload Format Indicator: text
    02 00 00 00 3C          # Message Expiry Interval 60 s
    03 00 01 "c"            # Content Type
    08 00 01 "r"            # Response Topic
    09 00 02 01 02          # Correlation Data
    26 00 01 "k" 00 01 "v"  # User Property
    26 00 01 "k" 00 01 "v"  # the same again
  `);
  assert.ok(assertAgreement(all, scan(all)));
});

test('no properties are 0, and User Properties alone are not', () => {
  assert.equal(scan(hex('')), 0);
  for (const section of [hex('26 00 01 "k" 00 01 "v"'), hex('26 00 00 00 00 26 00 00 00 00')]) {
    assert.ok(scan(section) > 0);
    assert.equal(scan(section) & HAS_EXPIRY, 0);
  }
});

test('only the Message Expiry Interval makes a message expire', () => {
  for (const section of plainProperties) {
    assert.equal((scan(section) & HAS_EXPIRY) !== 0, section[0] === 0x02);
  }
});

test('a property cut at any byte is left to the full reader, whatever follows in memory', () => {
  for (const section of plainProperties) {
    for (let end = 1; end < section.length; end++) {
      const cut = section.subarray(0, end);
      assert.equal(read(cut), 'refused');
      for (const behind of [hex(''), section.subarray(end), plainText]) {
        assert.equal(scan(cut, hex('FF'), behind), NOT_SURE, `${end} bytes of property ${section[0]}`);
      }
    }
  }
});

test('a User Property whose name is cut is not looked for at the start of the memory', () => {
  const cut = hex('26 7F'); // User Property, and half of a length
  // Read from before the start, the four bytes behind this length are plain text up to the end of the section.
  assert.equal(scan(cut, hex('04 "aa"')), NOT_SURE);
});

test('each property that may come once is left to the full reader when it comes twice, right behind or later', () => {
  for (const section of plainProperties.filter(([id]) => id !== 0x26)) {
    const between = hex('26 00 01 "k" 00 01 "v"'); // User Property
    for (const twice of [Buffer.concat([section, section]), Buffer.concat([section, between, section])]) {
      assert.equal(read(twice), 'refused');
      assert.equal(scan(twice), NOT_SURE);
    }
  }
});

test('every other property, and what is no property, is left to the full reader', () => {
  const known = new Set(plainProperties.map(([id]) => id));
  const others = propertyTable.map(({ id }) => id).filter((id) => !known.has(id));
  assert.ok(others.includes(0x23) && others.includes(0x0b), 'Topic Alias and Subscription Identifier');
  for (let id = 0; id < 256; id++) {
    if (known.has(id)) continue;
    // Values of every type, as the id may have any.
    for (const value of [hex('01'), hex('00 01'), hex('00 00 00 01'), hex('00 01 "x"'), hex('00 00 00 00')]) {
      assert.equal(scan(Buffer.concat([Uint8Array.of(id), value])), NOT_SURE, `property ${id}`);
    }
  }
});

test('text that is not plain ASCII is left to the full reader, right or wrong', () => {
  const texts = [
    hex('00'), // U+0000
    hex('80'), // not UTF-8
    hex('C3 A9'), // é
    hex('61 00'), // "a", U+0000
    hex('61 FF'),
  ];
  for (const text of texts) {
    const string = Buffer.from([...uint16(text.length), ...text]);
    for (const section of [
      Buffer.concat([hex('03'), string]), // Content Type
      Buffer.concat([hex('08'), string]), // Response Topic
      Buffer.concat([hex('26'), string, hex('00 01 "v"')]), // User Property: its name
      Buffer.concat([hex('26 00 01 "k"'), string]), // and its value
    ]) {
      assert.equal(scan(section), NOT_SURE, section.toString('hex'));
    }
  }
  // The characters at the ends of what is plain.
  assert.ok(assertAgreement(hex('03 00 02 01 7F'), scan(hex('03 00 02 01 7F'))));
});

test('[MQTT-3.3.2-14] a Response Topic that is empty or has a wildcard is left to the full reader', () => {
  for (const section of [hex('08 00 00'), hex('08 00 01 "+"'), hex('08 00 03 "a/#"'), hex('08 00 02 "a+"')]) {
    assert.equal(read(section), 'refused');
    assert.equal(scan(section), NOT_SURE);
  }
  // Elsewhere they are characters like any.
  const contentType = hex('03 00 02 "+#"');
  assert.ok(assertAgreement(contentType, scan(contentType)));
});

test('a Payload Format Indicator above 1 is left to the full reader', () => {
  for (let value = 2; value < 256; value++) assert.equal(scan(Uint8Array.of(0x01, value)), NOT_SURE);
});

test('a text length whose high byte counts reaches as far as it says', () => {
  const long = Buffer.concat([hex('03 01 2C'), Buffer.alloc(300, 'x')]); // Content Type of 300 bytes
  assert.ok(assertAgreement(long, scan(long)));
  assert.equal(scan(long.subarray(0, 302), hex('FF'), plainText), NOT_SURE);
  const data = Buffer.concat([hex('09 01 2C'), Buffer.alloc(300, 0)]); // Correlation Data of 300 bytes
  assert.ok(assertAgreement(data, scan(data)));
  assert.equal(scan(data.subarray(0, 302), hex('FF'), plainText), NOT_SURE);
});
