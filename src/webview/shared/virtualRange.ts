/**
 * Which rows of a long list are in view, and where the list puts them. Pure arithmetic for virtualList.tsx.
 *
 * Browsers end an element at some ten to thirty million pixels, less on dense screens. A list that would be taller is
 * given `maxContentPixels` instead, and its scroll positions are spread over all of its rows: the bar's ends are still
 * the first and the last row. Where the list stands is therefore told in pixels of the list as it would be, and the
 * scroll bar only follows.
 */

export interface VirtualViewport {
  rowCount: number;
  rowPixels: number;
  viewportPixels: number;
  /** From the upper edge of the first row to that of the viewport, were the list as tall as its rows. */
  topPixels: number;
  /** Rows kept beyond each edge. */
  spareRows: number;
}

/** How long a list is, and how much of it can be seen. */
export type VirtualBounds = Pick<VirtualViewport, 'rowCount' | 'rowPixels' | 'viewportPixels'>;

export interface VirtualRange {
  firstRow: number;
  /** One past the last. */
  endRow: number;
  /** Where the scrolling element must stand. */
  scrollPixels: number;
  /** Where the first row's upper edge lies in the content. */
  offsetPixels: number;
  contentPixels: number;
}

export const maxContentPixels = 8_000_000;

/** A position beyond an end of the list is that end. */
export function virtualRange(viewport: VirtualViewport): VirtualRange {
  const { rowCount, rowPixels, viewportPixels, spareRows } = viewport;
  const topPixels = clamp(viewport.topPixels, 0, Math.max(0, rowCount * rowPixels - viewportPixels));
  const scrollPixels = topPixels / scrollScale(viewport);
  const firstRow = Math.max(0, Math.floor(topPixels / rowPixels) - spareRows);
  const endRow = Math.min(rowCount, Math.ceil((topPixels + viewportPixels) / rowPixels) + spareRows);
  return {
    firstRow,
    endRow,
    scrollPixels,
    offsetPixels: scrollPixels - (topPixels - firstRow * rowPixels),
    contentPixels: contentPixelsOf(viewport),
  };
}

/** `topPixels` where the scrolling element stands at `scrollPixels`. */
export function topOfScroll(viewport: VirtualBounds, scrollPixels: number): number {
  return scrollPixels * scrollScale(viewport);
}

/**
 * The nearest `topPixels` at which the row is whole in view; the present one if it is. A row far off comes to the middle,
 * where what is around it shows too.
 */
export function topToShow(viewport: VirtualBounds & { topPixels: number }, row: number): number {
  const { rowPixels, viewportPixels, topPixels } = viewport;
  const top = row * rowPixels;
  const below = top + rowPixels - (topPixels + viewportPixels);
  if (topPixels - top > viewportPixels || below > viewportPixels)
    return top - (viewportPixels - rowPixels) / 2;
  if (top < topPixels) return top;
  return below > 0 ? topPixels + below : topPixels;
}

/** Pixels of the list that one pixel of the scroll bar's way stands for; 1 but in lists that are too tall. */
export function scrollScale(viewport: VirtualBounds): number {
  const { rowCount, rowPixels, viewportPixels } = viewport;
  const naturalPixels = rowCount * rowPixels;
  const contentPixels = contentPixelsOf(viewport);
  if (naturalPixels === contentPixels) return 1;
  return (naturalPixels - viewportPixels) / (contentPixels - viewportPixels);
}

function contentPixelsOf({ rowCount, rowPixels }: { rowCount: number; rowPixels: number }): number {
  return Math.min(rowCount * rowPixels, maxContentPixels);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
