/**
 * Publish…: topic, payload and QoS, one question each.
 *
 * With an argument `{topic}` the topic is not asked for; with `{topic, payload, qos?, retain?}`, as from a
 * keybinding, nothing is.
 */
import { l10n } from 'vscode';
import { askSteps, keeping } from '../questions/askSteps.ts';
import type { Services } from '../services.ts';
import { publishArgument, topicArgument } from './arguments.ts';
import { ensureRunning } from './launch.ts';
import { askDelivery, askPayload, askTopicName, publishAndReport } from './publishSteps.ts';
import { refuseRecording } from './refuseRecording.ts';

export async function publish(services: Services, argument: unknown): Promise<void> {
  if (await refuseRecording(services, argument)) return;
  const whole = publishArgument(argument);
  if (whole !== undefined) return publishAndReport(services, whole);

  const title = l10n.t('Publish');
  if (!(await ensureRunning(services, title))) return;
  const last = services.memory.publish;
  const givenTopic = topicArgument(argument);
  let topic = givenTopic ?? last.topic;
  let payloadText = last.payloadText;
  let delivery = { qos: last.qos, retain: last.retain };

  const topicStep = keeping(
    (position) => askTopicName(services, { title, position }, topic),
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
  const steps = [payloadStep, deliveryStep];
  if (!(await askSteps(givenTopic === undefined ? [topicStep, ...steps] : steps))) return;

  await services.memory.rememberPublish({ topic, payloadText, ...delivery });
  await publishAndReport(services, { topic, payload: new TextEncoder().encode(payloadText), ...delivery });
}
