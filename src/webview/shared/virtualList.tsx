/**
 * A scrolling list of rows of one height, of which only those in view are in the page.
 *
 * Owns scrolling and nothing else: what a row is, which is selected and what keys do belong to its user. Positions are
 * computed in virtualRange.ts.
 */
import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useSize } from './hooks.ts';
import { scrollToShow, type VirtualViewport, virtualRange } from './virtualRange.ts';

export interface VirtualListProps {
  rowCount: number;
  rowPixels: number;
  /** The element for row 0 to rowCount - 1, with a key. */
  renderRow(row: number): ComponentChildren;
  /** Of the scrolling element: class, role, label, keys. */
  attributes: JSX.HTMLAttributes<HTMLDivElement> & { [name: `aria-${string}`]: string };
  /** Keeps the last row in view, whatever is added. */
  isFollowing?: boolean;
  /** Brought into view whenever it changes. */
  rowToShow?: number | undefined;
  /** The person scrolled: to the end, or away from it towards the beginning. */
  onScrolled?(to: 'end' | 'back'): void;
}

export function VirtualList(props: VirtualListProps) {
  const { rowCount, rowPixels, isFollowing, rowToShow } = props;
  const [scroller, size] = useSize<HTMLDivElement>();
  const [scrollPixels, setScrollPixels] = useState(0);
  // Where the list was last known to be: only a step towards the beginning is a person's.
  const lastScrollPixels = useRef(0);
  const viewport: VirtualViewport = {
    rowCount,
    rowPixels,
    viewportPixels: size?.heightPixels ?? 0,
    scrollPixels,
  };
  const range = virtualRange(viewport);

  const scrollTo = (pixels: number) => {
    const element = scroller.current;
    if (element === null) return;
    element.scrollTop = pixels;
    lastScrollPixels.current = element.scrollTop;
    setScrollPixels(element.scrollTop);
  };

  useLayoutEffect(() => {
    if (isFollowing) scrollTo(range.contentPixels);
  }, [isFollowing, range.contentPixels, viewport.viewportPixels]);

  useLayoutEffect(() => {
    if (rowToShow !== undefined && !isFollowing && size !== undefined) {
      scrollTo(scrollToShow({ ...viewport, scrollPixels: scroller.current?.scrollTop ?? 0 }, rowToShow));
    }
  }, [rowToShow, rowPixels, size?.heightPixels]);

  const scrolled = () => {
    const element = scroller.current;
    if (element === null) return;
    const { scrollTop } = element;
    setScrollPixels(scrollTop);
    const isAtEnd = element.scrollHeight - scrollTop - element.clientHeight < rowPixels / 2;
    if (isAtEnd) props.onScrolled?.('end');
    else if (scrollTop < lastScrollPixels.current) props.onScrolled?.('back');
    lastScrollPixels.current = scrollTop;
  };

  const rows: ComponentChildren[] = [];
  for (let row = range.firstRow; row < range.endRow; row++) rows.push(props.renderRow(row));
  return (
    <div {...props.attributes} ref={scroller} onScroll={scrolled}>
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
