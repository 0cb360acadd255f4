/** Times and values as a plot writes them, in the person's locale. */

export interface PlotFormat {
  /** With as many digits as tell it from its neighbours, 15 at most. */
  value(value: number): string;
  /** Short, for an axis whose marks are so far apart. */
  tick(value: number, step: number): string;
  /** To the millisecond. */
  time(atMs: number): string;
  /** With its date. */
  dateAndTime(atMs: number): string;
  /** For an axis whose marks are so far apart. `isFirst` has the date where the others have not. */
  timeTick(atMs: number, stepMs: number, isFirst: boolean): string;
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** From here on a number is written with an exponent. */
const LARGE = 1e9;
const SMALL = 1e-4;
const MAX_DIGITS = 20;

/** @param locale BCP 47; the runtime's own when undefined. */
export function createPlotFormat(locale: string | undefined): PlotFormat {
  const plain = new Intl.NumberFormat(locale, { maximumSignificantDigits: 15 });
  const scientific = new Intl.NumberFormat(locale, { notation: 'scientific', maximumSignificantDigits: 6 });
  const date = new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric' });
  const minutes = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' });
  const seconds = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit', second: '2-digit' });
  const exact = new Intl.DateTimeFormat(locale, {
    hour: 'numeric',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
  });
  const whole = new Intl.DateTimeFormat(locale, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
  });
  return {
    value: (value) => (needsExponent(value) ? scientific : plain).format(value),
    tick: (value, step) => {
      if (needsExponent(value)) return scientific.format(value);
      const digits = fractionDigitsOf(step);
      return value.toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
    },
    time: (atMs) => exact.format(atMs),
    dateAndTime: (atMs) => whole.format(atMs),
    timeTick: (atMs, stepMs, isFirst) => {
      if (stepMs >= DAY_MS) return date.format(atMs);
      const clock = stepMs < 1000 ? exact : stepMs < MINUTE_MS ? seconds : minutes;
      return isFirst ? `${clock.format(atMs)}\n${date.format(atMs)}` : clock.format(atMs);
    },
  };
}

/** As many as it takes to tell marks that are so far apart: of 2.5, 1. */
function fractionDigitsOf(step: number): number {
  for (let digits = 0; digits < MAX_DIGITS; digits++) {
    const scaled = step * 10 ** digits;
    if (Math.abs(scaled - Math.round(scaled)) < scaled * 1e-6 && scaled > 0.5) return digits;
  }
  return MAX_DIGITS;
}

function needsExponent(value: number): boolean {
  const size = Math.abs(value);
  return size >= LARGE || (size > 0 && size < SMALL);
}
