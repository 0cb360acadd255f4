/**
 * MQTT 5.0 properties in the standard's names and types, to and from MQTT.js's.
 *
 * The one place that knows how MQTT.js spells them. A limit of its parser that can't be mended from here: user
 * properties that come in are grouped by name, so the order between different names is lost where a name repeats or
 * looks like a number, and an empty first value of a repeated name is dropped. Sent ones keep their order.
 */
import type { IClientPublishOptions, IConnackPacket, IPublishPacket } from 'mqtt';
import type { MessageProperties, Properties, UserProperty } from '../mqtt/packets.ts';

type MqttJsProperties = NonNullable<IClientPublishOptions['properties']>;
type MqttJsUserProperties = NonNullable<MqttJsProperties['userProperties']>;

/** What a delivered message carries. */
export type DeliveredProperties = MessageProperties & Pick<Properties, 'subscriptionIdentifiers'>;

/**
 * What a 5.0 broker says in its CONNACK of itself and of the connection. What is absent has the standard's default
 * (section 3.2.2.3): no limit but the protocol's own, and everything available.
 */
export interface Announced {
  /** Seconds: another than was asked for. */
  sessionExpiryInterval?: number;
  receiveMaximum?: number;
  maximumQoS?: number;
  retainAvailable?: boolean;
  /** Bytes. */
  maximumPacketSize?: number;
  assignedClientIdentifier?: string;
  topicAliasMaximum?: number;
  reasonString?: string;
  wildcardSubscriptionAvailable?: boolean;
  subscriptionIdentifiersAvailable?: boolean;
  sharedSubscriptionAvailable?: boolean;
  /** Seconds: holds in place of what was asked for. */
  serverKeepAlive?: number;
  responseInformation?: string;
  serverReference?: string;
  userProperties?: readonly UserProperty[];
}

export function announcedOf(properties: IConnackPacket['properties'] = {}): Announced {
  const { authenticationMethod: _method, authenticationData: _data, userProperties, ...others } = properties;
  return {
    ...others,
    ...(userProperties !== undefined && { userProperties: fromMqttJsUserProperties(userProperties) }),
  };
}

export function toMqttJsProperties(properties: MessageProperties): MqttJsProperties {
  const result: MqttJsProperties = {};
  if (properties.payloadFormatIndicator !== undefined)
    result.payloadFormatIndicator = properties.payloadFormatIndicator === 1;
  if (properties.messageExpiryInterval !== undefined)
    result.messageExpiryInterval = properties.messageExpiryInterval;
  if (properties.contentType !== undefined) result.contentType = properties.contentType;
  if (properties.responseTopic !== undefined) result.responseTopic = properties.responseTopic;
  if (properties.correlationData !== undefined) result.correlationData = asBuffer(properties.correlationData);
  if (properties.userProperties !== undefined && properties.userProperties.length > 0)
    result.userProperties = toMqttJsUserProperties(properties.userProperties);
  return result;
}

/** Undefined when there are none. Byte fields share the packet's memory. */
export function fromMqttJsProperties(
  properties: IPublishPacket['properties'],
): DeliveredProperties | undefined {
  if (properties === undefined) return undefined;
  const result: DeliveredProperties = {};
  if (properties.payloadFormatIndicator !== undefined)
    result.payloadFormatIndicator = properties.payloadFormatIndicator ? 1 : 0;
  if (properties.messageExpiryInterval !== undefined)
    result.messageExpiryInterval = properties.messageExpiryInterval;
  if (properties.contentType !== undefined) result.contentType = properties.contentType;
  if (properties.responseTopic !== undefined) result.responseTopic = properties.responseTopic;
  if (properties.correlationData !== undefined) result.correlationData = properties.correlationData;
  if (properties.userProperties !== undefined)
    result.userProperties = fromMqttJsUserProperties(properties.userProperties);
  if (properties.subscriptionIdentifier !== undefined)
    result.subscriptionIdentifiers = [properties.subscriptionIdentifier].flat();
  return Object.keys(result).length === 0 ? undefined : result;
}

/** The bytes as the Buffer that MQTT.js wants, without a copy. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * MQTT.js takes an object of names, which would lose the order. Its encoder writes an array of such objects one after
 * the other, as it does for every property that may repeat; its types do not say so, a test does.
 */
export function toMqttJsUserProperties(pairs: readonly UserProperty[]): MqttJsUserProperties {
  const objects = pairs.map(([name, value]) => ({ [name]: value }));
  return objects as unknown as MqttJsUserProperties;
}

function fromMqttJsUserProperties(grouped: MqttJsUserProperties): UserProperty[] {
  return Object.entries(grouped).flatMap(([name, values]) =>
    [values].flat().map((value): UserProperty => [name, value]),
  );
}
