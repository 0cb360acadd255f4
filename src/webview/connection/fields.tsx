/** The fields of the form, each with its label, what it is for, and what is wrong with it. */
import type { ComponentChildren, RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type {
  FieldNote,
  FormField,
  FormFile,
  FormSecret,
  FormSwitch,
  FormText,
} from '../../contracts/connectionForm.ts';
import { Icon } from '../shared/icons.tsx';
import { t } from '../shared/l10n.ts';
import { type FormProps, inputId } from './formProps.ts';
import { fileStateOf, notesAt, secretStateOf } from './state.ts';
import { fieldHelp, fieldLabel, fieldPlaceholder } from './words.ts';

export interface FieldProps extends FormProps {
  field: FormText;
  /** What the field is for, where its name alone does not say. */
  help?: string;
  /** Beside what it is for. */
  placeholder?: string;
  isCode?: boolean;
  /** In place of what it holds, and not to be typed over. */
  shown?: string | undefined;
  /** Offered while one types. */
  list?: readonly string[];
}

export function TextField(props: FieldProps & { after?: ComponentChildren }) {
  const { field, state, after, help } = props;
  return (
    <Frame field={field} notes={notesAt(state, field)} {...(help !== undefined && { help })}>
      {after === undefined ? (
        <TextInput {...props} />
      ) : (
        <div class="input-and-button">
          <TextInput {...props} />
          {after}
        </div>
      )}
    </Frame>
  );
}

export function FileField(props: FormProps & { field: FormFile }) {
  const { field, state, dispatch, post } = props;
  const label = fieldLabel(field);
  const file = fileStateOf(state, field);
  const isKept = file !== 'path';
  const { button, leave } = useFocusOfFileDialog(file);
  const shown = { path: undefined, kept: t('kept in VS Code'), picked: t('kept in VS Code when you save') }[
    file
  ];
  const forget = () => {
    dispatch({ kind: 'typed', field, text: '' });
    // The button goes.
    document.getElementById(inputId(field))?.focus();
  };
  return (
    <TextField
      {...props}
      isCode={!isKept}
      shown={shown}
      after={
        <>
          {!isKept && (
            <FileButton
              key="browse"
              text={t('Browse…')}
              label={t('Browse for: {0}', label)}
              onClick={() => post({ kind: 'browse', field })}
            />
          )}
          <FileButton
            key="keep"
            button={button}
            text={isKept ? t('Replace…') : t('Keep in VS Code…')}
            label={isKept ? t('Replace: {0}', label) : t('Keep in VS Code: {0}', label)}
            tooltip={t(
              'Takes a copy of the file into the secret storage of VS Code. The settings then name no file, and the file itself may go.',
            )}
            onClick={() => {
              leave();
              post({ kind: 'keep', field });
            }}
          />
          {isKept && (
            <FileButton key="forget" text={t('Forget')} label={t('Forget: {0}', label)} onClick={forget} />
          )}
        </>
      }
    />
  );
}

interface FileButtonProps {
  text: string;
  /** With the field's name: there are several. */
  label: string;
  /** Where the text alone does not say what it does. */
  tooltip?: string;
  button?: RefObject<HTMLButtonElement>;
  onClick(): void;
}

/** From the file dialog, which is of the window, the focus comes back to the page alone, and not to the button. */
function useFocusOfFileDialog(file: string) {
  const button = useRef<HTMLButtonElement>(null);
  const isAway = useRef(false);
  useEffect(() => {
    const back = () => {
      if (!isAway.current || !document.hasFocus()) return;
      isAway.current = false;
      if (document.activeElement === null || document.activeElement === document.body)
        button.current?.focus();
    };
    back();
    window.addEventListener('focus', back);
    return () => window.removeEventListener('focus', back);
  }, [file]);
  const leave = (): void => {
    isAway.current = true;
  };
  return { button, leave };
}

function FileButton({ text, label, tooltip, button, onClick }: FileButtonProps) {
  return (
    <button
      {...(button !== undefined && { ref: button })}
      type="button"
      class="button button-secondary"
      aria-label={label}
      {...(tooltip !== undefined && { title: tooltip })}
      onClick={onClick}
    >
      {text}
    </button>
  );
}

/** What is kept is not shown, and not known to the page. */
export function SecretField({ name, state, dispatch }: FormProps & { name: FormSecret }) {
  const kept = secretStateOf(state, name);
  const forget = () => {
    dispatch({ kind: 'secretTyped', name, text: null });
    // The button goes.
    document.getElementById(inputId(name))?.focus();
  };
  const text = state.typed[name];
  const placeholder =
    kept === 'kept' ? t('kept') : kept === 'typed' ? t('typed, and not saved yet') : t('none');
  return (
    <Frame field={name} notes={notesAt(state, name)}>
      <div class="input-and-button">
        <input
          id={inputId(name)}
          type="password"
          class="text-input"
          autocomplete="off"
          placeholder={placeholder}
          value={text ?? ''}
          aria-describedby={`${inputId(name)}-note`}
          onInput={(event) => dispatch({ kind: 'secretTyped', name, text: event.currentTarget.value })}
        />
        {kept === 'kept' && (
          <button
            type="button"
            class="button button-secondary"
            aria-label={t('Forget: {0}', fieldLabel(name))}
            onClick={forget}
          >
            {t('Forget')}
          </button>
        )}
      </div>
    </Frame>
  );
}

export interface SelectFieldProps extends FieldProps {
  options: readonly (readonly [value: string, label: string])[];
}

/** A value of the settings that is none of them is shown as it is. */
export function SelectField({ field, state, dispatch, options }: SelectFieldProps) {
  const value = state.draft.texts[field];
  const isKnown = options.some(([each]) => each === value);
  const notes = notesAt(state, field);
  return (
    <Frame field={field} notes={notes}>
      <select
        id={inputId(field)}
        class="select field-select"
        value={value}
        aria-invalid={hasFault(notes)}
        aria-describedby={`${inputId(field)}-note`}
        onChange={(event) => dispatch({ kind: 'typed', field, text: event.currentTarget.value })}
      >
        {!isKnown && <option value={value}>{value}</option>}
        {options.map(([each, label]) => (
          <option key={each} value={each}>
            {label}
          </option>
        ))}
      </select>
    </Frame>
  );
}

export function Switch({ field, state, dispatch }: FormProps & { field: FormSwitch }) {
  const help = fieldHelp(field);
  const notes = notesAt(state, field);
  return (
    <div class="field switch-field">
      <label class="checkbox">
        <input
          id={inputId(field)}
          type="checkbox"
          checked={state.draft.switches[field]}
          aria-describedby={`${inputId(field)}-note`}
          onChange={(event) => dispatch({ kind: 'switched', field, isOn: event.currentTarget.checked })}
        />
        <Icon name="check" />
        {fieldLabel(field)}
      </label>
      <Notes field={field} help={help} notes={notes} />
    </div>
  );
}

export function TextInput({ field, state, dispatch, placeholder, isCode, shown, list }: FieldProps) {
  const isInvalid = hasFault(notesAt(state, field));
  const input = (
    <input
      id={inputId(field)}
      type="text"
      class={`text-input ${isCode ? 'text-input-code' : ''} ${isInvalid ? 'text-input-invalid' : ''}`}
      spellcheck={false}
      autocomplete="off"
      placeholder={placeholder ?? fieldPlaceholder(field)}
      value={shown ?? state.draft.texts[field]}
      readOnly={shown !== undefined}
      aria-invalid={isInvalid}
      aria-describedby={`${inputId(field)}-note`}
      {...(list !== undefined && { list: `${inputId(field)}-list` })}
      onInput={(event) => dispatch({ kind: 'typed', field, text: event.currentTarget.value })}
      onBlur={() => dispatch({ kind: 'left', field })}
    />
  );
  if (list === undefined) return input;
  return (
    <>
      {input}
      <datalist id={`${inputId(field)}-list`}>
        {list.map((each) => (
          <option key={each} value={each} />
        ))}
      </datalist>
    </>
  );
}

export interface FrameProps {
  field: FormField;
  notes: readonly FieldNote[];
  help?: string;
  children: ComponentChildren;
}

/** Around an input whose id is that of the field. */
export function Frame({ field, notes, help, children }: FrameProps) {
  return (
    <div class="field">
      <label for={inputId(field)}>{fieldLabel(field)}</label>
      {children}
      <Notes field={field} help={help ?? fieldHelp(field)} notes={notes} />
    </div>
  );
}

export interface NotesProps {
  field: FormField;
  help?: string | undefined;
  notes: readonly FieldNote[];
}

export function Notes({ field, help, notes }: NotesProps) {
  return (
    <p class="field-note" id={`${inputId(field)}-note`}>
      {notes.map(({ kind, message }) =>
        kind === 'hint' ? (
          <span key={message} class="hint">
            <Icon name="info" />
            <span>{message}</span>
          </span>
        ) : (
          <span key={message} class="problem">
            <Icon name="error" />
            <span>{message}</span>
          </span>
        ),
      )}
      {notes.length === 0 && help !== undefined && <span class="help">{help}</span>}
    </p>
  );
}

export function hasFault(notes: readonly FieldNote[]): boolean {
  return notes.some(({ kind }) => kind !== 'hint');
}
