/** A text is found in bytes wherever it is, and nowhere else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TextPattern } from '../../../src/model/textPattern.ts';

const encoder = new TextEncoder();

function isIn(pattern: string, text: string): boolean {
  const bytes = encoder.encode(`>>${text}<<`);
  return new TextPattern(pattern).isIn(bytes, 2, bytes.length - 2);
}

test('a text is found at the start, in the middle and at the end, in any case of A to Z', () => {
  assert.ok(isIn('temp', 'Temperature'));
  assert.ok(isIn('ERA', 'temperature'));
  assert.ok(isIn('ure', 'TEMPERATURE'));
  assert.ok(isIn('x', 'X'));
  assert.ok(isIn('', ''));
});

test('what only begins before the bytes, or ends behind them, is not found', () => {
  assert.ok(!isIn('>t', 't'));
  assert.ok(!isIn('t<', 't'));
  assert.ok(!isIn('temperature', 'temp'));
});

test('a text that repeats its own start is found behind a part of it', () => {
  assert.ok(isIn('aab', 'aaab'));
  assert.ok(isIn('abcabd', 'abcabcabd'));
  assert.ok(isIn('Aa[', 'xaA['));
});

test('letters beyond Z are bytes as they are typed', () => {
  assert.ok(isIn('größe', 'GRößE'));
  assert.ok(!isIn('GRÖSSE', 'größe'));
  // Neighbours of A to Z and a to z in the table are no letters.
  assert.ok(!isIn('@', '`'));
  assert.ok(!isIn('[', '{'));
});

test('it is found as a plain search in lower case finds it, over texts of few letters', () => {
  const letters = 'aAbB@`';
  const textOf = (number: number, length: number): string => {
    let text = '';
    for (let rest = number; text.length < length; rest = Math.floor(rest / letters.length))
      text += letters[rest % letters.length];
    return text;
  };
  for (let i = 0; i < 6 ** 5; i++) {
    const text = textOf(i, 5);
    for (const pattern of [textOf(i * 7, 1), textOf(i * 11, 2), textOf(i * 13, 3)])
      assert.equal(
        isIn(pattern, text),
        text.toLowerCase().includes(pattern.toLowerCase()),
        `${pattern} in ${text}`,
      );
  }
});
