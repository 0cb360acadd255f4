import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeUtf8, findUtf8Problem, utf8Bytes, writeUtf8 } from '../../../src/mqtt/utf8.ts';
import { framed, hex } from '../../support/packetBytes.ts';
import { assertDecodeFault } from '../../support/protocolFaults.ts';

const strings = [
  '',
  'a',
  'sensor/1',
  '\u0001\u007f',
  '\u0080',
  'grün',
  '\u07ff\u0800',
  '€',
  '\ud7ff\ue000',
  '\uffff',
  '😀',
  '\u{10000}\u{10ffff}',
  `${'a'.repeat(50)}é`,
];

for (const text of strings) {
  test(`${JSON.stringify(text)} goes to bytes and back`, () => {
    const expected = Buffer.from(text);
    assert.equal(utf8Bytes(text), expected.length);
    const bytes = Buffer.alloc(expected.length + 2);
    assert.equal(writeUtf8(bytes, 1, text), expected.length + 1);
    assert.deepEqual(bytes.subarray(1, -1), expected);
    assert.equal(decodeUtf8(bytes, 1, expected.length + 1), text);
    assert.equal(findUtf8Problem(expected, 0, expected.length), undefined);
  });
}

test('[MQTT-1.5.3-3 3.1.1] [MQTT-1.5.4-3] a byte order mark is a character like any, wherever it stands', () => {
  const bytes = hex('EF BB BF 61 EF BB BF');
  assert.equal(decodeUtf8(bytes, 0, bytes.length), '\ufeffa\ufeff');
});

for (const { bytes, kind, at, what } of [
  { bytes: '61 00', kind: 'nullCharacter', at: 1, what: 'U+0000' },
  { bytes: 'C3 A9 00', kind: 'nullCharacter', at: 2, what: 'U+0000 after a character of two bytes' },
  { bytes: '61 80', kind: 'notUtf8', at: 1, what: 'a continuation byte without a start' },
  { bytes: 'BF', kind: 'notUtf8', at: 0, what: 'the last continuation byte' },
  { bytes: 'C0 80', kind: 'overlong', at: 0, what: 'U+0000 in two bytes' },
  { bytes: 'C1 BF', kind: 'overlong', at: 0, what: 'U+007F in two bytes' },
  { bytes: 'E0 9F BF', kind: 'overlong', at: 0, what: 'U+07FF in three bytes' },
  { bytes: 'F0 8F BF BF', kind: 'overlong', at: 0, what: 'U+FFFF in four bytes' },
  { bytes: 'ED A0 80', kind: 'surrogate', at: 0, what: 'U+D800' },
  { bytes: 'ED BF BF', kind: 'surrogate', at: 0, what: 'U+DFFF' },
  { bytes: 'F4 90 80 80', kind: 'beyondUnicode', at: 0, what: 'U+110000' },
  { bytes: 'F5 80 80 80', kind: 'beyondUnicode', at: 0, what: 'a start byte beyond the last' },
  { bytes: 'F8 88 80 80 80', kind: 'notUtf8', at: 0, what: 'a start byte of five' },
  { bytes: 'FF', kind: 'notUtf8', at: 0, what: '0xFF' },
  { bytes: '61 C3', kind: 'truncated', at: 1, what: 'two bytes cut after one' },
  { bytes: 'E2 82', kind: 'truncated', at: 0, what: 'three bytes cut after two' },
  { bytes: 'F0 9F 98', kind: 'truncated', at: 0, what: 'four bytes cut after three' },
  { bytes: 'C3 28', kind: 'notUtf8', at: 0, what: 'a second byte that is ASCII' },
  { bytes: 'E2 28 A1', kind: 'notUtf8', at: 0, what: 'a second byte of three that is ASCII' },
  { bytes: 'E2 82 28', kind: 'notUtf8', at: 0, what: 'a third byte that is ASCII' },
  { bytes: 'F0 9F 98 C0', kind: 'notUtf8', at: 0, what: 'a fourth byte that starts another' },
] as const) {
  test(`[MQTT-1.5.3-1 3.1.1] [MQTT-1.5.4-1] ${what} (${bytes}) is no string, at byte ${at}`, () => {
    const data = hex(bytes);
    assert.equal(decodeUtf8(data, 0, data.length), undefined);
    assert.deepEqual(findUtf8Problem(data, 0, data.length), { kind, at });
  });

  test(`[MQTT-1.5.3-2 3.1.1] [MQTT-1.5.4-2] a topic with ${what} is refused with the byte's place`, () => {
    const data = hex(bytes);
    for (const version of [4, 5] as const) {
      const isNull = kind === 'nullCharacter';
      const section = version === 5 ? 'MQTT-1.5.4' : 'MQTT-1.5.3';
      assertDecodeFault(
        framed(0x30, Buffer.concat([Buffer.of(0, data.length), data, Buffer.of(0)])),
        version,
        {
          code: isNull ? 'string-null-character' : 'string-ill-formed',
          reasonCode: 0x81,
          clause: `${section}-${isNull ? 2 : 1}`,
          byteOffset: 4 + at,
          packetKind: 'publish',
          message: new RegExp(`^Byte ${at + 1} of ${data.length} of the topic name`),
        },
      );
    }
  });
}

test('every pair and triple of bytes is judged as the platform judges it', () => {
  const platform = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const interesting = [
    0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee,
    0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf7, 0xf8, 0xff,
  ];
  const check = (bytes: Buffer): void => {
    let expected: string | undefined;
    try {
      expected = platform.decode(bytes);
    } catch {
      expected = undefined;
    }
    assert.equal(decodeUtf8(bytes, 0, bytes.length), expected, bytes.toString('hex'));
  };
  for (const a of interesting) {
    for (const b of interesting) {
      check(Buffer.of(a, b));
      for (const c of interesting) {
        check(Buffer.of(a, b, c));
        check(Buffer.of(a, b, c, 0x80));
      }
    }
  }
});

test('strings without a UTF-8 form are refused by the encoder', () => {
  for (const text of ['a\u0000b', '\ud800', 'a\udc00', '\ud800a', '\ud83d\ud83d\ude00']) {
    assert.throws(() => utf8Bytes(text), RangeError);
  }
});
