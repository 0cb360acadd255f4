/**
 * The file system `mqtt:`, read-only: a message that the engine holds is a file, and VS Code's own editors open it.
 *
 * Nothing is kept here, and nothing can be listed: a message is known by its name (messageUri.ts). Once it has gone from the
 * history it is not found; an editor that has it open keeps what it shows.
 */
import {
  type Disposable,
  type Event,
  type FileChangeEvent,
  FilePermission,
  type FileStat,
  FileSystemError,
  type FileSystemProvider,
  FileType,
  l10n,
  MarkdownString,
  type Uri,
  workspace,
} from 'vscode';
import { commandIds } from '../../contracts/manifest.ts';
import { hexDump } from '../payload/hexDump.ts';
import { explainUnreadable } from '../words/messageWords.ts';
import type { MessageReader, Unreadable } from './messageReader.ts';
import { MESSAGE_SCHEME, type MessageForm, type MessageRef, parseMessageUri } from './messageUri.ts';
import { MAX_LAID_OUT_BYTES, prettyJson } from './prettyJson.ts';

export class MessageFileSystem implements FileSystemProvider {
  readonly #reader: MessageReader;
  /** Never: a message does not change. */
  readonly onDidChangeFile: Event<FileChangeEvent[]> = () => nothingToDispose;

  constructor(reader: MessageReader) {
    this.#reader = reader;
  }

  /** The size of a form that is made of the payload is told as the payload's: VS Code asks before it reads. */
  async stat(uri: Uri): Promise<FileStat> {
    const ref = refOf(uri);
    const found = await this.#reader.find(ref, 0);
    if (found.kind !== 'found') throw unreadable(found);
    const { receivedAtMs, payloadBytes } = found.message;
    return {
      type: FileType.File,
      ctime: receivedAtMs,
      mtime: receivedAtMs,
      size: payloadBytes,
      permissions: FilePermission.Readonly,
    };
  }

  async readFile(uri: Uri): Promise<Uint8Array> {
    const ref = refOf(uri);
    const read = await this.#reader.read(ref);
    if (read.kind !== 'read') throw unreadable(read);
    return contentOf(read.payload, ref.form);
  }

  readDirectory(): [string, FileType][] {
    return [];
  }

  watch(): Disposable {
    return nothingToDispose;
  }

  createDirectory(): never {
    throw readOnly();
  }

  writeFile(): never {
    throw readOnly();
  }

  delete(): never {
    throw readOnly();
  }

  rename(): never {
    throw readOnly();
  }
}

export function registerMessageFileSystem(reader: MessageReader): Disposable {
  const why = new MarkdownString(
    l10n.t(
      'A message that came can’t be changed. [Edit a copy of it]({0}), and publish that.',
      `command:${commandIds.openMessageCopy}`,
    ),
  );
  why.isTrusted = { enabledCommands: [commandIds.openMessageCopy] };
  return workspace.registerFileSystemProvider(MESSAGE_SCHEME, new MessageFileSystem(reader), {
    isReadonly: why,
    isCaseSensitive: true,
  });
}

const nothingToDispose: Disposable = { dispose: () => {} };

function contentOf(payload: Uint8Array, form: MessageForm): Uint8Array {
  switch (form) {
    case 'asItCame':
      return payload;
    case 'prettyJson':
      if (payload.length > MAX_LAID_OUT_BYTES) return payload;
      return new TextEncoder().encode(prettyJson(new TextDecoder().decode(payload)));
    case 'hexDump':
      return new TextEncoder().encode(hexDump(payload));
  }
}

function refOf(uri: Uri): MessageRef & { form: MessageForm } {
  const ref = parseMessageUri(uri);
  if (ref === undefined) throw FileSystemError.FileNotFound(uri);
  return ref;
}

function unreadable(reason: Unreadable): FileSystemError {
  const words = explainUnreadable(reason);
  return reason.kind === 'onlyStartKept'
    ? FileSystemError.Unavailable(words)
    : FileSystemError.FileNotFound(words);
}

function readOnly(): FileSystemError {
  return FileSystemError.NoPermissions(l10n.t('A message that came can’t be changed.'));
}
