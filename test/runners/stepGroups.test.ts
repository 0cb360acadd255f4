/** Groups of steps: what one runs is of its steps, and `npm test` runs every file once, whatever groups there are. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseSteps, stepGroups } from '../../scripts/support/stepGroups.ts';
import { steps, testFiles } from '../../scripts/support/steps.ts';

const filesOf = (name: string): string[] => testFiles(steps.find((step) => step.name === name)?.files ?? []);

test('what a group has of a step is of its files, and each glob means some', () => {
  for (const [group, parts] of Object.entries(stepGroups))
    for (const [step, globs] of Object.entries(parts)) {
      assert.ok(
        steps.some(({ name }) => name === step),
        `${group}: ${step}`,
      );
      for (const glob of globs === 'all' ? [] : globs) {
        const files = testFiles(glob);
        assert.ok(files.length > 0, `${group}: ${glob} is no file`);
        const own = filesOf(step);
        const others = files.filter((file) => !own.includes(file));
        assert.deepEqual(others, [], `${group}: ${glob}`);
        // A name in braces that no file has would be missed by nobody.
        for (const name of /\{(.*)\}/.exec(glob)?.[1]?.split(',') ?? [])
          assert.ok(
            files.some((file) => file.includes(name)),
            `${group}: ${name} of ${glob}`,
          );
      }
    }
});

test('without a name every step runs, with all of its files, and none is run twice', () => {
  const chosen = chooseSteps([]);
  assert.deepEqual(
    chosen.map(({ step, files }) => [step.name, files]),
    steps.map(({ name }) => [name, filesOf(name)]),
  );
  const files = chosen.flatMap((each) => each.files);
  assert.equal(new Set(files).size, files.length);
});

test('a step that is named runs whole, also beside a group that has a part of it; one that needs the build brings it', () => {
  const files = (...names: string[]): Record<string, number> =>
    Object.fromEntries(chooseSteps(names).map((each) => [each.step.name, each.files.length]));
  const { unit = 0, ...others } = files('device');
  assert.deepEqual(Object.keys(others), ['build', 'architecture', 'device', 'vscode', 'e2e']);
  assert.ok(unit > 20 && unit < filesOf('unit').length, `${unit} unit tests`);
  assert.equal(files('device', 'unit').unit, filesOf('unit').length);
  assert.deepEqual(Object.keys(files('check')), ['types', 'lint', 'architecture']);
});
