/**
 * A peer's fault: bytes or behaviour that the standard does not allow.
 *
 * Owns the shape in which every such fault travels, from the decoder that found it to the log line, the DISCONNECT
 * and the page that explains it. Carries no stack on purpose: the place that matters is in the packet, not in here.
 */
import type { PacketKind, ProtocolVersion } from './packets.ts';

/**
 * What is wrong, in a form that code can switch on. Each has a heading of the same name in docs/errors.md.
 */
export interface ProtocolErrorDetails {
  /** Stable, kebab-case: `reserved-connect-flag`. The heading in docs/errors.md. */
  code: string;
  /** The 5.0 reason code that ends the connection: 0x81 malformed, 0x82 protocol error, … */
  reasonCode: number;
  /** The standard's statement that was broken, without brackets: `MQTT-3.1.2-3`; or a section, `2.2.2.2`. */
  clause: string;
  /** One sentence for a firmware developer: what was seen, and what was expected. */
  message: string;
  /** Absent while no packet could be told, as in a malformed fixed header. */
  packetKind?: PacketKind | undefined;
  /** Where in the packet, in bytes from the first byte of its fixed header. Absent for faults of behaviour. */
  byteOffset?: number | undefined;
  /**
   * The version whose rules were broken. In the faults of a CONNECT, the one in which the peer understands a CONNACK;
   * absent while the CONNECT has not said its own: then there is no answer to give. With
   * `protocol-version-unsupported`, the known version nearest to the peer's.
   */
  protocolVersion?: ProtocolVersion | undefined;
}

export class ProtocolError extends Error {
  readonly code: string;
  readonly reasonCode: number;
  readonly clause: string;
  readonly packetKind: PacketKind | undefined;
  readonly byteOffset: number | undefined;
  readonly protocolVersion: ProtocolVersion | undefined;

  constructor(details: ProtocolErrorDetails) {
    const limit = Error.stackTraceLimit;
    // A flood of malformed packets must stay cheap, and a stack into the decoder tells a device's author nothing.
    Error.stackTraceLimit = 0;
    super(details.message);
    Error.stackTraceLimit = limit;
    this.name = 'ProtocolError';
    this.code = details.code;
    this.reasonCode = details.reasonCode;
    this.clause = details.clause;
    this.packetKind = details.packetKind;
    this.byteOffset = details.byteOffset;
    this.protocolVersion = details.protocolVersion;
  }
}
