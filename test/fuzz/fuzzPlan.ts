/**
 * Which cases a fuzz run goes through, and how one that failed is run again.
 *
 * A case is a number: with the seed it makes the same bytes each time, whatever ran before it. FUZZ_CASES says how many
 * in all (a million), FUZZ_SEED from which seed (1), FUZZ_CASE runs the one case alone.
 */
import { SeededRandom } from '../support/random.ts';

export interface FuzzPlan {
  readonly seed: number;
  readonly first: number;
  /** The first that is not run. */
  readonly end: number;
}

const ALL_CASES = 1_000_000;

/** @param share of all cases, 0 to 1: what this file runs of them. */
export function fuzzPlan(share: number): FuzzPlan {
  const seed = wholeNumber('FUZZ_SEED') ?? 1;
  const only = wholeNumber('FUZZ_CASE');
  if (only !== undefined) return { seed, first: only, end: only + 1 };
  return { seed, first: 0, end: Math.ceil((wholeNumber('FUZZ_CASES') ?? ALL_CASES) * share) };
}

/** Each case has chance of its own. The multiplications keep neighbours from running through the same numbers. */
export function randomOfCase(seed: number, caseNumber: number): SeededRandom {
  return new SeededRandom(Math.imul(seed, 0x85ebca6b) ^ Math.imul(caseNumber + 1, 0x9e3779b1));
}

/** The failure of one case, with all that it takes to see it again. */
export function caseFailure(
  file: string,
  seed: number,
  caseNumber: number,
  input: string,
  cause: unknown,
): Error {
  const again = `FUZZ_SEED=${seed} FUZZ_CASE=${caseNumber} npx node --test ${file}`;
  const what = cause instanceof Error ? cause.message : String(cause);
  return new Error(`${what}\nCase ${caseNumber} of seed ${seed}; alone: ${again}\nShrunk to: ${input}`, {
    cause,
  });
}

/**
 * As few of the items, in their order, as still fail: takes out half of them, a quarter, … and each one. Every try runs
 * the case, so this is for failures alone.
 */
export async function shrink<Item>(
  items: readonly Item[],
  fails: (items: readonly Item[]) => boolean | Promise<boolean>,
): Promise<readonly Item[]> {
  let smallest = items;
  for (let size = Math.ceil(items.length / 2); size > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let start = 0; start < smallest.length; ) {
      const fewer = [...smallest.slice(0, start), ...smallest.slice(start + size)];
      if (await fails(fewer)) smallest = fewer;
      else start += size;
    }
  }
  return smallest;
}

function wholeNumber(name: string): number | undefined {
  const text = process.env[name];
  if (text === undefined || text === '') return undefined;
  if (!/^\d+$/.test(text)) throw new Error(`${name} is "${text}", and must be a whole number`);
  return Number(text);
}
