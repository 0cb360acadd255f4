/** The brokers from npm that ours is measured against: installed when they are first needed, as bench/peers pins them. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runNpm } from '../scripts/support/npm.js';
import { showProgress } from '../scripts/support/progress.js';
import { inRepository } from '../test/support/repository.ts';

const folder = inRepository('bench/peers');
const stampPath = join(folder, 'node_modules/.installed-for');

/** At once when they are there. Rejects with what npm said. */
export async function installPeers(): Promise<void> {
  const stamp = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stampPath) && readFileSync(stampPath, 'utf8') === stamp) return;
  const progress = showProgress('Installing the brokers from npm that bench/peers names');
  try {
    await runNpm(['ci', '--ignore-scripts'], {
      cwd: folder,
      onFetched: (packages) => progress.update(`${packages} packages`),
    });
  } catch (error) {
    progress.done('failed');
    throw error;
  }
  writeFileSync(stampPath, stamp);
  progress.done();
}
