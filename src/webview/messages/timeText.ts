/**
 * A time as a person types it: `14:05`, `14:05:07`, `14:05:07.250`, or with a day before it. Pure.
 *
 * The day is ISO (`2026-03-01`) or in the order of the display language (`1.3.2026`, `3/1/2026`; the year may be left
 * out). A time alone is the last one that was before now.
 */
import { perLocale } from '../shared/format.ts';

const exampleDays = perLocale(
  (locale) => new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'numeric', year: 'numeric' }),
);
const timePattern = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,3}))?)?\s*([ap]\.?m\.?)?$/i;
const isoDayPattern = /^(\d{4})-(\d{1,2})-(\d{1,2})$/;
const dayPattern = /^(\d{1,4})[./-]\s?(\d{1,2})(?:[./-]\s?(\d{1,4})?)?$/;
const msPerDay = 86_400_000;

interface Day {
  year: number;
  /** 1 to 12. */
  month: number;
  day: number;
}

/**
 * Milliseconds since 1970, or undefined for what is no time.
 *
 * @param nowMs what `today` is.
 * @param locale BCP 47; the runtime's own when undefined.
 */
export function parseTime(text: string, nowMs: number, locale: string | undefined): number | undefined {
  const match = /^(?:(.*\d)[.,T\s]+)?(\S+:\S+(?:\s*[ap]\.?m\.?)?)$/i.exec(text.trim());
  if (match === null) return undefined;
  const msOfDay = parseTimeOfDay(match[2] ?? '');
  if (msOfDay === undefined) return undefined;
  const dayText = match[1];
  if (dayText === undefined) {
    const today = atDay(dayOf(nowMs), msOfDay);
    return today !== undefined && today > nowMs ? atDay(dayOf(nowMs - msPerDay), msOfDay) : today;
  }
  const day = parseDay(dayText, new Date(nowMs).getFullYear(), locale);
  return day && atDay(day, msOfDay);
}

/** As `parseTime` takes it, for a field's placeholder. */
export function timeExample(atMs: number, locale: string | undefined): string {
  return exampleDays(locale).format(atMs);
}

function parseTimeOfDay(text: string): number | undefined {
  const match = timePattern.exec(text);
  if (match === null) return undefined;
  const [, hourText, minuteText, secondText = '0', fraction = '', half] = match;
  let hour = Number(hourText);
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return undefined;
    hour = (hour % 12) + (/^p/i.test(half) ? 12 : 0);
  }
  const minute = Number(minuteText);
  const second = Number(secondText);
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  return ((hour * 60 + minute) * 60 + second) * 1000 + Number(fraction.padEnd(3, '0'));
}

function parseDay(text: string, thisYear: number, locale: string | undefined): Day | undefined {
  const iso = isoDayPattern.exec(text);
  if (iso !== null) return { year: Number(iso[1]), month: Number(iso[2]), day: Number(iso[3]) };
  const match = dayPattern.exec(text.trim());
  if (match === null) return undefined;
  const numbers = match.slice(1).filter((part) => part !== undefined && part !== '');
  const order = orderOf(locale).filter((part) => numbers.length === 3 || part !== 'year');
  const parts: Day = { year: thisYear, month: 0, day: 0 };
  for (const [i, part] of order.entries()) parts[part] = Number(numbers[i]);
  if (parts.year < 100) parts.year += 2000;
  return parts;
}

/** In which the display language writes a day. */
function orderOf(locale: string | undefined): (keyof Day)[] {
  const parts = new Intl.DateTimeFormat(locale, { dateStyle: 'short' }).formatToParts(0);
  return parts.flatMap(({ type }) => (type === 'year' || type === 'month' || type === 'day' ? [type] : []));
}

function dayOf(atMs: number): Day {
  const date = new Date(atMs);
  return { year: date.getFullYear(), month: date.getMonth() + 1, day: date.getDate() };
}

/** Undefined for a day that the month doesn't have. */
function atDay({ year, month, day }: Day, msOfDay: number): number | undefined {
  const date = new Date(year, month - 1, day, 0, 0, 0, msOfDay);
  return date.getMonth() === month - 1 && date.getDate() === day ? date.getTime() : undefined;
}
