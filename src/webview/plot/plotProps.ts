/** What every part of the plot panel's view is handed. */
import type { PlotPanelToExtension } from '../../contracts/plotPanel.ts';
import type { ChartTheme } from './chartTheme.ts';
import type { PlotFormat } from './plotFormat.ts';
import type { PlotAction, PlotState } from './state.ts';

export interface PlotProps {
  state: PlotState;
  theme: ChartTheme;
  format: PlotFormat;
  dispatch(action: PlotAction): void;
  post(message: PlotPanelToExtension): void;
}
