/**
 * Publish…: topic, payload and QoS, one question each.
 *
 * With an argument `{topic}` the topic is not asked for; with `{topic, payload, qos?, retain?}`, as from a
 * keybinding, nothing is. To which broker is asked where another one is connected and no row says it.
 */
import { l10n } from 'vscode';
import { type ConnectionId, LOCAL_BROKER } from '../../contracts/connections.ts';
import { askSteps, keeping } from '../questions/askSteps.ts';
import type { Services } from '../services.ts';
import { connectionArgument, publishArgument, topicArgument } from './arguments.ts';
import { connectionOfArgument, hasOtherTargets } from './connectionSteps.ts';
import { ensureRunning } from './launch.ts';
import { askDelivery, askPayload, askPublishTarget, askTopicName, publishAndReport } from './publishSteps.ts';
import { refuseRecording } from './refuseOther.ts';

export async function publish(services: Services, argument: unknown): Promise<void> {
  if (await refuseRecording(services, argument)) return;
  const whole = publishArgument(argument);
  if (whole !== undefined) {
    await publishAndReport(services, whole);
    return;
  }

  const title = l10n.t('Publish');
  // A text alone is a topic, also where a connection is called the same.
  const isTopic = typeof argument === 'string';
  const row = isTopic ? undefined : connectionOfArgument(services, argument)?.broker?.connection;
  let connection: ConnectionId = row ?? LOCAL_BROKER;
  const isAsked =
    row === undefined && connectionArgument(argument) === undefined && hasOtherTargets(services, 'publish');
  const isLocal = !isAsked && connection === LOCAL_BROKER;
  if (isLocal && !(await ensureRunning(services, title))) return;
  const last = services.memory.publish;
  const givenTopic = topicArgument(argument);
  let topic = givenTopic ?? last.topic;
  let payloadText = last.payloadText;
  let delivery = { qos: last.qos, retain: last.retain };

  const targetStep = keeping(
    (position) => askPublishTarget(services, { title, position }, connection),
    (answer) => {
      connection = answer;
    },
  );
  const topicStep = keeping(
    (position) => askTopicName(services, { title, position, connection }, topic),
    (answer) => {
      topic = answer;
    },
  );
  const payloadStep = keeping(
    (position) => askPayload(services, { title, position }, payloadText),
    (answer) => {
      payloadText = answer;
    },
  );
  const deliveryStep = keeping(
    (position) => askDelivery(services, { title, position }, delivery),
    (answer) => {
      delivery = answer;
    },
  );
  const steps = [
    ...(isAsked ? [targetStep] : []),
    ...(givenTopic === undefined ? [topicStep] : []),
    ...[payloadStep, deliveryStep],
  ];
  if (!(await askSteps(steps))) return;
  if (isAsked && connection === LOCAL_BROKER && !(await ensureRunning(services, title))) return;

  await services.memory.rememberPublish({ topic, payloadText, ...delivery });
  const isPublished = await publishAndReport(services, {
    ...{ topic, payload: new TextEncoder().encode(payloadText), ...delivery },
    ...(connection !== LOCAL_BROKER && { connection }),
  });
  if (!isPublished) return;
  const connectionName = services.connections.with(connection)?.name;
  await services.publishHistory.add({
    ...(connectionName !== undefined && { connectionName }),
    ...{ topic, payloadText, ...delivery, format: 'text', properties: {}, isVerbatim: true },
  });
}
