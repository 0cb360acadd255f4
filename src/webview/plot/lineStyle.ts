/** How the lines are told apart: by colours of the theme, and by dashes, so that colour is not the only difference. */

const colourNames = ['blue', 'red', 'green', 'purple', 'orange', 'yellow'] as const;

/** In CSS pixels; empty is a solid line. After each turn through the colours another one. */
const dashes: readonly (readonly number[])[] = [[], [8, 4], [2, 3], [10, 3, 2, 3], [14, 5], [5, 2]];

export const LINE_WIDTH_PIXELS = 1.5;

/** Name of the custom property that has the colour. */
export function colourPropertyOf(index: number): string {
  return `--vscode-charts-${colourNames[index % colourNames.length]}`;
}

/** No two of the first 36 lines have both the same colour and the same dashes, nor do neighbours have the same dashes. */
export function dashOf(index: number): readonly number[] {
  const turn = Math.floor(index / colourNames.length);
  return dashes[(index + turn) % dashes.length] ?? [];
}
