/** Text, and its encodings. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex } from '../../support/bytes.ts';
import { decodeAs, decodedOf, failureOf, offered } from '../../support/decoding.ts';

async function textOf(payload: Uint8Array, encoding?: string): Promise<[text: string, encoding: string]> {
  const { view } = decodedOf(await decodeAs('text', payload, encoding === undefined ? {} : { encoding }));
  if (view.kind !== 'text') assert.fail(`a ${view.kind} view`);
  return [view.text, view.encoding];
}

test('UTF-8 is found out, and is the first offer for text', async () => {
  const payload = new TextEncoder().encode('21.5 °C, außen');
  assert.equal(offered(payload)[0], 'text');
  assert.deepEqual(await textOf(payload), ['21.5 °C, außen', 'utf-8']);
});

test('a byte order mark tells UTF-16 of both byte orders, and is not part of the text', async () => {
  const little = hex('FF FE 41 00 AC 20'); // mark, A, €
  const big = hex('FE FF 00 41 20 AC');
  assert.equal(offered(little)[0], 'text');
  assert.deepEqual(await textOf(little), ['A€', 'utf-16le']);
  assert.deepEqual(await textOf(big), ['A€', 'utf-16be']);
  assert.deepEqual(await textOf(hex('EF BB BF 41')), ['A', 'utf-8']);
});

test('other encodings come by choice', async () => {
  assert.deepEqual(await textOf(hex('CE C2 B6 C8'), 'gbk'), ['温度', 'gbk']); // "temperature"
  assert.deepEqual(await textOf(hex('D2 E5'), 'windows-1251'), ['Те', 'windows-1251']);
  assert.deepEqual(await textOf(hex('41 00 AC 20'), 'UTF-16LE'), ['A€', 'utf-16le']);
});

test('Latin-1 is ISO 8859-1, in which 0x80 is a control character and not the euro sign', async () => {
  assert.deepEqual(await textOf(hex('B0 43 80'), 'latin1'), ['°C\u0080', 'iso-8859-1']);
  assert.deepEqual(await textOf(hex('B0 43 80'), 'windows-1252'), ['°C€', 'windows-1252']);
});

test('an encoding that nobody knows is a failure that names some', async () => {
  const failure = failureOf(await decodeAs('text', 'a', { encoding: 'klingon' }));
  assert.match(failure.message, /“klingon” is not known.*gbk/);
});

test('bytes that are not UTF-8 are counted, and the first has its offset', async () => {
  const { notes, view } = decodedOf(await decodeAs('text', hex('"21 " B0 "C" FF')));
  assert.deepEqual(notes, ['2 bytes are not valid utf-8, the first at byte 3.']);
  assert.deepEqual(view, { kind: 'text', text: '21 \udcb0C\udcff', encoding: 'utf-8' });
});

test('the first invalid byte of another encoding is found too', async () => {
  const { notes } = decodedOf(await decodeAs('text', hex('CE C2 FF 41 CE C2'), { encoding: 'gbk' }));
  assert.deepEqual(notes, ['1 character is not valid gbk, the first at byte 2.']);
});

test('an offset counts from the payload, with its byte order mark', async () => {
  const { notes } = decodedOf(await decodeAs('text', hex('EF BB BF 41 FF')));
  assert.deepEqual(notes, ['1 byte is not valid utf-8, the first at byte 4.']);
});

test('a character that was cut with the payload is not called invalid', async () => {
  const cut = hex('41 E2 82');
  assert.deepEqual(decodedOf(await decodeAs('text', cut, {}, { isCut: true })).notes, []);
  assert.equal(decodedOf(await decodeAs('text', cut)).notes.length, 1);
  const gbk = await decodeAs('text', hex('CE C2 B6'), { encoding: 'gbk' }, { isCut: true });
  assert.deepEqual([decodedOf(gbk).value, decodedOf(gbk).notes], ['温', []]);
});

test('control characters make text improbable', () => {
  assert.ok(!offered(hex('01 02 41 42')).includes('text'));
  assert.equal(offered(hex('"a line" 0D 0A 09 "and more" 00'))[0], 'text'); // of C, with its NUL
});

test('a line with a damaged byte is still offered as text, before hex', () => {
  const line = hex('"Temperatur 21 " B0 "C"');
  assert.deepEqual(offered(line), ['text', 'hex']);
});

test('a text that is a number has a number as its value', async () => {
  assert.equal(decodedOf(await decodeAs('text', ' -21.5e1\n')).value, -215);
  assert.equal(decodedOf(await decodeAs('text', '21.5 C')).value, '21.5 C');
});

test('an empty payload is an empty text', async () => {
  assert.equal(offered('')[0], 'text');
  assert.deepEqual(await textOf(new Uint8Array(0)), ['', 'utf-8']);
});

test('of a text longer than 16 MiB, the first 16 are shown and that is told', async () => {
  const { view, notes } = decodedOf(await decodeAs('text', new Uint8Array(16 * 1024 * 1024 + 1).fill(0x61)));
  assert.equal(view.kind === 'text' && view.text.length, 16 * 1024 * 1024);
  assert.deepEqual(notes, ['Only the first 16 MiB are shown as text.']);
});
