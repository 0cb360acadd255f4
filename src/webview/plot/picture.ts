/** The plot as a picture to be saved: what the canvas shows, on the theme's background, with its title and legend. */
import type { TimeRange } from '../../contracts/plots.ts';
import { shorten } from '../shared/format.ts';
import { t } from '../shared/l10n.ts';
import type { ChartTheme } from './chartTheme.ts';
import { dashOf, LINE_WIDTH_PIXELS } from './lineStyle.ts';
import type { PlotFormat } from './plotFormat.ts';

export interface PictureLine {
  index: number;
  name: string;
  min: number | undefined;
  max: number | undefined;
}

export interface Picture {
  canvas: HTMLCanvasElement;
  range: TimeRange;
  lines: readonly PictureLine[];
  theme: ChartTheme;
  format: PlotFormat;
}

const MARGIN = 12;
const ROW_HEIGHT = 18;
const SWATCH_WIDTH = 28;
const MAX_NAME_CHARACTERS = 100;

/** The bytes of a PNG file. Undefined where the page can make none. */
export async function drawPicture(picture: Picture): Promise<Uint8Array | undefined> {
  const { canvas, range, lines, theme, format } = picture;
  const ratio = devicePixelRatio;
  const width = canvas.width / ratio + 2 * MARGIN;
  const chartTop = MARGIN + ROW_HEIGHT;
  const legendTop = chartTop + canvas.height / ratio + MARGIN;
  const whole = document.createElement('canvas');
  whole.width = Math.round(width * ratio);
  whole.height = Math.round((legendTop + lines.length * ROW_HEIGHT + MARGIN) * ratio);
  const context = whole.getContext('2d');
  if (context === null) return undefined;
  context.scale(ratio, ratio);
  context.fillStyle = theme.background;
  context.fillRect(0, 0, width, whole.height / ratio);
  context.drawImage(canvas, MARGIN, chartTop, canvas.width / ratio, canvas.height / ratio);
  context.font = theme.font;
  context.textBaseline = 'middle';
  context.fillStyle = theme.foreground;
  const times = `${format.dateAndTime(range.fromMs)} – ${format.dateAndTime(range.toMs)}`;
  context.fillText(times, MARGIN, MARGIN + ROW_HEIGHT / 2);
  lines.forEach(({ index, name, min, max }, row) => {
    const y = legendTop + (row + 0.5) * ROW_HEIGHT;
    context.strokeStyle = theme.colourOf(index);
    context.lineWidth = LINE_WIDTH_PIXELS;
    context.setLineDash([...dashOf(index)]);
    context.beginPath();
    context.moveTo(MARGIN, y);
    context.lineTo(MARGIN + SWATCH_WIDTH, y);
    context.stroke();
    const extremes =
      min === undefined || max === undefined
        ? ''
        : `   ${t('{0} to {1}', format.value(min), format.value(max))}`;
    context.fillText(`${shorten(name, MAX_NAME_CHARACTERS)}${extremes}`, MARGIN + SWATCH_WIDTH + 8, y);
  });
  const blob = await new Promise<Blob | null>((resolve) => {
    whole.toBlob(resolve, 'image/png');
  });
  return blob === null ? undefined : new Uint8Array(await blob.arrayBuffer());
}
