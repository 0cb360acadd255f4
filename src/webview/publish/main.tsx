/** Composes the publish form: the extension's messages into the state, the state onto the page, publishes back out. */
import { render } from 'preact';
import type { ExtensionToPublishForm, PublishFormToExtension } from '../../contracts/publishForm.ts';
import { Store } from '../shared/store.ts';
import { connectToExtension } from '../shared/vscodeApi.ts';
import { checkForm } from './check.ts';
import type { SendKind } from './formProps.ts';
import {
  canPublishTo,
  draftOf,
  type FormAction,
  type FormState,
  initialState,
  readRepeat,
  reduce,
} from './state.ts';
import { PublishForm } from './view.tsx';

/** After the last key, before the draft is handed to the extension to be remembered. */
const draftDelayMs = 300;

const extension = connectToExtension<PublishFormToExtension, ExtensionToPublishForm, never>((message) =>
  store.dispatch({ kind: 'received', message }),
);

const store = new Store<FormState, FormAction>(initialState, reduce, (draw) => requestAnimationFrame(draw));

const root = document.getElementById('root');
if (root === null) throw new Error('The page of the publish form has no #root');

let remembered = store.state;
let draftTimer: ReturnType<typeof setTimeout> | undefined;

function rememberDraft(): void {
  clearTimeout(draftTimer);
  draftTimer = undefined;
  if (store.state.fields === remembered.fields) return;
  remembered = store.state;
  extension.post({ kind: 'draftChanged', draft: draftOf(store.state.fields) });
}

/** The first thing that keeps the form from being sent is gone to; else it is on its way. */
function send(how: SendKind = 'publish'): void {
  const { fields, isPublishing, target } = store.state;
  if (isPublishing || !canPublishTo(target)) return;
  const { firstProblem, repeatProblem } = checkForm(fields);
  const repeat = readRepeat(fields);
  if (firstProblem !== undefined) {
    const isAbove = firstProblem === 'topic' || firstProblem === 'payload';
    store.dispatch({ kind: 'publishRefused', part: isAbove ? undefined : 'properties' });
    return;
  }
  if (how === 'repeat' && (repeatProblem !== undefined || typeof repeat === 'string')) {
    store.dispatch({ kind: 'publishRefused', part: 'repeat' });
    return;
  }
  rememberDraft();
  store.dispatch({ kind: 'publishSent' });
  const draft = draftOf(fields);
  if (how === 'repeat' && typeof repeat === 'object') extension.post({ kind: 'startRepeat', draft, repeat });
  else extension.post({ kind: how === 'request' ? 'request' : 'publish', draft });
}

store.onFrame((state) => {
  // A draft that came from the extension is the one it remembers.
  if (state.generation !== remembered.generation) remembered = state;
  if (state.fields !== remembered.fields) {
    clearTimeout(draftTimer);
    draftTimer = setTimeout(rememberDraft, draftDelayMs);
  }
  render(
    <PublishForm state={state} dispatch={store.dispatch} post={extension.post} onPublish={send} />,
    root,
  );
});

// A hidden webview is gone: what was typed last must not wait for the timer.
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden') rememberDraft();
});

extension.post({ kind: 'ready' });
