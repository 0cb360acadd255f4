/**
 * Whole connections to a real broker, hostile ones, several at once, beside two clients that do nothing wrong.
 *
 * A case is one hostile connection, from its opening to its end. They come in rounds, each with a broker of its own: the
 * number of any of its cases runs the round again.
 */
import { test } from 'node:test';
import { caseFailure, fuzzPlan, randomOfCase, shrink } from './fuzzPlan.ts';
import { playRound } from './playRound.ts';
import { CONNECTIONS_A_ROUND, makeRound, type Round, type Step } from './round.ts';

/** Of the million: the rest are streams (decoder.test.ts). */
const SHARE = 0.1;

const plan = fuzzPlan(SHARE);

test('whatever clients do, the broker meets no bug, keeps its bounds, serves the others and keeps nothing of them', async () => {
  const firstRound = Math.floor(plan.first / CONNECTIONS_A_ROUND);
  const endRound = Math.ceil(plan.end / CONNECTIONS_A_ROUND);
  for (let n = firstRound; n < endRound; n++) {
    const round = makeRound(randomOfCase(plan.seed, n));
    const error = await failureOf(round);
    if (error !== undefined) throw await shrunkFailure(round, n, error);
  }
  const rounds = endRound - firstRound;
  console.log(`${rounds * CONNECTIONS_A_ROUND} connections in ${rounds} rounds of seed ${plan.seed}`);
});

async function failureOf(round: Round): Promise<Error | undefined> {
  try {
    await playRound(round);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** The failure with as few steps as fail in the same way. */
async function shrunkFailure(round: Round, n: number, cause: Error): Promise<Error> {
  const steps = await shrink(round.steps, async (fewer) => {
    const error = await failureOf({ ...round, steps: fewer });
    return error !== undefined && nameOf(error) === nameOf(cause);
  });
  const last = (await failureOf({ ...round, steps })) ?? cause;
  const { steps: _, ...settings } = round;
  const input = [JSON.stringify(settings), ...steps.map(describe)].join('\n');
  return caseFailure('test/fuzz/connections.test.ts', plan.seed, n * CONNECTIONS_A_ROUND, input, last);
}

/** Failures of one kind: numbers in what is said of them may differ. */
function nameOf(error: Error): string {
  return `${error.name} ${error.message.split('\n', 1)[0]?.replace(/\d+/g, '#')}`;
}

function describe(step: Step): string {
  if (step.kind !== 'send') return JSON.stringify(step);
  return `${JSON.stringify({ ...step, bytes: step.bytes.length })} ${Buffer.from(step.bytes).toString('hex')}`;
}
