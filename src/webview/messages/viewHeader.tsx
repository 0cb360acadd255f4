/** The panel's header: which topic this is, how much came, what is not shown, and whether the list follows. */
import type { MessageSource } from '../../contracts/webview.ts';
import { Action, CopyAction } from '../shared/controls.tsx';
import { shorten } from '../shared/format.ts';
import { Icon } from '../shared/icons.tsx';
import { count, t } from '../shared/l10n.ts';
import { TopicText } from '../shared/topicText.tsx';
import type { PanelProps } from './panelProps.ts';
import type { Flow, PanelState } from './state.ts';

const tooltipCharacters = 500;

export function PanelHeader({ state, dispatch, post, source }: PanelProps & { source: MessageSource }) {
  const topic = source.kind === 'topic' ? source.topic : source.topicFilter;
  const isFollowing = state.flow === 'following';
  return (
    <header class="panel-header">
      <div class="panel-title">
        <h1 title={shorten(topic, tooltipCharacters)}>
          <TopicText topic={topic} />
        </h1>
        <CopyAction
          label={source.kind === 'topic' ? t('Copy Topic') : t('Copy Topic Filter')}
          onCopy={() => post({ kind: 'copyTopic', topic })}
        />
        {source.kind === 'topic' && (
          <Action
            icon="send"
            label={t('Publish to This Topic…')}
            onClick={() => post({ kind: 'publishAgain', topic })}
          />
        )}
      </div>
      <div class="panel-flow">
        <span class={`flow-state flow-${isFollowing ? 'on' : 'off'}`} role="status">
          {flowWords(state.flow)}
        </span>
        <button
          type="button"
          class="button button-secondary"
          aria-keyshortcuts="Space"
          title={
            isFollowing
              ? t('Hold the list still (Space in the list)')
              : t('Show the newest (Space in the list)')
          }
          onClick={() => dispatch({ kind: isFollowing ? 'paused' : 'followed' })}
        >
          <Icon name={isFollowing ? 'pause' : 'play'} />
          {isFollowing ? t('Pause') : t('Follow')}
        </button>
      </div>
      <p class="panel-counts">
        {countWords(state).map(({ words, tooltip, isWarning }) => (
          <span key={tooltip} class={isWarning ? 'count count-warning' : 'count'} title={tooltip}>
            {words}
          </span>
        ))}
      </p>
    </header>
  );
}

function flowWords(flow: Flow): string {
  switch (flow) {
    case 'following':
      return t('Following');
    case 'scrolledBack':
    case 'selectedOlder':
      return t('Holding');
    case 'paused':
      return t('Paused');
  }
}

interface CountWords {
  words: string;
  tooltip: string;
  isWarning: boolean;
}

function countWords(state: PanelState): CountWords[] {
  const { total, dropped, skipped, entries, isBrokerRunning } = state;
  const words: CountWords[] = [
    {
      words: total === 1 ? t('1 message') : t('{0} messages', count(total)),
      tooltip: t('Messages in all, held or not'),
      isWarning: false,
    },
  ];
  if (entries.length < total) {
    words.push({
      words: t('{0} shown', count(entries.length)),
      tooltip: t('The newest messages, in the list'),
      isWarning: false,
    });
  }
  if (skipped > 0) {
    words.push({
      words: t('{0} skipped', count(skipped)),
      tooltip: t('Messages that came too fast to be listed one by one'),
      isWarning: true,
    });
  }
  if (dropped > 0) {
    words.push({
      words: t('{0} dropped', count(dropped)),
      tooltip: t('Older messages that are no longer held, to stay within the memory for history'),
      isWarning: false,
    });
  }
  if (!isBrokerRunning) {
    words.push({
      words: t('broker not running'),
      tooltip: t('What came before stays here'),
      isWarning: true,
    });
  }
  return words;
}
