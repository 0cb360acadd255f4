/**
 * Packets of every kind and version with arbitrary content, from a seed. All of them valid: each can be encoded, and
 * decodes to itself. Fuzzing starts from these and breaks them.
 */
import type {
  Packet,
  PacketKind,
  Properties,
  ProtocolVersion,
  QoS,
  RetainHandling,
  UserProperty,
  Will,
} from '../../src/mqtt/packets.ts';
import { packetKinds } from '../../src/mqtt/packetTypes.ts';
import { type PropertyDefinition, type PropertyPlace, propertyTable } from '../../src/mqtt/properties.ts';
import { isReasonCodeOf, reasonCodeOfReturnCode } from '../../src/mqtt/reasonCodes.ts';
import type { SeededRandom } from './random.ts';

export const protocolVersions: readonly ProtocolVersion[] = [3, 4, 5];

/** The kinds that the version has, in the order of their packet types. */
export function packetKindsOf(protocolVersion: ProtocolVersion): readonly PacketKind[] {
  return protocolVersion === 5 ? packetKinds : kindsOf311;
}

const kindsOf311 = packetKinds.filter((kind) => kind !== 'auth');

export function arbitraryPacket(
  random: SeededRandom,
  protocolVersion: ProtocolVersion,
  kind: PacketKind = random.pick(packetKindsOf(protocolVersion)),
): Packet {
  const isVersion5 = protocolVersion === 5;
  const properties = isVersion5 ? arbitraryProperties(random, kind) : {};
  const packetId = random.integer(1, 65_535);
  switch (kind) {
    case 'connect':
      return arbitraryConnect(random, protocolVersion);
    case 'connack': {
      const reasonCode = isVersion5
        ? arbitraryReasonCode(random, kind)
        : (reasonCodeOfReturnCode(random.integer(0, 5)) ?? 0);
      // 3.1 has no Session Present; a refusal never has it.
      const sessionPresent = protocolVersion !== 3 && reasonCode === 0 && random.boolean();
      return { kind, sessionPresent, reasonCode, ...properties };
    }
    case 'publish': {
      const qos = random.integer(0, 2) as QoS;
      const hasAlias = 'topicAlias' in (properties.properties ?? {});
      return {
        kind,
        topic: hasAlias && random.boolean() ? '' : arbitraryTopicName(random),
        payload: random.bytes(random.pick([0, 1, 20, 200])),
        qos,
        retain: random.boolean(),
        dup: qos > 0 && random.boolean(),
        ...(qos > 0 ? { packetId } : {}),
        ...properties,
      };
    }
    case 'puback':
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp':
      return {
        kind,
        packetId,
        reasonCode: isVersion5 ? arbitraryReasonCode(random, kind) : 0,
        ...properties,
      };
    case 'subscribe':
      return {
        kind,
        packetId,
        subscriptions: random.array(random.integer(1, 4), () => {
          const topicFilter = arbitraryTopicFilter(random);
          return {
            topicFilter,
            qos: random.integer(0, 2) as QoS,
            noLocal: isVersion5 && !topicFilter.startsWith('$share/') && random.boolean(),
            retainAsPublished: isVersion5 && random.boolean(),
            retainHandling: (isVersion5 ? random.integer(0, 2) : 0) as RetainHandling,
          };
        }),
        ...properties,
      };
    case 'suback':
      return {
        kind,
        packetId,
        reasonCodes: random.array(random.integer(1, 4), () =>
          isVersion5 ? arbitraryReasonCode(random, kind) : random.pick([0, 1, 2, 0x80]),
        ),
        ...properties,
      };
    case 'unsubscribe':
      return {
        kind,
        packetId,
        topicFilters: random.array(random.integer(1, 4), () => arbitraryTopicFilter(random)),
        ...properties,
      };
    case 'unsuback': {
      const count = isVersion5 ? random.integer(1, 4) : 0;
      return {
        kind,
        packetId,
        reasonCodes: random.array(count, () => arbitraryReasonCode(random, kind)),
        ...properties,
      };
    }
    case 'pingreq':
    case 'pingresp':
      return { kind };
    case 'disconnect':
      return { kind, reasonCode: isVersion5 ? arbitraryReasonCode(random, kind) : 0, ...properties };
    case 'auth': {
      if (random.integer(0, 3) === 0) return { kind, reasonCode: 0 };
      const withMethod = { authenticationMethod: arbitraryString(random), ...properties.properties };
      return { kind, reasonCode: arbitraryReasonCode(random, kind), properties: withMethod };
    }
  }
}

