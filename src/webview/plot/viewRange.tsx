/** The range of a value axis: what is in view, or from one number to another. */
import { useState } from 'preact/hooks';
import { t } from '../shared/l10n.ts';
import type { AxisSide } from './axes.ts';
import type { PlotProps } from './plotProps.ts';
import { extremesInView } from './state.ts';

export function ValueRange({ state, dispatch, side }: PlotProps & { side: AxisSide }) {
  const fixed = state.choices.y[side];
  const [typed, setTyped] = useState<{ min: string; max: string }>();
  const label = side === 'left' ? t('Fixed range on the left') : t('Fixed range on the right');
  const toggle = () => {
    setTyped(undefined);
    const range = fixed === undefined ? (extremesInView(state, side) ?? { min: 0, max: 1 }) : undefined;
    dispatch({ kind: 'yChosen', side, range: range && widened(range) });
  };
  const type = (end: 'min' | 'max', text: string) => {
    if (fixed === undefined) return;
    const texts = { ...(typed ?? { min: String(fixed.min), max: String(fixed.max) }), [end]: text };
    setTyped(texts);
    const range = { min: Number(texts.min), max: Number(texts.max) };
    if (texts.min.trim() !== '' && texts.max.trim() !== '' && range.min < range.max)
      dispatch({ kind: 'yChosen', side, range });
  };
  const field = (end: 'min' | 'max', name: string) => (
    <input
      type="number"
      step="any"
      class="plot-limit"
      aria-label={name}
      value={typed?.[end] ?? String(fixed?.[end] ?? '')}
      onInput={(event) => type(end, event.currentTarget.value)}
    />
  );
  return (
    <span class="plot-range">
      <label>
        <input type="checkbox" checked={fixed !== undefined} onChange={toggle} /> {label}
      </label>
      {fixed !== undefined && (
        <>
          {field('min', side === 'left' ? t('Lowest on the left') : t('Lowest on the right'))}
          {' – '}
          {field('max', side === 'left' ? t('Highest on the left') : t('Highest on the right'))}
        </>
      )}
    </span>
  );
}

/** A flat line has room above it and below. */
function widened({ min, max }: { min: number; max: number }): { min: number; max: number } {
  return min < max ? { min, max } : { min: min - 1, max: max + 1 };
}
