/**
 * HOT PATH. PUBLISH from a client: checked, acknowledged as its QoS asks, and handed to the router. Sections 3.3, 4.3.
 *
 * The message is routed before it is acknowledged: an acknowledgement says that the broker has it. A QoS 2 message is
 * routed when it first comes; its identifier alone is kept until PUBREL, to know it again.
 */
import { protocolError } from '../../mqtt/errorCodes.ts';
import { quoted } from '../../mqtt/faultText.ts';
import { payloadFormatProblem } from '../../mqtt/payloadFormat.ts';
import { ReasonCode } from '../../mqtt/reasonCodes.ts';
import type { ReceivedPublish } from '../../mqtt/receivedPublish.ts';
import type { ConnectedClient } from '../connectedClient.ts';
import { countDrop } from '../context.ts';
import type { Message } from '../observer.ts';
import { mayPublish } from '../publishRights.ts';
import { ownProperties } from '../storedMessage.ts';

export function handlePublish(client: ConnectedClient, packet: ReceivedPublish): void {
  checkAllowed(client, packet);
  const message = packet.topicAlias === undefined ? packet : withoutAlias(client, packet);
  const { packetId } = packet;
  if (packet.qos > 0) checkReceiveMaximum(client, packetId);

  if (packet.qos === 2) {
    receiveQoS2(client, message, packetId, packet.payloadBytes);
    return;
  }
  const reasonCode = take(client, message, packet.payloadBytes);
  // [MQTT-4.3.2-4]
  if (packet.qos === 1)
    client.acknowledge('puback', packetId, reasonCode, reasonFor(client, reasonCode, message));
}

function receiveQoS2(
  client: ConnectedClient,
  message: Message,
  packetId: number,
  payloadBytes: number,
): void {
  const { incoming } = client.session;
  const isRepeated = incoming.has(packetId);
  const reasonCode = isRepeated ? ReasonCode.success : take(client, message, payloadBytes); // [MQTT-4.3.3-10]
  // A refused one is over: the identifier is free at once. [MQTT-4.3.3-9]
  if (reasonCode < 0x80) {
    incoming.add(packetId);
    if (!isRepeated) client.session.records?.incomingAdded(client.session.clientId, packetId);
  }
  // [MQTT-4.3.3-8]
  client.acknowledge('pubrec', packetId, reasonCode, reasonFor(client, reasonCode, message));
}

/** What CONNACK told the client not to do, and the standard no client. */
function checkAllowed(client: ConnectedClient, packet: ReceivedPublish): void {
  const { limits } = client;
  if (packet.hasSubscriptionIdentifiers) {
    // [MQTT-3.3.4-6]
    throw protocolError('subscription-identifier-from-client', client.protocolVersion, {
      packetKind: 'publish',
      message: 'The PUBLISH has a Subscription Identifier, which only a server may send.',
    });
  }
  if (packet.qos > limits.maximumQoS) {
    // [MQTT-3.2.2-11]
    throw protocolError('qos-not-supported', client.protocolVersion, {
      packetKind: 'publish',
      message: `The PUBLISH to ${quoted(packet.topic)} is of QoS ${packet.qos}, and ${limits.maximumQoS} is the highest here.`,
    });
  }
  if (packet.retain && limits.maxRetainedMessages === 0) {
    // [MQTT-3.2.2-14]
    throw protocolError('retain-not-supported', client.protocolVersion, {
      packetKind: 'publish',
      message: `The PUBLISH to ${quoted(packet.topic)} is to be retained, and no messages are retained here.`,
    });
  }
}

/** The message under its topic name. The alias itself is between this client and the broker, and not forwarded. */
function withoutAlias(client: ConnectedClient, packet: ReceivedPublish): Message {
  const { payload, qos, retain, properties } = packet;
  const topic = resolveTopic(client, packet.topic, properties?.topicAlias ?? 0);
  return { topic, payload, qos, retain, properties: ownProperties(properties ?? {}), aliased: packet };
}

