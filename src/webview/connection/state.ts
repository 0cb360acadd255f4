/**
 * What the form of a connection holds, as typed, and how it changes. A pure reducer: no DOM, no words.
 *
 * What is wrong with a field is said by the extension, for each revision of the form.
 */
import {
  type ConnectionDraft,
  type ConnectionFormInit,
  defaultPorts,
  type ExtensionToConnectionForm,
  type FieldNote,
  type FormField,
  type FormFile,
  type FormPair,
  type FormPairs,
  type FormSecret,
  type FormSubscription,
  type FormSwitch,
  type FormText,
  formPairs,
  formSwitches,
  formTexts,
  type SecretState,
  type TestView,
  type Transport,
  type TypedSecrets,
} from '../../contracts/connectionForm.ts';
import { isKeptContent, keptContent } from '../../contracts/tlsFiles.ts';
import { pastedAddress } from './address.ts';

/** Of a WebSocket. */
const USUAL_PATH = '/mqtt';

/** What a person can change. */
type FormContent = Pick<FormState, 'draft' | 'typed'>;

export interface FormState {
  /** Undefined until the extension has sent it. */
  init: ConnectionFormInit | undefined;
  draft: ConnectionDraft;
  /** Since `init`. */
  typed: TypedSecrets;
  /** Files whose contents are kept when it is saved. */
  picked: ReadonlySet<FormText>;
  notes: readonly FieldNote[];
  /** Counts up with each change that the extension is to check. */
  revision: number;
  checkedRevision: number;
  /** Fields that the person has been in: what is missing there is said from then on. */
  left: ReadonlySet<FormField>;
  /** The person has tried to save or to test: all that is missing is said. */
  hasTried: boolean;
  /** Counts up when a fault kept the form from that: the view then goes there. */
  refusalCount: number;
  /** The name was typed, and does not follow the host. */
  isNameOwn: boolean;
  /** What is being saved; undefined while nothing is. */
  saving: FormContent | undefined;
  test: TestView | undefined;
  /** Of the form as it was tested. */
  testedRevision: number;
  outcome: { ok: boolean; message: string } | undefined;
}

/** Of one row: what is not told stays, as two inputs in a row may come between two drawings. */
export type ListEdit<Row> =
  | { kind: 'added'; row: Row }
  | { kind: 'changed'; index: number; fields: Partial<Row> }
  | { kind: 'removed'; index: number };

export type FormAction =
  | { kind: 'received'; message: ExtensionToConnectionForm }
  | { kind: 'typed'; field: FormText; text: string }
  | { kind: 'transportChosen'; transport: Transport }
  /** By what helps a test that failed: as it is, and nothing moves with it. */
  | { kind: 'changed'; texts: Readonly<Partial<Record<FormText, string>>> }
  | { kind: 'switched'; field: FormSwitch; isOn: boolean }
  | { kind: 'pairsEdited'; field: FormPairs; edit: ListEdit<FormPair> }
  | { kind: 'subscriptionsEdited'; edit: ListEdit<FormSubscription> }
  | { kind: 'scopeChosen'; scope: ConnectionDraft['scope'] }
  | { kind: 'secretTyped'; name: FormSecret; text: string | null }
  | { kind: 'unknownRemoved'; name: string }
  | { kind: 'left'; field: FormField }
  | { kind: 'refused' }
  | { kind: 'saveSent' }
  | { kind: 'testSent' };

/** Never shown: `init` brings one. */
const emptyDraft: ConnectionDraft = {
  scope: 'user',
  texts: fromKeys(formTexts, ''),
  switches: fromKeys(formSwitches, false),
  pairs: fromKeys(formPairs, []),
  subscriptions: [],
  removed: [],
};

export const initialState: FormState = {
  init: undefined,
  draft: emptyDraft,
  typed: {},
  picked: new Set(),
  notes: [],
  revision: 0,
  checkedRevision: 0,
  left: new Set(),
  hasTried: false,
  refusalCount: 0,
  isNameOwn: false,
  saving: undefined,
  test: undefined,
  testedRevision: 0,
  outcome: undefined,
};

