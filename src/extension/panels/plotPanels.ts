/**
 * The open plots. Owns which there are, which one was used last, and which series the engine is to tell of: those of
 * plots in sight. A panel (plotPanel.ts) owns its series and its page.
 */
import type { Uri } from 'vscode';
import type { Disposable } from '../../base/disposable.ts';
import { DisposableStore } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/event.ts';
import type { SeriesSource } from '../../contracts/plots.ts';
import type { InBackground } from '../background.ts';
import type { EngineClient } from '../engineClient.ts';
import type { LocalBroker } from '../localBroker.ts';
import type { UserQuestions } from '../questions/userQuestions.ts';
import { PlotPanel } from './plotPanel.ts';

export interface PlotPanelsOptions {
  extensionUri: Uri;
  engine: EngineClient;
  broker: LocalBroker;
  questions: UserQuestions;
  inBackground: InBackground;
  /** As the command does, with its messages. */
  startBroker: () => Promise<void>;
  /** Asks for a series, and adds it to the plot. */
  askAndAdd: (panel: PlotPanel) => Promise<void>;
}

export class PlotPanels implements Disposable {
  readonly #options: PlotPanelsOptions;
  readonly #store = new DisposableStore();
  readonly #didChangeOpen = new Emitter<void>();
  /** The one that was used last is the last. */
  #panels: PlotPanel[] = [];

  /** The first was opened, or the last was closed. */
  readonly onDidChangeOpen: Event<void> = this.#didChangeOpen.event;

  constructor(options: PlotPanelsOptions) {
    const { engine, broker, inBackground } = options;
    this.#options = options;
    this.#store.add(
      engine.on('seriesChanged', (states) => {
        for (const panel of this.#panels) panel.follow(states);
      }),
    );
    this.#store.add(
      broker.onDidChangeState((state) => {
        for (const panel of this.#panels) {
          panel.tellBrokerState();
          if (state.kind === 'running') inBackground(panel.openLost());
        }
      }),
    );
    this.#store.add(
      engine.onDied(() => {
        for (const panel of this.#panels) panel.loseSeries();
      }),
    );
  }

  get isAnyOpen(): boolean {
    return this.#panels.length > 0;
  }

  /** A plot of its own, beside what is open. */
  async open(source: SeriesSource): Promise<void> {
    const panel = new PlotPanel(this.#options, () => this.#watch());
    this.#panels.push(panel);
    panel.onDidChangeViewState(() => {
      if (panel.isActive) this.#panels = [...this.#panels.filter((other) => other !== panel), panel];
      this.#watch();
    });
    panel.onDispose(() => {
      this.#panels = this.#panels.filter((other) => other !== panel);
      this.#watch();
      if (this.#panels.length === 0) this.#didChangeOpen.fire();
    });
    if (this.#panels.length === 1) this.#didChangeOpen.fire();
    await panel.add(source);
  }

  /** To the plot that was used last; to a new one where none is open. */
  async add(source: SeriesSource): Promise<void> {
    const panel = this.#panels.at(-1);
    if (panel === undefined) return this.open(source);
    panel.reveal();
    await panel.add(source);
  }

  dispose(): void {
    for (const panel of this.#panels) panel.dispose();
    this.#store.dispose();
  }

  #watch(): void {
    const seriesIds = this.#panels.flatMap(({ watchedIds }) => watchedIds);
    this.#options.inBackground(this.#options.engine.callIfRunning('watchSeries', { seriesIds }));
  }
}
