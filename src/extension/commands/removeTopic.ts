/**
 * Remove Topic from View: of a row, of the selected one, or of one that is asked for, with all below it.
 *
 * The broker keeps what it holds, and the next message brings a topic back: so it is asked about for many alone. Of a
 * recording nothing is removed: its own row closes it. That of another broker forgets all of it.
 */
import { l10n } from 'vscode';
import type { TopicNode } from '../../contracts/topics.ts';
import type { Services } from '../services.ts';
import { formatName, formatTopics } from '../words/formats.ts';
import { branchArgument, kindArgument, topicArgument } from './arguments.ts';
import { topicOf } from './askForTopic.ts';
import { closeRecording } from './closeRecording.ts';
import { refuseRecording } from './refuseOther.ts';

const MAX_UNASKED_TOPICS = 1_000;

export async function removeTopic(services: Services, argument: unknown): Promise<void> {
  const { questions, topicsView } = services;
  // By a key: the row that is selected.
  const row = argument ?? topicsView.selected;
  if (isPin(row)) {
    await topicsView.unpin(row.topic);
    return;
  }
  if (isNode(row) && row.node.isConnection) {
    await removeConnectionRow(services, row);
    return;
  }
  if (await refuseRecording(services, row)) return;
  const node = isNode(row) ? row.node : await askForNode(services, row);
  if (node === undefined || !(await mayRemove(services, node))) return;
  const removed = await topicsView.remove(node.id);
  const name = formatName(node.topic);
  questions.confirm(
    removed === 0
      ? l10n.t('{0} is no longer in the view.', name)
      : l10n.t('Removed {0} from the view: {1}.', name, formatTopics(removed)),
  );
}

/** A recording is closed, and a broker forgotten that is not connected: one that is would bring its topics back. */
async function removeConnectionRow(services: Services, row: { node: TopicNode }): Promise<void> {
  if (row.node.connectionKind === 'recording') return closeRecording(services, row);
  const { connections, questions } = services;
  const connection = connections.with(row.node.connection);
  if (connection === undefined) return;
  const name = formatName(connection.name);
  if (connection.state.kind === 'connected' || connection.state.kind === 'waiting') {
    await questions.say('information', l10n.t('{0} is connected. Disconnect from it first.', name));
    return;
  }
  await connections.forget(connection.name);
  questions.confirm(l10n.t('{0} is no longer in the view.', name));
}

/** By its name, of the local broker. */
async function askForNode(services: Services, argument: unknown): Promise<TopicNode | undefined> {
  const { engine, questions } = services;
  const topic = await topicOf(services, topicArgument(argument), {
    title: l10n.t('Remove Topic from View'),
    placeholder: l10n.t('Topic to remove, with all below it'),
  });
  if (topic === undefined) return undefined;
  const node = (await engine.callIfRunning('topicPath', { topic }))?.at(-1);
  if (node === undefined) questions.confirm(l10n.t('{0} is no longer in the view.', formatName(topic)));
  return node;
}

async function mayRemove({ questions }: Services, node: TopicNode): Promise<boolean> {
  const { descendantTopicCount } = node;
  if (descendantTopicCount <= MAX_UNASKED_TOPICS) return true;
  const answer = await questions.pick({
    title: l10n.t('Remove Topic from View'),
    placeholder: l10n.t(
      '{0} has {1} below it. Each comes back with its next message.',
      formatName(node.topic),
      formatTopics(descendantTopicCount),
    ),
    choices: [
      { value: true, icon: 'close', label: l10n.t('Remove {0}', formatTopics(descendantTopicCount)) },
    ],
  });
  return answer.kind === 'answered';
}

function isPin(row: unknown): row is { topic: string } {
  return topicArgument(row) !== undefined && kindArgument(row) === 'pin';
}

/** A row of the Topics view. */
function isNode(row: unknown): row is { node: TopicNode } {
  return kindArgument(row) === 'node' && branchArgument(row) !== undefined;
}
