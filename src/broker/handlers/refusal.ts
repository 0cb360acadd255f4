/** CONNECT refused: a CONNACK that says why, in the words that the client's version has, and the end. Section 3.2. */
import type { ConnackPacket, ConnectPacket, ProtocolVersion } from '../../mqtt/packets.ts';
import { ProtocolError } from '../../mqtt/protocolError.ts';
import { isReasonCodeOf, ReasonCode } from '../../mqtt/reasonCodes.ts';
import type { Connection } from '../connection.ts';
import type { DisconnectCause } from '../observer.ts';
import { reasonProperties } from '../outgoingPacket.ts';

/**
 * [MQTT-3.1.4-1] 3.1.1 is closed without a CONNACK, unless the fault is the protocol level [MQTT-3.1.2-2]; 5.0 may be
 * told. What did not get as far as its version, or is not even MQTT by name, is told nothing [MQTT-3.1.2-1].
 */
export function refuseMalformed(connection: Connection, error: unknown): void {
  if (!(error instanceof ProtocolError) || error.packetKind !== 'connect') throw error;
  const { protocolVersion } = error;
  const mayAnswer = protocolVersion === 5 || error.code === 'protocol-version-unsupported';
  if (protocolVersion === undefined || !mayAnswer) throw error;
  const { reasonCode, message } = error;
  refuse(connection, protocolVersion, { reasonCode, message }, { kind: 'protocolError', error });
}

/** What a refusal says. The last two are properties of CONNACK in 5.0. */
export interface RefusalWords {
  reasonCode: number;
  message: string;
  /** With 0x9C and 0x9D. */
  serverReference?: string;
  authenticationData?: Uint8Array;
}

/** @param username who the client says it is, where it is refused for that. */
export function refuseConnect(
  connection: Connection,
  connect: ConnectPacket,
  words: RefusalWords,
  username?: string,
): void {
  const { reasonCode, message } = words;
  const cause = {
    kind: 'refused',
    reasonCode,
    message,
    ...(username !== undefined && { username }),
  } as const;
  refuse(connection, connect.protocolVersion, words, cause, connect);
}

/** A fault between a CONNECT of 5.0 and its CONNACK, which has not every reason code that a fault can have. */
export function refuseProtocolError(
  connection: Connection,
  connect: ConnectPacket,
  error: ProtocolError,
): void {
  const isForConnack = isReasonCodeOf('connack', error.reasonCode);
  const reasonCode = isForConnack ? error.reasonCode : ReasonCode.protocolError;
  const cause = { kind: 'protocolError', error } as const;
  refuse(connection, connect.protocolVersion, { reasonCode, message: error.message }, cause, connect);
}

function refuse(
  connection: Connection,
  protocolVersion: ProtocolVersion,
  words: RefusalWords,
  cause: DisconnectCause,
  connect?: ConnectPacket,
): void {
  const { reasonCode, message, serverReference, authenticationData } = words;
  // Session Present is 0. [MQTT-3.2.2-6] [MQTT-3.2.2-4 of 3.1.1]
  const connack: ConnackPacket = { kind: 'connack', sessionPresent: false, reasonCode };
  if (protocolVersion === 5) {
    const authenticationMethod = connect?.properties?.authenticationMethod;
    connack.properties = {
      ...reasonProperties(message),
      ...(serverReference !== undefined && { serverReference }),
      ...(authenticationMethod !== undefined &&
        authenticationData !== undefined && { authenticationMethod, authenticationData }),
    };
  }
  const { maximumPacketSize = Number.POSITIVE_INFINITY } = connect?.properties ?? {};
  connection.refuse(connack, protocolVersion, maximumPacketSize, cause);
}
