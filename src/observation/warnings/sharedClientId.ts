/**
 * Two connections that fight for one client id: the broker finds them by their takeovers (broker/takeoverWatch.ts).
 *
 * From one host, the same takeovers are made by one board that is reset: it closes nothing, and comes back. The address
 * does not tell them apart, and the pace does only where no board is as fast. What is slower is a loop (reconnectLoop.ts),
 * whose words name both.
 */
import { Recent } from '../../base/recent.ts';
import type { ClientIdSharing } from '../../broker/observer.ts';
import { hostOf } from '../../broker/takeoverWatch.ts';
import { MAX_CLIENTS, type RuleContext, type WarningRule } from './warningRule.ts';

/** On average from one to the next: to start, join its network and connect takes a board longer. */
const FASTEST_RESTART_MS = 2_000;

/** Without a takeover for as long, the fight is over: the broker tells of the next one anew. */
const CALM_MS = 60_000;

/** One that goes on: the broker told of it once, and its takeovers are counted here. */
interface Fight extends ClientIdSharing {
  /** Monotonic, as the next: its first takeover, and its last. */
  readonly sinceMs: number;
  readonly lastMs: number;
}

export function sharedClientIdRule({ clock, warn }: RuleContext): WarningRule {
  const fights = new Recent<Fight>(MAX_CLIENTS);
  return {
    clientIdShared: (clientId, sharing) => {
      const { isOneHost, takeovers, periodMs } = sharing;
      if (isOneHost && !isFasterThanRestarts(periodMs / (takeovers - 1))) return;
      const lastMs = clock.monotonicMs();
      fights.set(clientId, { ...sharing, sinceMs: lastMs - periodMs, lastMs });
      warn(clientId, { kind: 'clientIdShared', ...sharing });
    },
    connectionClosed: ({ remoteAddress }, clientId, cause) => {
      if (clientId === undefined || cause.kind !== 'takenOver') return;
      const fight = fights.get(clientId);
      const lastMs = clock.monotonicMs();
      if (fight === undefined) return;
      if (lastMs - fight.lastMs > CALM_MS) {
        fights.delete(clientId);
        return;
      }
      const sharing = goneOn(fight, remoteAddress, cause.byRemoteAddress, lastMs - fight.sinceMs);
      // A board that comes back to its own host takes part in no fight between two.
      if (sharing === undefined) return;
      fights.set(clientId, { ...sharing, sinceMs: fight.sinceMs, lastMs });
      warn(clientId, { kind: 'clientIdShared', ...sharing });
    },
  };
}

function goneOn(
  { isOneHost, takeovers }: Fight,
  loser: string,
  winner: string,
  periodMs: number,
): ClientIdSharing | undefined {
  const hosts = [hostOf(loser), hostOf(winner)] as const;
  if (isOneHost !== (hosts[0] === hosts[1])) return undefined;
  const addresses = isOneHost ? ([loser, winner] as const) : hosts;
  return { addresses, isOneHost, takeovers: takeovers + 1, periodMs };
}

/** @param gapMs between two takeovers on one host. */
export function isFasterThanRestarts(gapMs: number): boolean {
  return gapMs < FASTEST_RESTART_MS;
}
