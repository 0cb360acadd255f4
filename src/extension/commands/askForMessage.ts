/** Which message a command is about: the one of its row or editor, or the newest of a topic. Not a command itself. */
import { l10n, TabInputCustom, Uri, window } from 'vscode';
import type { MessageName } from '../editors/messageReader.ts';
import { parseMessageUri } from '../editors/messageUri.ts';
import type { Services } from '../services.ts';
import { formatName } from '../words/formats.ts';
import { messageArgument, topicArgument } from './arguments.ts';
import { lastMessageOf, topicOf } from './askForTopic.ts';

export interface MessageRequest {
  title: string;
  /** For whoever is asked for a topic. */
  placeholder: string;
}

export async function messageOf(
  services: Services,
  argument: unknown,
  request: MessageRequest,
): Promise<MessageName | undefined> {
  const given = messageArgument(argument) ?? messageOfUri(argument);
  if (given !== undefined) return given;
  const isAboutEditor = topicArgument(argument) === undefined;
  const open = isAboutEditor ? messageOfUri(activeUri()) : undefined;
  if (open !== undefined) return open;
  const topic = await topicOf(services, argument, request);
  if (topic === undefined) return undefined;
  const message = await lastMessageOf(services, topic);
  if (message === undefined)
    await services.questions.say('information', l10n.t('No message was seen on {0}.', formatName(topic)));
  return message;
}

function messageOfUri(uri: unknown): MessageName | undefined {
  return uri instanceof Uri ? parseMessageUri(uri) : undefined;
}

/** Of the editor in front: of a diff, the side that has the cursor. */
function activeUri(): Uri | undefined {
  const input = window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof TabInputCustom ? input.uri : window.activeTextEditor?.document.uri;
}
