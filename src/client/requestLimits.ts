/** Requests that a broker could only answer by closing the connection: these are not sent. Pure. */
import type { IConnackPacket } from 'mqtt';
import { EncodedPublish } from '../mqtt/publishEncoder.ts';
import { ReasonCode } from '../mqtt/reasonCodes.ts';
import { parseSharedFilter } from '../mqtt/topics.ts';
import type { ClientSubscriptions } from './clientSubscriptions.ts';
import type { Failure, ProtocolVersion, PublishRequest, Refusal, SubscribeRequest } from './clientTypes.ts';
import { refusal } from './mqttJsFaults.ts';

/**
 * Undefined for a message that can be sent.
 *
 * @param server of the last CONNACK.
 */
export function whyUnfit(
  request: PublishRequest,
  protocolVersion: ProtocolVersion,
  server: IConnackPacket['properties'],
): Refusal | Failure | undefined {
  if (protocolVersion < 5 && Object.keys(request.properties ?? {}).length > 0) {
    const message = 'messages of this connection have no properties: they came with MQTT 5.0';
    return { kind: 'failed', message };
  }
  // [MQTT-3.2.2-11]
  if (request.qos > (server?.maximumQoS ?? 2))
    return refusal(ReasonCode.qosNotSupported, 'connack', undefined);
  // [MQTT-3.2.2-14]
  if (request.retain && server?.retainAvailable === false)
    return refusal(ReasonCode.retainNotSupported, 'connack', undefined);
  let packetBytes: number;
  try {
    packetBytes = new EncodedPublish(request, protocolVersion).packetBytes;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { kind: 'failed', message: error.message };
  }
  const maximum = server?.maximumPacketSize;
  // [MQTT-3.2.2-15]
  if (maximum === undefined || packetBytes <= maximum) return undefined;
  const message = `the message takes ${packetBytes} bytes, and the broker accepts at most ${maximum}`;
  return { kind: 'refused', reasonCode: ReasonCode.packetTooLarge, message };
}

/**
 * Undefined for a subscription that can be made.
 *
 * @param server of the last CONNACK.
 */
export function whyNotSubscribed(
  request: SubscribeRequest,
  protocolVersion: ProtocolVersion,
  subscriptions: ClientSubscriptions,
  server: IConnackPacket['properties'],
): Refusal | Failure | undefined {
  if (protocolVersion < 5) return undefined;
  const { topicFilter } = request;
  const isShared = parseSharedFilter(topicFilter) !== undefined;
  // Sections 3.2.2.3.13 and 3.2.2.3.11: to ask all the same is a protocol error.
  if (isShared && server?.sharedSubscriptionAvailable === false)
    return refusal(ReasonCode.sharedSubscriptionsNotSupported, 'suback', undefined);
  if (/[+#]/.test(topicFilter) && server?.wildcardSubscriptionAvailable === false)
    return refusal(ReasonCode.wildcardSubscriptionsNotSupported, 'suback', undefined);
  // [MQTT-3.8.3-4]
  if (request.noLocal && isShared)
    return { kind: 'failed', message: "a shared subscription can't have No Local" };
  const holder = subscriptions.holderOf(request);
  if (holder === undefined) return undefined;
  const message = `${holder} has the subscription identifier ${request.subscriptionIdentifier}`;
  return { kind: 'failed', message };
}
