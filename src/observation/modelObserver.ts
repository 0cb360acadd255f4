/**
 * What happens in the local broker, told to the model: who is connected, what is published, what is retained.
 *
 * Bytes are borrowed for the time of a call; the model copies what it keeps. Leaves the packet events undefined, so
 * that the broker does not even gather them.
 */
import type { Clock } from '../base/clock.ts';
import { TurnTime } from '../base/turnTime.ts';
import type { BrokerObserver, ConnectionInfo, DisconnectCause, Message } from '../broker/observer.ts';
import { RETAIN_FLAG } from '../model/logSegment.ts';
import type { Model } from '../model/model.ts';
import type { ConnectPacket, SubscriptionRequest } from '../mqtt/packets.ts';
import { ReceivedPublish } from '../mqtt/receivedPublish.ts';

export class ModelObserver implements BrokerObserver {
  readonly #model: Model;
  readonly #turnTime: TurnTime;

  constructor(model: Model, clock: Clock) {
    this.#model = model;
    this.#turnTime = new TurnTime(clock);
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

  /** HOT PATH. What a client published is copied as it came: making its payload and properties costs more than that. */
  messagePublished(message: Message, publisher: string | undefined, isWill: boolean): void {
    const receivedAtMs = this.#turnTime.nowMs();
    if (!(message instanceof ReceivedPublish)) {
      const { payload, qos, retain, properties } = message;
      this.#model.messagePublished(message.topic, {
        ...{ payload, qos, retain, properties, publisher },
        receivedAtMs,
        isWill,
      });
      return;
    }
    const { topic, bytes, propertiesStart, payloadStart, end, qos, retain } = message;
    const flags = retain ? qos | RETAIN_FLAG : qos;
    const model = this.#model;
    // biome-ignore format: one line a call of the hot path
    model.publishReceived(topic, bytes, propertiesStart, payloadStart, end, flags, receivedAtMs, publisher);
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
