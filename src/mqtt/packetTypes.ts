/** The four bits of packet type in a fixed header, and the kinds of packet that they stand for. Section 2.1.2. */
import type { PacketKind } from './packets.ts';

/** Index: the packet type. */
const kinds: readonly (PacketKind | undefined)[] = [
  undefined,
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
  return kinds[packetType];
}

/** 1 to 15. */
export function packetTypeOfKind(kind: PacketKind): number {
  return kinds.indexOf(kind);
}
