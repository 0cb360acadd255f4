/** What the workbench's own subscriptions were delivered, told to the model: once for each subscription it was for. */
import type { DeliveredMessage } from '../client/clientTypes.ts';
import type { Model } from '../model/model.ts';

/** HOT PATH. Bytes are borrowed; the model copies what it keeps. */
export function recordDelivery(model: Model, message: DeliveredMessage, receivedAtMs: number): void {
  const { payload, qos, retain, properties } = message;
  for (const topicFilter of message.topicFilters) {
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
