/**
 * HOT PATH. Which packet identifiers are in flight between broker and client, one window for each direction. They grow with
 * what is in flight. Know nothing of sockets or packets.
 */
import type { PacketId } from '../mqtt/packets.ts';
import type { Delivery } from './delivery.ts';

const MAX_PACKET_ID = 65_535;

/** Places of a window that is empty, or almost. Powers of two, as all sizes. */
const FEWEST_PLACES = 16;
/** One for each packet identifier: they can't be at odds. */
const MOST_PLACES = 65_536;
/** An empty window of more gives them back. */
const MOST_KEPT_PLACES = 1024;

/**
 * Messages of QoS 1 and 2 sent to the client whose last acknowledgement has not come. In the order first sent.
 *
 * The low bits of an identifier say its place, and a new message gets the next identifier whose place is free: looked up
 * without hashing, and without a Map. V8 makes a new table for a Map into which much is put and as much deleted, and each
 * table holds on to the next, so that one that lives on keeps all that follow, with the messages in them, until the whole
 * heap is collected: with a history, that was a sixth of the broker's CPU (`npm run bench -- --only
 * observing-model-qos1`). Where a Map holds numbers alone, as below, it was nothing that could be measured.
 */
export class OutgoingWindow {
  /** Made when the first message is sent: most sessions have none. Half of them are free, up to 65,536 of them. */
  #places: (Delivery | undefined)[] = [];
  /** For each place: a number that is higher the later it was sent. */
  #turns: number[] = [];
  #size = 0;
  #lastPacketId = 0;
  #lastTurn = 0;

  get size(): number {
    return this.#size;
  }

  /**
   * Gives the delivery a packet identifier that is not in use [MQTT-2.2.1-4] [MQTT-4.3.2-1] [MQTT-4.3.3-1]. They walk
   * the whole range, so that a device's log never shows one twice within moments.
   *
   * @throws RangeError if all 65,535 are in use: the caller's bound is below that.
   */
  add(delivery: Delivery): void {
    if (this.#size === MAX_PACKET_ID) throw new RangeError('every packet identifier is in use');
    this.#makeRoom();
    let packetId = this.#lastPacketId;
    do packetId = packetId === MAX_PACKET_ID ? 1 : packetId + 1;
    while (this.#places[this.#placeOf(packetId)] !== undefined);
    delivery.packetId = packetId;
    this.#put(delivery);
  }

  /**
   * Puts back one that has its identifier already, as read from a store; in the order first sent.
   *
   * @throws RangeError if another has the same identifier.
   */
  restore(delivery: Delivery): void {
    const { packetId } = delivery;
    if (this.get(packetId) !== undefined) throw new RangeError(`packet identifier ${packetId} is in use`);
    this.#makeRoom();
    while (this.#places[this.#placeOf(packetId)] !== undefined) this.#grow();
    this.#put(delivery);
  }

  get(packetId: PacketId): Delivery | undefined {
    const delivery = this.#places[this.#placeOf(packetId)];
    return delivery?.packetId === packetId ? delivery : undefined;
  }

  /** The acknowledgement came: the identifier is free. */
  remove(packetId: PacketId): void {
    if (this.get(packetId) === undefined) return;
    this.#places[this.#placeOf(packetId)] = undefined;
    this.#size--;
    if (this.#size === 0 && this.#places.length > MOST_KEPT_PLACES) this.clear();
  }

  clear(): void {
    this.#places = [];
    this.#turns = [];
    this.#size = 0;
  }

  /** The connection is new: nothing of this has been sent over it. */
  takeOffWire(): void {
    for (const delivery of this.#places) if (delivery !== undefined) delivery.isOnWire = false;
  }

  /** What is there now, and still there when it is its turn. Holds on to no message meanwhile. */
  *[Symbol.iterator](): Iterator<Delivery> {
    const held: { packetId: PacketId; turn: number }[] = [];
    this.#places.forEach((delivery, place) => {
      if (delivery !== undefined) held.push({ packetId: delivery.packetId, turn: this.#turns[place]! }); // as many as places
    });
    held.sort((a, b) => a.turn - b.turn);
    for (const { packetId, turn } of held) {
      const delivery = this.get(packetId);
      if (delivery !== undefined && this.#turns[this.#placeOf(packetId)] === turn) yield delivery;
    }
  }

  #placeOf(packetId: PacketId): number {
    return packetId & (this.#places.length - 1);
  }

  #put(delivery: Delivery): void {
    const place = this.#placeOf(delivery.packetId);
    this.#places[place] = delivery;
    this.#turns[place] = ++this.#lastTurn;
    this.#lastPacketId = delivery.packetId;
    this.#size++;
  }

  /** For one more. */
  #makeRoom(): void {
    if (2 * (this.#size + 1) > this.#places.length && this.#places.length < MOST_PLACES) this.#grow();
  }

  /** Deliveries in different places come to different places: a bit more of their identifiers tells them apart. */
  #grow(): void {
    const { length } = this.#places;
    const places = this.#places;
    const turns = this.#turns;
    this.#places = new Array(Math.max(FEWEST_PLACES, 2 * length)).fill(undefined);
    this.#turns = new Array(this.#places.length).fill(0);
    places.forEach((delivery, before) => {
      if (delivery === undefined) return;
      const place = this.#placeOf(delivery.packetId);
      this.#places[place] = delivery;
      this.#turns[place] = turns[before]!; // as many as places
    });
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
