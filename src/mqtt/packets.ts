/**
 * The fifteen MQTT control packets as plain values, for 3.1, 3.1.1 and 5.0.
 *
 * Owns the vocabulary: every other room speaks of packets in these types. Knows nothing of bytes (see decode.ts,
 * encode.ts) and nothing of sessions. One shape serves all versions: what a version does not have is absent
 * (`properties`) or has the value that the older version implies (`reasonCode: 0`), so that the broker's logic
 * does not branch on versions where the standards agree.
 */

/** Protocol level of CONNECT: 3 is MQTT 3.1 ("MQIsdp"), 4 is 3.1.1, 5 is 5.0. */
export type ProtocolVersion = 3 | 4 | 5;

export type QoS = 0 | 1 | 2;

/** 1 to 65,535. [MQTT-2.3.1-1] [MQTT-2.2.1-3] */
export type PacketId = number;

/** A name and a value, in the order sent. The same name may come more than once. [MQTT-3.1.3-10] [MQTT-3.3.2-18] */
export type UserProperty = readonly [name: string, value: string];

/**
 * Every property of MQTT 5.0, section 2.2.2.2. Which packet may carry which is in properties.ts, and is enforced by
 * decode; a packet's own type narrows to the ones that it may have.
 */
export interface Properties {
  /** 0: unspecified bytes, 1: UTF-8 text. */
  payloadFormatIndicator?: 0 | 1;
  /** Seconds, 0 to 4,294,967,295. */
  messageExpiryInterval?: number;
  contentType?: string;
  responseTopic?: string;
  correlationData?: Uint8Array;
  /** 1 to 268,435,455. One from a client in SUBSCRIBE, any number from a server in PUBLISH. */
  subscriptionIdentifiers?: readonly number[];
  /** Seconds; 4,294,967,295 never expires. */
  sessionExpiryInterval?: number;
  assignedClientIdentifier?: string;
  /** Seconds, 0 to 65,535. */
  serverKeepAlive?: number;
  authenticationMethod?: string;
  authenticationData?: Uint8Array;
  requestProblemInformation?: 0 | 1;
  /** Seconds. */
  willDelayInterval?: number;
  requestResponseInformation?: 0 | 1;
  responseInformation?: string;
  serverReference?: string;
  reasonString?: string;
  /** 1 to 65,535. */
  receiveMaximum?: number;
  /** 0 to 65,535. */
  topicAliasMaximum?: number;
  /** 1 to 65,535. */
  topicAlias?: number;
  maximumQoS?: 0 | 1;
  retainAvailable?: 0 | 1;
  userProperties?: readonly UserProperty[];
  /** Bytes, 1 to 4,294,967,295. */
  maximumPacketSize?: number;
  wildcardSubscriptionAvailable?: 0 | 1;
  subscriptionIdentifierAvailable?: 0 | 1;
  sharedSubscriptionAvailable?: 0 | 1;
}

/** The properties that belong to an application message and travel with it from publisher to subscriber. */
export type MessageProperties = Pick<
  Properties,
  | 'payloadFormatIndicator'
  | 'messageExpiryInterval'
  | 'contentType'
  | 'responseTopic'
  | 'correlationData'
  | 'userProperties'
>;

export interface Will {
  topic: string;
  payload: Uint8Array;
  qos: QoS;
  retain: boolean;
  properties?: MessageProperties & Pick<Properties, 'willDelayInterval'>;
}

export interface ConnectPacket {
  kind: 'connect';
  protocolVersion: ProtocolVersion;
  /** Clean Session in 3.1 and 3.1.1. */
  cleanStart: boolean;
  /** Seconds, 0 to 65,535; 0 turns keep alive off. */
  keepAliveSeconds: number;
  /** May be empty: the server then assigns one. */
  clientId: string;
  will?: Will;
  username?: string;
  password?: Uint8Array;
  properties?: Pick<
    Properties,
    | 'sessionExpiryInterval'
    | 'receiveMaximum'
    | 'maximumPacketSize'
    | 'topicAliasMaximum'
    | 'requestResponseInformation'
    | 'requestProblemInformation'
    | 'userProperties'
    | 'authenticationMethod'
    | 'authenticationData'
  >;
}

