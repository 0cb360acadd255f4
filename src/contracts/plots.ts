/** Numbers in messages over time, as the engine keeps them for plots. */

import type { ConnectionId } from './connections.ts';

/** Counts up from 1 in the life of the engine. */
export type SeriesId = number;

/** Which numbers a series is made of. */
export interface SeriesSource {
  /** A topic name, or a topic filter: then each topic that matches is a line of its own, the first 16 of them. */
  topic: string;
  /**
   * Where the number stands in the decoded payload, as in JavaScript: `.a.b[3]`, `["any key"]`. Empty: the payload itself.
   */
  path: string;
  /** The local broker unless told. */
  connection?: ConnectionId;
}

/** A number in a message. */
export interface PlotPath {
  path: string;
  value: number;
}

export type OpenSeriesResult =
  | { kind: 'opened'; seriesId: SeriesId }
  | { kind: 'invalidTopicFilter' }
  /** Nothing is known of the connection any more. */
  | { kind: 'noSuchConnection' }
  /** More series are open than there is memory for. */
  | { kind: 'tooManySeries'; maxSeries: number };

/** The numbers of one topic. */
export interface PlotLineState {
  topic: string;
  /** Messages that had a number, held as a point or not. */
  numbers: number;
  /** Messages that had none: each is a gap. */
  otherMessages: number;
  oldestAtMs: number;
  newestAtMs: number;
  newestValue: number;
  /** Of all numbers. */
  min: number;
  max: number;
  /** Of what is older, only the lowest and the highest of some points each are kept. Absent when every point is. */
  thinnedBeforeMs?: number;
}

export interface SeriesState {
  seriesId: SeriesId;
  /** Goes up when everything was forgotten. */
  generation: number;
  /** How much of the history was looked at, 0 to 1. */
  progress: number;
  /** Topics with a number, in the order in which they came. */
  lines: readonly PlotLineState[];
  /** Messages that had no number, on topics that have no line. */
  otherMessages: number;
  /** There are more topics than lines. */
  hasMoreTopics: boolean;
  /** Messages that the history dropped before they were read, as in a flood. */
  missedMessages: number;
  /** When the series was opened, the history had dropped messages already. */
  startsLate: boolean;
}

export interface SeriesLine {
  seriesId: SeriesId;
  topic: string;
}

/** Points of a line in the order of their times: where a value is NaN, the line breaks. */
export interface LinePoints extends SeriesLine {
  timesMs: Float64Array;
  values: Float64Array;
}

export interface TimeRange {
  fromMs: number;
  toMs: number;
}

/** What becomes a column of a table. */
export interface CsvColumn extends SeriesLine {
  name: string;
}

/** A part of a table in CSV, UTF-8. */
export interface CsvPart {
  bytes: Uint8Array;
  /** 0 to 1; at 1 there is no further part. */
  progress: number;
}

export interface PlotMethods {
  /** The numbers of the newest message on the topic, or on one that matches the filter. */
  plotPaths(params: { topic: string; connection?: ConnectionId }): readonly PlotPath[];
  /** Reads what the history holds, and goes on with what comes. `seriesChanged` speaks of it once it is watched. */
  openSeries(params: SeriesSource): OpenSeriesResult;
  /** Does nothing for an id that is not open. */
  closeSeries(params: { seriesId: SeriesId }): void;
  /** Which series `seriesChanged` speaks of: those that somebody looks at. It tells at once how they stand. */
  watchSeries(params: { seriesIds: readonly SeriesId[] }): void;
  /**
   * What is to be drawn of each line of the series in a range, with a point before and after it. At most `maxPoints` (16
   * to 4,000) a line: of more, the lowest and the highest of each stretch. Empty for a series that is not open.
   */
  seriesPoints(
    params: { seriesIds: readonly SeriesId[]; maxPoints: number } & TimeRange,
  ): readonly LinePoints[];
  /** Takes all points that are held of a range, to be fetched by `csvPart`. Infinite ends of a range are allowed. */
  openCsv(params: { columns: readonly CsvColumn[] } & TimeRange): { csvId: number };
  /** The next rows. Undefined for a table that is not open. */
  csvPart(params: { csvId: number }): CsvPart | undefined;
  closeCsv(params: { csvId: number }): void;
}

export interface PlotEvents {
  /** 4 times a second at most: the watched series that changed. */
  seriesChanged: readonly SeriesState[];
}
