/** Packets of messages: a PUBLISH, what acknowledges it, and the CONNACK of the connection after. */
import type { Packet } from '../../../src/mqtt/packets.ts';

export function publish(
  topic: string,
  text: string,
  packetId?: number,
  more: { qos?: 1 | 2; dup?: boolean } = {},
): Packet {
  const qos = packetId === undefined ? 0 : (more.qos ?? 1);
  const payload = Buffer.from(text);
  return {
    ...{ kind: 'publish', topic, payload, qos, retain: false, dup: more.dup ?? false },
    ...(packetId !== undefined && { packetId }),
  };
}

export function answer(
  kind: 'puback' | 'pubrec' | 'pubrel' | 'pubcomp',
  packetId: number,
  reasonCode = 0,
): Packet {
  return { kind, packetId, reasonCode };
}

export const connack = (sessionPresent: boolean): Packet => ({
  kind: 'connack',
  sessionPresent,
  reasonCode: 0,
});
