import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  classifyPayload,
  cutText,
  makeVisible,
  previewPayload,
  toHex,
} from '../../../../src/extension/payload/payloadText.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

test('a short text is shown whole', () => {
  const bytes = bytesOf('21.4 °C');
  assert.deepEqual(previewPayload(bytes, bytes.length, 48), { kind: 'text', text: '21.4 °C', isCut: false });
});

test('an empty payload is empty, not an empty text', () => {
  assert.deepEqual(previewPayload(new Uint8Array(), 0, 48), { kind: 'empty' });
});

test('a long text is cut between characters, not inside of one', () => {
  const bytes = bytesOf('🌡🌡🌡🌡');
  assert.deepEqual(previewPayload(bytes, bytes.length, 2), { kind: 'text', text: '🌡🌡', isCut: true });
});

test('a preview that ends inside of a character is text still, at each place where the cut may be', () => {
  const bytes = bytesOf('a🌡');
  for (let length = 1; length < bytes.length; length++) {
    assert.deepEqual(
      previewPayload(bytes.subarray(0, length), bytes.length, 48),
      { kind: 'text', text: 'a', isCut: true },
      `${length} bytes`,
    );
  }
});

test('a whole payload that ends inside of a character is binary', () => {
  const bytes = Uint8Array.of(0x61, 0xf0, 0x9f);
  assert.deepEqual(previewPayload(bytes, bytes.length, 48), {
    kind: 'binary',
    hex: '61 F0 9F',
    isCut: false,
  });
});

test('bytes that are not UTF-8 are shown as hex, as many as fit', () => {
  const bytes = Uint8Array.of(0xff, 0x00, 0x10, 0xab);
  assert.deepEqual(previewPayload(bytes, 4, 9), { kind: 'binary', hex: 'FF 00 10', isCut: true });
});

test('UTF-8 with a null or an odd control character is binary', () => {
  for (const byte of [0x00, 0x01, 0x06, 0x0e, 0x1a, 0x1f]) {
    const bytes = Uint8Array.of(0x61, byte, 0x61);
    assert.equal(previewPayload(bytes, 3, 48).kind, 'binary', `0x${byte.toString(16)}`);
  }
});

test('a C string with the NUL that ends it is text', () => {
  const bytes = bytesOf('online\0');
  assert.deepEqual(previewPayload(bytes, 7, 48), { kind: 'text', text: 'online␀', isCut: false });
});

test('tabs, line ends and ANSI escapes are text, and visible', () => {
  const bytes = bytesOf('a\tb\r\nc\u001b[31m');
  assert.deepEqual(previewPayload(bytes, bytes.length, 48), {
    kind: 'text',
    text: 'a␉b␍␊c␛[31m',
    isCut: false,
  });
});

test('what turns the direction of a text or hides in it is shown as its code point', () => {
  assert.equal(makeVisible('abc\u202egpj.exe'), 'abc<U+202E>gpj.exe');
  assert.equal(makeVisible('a\u200bb\ufeff\u2066\u00ad\u2028'), 'a<U+200B>b<U+FEFF><U+2066><U+00AD><U+2028>');
  assert.equal(makeVisible('\u007f\u0085'), '␡<U+0085>');
  assert.equal(makeVisible('\u{e0041}'), '<U+E0041>');
});

test('joiners, of which emoji and scripts are made, stay', () => {
  assert.equal(makeVisible('👩‍🔧 می‌خواهم'), '👩‍🔧 می‌خواهم');
});

test('markup is text like any', () => {
  const bytes = bytesOf('<b>$(flame) [x](command:y)</b>');
  assert.deepEqual(previewPayload(bytes, bytes.length, 48), {
    kind: 'text',
    text: '<b>$(flame) [x](command:y)</b>',
    isCut: false,
  });
});

test('a cut text has an ellipsis in place of its last character', () => {
  assert.equal(cutText('abcdef', 4), 'abc…');
  assert.equal(cutText('abcd', 4), 'abcd');
  assert.equal(cutText('🌡🌡🌡', 3), '🌡🌡🌡');
  assert.equal(cutText('🌡🌡🌡', 2), '🌡…');
});

test('objects and arrays are JSON documents, single values and broken ones are text', () => {
  assert.equal(classifyPayload(bytesOf(' {"a": 1}')).kind, 'json');
  assert.equal(classifyPayload(bytesOf('[1]\n')).kind, 'json');
  for (const text of ['21.4', '"on"', 'true', '{"a":', 'hello', '']) {
    assert.deepEqual(classifyPayload(bytesOf(text)), { kind: 'text', text });
  }
  assert.deepEqual(classifyPayload(Uint8Array.of(0xff)), { kind: 'binary' });
});

test('a byte order mark is part of the text', () => {
  assert.deepEqual(classifyPayload(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)), { kind: 'text', text: '\ufeffa' });
});

test('hex has two digits a byte', () => {
  assert.equal(toHex(Uint8Array.of(0, 10, 255)), '000AFF');
  assert.equal(toHex(Uint8Array.of(0, 10, 255), ' '), '00 0A FF');
});
