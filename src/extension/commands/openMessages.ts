/**
 * Open Messages: the Messages view, about what a row stands for (a topic, a branch, a client, a subscription), or as it
 * was where it is called without one.
 */
import type { Services } from '../services.ts';
import { messagesArgument } from './arguments.ts';

export async function openMessages({ messagesView }: Services, argument: unknown): Promise<void> {
  const filter = messagesArgument(argument);
  await (filter === undefined ? messagesView.show() : messagesView.open(filter));
}
