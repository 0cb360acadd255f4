/** When a step of a message or request came, from one of two zero points: their times do not add up. Pure. */
import type { ExchangeStep } from '../../contracts/trace.ts';
import { formatLatency } from '../shared/format.ts';

export interface StepTime {
  /** `answered`: the packet that it answers, however long after the first that came. `first`: that one. */
  readonly since: 'answered' | 'first';
  readonly ms: number;
}

/** Undefined for the first. */
export function stepTimeOf(
  { latencyMs, receivedAtMs }: ExchangeStep,
  firstAtMs: number,
): StepTime | undefined {
  if (latencyMs !== undefined) return { since: 'answered', ms: latencyMs };
  return receivedAtMs > firstAtMs ? { since: 'first', ms: receivedAtMs - firstAtMs } : undefined;
}

/** With a sign that tells the two apart. */
export function shownTime({ since, ms }: StepTime): string {
  return since === 'answered' ? `↳ ${formatLatency(ms)}` : `+${formatLatency(ms)}`;
}
