/**
 * The VS Code that needs no download but npm's: the package code-server, which test/host/package.json pins. Installs it
 * when it is first needed, in about a minute, and says where its parts are. Prints nothing.
 *
 * The package's own install script is left out. It would build a dozen native modules, some of which need libraries that
 * a plain Debian lacks (Kerberos). A window needs two: spdlog, without which log channels stay empty, and the watchdog
 * that ends an extension host whose server is gone.
 */

import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runNpm } from '../../scripts/support/npm.js';
import { inRepository } from '../support/repository.ts';

const packageFolder = inRepository('test/host');
const vscodeFolder = join(packageFolder, 'node_modules/code-server/lib/vscode');
const stampPath = join(packageFolder, 'node_modules/.installed-for');

const nativeModules = ['@vscode/spdlog', '@vscode/native-watchdog'];

/** What the installation needs from the machine, to build the native modules. */
export const editorPackageTools = ['python3', 'make', 'compiler'] as const;

/** The server's main module. Throws when the package is not installed. */
export function serverMainPath(): string {
  const path = join(vscodeFolder, 'out/server-main.js');
  if (!existsSync(path)) throw new Error('code-server is not installed yet: run `npm run test:vscode` once');
  return path;
}

export function isEditorPackageInstalled(): boolean {
  return existsSync(stampPath) && readFileSync(stampPath, 'utf8') === stamp();
}

/**
 * Installs what test/host/package-lock.json names, unless it is there already. Rejects with what npm said; a later call
 * then starts afresh.
 *
 * @param onProgress Called with a few words on how far it is.
 */
export async function installEditorPackage(onProgress: (detail: string) => void): Promise<void> {
  if (isEditorPackageInstalled()) return;
  const nodedir = await nodeHeadersFolder();
  let fetchedBefore = 0;
  const npm = async (cwd: string, ...args: string[]): Promise<void> => {
    let fetched = 0;
    const onFetched = (packages: number): void => {
      fetched = packages;
      onProgress(`${fetchedBefore + packages} packages`);
    };
    await runNpm(args, { cwd, env: { npm_config_nodedir: nodedir }, onFetched });
    fetchedBefore += fetched;
  };
  const fromRegistryOnly = ['--ignore-scripts', '--omit=dev'];
  await npm(packageFolder, 'ci', ...fromRegistryOnly);
  await npm(vscodeFolder, 'install', ...fromRegistryOnly);
  await npm(join(vscodeFolder, 'extensions'), 'install', ...fromRegistryOnly);
  onProgress('building native modules');
  await npm(vscodeFolder, 'rebuild', ...nativeModules, '--no-ignore-scripts');
  writeFileSync(stampPath, stamp());
}

/** The lockfile's hash, and what native modules were built for which Node. */
function stamp(): string {
  const lockfile = readFileSync(join(packageFolder, 'package-lock.json'));
  const hash = createHash('sha256').update(lockfile).digest('hex');
  return [hash, process.version, process.arch, ...nativeModules].join(' ');
}

/**
 * The headers that belong to the Node that runs this. The npm package `node` brings them in a package inside its own
 * folder, which a later `npm install` takes for a stray and removes; rebuilding `node` brings it back.
 */
async function nodeHeadersFolder(): Promise<string> {
  const find = (): string | undefined =>
    globSync('node_modules/{,node/node_modules/}node-*/include/node/node_version.h', {
      cwd: inRepository(),
    })[0];
  if (find() === undefined) await runNpm(['rebuild', 'node'], { cwd: inRepository() });
  const header = find();
  if (header === undefined) throw new Error('The package `node` came without its headers: run `npm ci`');
  return inRepository(header, '../../..');
}
