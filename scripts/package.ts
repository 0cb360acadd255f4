/**
 * Builds the production bundles and packs them into out/mqtt-workbench.vsix: `node scripts/package.ts`. The bundles hold
 * all the code that runs, so no dependency is packed; .vscodeignore says what else goes in.
 */

import { mkdirSync, statSync } from 'node:fs';
import { relative } from 'node:path';
import { createVSIX } from '@vscode/vsce';
import { inRepository, outFolder, repositoryRoot, vsixPath } from '../test/support/repository.ts';
import { runNodeScript } from './support/runProgram.ts';

const bundles = [
  'dist/extension.js',
  'dist/certificates.js',
  'dist/certificateActions.js',
  'dist/fileActions.js',
  'dist/askForTlsContent.js',
  'dist/connectFailure.js',
  'dist/connectionCode.js',
  'dist/connectionForms.js',
  'dist/connectionFiles.js',
  'dist/faultSteps.js',
  'dist/profileWords.js',
  'dist/publishTools.js',
  'dist/replayRecording.js',
  'dist/subscriptionActions.js',
  'dist/engine.js',
  'dist/mqttClients.js',
  'dist/multicastLink.js',
  'dist/protobuf.js',
  'dist/cli.js',
];

/** Throws with what esbuild said. */
export async function buildBundles(): Promise<void> {
  const { exitCode, output } = await runNodeScript(inRepository('esbuild.js'), ['--production']);
  if (exitCode !== 0) throw new Error(`The build failed:\n${output}`);
}

/** Needs the bundles to be built. Prints the sizes. */
export async function packageExtension(): Promise<void> {
  mkdirSync(outFolder, { recursive: true });
  await createVSIX({ cwd: repositoryRoot, packagePath: vsixPath, dependencies: false });
  const sizes = bundles.map((path) => `${path} ${kilobytes(inRepository(path))}`).join(', ');
  console.log(`${relative(repositoryRoot, vsixPath)}: ${kilobytes(vsixPath)} (${sizes})`);
}

function kilobytes(path: string): string {
  return `${Math.round(statSync(path).size / 1000)} kB`;
}

if (import.meta.main) {
  await buildBundles();
  await packageExtension();
}
