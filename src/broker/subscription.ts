/** A session's wish for messages, as granted; and what the router needs to know of the session behind it. */
import type { QoS, RetainHandling, SubscriptionRequest } from '../mqtt/packets.ts';
import type { Publication } from './publication.ts';

/** The receiving side of a session, as routing sees it. */
export interface Subscriber {
  readonly clientId: string;
  readonly isConnected: boolean;
  /** Connected, and nothing waits for it: of a shared subscription's members, these come first. */
  readonly isReady: boolean;
  /** HOT PATH. Sends, queues or drops. A throw is a bug, and concerns this subscriber alone. */
  deliver(
    publication: Publication,
    qos: QoS,
    retain: boolean,
    subscriptionIdentifiers: readonly number[] | undefined,
  ): void;
  /** What `deliver` threw. */
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
