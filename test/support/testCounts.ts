/** What came out of a suite, whoever ran it: node:test, mocha inside VS Code, a compiler. */

export interface SkippedTest {
  readonly name: string;
  readonly why: string;
}

export interface FailedTest {
  readonly name: string;
  /** What it threw, or its program printed: often many lines. */
  readonly why?: string;
}

export interface TestCounts {
  passed: number;
  failed: FailedTest[];
  skipped: SkippedTest[];
}

export function noTests(): TestCounts {
  return { passed: 0, failed: [], skipped: [] };
}
