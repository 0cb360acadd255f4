/** Pages of docs/ that are part of the extension: no network is needed to read them. */
import { commands, Uri } from 'vscode';

/** At a heading. */
export async function openDocsPage(
  extensionUri: Uri,
  name: 'errors' | 'warnings',
  heading: string,
): Promise<void> {
  const page = Uri.joinPath(extensionUri, 'docs', `${name}.md`).with({ fragment: heading });
  await commands.executeCommand('markdown.showPreview', page);
}
