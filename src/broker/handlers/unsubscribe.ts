/**
 * UNSUBSCRIBE. Section 3.10. What was already queued or sent for the subscription is still delivered; of a shared one,
 * what was queued goes to those who still share it.
 */
import type { UnsubscribePacket } from '../../mqtt/packets.ts';
import { ReasonCode } from '../../mqtt/reasonCodes.ts';
import type { ConnectedClient } from '../connectedClient.ts';

export function handleUnsubscribe(client: ConnectedClient, packet: UnsubscribePacket): void {
  const reasonCodes: number[] = [];
  for (const topicFilter of packet.topicFilters) reasonCodes.push(unsubscribe(client, topicFilter));
  // [MQTT-3.10.4-4] [MQTT-3.10.4-5]
  client.send({ kind: 'unsuback', packetId: packet.packetId, reasonCodes });
}

function unsubscribe(client: ConnectedClient, topicFilter: string): number {
  const { session, services } = client;
  // Compared character by character. [MQTT-3.10.4-1]
  const subscription = session.subscriptions.get(topicFilter);
  if (subscription === undefined) return ReasonCode.noSubscriptionExisted;
  session.removeSubscription(subscription);
  services.router.removeSubscription(subscription);
  session.records?.subscriptionRemoved(session.clientId, topicFilter);
  services.context.observer?.unsubscribed?.(session.clientId, topicFilter);
  if (services.router.isShared(topicFilter)) {
    for (const message of session.outbox.takeShared(topicFilter)) {
      services.router.redeliver(message, topicFilter);
    }
  }
  return ReasonCode.success;
}
