/** The publish form as a whole: its fields in the order of a message, and the button that sends it. */
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { QoS } from '../../contracts/messages.ts';
import { Segments } from '../shared/controls.tsx';
import { Icon } from '../shared/icons.tsx';
import { t } from '../shared/l10n.ts';
import { SuggestionField } from '../shared/suggestionField.tsx';
import { checkForm, type FormCheck } from './check.ts';
import type { CheckedFormProps, FormProps } from './formProps.ts';
import { canPublishTo, draftOf, type FormState } from './state.ts';
import { Hint, Problem } from './viewField.tsx';
import { PayloadField } from './viewPayload.tsx';
import { PropertyFields } from './viewProperties.tsx';
import { RepeatFields } from './viewRepeat.tsx';
import { Side } from './viewSide.tsx';
import { TargetField } from './viewTarget.tsx';
import { qosTooltip, topicHintWords, topicProblemWords } from './words.ts';

const qosLevels: readonly QoS[] = [0, 1, 2];

export function PublishForm(props: FormProps) {
  const { state, dispatch, post, onPublish } = props;
  const { fields, isReady, target } = state;
  const check = useMemo(() => checkForm(fields), [fields]);
  const form = useRef<HTMLFormElement>(null);
  useFirstFocus(state);

  useEffect(() => {
    if (state.refusalCount === 0) return;
    const ofRepeat = check.repeatProblem === 'times' ? 'repeat-times' : 'repeat-every';
    form.current?.querySelector<HTMLElement>(`#${check.firstProblem ?? ofRepeat}`)?.focus();
  }, [state.refusalCount]);
  useEffect(() => {
    // On the page and not on the form: it works from anywhere in the panel.
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      onPublish();
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  });

  if (!isReady) return null;
  const change: CheckedFormProps['change'] = (changed) => dispatch({ kind: 'changed', fields: changed });
  const checked: CheckedFormProps = { ...props, check, change };
  const isTopicShownWrong = check.topic !== undefined && (check.topic.kind !== 'empty' || state.hasTried);
  return (
    <form
      ref={form}
      class={`publish-form ${target.color === undefined ? '' : `target-${target.color}`}`}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onPublish();
      }}
    >
      <div class="publish-body">
        <div class="publish-fields">
          <TargetField state={state} post={post} />
          <div class="field">
            <label for="topic">{t('Topic')}</label>
            <SuggestionField
              id="topic"
              value={fields.topic}
              isInvalid={isTopicShownWrong}
              placeholder={t('plant/boiler/setpoint')}
              describedBy="topic-note"
              listLabel={t('Seen topics')}
              suggestions={state.suggestions}
              onInput={(topic) => change({ topic })}
              onFind={(text) => post({ kind: 'findTopics', text })}
            />
            <p class="field-note" id="topic-note">
              {isTopicShownWrong && check.topic && (
                <Problem>{topicProblemWords(check.topic, fields.topic)}</Problem>
              )}
              {check.topicHint !== undefined && <Hint>{topicHintWords(check.topicHint)}</Hint>}
            </p>
          </div>
          <div class="field-row">
            <span class="label" id="qos-label">
              {t('QoS')}
            </span>
            <Segments
              name="qos"
              labelledBy="qos-label"
              value={fields.qos}
              options={qosLevels.map((qos) => ({ value: qos, label: String(qos), tooltip: qosTooltip(qos) }))}
              onChange={(qos) => change({ qos })}
            />
            <span class="field-explanation">{qosTooltip(fields.qos)}</span>
            <label class="checkbox" title={t('The broker keeps the message for those who subscribe later')}>
              <input
                type="checkbox"
                checked={fields.retain}
                onChange={(event) => change({ retain: event.currentTarget.checked })}
              />
              <Icon name="check" />
              {t('Retain')}
            </label>
          </div>
          <PayloadField {...checked} />
          <PropertyFields {...checked} />
          <RepeatFields {...checked} />
        </div>
        <Side state={state} post={post} />
      </div>
      <div class="publish-footer">
        <button
          type="submit"
          class="button publish-button"
          disabled={!canPublishTo(target)}
          aria-label={t('Publish')}
          aria-keyshortcuts="Control+Enter Meta+Enter"
        >
          {t('Publish')}
          <kbd>{isMac() ? '⌘⏎' : t('Ctrl+Enter')}</kbd>
        </button>
        <button
          type="button"
          class="button button-secondary"
          disabled={!canPublishTo(target)}
          title={t('Publishes it with a response topic, and waits for the answer')}
          onClick={() => onPublish('request')}
        >
          {t('Request')}
        </button>
        <button
          type="button"
          class="button button-secondary"
          title={t('Under a name, for you or for everyone who works in this folder')}
          onClick={() => post({ kind: 'save', draft: draftOf(fields) })}
        >
          {t('Save…')}
        </button>
        <Outcome state={state} check={check} />
      </div>
    </form>
  );
}

/** What became of the last publish. Always there, so that screen readers hear it change. */
function Outcome({ state, check }: { state: FormState; check: FormCheck }) {
  const { outcome, isPublishing, hasTried } = state;
  let words = '';
  let kind = 'none';
  if (isPublishing) words = t('Publishing…');
  else if (outcome !== undefined) {
    words = outcome.message;
    kind = outcome.ok ? 'ok' : 'failed';
  } else if (hasTried && (check.firstProblem ?? check.repeatProblem) !== undefined) {
    words = t('Not published: the form has a mistake.');
    kind = 'failed';
  }
  return (
    <p class={`outcome outcome-${kind}`} role="status">
      {kind === 'ok' && <Icon name="check" />}
      {kind === 'failed' && <Icon name="error" />}
      <span>{words}</span>
    </p>
  );
}

/**
 * Once the form is there and the panel has the focus, it goes where the person types next. The focus is never taken
 * from another part of the window, as when VS Code restores the form at its start.
 */
function useFirstFocus({ isReady, fields }: FormState): void {
  useEffect(() => {
    if (!isReady) return;
    const focus = () => {
      if (document.activeElement === null || document.activeElement === document.body) {
        document.getElementById(fields.topic === '' ? 'topic' : 'payload')?.focus();
      }
    };
    if (document.hasFocus()) focus();
    else window.addEventListener('focus', focus, { once: true });
    return () => window.removeEventListener('focus', focus);
  }, [isReady]);
}

function isMac(): boolean {
  return navigator.platform.startsWith('Mac');
}
