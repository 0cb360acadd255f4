/**
 * MQTT.js's errors and negative answers, in the standard's codes and in words for people.
 */
import type { IConnackPacket, IDisconnectPacket, Packet } from 'mqtt';
import { ReasonCode, reasonCodeName, reasonCodeOfReturnCode } from '../mqtt/reasonCodes.ts';
import type { Refusal } from './clientTypes.ts';

/** Undefined for a CONNACK that accepts. */
export function connackRefusal(packet: IConnackPacket): Refusal | undefined {
  const code = packet.reasonCode ?? packet.returnCode ?? ReasonCode.success;
  if (code === ReasonCode.success) return undefined;
  // A broker that knows only 3.1.1 answers a 5.0 CONNECT with a return code of its own version.
  const reasonCode = code < ReasonCode.unspecifiedError ? (reasonCodeOfReturnCode(code) ?? code) : code;
  return refusal(reasonCode, 'connack', packet.properties?.reasonString);
}

export function refusal(
  reasonCode: number,
  packetKind: Packet['cmd'],
  reasonString: string | undefined,
): Refusal {
  return { kind: 'refused', reasonCode, message: reasonString ?? reasonCodeName(reasonCode, packetKind) };
}

export function describeDisconnect(packet: IDisconnectPacket): string {
  const name = reasonCodeName(packet.reasonCode ?? ReasonCode.normalDisconnection, 'disconnect');
  const reasonString = packet.properties?.reasonString;
  return `the broker disconnected: ${name}${reasonString === undefined ? '' : ` (${reasonString})`}`;
}

export function describeError(error: Error): string {
  // Node tries every address of a name, and tells of the failures together, without a message of its own.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return first instanceof Error && first.message !== '' ? first.message : String(first);
}
