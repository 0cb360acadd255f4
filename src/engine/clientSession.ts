/** A session of the broker in the contract's words. */
import type { SessionInfo } from '../broker/broker.ts';
import { KEEP_ALIVE_FACTOR, NEVER_EXPIRES } from '../broker/limits.ts';
import {
  type ClientSession,
  type ClientSubscription,
  MAX_LISTED_SUBSCRIPTIONS,
} from '../contracts/clients.ts';

/** A topic filter may be 65,535 characters long; a view asks for them each second. */
const MAX_FILTER_CHARACTERS = 128 * 1024;

export function clientSessionOf(session: SessionInfo, nowMs: number): ClientSession {
  const { keepAliveSeconds, quietMs, will, maximumPacketSize, receiveMaximum, traffic, roundTripMs } =
    session;
  const {
    willEnd,
    sessionPresent,
    cleanStart,
    sessionExpirySeconds,
    inflightMessages,
    queuedMessages,
    queuedBytes,
  } = session;
  const expiresInMs = expiryOf(session, nowMs);
  return {
    ...{ keepAliveSeconds, cleanStart, sessionExpirySeconds },
    ...(expiresInMs !== undefined && { expiresInMs }),
    ...(will !== undefined && { will }),
    ...(willEnd !== undefined && { willEnd }),
    ...(sessionPresent !== undefined && { sessionPresent }),
    subscriptions: firstOf(session.subscriptions),
    subscriptionCount: session.subscriptions.length,
    ...{ inflightMessages, queuedMessages, heldBytes: queuedBytes },
    ...(quietMs !== undefined && { quietMs }),
    ...(quietMs !== undefined &&
      keepAliveSeconds > 0 && {
        deadlineInMs: Math.max(0, keepAliveSeconds * 1000 * KEEP_ALIVE_FACTOR - quietMs),
      }),
    ...(maximumPacketSize !== undefined && { maximumPacketSize }),
    ...(receiveMaximum !== undefined && { receiveMaximum }),
    ...(traffic !== undefined && { traffic }),
    ...(roundTripMs !== undefined && { roundTripMs }),
  };
}

function expiryOf(
  { connected, sessionExpirySeconds, disconnectedAtMs }: SessionInfo,
  nowMs: number,
): number | undefined {
  if (connected || sessionExpirySeconds === NEVER_EXPIRES || disconnectedAtMs === undefined) return undefined;
  return Math.max(0, disconnectedAtMs + sessionExpirySeconds * 1000 - nowMs);
}

function firstOf(subscriptions: readonly ClientSubscription[]): ClientSubscription[] {
  const first: ClientSubscription[] = [];
  let characters = 0;
  for (const subscription of subscriptions) {
    characters += subscription.topicFilter.length;
    if (first.length === MAX_LISTED_SUBSCRIPTIONS || characters > MAX_FILTER_CHARACTERS) break;
    first.push(subscription);
  }
  return first;
}
