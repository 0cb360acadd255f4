/**
 * The properties of MQTT 5.0: one table of id, name, type, packets and limits.
 *
 * Section 2.2.2. The table drives decodeProperties.ts and encodeProperties.ts: to add a property is to add a row. What
 * a value means is the broker's business; what values there can be is decided here.
 */
import type { ErrorCode } from './errorCodes.ts';
import type { PacketKind, Properties, UserProperty } from './packets.ts';

/** A will has properties of its own, within CONNECT. */
export type PropertyPlace = PacketKind | 'will';

type PropertyType =
  | 'byte'
  | 'twoByteInteger'
  | 'fourByteInteger'
  | 'variableByteInteger'
  | 'utf8String'
  | 'utf8StringPair'
  | 'binaryData';

export interface PropertyDefinition {
  readonly id: number;
  readonly name: keyof Properties;
  /** As the standard spells it. */
  readonly title: string;
  readonly type: PropertyType;
  readonly places: readonly PropertyPlace[];
  /** Where it may come more than once; the value is then an array. */
  readonly repeatsIn?: readonly PropertyPlace[];
  /** Integers: the largest value allowed, where it is less than the type's. */
  readonly maximum?: number;
  /** Integers: the fault of the value 0, where 0 is not allowed. */
  readonly zeroFault?: ErrorCode;
  /** Strings: a topic name, without wildcards. */
  readonly isTopicName?: boolean;
  /** The section that says which values there are. */
  readonly section: string;
}

const MESSAGE: readonly PropertyPlace[] = ['publish', 'will'];
const REASON: readonly PropertyPlace[] = [
  'connack',
  'puback',
  'pubrec',
  'pubrel',
  'pubcomp',
  'suback',
  'unsuback',
  'disconnect',
  'auth',
];
const ALL: readonly PropertyPlace[] = ['connect', 'publish', 'will', 'subscribe', 'unsubscribe', ...REASON];
const AUTHENTICATION: readonly PropertyPlace[] = ['connect', 'connack', 'auth'];

