/**
 * HOT PATH. A client whose CONNECT was accepted: what it and the broker agreed on for this connection, and the way to
 * send to it.
 *
 * Owns topic aliases, both ways, and the agreed limits: what ends with the connection. Handlers get one of these, so
 * that none has to ask whether there is a session. Of the socket it uses `write`, by its output, and `bufferedBytes`.
 */
import { forwardAsIs, forwardIdentified, mostIdentifierBytes } from '../mqtt/forwardPublish.ts';
import { GatheredPacket } from '../mqtt/gatheredPacket.ts';
import type {
  ConnectPacket,
  Packet,
  PacketId,
  ProtocolVersion,
  PubackPacket,
  PubcompPacket,
  PubrecPacket,
  PubrelPacket,
  QoS,
} from '../mqtt/packets.ts';
import type { EncodedPublish } from '../mqtt/publishEncoder.ts';
import type { PublishForm } from '../mqtt/publishForm.ts';
import { MAX_COPIED_PAYLOAD_BYTES, type ReceivedPublish } from '../mqtt/receivedPublish.ts';
import type { Identity } from './accessPolicy.ts';
import type { Connection } from './connection.ts';
import type { ConnectionTraffic } from './connectionTraffic.ts';
import type { BrokerContext } from './context.ts';
import type { ReAuthentication } from './handlers/auth.ts';
import type { BrokerLimits } from './limits.ts';
import { ObservedPacket } from './observedPacket.ts';
import { OutboundAliases } from './outboundAliases.ts';
import type { DeliveryLink } from './outbox.ts';
import { encodeWithin, reasonProperties } from './outgoingPacket.ts';
import { Output } from './output.ts';
import type { Router } from './router.ts';
import type { Session } from './session.ts';
import type { SessionRegistry } from './sessionRegistry.ts';
import type { SysTree } from './sysTree.ts';
import type { Transport } from './transport.ts';

/** First bytes. Section 2.1.3. */
const shortFirstByte = { puback: 0x40, pubrec: 0x50, pubrel: 0x62, pubcomp: 0x70 } as const;
/** Of an acknowledgement without a reason code: fixed header and packet identifier. */
const SHORT_BYTES = 4;

type Acknowledgement = PubackPacket | PubrecPacket | PubrelPacket | PubcompPacket;

/** The parts of a broker that packet handlers work with. */
export interface BrokerServices {
  readonly context: BrokerContext;
  readonly router: Router;
  readonly sessions: SessionRegistry;
  readonly sys: SysTree;
}

export class ConnectedClient implements DeliveryLink {
  readonly services: BrokerServices;
  readonly connection: Connection;
  readonly session: Session;
  readonly traffic: ConnectionTraffic;
  /** As they were when CONNACK told of them: what the client was promised does not change under it. */
  readonly limits: Readonly<BrokerLimits>;
  readonly protocolVersion: ProtocolVersion;
  /** As in force: the Server Keep Alive where one was set. 0 is none. */
  readonly keepAliveSeconds: number;
  readonly maximumPacketSize: number;
  readonly receiveMaximum: number;
  /** What the client asked for at CONNECT, seconds: DISCONNECT may not raise it from 0. Section 3.14.2.2.2. */
  readonly requestedExpirySeconds: number;
  /** Whether packets other than PUBLISH, CONNACK and DISCONNECT may carry a reason for people. [MQTT-3.1.2-29] */
  readonly wantsReasons: boolean;
  /** Present exactly for a client whose CONNECT had an Authentication Method. */
  readonly reAuthentication: ReAuthentication | undefined;
  /** Bytes of answers written since the network last took everything: a flood of requests shows here. */
  unreadAnswerBytes = 0;
  /**
   * From the bound on until the network took everything: were it only until there is room again, a flood of QoS 0
   * would fill the room at once, and the queue behind it would never move.
   */
  #isCongested = false;
  #transport: Transport;
  readonly output: Output;
  readonly #context: BrokerContext;
  /** Topics by alias; made when the first one comes. [MQTT-3.3.2-7] */
  #topicsByAlias: string[] | undefined;
  /** Undefined when the client takes none. */
  readonly #outboundAliases: OutboundAliases | undefined;

