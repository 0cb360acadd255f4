/**
 * What is wrong with a packet, as the decoder says it, with what the standard asks and what usually causes it.
 */
import { decode } from '../mqtt/decode.ts';
import type { ErrorCode } from '../mqtt/errorCodes.ts';
import { FrameReader } from '../mqtt/frameReader.ts';
import type { ProtocolVersion } from '../mqtt/packets.ts';
import { ProtocolError } from '../mqtt/protocolError.ts';
import { faultCauses } from './faultCauses.ts';
import { faultyBits } from './faultyBits.ts';

export interface PacketFault {
  /** The byte that broke it, from the first of the fixed header; 0 for a fault of behaviour, which no byte shows. */
  readonly offset: number;
  /** Which bits of that byte did, where not all of it. */
  readonly mask?: number;
  /** A statement, `MQTT-3.3.2-2`, or a section, `4.8`. */
  readonly clause: string;
  /** Its heading, and so its anchor, in docs/errors.md. */
  readonly code: string;
  /** What was seen in this packet, and what was expected. */
  readonly message: string;
  /** What the standard asks there, in our own words. */
  readonly rule: string;
  /** What usually causes it in firmware. One at least. */
  readonly causes: readonly string[];
  /** What to do about it. */
  readonly advice: string;
}

/** Of any fault that the decoder or the broker found: those of behaviour, such as a second CONNECT, too. */
export function explainFault(
  fault: Pick<ProtocolError, 'code' | 'clause' | 'message' | 'byteOffset'>,
): PacketFault {
  const code = fault.code as ErrorCode; // a foreign one has no entry
  const known = faultCauses[code];
  const mask = faultyBits[code];
  return {
    offset: fault.byteOffset ?? 0,
    ...(mask !== undefined && { mask }),
    clause: fault.clause,
    code: fault.code,
    message: fault.message,
    rule: known?.rule ?? '',
    causes: known?.causes ?? [],
    advice: known?.advice ?? '',
  };
}

/**
 * The decoder's own verdict.
 *
 * @param packetBytes what the fixed header says, itself included; undefined if it can't be or is not whole.
 */
export function verdictOn(
  bytes: Uint8Array,
  packetBytes: number | undefined,
  version: ProtocolVersion,
): ProtocolError | undefined {
  if (packetBytes === undefined || packetBytes > bytes.length) return framingFaultOf(bytes, version);
  try {
    decode(bytes.subarray(0, packetBytes), version);
    return undefined;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    // TLS and HTTP make packets that are wrong in ways which nobody means.
    const framing = framingFaultOf(bytes, version);
    return framing?.code === 'tls-on-plain-port' || framing?.code === 'http-on-mqtt-port' ? framing : error;
  }
}

/** A fixed header that can't be; the size of packets is the broker's to limit. */
function framingFaultOf(bytes: Uint8Array, version: ProtocolVersion): ProtocolError | undefined {
  const reader = new FrameReader({ maxPacketBytes: Number.POSITIVE_INFINITY });
  reader.protocolVersion = version;
  try {
    reader.read(bytes, () => reader.stop());
    return undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
}
