/** Composes the Inspector: the extension's messages into the state, the state onto the page, requests back out. */
import { render } from 'preact';
import type { ExtensionToInspector, InspectorToExtension } from '../../contracts/messagePages.ts';
import type { MessageChoices } from '../message/messageChoices.ts';
import { requestFor } from '../message/shownMessage.ts';
import { Store } from '../shared/store.ts';
import { connectToExtension } from '../shared/vscodeApi.ts';
import { type InspectorAction, type InspectorState, initialState, reduce } from './state.ts';
import { InspectorPage } from './view.tsx';

const extension = connectToExtension<InspectorToExtension, ExtensionToInspector, MessageChoices>((message) =>
  store.dispatch({ kind: 'received', message }),
);

const store = new Store<InspectorState, InspectorAction>(initialState(extension.kept()), reduce, (draw) =>
  requestAnimationFrame(draw),
);

const root = document.getElementById('root');
if (root === null) throw new Error('The page of the Inspector has no #root');

let drawn = store.state;
store.onFrame((state) => {
  const before = drawn;
  drawn = state;
  if (state.choices !== before.choices) extension.keep(state.choices);
  const request = requestFor(state.shown);
  if (request !== undefined) {
    store.dispatch({ kind: 'shown', action: { kind: 'requested', id: request.id, isWhole: request.whole } });
    extension.post(request);
  }
  const { awaitedOffset, detail } = state.shown;
  if (awaitedOffset !== undefined && awaitedOffset !== before.shown.awaitedOffset && detail !== undefined)
    extension.post({ kind: 'requestPart', id: detail.id, offset: awaitedOffset });
  render(<InspectorPage state={state} dispatch={store.dispatch} post={extension.post} />, root);
});

extension.post({ kind: 'ready' });
