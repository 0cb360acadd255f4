import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { cleanEnvironment } from '../support/environment.ts';
import { inRepository } from '../support/repository.ts';
import type { TestCounts } from '../support/testCounts.ts';

const folder = mkdtempSync(join(tmpdir(), 'mqtt-runners-'));
after(() => rmSync(folder, { recursive: true }));

/** In a process of its own: node:test refuses to run inside one of its tests. */
async function count(source: string, { timeoutMs = 60_000 } = {}): Promise<TestCounts> {
  const file = join(folder, 'fixture.test.mjs');
  writeFileSync(file, `import { before, describe, test } from 'node:test';\n${source}`);
  const runner = join(folder, 'runner.mjs');
  writeFileSync(
    runner,
    `import { runNodeTests } from ${JSON.stringify(inRepository('scripts/support/nodeTests.ts'))};
    const { signal } = new AbortController();
    const files = [${JSON.stringify(file)}];
    const counts = await runNodeTests({ files, concurrency: 1, timeoutMs: ${timeoutMs}, signal });
    console.log('\\n' + JSON.stringify(counts));`,
  );
  const { stdout } = await promisify(execFile)(process.execPath, [runner], { env: cleanEnvironment() });
  // Behind all that the runner itself printed.
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as TestCounts;
}

/** Without the path of the file that every name begins with. */
function names(tests: readonly { readonly name: string }[]): string[] {
  return tests.map(({ name }) => name.replace(/^.*fixture\.test\.mjs( › )?/, ''));
}

describe('the runner of node:test', () => {
  test('counts tests that hold no others, and names them with their suites', async () => {
    const { passed, failed, skipped } = await count(`
      test('passes', () => {});
      describe('suite', () => {
        test('passes too', () => {});
        test('parent', async (t) => {
          await t.test('child', () => {});
          await t.test('fails', () => { throw new Error('as it should'); });
        });
      });`);
    assert.equal(passed, 3);
    assert.deepEqual(names(failed), ['suite › parent › fails']);
    assert.match(failed[0]?.why ?? '', /^Error: as it should\n +at .*fixture\.test\.mjs/);
    assert.deepEqual(skipped, []);
  });

  test('names what is skipped, and why', async () => {
    const { passed, failed, skipped } = await count(`
      test('without a tool', { skip: 'no tool' }, () => {});
      describe('a suite without it', { skip: 'no tool either' }, () => { test('in it', () => {}); });
      test('without a word', (t) => t.skip());
      test('not yet', { todo: 'later' }, () => { throw new Error('not yet'); });`);
    assert.equal(passed, 0);
    assert.deepEqual(failed, []);
    assert.deepEqual(names(skipped), ['without a tool', 'a suite without it', 'without a word', 'not yet']);
    assert.deepEqual(
      skipped.map(({ why }) => why),
      ['no tool', 'no tool either', 'skipped in its source', 'later'],
    );
  });

  test('counts a hook that fails, and each test that it kept from running', async () => {
    const { passed, failed } = await count(`
      describe('suite', () => {
        before(() => { throw new Error('as it should'); });
        test('one', () => {});
        test('two', () => {});
      });`);
    assert.equal(passed, 0);
    assert.deepEqual(names(failed).sort(), ['suite', 'suite › one', 'suite › two']);
  });

  test('takes a file without a test for a failure', async () => {
    const { passed, failed } = await count('');
    assert.equal(passed, 0);
    assert.equal(failed.length, 1);
  });

  test('takes a file that crashes for a failure', async () => {
    const { passed, failed } = await count(`throw new Error('as it should');`);
    assert.equal(passed, 0);
    assert.equal(failed.length, 1);
  });

  test('ends a file that would never end, names the test that hangs, and counts both', async () => {
    const { passed, failed } = await count(
      `
      test('passes', () => {});
      test('hangs', async () => { setInterval(() => {}, 1000); await new Promise(() => {}); });`,
      { timeoutMs: 2000 },
    );
    assert.equal(passed, 1);
    assert.deepEqual(names(failed), ['hangs', '']);
  });

  test('takes a file that exits in the middle of its tests for a failure', async () => {
    const { failed } = await count(`
      test('exits', () => process.exit(0));
      test('never runs', () => {});`);
    assert.equal(failed.length, 1);
  });
});
