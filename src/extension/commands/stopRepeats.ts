/** Stop Repeated Publish…: the one that runs, or which of them; what the status bar item opens. */
import { l10n } from 'vscode';
import type { Choice } from '../questions/userQuestions.ts';
import type { Services } from '../services.ts';
import { formatName } from '../words/formats.ts';
import { describeRepeat } from '../words/repeatWords.ts';

export async function stopRepeats({ engine, repeats, connections, questions }: Services): Promise<void> {
  const { all } = repeats;
  if (all.length === 0) {
    await questions.say('information', l10n.t('No message is published again and again.'));
    return;
  }
  const stopAll: Choice<readonly number[]> = {
    value: all.map(({ repeatId }) => repeatId),
    label: l10n.t('Stop All'),
    icon: 'debug-stop',
  };
  const each = all.map(
    (repeat): Choice<readonly number[]> => ({
      value: [repeat.repeatId],
      label: l10n.t('Stop {0}', formatName(repeat.topic)),
      icon: 'debug-stop',
      detail: describeRepeat(repeat, connections),
    }),
  );
  const answer = await questions.pick({
    title: l10n.t('Stop Repeated Publish'),
    placeholder: l10n.t('What is not to be published any more?'),
    choices: [...(all.length > 1 ? [stopAll] : []), ...each],
  });
  if (answer.kind !== 'answered') return;
  for (const repeatId of answer.value) await engine.callIfRunning('stopRepeat', { repeatId });
}
