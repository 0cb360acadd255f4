/** The part of the time axis that is in view, and how it moves. Pure. */
import type { TimeRange } from '../../contracts/plots.ts';

/** Times are whole milliseconds: below this there is nothing to see. */
const MIN_SPAN_MS = 10;
/** Beyond what there is, as a part of it: so far a view may be zoomed out, and moved. */
const MARGIN = 0.25;

export function spanOf({ fromMs, toMs }: TimeRange): number {
  return toMs - fromMs;
}

/** A range that something can be drawn in: a single moment gets a second around it. */
export function drawable(range: TimeRange): TimeRange {
  return spanOf(range) >= MIN_SPAN_MS ? range : { fromMs: range.fromMs - 500, toMs: range.fromMs + 500 };
}

/** @param factor below 1 zooms in. @param atMs stays where it is. @param held what there is. */
export function zoomed(range: TimeRange, factor: number, atMs: number, held: TimeRange): TimeRange {
  const maxSpan = spanOf(drawable(held)) * (1 + 2 * MARGIN);
  const span = clamp(spanOf(range) * factor, MIN_SPAN_MS, Math.max(maxSpan, MIN_SPAN_MS));
  const share = spanOf(range) === 0 ? 0.5 : (atMs - range.fromMs) / spanOf(range);
  const fromMs = atMs - span * share;
  return moved({ fromMs, toMs: fromMs + span }, 0, held);
}

/** @param byMs towards later. Something of what there is stays in view. */
export function moved(range: TimeRange, byMs: number, held: TimeRange): TimeRange {
  const span = spanOf(range);
  const margin = span * (1 - MARGIN);
  const fromMs = clamp(range.fromMs + byMs, held.fromMs - margin, held.toMs - span + margin);
  return { fromMs, toMs: fromMs + span };
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(value, high));
}
