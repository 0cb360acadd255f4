/** Finds topics by a part of their text, for completion while a person types: one pass, and never more than asked for. */

/**
 * Topics that contain the text, in any case; the ones that start with it first, each part in code unit order.
 *
 * @param limit 0 or more
 */
export function findTopics(topics: Iterable<string>, text: string, limit: number): string[] {
  const wanted = text.toLowerCase();
  const starting: string[] = [];
  const containing: string[] = [];
  for (const topic of topics) {
    const position = topic.toLowerCase().indexOf(wanted);
    if (position === 0) insertBounded(starting, topic, limit);
    else if (position > 0) insertBounded(containing, topic, limit - starting.length);
  }
  return [...starting, ...containing].slice(0, limit);
}

/** Keeps the first `limit` of all that were inserted: what would be cut off later is never stored or sorted. */
function insertBounded(sorted: string[], topic: string, limit: number): void {
  const last = sorted.at(-1);
  if (limit <= 0 || (sorted.length >= limit && last !== undefined && topic > last)) return;
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    // low ≤ middle < length
    if (sorted[middle]! < topic) low = middle + 1;
    else high = middle;
  }
  sorted.splice(low, 0, topic);
  if (sorted.length > limit) sorted.pop();
}
