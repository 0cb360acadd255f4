/**
 * Composes the plot panel: the extension's messages into the state, the state onto the page, requests back out.
 *
 * Also asks for the points of what is in view: one request at a time, the next for all that changed meanwhile.
 */
import { render } from 'preact';
import type { ExtensionToPlotPanel, PlotPanelToExtension } from '../../contracts/plotPanel.ts';
import { Store } from '../shared/store.ts';
import { connectToExtension } from '../shared/vscodeApi.ts';
import { onThemeChange, readChartTheme } from './chartTheme.ts';
import { createPlotFormat } from './plotFormat.ts';
import {
  dataVersion,
  initialState,
  linesOf,
  type PlotAction,
  type PlotChoices,
  type PlotState,
  rangeOf,
  reduce,
} from './state.ts';
import { PlotPanel } from './view.tsx';

/** What one line may have, and all of them together. */
const MAX_POINTS = 4000;
const MAX_POINTS_OF_ALL = 24_000;
/** A resize by a few pixels is not worth a request. */
const POINTS_STEP = 200;

const extension = connectToExtension<PlotPanelToExtension, ExtensionToPlotPanel, PlotChoices>((message) =>
  store.dispatch({ kind: 'received', message }),
);

const store = new Store<PlotState, PlotAction>(initialState(extension.kept()), reduce, (draw) =>
  requestAnimationFrame(draw),
);

const root = document.getElementById('root');
if (root === null) throw new Error('The page of the plot panel has no #root');

const format = createPlotFormat(document.documentElement.lang || undefined);
let theme = readChartTheme();
let widthPixels = 0;
let keptChoices = store.state.choices;
let lastRequest = { id: 0, of: '' };

store.onFrame(draw);
onThemeChange(() => {
  theme = readChartTheme();
  draw(store.state);
});
extension.post({ kind: 'ready' });

function draw(state: PlotState): void {
  if (state.choices !== keptChoices) {
    keptChoices = state.choices;
    extension.keep(keptChoices);
  }
  requestPoints(state);
  // Checked above.
  render(
    <PlotPanel
      state={state}
      theme={theme}
      format={format}
      dispatch={store.dispatch}
      post={extension.post}
      onSize={onSize}
    />,
    root as HTMLElement,
  );
}

function onSize(pixels: number): void {
  if (pixels === widthPixels) return;
  widthPixels = pixels;
  requestPoints(store.state);
}

function requestPoints(state: PlotState): void {
  const range = rangeOf(state);
  if (range === undefined || widthPixels === 0 || state.answeredId !== lastRequest.id) return;
  const lineCount = Math.max(1, linesOf(state).length);
  const wanted = Math.min(2 * widthPixels, MAX_POINTS, MAX_POINTS_OF_ALL / lineCount);
  const maxPoints = Math.max(POINTS_STEP, Math.ceil(wanted / POINTS_STEP) * POINTS_STEP);
  const of = [range.fromMs, range.toMs, maxPoints, dataVersion(state)].join();
  if (of === lastRequest.of) return;
  lastRequest = { id: lastRequest.id + 1, of };
  extension.post({ kind: 'requestPoints', requestId: lastRequest.id, ...range, maxPoints });
}
