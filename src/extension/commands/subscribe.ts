/** Subscribe…: filter and QoS, then the Messages view, which follows what comes. */
import { l10n } from 'vscode';
import type { QoS } from '../../contracts/messages.ts';
import { askSteps, keeping } from '../questions/askSteps.ts';
import type { Services } from '../services.ts';
import { explainSubscribe } from '../words/publishWords.ts';
import { problemWithTopicFilter } from '../words/topicWords.ts';
import { ensureRunning } from './launch.ts';
import { describeQos, suggestTopics } from './publishSteps.ts';

export async function subscribe(services: Services): Promise<void> {
  const title = l10n.t('Subscribe');
  if (!(await ensureRunning(services, title))) return;
  let { topicFilter, qos } = services.memory.subscribe;
  const answered = await askSteps([
    keeping(
      (position) =>
        services.questions.suggest({
          title,
          position,
          placeholder: l10n.t('Topic filter to subscribe to: + stands for one level, # for all that follow'),
          value: topicFilter,
          takesAnyText: true,
          problemWith: problemWithTopicFilter,
          suggest: (text) => suggestTopics(services, text),
        }),
      (answer) => {
        topicFilter = answer;
      },
    ),
    keeping(
      (position) =>
        services.questions.pick<QoS>({
          title,
          position,
          placeholder: l10n.t('Highest quality of service to receive with'),
          choices: ([0, 1, 2] as const).map((value) => ({
            value,
            label: l10n.t('QoS {0}', value),
            description: describeQos(value),
          })),
          preferred: qos,
        }),
      (answer) => {
        qos = answer;
      },
    ),
  ]);
  if (!answered) return;

  await services.memory.rememberSubscribe({ topicFilter, qos });
  const outcome = explainSubscribe(
    await services.engine.call('subscribe', { topicFilter, qos }),
    topicFilter,
  );
  if (!outcome.ok) {
    await services.questions.say('error', outcome.message);
    return;
  }
  services.questions.confirm(outcome.message);
  await services.messagesView.open({ source: { kind: 'subscription', topicFilter } });
}
