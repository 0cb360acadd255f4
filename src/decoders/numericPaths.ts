/**
 * The numbers in a decoded value, by path: what a plot can draw and a filter compare.
 *
 * A path is written as in JavaScript: `.key` where the key is a plain name, `["any key"]` where it is not (in JSON's
 * quotes), `[3]` for an item of an array; `.a.b[3]`. The value itself is the empty path. A number is a number, a
 * bigint (as the nearest double), true and false (1 and 0), or a text that holds a number and nothing else.
 */

export interface NumericPath {
  path: string;
  value: number;
}

const maxPaths = 500;
const maxPathDepth = 20;
/** Of keys and items: a long array of texts must not be walked for the few numbers after it. */
const maxVisited = 20_000;

const plainName = /^[\p{L}_$][\p{L}\p{N}_$]*$/u;
const step = /\.([\p{L}_$][\p{L}\p{N}_$]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/uy;
const numericText = /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$/;

/** In the value's own order; the first 500. */
export function numericPaths(value: unknown): NumericPath[] {
  const found: NumericPath[] = [];
  let visited = 0;
  const visit = (item: unknown, path: string, depth: number): void => {
    if (found.length >= maxPaths || ++visited > maxVisited) return;
    const number = asNumber(item);
    if (number !== undefined) found.push({ path, value: number });
    else if (depth === maxPathDepth || typeof item !== 'object' || item === null || isBytes(item)) return;
    else if (Array.isArray(item)) {
      for (let i = 0; i < item.length && found.length < maxPaths && visited <= maxVisited; i++)
        visit(item[i], `${path}[${i}]`, depth + 1);
    } else
      for (const key of Object.keys(item))
        visit((item as Record<string, unknown>)[key], path + keyStep(key), depth + 1);
  };
  visit(value, '', 0);
  return found;
}

/** Undefined where the path leads nowhere, is none, or leads to what is no number. */
export function numberAt(value: unknown, path: string): number | undefined {
  let item = value;
  step.lastIndex = 0;
  for (let at = 0; at < path.length; at = step.lastIndex) {
    step.lastIndex = at;
    const match = step.exec(path);
    if (match === null || typeof item !== 'object' || item === null) return undefined;
    const [, name, index, quoted] = match;
    const key = name ?? index ?? quotedKey(quoted);
    if (key === undefined || Array.isArray(item) !== (index !== undefined) || !Object.hasOwn(item, key))
      return undefined;
    item = (item as Record<string, unknown>)[key];
  }
  return asNumber(item);
}

/** The number that a text holds, and nothing else. */
export function numberIn(text: string): number | undefined {
  if (text.length > 64 || !numericText.test(text)) return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
}

function asNumber(item: unknown): number | undefined {
  switch (typeof item) {
    case 'number':
      return Number.isFinite(item) ? item : undefined;
    case 'bigint':
      return Number(item);
    case 'boolean':
      return item ? 1 : 0;
    case 'string':
      return numberIn(item);
    default:
      return undefined;
  }
}

function keyStep(key: string): string {
  return plainName.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function quotedKey(quoted: string | undefined): string | undefined {
  try {
    const key: unknown = JSON.parse(quoted ?? '');
    return typeof key === 'string' ? key : undefined;
  } catch {
    return undefined;
  }
}

function isBytes(item: object): boolean {
  return ArrayBuffer.isView(item);
}
