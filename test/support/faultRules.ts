/** What every fault that the decoder tells of must be, whatever bytes it was given. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { errorCodes } from '../../src/mqtt/errorCodes.ts';
import { ProtocolError } from '../../src/mqtt/protocolError.ts';
import { inRepository } from './repository.ts';

const explained = new Set(
  [...readFileSync(inRepository('docs/errors.md'), 'utf8').matchAll(/^### (\S+)$/gm)].map(([, code]) => code),
);
const clause = /^(MQTT-)?\d+(\.\d+)+(-\d+)?$/;

/**
 * @param packetBytes how much of the packet was there: the fault is in it, or at its end where something is missing.
 * @throws whatever was thrown if it is no ProtocolError, and AssertionError for one that lacks something.
 */
export function checkFault(fault: unknown, packetBytes: number): asserts fault is ProtocolError {
  if (!(fault instanceof ProtocolError)) throw fault;
  const { code, reasonCode, byteOffset, message } = fault;
  assert.ok(code in errorCodes && explained.has(code), `${code} is no fault that docs/errors.md explains`);
  assert.ok(reasonCode >= 0x80 && reasonCode <= 0xff, `${code} has the reason code ${reasonCode}`);
  assert.match(fault.clause, clause, `the clause of ${code}`);
  assert.match(message, /^[^\n]{10,1000}$/, `the message of ${code}`);
  assert.ok(
    byteOffset !== undefined && byteOffset >= 0 && byteOffset <= packetBytes,
    `${code} is at byte ${byteOffset} of ${packetBytes}`,
  );
}
