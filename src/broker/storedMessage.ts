/**
 * An application message that someone keeps: retained, queued or in flight. Copied once, shared by all who keep it.
 *
 * Owns the copy out of the borrowed frame, and the message's expiry. Never changes after it was made.
 */
import type { MessageProperties, QoS } from '../mqtt/packets.ts';
import { MAX_COPIED_PAYLOAD_BYTES, ReceivedPublish } from '../mqtt/receivedPublish.ts';
import type { Message } from './observer.ts';

/** What a kept message costs beside its own bytes: its object, and its entry in a queue. Rough on purpose. */
const OVERHEAD_BYTES = 256;

export class StoredMessage implements Message {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly properties?: MessageProperties;
  /** Client id of the publisher; undefined for the broker's own. */
  readonly publisher: string | undefined;
  /** Wall clock; 0 where it is not known. Known of what expires, and of what was published to be retained. */
  readonly receivedAtMs: number;
  /** Wall clock, as it must mean the same after a restart; infinity for a message that does not expire. */
  readonly expiresAtMs: number;
  /** What it counts for against the limits. */
  readonly storedBytes: number;

  /** @param receivedAtMs wall clock: when the Message Expiry Interval started to run. */
  constructor(message: Message, publisher: string | undefined, receivedAtMs: number) {
    this.topic = message.topic;
    this.payload = ownPayload(message);
    this.qos = message.qos;
    this.retain = message.retain;
    this.publisher = publisher;
    this.receivedAtMs = receivedAtMs;
    const properties = message.properties;
    if (properties !== undefined) this.properties = ownProperties(properties);
    const expirySeconds = properties?.messageExpiryInterval;
    this.expiresAtMs =
      expirySeconds === undefined ? Number.POSITIVE_INFINITY : receivedAtMs + expirySeconds * 1000;
    this.storedBytes = storedBytesOf(message);
  }

  /** Whether it must not be delivered any more. [MQTT-3.3.2-5] */
  hasExpired(nowMs: number): boolean {
    return this.expiresAtMs <= nowMs;
  }

  /** Message Expiry Interval as of now, seconds, rounded up, 0 at least; undefined if it had none. [MQTT-3.3.2-6] */
  remainingExpirySeconds(nowMs: number): number | undefined {
    if (this.expiresAtMs === Number.POSITIVE_INFINITY) return undefined;
    return Math.max(0, Math.ceil((this.expiresAtMs - nowMs) / 1000));
  }
}

/**
 * A copy of the payload, which is a view of a frame that the transport reuses; or the view itself, where a large packet
 * has bytes of its own, and it holds on to no more than the packet's head beside. Not by `slice`, which copies no Buffer.
 */
function ownPayload(message: Message): Uint8Array {
  const isOwn = message instanceof ReceivedPublish && message.isOwn;
  return isOwn && message.payloadBytes > MAX_COPIED_PAYLOAD_BYTES
    ? message.payload
    : new Uint8Array(message.payload);
}

/** What a message would count for against the limits if it were kept. */
export function storedBytesOf({ topic, payload, properties }: Message): number {
  return OVERHEAD_BYTES + 2 * topic.length + payload.length + propertiesBytes(properties);
}

/** The properties of a message, and no others, with bytes of their own. In the order of section 3.3.2.3. */
export function ownProperties(properties: MessageProperties): MessageProperties {
  const own: MessageProperties = {};
  const { payloadFormatIndicator, messageExpiryInterval, contentType } = properties;
  const { responseTopic, correlationData, userProperties } = properties;
  if (payloadFormatIndicator !== undefined) own.payloadFormatIndicator = payloadFormatIndicator;
  if (messageExpiryInterval !== undefined) own.messageExpiryInterval = messageExpiryInterval;
  if (responseTopic !== undefined) own.responseTopic = responseTopic;
  if (correlationData !== undefined) own.correlationData = new Uint8Array(correlationData);
  if (userProperties !== undefined) own.userProperties = userProperties;
  if (contentType !== undefined) own.contentType = contentType;
  return own;
}

function propertiesBytes(properties: MessageProperties | undefined): number {
  if (properties === undefined) return 0;
  let bytes = properties.correlationData?.length ?? 0;
  bytes += 2 * (properties.contentType?.length ?? 0) + 2 * (properties.responseTopic?.length ?? 0);
  for (const [name, value] of properties.userProperties ?? []) bytes += 2 * (name.length + value.length);
  return bytes;
}
