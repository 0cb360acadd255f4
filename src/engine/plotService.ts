/**
 * What may be asked about the numbers in messages: series that are filled from the history and go on with what comes.
 *
 * Has views of its own on the log, and catches up with it four times a second; what is left when its share of a turn is
 * over is read in the next one. Nothing here runs as a message comes.
 */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { timeSlice } from '../base/timeSlice.ts';
import type {
  CsvPart,
  LinePoints,
  OpenSeriesResult,
  PlotMethods,
  PlotPath,
  SeriesId,
  SeriesSource,
  SeriesState,
} from '../contracts/plots.ts';
import { LoggedMessage } from '../model/loggedMessage.ts';
import { BROKER_ORIGIN } from '../model/messageLog.ts';
import { MessageViews } from '../model/messageViews.ts';
import type { Model } from '../model/model.ts';
import { type PlotLine, PlotSeries } from '../model/plotSeries.ts';
import { checkPlainTopicFilter, topicMatches } from '../mqtt/topics.ts';
import { ChangePump } from './changePump.ts';
import type { Models } from './models.ts';
import type { PayloadNumbers } from './payloadNumbers.ts';
import { PlotCsv } from './plotCsv.ts';
import type { Handlers } from './rpcServer.ts';

const INTERVAL_MS = 250;
/** How long the series read before others have a turn, and how long that turn is: two thirds of the thread at most. */
const SLICE_MS = 8;
const PAUSE_MS = 4;
/** A line is 1.7 MB when it is full. */
const MAX_LINE_POINTS = 100_000;
const MAX_SERIES = 64;
const MIN_DRAWN_POINTS = 16;
const MAX_DRAWN_POINTS = 4000;
/** Some milliseconds of work. */
const CSV_ROWS = 2000;
/** How far back a message of a topic filter is looked for. */
const MAX_LOOKED_BACK = 20_000;

export interface PlotServiceOptions {
  models: Models;
  clock: Clock;
  numbers: PayloadNumbers;
  onChanged(states: readonly SeriesState[]): void;
  /** Points that are held of a line. */
  maxLinePoints?: number;
}

export class PlotService implements Handlers<PlotMethods>, Disposable {
  readonly #options: PlotServiceOptions;
  /** Of each connection that a series was made of. */
  readonly #views = new Map<Model, MessageViews>();
  readonly #pump: ChangePump;
  readonly #series = new Map<SeriesId, PlotSeries>();
  readonly #modelOf = new Map<SeriesId, Model>();
  /** What was last told of each that is watched. */
  readonly #told = new Map<SeriesId, string>();
  readonly #tables = new Map<number, PlotCsv>();
  #timer: Disposable | undefined;
  #nextSeriesId = 1;
  #nextCsvId = 1;

  constructor(options: PlotServiceOptions) {
    const { clock } = options;
    this.#options = options;
    this.#pump = new ChangePump({ clock, intervalMs: INTERVAL_MS, send: () => this.#tell() });
  }

  async plotPaths({
    topic,
    connection,
  }: Parameters<PlotMethods['plotPaths']>[0]): Promise<readonly PlotPath[]> {
    const model = this.#options.models.of(connection);
    if (model === undefined) return [];
    const payload = newestPayload(model, topic);
    return payload === undefined ? [] : this.#options.numbers.pathsOf(payload.bytes, payload.topic, model);
  }

