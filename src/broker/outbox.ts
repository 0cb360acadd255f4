/**
 * HOT PATH. What a session has for its client: sent and not acknowledged, or waiting to be sent.
 *
 * Owns the queue, the window of packet identifiers, and the account of both (heldDeliveries.ts). A message goes straight
 * to the client when nothing is before it and both the client's Receive Maximum and its network allow; else it waits.
 * Survives connections: `attach` takes up where the last one ended. Knows nothing of sockets, only of a `DeliveryLink`.
 */
import type { PacketId, ProtocolVersion, PubrelPacket, QoS } from '../mqtt/packets.ts';
import type { EncodedPublish } from '../mqtt/publishEncoder.ts';
import type { ReceivedPublish } from '../mqtt/receivedPublish.ts';
import { type BrokerContext, countDrop, countLimit, expiryNowMs } from './context.ts';
import { Delivery } from './delivery.ts';
import { DeliveryQueue } from './deliveryQueue.ts';
import { HeldDeliveries } from './heldDeliveries.ts';
import type { LimitName } from './limits.ts';
import type { Message } from './observer.ts';
import { OutgoingWindow } from './packetWindows.ts';
import type { Persistence } from './persistence.ts';
import { encodeStored, type Publication } from './publication.ts';
import type { StoredMessage } from './storedMessage.ts';

/** The connection's side: what deliveries need of it. */
export interface DeliveryLink {
  readonly protocolVersion: ProtocolVersion;
  readonly receiveMaximum: number;
  /** False from `maxBufferedBytes` that wait for the network on, until it took all of them. */
  readonly canTake: boolean;
  /** Whether the packet is within the client's Maximum Packet Size, in the form in which it would be sent now. */
  takes(encoding: EncodedPublish): boolean;
  sendPublish(encoding: EncodedPublish, packetId: PacketId, dup: boolean): void;
  /** Whether the client takes the message in the bytes in which it came. */
  mayForward(publish: ReceivedPublish, qos: QoS, identifiers: readonly number[] | undefined): boolean;
  /** Sends those bytes, with what is the client's own. A packet identifier of 0 is none. */
  forward(
    publish: ReceivedPublish,
    qos: QoS,
    retain: boolean,
    identifiers: readonly number[] | undefined,
    packetId: PacketId,
  ): void;
  send(packet: PubrelPacket): boolean;
}

/** What an acknowledgement from the client meant. `mismatch`: its packet identifier is in use for something else. */
export type AcknowledgementResult = 'expected' | 'notFound' | 'mismatch';

export class Outbox {
  readonly #context: BrokerContext;
  readonly #clientId: string;
  readonly #queue = new DeliveryQueue();
  readonly #window = new OutgoingWindow();
  /** Where changes are recorded; undefined for a session that ends with its connection. */
  #records: Persistence | undefined;
  #link: DeliveryLink | undefined;
  /** After a reconnection: what was in flight before, in its order, until all of it is sent again. */
  #unresent: Iterator<Delivery> | undefined;
  /** The next of `#unresent`, when it had to wait. */
  #nextUnresent: Delivery | undefined;
  /** How much of the client's Receive Maximum is in use: deliveries of the window sent over this connection. */
  #onWire = 0;
  /** Of one delivery at a time it is seen how long its acknowledgement takes; 0 while of none. */
  #timedPacketId: PacketId = 0;
  #timedAtMs = 0;
  #roundTripMs: number | undefined;
  readonly #held: HeldDeliveries;

  constructor(context: BrokerContext, clientId: string) {
    this.#context = context;
    this.#clientId = clientId;
    this.#held = new HeldDeliveries(context);
  }

  get queuedMessages(): number {
    return this.#queue.length;
  }

  get inflightMessages(): number {
    return this.#window.size;
  }

  /** Queued and in flight. */
  get heldBytes(): number {
    return this.#held.bytes;
  }

  /**
   * From a PUBLISH of QoS 1 or 2 to the PUBACK or PUBREC that answered it, over the present connection or the last one,
   * milliseconds: the network both ways, and what the client took to answer. Undefined until one was answered.
   */
  get roundTripMs(): number | undefined {
    return this.#roundTripMs;
  }

  /** What was sent and is not complete, the oldest first. */
  get window(): Iterable<Delivery> {
    return this.#window;
  }

  /** A message of QoS 1 or 2 would go out at once. */
  get isReady(): boolean {
    return this.#link !== undefined && this.#queue.length === 0 && this.#mayPublish(this.#link);
  }

  setRecords(records: Persistence | undefined): void {
    this.#records = records;
  }

