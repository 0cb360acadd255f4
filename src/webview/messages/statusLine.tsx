/** How much there is, what is not shown, and whether the list follows. Never silent about what is missing. */
import { everyMessage } from '../../contracts/messagePages.ts';
import { Counts, type CountWords } from '../shared/counts.tsx';
import { ListFlowControl } from '../shared/flowControl.tsx';
import { formatByteSize } from '../shared/format.ts';
import { count, t } from '../shared/l10n.ts';
import { originOf } from './filter.ts';
import { listAction, type PageProps } from './pageProps.ts';
import type { PageState } from './state.ts';

export function StatusLine({ state, dispatch }: PageProps) {
  const { flow, view } = state.list;
  const progress = state.list.isLost ? 1 : (view?.progress ?? 1);
  return (
    <div class="status-line">
      {progress < 1 && (
        <progress class="search-progress" value={progress} aria-label={t('Looking through the history…')} />
      )}
      <Counts counts={countWords(state)} />
      {!state.list.isLost && (
        <ListFlowControl flow={flow} dispatch={(action) => dispatch(listAction(action))} />
      )}
    </div>
  );
}

function countWords({ filter = everyMessage, list, connections, broker }: PageState): CountWords[] {
  const { view } = list;
  const words: CountWords[] = [];
  const held = view === undefined ? 0 : view.end - view.first;
  if (list.isLost) {
    words.push({
      words: held === 1 ? t('1 message left') : t('{0} messages left', count(held)),
      tooltip: t('Messages that had been read when the engine stopped'),
      isWarning: false,
    });
  } else {
    words.push({
      words: held === 1 ? t('1 message') : t('{0} messages', count(held)),
      tooltip: t('Messages that are held and match'),
      isWarning: false,
    });
  }
  if (view !== undefined && !list.isLost && view.progress < 1) {
    const percent = count(Math.floor(view.progress * 100));
    words.push({
      words: t('searching, {0} %', percent),
      tooltip: t('How much of the history was looked through'),
      isWarning: false,
    });
  }
  const dropped = view?.history.droppedMessages ?? 0;
  if (view !== undefined && !list.isLost && dropped > 0) {
    words.push({
      words: t('{0} dropped', count(dropped)),
      tooltip: t(
        'Older messages, of all topics, that are no longer held: the memory for history is {0} (setting {1})',
        formatByteSize(view.history.budgetBytes),
        'mqttWorkbench.history.megabytes',
      ),
      isWarning: false,
    });
  }
  if (list.isSightLost) {
    words.push({
      words: t('what was shown here is dropped'),
      tooltip: t('Newer messages took the place of those that were in sight'),
      isWarning: true,
    });
  }
  const origin = originOf(filter, connections);
  if (origin === 'gone') {
    words.push({
      words: t('no longer open'),
      tooltip: t('Its messages are no longer here'),
      isWarning: true,
    });
  }
  if (list.isLost && origin !== 'gone') {
    words.push({
      words: t('the MQTT engine stopped'),
      tooltip: t('It held the messages: only what had been read of them is still here'),
      isWarning: true,
    });
  } else if (origin === 'localBroker' && broker !== 'running') {
    const isStarting = broker === 'starting';
    words.push({
      words: isStarting ? t('broker is starting') : t('broker not running'),
      tooltip: t('What came before stays here'),
      isWarning: !isStarting,
    });
  }
  return words;
}
