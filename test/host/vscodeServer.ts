/**
 * Starts VS Code's own server, from the npm package code-server, for a browser to open: a free port on loopback, fresh
 * data folders, settings that keep it quiet. Knows nothing of browsers or of our extension.
 *
 * POSIX only, as code-server is.
 */

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cleanEnvironment } from '../support/environment.ts';
import { serverMainPath } from './editorPackage.ts';
import { type LeashedProcess, startLeashed } from './leashedProcess.ts';

export interface VscodeServerOptions {
  /** Absolute path of the folder that the window opens. */
  readonly workspaceFolder: string;
  /** Over the quiet ones. Any scope but the workspace's. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Absolute paths of .vsix files to install first. */
  readonly extensions?: readonly string[];
  /** `true`: the window opens in Restricted Mode until the person trusts the folder. Without, every folder is trusted. */
  readonly workspaceTrust?: boolean;
  /** For a suite inside the extension host; with it, notifications never show and modal dialogs are refused. */
  readonly smokeTestDriver?: boolean;
  /**
   * Only who knows it may connect: for a server that a person uses, since every page in their browser and every user of
   * their machine can reach the port. It is part of `address`.
   */
  readonly connectionToken?: string;
  /** Over our own environment; reaches the extension host. */
  readonly env?: Readonly<Record<string, string>>;
  /** TCP port on 127.0.0.1; 0, the default, takes a free one. */
  readonly port?: number;
}

export interface VscodeServer extends AsyncDisposable {
  readonly port: number;
  /** Settings, state and logs of this server alone. Deleted by `dispose`. */
  readonly dataFolder: string;
  /** Resolves when the server has ended, whoever ended it, as that of a leashed process does. */
  readonly ended: LeashedProcess['ended'];
  /** The address of a window on the workspace folder; `payload` is VS Code's own list of start options. */
  address(payload?: readonly (readonly [string, string])[]): string;
  /**
   * Merges into the settings; the window follows within moments, but for what belongs to the application, which it
   * reads once. `undefined` removes a setting.
   */
  updateSettings(settings: Readonly<Record<string, unknown>>): void;
  /** What the server printed lately. */
  recentOutput(): string;
  /** Ends the server, its extension hosts, and all that they started. */
  dispose(): Promise<void>;
}

/** Everything that looks something up on the network, or pops up unasked, is off. */
const quietSettings: Readonly<Record<string, unknown>> = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': 'off',
  'extensions.ignoreRecommendations': true,
  'files.autoSave': 'off',
  'git.enabled': false,
  'security.workspace.trust.startupPrompt': 'never',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'window.autoDetectColorScheme': false,
  'workbench.colorTheme': 'Light Modern',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

/** Rejects, with what the server printed, when it or an extension's installation fails. Leaves nothing running. */
export async function startVscodeServer(options: VscodeServerOptions): Promise<VscodeServer> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'mqtt-workbench-vscode-'));
  const settings = new Settings(join(dataFolder, 'user'), { ...quietSettings, ...options.settings });
  const env = cleanEnvironment({ EXTENSIONS_GALLERY: '{}', ...options.env });
  let server: LeashedProcess | undefined;
  try {
    for (const vsix of options.extensions ?? []) await installExtension(vsix, dataFolder, env);
    server = startLeashed({ command: process.execPath, args: serverArguments(options, dataFolder), env });
    const [, portText] = await server.waitForOutput(/Extension host agent listening on (\d+)/);
    return runningServer({ server, port: Number(portText), options, settings, dataFolder });
  } catch (error) {
    await server?.end();
    removeFolder(dataFolder);
    throw error;
  }
}

interface RunningServerParts {
  readonly server: LeashedProcess;
  readonly port: number;
  readonly options: VscodeServerOptions;
  readonly settings: Settings;
  readonly dataFolder: string;
}

function runningServer({ server, port, options, settings, dataFolder }: RunningServerParts): VscodeServer {
  const dispose = async (): Promise<void> => {
    await server.end();
    removeFolder(dataFolder);
  };
  return {
    port,
    dataFolder,
    ended: server.ended,
    address: (payload = []) => {
      // Slashes may stay, and a person reads this.
      const folder = encodeURIComponent(options.workspaceFolder).replaceAll('%2F', '/');
      const token = options.connectionToken === undefined ? '' : `tkn=${options.connectionToken}&`;
      const start = payload.length === 0 ? '' : `&payload=${encodeURIComponent(JSON.stringify(payload))}`;
      return `http://127.0.0.1:${port}/?${token}folder=${folder}${start}`;
    },
    updateSettings: (changes) => settings.merge(changes),
    recentOutput: () => server.recentOutput(),
    dispose,
    [Symbol.asyncDispose]: dispose,
  };
}

function serverArguments(options: VscodeServerOptions, dataFolder: string): string[] {
  return [
    serverMainPath(),
    ...['--host', '127.0.0.1', '--port', String(options.port ?? 0)],
    ...(options.connectionToken === undefined
      ? ['--without-connection-token']
      : ['--connection-token', options.connectionToken]),
    '--accept-server-license-terms',
    '--disable-telemetry',
    ...dataFolderArguments(dataFolder),
    ...(options.workspaceTrust ? [] : ['--disable-workspace-trust']),
    ...(options.smokeTestDriver ? ['--enable-smoke-test-driver'] : []),
  ];
}

function dataFolderArguments(dataFolder: string): string[] {
  return [
    ...['--server-data-dir', join(dataFolder, 'server')],
    ...['--user-data-dir', join(dataFolder, 'user')],
    ...['--extensions-dir', join(dataFolder, 'extensions')],
  ];
}

async function installExtension(
  vsix: string,
  dataFolder: string,
  env: Record<string, string>,
): Promise<void> {
  const args = [serverMainPath(), '--accept-server-license-terms', ...dataFolderArguments(dataFolder)];
  await promisify(execFile)(process.execPath, [...args, '--install-extension', vsix, '--force'], { env });
}

function removeFolder(folder: string): void {
  // A process that was just ended may have been writing.
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/**
 * The settings of the window, in both places where it looks: those of the user, which hold what belongs to the
 * application, and those of the machine, which alone hold settings of scope `machine` and are read again when they change.
 */
class Settings {
  readonly #paths: readonly string[];
  #settings: Readonly<Record<string, unknown>>;

  constructor(userDataFolder: string, settings: Readonly<Record<string, unknown>>) {
    this.#paths = ['User', 'Machine'].map((scope) => join(userDataFolder, scope, 'settings.json'));
    this.#settings = settings;
    for (const path of this.#paths) mkdirSync(dirname(path), { recursive: true });
    this.#write();
  }

  merge(changes: Readonly<Record<string, unknown>>): void {
    this.#settings = { ...this.#settings, ...changes };
    this.#write();
  }

  #write(): void {
    // JSON leaves out what is `undefined`, which is how a setting is removed.
    const text = JSON.stringify(this.#settings, undefined, 2);
    for (const path of this.#paths) writeFileSync(path, text);
  }
}
