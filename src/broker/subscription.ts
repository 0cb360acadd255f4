/** A session's wish for messages, as granted; and what the router needs to know of the session behind it. */
import type { QoS, RetainHandling, SubscriptionRequest } from '../mqtt/packets.ts';
import type { Publication } from './publication.ts';
import type { StoredMessage } from './storedMessage.ts';

/** The receiving side of a session, as routing sees it. */
export interface Subscriber {
  readonly clientId: string;
  readonly isConnected: boolean;
  /** A message of QoS 1 or 2 would go out at once: of a shared subscription's members, these come first. */
  readonly isReady: boolean;
  /**
   * HOT PATH. Sends, queues or drops. A throw is a bug, and concerns this subscriber alone.
   *
   * @param sharedFilter the shared subscription that it comes by; undefined for a plain one.
   */
  deliver(
    publication: Publication,
    qos: QoS,
    retain: boolean,
    subscriptionIdentifiers: readonly number[] | undefined,
    sharedFilter: string | undefined,
  ): void;
  /** The same for a message that was kept for another member of the shared subscription. */
  redeliver(
    message: StoredMessage,
    qos: QoS,
    retain: boolean,
    subscriptionIdentifiers: readonly number[] | undefined,
    sharedFilter: string,
  ): void;
  /** What one of the two threw. */
  deliveryFailed(error: unknown): void;
}

export class Subscription implements SubscriptionRequest {
  readonly subscriber: Subscriber;
  /** As the client wrote it, `$share/…` included. */
  readonly topicFilter: string;
  qos: QoS = 0;
  noLocal = false;
  retainAsPublished = false;
  retainHandling: RetainHandling = 0;
  /** One at most; ready as the array that a PUBLISH carries. */
  identifiers: readonly number[] | undefined;
  /** Its index in the tree's list, so that leaving costs the same among ten subscribers or ten thousand. */
  index = -1;

  constructor(subscriber: Subscriber, topicFilter: string) {
    this.subscriber = subscriber;
    this.topicFilter = topicFilter;
  }

  /** Takes the options of a first or a repeated SUBSCRIBE. [MQTT-3.8.4-3] */
  setOptions(request: SubscriptionRequest, qos: QoS, identifiers: readonly number[] | undefined): void {
    this.qos = qos;
    this.noLocal = request.noLocal;
    this.retainAsPublished = request.retainAsPublished;
    this.retainHandling = request.retainHandling;
    this.identifiers = identifiers;
  }

  /** As granted. */
  toInfo(): SubscriptionRequest & { readonly subscriptionIdentifier?: number } {
    const { topicFilter, qos, noLocal, retainAsPublished, retainHandling } = this;
    const subscriptionIdentifier = this.identifiers?.[0];
    return {
      topicFilter,
      qos,
      noLocal,
      retainAsPublished,
      retainHandling,
      ...(subscriptionIdentifier !== undefined && { subscriptionIdentifier }),
    };
  }
}
