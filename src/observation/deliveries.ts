/** What the workbench's clients were delivered, told to the model. */
import type { DeliveredMessage } from '../client/clientTypes.ts';
import type { DeliveredProperties } from '../client/mqttJsProperties.ts';
import type { Model } from '../model/model.ts';
import type { MessageProperties } from '../mqtt/packets.ts';

/**
 * HOT PATH. Of the local broker: once for each subscription it was for. Bytes are borrowed; the model copies what it keeps.
 *
 * @param muted filters of subscriptions whose messages are counted alone
 */
export function recordDelivery(
  model: Model,
  message: DeliveredMessage,
  receivedAtMs: number,
  muted: ReadonlySet<string>,
): void {
  const { payload, qos, retain, properties } = message;
  for (const topicFilter of message.topicFilters) {
    if (muted.has(topicFilter)) {
      model.deliveryMuted(topicFilter);
      continue;
    }
    model.messageDelivered(topicFilter, message.topic, {
      payload,
      qos,
      retain,
      receivedAtMs,
      properties,
      isWill: false,
    });
  }
}

/**
 * HOT PATH. Of another broker, whose topics are known by what comes alone: once, also where the broker sends a copy for each
 * of several subscriptions. Bytes as above.
 *
 * @returns false for another copy of what came already, and for what is muted.
 */
export function recordRemote(model: Model, message: DeliveredMessage, receivedAtMs: number): boolean {
  if (message.isRepeat || message.isMuted) return false;
  const { topic, payload, qos, retain, hasWaited } = message;
  const properties = message.properties && ofPublisher(message.properties);
  const kept = { payload, qos, retain, receivedAtMs, properties, isWill: false, hasWaited };
  model.messagePublished(topic, kept);
  return true;
}

/** Subscription identifiers are between this client and the broker, and say nothing of the message. */
function ofPublisher(properties: DeliveredProperties): MessageProperties | undefined {
  if (properties.subscriptionIdentifiers === undefined) return properties;
  const { subscriptionIdentifiers: _ours, ...others } = properties;
  return Object.keys(others).length === 0 ? undefined : others;
}
