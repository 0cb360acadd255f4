/** What a CONNECT asks for its session, and what of that it is given. Section 3.1.2. */
import type { ConnectPacket, Will } from '../../mqtt/packets.ts';
import { type BrokerContext, countLimit } from '../context.ts';
import type { BrokerLimits } from '../limits.ts';
import type { SessionSettings } from '../session.ts';

/**
 * What is settled for the session; a limit that gives the client less than it asked for is counted.
 *
 * @param limits that hold for this client.
 */
export function settingsOf(
  connect: ConnectPacket,
  username: string | undefined,
  context: BrokerContext,
  limits: Readonly<BrokerLimits>,
): SessionSettings {
  const { maxSessionExpirySeconds } = limits;
  const { protocolVersion, cleanStart, properties, will } = connect;
  // Before 5.0, a session without Clean Session has no end of its own.
  const asked =
    protocolVersion === 5
      ? (properties?.sessionExpiryInterval ?? 0)
      : cleanStart
        ? 0
        : maxSessionExpirySeconds;
  if (asked > maxSessionExpirySeconds) countLimit(context, 'maxSessionExpirySeconds');
  return {
    protocolVersion,
    username,
    cleanStart,
    keepAliveSeconds: keepAliveOf(connect, context, limits),
    expirySeconds: Math.min(asked, maxSessionExpirySeconds),
    will: will === undefined ? undefined : ownWill(will),
  };
}

/** [MQTT-3.2.2-22] Only 5.0 clients can be told another keep alive than theirs. */
function keepAliveOf(connect: ConnectPacket, context: BrokerContext, limits: Readonly<BrokerLimits>): number {
  const { keepAliveSeconds } = connect;
  const { minKeepAliveSeconds, maxKeepAliveSeconds } = limits;
  if (connect.protocolVersion !== 5) return keepAliveSeconds;
  // 0 is no keep alive: longer than any.
  if (maxKeepAliveSeconds > 0 && (keepAliveSeconds === 0 || keepAliveSeconds > maxKeepAliveSeconds)) {
    countLimit(context, 'maxKeepAliveSeconds');
    return maxKeepAliveSeconds;
  }
  if (keepAliveSeconds > 0 && keepAliveSeconds < minKeepAliveSeconds) {
    countLimit(context, 'minKeepAliveSeconds');
    return minKeepAliveSeconds;
  }
  return keepAliveSeconds;
}

/** Copy: the will would keep the whole CONNECT, password included, for the life of the session. */
function ownWill(will: Will): Will {
  const properties = will.properties;
  const own: Will = { ...will, payload: new Uint8Array(will.payload) };
  if (properties?.correlationData !== undefined) {
    own.properties = { ...properties, correlationData: new Uint8Array(properties.correlationData) };
  }
  return own;
}
