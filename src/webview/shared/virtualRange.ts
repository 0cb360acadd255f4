/**
 * Which rows of a long list are in view, and where the list puts them. Pure arithmetic for virtualList.tsx.
 *
 * Browsers end an element at some ten to thirty million pixels, less on dense screens. A list that would be taller is
 * given `maxContentPixels` instead, and its scroll positions are spread over all of its rows: the bar's ends are still
 * the first and the last row.
 */

export interface VirtualViewport {
  rowCount: number;
  rowPixels: number;
  viewportPixels: number;
  /** As the scrolling element has it. */
  scrollPixels: number;
}

export interface VirtualRange {
  firstRow: number;
  /** One past the last. */
  endRow: number;
  /** Where the first row's upper edge lies in the content. */
  offsetPixels: number;
  contentPixels: number;
}

export const maxContentPixels = 8_000_000;
/** Rows kept beyond each edge, so that a scroll shows no gap before its frame is drawn. */
const spareRows = 8;

export function virtualRange(viewport: VirtualViewport): VirtualRange {
  const { rowCount, rowPixels, viewportPixels } = viewport;
  const naturalPixels = rowCount * rowPixels;
  const contentPixels = Math.min(naturalPixels, maxContentPixels);
  const scrollPixels = clamp(viewport.scrollPixels, 0, Math.max(0, contentPixels - viewportPixels));
  const naturalScrollPixels = scrollPixels * scrollScale(naturalPixels, contentPixels, viewportPixels);
  const firstRow = Math.max(0, Math.floor(naturalScrollPixels / rowPixels) - spareRows);
  const endRow = Math.min(
    rowCount,
    Math.ceil((naturalScrollPixels + viewportPixels) / rowPixels) + spareRows,
  );
  return {
    firstRow,
    endRow,
    offsetPixels: scrollPixels - (naturalScrollPixels - firstRow * rowPixels),
    contentPixels,
  };
}

/** The nearest scroll position at which the row is whole in view; the present one if it is. */
export function scrollToShow(viewport: VirtualViewport, row: number): number {
  const { rowCount, rowPixels, viewportPixels, scrollPixels } = viewport;
  const naturalPixels = rowCount * rowPixels;
  const contentPixels = Math.min(naturalPixels, maxContentPixels);
  const scale = scrollScale(naturalPixels, contentPixels, viewportPixels);
  const top = scrollPixels * scale;
  if (row * rowPixels < top) return (row * rowPixels) / scale;
  if ((row + 1) * rowPixels > top + viewportPixels) return ((row + 1) * rowPixels - viewportPixels) / scale;
  return scrollPixels;
}

/** Natural pixels that one pixel of the scroll bar's way stands for; 1 but in lists that are too tall. */
function scrollScale(naturalPixels: number, contentPixels: number, viewportPixels: number): number {
  if (naturalPixels === contentPixels) return 1;
  return (naturalPixels - viewportPixels) / (contentPixels - viewportPixels);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
