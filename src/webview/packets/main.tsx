/** Composes the Packets view: the extension's messages into the state, the state onto the page, requests back out. */
import { render } from 'preact';
import type { ExtensionToPacketsPage, PacketsPageToExtension } from '../../contracts/packetsPage.ts';
import { FilterSender } from '../shared/filterSender.ts';
import type { HeldRow } from '../shared/listState.ts';
import { Store } from '../shared/store.ts';
import { connectToExtension } from '../shared/vscodeApi.ts';
import { requestsOf } from './requests.ts';
import {
  initialState,
  isUsable,
  type PageAction,
  type PageState,
  reduce,
  type ViewChoices,
} from './state.ts';
import { PacketsPage } from './view.tsx';

/** After the last key in a field, before another view of the trace is opened. */
const filterDelayMs = 250;

/** What survives hiding the view. */
interface Kept {
  choices: ViewChoices;
  /** What the person was looking at while the list held still. */
  held?: HeldRow;
}

const extension = connectToExtension<PacketsPageToExtension, ExtensionToPacketsPage, Kept>((message) => {
  if (message.kind === 'filter') filterSender.received(message.filter, message.revision);
  store.dispatch({ kind: 'received', message });
});

const kept = extension.kept();
const store = new Store<PageState, PageAction>(initialState(kept?.choices), reduce, (draw) =>
  requestAnimationFrame(draw),
);
if (kept?.held !== undefined) store.dispatch({ kind: 'list', action: { kind: 'wentTo', goal: kept.held } });

const root = document.getElementById('root');
if (root === null) throw new Error('The page of the Packets view has no #root');

let drawn = store.state;
const filterSender = new FilterSender({
  delayMs: filterDelayMs,
  current: () => {
    const { filter } = store.state;
    return filter !== undefined && isUsable(filter) ? filter : undefined;
  },
  post: (filter, revision) => extension.post({ kind: 'filterChanged', filter, revision }),
});

store.onFrame((state) => {
  const before = drawn;
  drawn = state;
  if (state.filter !== before.filter) filterSender.edited(state.filter);
  const looked = state.list.flow === 'following' ? undefined : state.list.selected?.row;
  if (state.choices !== before.choices || state.list.selected !== before.list.selected)
    extension.keep({
      choices: state.choices,
      ...(looked && { held: { id: looked.id, receivedAtMs: looked.receivedAtMs } }),
    });
  const { messages, actions } = requestsOf(before, state);
  for (const action of actions) store.dispatch(action);
  for (const message of messages) extension.post(message);
  render(<PacketsPage state={state} dispatch={store.dispatch} post={extension.post} />, root);
});

extension.post({ kind: 'ready' });
