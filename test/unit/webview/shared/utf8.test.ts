import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeUtf8, textSegments, withoutTerminalSequences } from '../../../../src/webview/shared/utf8.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const shown = (payload: Uint8Array, isCut = false): string =>
  textSegments(decodeUtf8(payload, isCut).text)
    .map((segment) => (segment.kind === 'text' ? segment.text : `<${segment.text}>`))
    .join('');

test('valid UTF-8 of every length is decoded as it is, a byte order mark kept', () => {
  const text = 'a é € 😀 \u{FFFF} שלום';
  assert.deepEqual(decodeUtf8(new TextEncoder().encode(text), false), { text, invalidByteCount: 0 });
  assert.equal(decodeUtf8(bytes(0xef, 0xbb, 0xbf, 0x61), false).text, '\u{FEFF}a');
});

const invalid: [what: string, payload: Uint8Array, expected: string][] = [
  ['a lone continuation byte', bytes(0x61, 0x80, 0x62), 'a<\\x80>b'],
  ['0xFF and 0xFE', bytes(0xff, 0xfe, 0x61), '<\\xFF\\xFE>a'],
  ['an overlong slash', bytes(0xc0, 0xaf), '<\\xC0\\xAF>'],
  ['an overlong three-byte form', bytes(0xe0, 0x80, 0xaf), '<\\xE0\\x80\\xAF>'],
  ['an encoded surrogate', bytes(0xed, 0xa0, 0x80), '<\\xED\\xA0\\x80>'],
  ['a code point above U+10FFFF', bytes(0xf4, 0x90, 0x80, 0x80), '<\\xF4\\x90\\x80\\x80>'],
  ['a lead byte followed by a letter', bytes(0xe2, 0x82, 0x61), '<\\xE2\\x82>a'],
  ['an unfinished character at the end', bytes(0x61, 0xe2, 0x82), 'a<\\xE2\\x82>'],
  ['an emoji between invalid bytes', bytes(0xff, 0xf0, 0x9f, 0x98, 0x80, 0xff), '<\\xFF>😀<\\xFF>'],
];
for (const [what, payload, expected] of invalid) {
  test(`${what} is shown as a marker, and what is around it as text`, () => {
    assert.equal(shown(payload), expected);
  });
}

test('the decoder for invalid bytes agrees with TextDecoder on everything that is valid', () => {
  const codePoints = Array.from({ length: 5000 }, (_, i) => 0x20 + i * 37);
  const isSurrogate = (codePoint: number) => codePoint >= 0xd800 && codePoint <= 0xdfff;
  const text = String.fromCodePoint(...codePoints.filter((codePoint) => !isSurrogate(codePoint)));
  const payload = new Uint8Array([...new TextEncoder().encode(text), 0xff]);
  const decoded = decodeUtf8(payload, false);
  assert.equal(decoded.text, `${text}\u{DCFF}`);
  assert.equal(decoded.invalidByteCount, 1);
});

test('a payload that was cut within a character is not called invalid', () => {
  const euro = bytes(0x61, 0xe2, 0x82, 0xac);
  for (let length = 1; length <= 4; length++) {
    assert.equal(shown(euro.subarray(0, length), true), length === 4 ? 'a€' : 'a');
  }
  assert.equal(shown(bytes(0x61, 0x80), true), 'a<\\x80>');
  assert.equal(shown(bytes(0xf0, 0x9f, 0x98), true), '');
});

test('control characters and marks that reorder text are markers; tab and line ends are text', () => {
  assert.equal(shown(new TextEncoder().encode('a\rb\u007f\r\n\tok\0')), 'a<CR>b<DEL>\r\n\tok<NUL>');
  assert.equal(shown(new TextEncoder().encode('user\u202eexe.txt\u200b')), 'user<U+202E>exe.txt<U+200B>');
});

test('a terminal sequence is one marker, and can be left out at a glance', () => {
  const line = '\u001b[0;32mI (1) wifi\u001b[0m \u001b';
  assert.equal(shown(new TextEncoder().encode(line)), '<ESC[0;32m>I (1) wifi<ESC[0m> <ESC>');
  assert.equal(withoutTerminalSequences(line), 'I (1) wifi \u001b');
});

test('right-to-left text and joined emoji are text', () => {
  const text = 'שלום עולם 👩‍💻';
  assert.equal(shown(new TextEncoder().encode(text)), text);
});
