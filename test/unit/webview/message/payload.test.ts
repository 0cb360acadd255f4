import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessagePropertiesInfo } from '../../../../src/contracts/messages.ts';
import {
  hexRow,
  hexRowCount,
  layOutText,
  maxReadBytes,
  PayloadContent,
  previewOf,
  type RawTab,
} from '../../../../src/webview/message/payload.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const contentOf = (payload: Uint8Array, properties: MessagePropertiesInfo = {}, truncated = false) =>
  new PayloadContent({ payload, properties, truncated });

const bestTabs: [what: string, payload: Uint8Array, best: RawTab][] = [
  ['a JSON object', utf8('{"temp":21.5}'), 'json'],
  ['a JSON array with white space before it', utf8('\n [1,2]'), 'json'],
  ['a bare number', utf8('21.5'), 'text'],
  ['a bare word', utf8('true'), 'text'],
  ['broken JSON', utf8('{"temp":nan}'), 'text'],
  ['a coloured log line', utf8('\u001b[0;32mI (312) wifi: connected\u001b[0m\r\n'), 'text'],
  ['a C string with its NUL', utf8('online\0'), 'text'],
  ['right-to-left text', utf8('שלום'), 'text'],
  ['invalid UTF-8', Uint8Array.of(0x61, 0xff), 'hex'],
  ['CBOR', Uint8Array.of(0xa1, 0x61, 0x74, 0x18, 0x15), 'hex'],
  ['a float32', Uint8Array.of(0x00, 0x00, 0x20, 0x41), 'hex'],
  ['nothing', new Uint8Array(), 'text'],
];
for (const [what, payload, best] of bestTabs) {
  test(`${what} opens as ${best}`, () => {
    assert.equal(contentOf(payload).bestTab, best);
  });
}

test('a bare number opens as JSON when its content type says so', () => {
  assert.equal(contentOf(utf8('21.5'), { contentType: 'application/JSON' }).bestTab, 'json');
});

test('JSON that was cut is JSON as far as it goes, and JSON that ends early is broken', () => {
  const payload = utf8('{"temp":21.5,"hum');
  const cut = contentOf(payload, {}, true);
  assert.deepEqual([cut.bestTab, cut.isJson, cut.isBrokenJson], ['json', true, false]);
  const broken = contentOf(payload);
  assert.deepEqual([broken.bestTab, broken.isJson, broken.isBrokenJson], ['text', false, true]);
});

test('text that begins with a bracket is not taken for broken JSON', () => {
  assert.equal(contentOf(utf8('[wifi] connected')).isBrokenJson, false);
  assert.equal(contentOf(utf8('[1, 2')).isBrokenJson, true);
});

test('a text takes a row a line, and a long line is broken at the columns', () => {
  const rows = (text: string, columns: number) => {
    const layout = layOutText(text, columns);
    return Array.from({ length: layout.rowCount }, (_, i) => layout.row(i));
  };
  assert.deepEqual(rows('', 10), ['']);
  assert.deepEqual(rows('one\r\ntwo\n', 10), ['one', 'two', '']);
  assert.deepEqual(rows('abcdefghij', 4), ['abcd', 'efgh', 'ij']);
  assert.deepEqual(rows('abcd\nefgh', 4), ['abcd', 'efgh']);
  assert.deepEqual(rows('abc😀d', 4), ['abc', '😀d']);
});

test('text rows lose nothing of a long text', () => {
  const text = Array.from({ length: 3000 }, (_, i) => `line ${i} ${'é😀'.repeat(i % 60)}`).join('\n');
  const layout = layOutText(text, 80);
  let joined = '';
  for (let i = 0; i < layout.rowCount; i++) joined += layout.row(i);
  assert.equal(joined, text.replaceAll('\n', ''));
});

test('a hex row has its offset, its bytes in groups of eight, and their characters', () => {
  const bytes = utf8('0123456789abcdef\u0000~é');
  assert.equal(hexRowCount(bytes, 16), 2);
  assert.deepEqual(hexRow(bytes, 0, 16), {
    offset: '00000000',
    hex: '30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66',
    ascii: '0123456789abcdef',
  });
  assert.deepEqual(hexRow(bytes, 1, 16), { offset: '00000010', hex: '00 7e c3 a9', ascii: '·~··' });
  assert.equal(hexRowCount(new Uint8Array(), 16), 0);
});

test('text and JSON are read from the first 16 MiB, without calling the cut a fault', () => {
  const payload = utf8(`["${'é'.repeat(maxReadBytes / 2)}"]`);
  const content = contentOf(payload);
  assert.equal(content.isBeyondReading, true);
  assert.equal(content.invalidByteCount, 0);
  assert.equal(content.isBrokenJson, false);
  assert.equal(content.bestTab, 'json');
});

test('a preview is one line of text, or bytes when text would say nothing', () => {
  assert.deepEqual(previewOf(utf8('{\n  "a": 1\n}\n'), 14), { kind: 'text', text: '{ "a": 1 }' });
  assert.deepEqual(previewOf(Uint8Array.of(0xa1, 0xff), 2), { kind: 'bytes', hex: 'a1 ff' });
  assert.deepEqual(previewOf(new Uint8Array(), 0), { kind: 'empty' });
});

test('a preview that was cut within a character is still text', () => {
  const euro = utf8('a€').subarray(0, 3);
  assert.deepEqual(previewOf(euro, 4), { kind: 'text', text: 'a' });
  assert.equal(previewOf(euro, 3).kind, 'bytes');
});

test('a part from the middle leaves out the characters that are cut at its ends, and counts its bytes on', () => {
  const bytes = utf8('äöü').subarray(1, 5);
  const part = { offset: 4096, bytes, isLast: false };
  const content = new PayloadContent({ payload: new Uint8Array(), truncated: true }, part);
  assert.equal(content.text, 'ö');
  assert.equal(content.invalidByteCount, 0);
  assert.equal(hexRow(bytes, 0, 16, content.offset).offset, '00001000');
});
