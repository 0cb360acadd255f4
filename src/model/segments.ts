/** What the log of messages and the trace of packets share: segments in the order of their ids, within a budget of bytes. */

/** The budget is held to one part in this many, by what goes and comes at once. */
const SEGMENTS_OF_BUDGET = 32;
const MIN_SEGMENT_BYTES = 16 * 1024;
const MAX_SEGMENT_BYTES = 1024 * 1024;

/** Of a segment that takes what comes until it is full. */
export function segmentBytesOf(budgetBytes: number): number {
  return Math.min(Math.max(budgetBytes / SEGMENTS_OF_BUDGET, MIN_SEGMENT_BYTES), MAX_SEGMENT_BYTES);
}

/** Of the segment that has this id, or would: 0 for one that went, the last one for one to come. */
export function segmentIndexOf(segments: readonly { readonly firstId: number }[], id: number): number {
  let low = 0;
  let high = segments.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (segments[middle]!.firstId <= id)
      low = middle; // inside the array
    else high = middle - 1;
  }
  return low;
}
