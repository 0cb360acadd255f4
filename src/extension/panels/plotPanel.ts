/**
 * The host side of one plot: its series in the engine, and what its page is sent.
 *
 * Holds which series there are and how they stand, so that a page that was hidden is filled again when it asks
 * (`ready`). The points stay in the engine until the page asks for those of a range.
 */
import { l10n } from 'vscode';
import type { Disposable } from '../../base/disposable.ts';
import type { Event } from '../../base/event.ts';
import { panelIds } from '../../contracts/manifest.ts';
import type {
  ExtensionToPlotPanel,
  PlotPanelToExtension,
  PlottedSeries,
  SeriesKey,
} from '../../contracts/plotPanel.ts';
import type { SeriesId, SeriesSource, SeriesState } from '../../contracts/plots.ts';
import { formatName } from '../words/formats.ts';
import { PanelHost } from './panelHost.ts';
import { saveCsv, savePng } from './plotExport.ts';
import type { PlotPanelsOptions } from './plotPanels.ts';

const MAX_TITLE_CHARACTERS = 40;

interface OpenSeries extends Omit<PlottedSeries, 'isLost'> {
  /** Undefined while the engine has none of it. */
  seriesId: SeriesId | undefined;
  isOpening: boolean;
}

export class PlotPanel implements Disposable {
  readonly #options: PlotPanelsOptions;
  readonly #host: PanelHost<PlotPanelToExtension, ExtensionToPlotPanel>;
  readonly onDispose: Event<void>;
  /** It came into sight, went out of it, or became the active one. */
  readonly onDidChangeViewState: Event<void>;
  readonly #onSeriesOpened: () => void;
  #series: OpenSeries[] = [];
  #lastKey = 0;
  #isClosed = false;

