/** The questions that the publishing commands share, and how they end. Not a command itself. */
import { l10n } from 'vscode';
import type { ConnectionId } from '../../contracts/connections.ts';
import type { PublishParams } from '../../contracts/engine.ts';
import type { QoS } from '../../contracts/messages.ts';
import type { Answer, Choice, StepPosition } from '../questions/userQuestions.ts';
import type { Services } from '../services.ts';
import { formatName } from '../words/formats.ts';
import { explainPublish } from '../words/publishWords.ts';
import { problemWithTopicName } from '../words/topicWords.ts';
import { askForTarget } from './connectionSteps.ts';

const MAX_SUGGESTIONS = 50;

export interface Delivery {
  qos: QoS;
  retain: boolean;
}

interface StepHeader {
  title: string;
  position: StepPosition;
  /** Whose topics are offered. The local broker's unless told. */
  connection?: ConnectionId;
}

export function askPublishTarget(
  services: Services,
  { title, position }: StepHeader,
  preferred: ConnectionId,
): Promise<Answer<ConnectionId>> {
  const placeholder = l10n.t('Broker to publish to');
  return askForTarget(services, { title, position, placeholder }, preferred, 'publish');
}

export function askTopicName(
  services: Services,
  { title, position, connection }: StepHeader,
  value: string,
): Promise<Answer<string>> {
  return services.questions.suggest({
    title,
    position,
    placeholder: l10n.t('Topic to publish to'),
    value,
    takesAnyText: true,
    problemWith: problemWithTopicName,
    suggest: (text) => suggestTopics(services, text, connection === undefined ? {} : { connection }),
  });
}

export function askPayload(
  services: Services,
  { title, position }: StepHeader,
  value: string,
): Promise<Answer<string>> {
  return services.questions.text({
    title,
    position,
    prompt: l10n.t('Payload as text. It may be empty.'),
    value,
  });
}

/** QoS and retain in one list: one key for the usual case. */
export function askDelivery(
  services: Services,
  { title, position }: StepHeader,
  preferred: Delivery,
): Promise<Answer<Delivery>> {
  const choices = [false, true].flatMap((retain) =>
    ([0, 1, 2] as const).map(
      (qos): Choice<Delivery> => ({
        value: { qos, retain },
        label: retain ? l10n.t('QoS {0}, retained', qos) : l10n.t('QoS {0}', qos),
        description: describeQos(qos),
      }),
    ),
  );
  const same = ({ value }: Choice<Delivery>): boolean =>
    value.qos === preferred.qos && value.retain === preferred.retain;
  const found = choices.find(same);
  return services.questions.pick({
    title,
    position,
    placeholder: l10n.t('Quality of service, and whether the broker keeps the message for later subscribers'),
    choices,
    ...(found && { preferred: found.value }),
  });
}

export function describeQos(qos: QoS): string {
  if (qos === 0) return l10n.t('at most once');
  return qos === 1 ? l10n.t('at least once') : l10n.t('exactly once');
}

/** Topics that were seen, for what was typed so far. Does not start the engine. */
export async function suggestTopics(
  { engine }: Services,
  text: string,
  options: { retainedOnly?: boolean; connection?: ConnectionId } = {},
): Promise<readonly string[]> {
  return (await engine.callIfRunning('findTopics', { text, limit: MAX_SUGGESTIONS, ...options })) ?? [];
}

/** Returns whether it is published. */
export async function publishAndReport(services: Services, params: PublishParams): Promise<boolean> {
  const { connection, topic } = params;
  if (!(await mayPublish(services, { connection, what: topic }))) return false;
  const { ok, message } = explainPublish(await services.broker.publish(params), params.topic);
  if (ok) services.questions.confirm(message);
  else await services.questions.say('error', message);
  return ok;
}

/**
 * Asked where the profile wants that.
 *
 * @param what the topic, or the name of more than one message.
 */
export async function mayPublish(
  { connections, questions }: Pick<Services, 'connections' | 'questions'>,
  { connection, what }: { connection: ConnectionId | undefined; what: string },
): Promise<boolean> {
  const profile = connections.with(connection)?.profile;
  // As the settings say it now: the engine knows what they said when it connected.
  if (profile?.readOnly) {
    await questions.say('error', explainPublish({ kind: 'readOnly' }, what).message);
    return false;
  }
  if (profile?.confirmPublish !== true) return true;
  const answer = await questions.pick({
    title: l10n.t('Publish'),
    placeholder: l10n.t(
      'You asked to be asked before something is published to {0}.',
      formatName(profile.name),
    ),
    choices: [
      {
        value: true,
        icon: 'send',
        label: l10n.t('Publish to {0}', formatName(profile.name)),
        description: formatName(what),
      },
    ],
  });
  return answer.kind === 'answered';
}
