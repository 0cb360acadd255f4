/** What a component must ask the page itself: the size of an element, and of a character. */
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

export interface Size {
  widthPixels: number;
  heightPixels: number;
}

/** Follows the element's inner size. Undefined in the first pass, before anything is on the screen. */
export function useSize<E extends HTMLElement>(): [RefObject<E>, Size | undefined] {
  const ref = useRef<E>(null);
  const [size, setSize] = useState<Size>();
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const measure = () => {
      const { clientWidth: widthPixels, clientHeight: heightPixels } = element;
      setSize((before) =>
        before?.widthPixels === widthPixels && before.heightPixels === heightPixels
          ? before
          : { widthPixels, heightPixels },
      );
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, size];
}

export interface MonospaceMetrics {
  columnPixels: number;
  rowPixels: number;
}

const probeColumns = 100;

/**
 * The size of a character in the editor's font: hand the ref to an element of class `monospace-probe` with
 * `probeText` in it. Its size changes with the person's font settings, and the metrics with it.
 */
export function useMonospaceMetrics(): [RefObject<HTMLSpanElement>, MonospaceMetrics] {
  const ref = useRef<HTMLSpanElement>(null);
  const [metrics, setMetrics] = useState<MonospaceMetrics>({ columnPixels: 8, rowPixels: 20 });
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const measure = () => {
      const { width, height } = element.getBoundingClientRect();
      if (width > 0) setMetrics({ columnPixels: width / probeColumns, rowPixels: Math.round(height) });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, metrics];
}

export const probeText = '0'.repeat(probeColumns);
