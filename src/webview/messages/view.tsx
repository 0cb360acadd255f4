/** The message panel as a whole: its header, the list, the selected message, and how they share the space. */
import { useRef } from 'preact/hooks';
import { useSize } from '../shared/hooks.ts';
import { t } from '../shared/l10n.ts';
import { Splitter } from '../shared/splitter.tsx';
import { TopicText } from '../shared/topicText.tsx';
import type { PanelProps } from './panelProps.ts';
import { defaultChoices } from './state.ts';
import { MessageDetailView } from './viewDetail.tsx';
import { PanelHeader } from './viewHeader.tsx';
import { MessageList } from './viewList.tsx';

/** From this width on, the list stands beside the message instead of above it. */
const sideBySidePixels = 880;

export function MessagePanel(props: PanelProps) {
  const { state, dispatch } = props;
  const [panel, size] = useSize<HTMLElement>();
  const split = useRef<HTMLDivElement>(null);
  if (state.source === undefined) return null;
  const isSideBySide = (size?.widthPixels ?? 0) >= sideBySidePixels;
  return (
    <main ref={panel} class="panel">
      <PanelHeader {...props} source={state.source} />
      {state.entries.length === 0 ? (
        <EmptyPanel {...props} />
      ) : (
        <div
          ref={split}
          class={`split ${isSideBySide ? 'split-side-by-side' : 'split-stacked'}`}
          style={{ '--list-share': `${state.choices.listShare * 100}%` }}
        >
          <MessageList {...props} />
          <Splitter
            label={t('Size of the message list')}
            isVertical={isSideBySide}
            share={state.choices.listShare}
            defaultShare={defaultChoices.listShare}
            container={() => split.current}
            onChange={(listShare) => dispatch({ kind: 'choicesChanged', choices: { listShare } })}
          />
          <MessageDetailView {...props} />
        </div>
      )}
    </main>
  );
}

function EmptyPanel({ state, post }: PanelProps) {
  const { source } = state;
  if (source === undefined) return null;
  const topic = source.kind === 'topic' ? source.topic : source.topicFilter;
  return (
    <div class="empty-panel">
      <p class="empty-title">
        {state.flow === 'paused' && state.waitingCount > 0
          ? t('Paused. Messages have come since.')
          : t('No messages yet')}
      </p>
      <p class="empty-words">
        {t('What is published to this topic appears here as it comes:')} <TopicText topic={topic} />
      </p>
      {source.kind === 'topic' && (
        <button
          type="button"
          class="button button-secondary"
          onClick={() => post({ kind: 'publishAgain', topic })}
        >
          {t('Publish to This Topic…')}
        </button>
      )}
    </div>
  );
}
