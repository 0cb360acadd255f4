/**
 * A headless Chromium with one page, for a window of VS Code. Uses the machine's Chromium, never one that is downloaded.
 */

import { chromium, type Page } from 'playwright-core';
import { cleanEnvironment } from '../support/environment.ts';
import { toolPath } from '../support/tools.ts';

/** How long any single wait on the screen may take. Generous: it is only ever used up by what is broken. */
export const screenTimeoutMs = 30_000;

export interface BrowserOptions {
  /** In CSS pixels. */
  readonly viewport?: { readonly width: number; readonly height: number };
  /** BCP 47. What a language pack of VS Code says of itself when it is loaded; the window's own words stay English. */
  readonly displayLanguage?: string;
  /** Before the window is loaded. */
  readonly onPage?: (page: Page) => void;
}

export interface Browser extends AsyncDisposable {
  readonly page: Page;
  dispose(): Promise<void>;
}

const flags = [
  // Chromium's sandbox can't be set up by root or inside most containers; the page is our own.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function openBrowser({
  viewport = { width: 1280, height: 800 },
  displayLanguage,
  onPage,
}: BrowserOptions = {}): Promise<Browser> {
  const chromiumProcess = await chromium.launch({
    executablePath: toolPath('chromium'),
    args: flags,
    env: cleanEnvironment(),
    // Playwright ends Chromium with this process; ending this process is not Playwright's to decide.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  const dispose = (): Promise<void> => chromiumProcess.close();
  try {
    const context = await chromiumProcess.newContext({
      viewport,
      locale: 'en-US',
      reducedMotion: 'reduce',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    context.setDefaultTimeout(screenTimeoutMs);
    if (displayLanguage !== undefined)
      await context.addInitScript(`globalThis._VSCODE_NLS_LANGUAGE = ${JSON.stringify(displayLanguage)}`);
    const page = await context.newPage();
    onPage?.(page);
    return { page, dispose, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
