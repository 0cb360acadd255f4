/**
 * Exchanges of QoS 2 that a client began, or is in, and does not complete.
 *
 * No time is kept for each: an exchange is open for long if the same one is the oldest at tick after tick. The packet
 * identifiers of the broker walk their whole range; a client may use one again and again, so that its exchange is the
 * same only if none was completed meanwhile, or others pile up behind it.
 */
import type { OpenExchanges } from '../../broker/broker.ts';
import type { RuleContext, WarningRule } from './warningRule.ts';

const PATIENCE_MS = 30_000;
const ENOUGH_BEHIND = 3;

interface Seen extends OpenExchanges {
  /** Monotonic: when it was seen first. */
  readonly sinceMs: number;
}

export function openExchangesRule({ clock, warn }: RuleContext): WarningRule {
  /** As large as what was open at the last tick. */
  let seen = new Map<string, Seen>();
  return {
    tick: (look) => {
      const nowMs = clock.monotonicMs();
      const before = seen;
      seen = new Map();
      for (const open of look.openExchanges()) {
        const key = `${open.direction} ${open.clientId}`;
        const known = before.get(key);
        const isKnown = known !== undefined && isSame(known, open);
        seen.set(key, { ...open, sinceMs: isKnown ? known.sinceMs : nowMs });
        const openMs = isKnown ? nowMs - known.sinceMs : 0;
        const { clientId, awaited, packetId, count } = open;
        if (openMs >= PATIENCE_MS && look.faultOf(clientId) === undefined)
          warn(clientId, { kind: 'exchangeOpen', awaited, packetId, count, openMs });
      }
    },
  };
}

function isSame(known: OpenExchanges, open: OpenExchanges): boolean {
  if (known.connectionId !== open.connectionId || known.packetId !== open.packetId) return false;
  if (known.awaited !== open.awaited) return false;
  return open.direction === 'toClient' || known.completed === open.completed || open.count >= ENOUGH_BEHIND;
}
