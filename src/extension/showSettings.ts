/**
 * Opens our settings where they can be changed.
 *
 * Host and port belong to the machine that the broker runs on. In a window on another machine's workspace VS Code lists
 * those under the remote's settings only: the person's own would show the rest, and not the one that was meant.
 */
import { commands, ExtensionKind, env, extensions } from 'vscode';

const EXTENSION_ID = 'mqtt-workbench.mqtt-workbench';

export async function showSettings(): Promise<void> {
  const runsOnWorkspaceSide =
    env.remoteName !== undefined &&
    extensions.getExtension(EXTENSION_ID)?.extensionKind === ExtensionKind.Workspace;
  const command = runsOnWorkspaceSide ? 'openRemoteSettings' : 'openSettings';
  await commands.executeCommand(`workbench.action.${command}`, { query: `@ext:${EXTENSION_ID}` });
}
