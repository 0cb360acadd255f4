import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askSteps, keeping, type Step } from '../../../../src/extension/questions/askSteps.ts';
import type { Answer } from '../../../../src/extension/questions/userQuestions.ts';

/** Steps that answer as scripted, and what was asked. */
function script(...answers: Answer<string>['kind'][]) {
  const asked: string[] = [];
  const step: Step = async ({ step: number, totalSteps }) => {
    asked.push(`${number}/${totalSteps}`);
    const kind = answers.shift() ?? 'answered';
    return kind === 'answered' ? { kind, value: `answer to ${number}` } : { kind };
  };
  return { asked, step };
}

test('each step is asked once, in turn', async () => {
  const { asked, step } = script();
  assert.equal(await askSteps([step, step, step]), true);
  assert.deepEqual(asked, ['1/3', '2/3', '3/3']);
});

test('back asks the step before again', async () => {
  const { asked, step } = script('answered', 'back', 'answered', 'answered');
  assert.equal(await askSteps([step, step]), true);
  assert.deepEqual(asked, ['1/2', '2/2', '1/2', '2/2']);
});

test('giving up at any step ends it', async () => {
  const { asked, step } = script('answered', 'cancelled');
  assert.equal(await askSteps([step, step, step]), false);
  assert.deepEqual(asked, ['1/3', '2/3']);
});

test('back from the first step gives up', async () => {
  const { step } = script('back');
  assert.equal(await askSteps([step, step]), false);
});

test('a step keeps what was answered, and nothing else', async () => {
  const { step } = script('answered', 'back', 'cancelled');
  const kept: unknown[] = [];
  const keep = keeping(step, (value) => kept.push(value));
  await askSteps([keep, keep]);
  assert.deepEqual(kept, ['answer to 1']);
});
