/** Two messages side by side: those of the caller, or one and then another. */
import { l10n } from 'vscode';
import type { Services } from '../services.ts';
import { messagePairArgument } from './arguments.ts';
import { type MessageRequest, messageOf } from './askForMessage.ts';

/** `{left, right}`, the messages' ids: for lists in which two can be marked. */
export async function compareMessages({ messageEditors }: Services, argument: unknown): Promise<void> {
  const pair = messagePairArgument(argument);
  if (pair !== undefined) await messageEditors.compare(pair.left, pair.right);
}

export async function selectMessageForCompare(services: Services, argument: unknown): Promise<void> {
  const name = await messageOf(services, argument, request(l10n.t('Select Message for Compare')));
  if (name !== undefined) await services.messageEditors.selectForCompare(name);
}

export async function compareWithSelectedMessage(services: Services, argument: unknown): Promise<void> {
  const name = await messageOf(services, argument, request(l10n.t('Compare With Selected Message')));
  if (name !== undefined) await services.messageEditors.compareWithSelected(name);
}

function request(title: string): MessageRequest {
  return { title, placeholder: l10n.t('Topic whose newest message to compare') };
}
