/** What is looked at from inside of VS Code's window: plain scripts of the folder `page`, evaluated there as text. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { inRepository } from '../../test/support/repository.ts';

/** @param call of a function that the script puts on `window`. */
export async function runPageScript(page: Page, name: string, call: string): Promise<void> {
  const source = readFileSync(inRepository(`bench/editor/page/${name}`), 'utf8');
  await page.evaluate(`{ ${source}\n ${call}; }`);
}