  /** Sends, queues or drops a message that matched a subscription. */
  deliver(
    publication: Publication,
    qos: QoS,
    retain: boolean,
    identifiers: readonly number[] | undefined,
    sharedFilter: string | undefined,
  ): void {
    const link = this.#link;
    if (qos === 0) {
      // Without a connection, QoS 0 is delivered to nobody: it is no part of the session.
      if (link === undefined) return;
      if (!this.#queue.hasQoS0) {
        this.#sendQoS0(link, publication, retain, identifiers);
        return;
      }
    } else if (link !== undefined && this.isReady) {
      this.#sendNew(link, publication, qos, retain, identifiers, sharedFilter);
      return;
    }
    this.#enqueue(new Delivery(publication.keep(), qos, retain, identifiers, false, sharedFilter));
  }

  /** Sends or queues a message that was kept for another member of a shared subscription. */
  redeliver(
    message: StoredMessage,
    qos: QoS,
    retain: boolean,
    identifiers: readonly number[] | undefined,
    sharedFilter: string,
  ): void {
    this.#enqueue(new Delivery(message, qos, retain, identifiers, false, sharedFilter));
    this.pump();
  }

  /** Sends or queues a retained message because of a subscription: bounded as the retained store, not as the queue. */
  replay(message: StoredMessage, qos: QoS, identifiers: readonly number[] | undefined): void {
    this.#enqueue(new Delivery(message, qos, true, identifiers, true));
    this.pump();
  }

  /** The client is connected: sends again what was in flight, then what waits. [MQTT-4.4.0-1] */
  attach(link: DeliveryLink): void {
    this.#link = link;
    this.#onWire = 0;
    this.#timedPacketId = 0;
    this.#roundTripMs = undefined;
    this.#window.takeOffWire();
    this.#unresent = this.#window.size > 0 ? this.#window[Symbol.iterator]() : undefined;
    this.#nextUnresent = undefined;
    this.pump();
  }

