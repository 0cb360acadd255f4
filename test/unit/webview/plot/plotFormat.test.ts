import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPlotFormat } from '../../../../src/webview/plot/plotFormat.ts';

const english = createPlotFormat('en');
const german = createPlotFormat('de');

test('values are written in the locale, with every digit that they have', () => {
  assert.equal(english.value(1234.5678), '1,234.5678');
  assert.equal(german.value(1234.5678), '1.234,5678');
  assert.equal(english.value(0), '0');
  assert.equal(english.value(6.02e23), '6.02E23');
  assert.equal(english.value(-0.00000123), '-1.23E-6');
});

test('marks of an axis have as many digits as their distance needs', () => {
  assert.equal(english.tick(1, 0.5), '1.0');
  assert.equal(english.tick(1500, 250), '1,500');
  assert.equal(german.tick(0.25, 0.05), '0,25');
  // Steps that no power of ten has as a first digit: rounded, the axis would tell other values than it stands at.
  assert.equal(english.tick(2.5, 2.5), '2.5');
  assert.equal(english.tick(17.5, 2.5), '17.5');
  assert.equal(english.tick(0.25, 0.25), '0.25');
  assert.equal(english.tick(0.3, 0.1), '0.3');
  assert.equal(english.tick(0.0175, 0.0025), '0.0175');
  assert.equal(english.tick(0.30000000000000004, 0.30000000000000004), '0.3');
});

test('times are as fine as the marks are near, and the first has the date', () => {
  const noon = new Date(2026, 2, 1, 12, 30, 15, 250).getTime();
  assert.equal(german.timeTick(noon, 100, false), '12:30:15,250');
  assert.equal(german.timeTick(noon, 5000, false), '12:30:15');
  assert.equal(german.timeTick(noon, 60_000, false), '12:30');
  assert.equal(german.timeTick(noon, 60_000, true), '12:30\n1. März');
  assert.equal(german.timeTick(noon, 86_400_000, true), '1. März');
  assert.equal(german.time(noon), '12:30:15,250');
  assert.equal(german.dateAndTime(noon), '1. März 2026, 12:30:15,250');
});
