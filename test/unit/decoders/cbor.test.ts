/** CBOR: the examples of RFC 8949, what another encoder writes, and bytes that are not CBOR. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encode, Tag } from 'cbor2';
import { hex } from '../../support/bytes.ts';
import { decodeAs, decodedOf, failureOf, jsonOf, jsonTextOf, offered } from '../../support/decoding.ts';

const cbor = (payload: Uint8Array) => decodeAs('cbor', payload);

/** Of RFC 8949, appendix A. */
const examples: [bytes: string, json: string][] = [
  ['00', '0'],
  ['17', '23'],
  ['18 18', '24'],
  ['19 03 E8', '1000'],
  ['1A 00 0F 42 40', '1000000'],
  ['1B 00 00 00 E8 D4 A5 10 00', '1000000000000'],
  ['1B FF FF FF FF FF FF FF FF', '18446744073709551615'],
  ['C2 49 01 00 00 00 00 00 00 00 00', '18446744073709551616'],
  ['3B FF FF FF FF FF FF FF FF', '-18446744073709551616'],
  ['C3 49 01 00 00 00 00 00 00 00 00', '-18446744073709551617'],
  ['20', '-1'],
  ['38 63', '-100'],
  ['F9 00 00', '0'],
  ['F9 80 00', '-0'],
  ['F9 3C 00', '1'],
  ['FB 3F F1 99 99 99 99 99 9A', '1.1'],
  ['F9 7B FF', '65504'],
  ['FA 47 C3 50 00', '100000'],
  ['F9 00 01', '5.960464477539063e-8'],
  ['F9 C4 00', '-4'],
  ['F9 7C 00', '{"$float": "Infinity"}'],
  ['FA 7F C0 00 00', '{"$float": "NaN"}'],
  ['FB FF F0 00 00 00 00 00 00', '{"$float": "-Infinity"}'],
  ['F4', 'false'],
  ['F6', 'null'],
  ['F7', '{"$undefined": true}'],
  ['F0', '{\n  "$simple": 16\n}'],
  ['F8 FF', '{\n  "$simple": 255\n}'],
  ['44 01 02 03 04', '{"$bytes": "01020304"}'],
  ['64 49 45 54 46', '"IETF"'],
  ['62 22 5C', '"\\"\\\\"'],
  ['62 C3 BC', '"ü"'],
  ['80', '[]'],
  ['A0', '{}'],
  ['5F 42 01 02 43 03 04 05 FF', '{"$bytes": "0102030405"}'],
  ['7F 65 73 74 72 65 61 64 6D 69 6E 67 FF', '"streaming"'],
];
for (const [bytes, json] of examples) {
  test(`${bytes} is ${json.replace(/\s+/g, ' ')}`, async () => {
    assert.equal(jsonTextOf(await cbor(hex(bytes))), json);
  });
}

test('lists and maps are read with their length and without', async () => {
  const withLength = hex(`
    82                    # list of 2
      01
      A2                  # map of 2
        61 "a" 82 02 03   # "a": [2, 3]
        61 "b" F5         # "b": true
  `);
  const indefinite = hex(`
    9F                         # list, to its break
      01
      BF                       # map, to its break
        61 "a" 9F 02 03 FF
        61 "b" F5
      FF
    FF
  `);
  assert.deepEqual(jsonOf(await cbor(withLength)), [1, { a: [2, 3], b: true }]);
  assert.deepEqual(jsonOf(await cbor(indefinite)), [1, { a: [2, 3], b: true }]);
});

test('keys that are integers become keys of an object, as constrained devices send them', async () => {
  assert.deepEqual(jsonOf(await cbor(hex('A2 01 18 2A 20 02'))), { 1: 42, '-1': 2 });
});

test('a map with keys of other kinds, or with two that look the same, loses nothing', async () => {
  assert.deepEqual(jsonOf(await cbor(hex('A1 80 01'))), { $map: [[[], 1]] });
  assert.deepEqual(jsonOf(await cbor(hex('A2 01 02 61 "1" 03'))), {
    $map: [
      [1, 2],
      ['1', 3],
    ],
  });
});

test('the key __proto__ is a field like any other', async () => {
  const outcome = await cbor(hex('A1 69 "__proto__" 01'));
  assert.match(jsonTextOf(outcome), /"__proto__": 1/);
  assert.equal(Object.getPrototypeOf(decodedOf(outcome).value), Object.prototype);
});

