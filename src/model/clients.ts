/**
 * Who is connected to the local broker, and what each subscribed to.
 *
 * A session's subscriptions outlive its connection, so they are kept until the session ends, for the day the client
 * comes back. Knows nothing of messages.
 */
import { Emitter } from '../base/event.ts';
import type { ProtocolVersion, QoS } from '../mqtt/packets.ts';

export interface ConnectedClient {
  readonly connectionId: number;
  readonly clientId: string;
  readonly protocolVersion: ProtocolVersion;
  readonly remoteAddress: string;
  readonly transportKind: string;
  readonly username?: string;
  readonly keepAliveSeconds: number;
  readonly cleanStart: boolean;
  readonly connectedAtMs: number;
  readonly hasWill: boolean;
}

export interface ClientSubscription {
  readonly topicFilter: string;
  readonly qos: QoS;
}

export class Clients {
  readonly #connected = new Map<string, ConnectedClient>();
  readonly #subscriptions = new Map<string, Map<string, ClientSubscription>>();
  readonly #didChange = new Emitter<void>();

  readonly onDidChange = this.#didChange.event;

  connected(client: ConnectedClient): void {
    this.#connected.set(client.clientId, client);
    this.#didChange.fire();
  }

  /** After a takeover, the end of the old connection does not end the new one: they differ in `connectionId`. */
  disconnected(clientId: string, connectionId: number): void {
    if (this.#connected.get(clientId)?.connectionId !== connectionId) return;
    this.#connected.delete(clientId);
    this.#didChange.fire();
  }

  sessionEnded(clientId: string): void {
    if (this.#subscriptions.delete(clientId)) this.#didChange.fire();
  }

  subscribed(clientId: string, subscription: ClientSubscription): void {
    let subscriptions = this.#subscriptions.get(clientId);
    if (subscriptions === undefined) {
      subscriptions = new Map();
      this.#subscriptions.set(clientId, subscriptions);
    }
    subscriptions.set(subscription.topicFilter, subscription);
    this.#didChange.fire();
  }

  unsubscribed(clientId: string, topicFilter: string): void {
    if (this.#subscriptions.get(clientId)?.delete(topicFilter)) this.#didChange.fire();
  }

  /** The broker is gone, and all sessions with it. */
  clear(): void {
    this.#connected.clear();
    this.#subscriptions.clear();
    this.#didChange.fire();
  }

  /** In the order in which they connected. */
  list(): { client: ConnectedClient; subscriptions: ClientSubscription[] }[] {
    return [...this.#connected.values()].map((client) => ({
      client,
      subscriptions: [...(this.#subscriptions.get(client.clientId)?.values() ?? [])],
    }));
  }
}
