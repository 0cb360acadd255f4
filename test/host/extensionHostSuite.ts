/**
 * Runs a bundle of tests inside the extension host of a real VS Code, without a desktop: the server loads the extension
 * from its folder, and a browser window, which VS Code's extension host needs, starts the tests and hears how they end.
 *
 * Notifications never show there, and modal dialogs are refused: those are for the tests through the screen.
 */

import { once } from 'node:events';
import { openBrowser } from './browser.ts';
import { startVscodeServer } from './vscodeServer.ts';

export interface ExtensionHostSuiteOptions {
  /** Absolute path of the extension, built. */
  readonly extensionFolder: string;
  /** Absolute path of a folder whose index.js exports `run(): Promise<void>`. */
  readonly testsFolder: string;
  /** Absolute path. */
  readonly workspaceFolder: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Reaches the extension host, and so the tests. */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** What the extension host logs, the tests' own console among it. */
  readonly onLine: (line: string) => void;
}

/** Resolves with the exit code that `run` stands for: 0 when it resolved. Rejects when the suite could not be run. */
export async function runExtensionHostSuite(options: ExtensionHostSuiteOptions): Promise<number> {
  const { extensionFolder, testsFolder, timeoutMs, onLine } = options;
  await using server = await startVscodeServer({ ...options, smokeTestDriver: true });
  await using browser = await openBrowser();
  const { page } = browser;

  await page.exposeFunction('codeAutomationLog', (_level: string, parts: unknown[]) =>
    onLine(parts.join(' ')),
  );
  const exited = new Promise<number>((resolve) => void page.exposeFunction('codeAutomationExit', resolve));
  const remote = (path: string): string => `vscode-remote://127.0.0.1:${server.port}${path}`;
  await page.goto(
    server.address([
      ['extensionDevelopmentPath', remote(extensionFolder)],
      ['extensionTestsPath', remote(testsFolder)],
    ]),
  );

  const timeout = AbortSignal.timeout(timeoutMs);
  const fail = (reason: string) => (): never => {
    throw new Error(`${reason}. The server said:\n${server.recentOutput()}`);
  };
  return await Promise.race([
    exited,
    server.ended.then(fail("VS Code's server ended before its suite")),
    page.waitForEvent('crash', { timeout: 0 }).then(fail('The window crashed')),
    once(timeout, 'abort').then(fail(`The suite did not end within ${timeoutMs / 1000} s`)),
  ]);
}
