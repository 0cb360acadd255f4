/**
 * A scrolling list of rows of one height, of which only those in view are in the page.
 *
 * Owns scrolling and nothing else: what a row is, which is selected and what keys do belong to its user. Positions are
 * computed in virtualRange.ts. Rows are known by number, from any number on: where the first ones go away, the others
 * keep their numbers, and what is in view stays where it is.
 */
import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useSize } from './hooks.ts';
import { scrollScale, topOfScroll, topToShow, virtualRange } from './virtualRange.ts';

/**
 * Kept beyond each edge, so that a scroll shows no gap before its frame is drawn. None in a list that follows: all of its
 * rows are others each time, and nobody scrolls.
 */
const spareRows = 8;

export interface VirtualListProps {
  /** Number of the first row; 0 unless told. */
  firstRow?: number;
  rowCount: number;
  rowPixels: number;
  /** The element for a row by its number, with a key. */
  renderRow(row: number): ComponentChildren;
  /** Of the scrolling element: class, role, label, keys. */
  attributes: JSX.HTMLAttributes<HTMLDivElement> & { [name: `aria-${string}`]: string };
  /** Keeps the last row in view, whatever is added. */
  isFollowing?: boolean;
  /** Brought into view whenever it changes. */
  rowToShow?: number | undefined;
  /** The person scrolled: to the end, or away from it towards the beginning. */
  onScrolled?(to: 'end' | 'back'): void;
  /** Numbers of the rows that are in the page: those in view, and some beyond. `end` is one past the last. */
  onRowsInPage?(first: number, end: number): void;
}

export function VirtualList(props: VirtualListProps) {
  const { firstRow = 0, rowCount, rowPixels, isFollowing, rowToShow } = props;
  const [scroller, size] = useSize<HTMLDivElement>();
  // From row 0, there or not: it stays true when rows go away at the beginning.
  const [topFromRow0, setTopFromRow0] = useState(firstRow * rowPixels);
  // Where the scroll bar was last known to be: what differs from it is a person's doing.
  const knownScrollPixels = useRef(0);
  const bounds = { rowCount, rowPixels, viewportPixels: size?.heightPixels ?? 0 };
  const topPixels = isFollowing ? Number.POSITIVE_INFINITY : topFromRow0 - firstRow * rowPixels;
  const range = virtualRange({ ...bounds, topPixels, spareRows: isFollowing ? 0 : spareRows });
  const start = firstRow + range.firstRow;
  const end = firstRow + range.endRow;

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null || Math.abs(element.scrollTop - range.scrollPixels) < 1) return;
    element.scrollTop = range.scrollPixels;
    knownScrollPixels.current = element.scrollTop;
  }, [range.scrollPixels, range.contentPixels, bounds.viewportPixels]);

  useLayoutEffect(() => {
    if (rowToShow === undefined || isFollowing || size === undefined) return;
    const shownAt = range.scrollPixels * scrollScale(bounds);
    const top = topToShow({ ...bounds, topPixels: shownAt }, rowToShow - firstRow);
    setTopFromRow0(firstRow * rowPixels + top);
  }, [rowToShow, rowPixels, size?.heightPixels]);

  useLayoutEffect(() => props.onRowsInPage?.(start, end), [start, end]);

  const moveTo = (top: number, isBack: boolean) => {
    setTopFromRow0(firstRow * rowPixels + top);
    const isAtEnd = rowCount * rowPixels - top - bounds.viewportPixels < rowPixels / 2;
    if (isAtEnd) props.onScrolled?.('end');
    else if (isBack) props.onScrolled?.('back');
  };
  const scrolled = () => {
    const element = scroller.current;
    if (element === null) return;
    const { scrollTop } = element;
    const before = knownScrollPixels.current;
    if (Math.abs(scrollTop - before) < 1) return;
    knownScrollPixels.current = scrollTop;
    moveTo(topOfScroll(bounds, scrollTop), scrollTop < before);
  };
  const wheeled = (event: WheelEvent) => {
    const scale = scrollScale(bounds);
    // Only where a pixel of the bar is many of the list: there the wheel would leap over rows.
    if (scale === 1 || event.deltaY === 0 || event.ctrlKey) return;
    event.preventDefault();
    const perUnit = [1, rowPixels, bounds.viewportPixels][event.deltaMode] ?? 1;
    const top = range.scrollPixels * scale + event.deltaY * perUnit;
    const last = rowCount * rowPixels - bounds.viewportPixels;
    moveTo(Math.min(Math.max(top, 0), last), event.deltaY < 0);
  };

  const rows: ComponentChildren[] = [];
  for (let row = start; row < end; row++) rows.push(props.renderRow(row));
  return (
    <div {...props.attributes} ref={scroller} onScroll={scrolled} onWheel={wheeled}>
      {/* role=presentation: between a listbox and its options stands nothing. */}
      <div class="virtual-content" role="presentation" style={{ height: `${range.contentPixels}px` }}>
        <div
          class="virtual-window"
          role="presentation"
          style={{ transform: `translateY(${range.offsetPixels}px)`, '--row-height': `${rowPixels}px` }}
        >
          {rows}
        </div>
      </div>
    </div>
  );
}
