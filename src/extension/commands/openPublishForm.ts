/** Open Publish Form: with the draft of the last time, or with the connection and topic of a row. */
import type { Services } from '../services.ts';
import { kindArgument, topicArgument } from './arguments.ts';
import { connectionOfArgument } from './connectionSteps.ts';

export async function openPublishForm(services: Services, argument: unknown): Promise<void> {
  // The row of a connection has none.
  const topic = topicArgument(argument) || undefined;
  // A text alone is a topic.
  const connection = typeof argument === 'string' ? undefined : connectionOfArgument(services, argument);
  // A row that names no connection is the local broker's.
  const isOfRow = topic !== undefined || kindArgument(argument) === 'localBroker';
  const connectionName = connection?.name ?? (isOfRow ? '' : undefined);
  await services.publishForm.open({
    ...(topic !== undefined && { topic }),
    ...(connectionName !== undefined && { connectionName }),
  });
}
