import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  ConnectionFormInit,
  FieldNote,
  FormSubscription,
} from '../../../../src/contracts/connectionForm.ts';
import {
  type FormAction,
  type FormState,
  faultsOf,
  fileStateOf,
  initialState,
  isTestStale,
  notesAt,
  reduce,
  secretStateOf,
} from '../../../../src/webview/connection/state.ts';

const init: ConnectionFormInit = {
  draft: { ...initialState.draft, texts: { ...initialState.draft.texts, transport: 'mqtt' } },
  isNew: true,
  hasWorkspace: false,
  secrets: { password: 'kept', passphrase: 'none', proxyPassword: 'none', requestSecret: 'none' },
  picked: [],
};
const anySubscription: FormSubscription = {
  ...{ topicFilter: 'a', qos: '0', noLocal: false, retainAsPublished: false },
  ...{ retainHandling: '0', subscriptionIdentifier: '' },
};
const missing: FieldNote = { field: 'host', kind: 'missing', message: 'The host is missing.' };

function after(...actions: FormAction[]): FormState {
  return actions.reduce(reduce, reduce(initialState, { kind: 'received', message: { kind: 'init', init } }));
}

const type = (field: 'host' | 'name' | 'port', text: string): FormAction => ({ kind: 'typed', field, text });

test('a name that nobody typed is that of the host', () => {
  assert.equal(after(type('host', 'gateway')).draft.texts.name, 'gateway');
  const own = after(type('host', 'gateway'), type('name', 'Desk'), type('host', 'other'));
  assert.equal(own.draft.texts.name, 'Desk');
  const again = after(type('name', 'Desk'), type('name', ''), type('host', 'other'));
  assert.equal(again.draft.texts.name, 'other');
});

test('lists are edited row by row: of two inputs between two drawings, neither is lost', () => {
  const { pairs, subscriptions } = after(
    { kind: 'pairsEdited', field: 'headers', edit: { kind: 'added', row: { name: '', value: '' } } },
    { kind: 'pairsEdited', field: 'headers', edit: { kind: 'added', row: { name: 'b', value: '2' } } },
    { kind: 'pairsEdited', field: 'headers', edit: { kind: 'changed', index: 0, fields: { name: 'a' } } },
    { kind: 'pairsEdited', field: 'headers', edit: { kind: 'changed', index: 0, fields: { value: '1' } } },
    { kind: 'subscriptionsEdited', edit: { kind: 'added', row: anySubscription } },
    { kind: 'subscriptionsEdited', edit: { kind: 'added', row: { ...anySubscription, topicFilter: 'b' } } },
    { kind: 'subscriptionsEdited', edit: { kind: 'removed', index: 0 } },
    { kind: 'subscriptionsEdited', edit: { kind: 'changed', index: 0, fields: { qos: '2' } } },
  ).draft;
  assert.deepEqual(pairs.headers, [
    { name: 'a', value: '1' },
    { name: 'b', value: '2' },
  ]);
  assert.deepEqual(subscriptions, [{ ...anySubscription, topicFilter: 'b', qos: '2' }]);
});

test('a whole address in the host fills the other fields', () => {
  const { texts } = after(type('host', 'wss://me@broker.example:8084/mqtt')).draft;
  const { transport, host, port, path, username, name } = texts;
  assert.deepEqual(
    { transport, host, port, path, username, name },
    {
      ...{ transport: 'wss', host: 'broker.example', port: '8084', path: '/mqtt' },
      ...{ username: 'me', name: 'broker.example' },
    },
  );
});

test('a token in a pasted address is typed as a secret', () => {
  const { draft, typed } = after(type('host', 'wss://broker.example/mqtt?token=abc'));
  assert.equal(draft.texts.path, '/mqtt?token={secret}');
  assert.deepEqual(typed, { requestSecret: 'abc' });
  // What the headers have it for is not written over.
  const row = { name: 'Authorization', value: 'Bearer {secret}' };
  const withHeader = after(
    { kind: 'pairsEdited', field: 'headers', edit: { kind: 'added', row } },
    type('host', 'wss://broker.example/mqtt?token=abc'),
  );
  assert.equal(withHeader.draft.texts.path, '/mqtt?token=abc');
  assert.deepEqual(withHeader.typed, {});
});

test('the port of the other way goes with it, and one that was chosen stays', () => {
  const choose = (transport: 'mqtts' | 'ws' | 'mqtt'): FormAction => ({ kind: 'transportChosen', transport });
  assert.equal(after(type('port', '1883'), choose('mqtts')).draft.texts.port, '');
  assert.equal(after(type('port', '1884'), choose('mqtts')).draft.texts.port, '1884');
  assert.equal(after(choose('ws')).draft.texts.path, '/mqtt');
  assert.equal(after(choose('ws'), choose('mqtt')).draft.texts.path, '');
});

test('what is missing is said when the person has been there, or has tried', () => {
  const checked: FormAction = {
    kind: 'received',
    message: { kind: 'checked', revision: 0, notes: [missing] },
  };
  assert.deepEqual(notesAt(after(checked), 'host'), []);
  assert.deepEqual(faultsOf(after(checked)), [missing]);
  assert.deepEqual(notesAt(after(checked, { kind: 'left', field: 'host' }), 'host'), [missing]);
  assert.deepEqual(notesAt(after(checked, { kind: 'refused' }), 'host'), [missing]);
  const fault = { ...missing, kind: 'fault' as const };
  const wrong = after({ kind: 'received', message: { kind: 'checked', revision: 0, notes: [fault] } });
  assert.deepEqual(notesAt(wrong, 'host'), [fault]);
});

