/** The page that explains every fault, docs/errors.md, which is part of the extension: no network is needed to read it. */
import { commands, Uri } from 'vscode';

/** At the heading of this code. */
export async function openErrorPage(extensionUri: Uri, code: string): Promise<void> {
  const page = Uri.joinPath(extensionUri, 'docs', 'errors.md').with({ fragment: code });
  await commands.executeCommand('markdown.showPreview', page);
}
