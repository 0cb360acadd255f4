/** MessagePack: every first byte, what another encoder writes, and bytes that are not MessagePack. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encode } from '@msgpack/msgpack';
import { hex } from '../../support/bytes.ts';
import { decodeAs, decodedOf, failureOf, jsonOf, jsonTextOf, offered } from '../../support/decoding.ts';

const messagePack = (payload: Uint8Array) => decodeAs('messagePack', payload);

const examples: [what: string, bytes: string, json: string][] = [
  ['positive fixint', '7F', '127'],
  ['negative fixint', 'E0', '-32'],
  ['nil', 'C0', 'null'],
  ['false', 'C2', 'false'],
  ['true', 'C3', 'true'],
  ['uint 8', 'CC FF', '255'],
  ['uint 16', 'CD 01 00', '256'],
  ['uint 32', 'CE FF FF FF FF', '4294967295'],
  ['uint 64', 'CF FF FF FF FF FF FF FF FF', '18446744073709551615'],
  ['int 8', 'D0 80', '-128'],
  ['int 16', 'D1 80 00', '-32768'],
  ['int 32', 'D2 80 00 00 00', '-2147483648'],
  ['int 64', 'D3 80 00 00 00 00 00 00 00', '-9223372036854775808'],
  ['float 32', 'CA 3D CC CC CD', '0.1'],
  ['float 64', 'CB 3F F1 99 99 99 99 99 9A', '1.1'],
  ['float 64 that is NaN', 'CB 7F F8 00 00 00 00 00 00', '{"$float": "NaN"}'],
  ['fixstr', 'A2 "ab"', '"ab"'],
  ['str 8', 'D9 02 "ab"', '"ab"'],
  ['str 16', 'DA 00 02 "ab"', '"ab"'],
  ['str 32', 'DB 00 00 00 02 "ab"', '"ab"'],
  ['bin 8', 'C4 02 01 02', '{"$bytes": "0102"}'],
  ['bin 16', 'C5 00 01 FF', '{"$bytes": "ff"}'],
  ['bin 32', 'C6 00 00 00 00', '{"$bytes": ""}'],
  ['fixarray', '92 01 02', '[\n  1,\n  2\n]'],
  ['array 16', 'DC 00 01 01', '[\n  1\n]'],
  ['array 32', 'DD 00 00 00 00', '[]'],
  ['fixmap', '81 A1 "a" 01', '{\n  "a": 1\n}'],
  ['map 16', 'DE 00 01 A1 "a" 01', '{\n  "a": 1\n}'],
  ['map 32', 'DF 00 00 00 00', '{}'],
];
for (const [what, bytes, json] of examples) {
  test(`${what} is read`, async () => assert.equal(jsonTextOf(await messagePack(hex(bytes))), json));
}

const extensions: [what: string, bytes: string, expected: unknown][] = [
  ['fixext 1', 'D4 05 01', { $extension: 5, $value: { $bytes: '01' } }],
  ['fixext 2', 'D5 80 01 02', { $extension: -128, $value: { $bytes: '0102' } }],
  ['ext 8', 'C7 03 05 01 02 03', { $extension: 5, $value: { $bytes: '010203' } }],
  ['ext 16', 'C8 00 01 05 01', { $extension: 5, $value: { $bytes: '01' } }],
  ['ext 32', 'C9 00 00 00 01 05 01', { $extension: 5, $value: { $bytes: '01' } }],
  ['timestamp 32', 'D6 FF 51 4B 67 B0', { $date: '2013-03-21T20:04:00Z' }],
  ['timestamp 64', 'D7 FF 77 35 94 00 51 4B 67 B0', { $date: '2013-03-21T20:04:00.500000000Z' }],
  [
    'timestamp 96',
    'C7 0C FF 00 00 00 01 FF FF FF FF FF FF FF FF',
    { $date: '1969-12-31T23:59:59.000000001Z' },
  ],
  ['a timestamp of no known length', 'D4 FF 01', { $extension: -1, $value: { $bytes: '01' } }],
];
for (const [what, bytes, expected] of extensions) {
  test(`${what} is read`, async () => assert.deepEqual(jsonOf(await messagePack(hex(bytes))), expected));
}

test('what another encoder writes is read as it was', async () => {
  const value = { t: 21.5, list: [1, -1, 2 ** 40, 'x'.repeat(300)], none: null, on: true, inner: { a: [] } };
  assert.deepEqual(jsonOf(await messagePack(encode(value))), value);
  const date = new Date('2026-01-02T03:04:05.678Z');
  assert.deepEqual(jsonOf(await messagePack(encode(date))), { $date: '2026-01-02T03:04:05.678000000Z' });
});

test('a 64-bit integer is a bigint where a number would round it', async () => {
  const { value } = decodedOf(
    await messagePack(hex('92 CF FF FF FF FF FF FF FF FF CF 00 00 00 00 00 00 00 01')),
  );
  assert.deepEqual(value, [18446744073709551615n, 1]);
});

const broken: [what: string, bytes: string, atByte: number, message: RegExp][] = [
  ['the byte that is never used', '81 A1 "a" C1', 3, /byte 0xc1 at offset 3/],
  ['a value behind the value', '81 A1 "a" 01 02 03', 4, /ends at byte 4, and 2 more bytes follow/],
  ['a map that is cut', '82 A1 "a" 01', 1, /4 values are announced, and 3 bytes follow/],
  ['a list longer than any payload', 'DD FF FF FF FF', 5, /4294967295 values are announced/],
  ['a string that is cut', 'A5 "abc"', 1, /5 more are needed, and 3 are there/],
  ['a string that is not UTF-8', 'A1 FF', 0, /not UTF-8/],
  ['nothing', '', 0, /too early/],
];
for (const [what, bytes, atByte, message] of broken) {
  test(`${what} is a failure with its offset`, async () => {
    const failure = failureOf(await messagePack(hex(bytes)));
    assert.match(failure.message, message);
    assert.equal(failure.atByte, atByte);
  });
}

test('a hundred thousand nested lists are a failure, and no overflow', async () => {
  const failure = failureOf(await messagePack(new Uint8Array(100_000).fill(0x91)));
  assert.match(failure.message, /more than 500 levels/);
});

test('a map that takes all bytes is the first offer; text is never taken for MessagePack', () => {
  assert.equal(offered(encode({ temperature: 21.5, unit: 'C' }))[0], 'messagePack');
  for (const text of ['a', '42', '\t', 'OK', '\n\n', 'é', '{}']) {
    assert.ok(!offered(text).includes('messagePack'), text);
  }
  assert.equal(offered(hex('2A'), { contentType: 'application/x-msgpack' })[0], 'messagePack');
});

test('of a map that was cut, the format is still offered', () => {
  const payload = encode({ list: Array.from({ length: 100 }, (_, i) => i * 1000) });
  assert.ok(offered(payload.subarray(0, 150), { isCut: true }).includes('messagePack'));
});
