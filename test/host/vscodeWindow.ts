/**
 * A whole VS Code for a test through the screen: a server with our .vsix installed, a browser, and the workbench in it.
 * `useVscodeWindow` is all that most tests need.
 */

import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, afterEach, before, type SuiteContext, type TestContext } from 'node:test';
import { inRepository, outFolder, vsixPath } from '../support/repository.ts';
import { type Browser, type BrowserOptions, openBrowser } from './browser.ts';
import { startVscodeServer, type VscodeServer, type VscodeServerOptions } from './vscodeServer.ts';
import { Workbench } from './workbench.ts';

export type Theme = 'light' | 'dark' | 'highContrastLight' | 'highContrastDark';

const themes: Readonly<Record<Theme, { readonly name: string; readonly className: string }>> = {
  light: { name: 'Light Modern', className: 'vs' },
  dark: { name: 'Dark Modern', className: 'vs-dark' },
  highContrastLight: { name: 'Default High Contrast Light', className: 'hc-light' },
  highContrastDark: { name: 'Default High Contrast', className: 'hc-black' },
};

/** What would act on its own while a test waits for something else. */
const testSettings: Readonly<Record<string, unknown>> = {
  'workbench.editor.useModal': 'off',
  'workbench.quickOpen.closeOnFocusLost': false,
};

export interface VscodeWindowOptions
  extends Pick<VscodeServerOptions, 'settings' | 'workspaceTrust' | 'env'>,
    BrowserOptions {
  /** The workspace's files: relative path to content. The folder is temporary. */
  readonly files?: Readonly<Record<string, string>>;
  /** An existing folder instead, by its absolute path. */
  readonly workspaceFolder?: string;
  /** Absolute paths of .vsix files; ours unless told. */
  readonly extensions?: readonly string[];
  /** The activity bar icon that says that the extensions are there; ours unless told. */
  readonly activity?: string;
}

export interface VscodeWindow extends AsyncDisposable {
  readonly workbench: Workbench;
  readonly server: VscodeServer;
  /** Absolute path. */
  readonly workspaceFolder: string;
  /** Waits until the window has changed its colours. */
  setTheme(theme: Theme): Promise<void>;
  /** Writes out/screenshots/NAME.png and returns its path. */
  screenshot(name: string): Promise<string>;
  dispose(): Promise<void>;
}

/** Starts everything, and resolves when commands and views of the extension are there. Leaves nothing when it fails. */
export async function openVscodeWindow(options: VscodeWindowOptions = {}): Promise<VscodeWindow> {
  const extensions = options.extensions ?? [builtVsix()];
  const settings = { ...testSettings, ...options.settings };
  await using parts = new AsyncDisposableStack();
  const workspaceFolder = options.workspaceFolder ?? temporaryWorkspace(options.files ?? {}, parts);
  const server = parts.use(await startVscodeServer({ ...options, settings, workspaceFolder, extensions }));
  const browser = parts.use(await openBrowser(options));
  const workbench = new Workbench(browser.page);
  await openWorkbench({ server, browser, workbench, activity: options.activity ?? ourActivity() });
  const owned = parts.move();
  return {
    workbench,
    server,
    workspaceFolder,
    setTheme: async (theme) => {
      const { name, className } = themes[theme];
      server.updateSettings({ 'workbench.colorTheme': name });
      await browser.page.locator(`.monaco-workbench.${className}`).waitFor();
    },
    screenshot: async (name) => {
      const path = join(outFolder, 'screenshots', `${name}.png`);
      await browser.page.screenshot({ path });
      return path;
    },
    dispose: () => owned.disposeAsync(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/**
 * Opens one window before the tests of a file or `describe`, closes it after them. A test that fails leaves a screenshot
 * and the server's logs in out/failed. Use the result inside tests only.
 */
export function useVscodeWindow(options: VscodeWindowOptions = {}): Pick<VscodeWindow, keyof VscodeWindow> {
  let opened: VscodeWindow | undefined;
  before(async () => {
    opened = await openVscodeWindow(options);
  });
  afterEach(async (context) => {
    if (opened && isFailedTest(context)) await keepEvidence(opened, context);
  });
  after(async () => {
    await opened?.dispose();
  });
  const current = (): VscodeWindow => {
    if (!opened) throw new Error('The window is there inside tests only');
    return opened;
  };
  return {
    get workbench() {
      return current().workbench;
    },
    get server() {
      return current().server;
    },
    get workspaceFolder() {
      return current().workspaceFolder;
    },
    setTheme: (theme) => current().setTheme(theme),
    screenshot: (name) => current().screenshot(name),
    dispose: () => current().dispose(),
    [Symbol.asyncDispose]: () => current().dispose(),
  };
}

async function openWorkbench(parts: {
  readonly server: VscodeServer;
  readonly browser: Browser;
  readonly workbench: Workbench;
  readonly activity: string;
}): Promise<void> {
  const { server, browser, workbench, activity } = parts;
  await browser.page.goto(server.address());
  try {
    await workbench.activity(activity).waitFor();
  } catch (cause) {
    throw new Error(`The window never showed "${activity}". The server said:\n${server.recentOutput()}`, {
      cause,
    });
  }
}

function temporaryWorkspace(files: Readonly<Record<string, string>>, parts: AsyncDisposableStack): string {
  const folder = mkdtempSync(join(tmpdir(), 'mqtt-workbench-workspace-'));
  parts.defer(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** `passed` is documented since Node 22, and missing from the types; the context of a suite has none of it. */
function isFailedTest(context: TestContext | SuiteContext): context is TestContext {
  return 'diagnostic' in context && 'passed' in context && context.passed === false;
}

async function keepEvidence(window: VscodeWindow, test: TestContext): Promise<void> {
  const folder = join(outFolder, 'failed', test.fullName.replaceAll(/[^\w-]+/g, '-').slice(0, 100));
  rmSync(folder, { recursive: true, force: true });
  await window.workbench.page.screenshot({ path: join(folder, 'window.png') });
  writeFileSync(join(folder, 'server.log'), window.server.recentOutput());
  cpSync(join(window.server.dataFolder, 'user/logs'), join(folder, 'logs'), { recursive: true });
  test.diagnostic(`screenshot and logs: ${folder}`);
}

function builtVsix(): string {
  if (!existsSync(vsixPath)) throw new Error(`${vsixPath} is missing: run \`npm run package\` first`);
  return vsixPath;
}

/** The title of our container in the activity bar, from the manifest and its English strings. */
function ourActivity(): string {
  const manifest = readJson<{ contributes: { viewsContainers: { activitybar: [{ title: string }] } } }>(
    'package.json',
  );
  const { title } = manifest.contributes.viewsContainers.activitybar[0];
  if (!title.startsWith('%')) return title;
  const translated = readJson<Record<string, string>>('package.nls.json')[title.slice(1, -1)];
  if (translated === undefined) throw new Error(`package.nls.json lacks ${title}`);
  return translated;
}

function readJson<T>(path: string): T {
  // The shape is ours to know: both files are in this repository, and the drift tests hold them.
  return JSON.parse(readFileSync(inRepository(path), 'utf8')) as T;
}
