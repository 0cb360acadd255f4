/** Whether a list or a plot follows what comes, in words, and the button that changes it. */
import { Icon } from './icons.tsx';
import { t } from './l10n.ts';
import type { Flow, ListAction } from './listState.ts';

export interface FlowControlProps {
  isFollowing: boolean;
  words: string;
  /** Of the button, while it follows and while it does not. */
  tooltips: { hold: string; follow: string };
  onHold(): void;
  onFollow(): void;
}

export function FlowControl({ isFollowing, words, tooltips, onHold, onFollow }: FlowControlProps) {
  return (
    <>
      <span class={`flow-state flow-${isFollowing ? 'on' : 'off'}`} role="status" id="flow-state">
        {words}
      </span>
      <button
        type="button"
        class="button button-secondary"
        aria-keyshortcuts="Space"
        title={isFollowing ? tooltips.hold : tooltips.follow}
        onClick={isFollowing ? onHold : onFollow}
      >
        <Icon name={isFollowing ? 'pause' : 'play'} />
        {isFollowing ? t('Pause') : t('Follow')}
      </button>
    </>
  );
}

export function ListFlowControl({ flow, dispatch }: { flow: Flow; dispatch(action: ListAction): void }) {
  return (
    <div class="panel-flow">
      <FlowControl
        isFollowing={flow === 'following'}
        words={flowWords(flow)}
        tooltips={{
          hold: t('Hold the list still (Space in the list)'),
          follow: t('Show the newest (Space in the list)'),
        }}
        onHold={() => dispatch({ kind: 'paused' })}
        onFollow={() => dispatch({ kind: 'followed' })}
      />
    </div>
  );
}

function flowWords(flow: Flow): string {
  switch (flow) {
    case 'following':
      return t('Following');
    case 'scrolledBack':
    case 'selectedOlder':
      return t('Scroll locked');
    case 'paused':
      return t('Paused');
  }
}
