import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTime } from '../../../../src/webview/messages/timeText.ts';

const nowMs = new Date(2026, 2, 5, 12, 0, 0).getTime();
const at = (...parts: [number, number, number, number, number, number?, number?]): number => {
  const [year, month, day, hour, minute, second = 0, ms = 0] = parts;
  return new Date(year, month - 1, day, hour, minute, second, ms).getTime();
};

const cases: [text: string, locale: string, expected: number | undefined][] = [
  ['9:05', 'en', at(2026, 3, 5, 9, 5)],
  [' 09:05:07 ', 'en', at(2026, 3, 5, 9, 5, 7)],
  ['09:05:07.25', 'en', at(2026, 3, 5, 9, 5, 7, 250)],
  ['09:05:07,042', 'de', at(2026, 3, 5, 9, 5, 7, 42)],
  ['9:05 am', 'en', at(2026, 3, 5, 9, 5)],
  ['12:30 a.m.', 'en', at(2026, 3, 5, 0, 30)],
  ['2026-02-28 23:59', 'de', at(2026, 2, 28, 23, 59)],
  ['2026-02-28T23:59:58.5', 'en', at(2026, 2, 28, 23, 59, 58, 500)],
  ['28.2.2026 08:00', 'de', at(2026, 2, 28, 8, 0)],
  ['28.2. 08:00', 'de', at(2026, 2, 28, 8, 0)],
  ['2/28/26, 8:00', 'en', at(2026, 2, 28, 8, 0)],
  ['28/02/2026 08:00', 'en-GB', at(2026, 2, 28, 8, 0)],
  ['2026/2/28 08:00', 'ja', at(2026, 2, 28, 8, 0)],
  ['Mar 5', 'en', undefined],
  ['25:00', 'en', undefined],
  ['13:00 pm', 'en', undefined],
  ['2026-02-30 08:00', 'en', undefined],
  ['', 'en', undefined],
  ['9', 'en', undefined],
];
for (const [text, locale, expected] of cases) {
  test(`“${text}” is ${expected === undefined ? 'no time' : 'a time'} in ${locale}`, () => {
    assert.equal(parseTime(text, nowMs, locale), expected);
  });
}

test('a time of day that is yet to come was yesterday', () => {
  assert.equal(parseTime('18:00', nowMs, 'en'), at(2026, 3, 4, 18, 0));
});
