import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decode } from '../../../src/mqtt/decode.ts';
import { encode } from '../../../src/mqtt/encode.ts';
import type { Packet, Properties, ProtocolVersion } from '../../../src/mqtt/packets.ts';
import { propertyTable } from '../../../src/mqtt/properties.ts';
import { ProtocolError } from '../../../src/mqtt/protocolError.ts';
import {
  type ExplainedField,
  type ExplainedPacket,
  explainPacket,
  summarizePacket,
} from '../../../src/trace/explainedPacket.ts';
import { mutated } from '../../fuzz/mutations.ts';
import { arbitraryPacket, packetKindsOf, protocolVersions } from '../../support/arbitraryPackets.ts';
import { framed, hex } from '../../support/packetBytes.ts';
import { SeededRandom } from '../../support/random.ts';

const SEED = 19_991_231;
const PACKETS_A_KIND = 150;
const BROKEN_PACKETS = 8_000;
/** Of a value, and of the one line of a packet, in characters. */
const MAX_VALUE = 1000;

/** Fields in their order, within their parent, of one byte or another, or else of other bits. */
function checkFields(fields: readonly ExplainedField[], start: number, end: number): void {
  let at = start;
  let bitsTaken = 0;
  let bitsAt = -1;
  for (const field of fields) {
    if (field.bit !== undefined) {
      assert.equal(field.end, field.start + 1, `${field.name} is of one byte`);
      assert.ok(field.bit.mask > 0 && field.bit.mask <= 0xff, field.name);
      if (field.start !== bitsAt) {
        assert.ok(field.start >= at, `${field.name} begins behind the field before`);
        [bitsAt, bitsTaken] = [field.start, 0];
      }
      assert.equal(field.bit.mask & bitsTaken, 0, `${field.name} has bits of its own`);
      bitsTaken |= field.bit.mask;
    } else assert.ok(field.start >= at, `${field.name} begins behind the field before`);
    assert.ok(field.end >= field.start && field.end <= end, `${field.name} is within what it is part of`);
    assert.ok(field.name !== '' && field.value.length <= MAX_VALUE, field.name);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that there is none is what is tested.
    assert.doesNotMatch(field.value, /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/, field.name);
    if (field.children !== undefined) checkFields(field.children, field.start, field.end);
    at = field.end;
  }
}

/** Leaves: the fields that no other explains further. */
function leavesOf(fields: readonly ExplainedField[]): ExplainedField[] {
  return fields.flatMap((field) => (field.children === undefined ? [field] : leavesOf(field.children)));
}

function checkCovered(fields: readonly ExplainedField[], byteCount: number): void {
  const bits = new Uint8Array(byteCount);
  for (const { start, end, bit } of leavesOf(fields))
    for (let i = start; i < end; i++) bits[i]! |= bit?.mask ?? 0xff;
  assert.equal(
    bits.findIndex((mask) => mask !== 0xff),
    -1,
    'every bit of the packet is explained',
  );
}

/** Property values of a decoded packet by the standard's names, each as often as it comes. */
function propertyTitles(properties: Properties | undefined): string[] {
  return propertyTable
    .flatMap(({ name, title }) => {
      const value = properties?.[name];
      return value === undefined ? [] : Array(Array.isArray(value) ? value.length : 1).fill(title);
    })
    .sort();
}

