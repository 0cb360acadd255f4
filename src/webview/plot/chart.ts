/**
 * The chart itself: uPlot, told what to show. It draws; where it is, what it shows and what a hand does to it is the
 * state's business, which hears of it by the handlers.
 *
 * uPlot is made anew when lines, axes or colours change, and handed new points and a new range otherwise.
 */
import uPlot from 'uplot';
import type { TimeRange } from '../../contracts/plots.ts';
import type { AxisSide } from './axes.ts';
import type { ChartTheme } from './chartTheme.ts';
import { dashOf, LINE_WIDTH_PIXELS } from './lineStyle.ts';
import type { PlotFormat } from './plotFormat.ts';
import type { FixedRange, Line } from './state.ts';

export interface ChartModel {
  widthPixels: number;
  heightPixels: number;
  /** Those that are shown. */
  lines: readonly Line[];
  /** As alignPoints makes it: a column for each line. The same object as long as nothing in it has changed. */
  data: uPlot.AlignedData;
  range: TimeRange;
  y: Readonly<Record<AxisSide, FixedRange | undefined>>;
  cursorMs: number | undefined;
  theme: ChartTheme;
  format: PlotFormat;
}

export interface ChartHandlers {
  onRange(range: TimeRange): void;
  /** Below 1 zooms in. */
  onZoom(factor: number, atMs: number): void;
  /** By a part of the view, towards later. */
  onMove(share: number): void;
  onCursor(atMs: number | undefined): void;
  onReset(): void;
}

/** Below this a drag is a click. */
const MIN_DRAG_PIXELS = 4;
/** Of one notch of a wheel. */
const WHEEL_ZOOM = 1.25;
const WHEEL_MOVE = 0.1;
const NOTCH_PIXELS = 100;
const POINT_PIXELS = 5;
const TIME_AXIS_PIXELS = 40;
const VALUE_AXIS_PIXELS = 60;
const LAST_LABEL_PIXELS = 40;
const VALUE_PADDING = 0.08;

