/**
 * A page with a followed list under a filter: the extension's messages into the state, the state onto the page, requests
 * back out. What the state is, what is asked for and how it looks is the page's own.
 */
import { type ComponentType, render } from 'preact';
import { FilterSender } from './filterSender.ts';
import { type HeldRow, type ListAction, type ListState, looksAlike } from './listState.ts';
import { Store } from './store.ts';
import { connectToExtension } from './vscodeApi.ts';

/** After the last key in a field, before another view is opened. */
const FILTER_DELAY_MS = 250;

interface ListPageState<Filter, Choices> {
  /** Undefined until the extension has answered. */
  filter: Filter | undefined;
  list: ListState;
  choices: Choices;
}

/** What survives hiding the page. */
interface Kept<Choices> {
  choices: Choices;
  /** What the person was looking at while the list held still. */
  held?: HeldRow;
}

type FilterSet<Filter> = { kind: 'filter'; filter: Filter; revision: number };
type ListPageAction<Message> = { kind: 'received'; message: Message } | { kind: 'list'; action: ListAction };
type ListPageMessage<Filter> =
  | { kind: 'ready' }
  | { kind: 'filterChanged'; filter: Filter; revision: number };

export interface ListPage<State, Action, Received, Sent, Filter, Choices> {
  /** For an error that nobody should see. */
  name: string;
  initialState(choices?: Partial<Choices>): State;
  reduce(state: State, action: Action | ListPageAction<Received>): State;
  /** The texts of a filter that are typed: more keys may follow. What else changes is sent at once. */
  typed(filter: Filter): readonly string[];
  /** What is typed is sent where it can be a filter. */
  isUsable(filter: Filter): boolean;
  requestsOf(before: State, after: State): { messages: readonly Sent[]; actions: readonly Action[] };
  view: ComponentType<{
    state: State;
    dispatch(action: Action | ListPageAction<Received>): void;
    post(message: Sent | ListPageMessage<Filter>): void;
  }>;
}

/** Call once, in the page's main. */
export function startListPage<
  State extends ListPageState<Filter, Choices>,
  Action,
  Received extends { kind: string },
  Sent,
  Filter extends object,
  Choices,
>(page: ListPage<State, Action, Received, Sent, Filter, Choices>): void {
  const extension = connectToExtension<Sent | ListPageMessage<Filter>, Received, Kept<Choices>>((message) => {
    if (message.kind === 'filter') {
      // Of this kind, the contracts of these pages have this one alone.
      const { filter, revision } = message as unknown as FilterSet<Filter>;
      filterSender.received(filter, revision);
    }
    store.dispatch({ kind: 'received', message });
  });

  const kept = extension.kept();
  const store = new Store<State, Action | ListPageAction<Received>>(
    page.initialState(kept?.choices),
    page.reduce,
    (draw) => requestAnimationFrame(draw),
  );
  if (kept?.held !== undefined) store.dispatch({ kind: 'list', action: { kind: 'wentTo', goal: kept.held } });

  const root = document.getElementById('root');
  if (root === null) throw new Error(`The page of the ${page.name} has no #root`);

  const filterSender = new FilterSender<Filter>({
    delayMs: FILTER_DELAY_MS,
    typed: page.typed,
    current: () => {
      const { filter } = store.state;
      return filter !== undefined && page.isUsable(filter) ? filter : undefined;
    },
    post: (filter, revision) => extension.post({ kind: 'filterChanged', filter, revision }),
  });

  const View = page.view;
  let seen = store.state;
  let drawn: State | undefined;
  store.onFrame((state) => {
    const before = seen;
    seen = state;
    if (state.filter !== before.filter) filterSender.edited(state.filter);
    const looked = state.list.flow === 'following' ? undefined : state.list.selected?.row;
    if (state.choices !== before.choices || state.list.selected !== before.list.selected)
      extension.keep({
        choices: state.choices,
        ...(looked && { held: { id: looked.id, receivedAtMs: looked.receivedAtMs } }),
      });
    const { messages, actions } = page.requestsOf(before, state);
    for (const action of actions) store.applyNow(action);
    for (const message of messages) extension.post(message);
    if (drawn !== undefined && isDrawn(drawn, store.state)) return;
    drawn = store.state;
    render(<View state={drawn} dispatch={store.dispatch} post={extension.post} />, root);
  });

  // A hidden page is gone: a filter that was typed or cleared last is the one to come back with.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') filterSender.flush();
  });

  extension.post({ kind: 'ready' });
}

/** A flood changes the state more often than what is to be seen of it, and drawing is the dear part. */
function isDrawn<State extends { list: ListState }>(drawn: State, state: State): boolean {
  const keys = Object.keys(state) as (keyof State)[]; // its own
  return (
    keys.every((key) => key === 'list' || drawn[key] === state[key]) && looksAlike(drawn.list, state.list)
  );
}
