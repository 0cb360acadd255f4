/**
 * A client that comes again and again, and is lost or thrown out each time: with the period, which often names the cause.
 *
 * A board that loses power or is reset closes nothing: its old connection ends as it comes back, taken over from the same
 * host. Taken over from another one, it is the story of a shared client id (sharedClientId.ts).
 */
import { Recent } from '../../base/recent.ts';
import type { ConnectionInfo, DisconnectCause } from '../../broker/observer.ts';
import { hostOf } from '../../broker/takeoverWatch.ts';
import { connectionEndOf } from '../connectionEnds.ts';
import { isFasterThanRestarts } from './sharedClientId.ts';
import { MAX_CLIENTS, type RuleContext, type WarningRule } from './warningRule.ts';

const ENOUGH_ENDS = 5;
/** Five within this time. */
const WINDOW_MS = 15 * 60_000;

/** Not by the person, or as the broker stops. */
const endsOfLoops: ReadonlySet<DisconnectCause['kind']> = new Set<DisconnectCause['kind']>([
  'networkClosed',
  'keepAliveTimeout',
  'protocolError',
  'refused',
  'connectTimeout',
]);

export function reconnectLoopRule({ clock, warn, has }: RuleContext): WarningRule {
  /** When the last connections of a client ended, monotonic; the oldest first, `ENOUGH_ENDS` at most. */
  const ends = new Recent<number[]>(MAX_CLIENTS);
  return {
    connectionClosed: (connection, clientId, cause) => {
      if (clientId === undefined) return;
      if (cause.kind === 'clientDisconnected') ends.delete(clientId);
      if (!isEndOfLoop(connection, cause)) return;
      const times = ends.get(clientId) ?? [];
      times.push(clock.monotonicMs());
      if (times.length > ENOUGH_ENDS) times.shift();
      ends.set(clientId, times);
      const [first, last] = [times[0], times.at(-1)];
      if (times.length < ENOUGH_ENDS || first === undefined || last === undefined) return;
      if (last - first > WINDOW_MS) return;
      const periodMs = (last - first) / (times.length - 1);
      const isFight = isFasterThanRestarts(periodMs) || has(clientId, 'clientIdShared');
      if (cause.kind === 'takenOver' && isFight) return;
      const end = connectionEndOf(connection, cause);
      warn(clientId, { kind: 'reconnectLoop', connections: times.length, periodMs, end });
    },
  };
}

function isEndOfLoop({ remoteAddress, fault }: ConnectionInfo, cause: DisconnectCause): boolean {
  if (fault !== undefined) return false;
  if (cause.kind !== 'takenOver') return endsOfLoops.has(cause.kind);
  return hostOf(cause.byRemoteAddress) === hostOf(remoteAddress);
}