export function reduce(state: FormState, action: FormAction): FormState {
  const { draft } = state;
  switch (action.kind) {
    case 'received':
      return received(state, action.message);
    case 'typed':
      return typed(state, action.field, action.text);
    case 'transportChosen':
      return changed(state, { ...draft, texts: withTransport(draft.texts, action.transport) });
    case 'changed':
      return changed(state, { ...draft, texts: { ...draft.texts, ...action.texts } });
    case 'switched':
      return changed(state, { ...draft, switches: { ...draft.switches, [action.field]: action.isOn } });
    case 'pairsEdited': {
      const pairs = edited(draft.pairs[action.field], action.edit);
      return changed(state, { ...draft, pairs: { ...draft.pairs, [action.field]: pairs } });
    }
    case 'subscriptionsEdited':
      return changed(state, { ...draft, subscriptions: edited(draft.subscriptions, action.edit) });
    case 'scopeChosen':
      return changed(state, { ...draft, scope: action.scope });
    case 'secretTyped':
      return { ...changed(state, draft), typed: { ...state.typed, [action.name]: action.text } };
    case 'unknownRemoved':
      return changed(state, { ...draft, removed: [...draft.removed, action.name] });
    case 'left':
      return state.left.has(action.field)
        ? state
        : { ...state, left: new Set([...state.left, action.field]) };
    case 'refused':
      return { ...state, hasTried: true, refusalCount: state.refusalCount + 1, outcome: undefined };
    case 'saveSent':
      return { ...state, hasTried: true, saving: { draft, typed: state.typed }, outcome: undefined };
    case 'testSent':
      return { ...state, hasTried: true, outcome: undefined };
  }
}

/** What the test said may no longer be so. */
export function isTestStale({ test, testedRevision, revision }: FormState): boolean {
  return test !== undefined && !test.isRunning && testedRevision !== revision;
}

/** What is to be seen at a field: what is missing only when the person has been there. */
export function notesAt(state: FormState, field: FormField): readonly FieldNote[] {
  return state.notes.filter((note) => note.field === field && isSaid(state, note));
}

/** What keeps the form from being saved. */
export function faultsOf({ notes }: FormState): readonly FieldNote[] {
  return notes.filter(({ kind }) => kind !== 'hint');
}

export function secretStateOf({ init, typed }: FormState, name: FormSecret): SecretState {
  const text = typed[name];
  if (text === null) return 'none';
  return text === undefined || text === '' ? (init?.secrets[name] ?? 'none') : 'typed';
}

/** There is one, or was until it was forgotten, just now: its field is not taken away from under the person. */
export function hasSecret(state: FormState, name: FormSecret): boolean {
  return secretStateOf(state, name) !== 'none' || state.typed[name] === null;
}

/** Of a file for TLS: whether its path is what the field holds, or its content is a secret, now or when it is saved. */
export function fileStateOf({ draft, picked }: FormState, field: FormFile): 'path' | 'kept' | 'picked' {
  if (!isKeptContent(draft.texts[field])) return 'path';
  return picked.has(field) ? 'picked' : 'kept';
}

function isSaid(state: FormState, { kind, field }: FieldNote): boolean {
  return kind !== 'missing' || state.hasTried || state.init?.isNew === false || state.left.has(field);
}

function received(state: FormState, message: ExtensionToConnectionForm): FormState {
  switch (message.kind) {
    case 'init':
      return {
        ...opened(state, message.init, asReceived(state)),
        test: message.init.test,
        testedRevision: state.revision,
      };
    case 'saved':
      return {
        ...opened(state, message.init, state.saving ?? state),
        hasTried: false,
        saving: undefined,
        outcome: { ok: true, message: message.message },
      };
    case 'checked': {
      const isLate = message.revision !== 0 && message.revision !== state.revision;
      if (isLate) return state;
      return { ...state, notes: message.notes, checkedRevision: state.revision };
    }
    case 'filled': {
      const isPicked = isKeptContent(message.text);
      const picked = isPicked ? new Set([...state.picked, message.field]) : state.picked;
      // A revision as any: one that was typed before this came is on its way, and has nothing of it.
      return { ...changed(state, withTexts(state.draft, { [message.field]: message.text })), picked };
    }
    case 'test':
      return {
        ...state,
        test: message.test,
        testedRevision: state.test?.isRunning ? state.testedRevision : state.revision,
      };
    case 'outcome':
      return { ...state, saving: undefined, outcome: { ok: message.ok, message: message.message } };
  }
}

/** What a form that nobody has changed holds. */
function asReceived({ init, draft }: FormState): FormContent {
  return { draft: init?.draft ?? draft, typed: {} };
}

/**
 * With what the extension has now, and with what was changed here since.
 * @param before what the extension knew then.
 */
