/** Memory of a process as the system sees it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import type { CliBroker } from '../support/cliBroker.ts';

export const MIB = 1024 * 1024;

/** Bytes of the broker's process that are in memory, its garbage among them. */
export function residentMemory({ program: { pid } }: CliBroker): number {
  const kibibytes = Number(execFileSync('ps', ['-o', 'rss=', '-p', `${pid}`], { encoding: 'utf8' }));
  assert.ok(kibibytes > 0, 'ps knows the process');
  return kibibytes * 1024;
}