export interface ConnackPacket {
  kind: 'connack';
  sessionPresent: boolean;
  /** A 5.0 reason code. For 3.1 and 3.1.1 encode maps it to their six return codes. */
  reasonCode: number;
  properties?: Pick<
    Properties,
    | 'sessionExpiryInterval'
    | 'receiveMaximum'
    | 'maximumQoS'
    | 'retainAvailable'
    | 'maximumPacketSize'
    | 'assignedClientIdentifier'
    | 'topicAliasMaximum'
    | 'reasonString'
    | 'userProperties'
    | 'wildcardSubscriptionAvailable'
    | 'subscriptionIdentifierAvailable'
    | 'sharedSubscriptionAvailable'
    | 'serverKeepAlive'
    | 'responseInformation'
    | 'serverReference'
    | 'authenticationMethod'
    | 'authenticationData'
  >;
}

export interface PublishPacket {
  kind: 'publish';
  /** Empty only in 5.0 with a topic alias. */
  topic: string;
  payload: Uint8Array;
  qos: QoS;
  retain: boolean;
  dup: boolean;
  /** Present exactly when qos is 1 or 2. */
  packetId?: PacketId;
  properties?: MessageProperties & Pick<Properties, 'topicAlias' | 'subscriptionIdentifiers'>;
}

type ReasonProperties = Pick<Properties, 'reasonString' | 'userProperties'>;

/** PUBACK, PUBREC, PUBREL and PUBCOMP have one shape. */
interface Acknowledgement<Kind extends string> {
  kind: Kind;
  packetId: PacketId;
  /** 0 in 3.1 and 3.1.1, which have none. */
  reasonCode: number;
  properties?: ReasonProperties;
}

export type PubackPacket = Acknowledgement<'puback'>;
export type PubrecPacket = Acknowledgement<'pubrec'>;
export type PubrelPacket = Acknowledgement<'pubrel'>;
export type PubcompPacket = Acknowledgement<'pubcomp'>;

/** 0: send retained messages at subscribe, 1: only if the subscription is new, 2: never. */
export type RetainHandling = 0 | 1 | 2;

export interface SubscriptionRequest {
  topicFilter: string;
  qos: QoS;
  /** The three options below are false, false and 0 in 3.1 and 3.1.1. */
  noLocal: boolean;
  retainAsPublished: boolean;
  retainHandling: RetainHandling;
}

export interface SubscribePacket {
  kind: 'subscribe';
  packetId: PacketId;
  /** One at least. [MQTT-3.8.3-3] */
  subscriptions: readonly SubscriptionRequest[];
  properties?: Pick<Properties, 'subscriptionIdentifiers' | 'userProperties'>;
}

export interface SubackPacket {
  kind: 'suback';
  packetId: PacketId;
  /** One a topic filter, in order: 0, 1, 2 grant a QoS, 0x80 and above refuse. [MQTT-3.9.3-1] */
  reasonCodes: readonly number[];
  properties?: ReasonProperties;
}

export interface UnsubscribePacket {
  kind: 'unsubscribe';
  packetId: PacketId;
  topicFilters: readonly string[];
  properties?: Pick<Properties, 'userProperties'>;
}

export interface UnsubackPacket {
  kind: 'unsuback';
  packetId: PacketId;
  /** One a topic filter, in order. Not sent in 3.1 and 3.1.1. [MQTT-3.11.3-1] */
  reasonCodes: readonly number[];
  properties?: ReasonProperties;
}

export interface PingreqPacket {
  kind: 'pingreq';
}

export interface PingrespPacket {
  kind: 'pingresp';
}

export interface DisconnectPacket {
  kind: 'disconnect';
  /** 0 in 3.1 and 3.1.1, which have none. */
  reasonCode: number;
  properties?: Pick<
    Properties,
    'sessionExpiryInterval' | 'reasonString' | 'userProperties' | 'serverReference'
  >;
}

export interface AuthPacket {
  kind: 'auth';
  reasonCode: number;
  properties?: Pick<
    Properties,
    'authenticationMethod' | 'authenticationData' | 'reasonString' | 'userProperties'
  >;
}

export type Packet =
  | ConnectPacket
  | ConnackPacket
  | PublishPacket
  | PubackPacket
  | PubrecPacket
  | PubrelPacket
  | PubcompPacket
  | SubscribePacket
  | SubackPacket
  | UnsubscribePacket
  | UnsubackPacket
  | PingreqPacket
  | PingrespPacket
  | DisconnectPacket
  | AuthPacket;

export type PacketKind = Packet['kind'];
