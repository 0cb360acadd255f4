/**
 * What one round of connections is made of, as data: a broker's settings, and what happens to it, step by step. Data, so
 * that a round that fails can be run again with fewer steps, until only those are left that matter.
 */
import { type BrokerLimits, defaultLimits } from '../../src/broker/limits.ts';
import type { CommitFailure } from '../../src/broker/persistence.ts';
import { encode } from '../../src/mqtt/encode.ts';
import type { ConnectPacket, Packet, PacketKind, ProtocolVersion, QoS } from '../../src/mqtt/packets.ts';
import { arbitraryPacket, protocolVersions } from '../support/arbitraryPackets.ts';
import type { SeededRandom } from '../support/random.ts';
import { mutated } from './mutations.ts';
import { METHOD, SECRET_TOPIC } from './roundPolicies.ts';

/** Each is a case: one connection, from its opening to its end. */
export const CONNECTIONS_A_ROUND = 20;
const SLOTS = 6;
/** Longest life of a session: after it, nothing of a hostile client may be left. */
export const MAX_SESSION_EXPIRY_SECONDS = 300;

export interface Round {
  readonly limits: Partial<BrokerLimits>;
  /** `slow` answers in a later turn, and both refuse some. */
  readonly policy: 'anonymous' | 'strict' | 'slow';
  /** Whether somebody looks at every packet. */
  readonly isObserved: boolean;
  readonly store: 'none' | 'memory' | 'sqlite';
  readonly checkPayloadFormat: boolean;
  readonly steadyVersions: readonly [publisher: ProtocolVersion, subscriber: ProtocolVersion];
  readonly steps: readonly Step[];
}

/** `slot` is one of a few places for a hostile connection; what is sent to an empty one goes nowhere. */
export type Step =
  /** Whatever was in the slot before is left as a network leaves it: broken off. */
  | { kind: 'open'; slot: number }
  /** In pieces, each in a turn of its own. */
  | { kind: 'send'; slot: number; bytes: Uint8Array; splits: readonly number[] }
  /** Acknowledges all that came, as a client should. */
  | { kind: 'acknowledge'; slot: number }
  | { kind: 'stopReading'; slot: number }
  | { kind: 'readOn'; slot: number }
  | { kind: 'breakOff'; slot: number }
  | { kind: 'wait'; ms: number }
  /** The broker's owner takes part. */
  | { kind: 'disconnectClient'; clientId: string }
  | { kind: 'publish'; topic: string; qos: QoS; retain: boolean; bytes: number }
  /** Where new connections are told to go; undefined takes them again. */
  | { kind: 'redirect'; serverReference: string | undefined }
  /** Undefined: it takes changes again. */
  | { kind: 'storeFails'; with: CommitFailure['kind'] | undefined }
  /** Two clients that do nothing wrong exchange a message. */
  | { kind: 'exchange' };

const clientIds = ['', 'a', 'b', 'c'];
const topics = ['t', 't/u', SECRET_TOPIC, 'w', '/', '$private/t', 'denied/t'];
const topicFilters = [
  ...['#', '+', '+/#', 't/#', 't/+', 't', 't/u', '/', '$private/#', 'denied/t', '$SYS/#'],
  ...['$share/g/t', '$share/g/#', '$share/h/t/+', '$share/g/denied/t'],
];

export function makeRound(random: SeededRandom): Round {
  const steps: Step[] = [];
  for (let opened = 0; opened < CONNECTIONS_A_ROUND; opened++) {
    const slot = random.integer(0, SLOTS - 1);
    steps.push({ kind: 'open', slot }, ...firstSteps(random, slot));
    for (let i = random.integer(0, 9); i > 0; i--) steps.push(anyStep(random));
  }
  const limits = makeLimits(random);
  const steadyVersion = () =>
    random.pick(limits.maxKeepAliveSeconds > 0 ? ([3, 4] as const) : protocolVersions);
  return {
    limits,
    policy: random.pick(['anonymous', 'anonymous', 'strict', 'slow']),
    isObserved: random.integer(0, 7) === 0,
    store: random.integer(0, 63) === 0 ? 'sqlite' : random.pick(['memory', 'none', 'none']),
    checkPayloadFormat: random.integer(0, 3) === 0,
    steadyVersions: [steadyVersion(), steadyVersion()],
    steps,
  };
}

