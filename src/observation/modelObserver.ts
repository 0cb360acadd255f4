/**
 * What happens in the local broker, told to the model: who is connected, what is published, what is retained.
 *
 * Bytes are borrowed for the time of a call; the model copies what it keeps. Leaves the packet events undefined, so
 * that the broker does not even gather them.
 */
import type { Clock } from '../base/clock.ts';
import type { BrokerObserver, ConnectionInfo, DisconnectCause, Message } from '../broker/observer.ts';
import type { Model } from '../model/model.ts';
import type { ConnectPacket, SubscriptionRequest } from '../mqtt/packets.ts';

export class ModelObserver implements BrokerObserver {
  readonly #model: Model;
  readonly #clock: Clock;

  constructor(model: Model, clock: Clock) {
    this.#model = model;
    this.#clock = clock;
  }

  clientConnected(connection: ConnectionInfo, clientId: string, connect: ConnectPacket): void {
    const { connectionId, remoteAddress, transportKind, connectedAtMs } = connection;
    const { protocolVersion, keepAliveSeconds, cleanStart } = connect;
    const username = connection.certificateUsername ?? connect.username;
    this.#model.clients.connected({
      connectionId,
      clientId,
      protocolVersion,
      remoteAddress,
      transportKind,
      ...(username !== undefined && { username }),
      keepAliveSeconds,
      cleanStart,
      connectedAtMs,
      hasWill: connect.will !== undefined,
    });
  }

  connectionClosed(connection: ConnectionInfo, clientId: string | undefined, _cause: DisconnectCause): void {
    if (clientId !== undefined) this.#model.clients.disconnected(clientId, connection.connectionId);
  }

  sessionEnded(clientId: string): void {
    this.#model.clients.sessionEnded(clientId);
  }

  /** HOT PATH. */
  messagePublished(message: Message, publisher: string | undefined, isWill: boolean): void {
    this.#model.messagePublished(message.topic, {
      payload: message.payload,
      qos: message.qos,
      retain: message.retain,
      receivedAtMs: this.#clock.nowMs(),
      properties: message.properties,
      publisher,
      isWill,
    });
  }

  retainedChanged(topic: string, message: Message | undefined): void {
    this.#model.topics.retainedChanged(topic, message !== undefined);
  }

  subscribed(clientId: string, { topicFilter }: SubscriptionRequest, reasonCode: number): void {
    // 0, 1 and 2 grant that QoS; the others refuse. [MQTT-3.9.3-1]
    if (reasonCode !== 0 && reasonCode !== 1 && reasonCode !== 2) return;
    this.#model.clients.subscribed(clientId, { topicFilter, qos: reasonCode });
  }

  unsubscribed(clientId: string, topicFilter: string): void {
    this.#model.clients.unsubscribed(clientId, topicFilter);
  }
}
