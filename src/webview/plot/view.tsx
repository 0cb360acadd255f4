/** The plot panel as a whole: what can be done, the chart, its lines. */
import { useRef } from 'preact/hooks';
import { Notice } from '../shared/controls.tsx';
import { t } from '../shared/l10n.ts';
import { drawPicture } from './picture.ts';
import type { PlotProps } from './plotProps.ts';
import { extremesOf } from './points.ts';
import { hasPoints, isLost, linesOf, rangeOf } from './state.ts';
import { ChartView } from './viewChart.tsx';
import { PlotLegend } from './viewLegend.tsx';
import { ValueRange } from './viewRange.tsx';
import { PlotToolbar } from './viewToolbar.tsx';
import { nameOf, notesOf, readingProgress, readingWords } from './words.ts';

export function PlotPanel(props: PlotProps & { onSize(widthPixels: number): void }) {
  const { state, theme, format, post } = props;
  const canvas = useRef<HTMLCanvasElement>();
  if (state.series === undefined) return null;
  const range = rangeOf(state);
  const lines = linesOf(state);
  const savePicture = async () => {
    if (canvas.current === undefined || range === undefined) return;
    const png = await drawPicture({
      canvas: canvas.current,
      range,
      lines: lines
        .filter(({ isHidden }) => !isHidden)
        .map((line) => {
          const points = state.points.get(line.id);
          const { min, max } = (points && extremesOf(points, range)) ?? {};
          return { index: line.index, name: nameOf(line), min, max };
        }),
      theme,
      format,
    });
    if (png !== undefined) post({ kind: 'savePng', png });
  };
  return (
    <main class="panel plot-panel">
      <PlotToolbar {...props} savePicture={() => void savePicture()} />
      {notesOf(state, format).map(({ kind, words }) => (
        <Notice key={words} kind={kind}>
          {words}
        </Notice>
      ))}
      {range === undefined || !hasPoints(state) ? (
        <EmptyPlot {...props} />
      ) : (
        <ChartView {...props} canvas={canvas} />
      )}
      <PlotLegend {...props} />
      {range !== undefined && hasPoints(state) && (
        <footer class="plot-footer">
          <ValueRange {...props} side="left" />
          {lines.some(({ side, isHidden }) => side === 'right' && !isHidden) && (
            <ValueRange {...props} side="right" />
          )}
        </footer>
      )}
    </main>
  );
}

function EmptyPlot({ state }: PlotProps) {
  if (isLost(state))
    return (
      <div class="empty-panel">
        <p class="empty-title">{t('The points are gone')}</p>
        <p class="empty-words">
          {t('The MQTT engine that held them has ended. What comes when a broker runs again appears here.')}
        </p>
      </div>
    );
  const progress = readingProgress(state);
  if (progress < 1)
    return (
      <div class="empty-panel">
        <p class="empty-title">{readingWords(progress)}</p>
      </div>
    );
  return (
    <div class="empty-panel">
      <p class="empty-title">{state.series?.length === 0 ? t('No series') : t('Nothing to plot yet')}</p>
      <p class="empty-words">
        {state.series?.length === 0
          ? t('Add one here, or by Add to Open Plot… on a topic.')
          : t('A number appears here as it comes.')}
      </p>
    </div>
  );
}
