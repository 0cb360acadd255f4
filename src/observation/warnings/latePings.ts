/** Silences longer than the keep alive, within what the broker forgives. [MQTT-3.1.2-20] One may be the network's doing. */
import { Recent } from '../../base/recent.ts';
import { MAX_CLIENTS, type RuleContext, type WarningRule } from './warningRule.ts';

const ENOUGH_SILENCES = 2;
/** A ping that was sent in time takes its way. */
const TOLERATED_SHARE = 0.1;
const TOLERATED_MS = 500;

export function latePingsRule({ warn, over }: RuleContext): WarningRule {
  const silences = new Recent<number>(MAX_CLIENTS);
  /** In force at the last CONNECT. */
  const keepAlives = new Recent<number>(MAX_CLIENTS);
  return {
    clientConnected: (_connection, clientId, connect, { properties }) => {
      silences.delete(clientId);
      const keepAliveSeconds = properties?.serverKeepAlive ?? connect.keepAliveSeconds;
      // What was late for one keep alive says nothing of another.
      if (keepAlives.get(clientId) !== keepAliveSeconds) over(clientId, 'pingsLate');
      keepAlives.set(clientId, keepAliveSeconds);
    },
    clientWasQuiet: ({ fault }, clientId, keepAliveSeconds, quietMs) => {
      if (fault !== undefined) return;
      const promisedMs = keepAliveSeconds * 1000;
      if (quietMs <= promisedMs * (1 + TOLERATED_SHARE) + TOLERATED_MS) return;
      const count = (silences.get(clientId) ?? 0) + 1;
      silences.set(clientId, count);
      if (count >= ENOUGH_SILENCES) warn(clientId, { kind: 'pingsLate', keepAliveSeconds, quietMs });
    },
  };
}
