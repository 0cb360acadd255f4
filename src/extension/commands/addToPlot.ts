/** Add to Open Plot: one more series in the plot that was used last, or in the one whose button was pressed. */
import { l10n } from 'vscode';
import type { PlotPanel } from '../panels/plotPanel.ts';
import type { Services } from '../services.ts';
import { seriesOf } from './askForSeries.ts';

export async function addToPlot(services: Services, argument: unknown): Promise<void> {
  const source = await seriesOf(services, argument, l10n.t('Add to Plot'));
  if (source !== undefined) await services.plotPanels.add(source);
}

export async function askAndAdd(services: Services, panel: PlotPanel): Promise<void> {
  const source = await seriesOf(services, undefined, l10n.t('Add to Plot'));
  if (source !== undefined) await panel.add(source);
}