/** Tight, so that a few packets reach every bound. The steady clients do with the least of each. */
function makeLimits(random: SeededRandom): BrokerLimits {
  return {
    ...defaultLimits,
    maxPacketBytes: random.pick([64, 1000, 100_000]),
    maxConnections: random.pick([4, 100]),
    maxConnectionsPerSecond: random.pick([0, 0, 1]),
    connectionBurst: random.pick([4, 10_000]),
    maxSessions: random.pick([4, 100]),
    minKeepAliveSeconds: random.pick([0, 0, 5]),
    maxKeepAliveSeconds: random.pick([0, 0, 10]),
    maxSessionExpirySeconds: random.pick([0, 5, MAX_SESSION_EXPIRY_SECONDS]),
    maximumQoS: random.pick([2, 2, 2, 1, 0]),
    receiveMaximum: random.pick([1, 3, 65_535]),
    topicAliasMaximum: random.pick([0, 2, 64]),
    maxOutboundTopicAliases: random.pick([0, 2, 64]),
    maxInflight: random.pick([1, 3, 128]),
    maxQueuedMessages: random.pick([0, 2, 1000]),
    maxQueuedBytes: random.pick([0, 1000, 100_000]),
    maxTotalQueuedBytes: random.pick([0, 2000, 200_000]),
    maxBufferedBytes: random.pick([0, 500, 20_000]),
    maxSubscriptions: random.pick([1, 4, 1000]),
    maxRetainedMessages: random.pick([0, 2, 1000]),
    maxRetainedBytes: random.pick([0, 1000, 100_000]),
    sysIntervalSeconds: random.pick([0, 10, 100]),
  };
}

/** Mostly a CONNECT that is right, as behind it are most of the ways to go wrong. */
function firstSteps(random: SeededRandom, slot: number): Step[] {
  const version = random.pick(protocolVersions);
  const connect = makeConnect(random, version);
  const bytes = encode(connect, version);
  const kind = random.integer(0, 19);
  if (kind === 0) return [];
  if (kind === 1) return [send(random, slot, random.bytes(random.integer(1, 40)))];
  if (kind < 4) return [send(random, slot, mutated(random, bytes, makeBytes(random, version)))];
  // What comes in one piece with its CONNECT is handled before the answer is out.
  const behind = random.array(random.pick([0, 0, 1, 5]), () => makeBytes(random, version));
  const subscribe = random.boolean() ? [encode(makePacket(random, version, 'subscribe'), version)] : [];
  const exchange = connect.properties?.authenticationMethod === undefined ? [] : makeExchange(random);
  return [send(random, slot, Buffer.concat([bytes, ...exchange, ...subscribe, ...behind]))];
}

function anyStep(random: SeededRandom): Step {
  const slot = random.integer(0, SLOTS - 1);
  switch (random.integer(0, 21)) {
    case 0:
      return { kind: 'stopReading', slot };
    case 1:
      return { kind: 'readOn', slot };
    case 2:
      return { kind: 'breakOff', slot };
    case 3:
      return { kind: 'wait', ms: random.pick([1, 999, 15_001, 100_000, 301_000]) };
    case 4:
      return { kind: 'disconnectClient', clientId: random.pick(clientIds) };
    case 5:
      return {
        kind: 'publish',
        topic: random.pick(topics),
        qos: random.integer(0, 2) as QoS,
        retain: random.boolean(),
        bytes: random.pick([0, 1, 60, 3000]),
      };
    case 6:
    case 7:
      return { kind: 'exchange' };
    case 8:
    case 9:
    case 10:
      return { kind: 'acknowledge', slot };
    case 11:
      return { kind: 'storeFails', with: random.pick(['full', 'failed', undefined]) };
    case 12:
      // Mostly not: nobody comes in then.
      return { kind: 'redirect', serverReference: random.pick(['elsewhere', undefined, undefined]) };
    default: {
      const version = random.pick(protocolVersions);
      const packets = random.array(random.pick([1, 1, 2, 8]), () => makeBytes(random, version));
      return send(random, slot, Buffer.concat(packets));
    }
  }
}

function send(random: SeededRandom, slot: number, bytes: Uint8Array): Step {
  const splits = random
    .array(random.pick([0, 0, 0, 1, 4]), () => random.integer(0, bytes.length))
    .sort((a, b) => a - b);
  return { kind: 'send', slot, bytes, splits };
}

/** What may follow a CONNECT with an Authentication Method. */
function makeExchange(random: SeededRandom): Uint8Array[] {
  return random.array(random.pick([0, 1, 1, 3]), () => encode(makeAuth(random, 0x18), 5));
}

