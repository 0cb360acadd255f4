/** The forms in C, read as text. test/clients/copyAs.test.ts compiles and runs them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cArray } from '../../../../../src/extension/payload/copyAs/cArray.ts';
import { cComment } from '../../../../../src/extension/payload/copyAs/cComment.ts';
import { cString } from '../../../../../src/extension/payload/copyAs/cString.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The literals, without the comment. */
const literalsOf = (text: string): string[] => cString('t', bytesOf(text)).trimEnd().split('\n').slice(1);

test('a string literal is the text, and its comment says how long it is and of which topic', () => {
  assert.equal(cString('plant/t', bytesOf('21.5')), '/* plant/t: 4 bytes */\n"21.5"\n');
  assert.equal(cString('plant/t', bytesOf('1')), '/* plant/t: 1 byte */\n"1"\n');
});

test('an empty payload is an empty literal, and an array of one: C has none that is empty', () => {
  assert.equal(cString('t', new Uint8Array()), '/* t: 0 bytes */\n""\n');
  assert.equal(cArray('t', new Uint8Array()), '/* t: 0 bytes */\nconst uint8_t payload[1] = { 0x00 };\n');
});

test('quotes, backslashes and control characters are escaped', () => {
  assert.deepEqual(literalsOf('{"a":"\\n"}\t\r'), ['"{\\"a\\":\\"\\\\n\\"}\\t\\r"']);
});

test('a hexadecimal escape is closed before a hex digit, and before nothing else', () => {
  assert.deepEqual(literalsOf('\u001bc\u001bG\u001b\u001b1é'), ['"\\x1b" "c\\x1bG\\x1b\\x1b" "1\\xc3\\xa9"']);
});

test('no two question marks stand side by side: they could begin a trigraph', () => {
  assert.deepEqual(literalsOf('what??!??/'), ['"what?\\?!?\\?/"']);
  assert.deepEqual(literalsOf('????'), ['"?\\?\\?\\?"']);
});

test('a line of the payload is a line of the literal, and a long one is wrapped between characters', () => {
  assert.deepEqual(literalsOf('one\ntwo\n'), ['"one\\n"', '"two\\n"']);
  const lines = literalsOf('\u001b'.repeat(100));
  assert.ok(
    lines.every((line) => /^"(?:\\x1b)+"$/.test(line) && line.length <= 78),
    lines.join('\n'),
  );
  assert.equal(lines.join('').replaceAll('""', ''), `"${'\\x1b'.repeat(100)}"`);
});

test('an array has twelve bytes a line', () => {
  assert.equal(
    cArray(
      'plant/adc',
      Uint8Array.from({ length: 14 }, (_, i) => i * 17),
    ),
    [
      '/* plant/adc: 14 bytes */',
      'const uint8_t payload[] = {',
      '  0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb,',
      '  0xcc, 0xdd,',
      '};',
      '',
    ].join('\n'),
  );
});

test('a topic can’t end the comment, begin another or be a trigraph, and is cut', () => {
  assert.equal(cComment('a*/ int x; /*b??/c', 2), '/* a* / int x; / *b? ?/c: 2 bytes */');
  assert.equal(cComment('*/*/', 2), '/* * / * /: 2 bytes */');
  assert.equal(cComment('a\nb\u202e', 2), '/* a␊b<U+202E>: 2 bytes */');
  assert.ok(cComment('x'.repeat(65_535), 2).length < 110);
});
