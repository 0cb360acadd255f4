/** Open Publish Form: with the draft of the last time, or with the topic of a tree row. */
import type { Services } from '../services.ts';
import { topicArgument } from './arguments.ts';

export async function openPublishForm({ publishForm }: Services, argument: unknown): Promise<void> {
  const topic = topicArgument(argument);
  await publishForm.open(topic === undefined ? {} : { topic });
}
