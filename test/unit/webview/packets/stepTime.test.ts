import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExchangeStep } from '../../../../src/contracts/trace.ts';
import { shownTime, stepTimeOf } from '../../../../src/webview/packets/stepTime.ts';

const FIRST_MS = 1_764_132_000_000;

/** What stands beside a step that came so long after the first. */
function shownOf(afterMs: number, latencyMs?: number): string | undefined {
  const step: ExchangeStep = {
    ...{ id: 1, receivedAtMs: FIRST_MS + afterMs, direction: 'out', kind: 'publish', isDuplicate: false },
    ...(latencyMs !== undefined && { latencyMs }),
  };
  const time = stepTimeOf(step, FIRST_MS);
  return time && shownTime(time);
}

test('a time shows since when: of what answers a packet since that one, of the others since the first', () => {
  assert.equal(shownOf(0), undefined);
  assert.equal(shownOf(0.79, 0.79), '↳ 0.79 ms');
  // A message that waited for a board which slept, and its acknowledgement.
  assert.equal(shownOf(5960), '+5.96 s');
  assert.equal(shownOf(5981, 21), '↳ 21.0 ms');
  assert.equal(shownOf(0, 0), '↳ 0.00 ms');
});
