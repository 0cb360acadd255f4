/** CONNACK to a client that is let in: the terms of the connection. Section 3.2. */
import type { ConnackPacket, ConnectPacket } from '../../mqtt/packets.ts';
import { ReasonCode } from '../../mqtt/reasonCodes.ts';
import { checkTopicName } from '../../mqtt/topics.ts';
import type { Identity } from '../accessPolicy.ts';
import type { BrokerContext } from '../context.ts';
import { type BrokerLimits, LARGEST_PACKET_BYTES } from '../limits.ts';
import type { SessionSettings } from '../session.ts';

/**
 * In 5.0 with whatever differs from what the client asked for or may assume. [MQTT-3.1.4-5] Session Present is 0 in it,
 * until the session is opened.
 *
 * @param limits that hold for this client.
 * @param authenticationData the last of an enhanced authentication.
 */
export function connackOf(
  context: BrokerContext,
  limits: Readonly<BrokerLimits>,
  connect: ConnectPacket,
  identity: Identity,
  settings: SessionSettings,
  authenticationData: Uint8Array | undefined,
): ConnackPacket {
  const connack: ConnackPacket = { kind: 'connack', sessionPresent: false, reasonCode: ReasonCode.success };
  if (connect.protocolVersion !== 5) return connack;
  const asked = connect.properties ?? {};
  const properties: NonNullable<ConnackPacket['properties']> = {};
  // [MQTT-4.12.0-5] [MQTT-4.12.0-6]
  if (asked.authenticationMethod !== undefined) {
    properties.authenticationMethod = asked.authenticationMethod;
    if (authenticationData !== undefined) properties.authenticationData = authenticationData;
  }
  // [MQTT-3.1.2-28]
  if (asked.requestResponseInformation === 1) {
    const responseInformation = responseInformationFor(context, identity);
    if (responseInformation !== undefined) properties.responseInformation = responseInformation;
  }
  if (settings.expirySeconds !== (asked.sessionExpiryInterval ?? 0)) {
    properties.sessionExpiryInterval = settings.expirySeconds;
  }
  if (limits.receiveMaximum < 65_535) properties.receiveMaximum = limits.receiveMaximum;
  if (limits.maximumQoS < 2) properties.maximumQoS = limits.maximumQoS === 1 ? 1 : 0; // [MQTT-3.2.2-9]
  if (limits.maxRetainedMessages === 0) properties.retainAvailable = 0;
  if (limits.maxPacketBytes < LARGEST_PACKET_BYTES) properties.maximumPacketSize = limits.maxPacketBytes;
  if (connect.clientId === '') properties.assignedClientIdentifier = identity.clientId; // [MQTT-3.1.3-7]
  if (limits.topicAliasMaximum > 0) properties.topicAliasMaximum = limits.topicAliasMaximum;
  if (settings.keepAliveSeconds !== connect.keepAliveSeconds) {
    properties.serverKeepAlive = settings.keepAliveSeconds;
  }
  connack.properties = properties;
  return connack;
}

/** Undefined where the client could not have its requests answered there: no topic, or none that it may read. */
function responseInformationFor(context: BrokerContext, identity: Identity): string | undefined {
  const topic = context.responseInformation?.replaceAll('%c', () => identity.clientId);
  if (topic === undefined || checkTopicName(topic) !== undefined) return undefined;
  return context.policy.mayReceive(identity, topic) ? topic : undefined;
}
