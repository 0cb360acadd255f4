/**
 * The reason codes of MQTT 5.0: their values, the standard's names for them, and which packet may carry which.
 *
 * One table, section 2.4. Also the way between them and the six return codes of a CONNACK in 3.1 and 3.1.1.
 */
import type { PacketKind } from './packets.ts';

/** By the standard's names. Where one value has several names (0x00), each is here. */
export const ReasonCode = {
  success: 0x00,
  normalDisconnection: 0x00,
  grantedQoS0: 0x00,
  grantedQoS1: 0x01,
  grantedQoS2: 0x02,
  disconnectWithWillMessage: 0x04,
  noMatchingSubscribers: 0x10,
  noSubscriptionExisted: 0x11,
  continueAuthentication: 0x18,
  reAuthenticate: 0x19,
  unspecifiedError: 0x80,
  malformedPacket: 0x81,
  protocolError: 0x82,
  implementationSpecificError: 0x83,
  unsupportedProtocolVersion: 0x84,
  clientIdentifierNotValid: 0x85,
  badUserNameOrPassword: 0x86,
  notAuthorized: 0x87,
  serverUnavailable: 0x88,
  serverBusy: 0x89,
  banned: 0x8a,
  serverShuttingDown: 0x8b,
  badAuthenticationMethod: 0x8c,
  keepAliveTimeout: 0x8d,
  sessionTakenOver: 0x8e,
  topicFilterInvalid: 0x8f,
  topicNameInvalid: 0x90,
  packetIdentifierInUse: 0x91,
  packetIdentifierNotFound: 0x92,
  receiveMaximumExceeded: 0x93,
  topicAliasInvalid: 0x94,
  packetTooLarge: 0x95,
  messageRateTooHigh: 0x96,
  quotaExceeded: 0x97,
  administrativeAction: 0x98,
  payloadFormatInvalid: 0x99,
  retainNotSupported: 0x9a,
  qosNotSupported: 0x9b,
  useAnotherServer: 0x9c,
  serverMoved: 0x9d,
  sharedSubscriptionsNotSupported: 0x9e,
  connectionRateExceeded: 0x9f,
  maximumConnectTime: 0xa0,
  subscriptionIdentifiersNotSupported: 0xa1,
  wildcardSubscriptionsNotSupported: 0xa2,
} as const;

type Row = readonly [code: number, name: string, packets: readonly PacketKind[]];

/** Table 2-6 of section 2.4. */
const rows: readonly Row[] = [
  [0x00, 'Success', ['connack', 'puback', 'pubrec', 'pubrel', 'pubcomp', 'unsuback', 'auth']],
  [0x00, 'Normal disconnection', ['disconnect']],
  [0x00, 'Granted QoS 0', ['suback']],
  [0x01, 'Granted QoS 1', ['suback']],
  [0x02, 'Granted QoS 2', ['suback']],
  [0x04, 'Disconnect with Will Message', ['disconnect']],
  [0x10, 'No matching subscribers', ['puback', 'pubrec']],
  [0x11, 'No subscription existed', ['unsuback']],
  [0x18, 'Continue authentication', ['auth']],
  [0x19, 'Re-authenticate', ['auth']],
  [0x80, 'Unspecified error', ['connack', 'puback', 'pubrec', 'suback', 'unsuback', 'disconnect']],
  [0x81, 'Malformed Packet', ['connack', 'disconnect']],
  [0x82, 'Protocol Error', ['connack', 'disconnect']],
  [
    0x83,
    'Implementation specific error',
    ['connack', 'puback', 'pubrec', 'suback', 'unsuback', 'disconnect'],
  ],
  [0x84, 'Unsupported Protocol Version', ['connack']],
  [0x85, 'Client Identifier not valid', ['connack']],
  [0x86, 'Bad User Name or Password', ['connack']],
  [0x87, 'Not authorized', ['connack', 'puback', 'pubrec', 'suback', 'unsuback', 'disconnect']],
  [0x88, 'Server unavailable', ['connack']],
  [0x89, 'Server busy', ['connack', 'disconnect']],
  [0x8a, 'Banned', ['connack']],
  [0x8b, 'Server shutting down', ['disconnect']],
  [0x8c, 'Bad authentication method', ['connack', 'disconnect']],
  [0x8d, 'Keep Alive timeout', ['disconnect']],
  [0x8e, 'Session taken over', ['disconnect']],
  [0x8f, 'Topic Filter invalid', ['suback', 'unsuback', 'disconnect']],
  [0x90, 'Topic Name invalid', ['connack', 'puback', 'pubrec', 'disconnect']],
  [0x91, 'Packet Identifier in use', ['puback', 'pubrec', 'suback', 'unsuback']],
  [0x92, 'Packet Identifier not found', ['pubrel', 'pubcomp']],
  [0x93, 'Receive Maximum exceeded', ['disconnect']],
  [0x94, 'Topic Alias invalid', ['disconnect']],
  [0x95, 'Packet too large', ['connack', 'disconnect']],
  [0x96, 'Message rate too high', ['disconnect']],
  [0x97, 'Quota exceeded', ['connack', 'puback', 'pubrec', 'suback', 'disconnect']],
  [0x98, 'Administrative action', ['disconnect']],
  [0x99, 'Payload format invalid', ['connack', 'puback', 'pubrec', 'disconnect']],
  [0x9a, 'Retain not supported', ['connack', 'disconnect']],
  [0x9b, 'QoS not supported', ['connack', 'disconnect']],
  [0x9c, 'Use another server', ['connack', 'disconnect']],
  [0x9d, 'Server moved', ['connack', 'disconnect']],
  [0x9e, 'Shared Subscriptions not supported', ['suback', 'disconnect']],
  [0x9f, 'Connection rate exceeded', ['connack', 'disconnect']],
  [0xa0, 'Maximum connect time', ['disconnect']],
  [0xa1, 'Subscription Identifiers not supported', ['suback', 'disconnect']],
  [0xa2, 'Wildcard Subscriptions not supported', ['suback', 'disconnect']],
];