  constructor(
    services: BrokerServices,
    connection: Connection,
    session: Session,
    connect: ConnectPacket,
    reAuthentication: ReAuthentication | undefined,
    limits: Readonly<BrokerLimits>,
  ) {
    const { properties } = connect;
    this.services = services;
    this.#context = services.context;
    this.connection = connection;
    this.#transport = connection.transport;
    this.output = new Output(connection.transport, services.context.outputs);
    this.session = session;
    this.traffic = connection.traffic;
    this.limits = limits;
    this.protocolVersion = connect.protocolVersion;
    this.keepAliveSeconds = session.settings.keepAliveSeconds;
    this.maximumPacketSize = properties?.maximumPacketSize ?? Number.POSITIVE_INFINITY;
    this.receiveMaximum = properties?.receiveMaximum ?? 65_535;
    this.requestedExpirySeconds = properties?.sessionExpiryInterval ?? 0;
    // [MQTT-3.1.2-26] [MQTT-3.1.2-27]
    const maximum = Math.min(properties?.topicAliasMaximum ?? 0, this.limits.maxOutboundTopicAliases);
    this.#outboundAliases = maximum > 0 ? new OutboundAliases(maximum) : undefined;
    this.wantsReasons = connect.protocolVersion === 5 && properties?.requestProblemInformation !== 0;
    this.reAuthentication = reAuthentication;
  }

  get identity(): Identity {
    return this.session.identity;
  }

  get canTake(): boolean {
    if (this.#isCongested) return false;
    const waitingBytes = this.#transport.bufferedBytes + this.output.openBytes;
    this.#isCongested = waitingBytes > this.#context.limits.maxBufferedBytes;
    return !this.#isCongested;
  }

  /** What was written goes to the present transport, and all that follows to another. */
  exchangeTransport(transport: Transport): void {
    this.output.exchangeTransport(transport);
    this.#transport = transport;
  }

  /** The network took everything. */
  onDrain(): void {
    this.unreadAnswerBytes = 0;
    this.#isCongested = false;
  }

  /** An answer. False, and not sent, if it is larger than what the client takes. */
  send(packet: Packet): boolean {
    const bytes = encodeWithin(packet, this.protocolVersion, this.maximumPacketSize);
    if (bytes === undefined) return false;
    this.output.write(bytes);
    this.unreadAnswerBytes += bytes.length;
    this.#count(bytes.length);
    this.#observe(bytes, 0, bytes.length);
    return true;
  }

  /** PUBACK, PUBREC, PUBREL or PUBCOMP. The reason is for people, and goes to those who ask for it. [MQTT-3.1.2-29] */
  acknowledge(kind: Acknowledgement['kind'], packetId: PacketId, reasonCode: number, reason?: string): void {
    if (this.#isShort(reasonCode)) {
      this.#acknowledgeShort(kind, packetId);
      return;
    }
    const packet: Acknowledgement = { kind, packetId, reasonCode };
    if (reason !== undefined && this.wantsReasons) packet.properties = reasonProperties(reason);
    this.send(packet);
  }

  takes(encoding: EncodedPublish): boolean {
    if (encoding.packetBytes <= this.maximumPacketSize) return true;
    // What is too large with its topic may not be with an alias.
    if (this.#outboundAliases?.has(encoding.topic) !== true) return false;
    return encoding.byAlias.packetBytes <= this.maximumPacketSize;
  }

  sendPublish(encoding: EncodedPublish, packetId: PacketId, dup: boolean): void {
    if (this.#outboundAliases === undefined) this.#sendForm(encoding, encoding.topic, packetId, dup, 0);
    else this.#sendAliased(this.#outboundAliases, encoding, packetId, dup);
    if (packetId !== 0) this.#awaitCommit();
  }

  mayForward(publish: ReceivedPublish, qos: QoS, identifiers: readonly number[] | undefined): boolean {
    const isIdentified = identifiers !== undefined && this.protocolVersion === 5;
    // A large packet is in memory once for all who get it: as it came, or its payload with heads that differ.
    const isLarge = publish.packetBytes > MAX_COPIED_PAYLOAD_BYTES;
    if (isLarge && (qos > 0 || isIdentified || publish.hasFlags || !publish.isOwn)) return false;
    const packetBytes = publish.packetBytes + (isIdentified ? mostIdentifierBytes(identifiers) : 0);
    return this.#outboundAliases === undefined && packetBytes <= this.maximumPacketSize;
  }

  forward(
    publish: ReceivedPublish,
    qos: QoS,
    retain: boolean,
    identifiers: readonly number[] | undefined,
    packetId: PacketId,
  ): void {
    const packetBytes =
      identifiers !== undefined && this.protocolVersion === 5
        ? forwardIdentified(this.output, publish, qos, retain, identifiers, packetId)
        : forwardAsIs(this.output, publish, qos, retain, packetId);
    this.#countPublish(packetBytes, publish.topic);
    this.#observeLatest(packetBytes);
    if (qos > 0) this.#awaitCommit();
  }

  /** Undefined for an alias that was never set. */
  topicOfAlias(alias: number): string | undefined {
    return this.#topicsByAlias?.[alias];
  }

  /** The topic that the broker has given an alias; undefined for one that stands for none. */
  topicOfOutboundAlias(alias: number): string | undefined {
    return this.#outboundAliases?.topicOf(alias);
  }

  setTopicAlias(alias: number, topic: string): void {
    this.#topicsByAlias ??= [];
    this.#topicsByAlias[alias] = topic;
  }

  /** Else a crash between the two makes a QoS 2 message new to its client a second time. */
  #awaitCommit(): void {
    if (this.session.records !== undefined) this.connection.awaitCommit();
  }

  /** Whether an acknowledgement is the four bytes that say success, or all that the version has. */
  #isShort(reasonCode: number): boolean {
    if (reasonCode !== 0 && this.protocolVersion === 5) return false;
    return this.maximumPacketSize >= SHORT_BYTES;
  }

  /** The same as `send`, without a packet to encode. */
  #acknowledgeShort(kind: Acknowledgement['kind'], packetId: PacketId): void {
    const at = this.output.room(SHORT_BYTES);
    const { page } = this.output;
    page[at] = shortFirstByte[kind];
    page[at + 1] = 2;
    page[at + 2] = packetId >>> 8;
    page[at + 3] = packetId;
    this.unreadAnswerBytes += SHORT_BYTES;
    this.#count(SHORT_BYTES);
    this.#observeLatest(SHORT_BYTES);
  }

