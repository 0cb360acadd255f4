/** The line between two areas, to be dragged, or moved with arrow keys. Knows their share, not what they show. */
import { useRef } from 'preact/hooks';

export interface SplitterProps {
  label: string;
  /** Side by side: the line is vertical. */
  isVertical: boolean;
  /** Of the first area, 0 to 1. */
  share: number;
  defaultShare: number;
  /** The element that both areas fill. */
  container(): HTMLElement | null;
  onChange(share: number): void;
}

const smallest = 0.15;
const largest = 0.85;
const step = 0.02;

export function Splitter(props: SplitterProps) {
  const { isVertical, share } = props;
  const isDragging = useRef(false);
  const change = (to: number) => props.onChange(Math.min(Math.max(to, smallest), largest));

  const dragged = (event: PointerEvent) => {
    const bounds = props.container()?.getBoundingClientRect();
    if (!isDragging.current || bounds === undefined) return;
    const pixels = isVertical ? event.clientX - bounds.left : event.clientY - bounds.top;
    change(pixels / (isVertical ? bounds.width : bounds.height));
  };
  const pressed = (event: KeyboardEvent) => {
    const [less, more] = isVertical ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown'];
    if (event.key === less) change(share - step);
    else if (event.key === more) change(share + step);
    else if (event.key === 'Home') change(smallest);
    else if (event.key === 'End') change(largest);
    else return;
    event.preventDefault();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: an <hr> takes no pointer or key; the pattern is a focusable separator.
    <div
      class={`splitter ${isVertical ? 'splitter-vertical' : 'splitter-horizontal'}`}
      role="separator"
      tabIndex={0}
      aria-label={props.label}
      aria-orientation={isVertical ? 'vertical' : 'horizontal'}
      aria-valuemin={smallest * 100}
      aria-valuemax={largest * 100}
      aria-valuenow={Math.round(share * 100)}
      onPointerDown={(event) => {
        isDragging.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={dragged}
      onPointerUp={() => {
        isDragging.current = false;
      }}
      onDblClick={() => change(props.defaultShare)}
      onKeyDown={pressed}
    />
  );
}