  detach(): void {
    this.#link = undefined;
    this.#unresent = undefined;
    for (const delivery of this.#queue.removeQoS0()) this.#held.remove(delivery);
  }

  /** Sends what waits, as far as the client allows. Called after each acknowledgement and when the network is free. */
  pump(): void {
    const link = this.#link;
    if (link === undefined) return;
    while (link.canTake) {
      const hasSent = this.#unresent !== undefined ? this.#resendNext(link) : this.#sendNext(link);
      if (!hasSent) return;
    }
  }

  /** PUBACK, of whatever reason code. [MQTT-4.3.2-3] [MQTT-4.4.0-2] */
  acknowledge(packetId: PacketId): AcknowledgementResult {
    const delivery = this.#window.get(packetId);
    if (delivery === undefined) return 'notFound';
    if (delivery.qos !== 1) return 'mismatch';
    if (packetId === this.#timedPacketId) this.#endTiming();
    this.#complete(delivery);
    return 'expected';
  }

  /** PUBREC that accepts: the message will not be sent again. [MQTT-4.3.3-4] [MQTT-4.3.3-6] */
  receive(packetId: PacketId): AcknowledgementResult {
    const delivery = this.#window.get(packetId);
    if (delivery === undefined) return 'notFound';
    if (delivery.qos !== 2) return 'mismatch';
    if (delivery.state === 'released') return 'expected';
    delivery.state = 'released';
    if (packetId === this.#timedPacketId) this.#endTiming();
    this.#records?.deliveryChanged(this.#clientId, delivery);
    return 'expected';
  }

  /** PUBREC that refuses, 0x80 or above: ends the exchange. [MQTT-4.4.0-2] */
  reject(packetId: PacketId): AcknowledgementResult {
    const delivery = this.#window.get(packetId);
    if (delivery === undefined) return 'notFound';
    if (delivery.qos !== 2 || delivery.state === 'released') return 'mismatch';
    if (packetId === this.#timedPacketId) this.#timedPacketId = 0;
    this.#complete(delivery);
    return 'expected';
  }

  /** PUBCOMP. [MQTT-4.3.3-5] */
  finish(packetId: PacketId): AcknowledgementResult {
    const delivery = this.#window.get(packetId);
    if (delivery === undefined) return 'notFound';
    if (delivery.qos !== 2 || delivery.state !== 'released') return 'mismatch';
    this.#complete(delivery);
    return 'expected';
  }

  /** Puts back a delivery read from a store, past the limits: it was within them once. */
  restore(delivery: Delivery): void {
    this.#held.add(delivery);
    if (delivery.state === 'queued') this.#queue.push(delivery);
    else this.#window.restore(delivery);
  }

  /**
   * Gives up what waits because of a shared subscription that the client has left. What was sent is completed.
   * [MQTT-3.10.4-3]
   */
  takeShared(sharedFilter: string): StoredMessage[] {
    const deliveries = this.#queue.removeShared(sharedFilter);
    for (const delivery of deliveries) this.#forget(delivery);
    return deliveries.map(({ message }) => message);
  }

  /** In flight, then queued: in the order in which they came. */
  *deliveries(): Iterable<Delivery> {
    for (const delivery of this.#window) yield delivery;
    for (const delivery of this.#queue) yield delivery;
  }

  /** The session ends. */
  clear(): void {
    for (const delivery of this.deliveries()) this.#held.remove(delivery);
    this.#window.clear();
    this.#queue.clear();
  }

  // ── Sending at once ─────────────────────────────────────────────────────────────────────────────────────────

  #sendQoS0(
    link: DeliveryLink,
    publication: Publication,
    retain: boolean,
    identifiers: readonly number[] | undefined,
  ): void {
    if (!link.canTake) {
      countLimit(this.#context, 'maxBufferedBytes');
      countDrop(this.#context, publication.message, this.#clientId, 'slowConsumer');
      return;
    }
    const received = publication.forwardable(link.protocolVersion, 0);
    if (received !== undefined && link.mayForward(received, 0, identifiers)) {
      link.forward(received, 0, retain, identifiers, 0);
    } else {
      const encoding = publication.encoding(link.protocolVersion, 0, retain, identifiers);
      if (this.#isTooLarge(encoding, link, publication.message)) return;
      link.sendPublish(encoding, 0, false);
    }
    this.#countDelivery(publication.message, publication.payloadBytes, 0);
  }

  #sendNew(
    link: DeliveryLink,
    publication: Publication,
    qos: QoS,
    retain: boolean,
    identifiers: readonly number[] | undefined,
    sharedFilter: string | undefined,
  ): void {
    const received = publication.forwardable(link.protocolVersion, qos);
    const mayForward = received !== undefined && link.mayForward(received, qos, identifiers);
    const encoding = mayForward
      ? undefined
      : publication.encoding(link.protocolVersion, qos, retain, identifiers);
    if (encoding !== undefined && this.#isTooLarge(encoding, link, publication.message)) return;
    const delivery = new Delivery(publication.keep(), qos, retain, identifiers, false, sharedFilter);
    const full = this.#held.limitOn(delivery);
    if (full !== undefined) {
      this.#refuse(delivery, full);
      return;
    }
    this.#held.add(delivery);
    this.#enterWindow(delivery);
    this.#records?.deliveryAdded(this.#clientId, delivery);
    if (encoding !== undefined) link.sendPublish(encoding, delivery.packetId, false);
    else if (received !== undefined) link.forward(received, qos, retain, identifiers, delivery.packetId);
    this.#countDelivery(publication.message, publication.payloadBytes, qos);
  }

  /** Whether a new PUBLISH of QoS 1 or 2 may go out now. [MQTT-3.3.4-9] [MQTT-4.9.0-2] */
  #mayPublish(link: DeliveryLink): boolean {
    return this.#unresent === undefined && link.canTake && this.#onWire < this.#windowSize(link);
  }

  #windowSize(link: DeliveryLink): number {
    return Math.min(link.receiveMaximum, this.#context.limits.maxInflight);
  }

  // ── The queue ───────────────────────────────────────────────────────────────────────────────────────────────

  #enqueue(delivery: Delivery): void {
    const full = this.#limitQueueing(delivery);
    if (full !== undefined) {
      this.#refuse(delivery, full);
      return;
    }
    this.#held.add(delivery);
    this.#queue.push(delivery);
    if (delivery.qos > 0) this.#records?.deliveryAdded(this.#clientId, delivery);
  }

  /** Of a new delivery that was not taken. */
  #refuse(delivery: Delivery, limit: LimitName): void {
    countLimit(this.#context, limit);
    countDrop(this.#context, delivery.message, this.#clientId, 'queueFull');
  }

  /** The limit that keeps it out of the queue, after what has expired is out; undefined if there is room. */
  #limitQueueing(delivery: Delivery): LimitName | undefined {
    const full = this.#limitQueueingNow(delivery);
    if (full === undefined) return undefined;
    const expired = this.#queue.removeExpired(expiryNowMs(this.#context));
    for (const old of expired) this.#drop(old, 'messageExpired');
    return expired.length > 0 ? this.#limitQueueingNow(delivery) : full;
  }

  #limitQueueingNow(delivery: Delivery): LimitName | undefined {
    const { maxQueuedMessages } = this.#context.limits;
    const hasSlot = delivery.isRetainedReplay || this.#queue.lengthWithoutReplays < maxQueuedMessages;
    return hasSlot ? this.#held.limitOn(delivery) : 'maxQueuedMessages';
  }

  /** Sends the first of the queue, or drops it; false when it has to wait. */
  #sendNext(link: DeliveryLink): boolean {
    const delivery = this.#queue.peek();
    if (delivery === undefined) return false;
    if (delivery.qos > 0 && this.#onWire >= this.#windowSize(link)) return false;
    this.#queue.shift();
    const { message, qos, retain, subscriptionIdentifiers } = delivery;
    const nowMs = expiryNowMs(this.#context);
    if (message.hasExpired(nowMs)) {
      this.#drop(delivery, 'messageExpired');
      return true;
    }
    const encoding = encodeStored(message, link.protocolVersion, qos, retain, subscriptionIdentifiers, nowMs);
    if (!link.takes(encoding)) {
      this.#drop(delivery, 'packetTooLarge');
      return true;
    }
    if (qos === 0) this.#held.remove(delivery);
    else {
      this.#enterWindow(delivery);
      this.#records?.deliveryChanged(this.#clientId, delivery);
    }
    link.sendPublish(encoding, delivery.packetId, false);
    this.#countDelivery(message, message.payload.length, qos);
    return true;
  }

  // ── The window ──────────────────────────────────────────────────────────────────────────────────────────────

  #enterWindow(delivery: Delivery): void {
    this.#window.add(delivery);
    delivery.state = 'published';
    delivery.isOnWire = true;
    this.#onWire++;
    if (this.#timedPacketId !== 0) return;
    // The clock is asked twice a round trip, however many messages are sent in it.
    this.#timedPacketId = delivery.packetId;
    this.#timedAtMs = this.#context.clock.monotonicMs();
  }

  #endTiming(): void {
    this.#timedPacketId = 0;
    this.#roundTripMs = this.#context.clock.monotonicMs() - this.#timedAtMs;
  }

  /** Sends again the next delivery of the connection before; false when it has to wait. [MQTT-4.6.0-1] */
  #resendNext(link: DeliveryLink): boolean {
    const delivery = this.#nextUnresent ?? this.#unresent?.next().value;
    if (delivery === undefined) {
      this.#unresent = undefined;
      return true;
    }
    this.#nextUnresent = delivery;
    if (this.#onWire >= this.#windowSize(link)) return false;
    this.#nextUnresent = undefined;
    if (delivery.state === 'released') {
      link.send({ kind: 'pubrel', packetId: delivery.packetId, reasonCode: 0 });
    } else {
      const { message, qos, retain, subscriptionIdentifiers } = delivery;
      // Once sent, expiry does not end it any more. [MQTT-4.3.3-7]
      const encoding = encodeStored(
        message,
        link.protocolVersion,
        qos,
        retain,
        subscriptionIdentifiers,
        expiryNowMs(this.#context),
      );
      if (!link.takes(encoding)) {
        this.#window.remove(delivery.packetId);
        this.#drop(delivery, 'packetTooLarge');
        return true;
      }
      // [MQTT-3.3.1-1]
      link.sendPublish(encoding, delivery.packetId, true);
    }
    delivery.isOnWire = true;
    this.#onWire++;
    return true;
  }

  #complete(delivery: Delivery): void {
    this.#window.remove(delivery.packetId);
    if (delivery.isOnWire) this.#onWire--;
    // Acknowledged before it was sent again: strange, and no reason to send it.
    if (this.#nextUnresent === delivery) this.#nextUnresent = undefined;
    this.#forget(delivery);
  }

  // ── Counting ────────────────────────────────────────────────────────────────────────────────────────────────

  /** Of a delivery that is out of queue and window already, as the next. */
  #forget(delivery: Delivery): void {
    if (delivery.qos > 0) this.#records?.deliveryRemoved(this.#clientId, delivery);
    this.#held.remove(delivery);
  }

  #drop(delivery: Delivery, cause: 'messageExpired' | 'packetTooLarge'): void {
    this.#forget(delivery);
    countDrop(this.#context, delivery.message, this.#clientId, cause);
  }

  /** [MQTT-3.1.2-24] [MQTT-3.1.2-25] */
  #isTooLarge(encoding: EncodedPublish, link: DeliveryLink, message: Message): boolean {
    if (link.takes(encoding)) return false;
    countDrop(this.#context, message, this.#clientId, 'packetTooLarge');
    return true;
  }

  #countDelivery(message: Message, payloadBytes: number, qos: QoS): void {
    const { counters } = this.#context;
    counters.messagesDelivered++;
    counters.payloadBytesSent += payloadBytes;
    this.#context.observer?.messageDelivered?.(message, this.#clientId, qos);
  }
}
