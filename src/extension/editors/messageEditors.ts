/**
 * Messages in VS Code's own editors: which form of a message is for which editor, and two of them side by side.
 *
 * Owns the choice, and the message that was selected to compare with. What is in an editor comes from messageFileSystem.ts.
 */
import { commands, extensions, l10n, Uri } from 'vscode';
import { contextKeys } from '../../contracts/manifest.ts';
import type { MessageDetail } from '../../contracts/messages.ts';
import type { UserQuestions } from '../questions/userQuestions.ts';
import { formatName, formatTime } from '../words/formats.ts';
import { explainUnreadable } from '../words/messageWords.ts';
import type { MessageName, MessageReader } from './messageReader.ts';
import { type MessageForm, type MessageRef, messageUri } from './messageUri.ts';
import { isImage, JUDGED_BYTES, type PayloadKind, payloadKindOf } from './payloadKind.ts';
import { MAX_LAID_OUT_BYTES } from './prettyJson.ts';

export interface JudgedMessage {
  message: MessageDetail;
  kind: PayloadKind;
}

const HEX_EDITOR = { extensionId: 'ms-vscode.hexeditor', viewType: 'hexEditor.hexedit' };
const MAX_TITLE_CHARACTERS = 60;

export class MessageEditors {
  readonly #reader: MessageReader;
  readonly #questions: UserQuestions;
  #selected: MessageRef | undefined;

  constructor(reader: MessageReader, questions: UserQuestions) {
    this.#reader = reader;
    this.#questions = questions;
  }

  /** The message with what it is. Says it when it can't be read. */
  async judge(name: MessageName): Promise<JudgedMessage | undefined> {
    const found = await this.#reader.find(name, JUDGED_BYTES);
    if (found.kind === 'found') {
      const { message } = found;
      if (!message.onlyPreviewKept)
        return { message, kind: payloadKindOf(message.payload, message.payloadBytes) };
      await this.#questions.say('warning', explainUnreadable({ kind: 'onlyStartKept', message }));
    } else {
      await this.#questions.say('information', explainUnreadable(found));
    }
    return undefined;
  }

  /** In the form that a person can read: as it came, or as lines of hex where no editor is for it. */
  async open(name: MessageName): Promise<void> {
    const judged = await this.judge(name);
    if (judged === undefined) return;
    const isForHexEditor = judged.kind === 'binary' && !hasHexEditor();
    await this.show(judged, isForHexEditor ? 'hexDump' : 'asItCame');
  }

  async show({ message, kind }: JudgedMessage, form: MessageForm): Promise<void> {
    const uri = Uri.from(messageUri(message, kind, form));
    if (form === 'asItCame' && kind === 'binary' && hasHexEditor())
      await commands.executeCommand('vscode.openWith', uri, HEX_EDITOR.viewType);
    else await commands.executeCommand('vscode.open', uri);
  }

  /** Side by side in the same form: JSON laid out, so that lines can differ; bytes as hex. */
  async compare(left: MessageName, right: MessageName): Promise<void> {
    const [one, other] = [await this.judge(left), await this.judge(right)];
    if (one === undefined || other === undefined) return;
    const form = formToCompare(one, other);
    const [leftUri, rightUri] = [one, other].map(({ message, kind }) =>
      Uri.from(messageUri(message, kind, form)),
    );
    const title = titleOf(one.message, other.message);
    await commands.executeCommand('vscode.diff', leftUri, rightUri, title);
  }

  async diffWithPrevious(name: MessageName): Promise<void> {
    const found = await this.#reader.find(name, 0);
    if (found.kind !== 'found') {
      await this.#questions.say('information', explainUnreadable(found));
      return;
    }
    const before = await this.#reader.previousOf(name);
    switch (before.kind) {
      case 'found':
        return this.compare(before.previous, name);
      case 'none': {
        const topic = formatName(found.message.topic);
        const message = l10n.t('No message before this one is held of {0}.', topic);
        await this.#questions.say('information', message);
        return;
      }
      default:
        await this.#questions.say('information', explainUnreadable(before));
    }
  }

  async selectForCompare(name: MessageName): Promise<void> {
    const found = await this.#reader.find(name, 0);
    if (found.kind !== 'found') {
      await this.#questions.say('information', explainUnreadable(found));
      return;
    }
    const { id, receivedAtMs, topic } = found.message;
    this.#selected = { id, receivedAtMs };
    await commands.executeCommand('setContext', contextKeys.messageSelectedForCompare, true);
    const time = formatTime(receivedAtMs);
    this.#questions.confirm(l10n.t('Selected for compare: {0}, {1}', formatName(topic), time));
  }

  async compareWithSelected(name: MessageName): Promise<void> {
    if (this.#selected === undefined) {
      const message = l10n.t('Nothing to compare with: select a message for compare first.');
      await this.#questions.say('information', message);
      return;
    }
    await this.compare(this.#selected, name);
  }
}

/** Made by another extension; the dump is for who has it not. */
function hasHexEditor(): boolean {
  return extensions.getExtension(HEX_EDITOR.extensionId) !== undefined;
}

function formToCompare(one: JudgedMessage, other: JudgedMessage): MessageForm {
  const both = [one, other];
  // Both or none: of one laid out and one as it came, every line would differ.
  if (both.every(({ kind, message }) => kind === 'json' && message.payloadBytes <= MAX_LAID_OUT_BYTES))
    return 'prettyJson';
  if (both.every(({ kind }) => kind === 'json' || kind === 'text')) return 'asItCame';
  if (both.every(({ kind }) => isImage(kind))) return 'asItCame';
  return 'hexDump';
}

/** `plant/t: 12:03:04.123 ↔ 12:03:05.124` */
function titleOf(left: MessageDetail, right: MessageDetail): string {
  const [leftTopic, rightTopic] = [left, right].map(({ topic }) => formatName(topic, MAX_TITLE_CHARACTERS));
  const [leftTime, rightTime] = [left, right].map(({ receivedAtMs }) => formatTime(receivedAtMs));
  return left.topic === right.topic
    ? `${leftTopic}: ${leftTime} ↔ ${rightTime}`
    : `${leftTopic}: ${leftTime} ↔ ${rightTopic}: ${rightTime}`;
}