  openSeries({ topic, path, connection }: SeriesSource): OpenSeriesResult {
    if (checkPlainTopicFilter(topic) !== undefined) return { kind: 'invalidTopicFilter' };
    if (this.#series.size >= MAX_SERIES) return { kind: 'tooManySeries', maxSeries: MAX_SERIES };
    const { models, numbers, maxLinePoints = MAX_LINE_POINTS } = this.#options;
    const model = models.of(connection);
    if (model === undefined) return { kind: 'noSuchConnection' };
    const view = this.#viewsOf(model).open({ origin: BROKER_ORIGIN, topicFilter: topic });
    const series = new PlotSeries({
      id: this.#nextSeriesId++,
      view,
      log: model.log,
      readNumber: numbers.readerOf(path, model),
      maxPoints: maxLinePoints,
      onReady: () => this.#workSoon(),
    });
    this.#series.set(series.id, series);
    this.#modelOf.set(series.id, model);
    return { kind: 'opened', seriesId: series.id };
  }

  closeSeries({ seriesId }: { seriesId: SeriesId }): void {
    const series = this.#series.get(seriesId);
    const model = this.#modelOf.get(seriesId);
    if (series === undefined || model === undefined) return;
    this.#series.delete(seriesId);
    this.#modelOf.delete(seriesId);
    this.#told.delete(seriesId);
    this.#views.get(model)?.close(series.view.id);
    if ([...this.#modelOf.values()].includes(model)) return;
    // Nobody looks at it any more: it may be that of a recording that was closed.
    this.#views.get(model)?.dispose();
    this.#views.delete(model);
  }

  watchSeries({ seriesIds }: { seriesIds: readonly SeriesId[] }): void {
    this.#told.clear();
    for (const id of seriesIds) if (this.#series.has(id)) this.#told.set(id, '');
    this.#pump.touch();
  }

  seriesPoints(params: Parameters<PlotMethods['seriesPoints']>[0]): readonly LinePoints[] {
    const { seriesIds, fromMs, toMs } = params;
    const maxPoints = Math.min(Math.max(params.maxPoints, MIN_DRAWN_POINTS), MAX_DRAWN_POINTS);
    return seriesIds.flatMap((seriesId) =>
      (this.#series.get(seriesId)?.lines ?? []).map(({ topic, points }) => ({
        seriesId,
        topic,
        ...points.draw(fromMs, toMs, maxPoints),
      })),
    );
  }

  openCsv({ columns, fromMs, toMs }: Parameters<PlotMethods['openCsv']>[0]): { csvId: number } {
    const lines = columns.flatMap(({ seriesId, topic, name }) => {
      const line = this.#series.get(seriesId)?.line(topic);
      return line === undefined ? [] : [{ name, points: line.points.held(fromMs, toMs) }];
    });
    const csvId = this.#nextCsvId++;
    this.#tables.set(csvId, new PlotCsv(lines));
    return { csvId };
  }

  csvPart({ csvId }: { csvId: number }): CsvPart | undefined {
    const table = this.#tables.get(csvId);
    if (table === undefined) return undefined;
    const bytes = new TextEncoder().encode(table.next(CSV_ROWS));
    return { bytes, progress: table.progress };
  }

  closeCsv({ csvId }: { csvId: number }): void {
    this.#tables.delete(csvId);
  }

  dispose(): void {
    this.#pump.dispose();
    this.#timer?.dispose();
    for (const views of this.#views.values()) views.dispose();
    this.#series.clear();
  }

  #tell(): boolean {
    this.#work();
    const changed: SeriesState[] = [];
    for (const [id, told] of this.#told) {
      const series = this.#series.get(id);
      if (series === undefined) continue;
      const state = stateOf(series);
      const text = JSON.stringify(state);
      if (text === told) continue;
      this.#told.set(id, text);
      changed.push(state);
    }
    if (changed.length > 0) this.#options.onChanged(changed);
    return false;
  }

  /** What is not read when the time is up is read after a pause. */
  #work(): void {
    const isTimeUp = timeSlice(this.#options.clock, SLICE_MS);
    let isBehind = false;
    for (const views of this.#views.values()) {
      if (views.advance(isTimeUp)) isBehind = true;
    }
    for (const series of this.#series.values()) {
      if (series.read(isTimeUp)) isBehind = true;
    }
    if (isBehind) this.#workSoon();
  }

  #workSoon(): void {
    this.#timer ??= this.#options.clock.setTimeout(() => {
      this.#timer = undefined;
      this.#work();
      this.#pump.touch();
    }, PAUSE_MS);
  }

  #viewsOf(model: Model): MessageViews {
    const known = this.#views.get(model);
    if (known !== undefined) return known;
    const views = new MessageViews(model.log);
    views.onDidChange(() => this.#pump.touch());
    this.#views.set(model, views);
    return views;
  }
}

function newestPayload(
  { log, topics }: Model,
  topic: string,
): { bytes: Uint8Array; topic: string } | undefined {
  const logged = topics.find(topic)?.logged;
  const newest = logged && log.newestOf(logged);
  if (newest !== undefined)
    return { bytes: newest instanceof LoggedMessage ? newest.payload : newest.preview, topic };
  // A filter: the newest message of any topic that it matches.
  const last = Math.max(log.firstId, log.nextId - MAX_LOOKED_BACK);
  for (let id = log.nextId - 1; id >= last; id--) {
    const message = log.message(id);
    if (message?.origin === BROKER_ORIGIN && topicMatches(topic, message.topic))
      return { bytes: message.payload, topic: message.topic };
  }
  return undefined;
}

function stateOf(series: PlotSeries): SeriesState {
  const progress = Math.floor(series.view.progress * series.progress * 100) / 100;
  return {
    seriesId: series.id,
    generation: series.generation,
    progress,
    lines: series.lines.map(lineStateOf),
    otherMessages: series.otherMessages,
    hasMoreTopics: series.hasMoreTopics,
    missedMessages: series.missedMessages,
    startsLate: series.startsLate,
  };
}

function lineStateOf({ topic, points, otherMessages }: PlotLine): SeriesState['lines'][number] {
  const { added, oldestAtMs = 0, newestAtMs = 0, newestValue = 0, min, max, thinnedBeforeMs } = points;
  return {
    topic,
    numbers: added,
    otherMessages,
    oldestAtMs,
    newestAtMs,
    newestValue,
    min,
    max,
    ...(thinnedBeforeMs !== undefined && { thinnedBeforeMs }),
  };
}