export class PlotChart {
  readonly #root: HTMLElement;
  readonly #handlers: ChartHandlers;
  #model: ChartModel;
  #plot: uPlot;
  #isDragging = false;
  readonly #endDrag = (): void => {
    this.#isDragging = false;
  };

  constructor(root: HTMLElement, model: ChartModel, handlers: ChartHandlers) {
    this.#root = root;
    this.#handlers = handlers;
    this.#model = model;
    this.#plot = this.#create();
    window.addEventListener('mouseup', this.#endDrag);
  }

  /** What is drawn. */
  get canvas(): HTMLCanvasElement {
    return this.#plot.ctx.canvas;
  }

  update(model: ChartModel): void {
    const before = this.#model;
    this.#model = model;
    if (shapeOf(model) !== shapeOf(before)) {
      this.#plot.destroy();
      this.#plot = this.#create();
      return;
    }
    const plot = this.#plot;
    const { widthPixels: width, heightPixels: height } = model;
    plot.batch(() => {
      if (width !== before.widthPixels || height !== before.heightPixels) plot.setSize({ width, height });
      if (model.data !== before.data) plot.setData(model.data, false);
      plot.setScale('x', { min: model.range.fromMs, max: model.range.toMs });
    });
    this.#placeCursor();
  }

  dispose(): void {
    window.removeEventListener('mouseup', this.#endDrag);
    this.#plot.destroy();
  }

  #create(): uPlot {
    const { widthPixels: width, heightPixels: height, lines, theme, data, range } = this.#model;
    const hasRight = lines.some(({ side }) => side === 'right');
    const plot = new uPlot(
      {
        width,
        height,
        ms: 1,
        // The last time on the axis is written around its mark.
        padding: [8, hasRight ? 8 : LAST_LABEL_PIXELS, 0, 0],
        legend: { show: false },
        scales: {
          x: { time: true, min: range.fromMs, max: range.toMs },
          left: { range: (_plot, min, max) => this.#valueRange('left', min, max) },
          right: { range: (_plot, min, max) => this.#valueRange('right', min, max) },
        },
        series: [{}, ...lines.map((line) => this.#series(line))],
        axes: [this.#timeAxis(), this.#valueAxis('left'), ...(hasRight ? [this.#valueAxis('right')] : [])],
        cursor: {
          y: false,
          drag: { x: true, y: false, setScale: false, dist: MIN_DRAG_PIXELS },
          points: { fill: theme.background },
          bind: {
            dblclick: () => () => {
              this.#handlers.onReset();
              return null;
            },
          },
        },
        hooks: {
          setCursor: [(self) => this.#cursorMoved(self)],
          setSelect: [(self) => this.#selected(self)],
        },
      },
      data,
      this.#root,
    );
    plot.over.addEventListener('mousedown', () => {
      this.#isDragging = true;
    });
    plot.over.addEventListener('wheel', (event) => this.#wheelTurned(event), { passive: false });
    return plot;
  }

  #series({ index, side }: Line): uPlot.Series {
    const { theme } = this.#model;
    const colour = theme.colourOf(index);
    return {
      scale: side,
      stroke: colour,
      width: LINE_WIDTH_PIXELS,
      dash: [...dashOf(index)],
      points: { size: POINT_PIXELS, fill: theme.background, stroke: colour, dash: [] },
    };
  }

  #timeAxis(): uPlot.Axis {
    const { theme } = this.#model;
    return {
      stroke: theme.foreground,
      font: theme.font,
      size: TIME_AXIS_PIXELS,
      space: 90,
      grid: { stroke: theme.grid, width: 1 },
      ticks: { stroke: theme.grid, width: 1, size: 4 },
      values: (_plot, splits, _axis, _space, stepMs) =>
        splits.map((atMs, i) => this.#model.format.timeTick(atMs, stepMs, i === 0)),
    };
  }

  #valueAxis(side: AxisSide): uPlot.Axis {
    const { theme } = this.#model;
    return {
      scale: side,
      side: side === 'left' ? 3 : 1,
      stroke: theme.foreground,
      font: theme.font,
      size: (_plot, values) => Math.max(VALUE_AXIS_PIXELS, 12 + 7 * longest(values)),
      // One grid is enough to read by.
      grid: { show: side === 'left', stroke: theme.grid, width: 1 },
      ticks: { stroke: theme.grid, width: 1, size: 4 },
      values: (_plot, splits, _axis, _space, step) =>
        splits.map((value) => this.#model.format.tick(value, step)),
    };
  }

  #valueRange(side: AxisSide, min: number | null, max: number | null): uPlot.Range.MinMax {
    const fixed = this.#model.y[side];
    if (fixed !== undefined) return [fixed.min, fixed.max];
    if (min === null || max === null) return [0, 1];
    return uPlot.rangeNum(min, max, VALUE_PADDING, true);
  }

  #placeCursor(): void {
    const { cursorMs, range } = this.#model;
    if (this.#isDragging) return;
    const isInView = cursorMs !== undefined && cursorMs >= range.fromMs && cursorMs <= range.toMs;
    const left = isInView ? this.#plot.valToPos(cursorMs, 'x') : -10;
    this.#plot.setCursor({ left, top: isInView ? 0 : -10 }, false);
  }

  #cursorMoved(plot: uPlot): void {
    const { left = -1 } = plot.cursor;
    // Made by uPlot itself, when it is new.
    if (plot.cursor.event === undefined) return;
    this.#handlers.onCursor(left < 0 ? undefined : plot.posToVal(left, 'x'));
  }

  #selected(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width < MIN_DRAG_PIXELS) return;
    this.#handlers.onRange({ fromMs: plot.posToVal(left, 'x'), toMs: plot.posToVal(left + width, 'x') });
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  }

  #wheelTurned(event: WheelEvent): void {
    event.preventDefault();
    const { left } = this.#plot.over.getBoundingClientRect();
    const isSideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
    const delta = (isSideways && event.deltaX !== 0 ? event.deltaX : event.deltaY) / NOTCH_PIXELS;
    if (isSideways) this.#handlers.onMove(delta * WHEEL_MOVE);
    else this.#handlers.onZoom(WHEEL_ZOOM ** delta, this.#plot.posToVal(event.clientX - left, 'x'));
  }
}

/** What uPlot can't be told of later. */
function shapeOf({ lines, theme }: ChartModel): string {
  return [theme.key, ...lines.map(({ id, index, side }) => [id, index, side].join())].join('\n');
}

function longest(values: readonly string[] | null): number {
  return Math.max(0, ...(values ?? []).map((value) => value.length));
}
