/** The chart in its place: as large as there is room, with its keys, and in words for those who do not see it. */
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { useSize } from '../shared/hooks.ts';
import { t } from '../shared/l10n.ts';
import { PlotChart } from './chart.ts';
import type { PlotProps } from './plotProps.ts';
import { alignPoints } from './points.ts';
import { linesOf, type PlotAction, rangeOf } from './state.ts';
import { cursorWords, summaryWords } from './words.ts';

const ZOOM = 0.5;
const MOVE = 0.25;
const none = { timesMs: new Float64Array(), values: new Float64Array() };

export interface ChartViewProps extends PlotProps {
  onSize(widthPixels: number): void;
  /** What is drawn, to be saved. */
  canvas: { current: HTMLCanvasElement | undefined };
}

export function ChartView(props: ChartViewProps) {
  const { state, theme, format, dispatch, onSize, canvas } = props;
  const [area, size] = useSize<HTMLDivElement>();
  const chart = useRef<PlotChart>();
  const range = rangeOf(state);
  const lines = linesOf(state).filter(({ isHidden }) => !isHidden);
  const shown = lines.map(({ id }) => id).join('\n');
  // `shown` stands for the lines, which are made anew each time.
  const data = useMemo(
    () => alignPoints(lines.map(({ id }) => state.points.get(id) ?? none)),
    [state.points, shown],
  );
  useEffect(() => {
    if (size !== undefined) onSize(size.widthPixels);
  }, [size, onSize]);
  useLayoutEffect(() => {
    const root = area.current;
    if (root === null || size === undefined || range === undefined) return;
    const { widthPixels, heightPixels } = size;
    const { cursorMs, choices } = state;
    const model = { widthPixels, heightPixels, lines, data, range, y: choices.y, cursorMs, theme, format };
    chart.current ??= new PlotChart(root, model, {
      onRange: (chosen) => dispatch({ kind: 'rangeChosen', range: chosen }),
      onZoom: (factor, atMs) => dispatch({ kind: 'zoomed', factor, atMs }),
      onMove: (share) => dispatch({ kind: 'moved', share }),
      onCursor: (atMs) => dispatch({ kind: 'cursorSet', atMs }),
      onReset: () => dispatch({ kind: 'followed' }),
    });
    chart.current.update(model);
    canvas.current = chart.current.canvas;
  });
  useEffect(
    () => () => {
      chart.current?.dispose();
      chart.current = undefined;
      canvas.current = undefined;
    },
    [canvas],
  );
  return (
    <section
      class="plot-chart"
      role="application"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: an application takes keys.
      tabIndex={0}
      aria-label={t('Plot')}
      aria-roledescription={t('plot')}
      aria-describedby="plot-summary plot-keys"
      onKeyDown={(event) => {
        const action = actionOf(event, state.choices.range === undefined);
        if (action === undefined) return;
        event.preventDefault();
        dispatch(action);
      }}
    >
      <div ref={area} class="plot-area" />
      <p id="plot-summary" class="screen-reader-only">
        {summaryWords(state, format)}
      </p>
      <p id="plot-keys" class="screen-reader-only">
        {t(
          'Left and right arrow: values of the point before or after. With Shift: move. Plus and minus: zoom. Home: the newest. Space: pause.',
        )}
      </p>
      <p class="screen-reader-only" role="status">
        {state.isCursorByKeyboard ? cursorWords(state, format) : ''}
      </p>
    </section>
  );
}

function actionOf(event: KeyboardEvent, isFollowing: boolean): PlotAction | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  switch (event.key) {
    case 'ArrowLeft':
      return event.shiftKey ? { kind: 'moved', share: -MOVE } : { kind: 'cursorStepped', direction: -1 };
    case 'ArrowRight':
      return event.shiftKey ? { kind: 'moved', share: MOVE } : { kind: 'cursorStepped', direction: 1 };
    case '+':
    case '=':
    case 'ArrowUp':
      return { kind: 'zoomed', factor: ZOOM };
    case '-':
    case '_':
    case 'ArrowDown':
      return { kind: 'zoomed', factor: 1 / ZOOM };
    case 'Home':
      return { kind: 'followed' };
    case 'Escape':
      return { kind: 'cursorSet', atMs: undefined };
    case ' ':
      return { kind: isFollowing ? 'paused' : 'followed' };
    default:
      return undefined;
  }
}
