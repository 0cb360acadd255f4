/**
 * A connection that is made in order to see whether it can be: each step as it is done, and how it ended.
 *
 * Goes the very road of `WorkbenchClient.connect`. Nothing stays behind at the broker: no will is set, nothing is
 * subscribed to, the session is clean and ends with the test.
 */
import type { Clock } from '../base/clock.ts';
import type { ConnectParams, ConnectStage, Failure, Refusal } from './clientTypes.ts';
import type { ConnectStep } from './connectSteps.ts';
import { WorkbenchClient } from './workbenchClient.ts';

export type TestedStep = ConnectStep & {
  /** Milliseconds. */
  tookMs: number;
};

export interface TestProgress {
  /** Those that are done, in their order. */
  steps: readonly TestedStep[];
  /** What it is about now. */
  stage: ConnectStage | undefined;
}

export type TestEnd = { kind: 'passed' } | Refusal | Failure;

export interface TestOptions {
  clock: Clock;
  signal: AbortSignal;
  onProgress(progress: TestProgress): void;
}

/** Resolves when the connection is closed again, or did not come about. */
export async function testConnection(params: ConnectParams, options: TestOptions): Promise<TestEnd> {
  const { clock, signal, onProgress } = options;
  const { will: _will, ...others } = params;
  const steps: TestedStep[] = [];
  let sinceMs = clock.monotonicMs();
  const began = (stage: ConnectStage | undefined): void => {
    sinceMs = clock.monotonicMs();
    onProgress({ steps: [...steps], stage });
  };
  const done = (step: ConnectStep): void => {
    steps.push({ ...step, tookMs: clock.monotonicMs() - sinceMs });
    began(undefined);
  };
  const tested = { ...others, cleanStart: true };
  const result = await WorkbenchClient.connect(tested, { clock, signal, listener: { began, done } });
  if (result.kind !== 'connected') return result;
  const { client } = result;
  const { isSessionPresent, announced } = client;
  done({ kind: 'mqtt', isSessionPresent, announced });
  await client.end({ endsSession: true });
  done({ kind: 'disconnect' });
  return { kind: 'passed' };
}
