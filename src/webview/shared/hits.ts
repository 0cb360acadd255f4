/** Where a text that is searched for stands in another. In any case of the letters A to Z, as the engine finds it. Pure. */

export interface Hit {
  start: number;
  /** One past the last. */
  end: number;
}

const maxHits = 1000;

/** From the left, none over another; a thousand at most. */
export function hitsOf(text: string, wanted: string): Hit[] {
  if (wanted === '') return [];
  const folded = fold(text);
  const foldedWanted = fold(wanted);
  const hits: Hit[] = [];
  let start = folded.indexOf(foldedWanted);
  while (start !== -1 && hits.length < maxHits) {
    const end = start + wanted.length;
    hits.push({ start, end });
    start = folded.indexOf(foldedWanted, end);
  }
  return hits;
}

/** The stretches of `text[start .. end)` in and out of the hits, in order. */
export function stretchesOf(
  text: string,
  hits: readonly Hit[],
  start = 0,
  end = text.length,
): { text: string; isHit: boolean }[] {
  const stretches: { text: string; isHit: boolean }[] = [];
  const add = (from: number, to: number, isHit: boolean) => {
    if (to > from) stretches.push({ text: text.slice(from, to), isHit });
  };
  let at = start;
  for (const hit of hits) {
    if (hit.end <= at || hit.start >= end) continue;
    add(at, Math.max(at, hit.start), false);
    const hitEnd = Math.min(hit.end, end);
    add(Math.max(at, hit.start), hitEnd, true);
    at = hitEnd;
  }
  add(at, end, false);
  return stretches;
}

/** The letters A to Z alone, as the engine's search does: every index stays what it was. */
function fold(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
