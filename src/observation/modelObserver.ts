/**
 * What happens in the local broker, told to the model: who is connected, what is published, what is retained.
 *
 * Bytes are borrowed for the time of a call; the model copies what it keeps. Leaves the packet events undefined, so
 * that the broker does not even gather them.
 */
import type { Clock } from '../base/clock.ts';
import { TurnTime } from '../base/turnTime.ts';
import type { BrokerObserver, ConnectionInfo, DisconnectCause, Message } from '../broker/observer.ts';
import { DUP_FLAG, PACKET_ID_SHIFT, RETAIN_FLAG } from '../model/logSegment.ts';
import type { Model } from '../model/model.ts';
import type { ConnectPacket } from '../mqtt/packets.ts';
import { ReceivedPublish } from '../mqtt/receivedPublish.ts';
import { connectionEndOf } from './connectionEnds.ts';

export class ModelObserver implements BrokerObserver {
  readonly #model: Model;
  readonly #clock: Clock;
  readonly #turnTime: TurnTime;

  constructor(model: Model, clock: Clock) {
    this.#model = model;
    this.#clock = clock;
    this.#turnTime = new TurnTime(clock);
  }

  clientConnected(connection: ConnectionInfo, clientId: string, connect: ConnectPacket): void {
    this.#model.clients.connected(clientId, {
      connectionId: connection.connectionId,
      protocolVersion: connect.protocolVersion,
      username: connection.certificateUsername ?? connect.username,
    });
  }

  connectionClosed(connection: ConnectionInfo, clientId: string | undefined, cause: DisconnectCause): void {
    if (clientId === undefined) return;
    const { connectionId, remoteAddress, transportKind, connectedAtMs } = connection;
    const endedAtMs = this.#clock.nowMs();
    const end = connectionEndOf(connection, cause);
    const ended = { clientId, remoteAddress, transportKind, connectedAtMs, endedAtMs, end };
    this.#model.clients.disconnected(connectionId, ended);
  }

  sessionEnded(): void {
    this.#model.clients.changed();
  }

  /** HOT PATH. What a client published is copied as it came: making its payload and properties costs more than that. */
  messagePublished(message: Message, publisher: string | undefined, isWill: boolean): void {
    const receivedAtMs = this.#turnTime.nowMs();
    const received = message instanceof ReceivedPublish ? message : message.aliased;
    if (received === undefined) {
      const { payload, qos, retain, properties } = message;
      const published = { payload, qos, retain, properties, publisher, receivedAtMs, isWill };
      this.#model.messagePublished(message.topic, published);
      return;
    }
    const { topic } = message;
    const { bytes, propertiesStart, payloadStart, end, qos, packetId } = received;
    let flags = qos | (packetId << PACKET_ID_SHIFT);
    if (received.retain) flags |= RETAIN_FLAG;
    if (received.dup) flags |= DUP_FLAG;
    const model = this.#model;
    // biome-ignore format: one line a call of the hot path
    model.publishReceived(topic, bytes, propertiesStart, payloadStart, end, flags, receivedAtMs, publisher);
  }

  retainedChanged(topic: string, message: Message | undefined): void {
    this.#model.topics.retainedChanged(topic, message !== undefined);
  }

  subscribed(): void {
    this.#model.clients.changed();
  }

  unsubscribed(): void {
    this.#model.clients.changed();
  }
}
