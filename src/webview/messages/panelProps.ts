/** What every part of the message panel is given: the state, and the two ways to change something. */
import type { MessagePanelToExtension } from '../../contracts/webview.ts';
import type { PanelAction, PanelState } from './state.ts';

export interface PanelProps {
  state: PanelState;
  dispatch(action: PanelAction): void;
  post(message: MessagePanelToExtension): void;
}
