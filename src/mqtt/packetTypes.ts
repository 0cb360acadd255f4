/** The four bits of packet type in a fixed header, and the kinds of packet that they stand for. Section 2.1.2. */
import type { PacketKind } from './packets.ts';

/** In the order of their packet types, which count from 1: 0 is reserved. */
export const packetKinds: readonly PacketKind[] = [
  'connect',
  'connack',
  'publish',
  'puback',
  'pubrec',
  'pubrel',
  'pubcomp',
  'subscribe',
  'suback',
  'unsubscribe',
  'unsuback',
  'pingreq',
  'pingresp',
  'disconnect',
  'auth',
];

/** Undefined for 0, which is reserved. */
export function packetKindOfType(packetType: number): PacketKind | undefined {
  return packetKinds[packetType - 1];
}

/** 1 to 15. */
export function packetTypeOfKind(kind: PacketKind): number {
  return packetKinds.indexOf(kind) + 1;
}
