/**
 * Asks a command's questions one after the other, with a way back.
 *
 * Pure. Each step asks one question, and keeps its answer itself: coming back to it finds what was answered.
 */
import type { Answer, StepPosition } from './userQuestions.ts';

/** Asks, and keeps the answer. */
export type Step = (position: StepPosition) => Promise<Answer<unknown>>;

/** True when every step was answered; false when the person gave up. */
export async function askSteps(steps: readonly Step[]): Promise<boolean> {
  let index = 0;
  for (;;) {
    const step = steps[index];
    if (step === undefined) return true;
    const answer = await step({ step: index + 1, totalSteps: steps.length });
    if (answer.kind === 'cancelled') return false;
    index += answer.kind === 'back' ? -1 : 1;
    if (index < 0) return false;
  }
}

/** A step that hands its answer on. */
export function keeping<T>(
  ask: (position: StepPosition) => Promise<Answer<T>>,
  keep: (value: T) => void,
): Step {
  return async (position) => {
    const answer = await ask(position);
    if (answer.kind === 'answered') keep(answer.value);
    return answer;
  };
}
