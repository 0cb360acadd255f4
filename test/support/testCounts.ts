/** What came out of a suite, whoever ran it: node:test, mocha inside VS Code, a compiler. */

export interface SkippedTest {
  readonly name: string;
  readonly why: string;
}

export interface TestCounts {
  passed: number;
  /** Names. */
  failed: string[];
  skipped: SkippedTest[];
}

export function noTests(): TestCounts {
  return { passed: 0, failed: [], skipped: [] };
}
