/** Files and folders of the computer that the engine runs on, which alone it can read and write. Not a command itself. */
import { homedir } from 'node:os';
import path from 'node:path';
import { l10n, Uri, workspace } from 'vscode';
import type { Services } from '../services.ts';

/** Its path; where it is on another computer or in no file system, a message says so. */
export async function localPathOf({ questions }: Services, uri: Uri): Promise<string | undefined> {
  if (uri.scheme === 'file') return uri.fsPath;
  await questions.say(
    'error',
    l10n.t(
      '{0} is not on the computer that the broker runs on. Choose a file or folder there.',
      uri.toString(true),
    ),
  );
  return undefined;
}

/** Where a dialog begins: of the recordings made last, or the workspace. */
export function usualFolder({ memory }: Services): string | undefined {
  return memory.recordingFolder ?? localWorkspaceFolders()[0]?.path;
}

export function localWorkspaceFolders(): { name: string; path: string }[] {
  return (workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .map(({ name, uri }) => ({ name, path: uri.fsPath }));
}

/** What is saved goes into the workspace unless told otherwise, which may be in any file system. */
export function saveFolder(): Uri {
  return workspace.workspaceFolders?.[0]?.uri ?? Uri.file(homedir());
}

export function fileIn(folder: string | undefined, name: string): Uri | undefined {
  return folder === undefined ? undefined : Uri.file(path.join(folder, name));
}
