/** How a test says which fault it expects. */
import assert from 'node:assert/strict';
import { decode } from '../../src/mqtt/decode.ts';
import type { ErrorCode } from '../../src/mqtt/errorCodes.ts';
import type { PacketKind, ProtocolVersion } from '../../src/mqtt/packets.ts';
import { ProtocolError } from '../../src/mqtt/protocolError.ts';

export interface ExpectedFault {
  code: ErrorCode;
  reasonCode: number;
  clause: string;
  byteOffset: number;
  /** Undefined where the kind of packet is not known. */
  packetKind?: PacketKind | undefined;
  message?: RegExp;
}

/** Asserts that `run` throws a ProtocolError with exactly these details, and returns it. */
export function assertFault(run: () => void, expected: ExpectedFault): ProtocolError {
  let fault: unknown;
  try {
    run();
  } catch (error) {
    fault = error;
  }
  assert.ok(fault instanceof ProtocolError, `expected the fault ${expected.code}, got ${String(fault)}`);
  assert.deepEqual(
    {
      code: fault.code,
      reasonCode: fault.reasonCode,
      clause: fault.clause,
      byteOffset: fault.byteOffset,
      packetKind: fault.packetKind,
    },
    {
      code: expected.code,
      reasonCode: expected.reasonCode,
      clause: expected.clause,
      byteOffset: expected.byteOffset,
      packetKind: expected.packetKind,
    },
    fault.message,
  );
  assert.match(fault.message, expected.message ?? /^[^\n]{10,400}$/);
  return fault;
}

export function assertDecodeFault(
  frame: Uint8Array,
  protocolVersion: ProtocolVersion,
  expected: ExpectedFault,
): ProtocolError {
  return assertFault(() => decode(frame, protocolVersion), expected);
}
