/**
 * The three ways to a VS Code with the extension in it and examples/ open, best first. Each one says in one line that it
 * is taken and why, and resolves with `undefined` when this machine can't have it.
 */

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { downloadAndUnzipVSCode, type ProgressReport, ProgressReportStage } from '@vscode/test-electron';
import { editorPackageTools, isEditorPackageInstalled } from '../../test/host/editorPackage.ts';
import { startLeashed } from '../../test/host/leashedProcess.ts';
import { startVscodeServer } from '../../test/host/vscodeServer.ts';
import { cleanEnvironment } from '../../test/support/environment.ts';
import { inRepository, repositoryRoot, vsixPath } from '../../test/support/repository.ts';
import { findProgram } from '../../test/support/tools.ts';
import { installMissingTools } from './debianPackages.ts';
import { EditorInstallation } from './editorInstallation.ts';
import { showProgress } from './progress.js';
import { runNodeScript } from './runProgram.ts';

export interface RunningVscode {
  /** Resolves with the exit code, or `undefined` when a signal ended it. */
  readonly ended: Promise<number | undefined>;
  end(): Promise<unknown>;
}

export type VscodeOpener = () => Promise<RunningVscode | undefined>;

const isWindows = process.platform === 'win32';
const examplesFolder = inRepository('examples');
const downloadFolder = inRepository('.vscode-test');
const withExtension = ['--new-window', `--extensionDevelopmentPath=${repositoryRoot}`, examplesFolder];

/** `code` on the PATH: the person's own, with their settings. */
export async function openOwn(): Promise<RunningVscode | undefined> {
  const code = findProgram([isWindows ? 'code.cmd' : 'code']);
  if (code === undefined || whyNoDesktop() !== undefined) return undefined;
  console.log(`Opening your own VS Code (${code}), because it is on the PATH.`);
  return startProgram(code, ['--wait', ...asRoot(), ...withExtension]);
}

/** One that @vscode/test-electron downloads to .vscode-test/, with settings of its own. */
export async function openDownloaded(): Promise<RunningVscode | undefined> {
  if (whyNoDesktop() !== undefined) return undefined;
  console.log(
    'Opening a VS Code that is downloaded to .vscode-test/, because no `code` on the PATH could be used.',
  );
  const progress = showProgress('Downloading VS Code');
  let executable: string;
  try {
    const report = (state: ProgressReport): void => progress.update(describeDownload(state));
    executable = await downloadAndUnzipVSCode({
      cachePath: downloadFolder,
      reporter: { report, error: report },
    });
    progress.done();
  } catch (error) {
    progress.done(`failed (${error instanceof Error ? error.message : String(error)})`);
    return undefined;
  }
  const own = [
    '--user-data-dir',
    join(downloadFolder, 'user'),
    '--extensions-dir',
    join(downloadFolder, 'extensions'),
  ];
  const silent = ['--disable-workspace-trust', '--skip-welcome', '--skip-release-notes'];
  return startProgram(executable, [...own, ...silent, ...asRoot(), ...withExtension]);
}

/** VS Code's own server, from npm, for a browser. Rejects, saying why, when even that can't be had. */
export async function serveToBrowser(): Promise<RunningVscode> {
  const why = whyNoDesktop() ?? 'no VS Code for the desktop could be opened';
  console.log(`Serving VS Code to your browser, from the npm package code-server, because ${why}.`);
  if (!isEditorPackageInstalled()) await installMissingTools(editorPackageTools);
  const editor = new EditorInstallation();
  const impossible = editor.whyImpossible();
  if (impossible !== undefined) throw new Error(`VS Code's server can't be built: ${impossible}`);
  await editor.wait();
  await packageExtension();
  const server = await startVscodeServer({
    workspaceFolder: examplesFolder,
    extensions: [vsixPath],
    settings: { 'workbench.startupEditor': 'readme', 'window.autoDetectColorScheme': true },
    connectionToken: randomBytes(12).toString('hex'),
  });
  console.log(`\n  ${server.address()}\n\nOpen this address in a browser on this machine. Ctrl+C ends it.`);
  return { ended: server.ended, end: () => server.dispose() };
}

/** Why no window can open on this machine, in words for a person, or `undefined` when one can. */
function whyNoDesktop(): string | undefined {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (process.platform !== 'linux' || DISPLAY || WAYLAND_DISPLAY) return undefined;
  return 'there is no desktop (neither DISPLAY nor WAYLAND_DISPLAY is set)';
}

/** Without these, VS Code refuses to start as root. */
function asRoot(): string[] {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return [];
  return ['--no-sandbox', '--user-data-dir', join(downloadFolder, 'user')];
}

function startProgram(command: string, args: readonly string[]): RunningVscode {
  const env = cleanEnvironment();
  if (!isWindows) return startLeashed({ command, args, env, onLine: (line) => console.log(line) });
  const child = spawn(command, args, { env, stdio: 'inherit', shell: command.endsWith('.cmd') });
  const ended = once(child, 'exit').then(([code]: (number | null)[]) => code ?? undefined);
  return { ended, end: async () => child.kill() };
}

async function packageExtension(): Promise<void> {
  const { exitCode, output } = await runNodeScript(inRepository('scripts/package.ts'), []);
  if (exitCode !== 0) throw new Error(`The extension could not be packaged:\n${output}`);
}

function describeDownload(state: ProgressReport): string {
  if (state.stage !== ProgressReportStage.Downloading) return '';
  return `${Math.round(state.bytesSoFar / 1e6)} of ${Math.round(state.totalBytes / 1e6)} MB`;
}
