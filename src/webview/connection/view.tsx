/** The form of a connection as a whole: its groups, a test of it beside them, and what saves it. */
import { useEffect } from 'preact/hooks';
import { Notice } from '../shared/controls.tsx';
import { Icon } from '../shared/icons.tsx';
import { t } from '../shared/l10n.ts';
import type { FormProps, WholeFormProps } from './formProps.ts';
import { Groups } from './groups.tsx';
import { type FormState, faultsOf, notesAt } from './state.ts';
import { goTo, TestPane } from './testPane.tsx';

export function ConnectionForm(props: WholeFormProps) {
  const { state, onSave, onTest } = props;
  useFirstFocus(state);
  useEffect(() => {
    const [first] = faultsOf(state);
    if (state.refusalCount > 0 && first !== undefined) goTo(first.field);
  }, [state.refusalCount]);
  useEffect(() => {
    // On the page and not on the form: it works from anywhere in the panel.
    const pressed = (event: KeyboardEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      if (event.key === 'Enter') onSave(true);
      else if (event.key === 's') onSave(false);
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  });

  if (state.init === undefined) return null;
  const isTesting = state.test?.isRunning === true;
  return (
    <form
      class="connection-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onSave(true);
      }}
    >
      <div class="form-and-test">
        <div class="groups">
          <UnknownFields {...props} />
          <Groups {...props} />
        </div>
        <TestPane {...props} />
      </div>
      <div class="form-footer">
        <button type="submit" class="button form-button" aria-keyshortcuts="Control+Enter Meta+Enter">
          {t('Save and Connect')}
        </button>
        <button
          type="button"
          class="button button-secondary form-button"
          aria-keyshortcuts="Control+S Meta+S"
          onClick={() => onSave(false)}
        >
          {t('Save')}
        </button>
        <button
          type="button"
          class="button button-secondary form-button"
          disabled={isTesting}
          onClick={onTest}
        >
          {t('Test Connection')}
        </button>
        <Outcome state={state} />
      </div>
    </form>
  );
}

/** What the settings hold and this version has no field for. */
function UnknownFields({ state, dispatch }: FormProps) {
  return (
    <>
      {notesAt(state, '').map(({ message, name }) => (
        <Notice key={message} kind="error">
          {message}
          {name !== undefined && (
            <button
              type="button"
              class="button button-secondary"
              aria-label={t('Remove {0}', name)}
              onClick={() => dispatch({ kind: 'unknownRemoved', name })}
            >
              {t('Remove')}
            </button>
          )}
        </Notice>
      ))}
    </>
  );
}

/** What became of saving. Always there, so that screen readers hear it change. */
function Outcome({ state }: { state: FormState }) {
  const { outcome, saving } = state;
  const kind = outcome === undefined ? 'none' : outcome.ok ? 'ok' : 'failed';
  return (
    <p class={`outcome outcome-${kind}`} role="status">
      {kind === 'ok' && <Icon name="check" />}
      {kind === 'failed' && <Icon name="error" />}
      <span>{saving !== undefined ? t('Saving…') : (outcome?.message ?? '')}</span>
    </p>
  );
}

/**
 * Once the form is there and the panel has the focus, it goes where the person types first. The focus is never taken
 * from another part of the window.
 */
function useFirstFocus({ init }: FormState): void {
  const isReady = init !== undefined;
  useEffect(() => {
    if (!isReady) return;
    const focus = () => {
      if (document.activeElement === null || document.activeElement === document.body) goTo('host');
    };
    if (document.hasFocus()) focus();
    else window.addEventListener('focus', focus, { once: true });
    return () => window.removeEventListener('focus', focus);
  }, [isReady]);
}
