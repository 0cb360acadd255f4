/**
 * HOT PATH. Which packet identifiers are in flight between broker and client, one window for each direction.
 *
 * Maps rather than arrays of 65,536: they are as large as what is in flight, and keep the order of sending by
 * themselves. Know nothing of sockets or packets.
 */
import type { PacketId } from '../mqtt/packets.ts';
import type { Delivery } from './delivery.ts';

const MAX_PACKET_ID = 65_535;

const NO_DELIVERIES: ReadonlyMap<PacketId, Delivery> = new Map();

/** Messages of QoS 1 and 2 sent to the client whose last acknowledgement has not come. In the order first sent. */
export class OutgoingWindow {
  /** Made when the first message is sent: most sessions have none. */
  #deliveries: Map<PacketId, Delivery> | undefined;
  #lastPacketId = 0;

  get size(): number {
    return this.#deliveries?.size ?? 0;
  }

  /**
   * Gives the delivery a packet identifier that is not in use [MQTT-2.2.1-4] [MQTT-4.3.2-1] [MQTT-4.3.3-1]. They walk
   * the whole range, so that a device's log never shows one twice within moments.
   *
   * @throws RangeError if all 65,535 are in use: the caller's bound is below that.
   */
  add(delivery: Delivery): void {
    this.#deliveries ??= new Map();
    if (this.#deliveries.size === MAX_PACKET_ID) throw new RangeError('every packet identifier is in use');
    let packetId = this.#lastPacketId;
    do packetId = packetId === MAX_PACKET_ID ? 1 : packetId + 1;
    while (this.#deliveries.has(packetId));
    this.#lastPacketId = packetId;
    delivery.packetId = packetId;
    this.#deliveries.set(packetId, delivery);
  }

  /** Puts back one that has its identifier already, as read from a store; in the order first sent. */
  restore(delivery: Delivery): void {
    this.#lastPacketId = delivery.packetId;
    this.#deliveries ??= new Map();
    this.#deliveries.set(delivery.packetId, delivery);
  }

  get(packetId: PacketId): Delivery | undefined {
    return this.#deliveries?.get(packetId);
  }

  /** The acknowledgement came: the identifier is free. */
  remove(packetId: PacketId): void {
    this.#deliveries?.delete(packetId);
  }

  clear(): void {
    this.#deliveries = undefined;
  }

  [Symbol.iterator](): Iterator<Delivery> {
    return (this.#deliveries ?? NO_DELIVERIES).values();
  }
}

/**
 * Identifiers of QoS 2 messages from the client that were taken and whose PUBREL has not come. The message itself is
 * already on its way: a repeated PUBLISH is acknowledged and not delivered again. [MQTT-4.3.3-10]
 */
export class IncomingWindow {
  /** To the connection over which the PUBLISH came last: only those count against its Receive Maximum. */
  #connectionIds: Map<PacketId, number> | undefined;
  #connectionId = 0;
  #unacknowledged = 0;
  #completed = 0;

  /** How many were completed since the session began: tells one that is open from one that is open again. */
  get completed(): number {
    return this.#completed;
  }

  get size(): number {
    return this.#connectionIds?.size ?? 0;
  }

  /** How many came over the present connection and are not complete. [MQTT-3.3.4-7] */
  get unacknowledged(): number {
    return this.#unacknowledged;
  }

  /** A new connection: the client's send quota starts anew. Section 4.9. */
  startConnection(connectionId: number): void {
    this.#connectionId = connectionId;
    this.#unacknowledged = 0;
  }

  /** Whether it is one of `unacknowledged`. */
  isUnacknowledged(packetId: PacketId): boolean {
    return this.#connectionIds?.get(packetId) === this.#connectionId;
  }

  has(packetId: PacketId): boolean {
    return this.#connectionIds?.has(packetId) === true;
  }

  add(packetId: PacketId): void {
    this.#connectionIds ??= new Map();
    if (this.#connectionIds.get(packetId) !== this.#connectionId) this.#unacknowledged++;
    this.#connectionIds.set(packetId, this.#connectionId);
  }

  packetIds(): Iterable<PacketId> {
    return this.#connectionIds?.keys() ?? [];
  }

  /** Puts back one read from a store. */
  restore(packetId: PacketId): void {
    this.#connectionIds ??= new Map();
    this.#connectionIds.set(packetId, 0);
  }

  /** False if the identifier was not in use. */
  remove(packetId: PacketId): boolean {
    const connectionId = this.#connectionIds?.get(packetId);
    if (connectionId === undefined) return false;
    this.#connectionIds?.delete(packetId);
    this.#completed++;
    if (connectionId === this.#connectionId) this.#unacknowledged--;
    return true;
  }
}
