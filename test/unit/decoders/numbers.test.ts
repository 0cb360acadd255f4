/** Bare numbers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DecodeSettings } from '../../../src/decoders/decoder.ts';
import { hex } from '../../support/bytes.ts';
import { decodeAs, decodedOf, failureOf, offered } from '../../support/decoding.ts';

async function readings(payload: Uint8Array, settings?: DecodeSettings): Promise<Record<string, string>> {
  const { view } = decodedOf(await decodeAs('numbers', payload, settings));
  if (view.kind !== 'numbers') assert.fail(`a ${view.kind} view`);
  return Object.fromEntries(view.readings.map(({ type, value, offset }) => [`${type} @${offset}`, value]));
}

test('one byte is a number with a sign and one without', async () => {
  assert.deepEqual(await readings(hex('FE')), { 'int8 @0': '-2', 'uint8 @0': '254' });
});

test('two bytes are read in both byte orders', async () => {
  assert.deepEqual(await readings(hex('FF 01')), {
    'int16 little endian @0': '511',
    'int16 big endian @0': '-255',
    'uint16 little endian @0': '511',
    'uint16 big endian @0': '65281',
  });
});

test('four bytes are integers and a float', async () => {
  const found = await readings(hex('00 00 AC 41')); // 21.5 of a little-endian device
  assert.equal(found['float32 little endian @0'], '21.5');
  assert.equal(found['uint32 big endian @0'], '44097');
  assert.equal(Object.keys(found).length, 6);
});

test('eight bytes keep every digit', async () => {
  const found = await readings(hex('FF FF FF FF FF FF FF FF'));
  assert.equal(found['uint64 big endian @0'], '18446744073709551615');
  assert.equal(found['int64 little endian @0'], '-1');
  assert.equal(found['float64 little endian @0'], 'NaN');
});

test('a chosen byte order leaves the other out', async () => {
  assert.deepEqual(Object.keys(await readings(hex('00 01'), { byteOrder: 'big' })), [
    'int16 big endian @0',
    'uint16 big endian @0',
  ]);
});

test('the value holds every reading by its name, or the chosen one alone', async () => {
  const all = decodedOf(await decodeAs('numbers', hex('00 01'))).value;
  assert.deepEqual(all, { int16LE: 256, int16BE: 1, uint16LE: 256, uint16BE: 1 });
  const chosen = decodedOf(
    await decodeAs('numbers', hex('00 01'), { numberType: 'uint16', byteOrder: 'big' }),
  );
  assert.equal(chosen.value, 1);
});

test('a chosen type reads an array, and tells what is left over', async () => {
  const { view, notes, value } = decodedOf(
    await decodeAs('numbers', hex('01 00 02 00 03'), { numberType: 'uint16' }),
  );
  assert.deepEqual(value, [1, 2]);
  assert.deepEqual(view.kind === 'numbers' && view.readings.map(({ offset }) => offset), [0, 2]);
  assert.deepEqual(notes, ['The last 1 byte is left over: uint16 takes 2 each.']);
});

test('of a long array the first thousand are shown', async () => {
  const { view, notes } = decodedOf(await decodeAs('numbers', new Uint8Array(5000), { numberType: 'int8' }));
  assert.equal(view.kind === 'numbers' && view.readings.length, 1000);
  assert.deepEqual(notes, ['The first 1000 of 5000 numbers are shown.']);
});

test('three bytes are no number, and that says how to read an array', async () => {
  assert.match(failureOf(await decodeAs('numbers', hex('01 02 03'))).message, /these are 3.*numberType/);
  assert.match(
    failureOf(await decodeAs('numbers', hex('01'), { numberType: 'int32' })).message,
    /takes 4 bytes/,
  );
});

test('numbers are offered for binary payloads of their lengths, and for no text', () => {
  assert.equal(offered(hex('00 00 AC 41'))[0], 'numbers');
  assert.equal(offered(hex('10 27'))[0], 'numbers'); // a field of protobuf by chance
  for (const empty of ['80', 'A0']) assert.equal(offered(hex(empty))[0], 'numbers'); // an empty list, an empty map
  assert.ok(!offered('21.5').includes('numbers'));
  assert.ok(!offered(hex('01 02 03')).includes('numbers'));
});
