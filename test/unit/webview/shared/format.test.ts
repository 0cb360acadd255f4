import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatByteSize,
  formatClock,
  formatCount,
  formatDateAndTime,
  formatHex,
  formatInterval,
  formatLatency,
  shorten,
} from '../../../../src/webview/shared/format.ts';

const atMs = new Date(2026, 2, 1, 9, 5, 7, 42).getTime();

test('a time is local, with milliseconds, every part padded', () => {
  assert.equal(formatClock(atMs), '09:05:07.042');
  assert.equal(formatDateAndTime(atMs, 'en'), 'Mar 1, 2026, 09:05:07.042');
  assert.equal(formatDateAndTime(atMs, 'de'), '01.03.2026, 09:05:07.042');
});

test('a time with a fraction of a millisecond has its whole milliseconds', () => {
  assert.equal(formatClock(atMs + 0.9), '09:05:07.042');
});

test('an interval is written in the unit that fits it', () => {
  const written = [0, 12, 999, 1002, 59_999, 200_000, 7_500_000].map(formatInterval);
  assert.deepEqual(written, ['0 ms', '12 ms', '999 ms', '1.002 s', '59.999 s', '3 min 20 s', '2 h 5 min']);
});

test('a size has three digits and the unit that fits it', () => {
  const written = [0, 84, 1023, 1024, 1239, 10_240, 1_023_488, 10_485_760, 5e9].map(formatByteSize);
  assert.deepEqual(written, [
    '0 B',
    '84 B',
    '1023 B',
    '1.00 KiB',
    '1.21 KiB',
    '10.0 KiB',
    '0.976 MiB',
    '10.0 MiB',
    '4.66 GiB',
  ]);
});

test('a count has the separators of its locale', () => {
  assert.equal(formatCount(10_485_760, 'en'), '10,485,760');
  assert.equal(formatCount(10_485_760, 'de'), '10.485.760');
});

test('bytes are written as pairs of hex digits', () => {
  assert.equal(formatHex(Uint8Array.of(0xca, 0xfe, 0x01)), 'ca fe 01');
  assert.equal(formatHex(new Uint8Array()), '');
});

test('a text is shortened to so many characters, and never within an emoji', () => {
  assert.equal(shorten('abcdef', 6), 'abcdef');
  assert.equal(shorten('abcdefg', 6), 'abcde…');
  assert.equal(shorten('abcd😀fg', 6), 'abcd…');
});

test('how long an answer took has three digits, whatever the unit', () => {
  const written = [0, 0.084, 9.994, 9.996, 12.34, 99.96, 250.4, 999.6, 1250, 59_994, 61_000].map(
    formatLatency,
  );
  assert.deepEqual(written, [
    ...[
      '0.00 ms',
      '0.08 ms',
      '9.99 ms',
      '10.0 ms',
      '12.3 ms',
      '100 ms',
      '250 ms',
      '1.00 s',
      '1.25 s',
      '59.99 s',
    ],
    '1 min 1 s',
  ]);
});
