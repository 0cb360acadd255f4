/**
 * Subscribe…: filter and QoS, then the Messages view, which follows what comes. At which broker is asked where another one is
 * connected and no row says it. The options that MQTT 5.0 has are one choice away: most subscriptions want none.
 */
import { l10n } from 'vscode';
import { type ConnectionId, LOCAL_BROKER } from '../../contracts/connections.ts';
import type { SubscribeParams } from '../../contracts/engine.ts';
import type { QoS } from '../../contracts/messages.ts';
import { askSteps, keeping, type Step } from '../questions/askSteps.ts';
import type { Services } from '../services.ts';
import { explainSubscribe } from '../words/publishWords.ts';
import { problemWithTopicFilter } from '../words/topicWords.ts';
import { kindArgument } from './arguments.ts';
import { askForTarget, connectionOfArgument, hasOtherTargets } from './connectionSteps.ts';
import { ensureRunning } from './launch.ts';
import { describeQos, suggestTopics } from './publishSteps.ts';

export async function subscribe(services: Services, argument: unknown): Promise<void> {
  const title = l10n.t('Subscribe');
  const row = connectionOfArgument(services, argument)?.broker?.connection;
  let connection: ConnectionId = row ?? LOCAL_BROKER;
  const isAsked = row === undefined && !isLocalRow(argument) && hasOtherTargets(services);
  if (!isAsked && connection === LOCAL_BROKER && !(await ensureRunning(services, title))) return;
  let draft: Omit<SubscribeParams, 'connection'> = { ...services.memory.subscribe };
  const targetStep = keeping(
    (position) =>
      askForTarget(services, { title, position, placeholder: l10n.t('Broker to subscribe at') }, connection),
    (answer) => {
      connection = answer;
    },
  );
  const optionsStep = keeping(
    async (position) => {
      const { askSubscribeOptions } = await import('./subscriptionActions.ts');
      return askSubscribeOptions(services, { title, position }, draft);
    },
    (answer) => {
      draft = answer;
    },
  );
  const steps: Step[] = [
    ...(isAsked ? [targetStep] : []),
    keeping(
      (position) =>
        services.questions.suggest({
          title,
          position,
          placeholder: l10n.t('Topic filter to subscribe to: + stands for one level, # for all that follow'),
          value: draft.topicFilter,
          takesAnyText: true,
          problemWith: problemWithTopicFilter,
          suggest: (text) => suggestTopics(services, text, { connection }),
        }),
      (answer) => {
        draft = { ...draft, topicFilter: answer };
      },
    ),
    keeping(
      (position) =>
        services.questions.pick<QoS | 'more'>({
          title,
          position,
          placeholder: l10n.t('Highest quality of service to receive with'),
          choices: [
            ...([0, 1, 2] as const).map((value) => ({
              value,
              label: l10n.t('QoS {0}', value),
              description: describeQos(value),
            })),
            ...(hasOptions(services, connection) ? [moreOptions()] : []),
          ],
          preferred: draft.qos,
        }),
      (answer) => {
        steps.splice(isAsked ? 3 : 2);
        if (answer === 'more') steps.push(optionsStep);
        // Also without the options that were chosen before the person came back to this.
        else draft = { topicFilter: draft.topicFilter, qos: answer };
      },
    ),
  ];
  if (!(await askSteps(steps))) return;
  if (isAsked && connection === LOCAL_BROKER && !(await ensureRunning(services, title))) return;

  const { topicFilter, qos } = draft;
  await services.memory.rememberSubscribe({ topicFilter, qos });
  const outcome = explainSubscribe(
    await services.engine.call('subscribe', {
      ...draft,
      ...(connection !== LOCAL_BROKER && { connection }),
    }),
    topicFilter,
  );
  if (!outcome.ok) {
    await services.questions.say('error', outcome.message);
    return;
  }
  services.questions.confirm(outcome.message);
  await services.messagesView.open(
    connection === LOCAL_BROKER
      ? { source: { kind: 'subscription', topicFilter } }
      : { source: { kind: 'broker', connection }, topicFilter },
  );
}

function hasOptions({ connections }: Services, connection: ConnectionId): boolean {
  return (connections.with(connection)?.broker?.protocolVersion ?? 5) === 5;
}

function moreOptions() {
  return {
    value: 'more' as const,
    label: l10n.t('More Options…'),
    icon: 'settings',
    description: l10n.t('No Local, retained messages, shared, identifier'),
  };
}

/** Of the Connections view. */
function isLocalRow(argument: unknown): boolean {
  return kindArgument(argument) === 'localBroker';
}
