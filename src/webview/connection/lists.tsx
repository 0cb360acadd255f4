/**
 * The fields of the form that are lists: subscriptions, and names with values. A row that is added takes the focus, and one
 * that is removed leaves it to the row in its place.
 */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type {
  FieldNote,
  FormPair,
  FormPairs,
  FormSubscription,
  PairPlace,
} from '../../contracts/connectionForm.ts';
import { Action } from '../shared/controls.tsx';
import { Icon } from '../shared/icons.tsx';
import { count, t } from '../shared/l10n.ts';
import { hasFault, Notes } from './fields.tsx';
import { type FormProps, inputId } from './formProps.ts';
import { type ListEdit, notesAt } from './state.ts';
import { fieldHelp, fieldLabel } from './words.ts';

const qosLevels = ['0', '1', '2'] as const;
const newSubscription: FormSubscription = {
  ...{ topicFilter: '', qos: '0', noLocal: false, retainAsPublished: false },
  ...{ retainHandling: '0', subscriptionIdentifier: '' },
};

export function Subscriptions(props: FormProps) {
  const { state, dispatch } = props;
  const { subscriptions } = state.draft;
  const list = useRef<HTMLFieldSetElement>(null);
  const { keys, forget } = useRows(list, subscriptions.length);
  const edit = (change: ListEdit<FormSubscription>) =>
    dispatch({ kind: 'subscriptionsEdited', edit: change });
  return (
    <fieldset ref={list} class="rows" id={inputId('subscriptions')} tabIndex={-1}>
      <legend class="screen-reader-only">{fieldLabel('subscriptions')}</legend>
      {subscriptions.map((row, i) => (
        <SubscriptionRow
          key={keys[i]}
          {...props}
          row={row}
          index={i}
          onChange={(fields) => edit({ kind: 'changed', index: i, fields })}
          onRemove={() => {
            forget(i);
            edit({ kind: 'removed', index: i });
          }}
        />
      ))}
      <Notes
        field="subscriptions"
        help={fieldHelp('subscriptions')}
        notes={notesAt(state, 'subscriptions')}
      />
      <button
        type="button"
        class="link add-row"
        onClick={() => edit({ kind: 'added', row: newSubscription })}
      >
        <Icon name="add" />
        {t('Add Subscription')}
      </button>
    </fieldset>
  );
}

interface SubscriptionRowProps extends FormProps {
  row: FormSubscription;
  index: number;
  onChange(fields: Partial<FormSubscription>): void;
  onRemove(): void;
}

function SubscriptionRow({ state, dispatch, row, index, onChange, onRemove }: SubscriptionRowProps) {
  const field = `subscriptions.${index}` as const;
  const notes = notesAt(state, field);
  const isKnown = qosLevels.some((qos) => qos === row.qos);
  const number = count(index + 1);
  const [isOpen, setIsOpen] = useState(hasOptions(row));
  return (
    <>
      <div class="row row-subscription">
        <input
          id={inputId(field)}
          type="text"
          class={`text-input text-input-code ${hasFault(notes) ? 'text-input-invalid' : ''}`}
          spellcheck={false}
          autocomplete="off"
          placeholder="plant/#"
          aria-label={fieldLabel(field)}
          aria-invalid={hasFault(notes)}
          aria-describedby={`${inputId(field)}-note`}
          value={row.topicFilter}
          onInput={(event) => onChange({ topicFilter: event.currentTarget.value })}
          onBlur={() => dispatch({ kind: 'left', field })}
        />
        <select
          class="select"
          aria-label={t('QoS of subscription {0}', number)}
          value={row.qos}
          onChange={(event) => onChange({ qos: event.currentTarget.value })}
        >
          {!isKnown && <option value={row.qos}>{row.qos}</option>}
          {qosLevels.map((qos) => (
            <option key={qos} value={qos}>
              {t('QoS {0}', qos)}
            </option>
          ))}
        </select>
        <Action
          icon="chevron"
          class={isOpen ? 'action-open' : ''}
          label={t('Options of subscription {0}', number)}
          isPressed={isOpen}
          onClick={() => setIsOpen(!isOpen)}
        />
        <Action icon="remove" label={t('Remove subscription {0}', number)} onClick={onRemove} />
      </div>
      {isOpen && <SubscriptionOptions row={row} number={number} onChange={onChange} />}
      {notes.length > 0 && <Notes field={field} notes={notes} />}
    </>
  );
}

interface OptionsProps {
  row: FormSubscription;
  number: string;
  onChange(fields: Partial<FormSubscription>): void;
}

