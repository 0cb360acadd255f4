/**
 * Every fault that a peer can be told of: its code, the 5.0 reason code and the statement of the standard it breaks.
 *
 * Owns the table and the one way to make a ProtocolError from it. Each code has a heading of the same name in
 * docs/errors.md; a test holds table and page together. The sentence for the developer is written where the fault is
 * found, since only there is it known what was seen. Faults of behaviour (the last group) are found by the broker.
 */
import type { PacketKind, ProtocolVersion } from './packets.ts';
import { ProtocolError } from './protocolError.ts';

interface ErrorCodeEntry {
  /** The 5.0 reason code. 3.1 and 3.1.1 have none: there the connection is closed without a word. */
  readonly reasonCode: number;
  /** Statement or section of 5.0. Where a statement exists for some packets only, the caller gives it. */
  readonly clause: string;
  /** The same in 3.1.1, where it has another number. Stands for 3.1 as well, which numbers nothing. */
  readonly clause311?: string;
}

const MALFORMED = 0x81;
const PROTOCOL_ERROR = 0x82;

export const errorCodes = {
  // The stream and the fixed header
  'tls-on-plain-port': { reasonCode: MALFORMED, clause: 'MQTT-3.1.0-1' },
  'http-on-mqtt-port': { reasonCode: MALFORMED, clause: 'MQTT-3.1.0-1' },
  'packet-type-reserved': { reasonCode: MALFORMED, clause: '2.1.2', clause311: '2.2.1' },
  'fixed-header-flags': { reasonCode: MALFORMED, clause: 'MQTT-2.1.3-1', clause311: 'MQTT-2.2.2-2' },
  'remaining-length-malformed': { reasonCode: MALFORMED, clause: '2.1.4', clause311: '2.2.3' },
  'remaining-length-not-minimal': { reasonCode: MALFORMED, clause: 'MQTT-1.5.5-1', clause311: '2.2.3' },
  'packet-too-large': { reasonCode: 0x95, clause: 'MQTT-3.2.2-15', clause311: '2.2.3' },

  // Fields that several packets have
  'packet-truncated': { reasonCode: MALFORMED, clause: '4.13.1', clause311: '4.8' },
  'trailing-bytes': { reasonCode: MALFORMED, clause: '4.13.1', clause311: '4.8' },
  'string-ill-formed': { reasonCode: MALFORMED, clause: 'MQTT-1.5.4-1', clause311: 'MQTT-1.5.3-1' },
  'string-null-character': { reasonCode: MALFORMED, clause: 'MQTT-1.5.4-2', clause311: 'MQTT-1.5.3-2' },
  'packet-id-zero': { reasonCode: PROTOCOL_ERROR, clause: 'MQTT-2.2.1-3', clause311: 'MQTT-2.3.1-1' },
  'reason-code-invalid': { reasonCode: PROTOCOL_ERROR, clause: '2.4', clause311: '3.2.2.3' },

  // Properties
  'variable-byte-integer-malformed': { reasonCode: MALFORMED, clause: '1.5.5' },
  'variable-byte-integer-not-minimal': { reasonCode: MALFORMED, clause: 'MQTT-1.5.5-1' },
  'property-length-invalid': { reasonCode: MALFORMED, clause: '2.2.2.1' },
  'property-truncated': { reasonCode: MALFORMED, clause: '2.2.2' },
  'property-unknown': { reasonCode: MALFORMED, clause: '2.2.2.2' },
  'property-not-allowed': { reasonCode: MALFORMED, clause: '2.2.2.2' },
  'property-duplicate': { reasonCode: PROTOCOL_ERROR, clause: '2.2.2.2' },
  'property-value-invalid': { reasonCode: PROTOCOL_ERROR, clause: '2.2.2.2' },
  'receive-maximum-zero': { reasonCode: PROTOCOL_ERROR, clause: '3.1.2.11.3' },
  'maximum-packet-size-zero': { reasonCode: PROTOCOL_ERROR, clause: '3.1.2.11.4' },
  'topic-alias-zero': { reasonCode: 0x94, clause: 'MQTT-3.3.2-8' },
  'subscription-identifier-zero': { reasonCode: PROTOCOL_ERROR, clause: '3.8.2.1.2' },
  'response-topic-invalid': { reasonCode: PROTOCOL_ERROR, clause: 'MQTT-3.3.2-14' },
  'authentication-data-without-method': { reasonCode: PROTOCOL_ERROR, clause: '3.1.2.11.10' },
  'authentication-method-missing': { reasonCode: PROTOCOL_ERROR, clause: '3.15.2.2.2' },

  // CONNECT and CONNACK
  'protocol-name-unknown': { reasonCode: 0x84, clause: 'MQTT-3.1.2-1' },
  'protocol-version-unsupported': { reasonCode: 0x84, clause: 'MQTT-3.1.2-2' },
  'reserved-connect-flag': { reasonCode: MALFORMED, clause: 'MQTT-3.1.2-3' },
  'will-qos-invalid': { reasonCode: MALFORMED, clause: 'MQTT-3.1.2-12', clause311: 'MQTT-3.1.2-14' },
  'will-flags-without-will': { reasonCode: MALFORMED, clause: 'MQTT-3.1.2-11', clause311: 'MQTT-3.1.2-13' },
  'will-topic-invalid': { reasonCode: MALFORMED, clause: 'MQTT-4.7.0-1', clause311: '4.7.1' },
  'password-without-username': { reasonCode: MALFORMED, clause: '3.1.2.9', clause311: 'MQTT-3.1.2-22' },
  'reserved-connack-flag': { reasonCode: MALFORMED, clause: 'MQTT-3.2.2-1', clause311: '3.2.2.1' },
  'session-present-on-refusal': {
    reasonCode: PROTOCOL_ERROR,
    clause: 'MQTT-3.2.2-6',
    clause311: 'MQTT-3.2.2-4',
  },

  // PUBLISH
  'qos-invalid': { reasonCode: MALFORMED, clause: 'MQTT-3.3.1-4' },
  'dup-with-qos-0': { reasonCode: MALFORMED, clause: 'MQTT-3.3.1-2' },
  'topic-empty': { reasonCode: PROTOCOL_ERROR, clause: '3.3.2.1', clause311: '4.7.3' },
  'topic-name-invalid': { reasonCode: MALFORMED, clause: 'MQTT-3.3.2-2' },

  // SUBSCRIBE, UNSUBSCRIBE and their acknowledgements
  'no-topic-filters': { reasonCode: PROTOCOL_ERROR, clause: 'MQTT-3.8.3-2', clause311: 'MQTT-3.8.3-3' },
  'topic-filter-invalid': { reasonCode: MALFORMED, clause: 'MQTT-4.7.1-1', clause311: '4.7.1' },
  'subscription-options-reserved': {
    reasonCode: MALFORMED,
    clause: 'MQTT-3.8.3-5',
    clause311: 'MQTT-3.8.3-4',
  },
  'subscription-qos-invalid': { reasonCode: PROTOCOL_ERROR, clause: '3.8.3.1', clause311: 'MQTT-3.8.3-4' },
  'retain-handling-invalid': { reasonCode: PROTOCOL_ERROR, clause: '3.8.3.1' },
  'no-local-on-shared-subscription': { reasonCode: PROTOCOL_ERROR, clause: 'MQTT-3.8.3-4' },
  'no-reason-codes': { reasonCode: PROTOCOL_ERROR, clause: 'MQTT-3.8.4-6', clause311: 'MQTT-3.8.4-5' },

  // Behaviour: well-formed packets at the wrong time or beyond what was agreed
  'connect-expected': { reasonCode: PROTOCOL_ERROR, clause: 'MQTT-3.1.0-1' },
  'second-connect': { reasonCode: PROTOCOL_ERROR, clause: 'MQTT-3.1.0-2' },
  'packet-not-for-server': { reasonCode: PROTOCOL_ERROR, clause: '2.1.2', clause311: '2.2.1' },
  'topic-alias-too-large': { reasonCode: 0x94, clause: 'MQTT-3.3.2-9' },
  'topic-alias-unknown': { reasonCode: PROTOCOL_ERROR, clause: '3.3.4' },
  'receive-maximum-exceeded': { reasonCode: 0x93, clause: 'MQTT-3.3.4-7' },
  'acknowledgement-unexpected': { reasonCode: PROTOCOL_ERROR, clause: '4.3.3' },
  'qos-not-supported': { reasonCode: 0x9b, clause: 'MQTT-3.2.2-11' },
  'retain-not-supported': { reasonCode: 0x9a, clause: 'MQTT-3.2.2-14' },
  'subscription-identifier-from-client': { reasonCode: PROTOCOL_ERROR, clause: 'MQTT-3.3.4-6' },
  'payload-format-invalid': { reasonCode: 0x99, clause: '3.3.2.3.2' },
  'session-expiry-raised': { reasonCode: PROTOCOL_ERROR, clause: '3.14.2.2.2' },
  'auth-unexpected': { reasonCode: PROTOCOL_ERROR, clause: 'MQTT-4.12.0-7' },
  'auth-expected': { reasonCode: PROTOCOL_ERROR, clause: 'MQTT-3.1.2-30' },
  'auth-out-of-turn': { reasonCode: PROTOCOL_ERROR, clause: 'MQTT-4.12.0-3' },
  'authentication-method-changed': { reasonCode: 0x8c, clause: 'MQTT-4.12.0-5' },
} as const satisfies Record<string, ErrorCodeEntry>;

export type ErrorCode = keyof typeof errorCodes;

export interface FaultDetails {
  /** One sentence or two for a firmware developer: what was seen, what was expected, what usually causes it. */
  message: string;
  packetKind?: PacketKind | undefined;
  /** Bytes from the first byte of the fixed header. */
  byteOffset?: number;
  /** Overrides the table's, for faults whose statement depends on the packet. */
  clause?: string | undefined;
}

/** @param protocolVersion picks the clause's number; undefined before a CONNECT was read, and means 3.1.1. */
export function protocolError(
  code: ErrorCode,
  protocolVersion: ProtocolVersion | undefined,
  details: FaultDetails,
): ProtocolError {
  const entry: ErrorCodeEntry = errorCodes[code];
  const clause = protocolVersion === 5 ? entry.clause : (entry.clause311 ?? entry.clause);
  return new ProtocolError({
    ...details,
    code,
    reasonCode: entry.reasonCode,
    clause: details.clause ?? clause,
    protocolVersion,
  });
}