/** What the decoder makes of a packet, against what the fields say is where. */
function checkValues(bytes: Uint8Array, fields: readonly ExplainedField[], packet: Packet): void {
  const named = (name: string): ExplainedField[] => fields.filter((field) => field.name === name);
  const bytesOf = (field: ExplainedField | undefined): Buffer =>
    Buffer.from(bytes.subarray(field?.start, field?.end));
  const text = (field: ExplainedField | undefined): string => bytesOf(field).subarray(2).toString();
  const titles = (name: string): string[] =>
    (named(name)[0]?.children ?? [])
      .slice(1)
      .map((field) => field.name)
      .sort();
  if ('properties' in packet) assert.deepEqual(titles('Properties'), propertyTitles(packet.properties));
  if ('packetId' in packet)
    assert.equal(named('Packet Identifier')[0]?.value, String(packet.packetId ?? undefined));
  switch (packet.kind) {
    case 'connect':
      assert.equal(text(named('Client Identifier')[0]), packet.clientId);
      assert.equal(named('Keep Alive')[0]?.value, `${packet.keepAliveSeconds} s`);
      assert.equal(named('Will Topic').length, packet.will === undefined ? 0 : 1);
      if (packet.will !== undefined) {
        assert.equal(text(named('Will Topic')[0]), packet.will.topic);
        assert.deepEqual(bytesOf(named('Will Payload')[0]).subarray(2), Buffer.from(packet.will.payload));
        assert.deepEqual(titles('Will Properties'), propertyTitles(packet.will.properties));
      }
      assert.equal(named('User Name').length, packet.username === undefined ? 0 : 1);
      if (packet.username !== undefined) assert.equal(text(named('User Name')[0]), packet.username);
      assert.equal(named('Password').length, packet.password === undefined ? 0 : 1);
      break;
    case 'publish':
      assert.equal(text(named('Topic Name')[0]), packet.topic);
      assert.deepEqual(bytesOf(named('Payload')[0]), Buffer.from(packet.payload));
      break;
    case 'subscribe':
      assert.deepEqual(
        named('Subscription').map(({ children }) => text(children?.[0])),
        packet.subscriptions.map(({ topicFilter }) => topicFilter),
      );
      break;
    case 'unsubscribe':
      assert.deepEqual(named('Topic Filter').map(text), packet.topicFilters);
      break;
    case 'suback':
    case 'unsuback':
      assert.deepEqual(
        [...named('Reason Code'), ...named('Return Code')].map((field) => bytes[field.start]),
        packet.reasonCodes,
      );
      break;
  }
}

