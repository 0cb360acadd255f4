/**
 * HOT PATH. One application message on its way from its publisher to all who receive it.
 *
 * Owns what the receivers share: the copy, made when the first of them keeps the message, and the encodings, one for
 * each (version, QoS, RETAIN, subscription identifiers). Knows when none is needed, as the message can go on in the bytes
 * in which it came. Lives for one call of `Router.publish`.
 */
import type { MessageProperties, Properties, ProtocolVersion, QoS } from '../mqtt/packets.ts';
import { EncodedPublish } from '../mqtt/publishEncoder.ts';
import { MAX_COPIED_PAYLOAD_BYTES, ReceivedPublish } from '../mqtt/receivedPublish.ts';
import type { CachedTopic } from '../mqtt/topicNameCache.ts';
import type { Message } from './observer.ts';
import { StoredMessage } from './storedMessage.ts';

/** One for each message: its fields are no private names, which cost several times as much to set. */
export class Publication {
  readonly message: Message;
  /** Client id of the publisher; undefined for the broker's own. */
  readonly publisher: string | undefined;
  private readonly receivedAtMs: number;
  private stored: StoredMessage | undefined;
  /** By version, QoS and RETAIN, for subscriptions without an identifier. */
  private encodings: (EncodedPublish | undefined)[] | undefined;
  /** As it came; undefined for a will, and for what the broker itself says or was asked to. */
  private readonly received: ReceivedPublish | undefined;
  private readonly isForwardable: boolean;
  /** For those with: few, as clients tend to number alike. */
  private identified: IdentifiedEncoding[] | undefined;

  /** @param receivedAtMs wall clock; not looked at when the message neither expires nor is retained. */
  constructor(message: Message, publisher: string | undefined, receivedAtMs: number) {
    this.message = message;
    this.publisher = publisher;
    this.receivedAtMs = receivedAtMs;
    this.received = message instanceof ReceivedPublish ? message : undefined;
    this.isForwardable = this.received?.isForwardable === true;
  }

  /** What is remembered of its topic. */
  get cachedTopic(): CachedTopic<unknown> | undefined {
    return this.received?.cachedTopic;
  }

  get payloadBytes(): number {
    return this.received === undefined ? this.message.payload.length : this.received.payloadBytes;
  }

  /** The message as it came, if a client of this version can get it so at this QoS, but for Subscription Identifiers. */
  forwardable(protocolVersion: ProtocolVersion, qos: QoS): ReceivedPublish | undefined {
    const received = this.received;
    if (!this.isForwardable || received === undefined) return undefined;
    if ((protocolVersion === 5) !== (received.protocolVersion === 5)) return undefined;
    // A packet identifier comes with QoS 1 and 2, or is not there at all.
    return (qos === 0) === (received.qos === 0) ? received : undefined;
  }

  /** The copy to keep: one for all. */
  keep(): StoredMessage {
    this.stored ??= new StoredMessage(this.message, this.publisher, this.receivedAtMs);
    return this.stored;
  }

  encoding(
    protocolVersion: ProtocolVersion,
    qos: QoS,
    retain: boolean,
    identifiers: readonly number[] | undefined,
  ): EncodedPublish {
    const key = (protocolVersion === 5 ? 6 : 0) + (retain ? 3 : 0) + qos;
    // Before 5.0 there are no identifiers on the wire.
    if (identifiers !== undefined && protocolVersion === 5) return this.identifiedEncoding(key, identifiers);
    this.encodings ??= [];
    let encoding = this.encodings[key];
    if (encoding === undefined) {
      encoding = this.encode(protocolVersion, qos, retain, undefined);
      this.encodings[key] = encoding;
    }
    return encoding;
  }

  private identifiedEncoding(key: number, identifiers: readonly number[]): EncodedPublish {
    this.identified ??= [];
    for (const known of this.identified) {
      if (known.key === key && areSame(known.identifiers, identifiers)) return known.encoding;
    }
    const encoding = this.encode(5, (key % 3) as QoS, key >= 9, identifiers); // `key` is made of a QoS
    // A bound on the search: with as many different identifiers as subscribers, sharing saves nothing.
    if (this.identified.length < MAX_IDENTIFIED) this.identified.push({ key, identifiers, encoding });
    return encoding;
  }

  private encode(
    protocolVersion: ProtocolVersion,
    qos: QoS,
    retain: boolean,
    identifiers: readonly number[] | undefined,
  ): EncodedPublish {
    // A large payload is shared with the transports beyond this call, and so must not be borrowed.
    const source = this.payloadBytes > MAX_COPIED_PAYLOAD_BYTES ? this.keep() : this.message;
    return encodePublish(source, protocolVersion, qos, retain, identifiers, source.properties);
  }
}

interface IdentifiedEncoding {
  key: number;
  identifiers: readonly number[];
  encoding: EncodedPublish;
}

const MAX_IDENTIFIED = 8;

function areSame(a: readonly number[], b: readonly number[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** A kept message for one receiver, at a later time than it came: its expiry counted down. [MQTT-3.3.2-6] */
export function encodeStored(
  message: StoredMessage,
  protocolVersion: ProtocolVersion,
  qos: QoS,
  retain: boolean,
  identifiers: readonly number[] | undefined,
  nowMs: number,
): EncodedPublish {
  let properties = message.properties;
  const messageExpiryInterval = message.remainingExpirySeconds(nowMs);
  if (messageExpiryInterval !== undefined) properties = { ...properties, messageExpiryInterval };
  return encodePublish(message, protocolVersion, qos, retain, identifiers, properties);
}

function encodePublish(
  message: Message,
  protocolVersion: ProtocolVersion,
  qos: QoS,
  retain: boolean,
  identifiers: readonly number[] | undefined,
  properties: MessageProperties | undefined,
): EncodedPublish {
  const { topic, payload } = message;
  let all: (MessageProperties & Pick<Properties, 'subscriptionIdentifiers'>) | undefined = properties;
  if (identifiers !== undefined) all = { ...properties, subscriptionIdentifiers: identifiers };
  return all === undefined
    ? new EncodedPublish({ topic, payload, qos, retain }, protocolVersion)
    : new EncodedPublish({ topic, payload, qos, retain, properties: all }, protocolVersion);
}
