/** An owner that lives as long as a suite. */
import { after } from 'node:test';
import type { Owner } from './program.ts';

/** For programs that a `before` starts: they end after the suite's last test. Call it in the suite itself. */
export function ownedBySuite(): Owner {
  const ends: (() => Promise<unknown>)[] = [];
  after(() => Promise.all(ends.map((end) => end())));
  return { after: (end) => ends.push(end) };
}
