/** The status bar item while messages are repeated, and the notification when a repeat ends that was not stopped. */
import { l10n, StatusBarAlignment, window } from 'vscode';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { commandIds, repeatStatusId } from '../../contracts/manifest.ts';
import type { RepeatEnd } from '../../contracts/publishing.ts';
import type { Services } from '../services.ts';
import { keepShown } from '../statusItem.ts';
import { formatCount } from '../words/formats.ts';
import { describeRepeat, explainRepeatEnd, repeatsLabel } from '../words/repeatWords.ts';

/** Behind those of recordings. */
const PRIORITY = 47;

export function repeatStatus(
  services: Pick<Services, 'repeats' | 'connections' | 'questions' | 'inBackground'>,
): Disposable {
  const { repeats, connections, questions, inBackground } = services;
  const store = new DisposableStore();
  const item = window.createStatusBarItem(repeatStatusId, StatusBarAlignment.Left, PRIORITY);
  item.name = l10n.t('MQTT Repeated Publish');
  item.command = commandIds.stopRepeats;
  store.add(
    keepShown(item, repeats.onDidChange, () => {
      const { all } = repeats;
      if (all.length === 0) return undefined;
      const published = all.reduce((sum, repeat) => sum + repeat.published, 0);
      return {
        text: `$(sync) ${repeatsLabel(all.length)} · ${formatCount(published)}`,
        lines: [
          l10n.t('Published again and again:'),
          ...all.map((repeat) => describeRepeat(repeat, connections)),
          l10n.t('Click to stop'),
        ],
        isWarning: false,
      };
    }),
  );
  store.add(
    repeats.onDidEnd((end: RepeatEnd) => {
      const words = explainRepeatEnd(end);
      if (end.reason === 'notPublished' || end.reason === 'profileGone')
        inBackground(questions.say('warning', words));
      else if (end.reason === 'done') questions.confirm(words);
    }),
  );
  return store;
}
