/**
 * `npm start`: builds, and opens a VS Code with the extension in it and examples/ as the workspace: the `code` on the
 * PATH, else one that is downloaded, else one that is served to the browser. Ends when that ends, and on Ctrl+C.
 */

import { buildBundles } from './package.ts';
import { openDownloaded, openOwn, type RunningVscode, serveToBrowser } from './support/vscodes.ts';

let running: RunningVscode | undefined;
let isEnding = false;

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (isEnding) return;
    isEnding = true;
    console.log('\nEnding.');
    // What is being installed or built ends with this process.
    void (running?.end() ?? Promise.resolve()).then(() => process.exit(0));
  });
}

/** Resolves when the person is done with the VS Code that opened. Rejects, saying why, when none could. */
async function start(): Promise<void> {
  await buildBundles();
  for (const open of [openOwn, openDownloaded, serveToBrowser]) {
    running = await open();
    if (!running) continue;
    const exitCode = await running.ended;
    if (exitCode === 0 || isEnding) return;
    console.log(`That VS Code ended with ${exitCode === undefined ? 'a signal' : `exit ${exitCode}`}.`);
  }
  throw new Error('No VS Code could be opened.');
}

try {
  await start();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
