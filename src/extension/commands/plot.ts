/** Plot: the numbers of a topic over time, in a panel of its own beside the editor. */
import { l10n } from 'vscode';
import type { Services } from '../services.ts';
import { seriesOf } from './askForSeries.ts';

export async function plot(services: Services, argument: unknown): Promise<void> {
  const source = await seriesOf(services, argument, l10n.t('Plot'));
  if (source !== undefined) await services.plotPanels.open(source);
}
