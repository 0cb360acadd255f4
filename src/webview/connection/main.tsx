/** Composes the form of a connection: the extension's messages into the state, the state onto the page, changes back out. */
import { render } from 'preact';
import type {
  ChangedForm,
  ConnectionFormToExtension,
  ExtensionToConnectionForm,
} from '../../contracts/connectionForm.ts';
import { Store } from '../shared/store.ts';
import { connectToExtension } from '../shared/vscodeApi.ts';
import { type FormAction, type FormState, faultsOf, initialState, reduce } from './state.ts';
import { ConnectionForm } from './view.tsx';

const extension = connectToExtension<ConnectionFormToExtension, ExtensionToConnectionForm, never>((message) =>
  store.dispatch({ kind: 'received', message }),
);

const store = new Store<FormState, FormAction>(initialState, reduce, (draw) => requestAnimationFrame(draw));

const root = document.getElementById('root');
if (root === null) throw new Error('The page of the connection form has no #root');

let sentRevision = 0;

function form(): ChangedForm {
  const { draft, typed } = store.state;
  return { draft, secrets: typed };
}

function sendChanges(): void {
  const { revision, init } = store.state;
  if (revision === sentRevision || init === undefined) return;
  sentRevision = revision;
  extension.post({ kind: 'changed', revision, form: form() });
}

/** What the extension has checked last. It checks again what it is sent. */
function hasFault(): boolean {
  const { revision, checkedRevision } = store.state;
  return revision === checkedRevision && faultsOf(store.state).length > 0;
}

function save(connects: boolean): void {
  if (store.state.saving !== undefined || store.state.init === undefined) return;
  sendChanges();
  if (hasFault()) {
    store.dispatch({ kind: 'refused' });
    return;
  }
  store.dispatch({ kind: 'saveSent' });
  extension.post({ kind: 'save', form: form(), connects });
}

function test(): void {
  if (store.state.init === undefined) return;
  sendChanges();
  if (hasFault()) {
    store.dispatch({ kind: 'refused' });
    return;
  }
  store.dispatch({ kind: 'testSent' });
  extension.post({ kind: 'test', form: form() });
}

store.onFrame((state) => {
  sendChanges();
  render(
    <ConnectionForm
      state={state}
      dispatch={store.dispatch}
      post={extension.post}
      onSave={save}
      onTest={test}
    />,
    root,
  );
});

// A hidden webview is gone: what was typed last must not wait for the next frame.
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden') sendChanges();
});

extension.post({ kind: 'ready' });
