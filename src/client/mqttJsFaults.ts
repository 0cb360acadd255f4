/**
 * MQTT.js's errors and negative answers, in the standard's codes and in words for people.
 */
import { ErrorWithReasonCode, type IConnackPacket, type IDisconnectPacket, type Packet } from 'mqtt';
import { ReasonCode, reasonCodeName, reasonCodeOfReturnCode } from '../mqtt/reasonCodes.ts';
import type { Failure, Refusal, UnsubscribeOutcome } from './clientTypes.ts';

type SubackPacket = Extract<Packet, { cmd: 'suback' }>;

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

/** The broker may think otherwise in a while. Other refusals hold until somebody changes something. */
export function isPassing(reasonCode: number): boolean {
  return passingRefusals.includes(reasonCode);
}

const passingRefusals: readonly number[] = [
  ReasonCode.serverUnavailable,
  ReasonCode.serverBusy,
  ReasonCode.quotaExceeded,
  ReasonCode.connectionRateExceeded,
];

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

/** Node's or OpenSSL's; empty where there is none. */
export function codeOfError(error: Error): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const code: unknown = first instanceof Error && 'code' in first ? first.code : undefined;
  return typeof code === 'string' ? code : '';
}

/** The connection was closed before the CONNACK. */
export function unansweredFailure(error: Error | undefined): Failure {
  const fault = { stage: 'mqtt', code: codeOf(error) } as const;
  const message = error ? describeError(error) : 'the broker closed the connection without an answer';
  return { kind: 'failed', message, fault };
}

function codeOf(error: Error | undefined): string {
  // MQTT.js's own, and without a code.
  if (error?.message === 'connack timeout') return 'TIMEOUT';
  return error !== undefined && 'code' in error && typeof error.code === 'string' ? error.code : 'NO_CONNACK';
}

export function outcomeOf(error: Error, packet: Packet | undefined): Refusal | Failure {
  if (!(error instanceof ErrorWithReasonCode) || packet === undefined)
    return { kind: 'failed', message: describeError(error) };
  const reasonString =
    packet.cmd === 'puback' || packet.cmd === 'pubrec' ? packet.properties?.reasonString : undefined;
  return refusal(error.code, packet.cmd, reasonString);
}

export function subackRefusal(packet: SubackPacket | undefined): Refusal | undefined {
  const code = packet?.granted[0];
  if (typeof code !== 'number' || code < ReasonCode.unspecifiedError) return undefined;
  return refusal(code, 'suback', packet?.properties?.reasonString);
}

export function unsubackOutcome(packet: Packet | undefined): UnsubscribeOutcome {
  // Before 5.0 an UNSUBACK has no codes, and MQTT.js no list of them, whatever its types say.
  const granted: readonly number[] | undefined = packet?.cmd === 'unsuback' ? packet.granted : undefined;
  const code = granted?.[0];
  if (code === ReasonCode.noSubscriptionExisted) return { kind: 'notSubscribed' };
  if (code === undefined || code < ReasonCode.unspecifiedError) return { kind: 'unsubscribed' };
  return refusal(code, 'unsuback', undefined);
}
