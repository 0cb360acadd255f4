/** A flood from a process of its own: what it costs to send is not measured with what is. */
import { type Owner, run } from '../../test/support/program.ts';
import { inRepository } from '../../test/support/repository.ts';
import type { Flood, FloodResult } from './floodOptions.ts';

/** Ends when the broker has taken everything. Throws with what the process said when it failed. */
export async function runFlood(owner: Owner, flood: Flood): Promise<FloodResult> {
  const script = inRepository('bench/editor/flood.ts');
  const { stdout, stderr, exitCode } = await run(owner, process.execPath, [script, JSON.stringify(flood)]);
  if (exitCode !== 0) throw new Error(`the flood ended with ${exitCode}: ${stderr}`);
  return JSON.parse(stdout) as FloodResult; // as flood.ts promises
}
