/** A folder of a test's own, gone with all that is in it when its owner ends. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Owner } from './program.ts';

export function temporaryFolder(owner: Owner): string {
  const folder = mkdtempSync(join(tmpdir(), 'mqtt-workbench-'));
  owner.after(async () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
