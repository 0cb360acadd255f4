/** Copy Message As…: for a bug report, a shell, a firmware or its test. */
import { env, l10n } from 'vscode';
import type { MessageDetail } from '../../contracts/messages.ts';
import type { MessageName } from '../editors/messageReader.ts';
import { cArray } from '../payload/copyAs/cArray.ts';
import { cString } from '../payload/copyAs/cString.ts';
import { base64, messageJson } from '../payload/copyAs/messageJson.ts';
import { mosquittoPub } from '../payload/copyAs/mosquittoPub.ts';
import { mosquittoTarget } from '../payload/copyAs/mosquittoTarget.ts';
import { classifyPayload, toHex } from '../payload/payloadText.ts';
import type { Choice } from '../questions/userQuestions.ts';
import type { Services } from '../services.ts';
import { formatName } from '../words/formats.ts';
import { explainUnreadable } from '../words/messageWords.ts';
import { messageOf } from './askForMessage.ts';

/** As an array in C this is a clipboard of 6 MB; more is for a file. */
const MAX_COPIED_BYTES = 1_048_576;

interface Form {
  label: string;
  icon: string;
  description?: string;
  /** @param message with its whole payload. */
  copy: (message: MessageDetail, services: Services) => string;
}

export async function copyMessageAs(services: Services, argument: unknown): Promise<void> {
  const title = l10n.t('Copy Message As');
  const name = await messageOf(services, argument, {
    title,
    placeholder: l10n.t('Topic whose newest message to copy'),
  });
  if (name === undefined) return;
  const message = await wholeMessage(services, name);
  if (message === undefined) return;
  const answer = await services.questions.pick<Form>({
    title,
    placeholder: l10n.t('What to copy of the message on {0}', formatName(message.topic)),
    choices: formsOf(message).map(choiceOf),
  });
  if (answer.kind !== 'answered') return;
  const form = answer.value;
  await env.clipboard.writeText(form.copy(message, services));
  services.questions.confirm(l10n.t('Copied as {0}.', form.label));
}

/** Says why there is none. */
async function wholeMessage(services: Services, name: MessageName): Promise<MessageDetail | undefined> {
  const { messageReader, payloads, questions } = services;
  const found = await messageReader.find(name, MAX_COPIED_BYTES);
  if (found.kind !== 'found') {
    await questions.say('information', explainUnreadable(found));
    return undefined;
  }
  const { message } = found;
  if (!message.truncated) return message;
  if (message.onlyPreviewKept) {
    await questions.say('warning', explainUnreadable({ kind: 'onlyStartKept', message }));
    return undefined;
  }
  await payloads.offerFile(message);
  return undefined;
}

function choiceOf(form: Form): Choice<Form> {
  const { label, icon, description } = form;
  return { value: form, label, icon, ...(description !== undefined && { description }) };
}

function formsOf(message: MessageDetail): Form[] {
  const content = classifyPayload(message.payload);
  return [
    {
      label: l10n.t('JSON'),
      icon: 'json',
      description: l10n.t('topic, time, QoS, properties and payload'),
      copy: messageJson,
    },
    {
      label: l10n.t('mosquitto_pub command'),
      icon: 'terminal',
      description: l10n.t('publishes it again, from any POSIX shell'),
      copy: (whole, { broker }) => mosquittoPub(whole, mosquittoTarget(broker.state)),
    },
    {
      label: l10n.t('C string'),
      icon: 'symbol-string',
      description: l10n.t('the payload as a literal'),
      copy: ({ topic, payload }) => cString(topic, payload),
    },
    {
      label: l10n.t('C array'),
      icon: 'symbol-array',
      description: l10n.t('the payload as uint8_t'),
      copy: ({ topic, payload }) => cArray(topic, payload),
    },
    ...(content.kind === 'binary'
      ? []
      : [{ label: l10n.t('Payload as text'), icon: 'symbol-text', copy: () => content.text }]),
    { label: l10n.t('Payload as hex'), icon: 'file-binary', copy: ({ payload }) => toHex(payload) },
    { label: l10n.t('Payload as Base64'), icon: 'file-binary', copy: ({ payload }) => base64(payload) },
    { label: l10n.t('Topic'), icon: 'tag', copy: ({ topic }) => topic },
  ];
}
