/**
 * What is measured, and what ours must be beside mosquitto. The one place to add a workload to.
 *
 * Windows are chosen so that each workload is what its name says: where little can be coalesced, few messages are under
 * way; elsewhere enough for a broker to work in batches if it can.
 */
import type { BrokerName } from './brokers/brokers.ts';
import type { FlowLoad, Load } from './load/loads.ts';

/** What of a measurement is the workload's figure. */
export type FigureKind =
  /** CPU seconds of the broker for a million messages delivered. */
  | 'cpuPerMillion'
  | 'p50Microseconds'
  | 'p99Microseconds'
  /** Connections made for each second of the broker's CPU: the wall clock would measure the generator. */
  | 'connectionsPerCpuSecond'
  | 'kilobytesPerConnection'
  | 'medianMilliseconds'
  | 'megabytesPerSecond'
  | 'messagesPerSecond';

/** Bounds of ours: of its ratio to mosquitto, pair by pair, or of the figure itself. */
export interface Budget {
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly of: 'mosquitto' | 'itself';
}

export interface Workload {
  /** Stable: reports are compared by it. */
  readonly id: string;
  readonly name: string;
  readonly load: Load;
  readonly figures: readonly { readonly kind: FigureKind; readonly budget?: Budget }[];
  readonly brokers: readonly BrokerName[];
  /** The broker is killed behind the load, started again, and must have every message that it acknowledged. */
  readonly isKilled?: boolean;
}

const all: readonly BrokerName[] = ['workbench', 'mosquitto', 'aedes', 'sketch'];
/** Those that know QoS 1 and 2, 5.0, WebSocket and the rest. */
const whole: readonly BrokerName[] = ['workbench', 'mosquitto', 'aedes'];
const PAYLOAD_BYTES = 64;

export const base: FlowLoad = {
  kind: 'flow',
  transport: 'mqtt',
  protocolVersion: 4,
  qos: 0,
  publishers: 1,
  subscribers: 1,
  window: 10_000,
  payloadBytes: PAYLOAD_BYTES,
  warmUpMs: 400,
  measureMs: 800,
};

function cpu(fraction: number): Workload['figures'] {
  return [{ kind: 'cpuPerMillion', budget: { atMost: fraction, of: 'mosquitto' } }];
}

export const workloads: readonly Workload[] = [
  {
    id: 'qos0-1-1',
    name: 'QoS 0, 1 publisher, 1 subscriber',
    load: base,
    figures: cpu(1 / 9),
    brokers: all,
  },
  {
    id: 'qos0-1-100',
    name: 'QoS 0, 1 publisher, 100 subscribers',
    load: { ...base, subscribers: 100, window: 400 },
    figures: cpu(1 / 10),
    brokers: all,
  },
  {
    id: 'qos0-50-1',
    name: 'QoS 0, 50 publishers, 1 subscriber',
    load: { ...base, publishers: 50, window: 10_000 },
    figures: cpu(1 / 3),
    brokers: all,
  },
  {
    id: 'qos0-50-1-ahead',
    name: 'QoS 0, 50 publishers, each 50 messages ahead, a write each',
    load: { ...base, publishers: 50, window: 50, isWindowOfEach: true, isWrittenSingly: true },
    figures: cpu(1),
    brokers: all,
  },
  {
    id: 'qos1-1-1',
    name: 'QoS 1, 20 under way, 1 to 1',
    load: { ...base, qos: 1, window: 20 },
    figures: cpu(1 / 4),
    brokers: whole,
  },
  {
    id: 'qos2-1-1',
    name: 'QoS 2, 20 under way, 1 to 1',
    load: { ...base, qos: 2, window: 20 },
    figures: cpu(1 / 4),
    brokers: whole,
  },
  {
    id: 'v5-properties',
    name: '5.0, four properties and a subscription identifier, QoS 0, 1 to 1',
    load: { ...base, protocolVersion: 5, hasProperties: true },
    figures: cpu(1 / 5),
    // aedes 1.2 refuses 5.0.
    brokers: ['workbench', 'mosquitto'],
  },
  {
    id: 'subscriptions',
    name: '10,000 exact and 1,000 wildcard subscriptions, QoS 0',
    load: { ...base, filters: { exact: 10_000, wildcard: 1_000 } },
    figures: cpu(1 / 8),
    brokers: whole,
  },
  {
    id: 'ws-1-100',
    name: 'WebSocket, QoS 0, 1 publisher, 100 subscribers',
    load: { ...base, transport: 'ws', subscribers: 100, window: 400 },
    figures: cpu(1 / 4),
    brokers: whole,
  },
  {
    id: 'tls-1-1',
    name: 'TLS 1.3, QoS 0, 1 to 1',
    load: { ...base, transport: 'mqtts' },
    figures: cpu(1 / 2),
    brokers: whole,
  },
  {
    id: 'round-trip',
    name: 'Round trip, 1,000 messages a second',
    load: {
      kind: 'roundTrip',
      messagesPerSecond: 1_000,
      payloadBytes: PAYLOAD_BYTES,
      // A thousand messages: by then the code that they meet is compiled.
      warmUpMs: 1_000,
      measureMs: 2_000,
    },
    figures: [
      { kind: 'p50Microseconds', budget: { atMost: 1.2, of: 'mosquitto' } },
      { kind: 'p99Microseconds', budget: { atMost: 500, of: 'itself' } },
    ],
    brokers: all,
  },
  {
    id: 'connections',
    name: 'Connections',
    load: { kind: 'connections', warmUpConnections: 3_000, connections: 5_000, atOnce: 50 },
    figures: [{ kind: 'connectionsPerCpuSecond', budget: { atLeast: 0.45, of: 'mosquitto' } }],
    brokers: all,
  },
  {
    id: 'idle',
    name: 'Memory of an idle connection',
    load: { kind: 'idle', connections: 5_000 },
    figures: [{ kind: 'kilobytesPerConnection', budget: { atMost: 18, of: 'itself' } }],
    brokers: all,
  },
  {
    id: 'retained',
    name: '10,000 retained messages to a new subscriber of #',
    load: { kind: 'retained', messages: 10_000, payloadBytes: PAYLOAD_BYTES, times: 7 },
    figures: [{ kind: 'medianMilliseconds', budget: { atMost: 1, of: 'mosquitto' } }],
    brokers: whole,
  },
  {
    id: 'qos1-1mb',
    name: 'Payloads of 1 MB, QoS 1',
    load: { ...base, qos: 1, window: 4, payloadBytes: 1_000_000 },
    figures: [{ kind: 'megabytesPerSecond', budget: { atLeast: 1, of: 'mosquitto' } }],
    brokers: whole,
  },
  {
    id: 'offline-persisted',
    name: 'Store on disk, QoS 1 to a session that is away',
    load: {
      kind: 'offline',
      publishers: 10,
      window: 20,
      payloadBytes: PAYLOAD_BYTES,
      measureMs: 1_500,
      mostMessages: 200_000,
    },
    figures: [{ kind: 'messagesPerSecond', budget: { atLeast: 5, of: 'mosquitto' } }],
    brokers: ['workbench', 'mosquitto'],
    isKilled: true,
  },
];