function arbitraryConnect(random: SeededRandom, protocolVersion: ProtocolVersion): Packet {
  const isVersion5 = protocolVersion === 5;
  const hasUsername = random.boolean();
  const hasPassword = random.boolean() && (hasUsername || isVersion5);
  const properties = isVersion5 ? arbitraryProperties(random, 'connect') : {};
  if (properties.properties?.authenticationMethod === undefined) {
    delete properties.properties?.authenticationData;
    if (Object.keys(properties.properties ?? {}).length === 0) delete properties.properties;
  }
  return {
    kind: 'connect',
    protocolVersion,
    cleanStart: random.boolean(),
    keepAliveSeconds: random.integer(0, 65_535),
    clientId: random.pick(['', arbitraryString(random)]),
    ...(random.boolean() ? { will: arbitraryWill(random, protocolVersion) } : {}),
    ...(hasUsername ? { username: arbitraryString(random) } : {}),
    ...(hasPassword ? { password: random.bytes(random.integer(0, 12)) } : {}),
    ...properties,
  };
}

function arbitraryWill(random: SeededRandom, protocolVersion: ProtocolVersion): Will {
  return {
    topic: arbitraryTopicName(random),
    payload: random.bytes(random.integer(0, 30)),
    qos: random.integer(0, 2) as QoS,
    retain: random.boolean(),
    ...(protocolVersion === 5 ? arbitraryProperties(random, 'will') : {}),
  };
}

function arbitraryReasonCode(random: SeededRandom, kind: PacketKind): number {
  return random.pick(reasonCodesByKind.get(kind) ?? []);
}

const reasonCodesByKind = new Map(
  packetKinds.map((kind) => [
    kind,
    Array.from({ length: 256 }, (_, code) => code).filter((code) => isReasonCodeOf(kind, code)),
  ]),
);

/** Half of the time none: then no `properties` at all, as decode gives it. */
function arbitraryProperties(random: SeededRandom, place: PropertyPlace): { properties?: Properties } {
  const properties: Record<string, unknown> = {};
  if (random.boolean()) {
    for (const definition of propertyTable) {
      if (!definition.places.includes(place) || random.boolean()) continue;
      const makeValue = () => arbitraryValue(random, definition);
      const isRepeated = definition.repeatsIn?.includes(place) === true;
      properties[definition.name] =
        definition.repeatsIn === undefined
          ? makeValue()
          : random.array(isRepeated ? random.integer(1, 3) : 1, makeValue);
    }
  }
  return Object.keys(properties).length === 0 ? {} : { properties: properties as Properties };
}

function arbitraryValue(
  random: SeededRandom,
  definition: PropertyDefinition,
): number | string | Uint8Array | UserProperty {
  const minimum = definition.zeroFault === undefined ? 0 : 1;
  switch (definition.type) {
    case 'byte':
      return random.integer(0, definition.maximum ?? 255);
    case 'twoByteInteger':
      return random.pick([minimum, 0xff, 0x100, 0xffff, random.integer(1, 0xffff)]);
    case 'fourByteInteger':
      return random.pick([
        minimum,
        0xffff,
        0x1_0000,
        0x8000_0000,
        0xffff_ffff,
        random.integer(1, 0xffff_ffff),
      ]);
    case 'variableByteInteger':
      return random.pick([1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, 268_435_455]);
    case 'utf8String':
      return definition.isTopicName === true ? arbitraryTopicName(random) : arbitraryString(random);
    case 'utf8StringPair':
      return [arbitraryString(random), arbitraryString(random)];
    case 'binaryData':
      return random.bytes(random.integer(0, 30));
  }
}

/** Of one to four bytes of UTF-8, with what decoders like to trip over. */
const pieces = [
  'a',
  'Z',
  '0',
  ' ',
  '-',
  '\u0001',
  '\u007f',
  '\u0080',
  'é',
  '\u07ff',
  '\u0800',
  '€',
  '\ufeff',
  '\uffff',
  '😀',
  '\u{10ffff}',
];

function arbitraryString(random: SeededRandom): string {
  const isAscii = random.boolean();
  const length = random.pick([0, 1, 5, 40]);
  return random
    .array(length, () => (isAscii ? random.pick(['a', 'b', '7', '_']) : random.pick(pieces)))
    .join('');
}

export function arbitraryTopicName(random: SeededRandom): string {
  const levels = random.array(random.integer(1, 5), () => arbitraryString(random));
  return levels.join('/') || '/';
}

/** Shared filters too: to 3.1 and 3.1.1 they are filters like any. */
export function arbitraryTopicFilter(random: SeededRandom): string {
  const levels = random.array(random.integer(1, 5), () => random.pick(['+', arbitraryString(random)]));
  if (random.boolean()) levels.push('#');
  const filter = levels.join('/') || '+';
  return random.integer(0, 5) === 0 ? `$share/group/${filter}` : filter;
}