/** Of MQTT 5.0. */
function SubscriptionOptions({ row, number, onChange }: OptionsProps) {
  const retainHandlings = [
    ['0', t('Retained messages: sent each time')],
    ['1', t('Retained messages: sent when it is new')],
    ['2', t('Retained messages: not sent')],
  ] as const;
  const isKnown = retainHandlings.some(([value]) => value === row.retainHandling);
  return (
    <div class="row-options">
      <label class="checkbox">
        <input
          type="checkbox"
          checked={row.noLocal}
          onChange={(event) => onChange({ noLocal: event.currentTarget.checked })}
        />
        <Icon name="check" />
        {t('No local')}
      </label>
      <label class="checkbox">
        <input
          type="checkbox"
          checked={row.retainAsPublished}
          onChange={(event) => onChange({ retainAsPublished: event.currentTarget.checked })}
        />
        <Icon name="check" />
        {t('Retain as published')}
      </label>
      <select
        class="select"
        aria-label={t('Retain handling of subscription {0}', number)}
        value={row.retainHandling}
        onChange={(event) => onChange({ retainHandling: event.currentTarget.value })}
      >
        {!isKnown && <option value={row.retainHandling}>{row.retainHandling}</option>}
        {retainHandlings.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      <input
        type="text"
        class="text-input text-input-code row-identifier"
        spellcheck={false}
        autocomplete="off"
        placeholder={t('identifier')}
        aria-label={t('Identifier of subscription {0}', number)}
        value={row.subscriptionIdentifier}
        onInput={(event) => onChange({ subscriptionIdentifier: event.currentTarget.value })}
      />
    </div>
  );
}

function hasOptions(row: FormSubscription): boolean {
  const { noLocal, retainAsPublished, retainHandling, subscriptionIdentifier } = row;
  return noLocal || retainAsPublished || retainHandling !== '0' || subscriptionIdentifier !== '';
}

export function Pairs({ field, state, dispatch }: FormProps & { field: FormPairs }) {
  const pairs = state.draft.pairs[field];
  const list = useRef<HTMLFieldSetElement>(null);
  const { keys, forget } = useRows(list, pairs.length);
  const notes = notesAt(state, field);
  const edit = (change: ListEdit<FormPair>) => dispatch({ kind: 'pairsEdited', field, edit: change });
  return (
    <fieldset ref={list} class="rows field-wide" id={inputId(field)} tabIndex={-1}>
      <legend>{fieldLabel(field)}</legend>
      {pairs.map((pair, i) => (
        <div key={keys[i]} class="row row-pair">
          <PairInput
            field={field}
            notes={notes}
            at={{ row: i, part: 'name' }}
            placeholder={t('name')}
            label={t('Name {0}: {1}', count(i + 1), fieldLabel(field))}
            value={pair.name}
            onInput={(name) => edit({ kind: 'changed', index: i, fields: { name } })}
          />
          <PairInput
            field={field}
            notes={notes}
            at={{ row: i, part: 'value' }}
            placeholder={t('value')}
            label={t('Value {0}: {1}', count(i + 1), fieldLabel(field))}
            value={pair.value}
            onInput={(value) => edit({ kind: 'changed', index: i, fields: { value } })}
          />
          <Action
            icon="remove"
            label={t('Remove {0}: {1}', count(i + 1), fieldLabel(field))}
            onClick={() => {
              forget(i);
              edit({ kind: 'removed', index: i });
            }}
          />
        </div>
      ))}
      <Notes field={field} help={fieldHelp(field)} notes={notes} />
      <button
        type="button"
        class="link add-row"
        onClick={() => edit({ kind: 'added', row: { name: '', value: '' } })}
      >
        <Icon name="add" />
        {t('Add: {0}', fieldLabel(field))}
      </button>
    </fieldset>
  );
}

interface PairInputProps {
  field: FormPairs;
  /** Of the field. */
  notes: readonly FieldNote[];
  at: PairPlace;
  placeholder: string;
  label: string;
  value: string;
  onInput(text: string): void;
}

function PairInput({ field, notes, at, placeholder, label, value, onInput }: PairInputProps) {
  const { row, part } = at;
  const isInvalid = hasFault(notes.filter((note) => note.at?.row === row && note.at.part === part));
  return (
    <input
      type="text"
      class={`text-input text-input-code ${isInvalid ? 'text-input-invalid' : ''}`}
      spellcheck={false}
      autocomplete="off"
      placeholder={placeholder}
      aria-label={label}
      aria-invalid={isInvalid}
      aria-describedby={`${inputId(field)}-note`}
      value={value}
      onInput={(event) => onInput(event.currentTarget.value)}
    />
  );
}

interface Rows {
  /** Of each row, as long as it is there. */
  keys: readonly number[];
  /** This row is about to go. */
  forget(index: number): void;
}

/** The focus goes to a row that is added, but not when the form is opened with its rows; and stays where one was removed. */
function useRows(list: { current: HTMLElement | null }, rowCount: number): Rows {
  const keys = useRef<number[]>([]);
  const lastKey = useRef(0);
  const removed = useRef<number>();
  const before = useRef(rowCount);
  while (keys.current.length < rowCount) keys.current.push(++lastKey.current);
  keys.current.length = rowCount;
  // Before it is painted: nobody sees, or hears, the page without it.
  useLayoutEffect(() => {
    const isNew = rowCount === before.current + 1;
    before.current = rowCount;
    const row = isNew ? rowCount - 1 : removed.current;
    removed.current = undefined;
    if (row === undefined) return;
    const rows = list.current?.querySelectorAll('.row') ?? [];
    const input = rows[Math.min(row, rows.length - 1)]?.querySelector<HTMLElement>('input');
    const target = input ?? list.current?.querySelector<HTMLElement>('.add-row');
    target?.focus();
  }, [rowCount]);
  const forget = (index: number): void => {
    keys.current.splice(index, 1);
    removed.current = index;
  };
  return { keys: keys.current, forget };
}