/**
 * The standard's name, for people. Some values are named differently by packet: 0x00 is "Normal disconnection" in a
 * DISCONNECT. A value that the standard does not have is "Unknown reason code 0x..".
 */
export function reasonCodeName(code: number, packetKind?: PacketKind): string {
  let name: string | undefined;
  for (const [rowCode, rowName, packets] of rows) {
    if (rowCode !== code) continue;
    if (packetKind !== undefined && packets.includes(packetKind)) return rowName;
    name ??= rowName;
  }
  return name ?? `Unknown reason code 0x${code.toString(16).padStart(2, '0').toUpperCase()}`;
}

/** Whether this kind of packet may carry the code. False for kinds that carry none. */
export function isReasonCodeOf(packetKind: PacketKind, code: number): boolean {
  return codesByKind.get(packetKind)?.has(code) ?? false;
}

/** Whether a DISCONNECT of this code may come from a server only. Table 3-10. */
export function isServerDisconnectCode(code: number): boolean {
  return serverDisconnectCodes.has(code);
}

const serverDisconnectCodes: ReadonlySet<number> = new Set([
  ReasonCode.notAuthorized,
  ReasonCode.serverBusy,
  ReasonCode.serverShuttingDown,
  ReasonCode.keepAliveTimeout,
  ReasonCode.sessionTakenOver,
  ReasonCode.topicFilterInvalid,
  ReasonCode.retainNotSupported,
  ReasonCode.qosNotSupported,
  ReasonCode.useAnotherServer,
  ReasonCode.serverMoved,
  ReasonCode.sharedSubscriptionsNotSupported,
  ReasonCode.connectionRateExceeded,
  ReasonCode.maximumConnectTime,
  ReasonCode.subscriptionIdentifiersNotSupported,
  ReasonCode.wildcardSubscriptionsNotSupported,
]);

const codesByKind: ReadonlyMap<PacketKind, ReadonlySet<number>> = indexByKind();

function indexByKind(): Map<PacketKind, Set<number>> {
  const index = new Map<PacketKind, Set<number>>();
  for (const [code, , packets] of rows) {
    for (const kind of packets) {
      const codes = index.get(kind) ?? new Set();
      index.set(kind, codes.add(code));
    }
  }
  return index;
}

/**
 * The return code, 0 to 5, that says to a 3.1 or 3.1.1 client what a 5.0 CONNACK's reason code says. Section 3.2.2.3
 * of 3.1.1. What the old versions have no word for becomes 3, server unavailable: a client may try again later.
 */
export function connackReturnCode(reasonCode: number): number {
  switch (reasonCode) {
    case ReasonCode.success:
      return 0;
    case ReasonCode.unsupportedProtocolVersion:
      return 1;
    case ReasonCode.clientIdentifierNotValid:
      return 2;
    case ReasonCode.badUserNameOrPassword:
      return 4;
    case ReasonCode.notAuthorized:
    case ReasonCode.banned:
    case ReasonCode.badAuthenticationMethod:
      return 5;
    default:
      return 3;
  }
}

/** The 5.0 reason code for a 3.1 or 3.1.1 return code; undefined for 6 and above, which are reserved. */
export function reasonCodeOfReturnCode(returnCode: number): number | undefined {
  return reasonCodesOfReturnCodes[returnCode];
}

const reasonCodesOfReturnCodes: readonly number[] = [
  ReasonCode.success,
  ReasonCode.unsupportedProtocolVersion,
  ReasonCode.clientIdentifierNotValid,
  ReasonCode.serverUnavailable,
  ReasonCode.badUserNameOrPassword,
  ReasonCode.notAuthorized,
];
