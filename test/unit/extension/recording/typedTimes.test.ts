import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFactor, parseTime, recordingName } from '../../../../src/extension/recording/typedTimes.ts';

/** 31 January 2026, 12:30:00 of wherever the test runs. */
const NOW = new Date(2026, 0, 31, 12, 30).getTime();

test('a time of day is the last one that the clock showed', () => {
  assert.equal(parseTime('12:29', NOW), new Date(2026, 0, 31, 12, 29).getTime());
  assert.equal(parseTime(' 9:05:07 ', NOW), new Date(2026, 0, 31, 9, 5, 7).getTime());
  assert.equal(parseTime('12:29:59.25', NOW), new Date(2026, 0, 31, 12, 29, 59, 250).getTime());
  assert.equal(parseTime('12:31', NOW), new Date(2026, 0, 30, 12, 31).getTime(), 'yesterday');
});

test('a time with its date is that one, also in the future', () => {
  assert.equal(parseTime('2026-02-01 00:00', NOW), new Date(2026, 1, 1).getTime());
  assert.equal(parseTime('2025-12-31T23:59:59.999', NOW), new Date(2025, 11, 31, 23, 59, 59, 999).getTime());
});

test('what no clock shows is no time', () => {
  for (const text of ['', '12', '25:00', '12:60', '12:00:61', '2026-02-30 12:00', '2026-13-01 12:00', 'noon'])
    assert.equal(parseTime(text, NOW), undefined, text);
});

test('a speed is a number from 0.1 to 1,000, with or without its sign', () => {
  for (const [text, factor] of [
    ['10', 10],
    ['×2.5', 2.5],
    ['0,5x', 0.5],
    ['0.1', 0.1],
    ['1000', 1000],
  ] as const)
    assert.equal(parseFactor(text), factor, text);
  for (const text of ['', 'fast', '0', '0.05', '1001', '-1', '1e3', '1 0'])
    assert.equal(parseFactor(text), undefined, text);
});

test('the name of a recording has its date and time, and sorts by them', () => {
  assert.equal(recordingName(new Date(2026, 0, 31, 9, 5, 7).getTime()), 'recording-2026-01-31-090507');
});
