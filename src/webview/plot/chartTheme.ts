/** The colours of the theme, as a canvas takes them. */
import { colourPropertyOf } from './lineStyle.ts';

export interface ChartTheme {
  background: string;
  foreground: string;
  grid: string;
  font: string;
  /** By index of the line. */
  colourOf(index: number): string;
  /** Another text for another theme. */
  key: string;
}

const FONT_PIXELS = 11;

/** As the page has them now. */
export function readChartTheme(): ChartTheme {
  const style = getComputedStyle(document.documentElement);
  const property = (...names: string[]): string => {
    for (const name of names) {
      const value = style.getPropertyValue(name).trim();
      if (value !== '') return value;
    }
    return 'gray';
  };
  const background = property('--vscode-editor-background');
  const foreground = property('--vscode-charts-foreground', '--vscode-foreground');
  const isHighContrast = style.getPropertyValue('--vscode-contrastBorder').trim() !== '';
  const grid = `color-mix(in srgb, ${foreground} ${isHighContrast ? 35 : 14}%, ${background})`;
  const font = `${FONT_PIXELS}px ${property('--vscode-font-family')}`;
  const colourOf = (index: number): string => property(colourPropertyOf(index), '--vscode-charts-foreground');
  const key = [background, foreground, grid, font, ...[0, 1, 2, 3, 4, 5].map(colourOf)].join();
  return { background, foreground, grid, font, colourOf, key };
}

/** Calls back when the person changes the theme: VS Code then writes new properties and classes into the page. */
export function onThemeChange(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
  return () => observer.disconnect();
}
