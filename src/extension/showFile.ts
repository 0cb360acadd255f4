/** Where a file is, for who wants to have it: a recording, an export, a key. */
import { commands, env, UIKind, Uri, workspace } from 'vscode';

/**
 * In the explorer; in the system's own where the workspace has it not, and the window is on the same computer. An editor
 * would not follow what is written, and is what is left.
 */
export async function showFile(file: string): Promise<void> {
  const uri = Uri.file(file);
  const isHere = env.uiKind === UIKind.Desktop && env.remoteName === undefined;
  const elsewhere = isHere ? 'revealFileInOS' : 'vscode.open';
  const isOfWorkspace = workspace.getWorkspaceFolder(uri) !== undefined;
  await commands.executeCommand(isOfWorkspace ? 'revealInExplorer' : elsewhere, uri);
}