  /** @param onSeriesOpened which of the engine's series are looked at has changed. */
  constructor(options: PlotPanelsOptions, onSeriesOpened: () => void) {
    this.#options = options;
    this.#onSeriesOpened = onSeriesOpened;
    this.#host = new PanelHost({
      extensionUri: options.extensionUri,
      viewType: panelIds.plot,
      title: l10n.t('Plot'),
      bundle: 'plot',
      isBeside: true,
    });
    this.onDispose = this.#host.onDispose;
    this.onDidChangeViewState = this.#host.onDidChangeViewState;
    this.#host.onMessage((message) => options.inBackground(this.#receive(message)));
    this.#host.onDispose(() => {
      this.#isClosed = true;
      for (const series of this.#series) this.#close(series);
    });
  }

  get isActive(): boolean {
    return this.#host.isActive;
  }

  /** Of the series that a person sees. */
  get watchedIds(): readonly SeriesId[] {
    return this.#host.isVisible ? this.#series.flatMap(({ seriesId }) => seriesId ?? []) : [];
  }

  async add(source: SeriesSource): Promise<void> {
    if (this.#series.some((series) => isSame(series.source, source))) return;
    const key = ++this.#lastKey;
    const series: OpenSeries = { key, source, state: undefined, seriesId: undefined, isOpening: true };
    this.#series.push(series);
    this.#seriesChanged();
    await this.#open(series);
  }

  /** A new engine knows nothing of the series of the one before. */
  async openLost(): Promise<void> {
    for (const series of this.#series)
      if (series.seriesId === undefined && !series.isOpening) await this.#open(series);
  }

  /** The engine died, and its series with it. Those of the broker stay, and go on with the next engine. */
  loseSeries(): void {
    for (const series of this.#series) series.seriesId = undefined;
    // A recording's connection may be another recording's by then.
    this.#series = this.#series.filter(({ source }) => source.connection === undefined);
    this.#seriesChanged();
  }

  follow(states: readonly SeriesState[]): void {
    let hasChanged = false;
    for (const state of states) {
      const series = this.#series.find(({ seriesId }) => seriesId === state.seriesId);
      if (series === undefined) continue;
      series.state = state;
      hasChanged = true;
    }
    if (hasChanged) this.#sendSeries();
  }

  tellBrokerState(): void {
    this.#host.post({ kind: 'brokerState', broker: this.#options.broker.state.kind });
  }

  reveal(): void {
    this.#host.reveal();
  }

  dispose(): void {
    this.#host.dispose();
  }

  async #receive(message: PlotPanelToExtension): Promise<void> {
    switch (message.kind) {
      case 'ready':
        this.#host.post({
          kind: 'init',
          series: this.#plotted(),
          broker: this.#options.broker.state.kind,
        });
        return;
      case 'requestPoints':
        return this.#sendPoints(message);
      case 'removeSeries':
        return this.#remove(message.key);
      case 'addSeries':
        return this.#options.askAndAdd(this);
      case 'saveCsv':
        return saveCsv(this.#options, {
          columns: message.columns.flatMap(({ key, ...column }) => {
            const seriesId = this.#find(key)?.seriesId;
            return seriesId === undefined ? [] : { ...column, seriesId };
          }),
          range: message.range,
        });
      case 'savePng':
        return savePng(this.#options, message.png);
      case 'startBroker':
        return this.#options.startBroker();
    }
  }

  async #open(series: OpenSeries): Promise<void> {
    const { engine, questions } = this.#options;
    series.isOpening = true;
    const result = await engine.call('openSeries', series.source).catch((reason: unknown) => {
      series.isOpening = false;
      // The engine died meanwhile: the page must not wait for its history.
      if (!this.#isClosed) this.#sendSeries();
      throw reason;
    });
    series.isOpening = false;
    switch (result.kind) {
      case 'opened':
        // Removed while the engine answered.
        if (this.#isClosed || !this.#series.includes(series)) return this.#closeId(result.seriesId);
        series.seriesId = result.seriesId;
        return this.#onSeriesOpened();
      case 'tooManySeries':
        this.#remove(series.key);
        await questions.say(
          'warning',
          l10n.t(
            'No more than {0} series are plotted at a time. Close a plot, or remove a series from one, and add it again.',
            result.maxSeries,
          ),
        );
        return;
      case 'noSuchConnection':
        this.#remove(series.key);
        await questions.say(
          'warning',
          l10n.t(
            'The recording is closed. Open it again, and plot {0} from there.',
            formatName(series.source.topic),
          ),
        );
        return;
      case 'invalidTopicFilter':
        this.#remove(series.key);
        await questions.say(
          'error',
          l10n.t('{0} is no topic and no topic filter.', formatName(series.source.topic)),
        );
    }
  }

  async #sendPoints(request: Extract<PlotPanelToExtension, { kind: 'requestPoints' }>): Promise<void> {
    const { requestId, fromMs, toMs, maxPoints } = request;
    const keys = new Map(this.#series.map(({ key, seriesId }) => [seriesId, key]));
    const seriesIds = this.#series.flatMap(({ seriesId }) => seriesId ?? []);
    const lines = await this.#options.engine.callIfRunning('seriesPoints', {
      seriesIds,
      fromMs,
      toMs,
      maxPoints,
    });
    this.#host.post({
      kind: 'points',
      requestId,
      lines: lines?.flatMap(({ seriesId, ...line }) => {
        const key = keys.get(seriesId);
        return key === undefined ? [] : { key, ...line };
      }),
    });
  }

  #remove(key: SeriesKey): void {
    const series = this.#find(key);
    if (series === undefined) return;
    this.#series = this.#series.filter((each) => each !== series);
    this.#close(series);
    this.#seriesChanged();
    this.#onSeriesOpened();
  }

  #find(key: SeriesKey): OpenSeries | undefined {
    return this.#series.find((series) => series.key === key);
  }

  #close({ seriesId }: OpenSeries): void {
    if (seriesId !== undefined) this.#closeId(seriesId);
  }

  #closeId(seriesId: SeriesId): void {
    this.#options.inBackground(this.#options.engine.callIfRunning('closeSeries', { seriesId }));
  }

  #seriesChanged(): void {
    this.#host.title = this.#title();
    this.#sendSeries();
  }

  #sendSeries(): void {
    this.#host.post({ kind: 'series', series: this.#plotted() });
  }

  #plotted(): readonly PlottedSeries[] {
    return this.#series.map(({ key, source, state, seriesId, isOpening }) => ({
      key,
      source,
      state,
      isLost: seriesId === undefined && (state !== undefined || !isOpening),
    }));
  }

  #title(): string {
    const [first, ...others] = this.#series;
    if (first === undefined) return l10n.t('Plot');
    const name = formatName(first.source.topic, MAX_TITLE_CHARACTERS);
    return others.length === 0
      ? l10n.t('Plot: {0}', name)
      : l10n.t('Plot: {0} and {1} more', name, others.length);
  }
}

function isSame(a: SeriesSource, b: SeriesSource): boolean {
  return a.topic === b.topic && a.path === b.path && a.connection === b.connection;
}
