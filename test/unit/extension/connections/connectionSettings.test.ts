/** Changes of the setting, with the settings in this file in place of VS Code's. */
import assert from 'node:assert/strict';
import { registerHooks } from 'node:module';
import { test } from 'node:test';
import type { UserQuestions } from '../../../../src/extension/questions/userQuestions.ts';

const source = `
export const ConfigurationTarget = { Global: 1, Workspace: 2 };
export const env = { language: 'en' };
export const l10n = { t: (text) => text };
export const commands = {};
export const values = { globalValue: undefined, workspaceValue: undefined };
const listeners = [];
export const workspace = {
  isTrusted: true,
  workspaceFolders: [{ uri: { scheme: 'file', fsPath: '/work' } }],
  onDidChangeConfiguration: (listener) => { listeners.push(listener); return { dispose() {} }; },
  onDidGrantWorkspaceTrust: () => ({ dispose() {} }),
  onDidChangeWorkspaceFolders: () => ({ dispose() {} }),
  getConfiguration: () => ({
    inspect: () => ({ ...values }),
    update: async (key, value, target) => {
      values[target === 1 ? 'globalValue' : 'workspaceValue'] = value;
      for (const listener of listeners) listener({ affectsConfiguration: () => true });
    },
  }),
};
`;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'vscode'
      ? { url: `data:text/javascript,${encodeURIComponent(source)}`, format: 'module', shortCircuit: true }
      : next(specifier, context),
});

const { values } = (await import('vscode')) as unknown as { values: Record<string, unknown> }; // as above
const { ConnectionSettings } = await import('../../../../src/extension/connections/connectionSettings.ts');

test('one that is moved to the workspace is never told as one that is there twice', async () => {
  const entry = { name: 'Gateway', url: 'mqtt://gateway' };
  values.globalValue = [entry];
  const told: string[] = [];
  const questions = {
    say: async (_severity: string, message: string) => void told.push(message),
  } as unknown as UserQuestions; // the one that is asked
  const background: Promise<unknown>[] = [];
  const settings = new ConnectionSettings(questions, (work) => background.push(work));
  let changes = 0;
  settings.onDidChange(() => changes++);
  await settings.put(entry, 'workspace', { scope: 'user', index: 0 });
  await Promise.all(background);
  assert.deepEqual([values.globalValue, values.workspaceValue], [[], [entry]]);
  assert.deepEqual(
    settings.profiles.map(({ name, scope }) => [name, scope]),
    [['Gateway', 'workspace']],
  );
  assert.deepEqual([told, changes], [[], 1]);
});