  #count(bytes: number): void {
    this.#context.counters.packetsSent++;
    this.#context.counters.bytesSent += bytes;
    this.traffic.bytesSent += bytes;
  }

  #countPublish(packetBytes: number, topic: string): void {
    this.#count(packetBytes);
    this.traffic.messagesSent++;
    if (packetBytes > this.traffic.largestPublishBytes) this.#tellLargest(packetBytes, topic);
  }

  /** Without an alias where only so the packet is as small as the client asks: `takes` said that one form is. */
  #sendAliased(aliases: OutboundAliases, encoding: EncodedPublish, packetId: PacketId, dup: boolean): void {
    const { topic } = encoding;
    const known = aliases.use(topic);
    const form = known === undefined ? encoding.settingAlias : encoding.byAlias;
    if (form.packetBytes > this.maximumPacketSize) this.#sendForm(encoding, topic, packetId, dup, 0);
    else this.#sendForm(form, topic, packetId, dup, known ?? aliases.assign(topic));
  }

  #sendForm(form: PublishForm, topic: string, packetId: PacketId, dup: boolean, alias: number): void {
    form.write(this.output, packetId, dup, alias);
    this.#countPublish(form.packetBytes, topic);
    if (this.#context.observer?.packetSent !== undefined) this.#observePublish(form, packetId, dup, alias);
  }

  /** Seldom: each time it is more than ever before over this connection. */
  #tellLargest(packetBytes: number, topic: string): void {
    this.traffic.largestPublishBytes = packetBytes;
    const { observer } = this.#context;
    observer?.largestPublishSent?.(this.connection.info, this.session.clientId, packetBytes, topic);
  }

  /** Of what was just written to the output in one piece. */
  #observeLatest(bytes: number): void {
    if (this.#context.observer?.packetSent === undefined) return;
    const { latest, latestEnd } = this.output;
    this.#observe(latest, latestEnd - bytes, latestEnd);
  }

  /** Only for a trace: written again, as the parts of a large packet are in several places. */
  #observePublish(form: PublishForm, packetId: PacketId, dup: boolean, alias: number): void {
    const packet = new GatheredPacket();
    form.write(packet, packetId, dup, alias);
    const { bytes } = packet;
    this.#observe(bytes, 0, bytes.length);
  }

  #observe(bytes: Uint8Array, start: number, end: number): void {
    const { observer } = this.#context;
    if (observer?.packetSent === undefined) return;
    observer.packetSent(this.connection.info, new ObservedPacket(bytes, start, end, this.protocolVersion));
  }
}
