/** Publishing again and again: how often, and what is repeated now. */
import { Action } from '../shared/controls.tsx';
import { Icon } from '../shared/icons.tsx';
import { count, t } from '../shared/l10n.ts';
import type { CheckedFormProps } from './formProps.ts';
import { canPublishTo } from './state.ts';
import { Problem } from './viewField.tsx';
import { paceWords } from './words.ts';

export function RepeatFields(props: CheckedFormProps) {
  const { state, dispatch, change, check, onPublish } = props;
  const { repeats, target, fields } = state;
  /** Elsewhere in the form, Enter publishes once. */
  const startOnEnter = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    onPublish('repeat');
  };
  const isOpen = state.isRepeatOpen || repeats.length > 0;
  return (
    <details
      class="properties"
      open={isOpen}
      onToggle={(event) => {
        const isNowOpen = event.currentTarget.open;
        if (isNowOpen !== isOpen) dispatch({ kind: 'repeatToggled', isOpen: isNowOpen });
      }}
    >
      <summary>
        <Icon name="chevron" />
        {t('Repeat')}
        <span class="summary-note">{repeats.length > 0 && t('{0} running', count(repeats.length))}</span>
      </summary>
      <div class="repeat-line">
        <label for="repeat-every">{t('Every')}</label>
        <input
          id="repeat-every"
          type="text"
          inputMode="numeric"
          class={`text-input text-input-code ${check.repeatProblem === 'everyMs' ? 'text-input-invalid' : ''}`}
          value={fields.repeatEveryMs}
          aria-invalid={check.repeatProblem === 'everyMs'}
          aria-describedby="repeat-note"
          onKeyDown={startOnEnter}
          onInput={(event) => change({ repeatEveryMs: event.currentTarget.value })}
        />
        <span>{t('ms')}</span>
        <label for="repeat-times">{t('Times')}</label>
        <input
          id="repeat-times"
          type="text"
          inputMode="numeric"
          class={`text-input text-input-code ${check.repeatProblem === 'times' ? 'text-input-invalid' : ''}`}
          placeholder={t('no end')}
          value={fields.repeatTimes}
          aria-invalid={check.repeatProblem === 'times'}
          aria-describedby="repeat-note"
          onKeyDown={startOnEnter}
          onInput={(event) => change({ repeatTimes: event.currentTarget.value })}
        />
        <button
          type="button"
          class="button button-secondary"
          disabled={!canPublishTo(target)}
          onClick={() => onPublish('repeat')}
        >
          {t('Start')}
        </button>
      </div>
      <p class="field-note" id="repeat-note">
        {check.repeatProblem === 'everyMs' && (
          <Problem>{t('A whole number of milliseconds, from 10 to 86,400,000.')}</Problem>
        )}
        {check.repeatProblem === 'times' && (
          <Problem>{t('A whole number, from 1 on; or nothing, for no end.')}</Problem>
        )}
        {check.repeatProblem === undefined && (
          <span class="hint">
            {t(
              'Topic and payload may have {0}',
              '{{counter}} {{time}} {{timestamp}} {{random}} {{random 20.0 25.0}} {{uuid}}',
            )}
          </span>
        )}
      </p>
      <Repeats {...props} />
    </details>
  );
}

function Repeats({ state, post }: CheckedFormProps) {
  if (state.repeats.length === 0) return null;
  return (
    <ul class="rows">
      {state.repeats.map(({ repeatId, topic, connectionName, everyMs, times, published }) => (
        <li key={repeatId} class="row">
          <span class="row-main">
            <bdi class="row-topic">{topic}</bdi>
            <span class="row-traits">
              {[
                ...(connectionName === '' ? [] : [connectionName]),
                paceWords(everyMs),
                times === undefined
                  ? t('{0} published', count(published))
                  : t('{0} of {1} published', count(published), count(times)),
              ].join(' · ')}
            </span>
          </span>
          <Action
            icon="stop"
            label={t('Stop repeating {0}', topic)}
            onClick={() => post({ kind: 'stopRepeat', repeatId })}
          />
        </li>
      ))}
    </ul>
  );
}
