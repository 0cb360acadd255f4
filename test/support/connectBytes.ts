/** CONNECT written down byte by byte. */
import { frame, uint16, utf8 } from './bytes.ts';

export interface ConnectBytes {
  protocolName?: string;
  level?: number;
  /** Username 0x80, password 0x40, Will Retain 0x20, Will QoS 0x18, Will Flag 0x04, Clean Start 0x02, reserved 0x01. */
  flags?: number;
  /** Client identifier, will, user name and password, as the flags announce them. */
  payload?: readonly (readonly number[])[];
  /** Without their length; 5.0 only. */
  properties?: readonly number[];
}

/** Unless told otherwise: 3.1.1, clean start, client identifier "raw". */
export function connectBytes(options: ConnectBytes = {}): Uint8Array {
  const {
    protocolName = 'MQTT',
    level = 4,
    flags = 0x02,
    payload = [utf8('raw')],
    properties = [],
  } = options;
  return frame(
    0x10,
    utf8(protocolName),
    level,
    flags,
    uint16(0), // Keep Alive
    level === 5 ? [properties.length, ...properties] : [],
    payload.flat(),
  );
}