/** The topic name, given or by its alias. Section 3.3.2.3.4. */
function resolveTopic(client: ConnectedClient, given: string, alias: number): string {
  const { topicAliasMaximum } = client.limits;
  if (alias > topicAliasMaximum) {
    // [MQTT-3.3.2-9]
    throw protocolError('topic-alias-too-large', client.protocolVersion, {
      packetKind: 'publish',
      message: `The Topic Alias is ${alias}, and ${topicAliasMaximum} is the highest that CONNACK allowed.`,
    });
  }
  if (given !== '') {
    client.setTopicAlias(alias, given);
    return given;
  }
  const topic = client.topicOfAlias(alias);
  if (topic === undefined) {
    throw protocolError('topic-alias-unknown', client.protocolVersion, {
      packetKind: 'publish',
      message: `The topic name is empty and Topic Alias ${alias} was not set over this connection. Aliases end with their connection.`,
    });
  }
  return topic;
}

/** Routes the message if the client may publish it. Returns what its acknowledgement says. */
function take(client: ConnectedClient, message: Message, payloadBytes: number): number {
  const { context, router } = client.services;
  const { clientId } = client.session;
  context.counters.messagesReceived++;
  client.traffic.messagesReceived++;
  context.counters.payloadBytesReceived += payloadBytes;
  if (!mayPublish(context.policy, client.identity, message.topic, message.retain)) {
    context.observer?.accessDenied?.(clientId, 'publish', message.topic);
    countDrop(context, message, undefined, 'notAuthorized');
    // 3.1.1 has no other answer than yes or closing. [MQTT-3.3.5-2 of 3.1.1]
    return ReasonCode.notAuthorized;
  }
  if (context.checkPayloadFormat && formatProblemOf(message) !== undefined)
    return refuseFormat(client, message);
  const mayRefuse = client.protocolVersion === 5 && message.qos > 0;
  if (mayRefuse && message.retain && !router.mayRetain(message)) return ReasonCode.quotaExceeded;
  const receivers = router.publish(message, clientId, false);
  return receivers === 0 ? ReasonCode.noMatchingSubscribers : ReasonCode.success;
}

/** Returns what the acknowledgement says; throws where there is none. */
function refuseFormat(client: ConnectedClient, message: Message): number {
  if (message.qos === 0) {
    throw protocolError('payload-format-invalid', client.protocolVersion, {
      packetKind: 'publish',
      message: `PUBLISH to ${quoted(message.topic)}: ${formatProblemOf(message)}`,
    });
  }
  countDrop(client.services.context, message, undefined, 'payloadFormatInvalid');
  return ReasonCode.payloadFormatInvalid;
}

/** Not made where nobody reads it: a client that is refused may be so for each of its messages. */
function reasonFor(client: ConnectedClient, reasonCode: number, message: Message): string | undefined {
  if (!client.wantsReasons) return undefined;
  const { topic } = message;
  if (reasonCode === ReasonCode.notAuthorized) return `Publishing to ${quoted(topic)} is not allowed.`;
  if (reasonCode === ReasonCode.quotaExceeded) return `No room to retain a message for ${quoted(topic)}.`;
  if (reasonCode === ReasonCode.payloadFormatInvalid) return formatProblemOf(message);
  return undefined;
}

function formatProblemOf({ payload, properties }: Message): string | undefined {
  return payloadFormatProblem(payload, properties);
}

/**
 * [MQTT-3.3.4-7] Only messages of QoS 2 can add up: QoS 1 is acknowledged before the next packet is read. Versions
 * before 5.0 have no such limit.
 */
function checkReceiveMaximum(client: ConnectedClient, packetId: number): void {
  const { incoming } = client.session;
  const { receiveMaximum } = client.limits;
  if (client.protocolVersion !== 5 || incoming.unacknowledged < receiveMaximum) return;
  if (incoming.isUnacknowledged(packetId)) return;
  throw protocolError('receive-maximum-exceeded', client.protocolVersion, {
    packetKind: 'publish',
    message: `${receiveMaximum} messages of QoS 2 are not complete, which is what CONNACK allowed, and another came: wait for a PUBCOMP first.`,
  });
}
