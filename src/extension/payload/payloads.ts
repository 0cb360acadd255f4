/**
 * Whole payloads, fetched when a person wants one: into the clipboard or into a document of their own.
 *
 * An untitled document: a payload that was opened so can be changed and published again. To look at a message as it came
 * is for the editors (editors/messageEditors.ts).
 */
import { env, l10n, window, workspace } from 'vscode';
import type { MessageId } from '../../contracts/messages.ts';
import type { MessageReader } from '../editors/messageReader.ts';
import type { UserQuestions } from '../questions/userQuestions.ts';
import { formatBytes } from '../words/formats.ts';
import { explainUnreadable } from '../words/messageWords.ts';
import { hexDump } from './hexDump.ts';
import { classifyPayload, toHex } from './payloadText.ts';

/** As much as MQTT lets a packet carry. */
export const WHOLE_PAYLOAD_BYTES = 268_435_455;
/** As hex this fills a clipboard of 8 MB; more is for a file. */
const MAX_COPIED_BINARY_BYTES = 4_194_304;

export class Payloads {
  readonly #reader: MessageReader;
  readonly #questions: UserQuestions;

  constructor(reader: MessageReader, questions: UserQuestions) {
    this.#reader = reader;
    this.#questions = questions;
  }

  /** Text as it is; bytes that are none as hex. */
  async copy(id: MessageId): Promise<void> {
    const payload = await this.#read(id);
    if (payload === undefined) return;
    const content = classifyPayload(payload);
    if (content.kind !== 'binary') {
      await env.clipboard.writeText(content.text);
      this.#questions.confirm(l10n.t('Payload copied.'));
    } else if (payload.length <= MAX_COPIED_BINARY_BYTES) {
      await env.clipboard.writeText(toHex(payload));
      this.#questions.confirm(l10n.t('Payload copied as hex: it is not text.'));
    } else {
      await this.#questions.say(
        'information',
        l10n.t('The payload is {0} of binary data, too much for the clipboard.', formatBytes(payload.length)),
      );
    }
  }

  /** @param receivedAtMs where it is known: ids start again with each engine. */
  async openCopy(id: MessageId, receivedAtMs?: number): Promise<void> {
    const payload = await this.#read(id, receivedAtMs);
    if (payload === undefined) return;
    const content = classifyPayload(payload);
    const document = await workspace.openTextDocument(
      content.kind === 'binary'
        ? { content: hexDump(payload), language: 'plaintext' }
        : { content: content.text, language: content.kind === 'json' ? 'json' : 'plaintext' },
    );
    await window.showTextDocument(document, { preview: false });
  }

  async #read(id: MessageId, receivedAtMs?: number): Promise<Uint8Array | undefined> {
    const read = await this.#reader.read({ id, ...(receivedAtMs !== undefined && { receivedAtMs }) });
    if (read.kind === 'read') return read.payload;
    const severity = read.kind === 'onlyStartKept' ? 'warning' : 'information';
    await this.#questions.say(severity, explainUnreadable(read));
    return undefined;
  }
}
