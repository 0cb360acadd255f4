/** Whether a list follows what comes, in words, and the button that changes it. */
import { Icon } from './icons.tsx';
import { t } from './l10n.ts';
import type { Flow, ListAction } from './listState.ts';

export function FlowControl({ flow, dispatch }: { flow: Flow; dispatch(action: ListAction): void }) {
  const isFollowing = flow === 'following';
  return (
    <div class="panel-flow">
      <span class={`flow-state flow-${isFollowing ? 'on' : 'off'}`} role="status" id="flow-state">
        {flowWords(flow)}
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
