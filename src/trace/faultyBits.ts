/**
 * Which bits of its byte a fault is about, by its code: flags of one byte are fields of their own, and the byte alone
 * would show the first of them as wrong. Not here: faults of whole bytes, and of flags that do not go together.
 */
import type { ErrorCode } from '../mqtt/errorCodes.ts';

export const faultyBits: { readonly [code in ErrorCode]?: number } = {
  'packet-type-reserved': 0xf0,
  'fixed-header-flags': 0x0f,
  'reserved-connect-flag': 0x01,
  'will-qos-invalid': 0x18,
  'reserved-connack-flag': 0xfe,
  'session-present-on-refusal': 0x01,
  'qos-invalid': 0x06,
  'dup-with-qos-0': 0x08,
  // Before 5.0 there are more, as one field.
  'subscription-options-reserved': 0xc0,
  'subscription-qos-invalid': 0x03,
  'retain-handling-invalid': 0x30,
  'no-local-on-shared-subscription': 0x04,
};
