/** The Inspector: one message beside the editor, the way to its neighbours, and whether it follows its topic. */

import { useEffect } from 'preact/hooks';
import type { InspectedMessage, InspectorToExtension, MessageAction } from '../../contracts/messagePages.ts';
import { MessagePane } from '../message/messagePane.tsx';
import { Action, Notice } from '../shared/controls.tsx';
import { shorten } from '../shared/format.ts';
import { t } from '../shared/l10n.ts';
import { TopicText } from '../shared/topicText.tsx';
import type { InspectorAction, InspectorState } from './state.ts';

export interface InspectorProps {
  state: InspectorState;
  dispatch(action: InspectorAction): void;
  post(message: InspectorToExtension): void;
}

const tooltipCharacters = 500;

export function InspectorPage({ state, dispatch, post }: InspectorProps) {
  const { inspected, shown, broker } = state;
  useStepKeys(inspected, post);
  if (inspected === undefined) return null;
  const { summary, connectionKind, previous, hasNext, isFollowing, isGone } = inspected;
  const { topic } = shown.detail ?? summary;
  const isRecorded = connectionKind === 'recording';
  const act = (action: MessageAction) => post({ kind: 'act', action, id: summary.id, topic });
  return (
    <main class="panel inspector">
      <header class="inspector-header">
        <h1 title={shorten(topic, tooltipCharacters)}>
          <TopicText topic={topic} />
        </h1>
        <div class="inspector-steps" role="toolbar" aria-label={t('Other messages')}>
          <Action
            icon="up"
            label={t('Previous Message')}
            tooltip={t('Previous message of those listed (Alt+Up)')}
            isDisabled={previous === undefined}
            onClick={() => post({ kind: 'step', by: -1 })}
          />
          <Action
            icon="down"
            label={t('Next Message')}
            tooltip={t('Next message of those listed (Alt+Down)')}
            isDisabled={!hasNext}
            onClick={() => post({ kind: 'step', by: 1 })}
          />
          <button
            type="button"
            class="toggle"
            aria-pressed={isFollowing}
            disabled={isRecorded}
            title={
              isRecorded
                ? t('A recording gets no new messages')
                : t('Shows each new message of this topic as it comes')
            }
            onClick={() => post({ kind: 'follow', isOn: !isFollowing })}
          >
            {t('Follow Topic')}
          </button>
        </div>
      </header>
      {connectionKind === undefined && !isGone && broker !== 'running' && broker !== 'starting' && (
        <Notice kind="info">{t('The broker is not running. What came before stays here.')}</Notice>
      )}
      <MessagePane
        shown={shown}
        summary={summary}
        previous={previous}
        choices={state.choices}
        hasAllActions={true}
        isEngineLost={isGone}
        onShown={(action) => dispatch({ kind: 'shown', action })}
        onChoices={(choices) => dispatch({ kind: 'choicesChanged', choices })}
        onAct={act}
        onDecoder={post}
      />
    </main>
  );
}

/** Alt+Up and Alt+Down, wherever the focus is in the page. */
function useStepKeys(inspected: InspectedMessage | undefined, post: InspectorProps['post']): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (!event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.key === 'ArrowUp' && inspected?.previous !== undefined) post({ kind: 'step', by: -1 });
      else if (event.key === 'ArrowDown' && inspected?.hasNext) post({ kind: 'step', by: 1 });
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, [inspected, post]);
}
