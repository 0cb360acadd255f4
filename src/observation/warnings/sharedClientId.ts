/**
 * Two connections that fight for one client id: the broker finds them by their takeovers (broker/takeoverWatch.ts).
 *
 * From one host, the same takeovers are made by one board that is reset: it closes nothing, and comes back. The address
 * does not tell them apart, and the pace does only where no board is as fast. What is slower is a loop (reconnectLoop.ts),
 * whose words name both.
 */
import type { RuleContext, WarningRule } from './warningRule.ts';

/** On average from one to the next: to start, join its network and connect takes a board longer. */
const FASTEST_RESTART_MS = 2_000;

export function sharedClientIdRule({ warn }: RuleContext): WarningRule {
  return {
    clientIdShared: (clientId, sharing) => {
      const { isOneHost, takeovers, periodMs } = sharing;
      if (isOneHost && !isFasterThanRestarts(periodMs / (takeovers - 1))) return;
      warn(clientId, { kind: 'clientIdShared', ...sharing });
    },
  };
}

/** @param gapMs between two takeovers on one host. */
export function isFasterThanRestarts(gapMs: number): boolean {
  return gapMs < FASTEST_RESTART_MS;
}