/** A packet of any kind: a server's too, broken now and then, at times twice. */
function makeBytes(random: SeededRandom, version: ProtocolVersion): Uint8Array {
  const kind = random.pick(hostileKinds);
  if (version !== 5 && kind === 'auth') return makeBytes(random, version);
  const bytes = encode(makePacket(random, version, kind), version);
  const fate = random.integer(0, 19);
  if (fate === 0) return mutated(random, bytes, bytes);
  return fate === 1 ? Buffer.concat([bytes, bytes]) : bytes;
}

/** Those after which there is more to come, more often. */
const hostileKinds: readonly PacketKind[] = [
  ...Array<PacketKind>(16).fill('publish'),
  ...Array<PacketKind>(6).fill('subscribe'),
  ...Array<PacketKind>(3).fill('pubrel'),
  ...([
    'puback',
    'pubrec',
    'pubcomp',
    'unsubscribe',
    'unsubscribe',
    'pingreq',
    'disconnect',
    'disconnect',
  ] as const),
  ...(['connect', 'connack', 'auth'] as const),
];

/** An arbitrary packet that has to do with the others of its round: same topics, same identifiers. */
function makePacket(random: SeededRandom, version: ProtocolVersion, kind: PacketKind): Packet {
  const packet = arbitraryPacket(random, version, kind);
  const packetId = random.integer(1, 5);
  switch (packet.kind) {
    case 'connect':
      return makeConnect(random, version);
    case 'publish': {
      const { subscriptionIdentifiers: _, ...allowed } = packet.properties ?? {};
      const properties = random.integer(0, 30) === 0 ? packet.properties : allowed;
      const topicAlias = random.integer(1, 3);
      return {
        ...packet,
        topic: packet.topic === '' ? '' : random.pick(topics),
        ...(packet.qos > 0 && { packetId }),
        ...(properties !== undefined && {
          properties: properties.topicAlias === undefined ? properties : { ...properties, topicAlias },
        }),
        payload: random.integer(0, 15) === 0 ? Buffer.alloc(2000) : packet.payload,
      };
    }
    case 'puback':
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp':
      return { ...packet, packetId };
    case 'subscribe':
      return {
        ...packet,
        subscriptions: packet.subscriptions.map((subscription) => {
          const topicFilter = random.pick(topicFilters);
          return {
            ...subscription,
            topicFilter,
            noLocal: subscription.noLocal && !topicFilter.startsWith('$share/'),
          };
        }),
      };
    case 'unsubscribe':
      return { ...packet, topicFilters: packet.topicFilters.map(() => random.pick(topicFilters)) };
    case 'auth':
      return random.integer(0, 7) === 0 ? packet : makeAuth(random, random.pick([0x18, 0x19, 0x19]));
    default:
      return packet;
  }
}

/** @param reasonCode 0x18 goes on, 0x19 begins a re-authentication. */
function makeAuth(random: SeededRandom, reasonCode: 0x18 | 0x19): Packet {
  return { kind: 'auth', reasonCode, properties: makeAuthentication(random) };
}

function makeAuthentication(random: SeededRandom) {
  return {
    authenticationMethod: random.integer(0, 15) === 0 ? 'UNKNOWN' : METHOD,
    ...(random.integer(0, 7) > 0 && { authenticationData: random.bytes(random.integer(0, 3)) }),
  };
}

function makeConnect(random: SeededRandom, version: ProtocolVersion): ConnectPacket {
  const connect = arbitraryPacket(random, version, 'connect') as ConnectPacket; // of the kind asked for
  const { authenticationMethod: _, authenticationData: __, ...properties } = connect.properties ?? {};
  const mayStay = random.integer(0, 15) === 0;
  const authentication = version === 5 && random.integer(0, 3) === 0 ? makeAuthentication(random) : {};
  return {
    ...connect,
    clientId: random.pick(clientIds),
    keepAliveSeconds: random.pick([0, 0, 1, 60]),
    cleanStart: random.boolean(),
    ...(connect.will !== undefined && { will: { ...connect.will, topic: random.pick(topics) } }),
    ...(connect.properties !== undefined &&
      !mayStay && {
        properties: {
          ...properties,
          ...authentication,
          ...(properties.receiveMaximum !== undefined && { receiveMaximum: random.pick([1, 2, 65_535]) }),
          ...(properties.maximumPacketSize !== undefined && {
            maximumPacketSize: random.pick([1, 20, 60, 1000, 0xffff_ffff]),
          }),
          ...(properties.topicAliasMaximum !== undefined && {
            topicAliasMaximum: random.pick([0, 1, 2, 65_535]),
          }),
          ...(properties.sessionExpiryInterval !== undefined && {
            sessionExpiryInterval: random.pick([0, 1, 100, 0xffff_ffff]),
          }),
        },
      }),
  };
}
