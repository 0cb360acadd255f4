/** What travels between the extension and a plot panel's page. As webview.ts, which is for the other panels. */
import type { BrokerStateKind } from './engine.ts';
import type { CsvColumn, LinePoints, SeriesSource, SeriesState, TimeRange } from './plots.ts';

/** Counts up from 1 in a panel, and stays where the engine's ids do not: over its end, and the page's. */
export type SeriesKey = number;

/** A series as the panel holds it. */
export interface PlottedSeries {
  key: SeriesKey;
  source: SeriesSource;
  /** Undefined until the engine has read something. */
  state: Omit<SeriesState, 'seriesId'> | undefined;
  /** The engine that held its points has ended: `state` is how they were, and what is drawn is all there is. */
  isLost: boolean;
}

/** The points of a line, by its series' key. */
export type PlottedPoints = Omit<LinePoints, 'seriesId'> & { key: SeriesKey };

export type PlotPanelToExtension =
  /** Sent once, when the script runs. Answered with `init`. */
  | { kind: 'ready' }
  /** Answered with `points`. */
  | ({ kind: 'requestPoints'; requestId: number; maxPoints: number } & TimeRange)
  | { kind: 'removeSeries'; key: SeriesKey }
  /** Asks which, and adds it to this plot. */
  | { kind: 'addSeries' }
  /** Without a range, all points that are held. */
  | {
      kind: 'saveCsv';
      columns: readonly (Omit<CsvColumn, 'seriesId'> & { key: SeriesKey })[];
      range?: TimeRange;
    }
  | { kind: 'savePng'; png: Uint8Array }
  | { kind: 'startBroker' };

export type ExtensionToPlotPanel =
  | { kind: 'init'; series: readonly PlottedSeries[]; broker: BrokerStateKind }
  /** All series: some came, went or changed. */
  | { kind: 'series'; series: readonly PlottedSeries[] }
  /** Without lines: the engine is gone, and what is shown stays. */
  | { kind: 'points'; requestId: number; lines: readonly PlottedPoints[] | undefined }
  | { kind: 'brokerState'; broker: BrokerStateKind };