test('times are dates, and other tags keep their number', async () => {
  assert.deepEqual(jsonOf(await cbor(hex('C1 1A 51 4B 67 B0'))), { $date: '2013-03-21T20:04:00Z' });
  assert.deepEqual(jsonOf(await cbor(hex('C1 FB 41 D4 52 D9 EC 20 00 00'))), {
    $date: '2013-03-21T20:04:00.500000Z',
  });
  assert.deepEqual(jsonOf(await cbor(hex('C0 74 "2013-03-21T20:04:00Z"'))), {
    $date: '2013-03-21T20:04:00Z',
  });
  assert.deepEqual(jsonOf(await cbor(hex('D8 20 64 "coap"'))), { $tag: 32, $value: 'coap' });
  assert.deepEqual(jsonOf(await cbor(hex('D9 D9 F7 81 01'))), [1]); // self-described
});

test('a 32-bit float has as few digits as tell it apart', async () => {
  assert.equal(jsonTextOf(await cbor(hex('FA 3D CC CC CD'))), '0.1');
});

test('values are there for plots as JavaScript has them', async () => {
  const payload = hex('A3 61 "n" 1B FF FF FF FF FF FF FF FF 61 "b" 41 01 61 "f" F9 7E 00');
  assert.deepEqual(decodedOf(await cbor(payload)).value, {
    n: 18446744073709551615n,
    b: Uint8Array.of(1),
    f: Number.NaN,
  });
});

test('what another encoder writes is read as it was', async () => {
  const value = { t: 21.5, list: [1, -1, 2 ** 40, 'x'.repeat(300)], none: null, on: true, inner: { a: [] } };
  assert.deepEqual(jsonOf(await cbor(encode(value))), value);
  assert.deepEqual(jsonOf(await cbor(encode(new Tag(40000, [1])))), { $tag: 40000, $value: [1] });
});

test('items one behind the other are shown as a list, with a note', async () => {
  const outcome = await cbor(hex('A1 61 "a" 01  A1 61 "a" 02'));
  assert.deepEqual(jsonOf(outcome), [{ a: 1 }, { a: 2 }]);
  assert.deepEqual(decodedOf(outcome).notes, ['2 CBOR items, one behind the other, shown as an array.']);
});

const broken: [what: string, bytes: string, atByte: number, message: RegExp][] = [
  ['nothing', '', 0, /empty/],
  [
    'garbage behind the item',
    'A1 61 "a" 01 FF',
    4,
    /ends at byte 4, and 1 byte follows that is no further item/,
  ],
  ['an item that is cut', 'A2 61 "a" 01', 0, /byte 0 takes 4 more or longer, and 3 follow/],
  ['a text longer than the payload', '65 "abc"', 0, /takes 5 more or longer, and 3 follow/],
  ['a list longer than any payload', '9B FF FF FF FF FF FF FF FF', 0, /takes 18446744073709551615 more/],
  ['a break without a begin', '81 FF', 1, /byte 0xff at offset 1/],
  ['a reserved length', '1C', 0, /byte 0x1c at offset 0/],
  ['a text chunk within bytes', '5F 61 "a" FF', 1, /byte 0x61 at offset 1/],
  ['a text that is not UTF-8', '81 61 FF', 1, /not UTF-8/],
  ['a simple value in too many bytes', 'F8 10', 0, /byte 0xf8/],
];
for (const [what, bytes, atByte, message] of broken) {
  test(`${what} is a failure with its offset`, async () => {
    const failure = failureOf(await cbor(hex(bytes)));
    assert.match(failure.message, message);
    assert.equal(failure.atByte, atByte);
  });
}

test('a hundred thousand nested lists are a failure, and no overflow', async () => {
  assert.match(failureOf(await cbor(new Uint8Array(100_000).fill(0x81))).message, /more than 500 levels/);
});

test('a payload of a million items is a failure, and not a document of a million lines', async () => {
  const payload = new Uint8Array(1_000_005);
  payload.set(hex('9A 00 0F 42 40'));
  assert.match(failureOf(await cbor(payload)).message, /too many values/);
});

test('a map of text keys that takes all bytes is the first offer; text and short numbers are never taken for CBOR', () => {
  assert.deepEqual(offered(encode({ temperature: 21.5, unit: 'C' }))[0], 'cbor');
  assert.equal(offered(hex('D9 D9 F7 00'))[0], 'cbor');
  for (const text of ['aa', 'a', 'x', 'iiiiiiiii', '  ', 'OK', '21.5', 'température']) {
    assert.ok(!offered(text).includes('cbor'), text);
  }
  assert.notEqual(offered(hex('19 03 E8 00'))[0], 'cbor');
  assert.equal(offered('a', { contentType: 'application/cbor' })[0], 'cbor');
});

test('a time that is not a number, or none that a calendar has, is shown as what it is', async () => {
  assert.deepEqual(jsonOf(await cbor(hex('C1 F9 7E 00'))), { $tag: 1, $value: { $float: 'NaN' } });
  assert.deepEqual(jsonOf(await cbor(hex('C1 F9 7C 00'))), { $tag: 1, $value: { $float: 'Infinity' } });
});
