/** One message bound for one session: from the queue through its packet identifier to the last acknowledgement. */
import type { PacketId, QoS } from '../mqtt/packets.ts';
import type { StoredMessage } from './storedMessage.ts';

/**
 * `queued`: no packet identifier yet. `published`: PUBLISH sent, PUBACK or PUBREC awaited. `released`: PUBREL sent,
 * PUBCOMP awaited; the message itself is not needed any more.
 */
export type DeliveryState = 'queued' | 'published' | 'released';

export class Delivery {
  readonly message: StoredMessage;
  /** As delivered: never above that of the subscription, nor of the message. [MQTT-3.8.4-8] */
  readonly qos: QoS;
  readonly retain: boolean;
  readonly subscriptionIdentifiers: readonly number[] | undefined;
  /** A retained message sent because of a subscription: shares the retained store's memory, has bounds of its own. */
  readonly isRetainedReplay: boolean;
  /** The `$share/…` filter that it came by: should its session end, another member may get it. Section 4.8.2. */
  readonly sharedFilter: string | undefined;
  state: DeliveryState = 'queued';
  /** 0 until it leaves the queue, and for QoS 0. */
  packetId: PacketId = 0;
  /** Sent, or sent again, over the present connection. */
  isOnWire = false;

  constructor(
    message: StoredMessage,
    qos: QoS,
    retain: boolean,
    subscriptionIdentifiers: readonly number[] | undefined,
    isRetainedReplay: boolean,
    sharedFilter?: string,
  ) {
    this.message = message;
    this.qos = qos;
    this.retain = retain;
    this.subscriptionIdentifiers = subscriptionIdentifiers;
    this.isRetainedReplay = isRetainedReplay;
    this.sharedFilter = sharedFilter;
  }
}