function opened(state: FormState, init: ConnectionFormInit, before: FormContent): FormState {
  const { name, host } = init.draft.texts;
  const now: FormState = {
    ...state,
    init,
    draft: init.draft,
    typed: {},
    picked: new Set<FormText>(init.picked),
    isNameOwn: !init.isNew || (name !== '' && name !== host),
  };
  if (isSame(state.draft, before.draft) && isSame(state.typed, before.typed)) return now;
  const draft = withChanges(init.draft, before.draft, state.draft);
  const { outcome } = state;
  return { ...changed(now, draft), typed: laterTyped(before.typed, state.typed), outcome };
}

/** @param before what both were made of. */
function withChanges(
  received: ConnectionDraft,
  before: ConnectionDraft,
  now: ConnectionDraft,
): ConnectionDraft {
  return {
    scope: now.scope === before.scope ? received.scope : now.scope,
    texts: laterOf(received.texts, before.texts, now.texts),
    switches: laterOf(received.switches, before.switches, now.switches),
    pairs: laterOf(received.pairs, before.pairs, now.pairs),
    subscriptions: isSame(now.subscriptions, before.subscriptions)
      ? received.subscriptions
      : now.subscriptions,
    removed: isSame(now.removed, before.removed) ? received.removed : now.removed,
  };
}

function laterOf<K extends string, V>(
  received: Readonly<Record<K, V>>,
  before: Readonly<Record<K, V>>,
  now: Readonly<Record<K, V>>,
): Readonly<Record<K, V>> {
  const keys = Object.keys(received) as K[]; // of that record
  const entries = keys.map((key) => [key, isSame(now[key], before[key]) ? received[key] : now[key]]);
  return Object.fromEntries(entries) as Record<K, V>; // of all of them
}

/** What was taken over is emptied, which says to the extension that it stays as it is. */
function laterTyped(before: TypedSecrets, now: TypedSecrets): TypedSecrets {
  const names = Object.keys(now) as FormSecret[]; // of that record
  return Object.fromEntries(names.map((name) => [name, now[name] === before[name] ? '' : now[name]]));
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function typed(state: FormState, field: FormText, text: string): FormState {
  const { texts } = state.draft;
  if (field === 'name')
    return { ...changed(state, withTexts(state.draft, { name: text })), isNameOwn: text !== '' };
  if (field !== 'host') return changed(state, withTexts(state.draft, { [field]: text }));
  const { headers, userProperties } = state.draft.pairs;
  const isSecretTaken = [...headers, ...userProperties].some(({ value }) => value.includes(keptContent));
  const pasted = pastedAddress(text, isSecretTaken);
  const host = pasted?.host ?? text;
  const name = state.isNameOwn ? texts.name : host;
  if (pasted === undefined) return changed(state, withTexts(state.draft, { host, name }));
  const { transport, port, path, username, secret } = pasted;
  const typedSecrets = secret === undefined ? state.typed : { ...state.typed, requestSecret: secret };
  return changed(
    { ...state, typed: typedSecrets },
    withTexts(state.draft, { transport, host, port, path, name, username: texts.username || username }),
  );
}

/** A port that is the one of the other way goes with it; one that was chosen stays. */
function withTransport(texts: ConnectionDraft['texts'], transport: Transport): ConnectionDraft['texts'] {
  const isDefault = texts.port === String(defaultPorts[texts.transport as Transport]);
  const isWebSocket = transport === 'ws' || transport === 'wss';
  // What the way before it had by default.
  const path = texts.path === USUAL_PATH ? '' : texts.path;
  return {
    ...texts,
    transport,
    port: isDefault ? '' : texts.port,
    path: isWebSocket && path === '' ? USUAL_PATH : path,
  };
}

function edited<Row>(rows: readonly Row[], edit: ListEdit<Row>): readonly Row[] {
  switch (edit.kind) {
    case 'added':
      return [...rows, edit.row];
    case 'changed':
      return rows.map((row, i) => (i === edit.index ? { ...row, ...edit.fields } : row));
    case 'removed':
      return rows.toSpliced(edit.index, 1);
  }
}

function changed(state: FormState, draft: ConnectionDraft): FormState {
  return { ...state, draft, revision: state.revision + 1, outcome: undefined };
}

function withTexts(draft: ConnectionDraft, texts: Partial<ConnectionDraft['texts']>): ConnectionDraft {
  return { ...draft, texts: { ...draft.texts, ...texts } };
}

function fromKeys<K extends string, V>(keys: readonly K[], value: V): Record<K, V> {
  return Object.fromEntries(keys.map((key) => [key, value])) as Record<K, V>; // of each of them
}
