/** Where things are in this repository. Absolute paths, so that nothing depends on the folder a command is called in. */

import { resolve } from 'node:path';

export const repositoryRoot = resolve(import.meta.dirname, '../..');

export function inRepository(...segments: string[]): string {
  return resolve(repositoryRoot, ...segments);
}

/** What `scripts/package.ts` writes and the tests through the screen install. */
export const vsixPath = inRepository('out/mqtt-workbench.vsix');

/** Bundled test suites, logs, and screenshots of what failed. Ignored by git. */
export const outFolder = inRepository('out');
