/**
 * Remove Topic from View: of a row, of the selected one, or of one that is asked for, with all below it.
 *
 * The broker keeps what it holds, and the next message brings a topic back: so it is asked about for many alone.
 */
import { l10n } from 'vscode';
import type { TopicNode } from '../../contracts/topics.ts';
import type { Services } from '../services.ts';
import { formatName, formatTopics } from '../words/formats.ts';
import { topicArgument } from './arguments.ts';
import { topicOf } from './askForTopic.ts';

const MAX_UNASKED_TOPICS = 1_000;

export async function removeTopic(services: Services, argument: unknown): Promise<void> {
  const { engine, questions, topicsView } = services;
  // By a key: the row that is selected.
  const { selected } = topicsView;
  const row = argument ?? selected;
  if (isPin(row)) {
    await topicsView.unpin(row.topic);
    return;
  }
  const topic = await topicOf(services, topicArgument(row), {
    title: l10n.t('Remove Topic from View'),
    placeholder: l10n.t('Topic to remove, with all below it'),
  });
  if (topic === undefined) return;
  const node = (await engine.callIfRunning('topicPath', { topic }))?.at(-1);
  if (node === undefined || !(await mayRemove(services, node))) return;
  const removed = await topicsView.remove(node.id);
  questions.confirm(l10n.t('{0} removed from the view.', formatTopics(removed)));
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
  return topicArgument(row) !== undefined && (row as { kind?: unknown }).kind === 'pin';
}
