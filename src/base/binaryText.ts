/**
 * Whether characters are text to a person, or binary data that happens to decode: one rule for every view. Pure.
 */

const BELL = 0x07;
const CARRIAGE_RETURN = 0x0d;
const ESCAPE = 0x1b;
const SPACE = 0x20;

/**
 * NUL and its like within the text. From the bell to the carriage return (tabs and line ends among them), the escapes
 * of a coloured log, and the one NUL that ends a C string are text.
 */
export function hasBinaryControls(text: string): boolean {
  const end = text.length > 1 && text.endsWith('\0') ? text.length - 1 : text.length;
  for (let i = 0; i < end; i++) {
    const unit = text.charCodeAt(i);
    if (unit < SPACE && !(unit >= BELL && unit <= CARRIAGE_RETURN) && unit !== ESCAPE) return true;
  }
  return false;
}
