/** A test of the connection, beside the form: each step as it is done, and what helps where one failed. */
import { useEffect, useRef } from 'preact/hooks';
import type { FactGroup, TestFix, TestStepView } from '../../contracts/connectionForm.ts';
import { Icon, type IconName } from '../shared/icons.tsx';
import { t } from '../shared/l10n.ts';
import { inputId, type WholeFormProps } from './formProps.ts';
import { isTestStale } from './state.ts';
import { fieldLabel } from './words.ts';

const stateIcons: Readonly<Record<TestStepView['state'], IconName>> = {
  running: 'play',
  passed: 'check',
  warned: 'warning',
  failed: 'error',
};

export function TestPane(props: WholeFormProps) {
  const { state, post } = props;
  const { test } = state;
  const pane = useRef<HTMLElement>(null);
  const isRunning = test?.isRunning === true;
  useEffect(() => {
    // Below the form where there is no room beside it.
    if (isRunning) pane.current?.scrollIntoView({ block: 'nearest' });
  }, [isRunning]);
  const outcome = test?.hasPassed === undefined ? 'none' : test.hasPassed ? 'ok' : 'failed';
  return (
    <aside ref={pane} class={isTestStale(state) ? 'test test-stale' : 'test'} aria-labelledby="test-title">
      <h2 id="test-title">{t('Test')}</h2>
      <p class={`outcome outcome-${outcome} test-summary`} role="status">
        {outcome === 'ok' && <Icon name="check" />}
        {outcome === 'failed' && <Icon name="error" />}
        <span>{isRunning ? t('Testing…') : (test?.summary ?? '')}</span>
      </p>
      {test === undefined ? (
        <p class="help">
          {t(
            'Test Connection tries this connection step by step, says what came of each, and leaves again. Nothing is saved.',
          )}
        </p>
      ) : (
        <>
          {isTestStale(state) && <p class="help test-note">{t('The form has changed since this test.')}</p>}
          {test.notes.map((note) => (
            <p key={note} class="help test-note">
              {note}
            </p>
          ))}
          <ol class="steps">
            {test.steps.map((step) => (
              <Step key={step.stage} step={step} {...props} />
            ))}
          </ol>
          {test.isRunning && (
            <button
              type="button"
              class="button button-secondary"
              onClick={() => post({ kind: 'cancelTest' })}
            >
              {t('Cancel')}
            </button>
          )}
        </>
      )}
    </aside>
  );
}

function Step({ step, ...props }: WholeFormProps & { step: TestStepView }) {
  const { state, title, took, details, facts, fixes, stage } = step;
  return (
    <li class={`step step-${state}`}>
      <Icon name={stateIcons[state]} />
      <div class="step-words">
        <p class="step-title">
          <span class="screen-reader-only">{stateWord(state)} </span>
          {title}
          {took !== undefined && <span class="step-took">{took}</span>}
        </p>
        {details.map((detail) => (
          <p key={detail} class="step-detail">
            {detail}
          </p>
        ))}
        {fixes.length > 0 && (
          <div class="fixes">
            {fixes.map((fix) => (
              <Fix key={JSON.stringify(fix)} fix={fix} {...props} />
            ))}
          </div>
        )}
        <Facts groups={facts} isOpen={stage === 'mqtt' || state === 'failed'} />
      </div>
    </li>
  );
}

function Fix({ fix, dispatch, post, onTest }: WholeFormProps & { fix: TestFix }) {
  switch (fix.kind) {
    case 'goTo':
      return (
        <button type="button" class="button button-secondary" onClick={() => goTo(fix.field)}>
          {t('Go to: {0}', fieldLabel(fix.field))}
        </button>
      );
    case 'change':
      return (
        <button
          type="button"
          class="button"
          onClick={() => {
            dispatch({ kind: 'changed', texts: fix.texts });
            onTest();
          }}
        >
          {fix.label}
        </button>
      );
    case 'trust':
      return (
        <button type="button" class="button button-secondary" onClick={() => post({ kind: 'trust' })}>
          {fix.label}
        </button>
      );
  }
}

function Facts({ groups, isOpen }: { groups: readonly FactGroup[]; isOpen: boolean }) {
  if (groups.length === 0) return null;
  return (
    <details class="facts" open={isOpen}>
      <summary class="facts-summary">
        <Icon name="chevron" />
        {groups[0]?.heading ?? t('Details')}
      </summary>
      {groups.map(({ heading, rows }, i) => (
        <div key={i}>
          {i > 0 && heading !== undefined && <p class="facts-heading">{heading}</p>}
          <dl>
            {rows.map(([label, value]) => (
              <div key={label} class="fact">
                <dt>{label}</dt>
                <dd>
                  <bdi>{value}</bdi>
                </dd>
              </div>
            ))}
          </dl>
        </div>
      ))}
    </details>
  );
}

/** Unfolds what it is in. A group has its first button. */
export function goTo(field: string): void {
  const element = document.getElementById(inputId(field));
  const folded = element?.closest('details');
  if (folded !== null && folded !== undefined) folded.open = true;
  const input = element?.matches('input, select')
    ? element
    : element?.querySelector<HTMLElement>('input:checked, input, button');
  (input ?? element)?.focus();
  element?.scrollIntoView({ block: 'center' });
}

function stateWord(state: TestStepView['state']): string {
  switch (state) {
    case 'running':
      return t('Under way:');
    case 'passed':
      return t('Done:');
    case 'warned':
      return t('Done, with a warning:');
    case 'failed':
      return t('Failed:');
  }
}
