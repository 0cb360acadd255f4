/** The word that someone probably meant: for "unknown flag --prot, did you mean --port?". */

/** The names may come from a device: the work grows with the square of their length. */
const MAX_CHARACTERS = 100;

/**
 * Undefined when none is near: at most one change in three characters. Case does not count. Words of more than 100
 * characters are near to none.
 */
export function nearMiss(word: string, known: readonly string[]): string | undefined {
  if (word.length > MAX_CHARACTERS) return undefined;
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    // Each character more or less is a change at least.
    if (Math.abs(candidate.length - word.length) >= bestDistance || candidate.length > MAX_CHARACTERS)
      continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Characters to insert, remove, replace, or swap with their neighbour, to make one word of the other. */
function editDistance(from: string, to: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    const current = [i];
    for (let j = 1; j <= to.length; j++) {
      const isSame = from[i - 1] === to[j - 1];
      const isSwap = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      current[j] = Math.min(
        previous[j]! + 1, // every row has to.length + 1 columns
        current[j - 1]! + 1,
        previous[j - 1]! + (isSame ? 0 : 1),
        isSwap ? beforePrevious[j - 2]! + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[to.length]!; // as above
}
