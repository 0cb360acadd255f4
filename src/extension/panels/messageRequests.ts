/**
 * What a page that shows a message asks of the extension, answered alike for the Messages view and the Inspector: its
 * payload, read and decoded, and its buttons.
 */
import { commands, env, l10n } from 'vscode';
import type { Clock } from '../../base/clock.ts';
import { otherConnectionOf } from '../../contracts/connections.ts';
import { commandIds } from '../../contracts/manifest.ts';
import type { ExtensionToMessagePage, MessagePageToExtension } from '../../contracts/messagePages.ts';
import type { MessageId } from '../../contracts/messages.ts';
import type { EngineClient } from '../engineClient.ts';
import type { Payloads } from '../payload/payloads.ts';
import type { UserQuestions } from '../questions/userQuestions.ts';
import type { DecoderChoices } from './decoderChoices.ts';
import { sendDetail, sendPart } from './sendDetail.ts';

export interface MessageRequestsOptions {
  engine: EngineClient;
  clock: Clock;
  payloads: Payloads;
  questions: UserQuestions;
  decoderChoices: DecoderChoices;
  /** Opens the publish form with a message's values, or with its topic alone. */
  publishAgain: (topic: string, id: MessageId | undefined) => Promise<void>;
  /** Of the Messages view. */
  selectedMessage: () => MessageId | undefined;
}

export type MessageRequest = Exclude<MessagePageToExtension, { kind: 'ready' }>;

export class MessageRequests {
  readonly #options: MessageRequestsOptions;

  constructor(options: MessageRequestsOptions) {
    this.#options = options;
  }

  async answer(request: MessageRequest, post: (message: ExtensionToMessagePage) => void): Promise<void> {
    const { engine, clock, decoderChoices } = this.#options;
    switch (request.kind) {
      case 'requestDetail':
        return sendDetail({ engine, clock }, request, post);
      case 'requestPart':
        return sendPart(engine, request, post);
      case 'chooseDecoder':
        return decoderChoices.choose(request.topic, request.decoder, request.chosenFor);
      case 'forgetDecoder':
        return decoderChoices.takeBack(request.topicFilter);
      case 'act':
        return this.#act(request);
    }
  }

  async #act({ action, id, topic }: Extract<MessageRequest, { kind: 'act' }>): Promise<void> {
    const { payloads, questions, publishAgain, selectedMessage } = this.#options;
    switch (action) {
      case 'copyPayload':
        return payloads.copy(id);
      case 'copyTopic':
        await env.clipboard.writeText(topic);
        return questions.confirm(l10n.t('Topic copied.'));
      case 'openInEditor':
        return commands.executeCommand(commandIds.openMessage, { id });
      case 'publishAgain':
        return publishAgain(topic, id);
      case 'copyAs':
        return commands.executeCommand(commandIds.copyMessageAs, { id });
      case 'savePayload':
        return commands.executeCommand(commandIds.savePayload, { id });
      case 'diffWithPrevious':
        return commands.executeCommand(commandIds.diffWithPrevious, { id });
      case 'plot': {
        const connection = otherConnectionOf(id);
        return commands.executeCommand(commandIds.plot, {
          topic,
          ...(connection !== undefined && { connection }),
        });
      }
      case 'compareWithSelected': {
        const selected = selectedMessage();
        if (selected !== undefined && selected !== id)
          return commands.executeCommand(commandIds.compareMessages, { left: selected, right: id });
        await questions.say(
          'information',
          l10n.t('Select another message in the Messages view, to compare this one with it.'),
        );
        return;
      }
    }
  }
}
