/**
 * Whole payloads, fetched when a person wants one: into the clipboard or into a document of their own.
 *
 * An untitled document: a payload that was opened so can be changed and published again. To look at a message as it came
 * is for the editors (editors/messageEditors.ts).
 */
import { commands, env, l10n, window, workspace } from 'vscode';
import { commandIds } from '../../contracts/manifest.ts';
import type { MessageId, MessageSummary } from '../../contracts/messages.ts';
import type { MessageName, MessageReader } from '../editors/messageReader.ts';
import type { UserQuestions } from '../questions/userQuestions.ts';
import { formatBytes } from '../words/formats.ts';
import { explainUnreadable } from '../words/messageWords.ts';
import { hexDump } from './hexDump.ts';
import { classifyPayload, toHex } from './payloadText.ts';

/** As hex this fills a clipboard of 8 MB; more is for a file. */
const MAX_COPIED_BYTES = 4_194_304;
/** VS Code opens no document above 50 MB, and a dump is twice its payload. */
const MAX_OPENED_BYTES = 25_165_824;

export class Payloads {
  readonly #reader: MessageReader;
  readonly #questions: UserQuestions;

  constructor(reader: MessageReader, questions: UserQuestions) {
    this.#reader = reader;
    this.#questions = questions;
  }

  /** Text as it is; bytes that are none as hex. */
  async copy(id: MessageId): Promise<void> {
    const payload = await this.#read({ id }, MAX_COPIED_BYTES, (message) => this.offerFile(message));
    if (payload === undefined) return;
    const content = classifyPayload(payload);
    if (content.kind !== 'binary') {
      await env.clipboard.writeText(content.text);
      this.#questions.confirm(l10n.t('Payload copied.'));
    } else {
      await env.clipboard.writeText(toHex(payload));
      this.#questions.confirm(l10n.t('Payload copied as hex: it is not text.'));
    }
  }

  /** @param receivedAtMs where it is known: ids start again with each engine. */
  async openCopy(id: MessageId, receivedAtMs?: number): Promise<void> {
    const name = { id, ...(receivedAtMs !== undefined && { receivedAtMs }) };
    const payload = await this.#read(name, MAX_OPENED_BYTES, (message) => {
      const size = formatBytes(message.payloadBytes);
      const words = l10n.t('The payload of {0} is too large to edit as a copy. Save it as a file.', size);
      return this.#sayOrSave(words, message);
    });
    if (payload === undefined) return;
    const content = classifyPayload(payload);
    const document = await workspace.openTextDocument(
      content.kind === 'binary'
        ? { content: hexDump(payload), language: 'plaintext' }
        : { content: content.text, language: content.kind === 'json' ? 'json' : 'plaintext' },
    );
    await window.showTextDocument(document, { preview: false });
  }

  /** Says that the payload is too much for the clipboard, with the way to have it all the same. */
  offerFile(message: MessageSummary): Promise<void> {
    const size = formatBytes(message.payloadBytes);
    const words = l10n.t('The payload of {0} is too much for the clipboard. Save it as a file.', size);
    return this.#sayOrSave(words, message);
  }

  async #sayOrSave(words: string, { id, receivedAtMs }: MessageSummary): Promise<void> {
    const save = l10n.t('Save Payload…');
    if ((await this.#questions.say('information', words, save)) === save)
      await commands.executeCommand(commandIds.savePayload, { id, receivedAtMs });
  }

  /** What is too large is not even fetched: an extension host that lays out 200 MB answers nobody. */
  async #read(
    name: MessageName,
    maxBytes: number,
    tooLarge: (message: MessageSummary) => Promise<void>,
  ): Promise<Uint8Array | undefined> {
    const found = await this.#reader.find(name, 0);
    if (found.kind === 'found' && !found.message.onlyPreviewKept && found.message.payloadBytes > maxBytes) {
      await tooLarge(found.message);
      return undefined;
    }
    const read = found.kind === 'found' ? await this.#reader.read(refOf(found.message)) : found;
    if (read.kind === 'read') return read.payload;
    const severity = read.kind === 'onlyStartKept' ? 'warning' : 'information';
    await this.#questions.say(severity, explainUnreadable(read));
    return undefined;
  }
}

function refOf({ id, receivedAtMs }: MessageSummary): MessageName {
  return { id, receivedAtMs };
}
