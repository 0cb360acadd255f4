/** Composes the message panel: the extension's messages into the state, the state onto the page, requests back out. */
import { render } from 'preact';
import type { ExtensionToMessagePanel, MessagePanelToExtension } from '../../contracts/webview.ts';
import { Store } from '../shared/store.ts';
import { connectToExtension } from '../shared/vscodeApi.ts';
import { initialState, type PanelAction, type PanelState, reduce, type ViewChoices } from './state.ts';
import { MessagePanel } from './view.tsx';

const extension = connectToExtension<MessagePanelToExtension, ExtensionToMessagePanel, ViewChoices>(
  (message) => store.dispatch({ kind: 'received', message }),
);

const store = new Store<PanelState, PanelAction>(initialState(extension.kept()), reduce, (draw) =>
  requestAnimationFrame(draw),
);

const root = document.getElementById('root');
if (root === null) throw new Error('The page of the message panel has no #root');

let drawn = store.state;
store.onFrame((state) => {
  const isOtherMessage = state.selectedId !== drawn.selectedId || state.generation !== drawn.generation;
  if (state.selectedId !== undefined && isOtherMessage) {
    extension.post({ kind: 'requestDetail', id: state.selectedId, whole: false });
  }
  if (state.choices !== drawn.choices) extension.keep(state.choices);
  drawn = state;
  render(<MessagePanel state={state} dispatch={store.dispatch} post={extension.post} />, root);
});

extension.post({ kind: 'ready' });
