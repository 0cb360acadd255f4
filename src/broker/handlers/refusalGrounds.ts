/**
 * Why a CONNECT is refused, beside what the access policy says. Sections 3.1.4 and 3.2.2.
 *
 * Owns the reasons, in the order in which they count, and the words for them. What is done about one is
 * handlers/connect.ts's, how it is said refusal.ts's.
 */
import { quoted } from '../../mqtt/faultText.ts';
import type { ConnackPacket, ConnectPacket } from '../../mqtt/packets.ts';
import { payloadFormatProblem } from '../../mqtt/payloadFormat.ts';
import { ReasonCode } from '../../mqtt/reasonCodes.ts';
import type { Connection } from '../connection.ts';
import type { LimitName } from '../limits.ts';
import { encodeWithin } from '../outgoingPacket.ts';
import type { RefusalWords } from './refusal.ts';

/** Why a CONNECT is refused. */
export interface Grounds extends RefusalWords {
  /** The limit that was met, unless it was counted before. */
  readonly limit?: LimitName;
}

/** What speaks against it before anyone is asked who the client is. */
export function groundsBeforeCheck(connection: Connection, connect: ConnectPacket): Grounds | undefined {
  const { context } = connection.services;
  const { limits, counters, redirect } = context;
  if (redirect !== undefined) {
    const elsewhere = redirect.reasonCode === ReasonCode.serverMoved ? 'has moved to' : 'sends clients to';
    return { ...redirect, message: `This broker ${elsewhere} ${redirect.serverReference}.` };
  }
  if (connection.isTooMany) {
    return {
      reasonCode: ReasonCode.connectionRateExceeded,
      message: `More than ${limits.maxConnectionsPerSecond} connections a second came, and that is the limit: try again in some seconds.`,
    };
  }
  const noRoom = connection.transport.refusal;
  if (noRoom !== undefined) return { reasonCode: ReasonCode.serverBusy, message: noRoom };
  const method = connect.properties?.authenticationMethod;
  const methods = context.policy.authenticationMethods;
  if (method !== undefined && methods?.has(method) !== true) {
    const known = methods === undefined ? 'there is none' : `${[...methods.keys()].join(', ')} is`;
    // [MQTT-4.12.0-1]
    return {
      reasonCode: ReasonCode.badAuthenticationMethod,
      message: `The authentication method ${quoted(method)} is not known here; ${known}.`,
    };
  }
  if (connect.clientId === '' && !mayBeAssigned(connect)) {
    const message =
      connect.protocolVersion === 3
        ? 'The client identifier is empty, and MQTT 3.1 needs one.'
        : 'The client identifier is empty and Clean Session is 0: a session that is to last needs a name.';
    return { reasonCode: ReasonCode.clientIdentifierNotValid, message };
  }
  const { will } = connect;
  if (will !== undefined && will.qos > limits.maximumQoS) {
    // [MQTT-3.2.2-12]
    return {
      reasonCode: ReasonCode.qosNotSupported,
      message: `The will is of QoS ${will.qos}, and ${limits.maximumQoS} is the highest here.`,
      limit: 'maximumQoS',
    };
  }
  if (will?.retain === true && limits.maxRetainedMessages === 0) {
    // [MQTT-3.2.2-13]
    return {
      reasonCode: ReasonCode.retainNotSupported,
      message: 'The will is to be retained, and no messages are retained here.',
      limit: 'maxRetainedMessages',
    };
  }
  if (will !== undefined && context.checkPayloadFormat) {
    const problem = payloadFormatProblem(will.payload, will.properties);
    if (problem !== undefined)
      return { reasonCode: ReasonCode.payloadFormatInvalid, message: `Of the will: ${problem}` };
  }
  if (counters.connections > limits.maxConnections) {
    return {
      reasonCode: ReasonCode.serverBusy,
      message: `${limits.maxConnections} connections are open, and that is the limit.`,
      limit: 'maxConnections',
    };
  }
  return undefined;
}

/**
 * What speaks against it when it is known who the client is: asked in the turn in which its session is opened, as any
 * number of clients may have been checked at the same time.
 *
 * @param connack that it would get; whether its session is present is not known yet, and no matter of size.
 */
export function groundsAfterCheck(
  { services: { context, sessions } }: Connection,
  { protocolVersion, properties }: ConnectPacket,
  clientId: string,
  connack: ConnackPacket,
): Grounds | undefined {
  const { maxSessions } = context.limits;
  if (sessions.size >= maxSessions && sessions.get(clientId) === undefined) {
    return {
      reasonCode: ReasonCode.quotaExceeded,
      message: `${maxSessions} sessions are held, and that is the limit.`,
      limit: 'maxSessions',
    };
  }
  const { maximumPacketSize = Number.POSITIVE_INFINITY } = properties ?? {};
  if (encodeWithin(connack, protocolVersion, maximumPacketSize) === undefined) {
    return {
      reasonCode: ReasonCode.packetTooLarge,
      message: `The client takes packets of ${maximumPacketSize} bytes at most: not even its CONNACK.`,
    };
  }
  return undefined;
}

/** Whether the broker names a client that has no name. [MQTT-3.1.3-6] [MQTT-3.1.3-7 of 3.1.1] */
function mayBeAssigned(connect: ConnectPacket): boolean {
  return connect.protocolVersion === 5 || (connect.protocolVersion === 4 && connect.cleanStart);
}
