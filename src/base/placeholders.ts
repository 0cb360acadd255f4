/**
 * Placeholders in a text that is sent again and again, filled in anew each time:
 *
 * - `{{time}}`         the time in ISO 8601, in UTC: `2026-01-02T03:04:05.678Z`
 * - `{{timestamp}}`    milliseconds since 1970
 * - `{{counter}}`      1, 2, 3, …
 * - `{{random}}`       a whole number from 0 to 99
 * - `{{random 20 25}}` a number from 20 to 25, both included, with as many decimals as they are written with
 * - `{{uuid}}`         another one each time
 *
 * Whatever else is in double braces stays as it is: it is some template of the receiver's. Pure.
 */

export interface PlaceholderValues {
  /** Since 1970. */
  nowMs: number;
  counter: number;
  /** 0 up to 1, as Math.random. */
  random(): number;
  uuid(): string;
}

const pattern =
  /\{\{(?:(time|uuid)|(timestamp|counter)|random(?: (-?\d{1,15}(?:\.\d{1,6})?) (-?\d{1,15}(?:\.\d{1,6})?))?)\}\}/g;

export function hasPlaceholders(text: string): boolean {
  return text.search(pattern) !== -1;
}

/** As they are written, each once, in the order in which they come. */
export function placeholdersIn(text: string): readonly string[] {
  return [...new Set(text.match(pattern))];
}

export function fillPlaceholders(text: string, values: PlaceholderValues): string {
  return text.replace(pattern, (placeholder, _text, _number, low?: string, high?: string) => {
    switch (placeholder) {
      case '{{time}}':
        return new Date(values.nowMs).toISOString();
      case '{{timestamp}}':
        return String(values.nowMs);
      case '{{counter}}':
        return String(values.counter);
      case '{{uuid}}':
        return values.uuid();
      default:
        return randomNumber(low ?? '0', high ?? '99', values.random());
    }
  });
}

/**
 * With stand-ins of the same length, digits for numbers and letters for texts: what is wrong with the result is wrong at the
 * same place of the text.
 */
export function withStandIns(text: string): string {
  return text.replace(pattern, (placeholder, isText?: string) =>
    (isText === undefined ? '1' : 'x').repeat(placeholder.length),
  );
}

function randomNumber(low: string, high: string, share: number): string {
  const decimals = Math.max(decimalsOf(low), decimalsOf(high));
  const unit = 10 ** decimals;
  const from = Math.round(Math.min(Number(low), Number(high)) * unit);
  const to = Math.round(Math.max(Number(low), Number(high)) * unit);
  return ((from + Math.floor(share * (to - from + 1))) / unit).toFixed(decimals);
}

function decimalsOf(number: string): number {
  const point = number.indexOf('.');
  return point === -1 ? 0 : number.length - point - 1;
}
