/**
 * A client that subscribes with QoS 1 or 2, whose session ends with its connection, and that messages came for while it
 * was away: it expects them, and they are gone.
 *
 * What it missed is read back from the log when it returns. Left in good order, it may mean to miss them.
 */
import { Recent } from '../../base/recent.ts';
import type { MessageLog } from '../../model/messageLog.ts';
import { BROKER_ORIGIN } from '../../model/messageLog.ts';
import { parseSharedFilter, topicMatches } from '../../mqtt/topics.ts';
import { MAX_CLIENTS, type RuleContext, type WarningRule } from './warningRule.ts';

/** Of a client's subscriptions; a longer filter than anybody would choose is left out. */
const MAX_FILTERS = 20;
const MAX_FILTER_CHARACTERS = 256;
/** Looked at when a client returns: half a millisecond. */
const MAX_MESSAGES = 2_000;
/** Between two looks at what clients missed that were warned of already: they may come and go many times a second. */
const LOOK_AGAIN_MS = 1_000;

interface Client {
  readonly connectionId: number;
  readonly keepsSession: boolean;
  /** Of QoS 1 and 2. */
  readonly filters: Set<string>;
}

interface Away {
  /** The first message that came after it was lost. */
  readonly fromId: number;
  readonly filters: readonly string[];
}

export function nothingQueuedRule({ clock, warn, over, has }: RuleContext, log: MessageLog): WarningRule {
  const clients = new Recent<Client>(MAX_CLIENTS);
  const away = new Recent<Away>(MAX_CLIENTS);
  /** Monotonic. */
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  return {
    clientConnected: ({ connectionId }, clientId, connect) => {
      const lost = away.get(clientId);
      away.delete(clientId);
      const expirySeconds = connect.properties?.sessionExpiryInterval ?? 0;
      // Before 5.0 the clean flag says both how a session begins and whether it lasts.
      const keepsSession = connect.protocolVersion === 5 ? expirySeconds > 0 : !connect.cleanStart;
      clients.set(clientId, { connectionId, keepsSession, filters: new Set() });
      if (keepsSession) over(clientId, 'nothingQueued');
      if (lost === undefined || keepsSession) return;
      const nowMs = clock.monotonicMs();
      if (has(clientId, 'nothingQueued') && nowMs - lookedAtMs < LOOK_AGAIN_MS) return;
      lookedAtMs = nowMs;
      const missed = missedBy(log, lost);
      if (missed !== undefined) warn(clientId, { kind: 'nothingQueued', ...missed });
    },
    connectionClosed: ({ connectionId }, clientId, { kind }) => {
      const client = clientId === undefined ? undefined : clients.get(clientId);
      if (clientId === undefined || client?.connectionId !== connectionId) return;
      clients.delete(clientId);
      const isLost = kind === 'networkClosed' || kind === 'keepAliveTimeout';
      if (!isLost || client.keepsSession || client.filters.size === 0) return;
      away.set(clientId, { fromId: log.nextId, filters: [...client.filters] });
    },
    subscribed: (clientId, { topicFilter }, reasonCode) => {
      const filters = clients.get(clientId)?.filters;
      const isWanted = (reasonCode === 1 || reasonCode === 2) && topicFilter.length <= MAX_FILTER_CHARACTERS;
      // Of a shared one, others of its group may have had them.
      if (!isWanted || parseSharedFilter(topicFilter) !== undefined) filters?.delete(topicFilter);
      else if (filters !== undefined && filters.size < MAX_FILTERS) filters.add(topicFilter);
    },
    unsubscribed: (clientId, topicFilter) => clients.get(clientId)?.filters.delete(topicFilter),
  };
}

function missedBy(
  log: MessageLog,
  { fromId, filters }: Away,
): { topicFilter: string; missed: number } | undefined {
  const missed = new Map<string, number>();
  const end = log.nextId;
  for (let id = Math.max(fromId, log.firstId, end - MAX_MESSAGES); id < end; id++) {
    const message = log.message(id);
    if (message === undefined || message.origin !== BROKER_ORIGIN) continue;
    // A retained one comes with the next subscription anyway.
    if (message.retain || message.qos === 0) continue;
    const filter = filters.find((topicFilter) => topicMatches(topicFilter, message.topic));
    if (filter !== undefined) missed.set(filter, (missed.get(filter) ?? 0) + 1);
  }
  const [most] = [...missed].sort(([, a], [, b]) => b - a);
  return most && { topicFilter: most[0], missed: most[1] };
}
