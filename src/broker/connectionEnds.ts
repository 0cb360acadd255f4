/** What the end of a connection adds to the counters. */
import type { ErrorCode } from '../mqtt/errorCodes.ts';
import { type BrokerContext, countLimit } from './context.ts';
import type { LimitName } from './limits.ts';
import type { DisconnectCause } from './observer.ts';

/** Faults that are a client's going beyond what CONNACK allowed. */
const limitsOfErrors: ReadonlyMap<string, LimitName> = new Map<ErrorCode, LimitName>([
  ['packet-too-large', 'maxPacketBytes'],
  ['qos-not-supported', 'maximumQoS'],
  ['receive-maximum-exceeded', 'receiveMaximum'],
  ['retain-not-supported', 'maxRetainedMessages'],
  ['topic-alias-too-large', 'topicAliasMaximum'],
]);

/** @param wasConnected its CONNACK was sent, and said that the client is let in. */
export function countEnd(context: BrokerContext, cause: DisconnectCause, wasConnected: boolean): void {
  const { counters } = context;
  if (!wasConnected && !isOwnEnd(cause)) counters.connectionsRefused++;
  if (cause.kind === 'protocolError') {
    counters.protocolErrors++;
    const limit = limitsOfErrors.get(cause.error.code);
    if (limit !== undefined) countLimit(context, limit);
  } else if (cause.kind === 'internalError') counters.internalErrors++;
  else if (cause.kind === 'connectTimeout') countLimit(context, 'connectTimeoutSeconds');
}

/** Of a client that was not refused, but left before it was let in, or of the broker itself. */
function isOwnEnd({ kind }: DisconnectCause): boolean {
  return (
    kind === 'clientDisconnected' ||
    kind === 'networkClosed' ||
    kind === 'serverDisconnected' ||
    kind === 'connectionCut'
  );
}
