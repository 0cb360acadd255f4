/** Open Message As…: the forms that fit a message, in a list. */
import { l10n } from 'vscode';
import type { MessageForm } from '../editors/messageUri.ts';
import { isImage, type PayloadKind } from '../editors/payloadKind.ts';
import type { Choice } from '../questions/userQuestions.ts';
import type { Services } from '../services.ts';
import { messageOf } from './askForMessage.ts';

export async function openMessageAs(services: Services, argument: unknown): Promise<void> {
  const title = l10n.t('Open Message As');
  const name = await messageOf(services, argument, {
    title,
    placeholder: l10n.t('Topic whose newest message to open'),
  });
  if (name === undefined) return;
  const judged = await services.messageEditors.judge(name);
  if (judged === undefined) return;
  const answer = await services.questions.pick<MessageForm | 'copy'>({
    title,
    placeholder: l10n.t('What to show of the message'),
    choices: [
      { value: 'asItCame', label: l10n.t('As It Came'), icon: 'file', description: describe(judged.kind) },
      ...(judged.kind === 'json' ? [laidOut()] : []),
      { value: 'hexDump', label: l10n.t('Hex Dump'), icon: 'file-binary' },
      {
        value: 'copy',
        label: l10n.t('A Copy to Edit'),
        icon: 'edit',
        description: l10n.t('can be changed and published'),
      },
    ],
  });
  if (answer.kind !== 'answered') return;
  if (answer.value === 'copy') await services.payloads.openCopy(name.id, name.receivedAtMs);
  else await services.messageEditors.show(judged, answer.value);
}

function laidOut(): Choice<MessageForm> {
  return {
    value: 'prettyJson',
    label: l10n.t('JSON, Laid Out'),
    icon: 'json',
    description: l10n.t('a line for each value'),
  };
}

function describe(kind: PayloadKind): string {
  if (isImage(kind)) return l10n.t('an image');
  switch (kind) {
    case 'json':
      return l10n.t('JSON');
    case 'text':
      return l10n.t('text');
    case 'binary':
      return l10n.t('bytes, for an editor that takes them');
  }
}
