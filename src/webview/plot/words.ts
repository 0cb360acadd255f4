/** What the plot says of itself: names of lines, the summary for those who do not see it, and what is missing in it. */
import { shorten } from '../shared/format.ts';
import { count, t } from '../shared/l10n.ts';
import type { PlotFormat } from './plotFormat.ts';
import { extremesOf, nearestPoint } from './points.ts';
import { hasPoints, isLost, type Line, linesOf, type PlotState, rangeOf } from './state.ts';

const MAX_NAME_CHARACTERS = 120;

/** `oven/temperature`, `oven.celsius`. */
export function nameOf({ topic, path }: Pick<Line, 'topic' | 'path'>): string {
  return path === '' ? topic : `${topic} ${path.replace(/^\./, '')}`;
}

export function shortNameOf(line: Pick<Line, 'topic' | 'path'>): string {
  return shorten(nameOf(line), MAX_NAME_CHARACTERS);
}

/** Of the lines that are shown: newest value, and what is in view. */
export function summaryWords(state: PlotState, format: PlotFormat): string {
  const range = rangeOf(state);
  if (range === undefined) return '';
  const sentences = linesOf(state)
    .filter(({ isHidden }) => !isHidden)
    .map((line) => {
      const points = state.points.get(line.id);
      const extremes = points && extremesOf(points, range);
      const newest = format.value(line.state.newestValue);
      const name = shortNameOf(line);
      return extremes === undefined
        ? t('{0}: newest {1}, none in view.', name, newest)
        : t(
            '{0}: newest {1}, {2} to {3} in view.',
            name,
            newest,
            format.value(extremes.min),
            format.value(extremes.max),
          );
    });
  const times = t('From {0} to {1}.', format.dateAndTime(range.fromMs), format.dateAndTime(range.toMs));
  return [times, ...sentences].join(' ');
}

/** The values at the cursor, in one sentence a line. */
export function cursorWords(state: PlotState, format: PlotFormat): string {
  const { cursorMs } = state;
  if (cursorMs === undefined) return '';
  const values = linesOf(state).flatMap((line) => {
    const points = line.isHidden ? undefined : state.points.get(line.id);
    const point = points && nearestPoint(points, cursorMs);
    return point === undefined ? [] : [`${shortNameOf(line)}: ${format.value(point.value)}`];
  });
  return [format.time(cursorMs), ...values].join('. ');
}

/** How much of the history is read, 0 to 1, of the series that is least far. 1 while they only follow what comes. */
export function readingProgress({ series = [] }: PlotState): number {
  return Math.min(1, ...series.map(({ state }) => state?.progress ?? 0));
}

export function readingWords(progress: number): string {
  return t('Reading the history: {0} %', count(Math.floor(progress * 100)));
}

export interface Note {
  kind: 'info' | 'warning';
  words: string;
}

/** What a person must know to read the plot right. */
export function notesOf(state: PlotState, format: PlotFormat): Note[] {
  const notes: Note[] = [];
  const series = state.series ?? [];
  if (isLost(state)) {
    if (hasPoints(state))
      notes.push({
        kind: 'warning',
        words: t('The MQTT engine stopped. What is drawn stays until a broker runs again.'),
      });
  } else if (state.broker === 'starting')
    notes.push({ kind: 'info', words: t('The local broker is starting…') });
  else if (state.broker !== 'running')
    notes.push({ kind: 'warning', words: t('The broker is not running. What came before stays here.') });
  if (state.wasCleared)
    notes.push({ kind: 'info', words: t('The topics were cleared: the plot begins anew after that.') });
  const without = series.filter(({ state: is }) => is?.progress === 1 && is.lines.length === 0);
  if (without.length > 0)
    notes.push({
      kind: 'info',
      words: t(
        'No number in the messages of {0} so far.',
        without.map(({ source }) => shortNameOf(source)).join(', '),
      ),
    });
  for (const { source, state: is } of series) {
    if (is === undefined) continue;
    if (is.hasMoreTopics)
      notes.push({
        kind: 'warning',
        words: t(
          'More topics match {0} than are plotted: the first {1} are.',
          source.topic,
          count(is.lines.length),
        ),
      });
    if (is.missedMessages > 0)
      notes.push({
        kind: 'warning',
        words: t(
          '{0} messages of {1} came faster than they could be read, and are missing here.',
          count(is.missedMessages),
          shorten(source.topic, MAX_NAME_CHARACTERS),
        ),
      });
  }
  if (series.some(({ state: is }) => is?.startsLate))
    notes.push({
      kind: 'info',
      words: t('What was dropped from the history before the plot was opened is not in it.'),
    });
  const thinned = linesOf(state).flatMap(({ state: { thinnedBeforeMs } }) => thinnedBeforeMs ?? []);
  if (thinned.length > 0)
    notes.push({
      kind: 'info',
      words: t(
        'Before {0}, the lowest and the highest of some points each are kept.',
        format.dateAndTime(Math.max(...thinned)),
      ),
    });
  return notes;
}
