/** Messages for the tests of recordings: one by its fields, or an arbitrary one from a seed. */
import type { QoS } from '../../../src/mqtt/packets.ts';
import type { RecordedMessage } from '../../../src/recording/recordedMessage.ts';
import { arbitraryPacket } from '../../support/arbitraryPackets.ts';
import type { SeededRandom } from '../../support/random.ts';

export const START_MS = Date.UTC(2026, 0, 31, 12);

/** `payload` as a text is its UTF-8. */
export function message(
  fields: Partial<Omit<RecordedMessage, 'payload'>> & { payload?: string | Uint8Array } = {},
): RecordedMessage {
  const { payload = 'on', ...rest } = fields;
  return {
    topic: 'lab/led',
    payload: typeof payload === 'string' ? new TextEncoder().encode(payload) : payload,
    qos: 0,
    retain: false,
    receivedAtMs: START_MS,
    isWill: false,
    ...rest,
  };
}

export function arbitraryMessage(random: SeededRandom): RecordedMessage {
  for (;;) {
    const packet = arbitraryPacket(random, 5, 'publish');
    if (packet.kind !== 'publish' || packet.topic === '') continue;
    const { topicAlias: _, ...properties } = packet.properties ?? {};
    return {
      topic: packet.topic,
      payload: random.boolean() ? packet.payload : new TextEncoder().encode(packet.topic),
      qos: random.integer(0, 2) as QoS,
      retain: packet.retain,
      receivedAtMs: random.pick([START_MS, 0, -1, 253_402_300_800_000]) + random.integer(0, 100_000),
      isWill: random.boolean(),
      ...(random.boolean() ? { hasWaited: true } : {}),
      ...(random.boolean() ? { publisher: packet.topic } : {}),
      ...(packet.properties === undefined ? {} : { properties }),
    };
  }
}

/** With bytes as numbers, which assert compares by their values whatever holds them. */
export function plain(value: RecordedMessage): unknown {
  const { correlationData, ...properties } = value.properties ?? {};
  return {
    ...value,
    payload: [...value.payload],
    ...(value.properties === undefined
      ? {}
      : { properties: { ...properties, ...(correlationData && { correlationData: [...correlationData] }) } }),
  };
}
