/** Times, speeds and names of recordings, as a person types or reads them. Pure: of the local time zone. */

const TIME = /^(?:(\d{4})-(\d{1,2})-(\d{1,2})[ T]+)?(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,3}))?)?$/;
const FACTOR = /^[×x*]?\s*(\d+(?:[.,]\d+)?)\s*[×x*]?$/i;

const MS_PER_DAY = 86_400_000;

/**
 * Milliseconds since 1970 of `12:30`, `12:30:05.250` or `2026-01-31 12:30`; undefined for what is none. Without a date
 * it is the last time that the clock showed this.
 */
export function parseTime(text: string, nowMs: number): number | undefined {
  const match = TIME.exec(text.trim());
  if (match === null) return undefined;
  const [, year, month, day, hours, minutes, seconds = '0', fraction = '0'] = match;
  const now = new Date(nowMs);
  const parts = [
    year === undefined ? now.getFullYear() : Number(year),
    month === undefined ? now.getMonth() : Number(month) - 1,
    day === undefined ? now.getDate() : Number(day),
    Number(hours),
    Number(minutes),
    Number(seconds),
  ] as const;
  const time = new Date(...parts, Number(fraction.padEnd(3, '0')));
  const read = [
    time.getFullYear(),
    time.getMonth(),
    time.getDate(),
    time.getHours(),
    time.getMinutes(),
    time.getSeconds(),
  ];
  // 31:70 or the 30th of February would be another time.
  if (read.some((part, i) => part !== parts[i])) return undefined;
  const isOfYesterday = year === undefined && time.getTime() > nowMs;
  return isOfYesterday ? time.getTime() - MS_PER_DAY : time.getTime();
}

/** `10`, `×10`, `0.5x`; undefined for what is no speed of a replay. */
export function parseFactor(text: string): number | undefined {
  const match = FACTOR.exec(text.trim());
  const factor = Number(match?.[1]?.replace(',', '.'));
  return factor >= MIN_FACTOR && factor <= MAX_FACTOR ? factor : undefined;
}

export const MIN_FACTOR = 0.1;
export const MAX_FACTOR = 1000;

/** `recording-2026-01-31-120005`: sorts by time, and is a name on every file system. */
export function recordingName(atMs: number): string {
  const time = new Date(atMs);
  const two = (part: number): string => String(part).padStart(2, '0');
  const date = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-');
  return `recording-${date}-${two(time.getHours())}${two(time.getMinutes())}${two(time.getSeconds())}`;
}
