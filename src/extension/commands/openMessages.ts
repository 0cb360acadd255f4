/**
 * Open Messages: the Messages view, about what a row stands for (a topic, a branch, a client, a subscription, another
 * broker), or as it was where it is called without one.
 */
import type { MessagesFilter } from '../../contracts/messagePages.ts';
import type { Services } from '../services.ts';
import { messagesArgument } from './arguments.ts';
import { connectionOfArgument } from './connectionSteps.ts';

export async function openMessages(services: Services, argument: unknown): Promise<void> {
  const { messagesView } = services;
  const filter = messagesArgument(argument) ?? ofConnection(services, argument);
  await (filter === undefined ? messagesView.show() : messagesView.open(filter));
}

/** Of a row of the Connections view. */
function ofConnection(services: Services, argument: unknown): Partial<MessagesFilter> | undefined {
  const connection = connectionOfArgument(services, argument)?.broker?.connection;
  return connection === undefined ? undefined : { source: { kind: 'broker', connection } };
}