/** Table 2-4. In the order of identifiers. */
export const propertyTable: readonly PropertyDefinition[] = [
  {
    id: 0x01,
    name: 'payloadFormatIndicator',
    title: 'Payload Format Indicator',
    type: 'byte',
    places: MESSAGE,
    maximum: 1,
    section: '3.3.2.3.2',
  },
  {
    id: 0x02,
    name: 'messageExpiryInterval',
    title: 'Message Expiry Interval',
    type: 'fourByteInteger',
    places: MESSAGE,
    section: '3.3.2.3.3',
  },
  {
    id: 0x03,
    name: 'contentType',
    title: 'Content Type',
    type: 'utf8String',
    places: MESSAGE,
    section: '3.3.2.3.9',
  },
  {
    id: 0x08,
    name: 'responseTopic',
    title: 'Response Topic',
    type: 'utf8String',
    places: MESSAGE,
    isTopicName: true,
    section: '3.3.2.3.5',
  },
  {
    id: 0x09,
    name: 'correlationData',
    title: 'Correlation Data',
    type: 'binaryData',
    places: MESSAGE,
    section: '3.3.2.3.6',
  },
  {
    id: 0x0b,
    name: 'subscriptionIdentifiers',
    title: 'Subscription Identifier',
    type: 'variableByteInteger',
    places: ['publish', 'subscribe'],
    repeatsIn: ['publish'],
    zeroFault: 'subscription-identifier-zero',
    section: '3.8.2.1.2',
  },
  {
    id: 0x11,
    name: 'sessionExpiryInterval',
    title: 'Session Expiry Interval',
    type: 'fourByteInteger',
    places: ['connect', 'connack', 'disconnect'],
    section: '3.1.2.11.2',
  },
  {
    id: 0x12,
    name: 'assignedClientIdentifier',
    title: 'Assigned Client Identifier',
    type: 'utf8String',
    places: ['connack'],
    section: '3.2.2.3.7',
  },
  {
    id: 0x13,
    name: 'serverKeepAlive',
    title: 'Server Keep Alive',
    type: 'twoByteInteger',
    places: ['connack'],
    section: '3.2.2.3.14',
  },
  {
    id: 0x15,
    name: 'authenticationMethod',
    title: 'Authentication Method',
    type: 'utf8String',
    places: AUTHENTICATION,
    section: '3.1.2.11.9',
  },
  {
    id: 0x16,
    name: 'authenticationData',
    title: 'Authentication Data',
    type: 'binaryData',
    places: AUTHENTICATION,
    section: '3.1.2.11.10',
  },
  {
    id: 0x17,
    name: 'requestProblemInformation',
    title: 'Request Problem Information',
    type: 'byte',
    places: ['connect'],
    maximum: 1,
    section: '3.1.2.11.7',
  },
  {
    id: 0x18,
    name: 'willDelayInterval',
    title: 'Will Delay Interval',
    type: 'fourByteInteger',
    places: ['will'],
    section: '3.1.3.2.2',
  },
  {
    id: 0x19,
    name: 'requestResponseInformation',
    title: 'Request Response Information',
    type: 'byte',
    places: ['connect'],
    maximum: 1,
    section: '3.1.2.11.6',
  },
  {
    id: 0x1a,
    name: 'responseInformation',
    title: 'Response Information',
    type: 'utf8String',
    places: ['connack'],
    section: '3.2.2.3.15',
  },
  {
    id: 0x1c,
    name: 'serverReference',
    title: 'Server Reference',
    type: 'utf8String',
    places: ['connack', 'disconnect'],
    section: '3.2.2.3.16',
  },
  {
    id: 0x1f,
    name: 'reasonString',
    title: 'Reason String',
    type: 'utf8String',
    places: REASON,
    section: '3.2.2.3.9',
  },
  {
    id: 0x21,
    name: 'receiveMaximum',
    title: 'Receive Maximum',
    type: 'twoByteInteger',
    places: ['connect', 'connack'],
    zeroFault: 'receive-maximum-zero',
    section: '3.1.2.11.3',
  },
  {
    id: 0x22,
    name: 'topicAliasMaximum',
    title: 'Topic Alias Maximum',
    type: 'twoByteInteger',
    places: ['connect', 'connack'],
    section: '3.1.2.11.5',
  },
  {
    id: 0x23,
    name: 'topicAlias',
    title: 'Topic Alias',
    type: 'twoByteInteger',
    places: ['publish'],
    zeroFault: 'topic-alias-zero',
    section: '3.3.2.3.4',
  },
  {
    id: 0x24,
    name: 'maximumQoS',
    title: 'Maximum QoS',
    type: 'byte',
    places: ['connack'],
    maximum: 1,
    section: '3.2.2.3.4',
  },
  {
    id: 0x25,
    name: 'retainAvailable',
    title: 'Retain Available',
    type: 'byte',
    places: ['connack'],
    maximum: 1,
    section: '3.2.2.3.5',
  },
  {
    id: 0x26,
    name: 'userProperties',
    title: 'User Property',
    type: 'utf8StringPair',
    places: ALL,
    repeatsIn: ALL,
    section: '3.1.2.11.8',
  },
  {
    id: 0x27,
    name: 'maximumPacketSize',
    title: 'Maximum Packet Size',
    type: 'fourByteInteger',
    places: ['connect', 'connack'],
    zeroFault: 'maximum-packet-size-zero',
    section: '3.1.2.11.4',
  },
  {
    id: 0x28,
    name: 'wildcardSubscriptionAvailable',
    title: 'Wildcard Subscription Available',
    type: 'byte',
    places: ['connack'],
    maximum: 1,
    section: '3.2.2.3.11',
  },
  {
    id: 0x29,
    name: 'subscriptionIdentifierAvailable',
    title: 'Subscription Identifier Available',
    type: 'byte',
    places: ['connack'],
    maximum: 1,
    section: '3.2.2.3.12',
  },
  {
    id: 0x2a,
    name: 'sharedSubscriptionAvailable',
    title: 'Shared Subscription Available',
    type: 'byte',
    places: ['connack'],
    maximum: 1,
    section: '3.2.2.3.13',
  },
];

/** Index: the identifier. */
export const definitionOfId: readonly (PropertyDefinition | undefined)[] = Array.from(
  { length: 0x2b },
  (_, id) => propertyTable.find((definition) => definition.id === id),
);

export const definitionOfName: ReadonlyMap<string, PropertyDefinition> = new Map(
  propertyTable.map((definition) => [definition.name, definition]),
);

/** One value as its row's type says. Where the row repeats, the property holds an array of these. */
export type SingleValue = number | string | Uint8Array | UserProperty;

/**
 * Properties as the table sees them: any value under any name. Rows and the typed interface are held together by a
 * test, not by the compiler, so casts between the two stay in the files that the table drives.
 */
export type AnyProperties = { [name in keyof Properties]?: SingleValue | readonly SingleValue[] };

export function describePlace(place: PropertyPlace): string {
  return place === 'will' ? 'the properties of a will' : place.toUpperCase();
}
