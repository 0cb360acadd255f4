/** Times, sizes and counts as the pages write them. Pure; local time, 24 hours, as device logs are read. */

const mediumDates = perLocale((locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }));
const counts = perLocale((locale) => new Intl.NumberFormat(locale));

/**
 * Formats are made once for a locale: one takes some 50 µs and memory that the garbage collector gives back slowly, and
 * a list that follows a flood writes hundreds of dates a second.
 */
export function perLocale<Format>(make: (locale: string | undefined) => Format) {
  const made = new Map<string | undefined, Format>();
  return (locale: string | undefined): Format => {
    const format = made.get(locale) ?? make(locale);
    made.set(locale, format);
    return format;
  };
}

/** `10:00:00.123` */
export function formatClock(atMs: number): string {
  const date = new Date(atMs);
  const parts = [date.getHours(), date.getMinutes(), date.getSeconds()];
  return `${parts.map((part) => padded(part, 2)).join(':')}.${padded(date.getMilliseconds(), 3)}`;
}

/** `Mar 1, 2026, 10:00:00.123`, as the locale has it. @param locale the runtime's own when undefined. */
export function formatDateAndTime(atMs: number, locale?: string): string {
  const date = mediumDates(locale).format(atMs);
  return `${date}, ${formatClock(atMs)}`;
}

/** The time between two messages: `12 ms`, `1.002 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatInterval(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(3)} s`;
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** How long an answer took, with three digits: `0.08 ms`, `12.3 ms`, `1.25 s`, `3 min 20 s`. */
export function formatLatency(milliseconds: number): string {
  if (milliseconds < 9.995) return `${milliseconds.toFixed(2)} ms`;
  if (milliseconds < 99.95) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_995) return `${(milliseconds / 1000).toFixed(2)} s`;
  return formatInterval(milliseconds);
}

/** `0A`. @param byte 0 to 255. */
export function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, '0').toUpperCase();
}

/** Three digits that fit a column: `84 B`, `1.21 KiB`, `10.0 MiB`. Powers of 1024, as device memory is counted. */
export function formatByteSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const units = ['KiB', 'MiB', 'GiB'];
  let size = bytes / 1024;
  let unit = 0;
  // 999.5 would be written as four digits.
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${size.toPrecision(3)} ${units[unit]}`;
}

/** With the locale's separators: `10,485,760`. @param locale the runtime's own when undefined. */
export function formatCount(count: number, locale?: string): string {
  return counts(locale).format(count);
}

/** `ca fe 01` */
export function formatHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => padded(byte.toString(16), 2)).join(' ');
}

/** At most `maxCharacters`, an ellipsis included, and no half of a surrogate pair. */
export function shorten(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  const isPairCut = /[\uD800-\uDBFF]/.test(text.charAt(maxCharacters - 2));
  return `${text.slice(0, maxCharacters - (isPairCut ? 2 : 1))}…`;
}

function padded(value: number | string, digits: number): string {
  return String(value).padStart(digits, '0');
}
