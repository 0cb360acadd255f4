/** AUTH, as both authentications have it: the first, before CONNACK, and any that follow. Section 3.15. */
import { protocolError } from '../../mqtt/errorCodes.ts';
import { quoted } from '../../mqtt/faultText.ts';
import type { AuthPacket } from '../../mqtt/packets.ts';
import type { ReasonCode } from '../../mqtt/reasonCodes.ts';
import { reasonProperties } from '../outgoingPacket.ts';

type AuthReasonCode = typeof ReasonCode.success | typeof ReasonCode.continueAuthentication;

/** An AUTH from the server. [MQTT-3.15.2-1] [MQTT-4.12.0-2] [MQTT-4.12.0-5] */
export function authPacket(
  reasonCode: AuthReasonCode,
  authenticationMethod: string,
  { data, message }: { data?: Uint8Array; message?: string },
): AuthPacket {
  return {
    kind: 'auth',
    reasonCode,
    properties: {
      authenticationMethod,
      ...(data !== undefined && { authenticationData: data }),
      ...(message !== undefined && reasonProperties(message)),
    },
  };
}

/**
 * The Authentication Data of an AUTH that comes in its turn, as a copy.
 *
 * @throws ProtocolError for another reason code than the one whose turn it is, and for another method.
 */
export function dataOfAuth(
  { reasonCode, properties }: AuthPacket,
  expected: { reasonCode: number; method: string; clause: string },
): Uint8Array | undefined {
  if (reasonCode !== expected.reasonCode) {
    // [MQTT-4.12.0-3]
    throw authOutOfTurn(
      `AUTH came with reason code ${hexCode(reasonCode)}, where ${hexCode(expected.reasonCode)} is what follows.`,
    );
  }
  const method = properties?.authenticationMethod;
  if (method !== expected.method) {
    throw protocolError('authentication-method-changed', 5, {
      packetKind: 'auth',
      message: `AUTH names the method ${quoted(method ?? '')}, and CONNECT named ${quoted(expected.method)}.`,
      clause: expected.clause,
    });
  }
  const data = properties?.authenticationData;
  return data === undefined ? undefined : new Uint8Array(data);
}

export function authOutOfTurn(message: string): Error {
  return protocolError('auth-out-of-turn', 5, { packetKind: 'auth', message });
}

function hexCode(reasonCode: number): string {
  return `0x${reasonCode.toString(16).padStart(2, '0').toUpperCase()}`;
}
