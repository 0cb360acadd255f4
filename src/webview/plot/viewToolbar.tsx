/** Above the plot: how much of the time is in view, whether it follows, and what can be done with it. */
import { Action, Segments } from '../shared/controls.tsx';
import { FlowControl } from '../shared/flowControl.tsx';
import { t } from '../shared/l10n.ts';
import type { PlotProps } from './plotProps.ts';
import { hasPoints, isLost, linesOf, type PlotState, rangeOf } from './state.ts';
import { nameOf, readingProgress, readingWords } from './words.ts';

/** For a radio button, which has a value in any case. */
const ALL = 0;
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

export function PlotToolbar({ state, dispatch, post, savePicture }: PlotProps & { savePicture(): void }) {
  const { windowMs, range } = state.choices;
  const isFollowing = range === undefined;
  const progress = isLost(state) ? 1 : readingProgress(state);
  const saveCsv = (isViewOnly: boolean) => {
    const inView = rangeOf(state);
    post({
      kind: 'saveCsv',
      columns: linesOf(state)
        .filter(({ isHidden }) => !isHidden)
        .map((line) => ({ key: line.key, topic: line.topic, name: nameOf(line) })),
      ...(isViewOnly && inView !== undefined && { range: inView }),
    });
  };
  return (
    <header class="plot-toolbar">
      {progress < 1 && (
        <progress class="search-progress" value={progress} aria-label={readingWords(progress)} />
      )}
      <span id="window-label" class="screen-reader-only">
        {t('Time in view')}
      </span>
      <Segments
        name="window"
        labelledBy="window-label"
        value={isFollowing ? (windowMs ?? ALL) : -1}
        options={[
          { value: 10 * SECOND_MS, label: t('10 s'), tooltip: t('The last 10 seconds') },
          { value: MINUTE_MS, label: t('1 min'), tooltip: t('The last minute') },
          { value: 10 * MINUTE_MS, label: t('10 min'), tooltip: t('The last 10 minutes') },
          { value: ALL, label: t('All'), tooltip: t('All that is held') },
        ]}
        onChange={(value) => dispatch({ kind: 'windowChosen', windowMs: value === ALL ? undefined : value })}
      />
      <Action
        icon="zoomIn"
        label={t('Zoom In')}
        tooltip={t('Zoom In (+)')}
        onClick={() => dispatch({ kind: 'zoomed', factor: 0.5 })}
      />
      <Action
        icon="zoomOut"
        label={t('Zoom Out')}
        tooltip={t('Zoom Out (-)')}
        onClick={() => dispatch({ kind: 'zoomed', factor: 2 })}
      />
      {!isLost(state) && (
        <FlowControl
          isFollowing={isFollowing}
          words={flowWords(state)}
          tooltips={{ hold: t('Hold the plot still (Space)'), follow: t('Show the newest (Home)') }}
          onHold={() => dispatch({ kind: 'paused' })}
          onFollow={() => dispatch({ kind: 'followed' })}
        />
      )}
      <span class="plot-actions">
        <Action icon="add" label={t('Add Series…')} isTextShown onClick={() => post({ kind: 'addSeries' })} />
        {hasPoints(state) && (
          <Action
            icon="save"
            label={t('Save PNG…')}
            isTextShown
            tooltip={t('Save the picture as PNG')}
            onClick={savePicture}
          />
        )}
        {hasPoints(state) && !isLost(state) && (
          <>
            <Action
              icon="save"
              label={t('Save View as CSV…')}
              isTextShown
              tooltip={t('Save the points in view as a CSV table')}
              onClick={() => saveCsv(true)}
            />
            <Action
              icon="save"
              label={t('Save All as CSV…')}
              isTextShown
              tooltip={t('Save all points that are held as a CSV table')}
              onClick={() => saveCsv(false)}
            />
          </>
        )}
        {state.broker !== 'running' && state.broker !== 'starting' && (
          <button type="button" class="button" onClick={() => post({ kind: 'startBroker' })}>
            {t('Start Broker')}
          </button>
        )}
      </span>
    </header>
  );
}

function flowWords({ choices: { range, isPaused } }: PlotState): string {
  if (isPaused) return t('Paused');
  return range === undefined ? t('Following') : t('Zoomed');
}
