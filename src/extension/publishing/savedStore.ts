/**
 * The saved messages: those in the memory of this workspace, and those in `.vscode/mqtt-messages.json` of its first folder.
 *
 * The file is read when it is asked for, in a workspace that is trusted, and written when the person saves something there.
 */
import { FileSystemError, l10n, Uri, workspace } from 'vscode';
import { messageOf } from '../../base/messageOf.ts';
import type { SavedPlace } from '../../contracts/publishForm.ts';
import type { InBackground } from '../background.ts';
import type { Memory } from '../memory.ts';
import type { Severity, UserQuestions } from '../questions/userQuestions.ts';
import { formatName } from '../words/formats.ts';
import {
  MAX_FILE_BYTES,
  MAX_SAVED,
  readSavedFile,
  type SavedFault,
  type SavedMessage,
  secretsOf,
  withoutSaved,
  withSaved,
} from './savedMessages.ts';

/** From the folder of the workspace. */
export const SAVED_FILE = '.vscode/mqtt-messages.json';

/** Of those in the memory, as JSON: VS Code reads all of it at each start. */
const MAX_MEMORY_CHARACTERS = 262_144;
/** Stands for a file that is not read: no list of messages, so it is not written over either. */
const TOO_LONG = 'null';

export type PlacedMessage = SavedMessage & { place: SavedPlace };

export interface SavedStoreOptions {
  memory: Memory;
  questions: UserQuestions;
  inBackground: InBackground;
}

export class SavedStore {
  readonly #options: SavedStoreOptions;
  /** Said once, until the file is another one. */
  #told = '';

  constructor(options: SavedStoreOptions) {
    this.#options = options;
  }

  /** Where a team shares them; undefined where no folder is open, or its owner is not trusted. */
  get file(): Uri | undefined {
    const folder = workspace.workspaceFolders?.[0]?.uri;
    return folder !== undefined && workspace.isTrusted ? Uri.joinPath(folder, SAVED_FILE) : undefined;
  }

  async all(): Promise<readonly PlacedMessage[]> {
    const { messages, faults } = await this.#readFile();
    this.#tell(faults);
    return [
      ...messages.map((message) => ({ ...message, place: 'file' as const })),
      ...this.#options.memory.savedMessages.map((message) => ({ ...message, place: 'memory' as const })),
    ];
  }

  async find(name: string, place: SavedPlace): Promise<PlacedMessage | undefined> {
    return (await this.all()).find((message) => message.name === name && message.place === place);
  }

  /** In place of one of the same name. Returns whether it is saved; if not, why was told. */
  async save(message: SavedMessage, place: SavedPlace): Promise<boolean> {
    if (place === 'file') return this.#saveToFile(message);
    const { memory } = this.#options;
    const saved = [...memory.savedMessages.filter(({ name }) => name !== message.name), message];
    if (saved.length > MAX_SAVED || JSON.stringify(saved).length > MAX_MEMORY_CHARACTERS) {
      this.#say('error', l10n.t('Not saved: there is no more room for saved messages. Remove some first.'));
      return false;
    }
    await memory.rememberSavedMessages(saved);
    return true;
  }

  async remove(name: string, place: SavedPlace): Promise<void> {
    const { memory } = this.#options;
    if (place === 'memory') {
      await memory.rememberSavedMessages(memory.savedMessages.filter((message) => message.name !== name));
      return;
    }
    const { file } = this;
    const text = file && (await this.#textOf(file));
    if (file === undefined || text === undefined) return;
    const changed = withoutSaved(text, name);
    if (changed !== undefined) await workspace.fs.writeFile(file, new TextEncoder().encode(changed));
  }

  async #saveToFile(message: SavedMessage): Promise<boolean> {
    const { file } = this;
    if (file === undefined) return false;
    let before: string | undefined;
    try {
      before = await this.#textOf(file);
    } catch (error) {
      this.#say('error', l10n.t('Not saved. {0}', unreadable(error)));
      return false;
    }
    const changed = withSaved(before, message);
    if (changed === undefined) {
      this.#say('error', l10n.t('Not saved: {0} is not JSON with a list of messages.', SAVED_FILE));
      return false;
    }
    const bytes = new TextEncoder().encode(changed);
    if (bytes.length > MAX_FILE_BYTES) {
      this.#say('error', l10n.t('Not saved: {0} would be longer than 1 MB.', SAVED_FILE));
      return false;
    }
    await workspace.fs.writeFile(file, bytes);
    const secrets = secretsOf(message.draft);
    if (secrets.length > 0)
      this.#say(
        'information',
        l10n.t(
          'The user property {0} may be a secret, and is not in the file: a team shares it.',
          secrets.map((name) => formatName(name)).join(', '),
        ),
      );
    return true;
  }

  async #readFile(): Promise<{ messages: readonly SavedMessage[]; faults: readonly SavedFault[] }> {
    const { file } = this;
    try {
      const text = file && (await this.#textOf(file));
      return text === undefined ? { messages: [], faults: [] } : readSavedFile(text);
    } catch (error) {
      this.#tellOnce(unreadable(error));
      return { messages: [], faults: [] };
    }
  }

  /** Undefined where there is none. Throws when one that is there can't be read: it must not be taken for none. */
  async #textOf(file: Uri): Promise<string | undefined> {
    try {
      const { size } = await workspace.fs.stat(file);
      if (size > MAX_FILE_BYTES) return TOO_LONG;
      return new TextDecoder().decode(await workspace.fs.readFile(file));
    } catch (error) {
      if (error instanceof FileSystemError && error.code === 'FileNotFound') return undefined;
      throw error;
    }
  }

  #tell(faults: readonly SavedFault[]): void {
    const [first] = faults;
    if (first === undefined) return;
    const message =
      first.message === ''
        ? l10n.t('{0} is not JSON with a list of messages, and is not used.', SAVED_FILE)
        : l10n.t(
            '{0}: the message {1} is not used, as its field “{2}” is wrong.',
            SAVED_FILE,
            formatName(first.message),
            first.field,
          );
    this.#tellOnce(message);
  }

  /** Of what is read for each list: not again until something else is wrong. */
  #tellOnce(message: string): void {
    if (message === this.#told) return;
    this.#told = message;
    this.#say('warning', message);
  }

  /** What waits for a list, or for something to be saved, does not wait until it is read. */
  #say(severity: Severity, message: string): void {
    const { questions, inBackground } = this.#options;
    inBackground(questions.say(severity, message));
  }
}

function unreadable(error: unknown): string {
  return l10n.t('{0} can’t be read: {1}', SAVED_FILE, messageOf(error));
}