function faultOf(bytes: Uint8Array, version: ProtocolVersion): ProtocolError | undefined {
  try {
    decode(bytes, version);
    return undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
}

/** What must hold of any bytes that are framed as a packet. Returns what was explained. */
function checkAgainstDecoder(bytes: Uint8Array, version: ProtocolVersion): ExplainedPacket {
  const explained = explainPacket(bytes, version);
  checkFields(explained.fields, 0, bytes.length);
  assert.equal(explained.missingBytes, undefined);
  const fault = faultOf(bytes, version);
  assert.equal(explained.fault !== undefined, fault !== undefined, fault?.message);
  if (fault === undefined) checkCovered(explained.fields, bytes.length);
  else if (explained.fault?.code === fault.code) {
    assert.equal(explained.fault.offset, fault.byteOffset);
    assert.equal(explained.fault.message, fault.message);
    assert.ok(explained.fault.causes.length > 0);
  } else assert.match(explained.fault?.code ?? '', /^(tls-on-plain|http-on-mqtt)-port$/);
  const summary = summarizePacket(bytes, version);
  assert.ok(summary.length <= MAX_VALUE && !summary.includes('\n'), summary);
  return explained;
}

for (const version of protocolVersions) {
  describe(`packets of version ${version}`, () => {
    for (const kind of packetKindsOf(version)) {
      test(`every bit of every ${kind} is explained once`, () => {
        const random = new SeededRandom(SEED);
        for (let i = 0; i < PACKETS_A_KIND; i++) {
          const bytes = encode(arbitraryPacket(random, version, kind), version);
          const explained = checkAgainstDecoder(bytes, version);
          assert.equal(explained.kind, kind);
          assert.equal(explained.fault, undefined);
          checkValues(bytes, explained.fields, decode(bytes, version));
        }
      });
    }

    test('a fault is told exactly when the decoder throws, and fields nest whatever the bytes', () => {
      const random = new SeededRandom(SEED + version);
      const corpus = random.array(400, () => encode(arbitraryPacket(random, version), version));
      const codes = new Set<string>();
      for (let i = 0; i < BROKEN_PACKETS; i++) {
        const stream = mutated(random, random.pick(corpus), random.pick(corpus));
        const packet = firstPacketOf(stream);
        if (packet === undefined) explainPacket(stream, version);
        else codes.add(checkAgainstDecoder(packet, version).fault?.code ?? 'none');
      }
      assert.ok(codes.size > (version === 5 ? 30 : 18), `only ${[...codes].join(', ')}`);
    });
  });
}

/** As the framing cuts it; undefined where it does not. */
function firstPacketOf(stream: Uint8Array): Uint8Array | undefined {
  let length = 0;
  for (let i = 1; i < 5; i++) {
    const byte = stream[i];
    if (byte === undefined) return undefined;
    length += (byte & 0x7f) * 128 ** (i - 1);
    if (byte >= 0x80) continue;
    return i + 1 + length <= stream.length ? stream.subarray(0, i + 1 + length) : undefined;
  }
  return undefined;
}

test('random bytes are explained without a throw', () => {
  const random = new SeededRandom(SEED);
  for (let i = 0; i < BROKEN_PACKETS; i++) {
    const bytes = random.bytes(random.integer(0, 40));
    const version = random.pick(protocolVersions);
    const { fields } = explainPacket(bytes, version);
    checkFields(fields, 0, bytes.length);
    summarizePacket(bytes, version);
  }
});

function outline(fields: readonly ExplainedField[], indent = ''): string[] {
  return fields.flatMap(({ name, value, start, end, children }) => [
    `${indent}${start}–${end} ${name}: ${value}`,
    ...outline(children ?? [], `${indent}  `),
  ]);
}

test('a CONNECT is told field by field, and its password by its length alone', () => {
  const bytes = hex(`
    10 2C               # CONNECT
    00 04 "MQTT" 04     # protocol name and level
    C6 00 3C            # user name, password, will, clean session; keep alive
    00 05 "board"       # client identifier
    00 04 "gone"        # will topic
    00 05 "board"       # will payload
    00 02 "me"          # user name
    00 06 "secret"      # password
  `);
  bytes[1] = bytes.length - 2;
  const lines = outline(explainPacket(bytes, 4).fields);
  assert.deepEqual(lines, [
    '0–1 Packet type: 1 (CONNECT)',
    '0–1 Flags: 0b0000',
    '1–2 Remaining Length: 42',
    '2–8 Protocol Name: MQTT',
    '  2–4 Length: 4',
    '  4–8 Text: MQTT',
    '8–9 Protocol Level: 4',
    '9–10 Connect Flags: 0b11000110 (0xC6)',
    '  9–10 User Name Flag: 1',
    '  9–10 Password Flag: 1',
    '  9–10 Will Retain: 0',
    '  9–10 Will QoS: 0',
    '  9–10 Will Flag: 1',
    '  9–10 Clean Session: 1',
    '  9–10 Reserved: 0',
    '10–12 Keep Alive: 60 s',
    '12–19 Client Identifier: board',
    '  12–14 Length: 5',
    '  14–19 Text: board',
    '19–25 Will Topic: gone',
    '  19–21 Length: 4',
    '  21–25 Text: gone',
    '25–32 Will Payload: board',
    '  25–27 Length: 5',
    '  27–32 Bytes: board',
    '32–36 User Name: me',
    '  32–34 Length: 2',
    '  34–36 Text: me',
    '36–44 Password: 6 bytes, not shown',
    '  36–38 Length: 6',
    '  38–44 Bytes: 6 bytes, not shown',
  ]);
});

test('a DISCONNECT in good order says that the will is not published, and one that wants it says that', () => {
  const meaningsOf = (bytes: Uint8Array, version: ProtocolVersion): string =>
    leavesOf(explainPacket(bytes, version).fields)
      .map(({ meaning }) => meaning ?? '')
      .join(' ');
  assert.match(meaningsOf(hex('E0 00'), 4), /its will is not published/);
  assert.match(meaningsOf(hex('E0 00'), 5), /its will is not published/);
  assert.match(meaningsOf(hex('E0 01 00'), 5), /its will is not published/);
  assert.doesNotMatch(meaningsOf(hex('E0 01 04'), 5), /is not published/);
  assert.match(meaningsOf(hex('E0 01 04'), 5), /wants its will published/);
});

test('properties are told by name, with units', () => {
  const bytes = framed(0x20, '00 00 0B 11 00 00 0E 10 26 0001 "a" 0000');
  const { fields } = explainPacket(bytes, 5);
  const properties = fields.find(({ name }) => name === 'Properties');
  assert.equal(properties?.value, '2 properties');
  assert.deepEqual(
    properties?.children?.map(({ name, value, meaning }) => [name, value, meaning]),
    [
      ['Property Length', '11', undefined],
      ['Session Expiry Interval', '3600 s', 'The session outlives the connection by 1 hour.'],
      ['User Property', 'a: (empty)', undefined],
    ],
  );
});

test('a topic and a payload come out on one line, cut where they get long', () => {
  const topic = `a\u202e\n${'b'.repeat(500)}`;
  const bytes = encode(
    { kind: 'publish', topic, payload: new Uint8Array(3000), qos: 0, retain: false, dup: false },
    4,
  );
  const { fields } = explainPacket(bytes, 4);
  const [name, payload] = ['Topic Name', 'Payload'].map((wanted) =>
    fields.find((field) => field.name === wanted),
  );
  assert.match(name?.value ?? '', /^a\\u\{202e\}\\u\{a\}b{157}… \(505 bytes\)$/);
  assert.match(payload?.value ?? '', /^(00 ){48}… \(3000 bytes\)$/);
  assert.match(summarizePacket(bytes, 4), / · QoS 0 · 3000 bytes$/);
});

test('bytes that were not kept are counted, and are no fault', () => {
  const bytes = encode(
    { kind: 'publish', topic: 'a', payload: new Uint8Array(3000), qos: 0, retain: false, dup: false },
    4,
  );
  const explained = explainPacket(bytes.subarray(0, 100), 4);
  assert.equal(explained.fault, undefined);
  assert.equal(explained.missingBytes, bytes.length - 100);
  assert.equal(summarizePacket(bytes.subarray(0, 100), 4), `100 of ${bytes.length} bytes`);
});

test('bytes behind a packet are told as such', () => {
  const explained = explainPacket(hex('C0 00 C0 00'), 4);
  assert.equal(explained.fault, undefined);
  assert.deepEqual(outline(explained.fields).at(-1), '2–4 Behind the packet: 2 bytes');
  assert.equal(summarizePacket(hex('C0 00 C0 00'), 4), '2 bytes behind it');
});

test('a fault of flags says which bits of its byte they are: those of one field', () => {
  for (const [text, version, code, field] of [
    ['80 06 0001 0001 "a" 00', 4, 'fixed-header-flags', 'Flags'],
    ['60 02 0001', 4, 'fixed-header-flags', 'Flags'],
    ['F0 00', 4, 'packet-type-reserved', 'Packet type'],
    ['36 05 0001 "a" 0001', 4, 'qos-invalid', 'QoS'],
    ['38 03 0001 "a"', 4, 'dup-with-qos-0', 'DUP'],
    ['10 0D 0004 "MQTT" 04 03 003C 0001 "a"', 4, 'reserved-connect-flag', 'Reserved'],
    ['10 0D 0004 "MQTT" 04 1E 003C 0001 "a"', 4, 'will-qos-invalid', 'Will QoS'],
    ['20 02 02 00', 4, 'reserved-connack-flag', 'Reserved'],
    ['20 02 01 05', 4, 'session-present-on-refusal', 'Session Present'],
    ['82 06 0001 0001 "a" 04', 4, 'subscription-options-reserved', 'Reserved'],
    ['82 07 0001 00 0001 "a" 40', 5, 'subscription-options-reserved', 'Reserved'],
    ['82 06 0001 0001 "a" 03', 4, 'subscription-qos-invalid', 'QoS'],
    ['82 07 0001 00 0001 "a" 30', 5, 'retain-handling-invalid', 'Retain Handling'],
    ['82 10 0001 00 000A "$share/a/b" 04', 5, 'no-local-on-shared-subscription', 'No Local'],
  ] as const) {
    const { fields, fault } = explainPacket(hex(text), version);
    assert.equal(fault?.code, code, text);
    const named = leavesOf(fields)
      .filter(({ start, bit }) => start === fault.offset && ((bit?.mask ?? 0) & (fault.mask ?? 0)) !== 0)
      .map(({ name }) => name);
    assert.equal(named.length, 1, text);
    assert.match(named.join(), new RegExp(`${field}$`), text);
  }
  // Of the whole byte, and of none.
  assert.equal(explainPacket(hex('82 06 0000 0001 "a" 00'), 4).fault?.mask, undefined);
});

test('a fixed header that can’t be is at fault', () => {
  assert.equal(explainPacket(hex('30 FF FF FF FF 01'), 4).fault?.code, 'remaining-length-malformed');
  assert.equal(explainPacket(hex('00 00'), 4).fault?.code, 'packet-type-reserved');
  assert.equal(explainPacket(hex('16 03 01 02 00 01'), 4).fault?.code, 'tls-on-plain-port');
  assert.equal(explainPacket(Buffer.from('GET /mqtt HTTP/1.1\r\n'), 4).fault?.code, 'http-on-mqtt-port');
  assert.equal(explainPacket(new Uint8Array(0), 4).fault, undefined);
});

test('a packet of a million properties is explained up to a bound', () => {
  const body = Buffer.alloc(1_000_000, Buffer.from([0x26, 0, 0, 0, 0]));
  const length = [0x80 | (1_000_000 & 0x7f), 0x80 | ((1_000_000 >> 7) & 0x7f), 1_000_000 >> 14];
  const bytes = framed(0x30, Buffer.concat([Buffer.from([0, 1, 0x61, ...length]), body]));
  const { fields, fault } = explainPacket(bytes, 5);
  assert.equal(fault, undefined);
  assert.ok(leavesOf(fields).length < 10_000);
  checkFields(fields, 0, bytes.length);
  checkCovered(fields, bytes.length);
  assert.match(fields.at(-1)?.meaning ?? '', /more than 2000 fields/);
});

describe('the one line of a packet', () => {
  const lines: readonly (readonly [string, string, ProtocolVersion])[] = [
    ['32 10 000A "oven/state" 0007 "21"', 'oven/state · QoS 1 · id 7 · 2 bytes', 4],
    ['39 04 0002 "ab"', 'The DUP bit (3) of the first byte 0x39 is set at QoS 0', 4],
    ['20 02 00 05', 'Not authorized', 4],
    ['20 03 01 00 00', 'Success · session present', 5],
    ['40 04 0007 10 00', 'id 7 · No matching subscribers', 5],
    ['82 08 0003 0003 "a/#" 01', 'a/# (QoS 1) · id 3', 4],
    ['A2 05 0003 0001 "+"', '+ · id 3', 4],
    ['90 04 0003 01 80', 'Granted QoS 1, Unspecified error · id 3', 4],
    ['E0 02 8E 00', 'Session taken over', 5],
    ['C0 00', '', 4],
  ];
  for (const [bytes, line, version] of lines) {
    test(`${bytes}: ${line}`, () => {
      const summary = summarizePacket(hex(bytes), version);
      assert.ok(summary === line || (line.startsWith('The ') && summary.startsWith(line)), summary);
    });
  }
});

describe('what is well-formed and rarely meant', () => {
  test('a keep alive whose bytes look swapped', () => {
    const bytes = framed(0x10, '0004 "MQTT" 04 02 3C00 0001 "a"');
    const [doubt] = explainPacket(bytes, 4).doubts ?? [];
    assert.match(doubt?.message ?? '', /15360 s.*60 s/);
    assert.deepEqual([doubt?.start, doubt?.end], [10, 12]);
    assert.equal(explainPacket(framed(0x10, '0004 "MQTT" 04 02 003C 0001 "a"'), 4).doubts, undefined);
  });

  test('a text payload with its terminating 0, but no binary one', () => {
    const withNul = explainPacket(framed(0x30, '0001 "a" "21.5" 00'), 4);
    assert.match(withNul.doubts?.[0]?.message ?? '', /sizeof/);
    assert.equal(explainPacket(framed(0x30, '0001 "a" 01 02 00'), 4).doubts, undefined);
  });

  test('an empty client identifier, where nothing says whose session it is', () => {
    const connect = (level: string, flags: string): Uint8Array =>
      framed(0x10, `0004 "MQTT" ${level} ${flags} 003C ${level === '05' ? '00' : ''} 0000`);
    assert.match(explainPacket(connect('04', '00'), 4).doubts?.[0]?.message ?? '', /return code 2/);
    assert.equal(explainPacket(connect('04', '02'), 4).doubts, undefined);
    assert.equal(explainPacket(connect('05', '00'), 5).doubts, undefined);
  });

  test('a filter with a space at its end, in any of a list', () => {
    const subscribe = framed(0x82, '0001 0001 "a" 00 0002 "b " 00');
    assert.deepEqual(
      explainPacket(subscribe, 4).doubts?.map(({ start, end }) => [start, end]),
      [[10, 12]],
    );
    assert.equal(explainPacket(framed(0x82, '0001 0003 "a b" 00'), 4).doubts, undefined);
  });

  test('a 0 before a text is the length of properties that 3.1.1 has not', () => {
    assert.match(explainPacket(framed(0x30, '0001 "a" 00 "21"'), 4).doubts?.[0]?.message ?? '', /5\.0/);
    assert.equal(explainPacket(framed(0x30, '0001 "a" 00 01'), 4).doubts, undefined);
    assert.equal(explainPacket(framed(0x30, '0001 "a" 00 00 "21"'), 5).doubts, undefined);
  });
});