test('what was said of an earlier revision is not taken for this one', () => {
  const state = after(type('host', 'a'), type('host', 'ab'), {
    kind: 'received',
    message: { kind: 'checked', revision: 1, notes: [missing] },
  });
  assert.equal(state.revision, 2);
  assert.deepEqual(state.notes, []);
  assert.notEqual(state.checkedRevision, state.revision);
});

test('a secret that is kept is known as kept, until another is typed or it is forgotten', () => {
  assert.equal(secretStateOf(after(), 'password'), 'kept');
  const typed: FormAction = { kind: 'secretTyped', name: 'password', text: 'x' };
  assert.equal(secretStateOf(after(typed), 'password'), 'typed');
  assert.equal(secretStateOf(after(typed, { ...typed, text: '' }), 'password'), 'kept');
  assert.equal(secretStateOf(after({ ...typed, text: null }), 'password'), 'none');
});

test('when it is saved, what was typed of secrets is not in the page any more', () => {
  const state = after(
    { kind: 'secretTyped', name: 'password', text: 'x' },
    { kind: 'saveSent' },
    { kind: 'received', message: { kind: 'saved', init: { ...init, isNew: false }, message: 'Saved.' } },
  );
  assert.deepEqual(state.typed, {});
  assert.equal(state.saving, undefined);
  assert.deepEqual(state.outcome, { ok: true, message: 'Saved.' });
});

test('a file that was picked is kept when it is saved, and from then on', () => {
  const filled = (text: string): FormAction => {
    return { kind: 'received', message: { kind: 'filled', field: 'tls.key', text } };
  };
  assert.equal(fileStateOf(after(), 'tls.key'), 'path');
  assert.equal(fileStateOf(after(filled('/me.key')), 'tls.key'), 'path');
  const picked = after(filled('{secret}'));
  assert.deepEqual([fileStateOf(picked, 'tls.key'), fileStateOf(picked, 'tls.ca')], ['picked', 'path']);
  const saved: FormAction = {
    kind: 'received',
    message: { kind: 'saved', init: { ...init, draft: picked.draft }, message: 'Saved.' },
  };
  assert.equal(fileStateOf(reduce(picked, saved), 'tls.key'), 'kept');
  const again: FormAction = {
    kind: 'received',
    message: { kind: 'init', init: { ...init, draft: picked.draft, picked: ['tls.key'] } },
  };
  assert.equal(fileStateOf(reduce(initialState, again), 'tls.key'), 'picked');
  const forgotten = reduce(picked, { kind: 'typed', field: 'tls.key', text: '' });
  assert.equal(fileStateOf(forgotten, 'tls.key'), 'path');
});

test('what is typed while it is saved stays, and is sent; the rest is as it was saved', () => {
  const password = (text: string): FormAction => ({ kind: 'secretTyped', name: 'password', text });
  const saving = after(type('host', ' gateway '), type('port', '1884'), password('x'), { kind: 'saveSent' });
  const later = [type('port', '1885'), { kind: 'secretTyped', name: 'passphrase', text: 'y' } as const];
  const { draft } = saving;
  const saved: FormAction = {
    kind: 'received',
    message: {
      ...{ kind: 'saved', message: 'Saved.' },
      init: { ...init, isNew: false, draft: { ...draft, texts: { ...draft.texts, host: 'gateway' } } },
    },
  };
  const typing = later.reduce(reduce, saving);
  const state = reduce(typing, saved);
  assert.deepEqual([state.draft.texts.host, state.draft.texts.port], ['gateway', '1885']);
  // An empty one is as it was: saved.
  assert.deepEqual(state.typed, { password: '', passphrase: 'y' });
  assert.ok(state.revision > typing.revision);
  assert.deepEqual([state.saving, state.outcome], [undefined, { ok: true, message: 'Saved.' }]);
  const untouched = reduce(saving, saved);
  assert.deepEqual([untouched.draft.texts.port, untouched.revision], ['1884', saving.revision]);
});

test('what is typed when the settings change stays, and the rest is as they have it', () => {
  const { texts } = init.draft;
  const changed: FormAction = {
    kind: 'received',
    message: {
      kind: 'init',
      init: { ...init, draft: { ...init.draft, texts: { ...texts, host: 'other', port: '1884' } } },
    },
  };
  const state = after(type('port', '1'), changed);
  assert.deepEqual([state.draft.texts.host, state.draft.texts.port], ['other', '1']);
  assert.deepEqual(after(changed).draft.texts.port, '1884');
});

test('what was filled in is sent again: what was typed before it came does not have it', () => {
  const typing = after(type('host', 'a'));
  const filled = reduce(typing, {
    kind: 'received',
    message: { kind: 'filled', field: 'tls.ca', text: '/ca.pem' },
  });
  assert.ok(filled.revision > typing.revision);
  assert.deepEqual([filled.draft.texts.host, filled.draft.texts['tls.ca']], ['a', '/ca.pem']);
});

test('a test is of the form as it was when it began', () => {
  const running: FormAction = {
    kind: 'received',
    message: { kind: 'test', test: { isRunning: true, summary: '', steps: [], notes: [] } },
  };
  const done: FormAction = {
    kind: 'received',
    message: {
      kind: 'test',
      test: { isRunning: false, hasPassed: true, summary: 'a', steps: [], notes: [] },
    },
  };
  assert.ok(!isTestStale(after(type('host', 'a'), running, done)));
  assert.ok(isTestStale(after(type('host', 'a'), running, type('host', 'ab'), done)));
  assert.ok(isTestStale(after(running, done, type('host', 'a'))));
  assert.ok(!isTestStale(after(running, done, type('host', 'a'), running, done)));
  assert.ok(!isTestStale(after(type('host', 'a'))));
});
