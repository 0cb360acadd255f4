/** Below the plot: its lines as a table, with their values at the cursor, what is in view of each, and its axis. */
import { Action } from '../shared/controls.tsx';
import { t } from '../shared/l10n.ts';
import type { AxisChoice } from './axes.ts';
import { colourPropertyOf, dashOf } from './lineStyle.ts';
import type { PlotProps } from './plotProps.ts';
import { extremesOf, nearestPoint } from './points.ts';
import { type Line, linesOf, rangeOf } from './state.ts';
import { nameOf, shortNameOf } from './words.ts';

export function PlotLegend(props: PlotProps) {
  const { state, format, post } = props;
  const { cursorMs } = state;
  const lines = linesOf(state);
  // Nothing of them is drawn, and they can be removed all the same.
  const empty = (state.series ?? []).filter(({ state: is }) => (is?.lines.length ?? 0) === 0);
  return (
    <div class="plot-legend">
      <table aria-label={t('Series')}>
        <thead>
          <tr>
            <th scope="col">{t('Series')}</th>
            <th scope="col" class="plot-number">
              {cursorMs === undefined ? t('Newest') : format.time(cursorMs)}
            </th>
            <th scope="col" class="plot-number">
              {t('Lowest in View')}
            </th>
            <th scope="col" class="plot-number">
              {t('Highest in View')}
            </th>
            <th scope="col" class="plot-number">
              {t('No Number')}
            </th>
            <th scope="col">{t('Axis')}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <LegendRow key={line.id} {...props} line={line} />
          ))}
          {empty.map(({ key, source, state: is }) => (
            <tr key={`empty ${key}`}>
              <th scope="row">{shortNameOf(source)}</th>
              <td class="plot-number" colSpan={3}>
                {t('no number so far')}
              </td>
              <td class="plot-number">{format.value(is?.otherMessages ?? 0)}</td>
              <td />
              <td>
                <RemoveAction
                  name={shortNameOf(source)}
                  onClick={() => post({ kind: 'removeSeries', key })}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function LegendRow({ line, state, format, dispatch, post }: PlotProps & { line: Line }) {
  const range = rangeOf(state);
  const points = state.points.get(line.id);
  const extremes = points && range && extremesOf(points, range);
  const at =
    state.cursorMs === undefined || points === undefined ? undefined : nearestPoint(points, state.cursorMs);
  const value = state.cursorMs === undefined ? line.state.newestValue : at?.value;
  const name = shortNameOf(line);
  // A series of a filter goes as a whole, by its first line; its lines are hidden one by one.
  const series = state.series?.find(({ key }) => key === line.key);
  const isFirst = series?.state?.lines[0]?.topic === line.topic;
  return (
    <tr class={line.isHidden ? 'plot-hidden' : ''}>
      <th scope="row" title={nameOf(line)}>
        <label class="plot-name">
          <input
            type="checkbox"
            checked={!line.isHidden}
            aria-label={t('Show {0}', name)}
            onChange={() => dispatch({ kind: 'lineToggled', id: line.id })}
          />
          <Swatch index={line.index} />
          <span class="plot-name-text">{name}</span>
        </label>
      </th>
      <td class="plot-number" title={at === undefined ? '' : format.dateAndTime(at.timeMs)}>
        {value === undefined ? '–' : format.value(value)}
      </td>
      <td class="plot-number">{extremes ? format.value(extremes.min) : '–'}</td>
      <td class="plot-number">{extremes ? format.value(extremes.max) : '–'}</td>
      <td class="plot-number">{format.value(line.state.otherMessages)}</td>
      <td>
        <select
          aria-label={t('Axis of {0}', name)}
          value={line.choice}
          // One of the options below.
          onChange={(event) =>
            dispatch({ kind: 'axisChosen', id: line.id, choice: event.currentTarget.value as AxisChoice })
          }
        >
          <option value="automatic">
            {line.side === 'left' ? t('Automatic (left)') : t('Automatic (right)')}
          </option>
          <option value="left">{t('Left')}</option>
          <option value="right">{t('Right')}</option>
        </select>
      </td>
      <td>
        {isFirst && (
          <RemoveAction
            name={shortNameOf(series.source)}
            onClick={() => post({ kind: 'removeSeries', key: line.key })}
          />
        )}
      </td>
    </tr>
  );
}

function RemoveAction({ name, onClick }: { name: string; onClick(): void }) {
  return <Action icon="remove" label={t('Remove {0}', name)} onClick={onClick} />;
}

function Swatch({ index }: { index: number }) {
  return (
    <svg class="plot-swatch" width="28" height="8" aria-hidden="true">
      <line
        x1="0"
        y1="4"
        x2="28"
        y2="4"
        style={{ stroke: `var(${colourPropertyOf(index)})` }}
        stroke-dasharray={dashOf(index).join(' ')}
      />
    </svg>
  );
}
