/** What the load generator can be asked to do to a broker, and what it answers: plain values between two processes. */
import type { LoadTransport } from './loadClient.ts';

/** Where the broker is, for any kind of load. */
export interface Target {
  readonly pid: number;
  readonly ports: Readonly<Partial<Record<LoadTransport, number>>>;
}

export type Load =
  | FlowLoad
  | RoundTripLoad
  | ConnectionsLoad
  | IdleLoad
  | RetainedLoad
  | OfflineLoad
  | ResumeLoad;

/** Messages from publishers to subscribers, as fast as the window allows, or at a steady rate. */
export interface FlowLoad {
  readonly kind: 'flow';
  readonly transport: LoadTransport;
  readonly protocolVersion: 4 | 5;
  readonly qos: 0 | 1 | 2;
  readonly publishers: number;
  /** Each gets every message, unless there are `filters`. */
  readonly subscribers: number;
  /**
   * How many messages are under way at most. At QoS 0 all publishers share it, unless `isWindowOfEach`; at QoS 1 and 2
   * each has its own, of messages that the broker has not acknowledged.
   */
  readonly window: number;
  readonly isWindowOfEach?: boolean;
  /** Each message is a write of its own, as a device does it. */
  readonly isWrittenSingly?: boolean;
  readonly payloadBytes: number;
  /** 5.0: content type, expiry, response topic and a user property; and subscriptions with an identifier. */
  readonly hasProperties?: boolean;
  /** Exact subscriptions, a topic each, that messages are sent to in turn; and wildcard ones that match one topic in ten. */
  readonly filters?: {
    readonly exact: number;
    readonly wildcard: number;
    /** To so many of the exact ones messages are sent, evenly spread; to all, unless given. */
    readonly published?: number;
  };
  /** Messages a second, one a write, publishers in turn. */
  readonly messagesPerSecond?: number;
  /** Retained messages of other topics that the broker holds meanwhile. */
  readonly retained?: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

/** One message at a time, a thousand a second. */
export interface RoundTripLoad {
  readonly kind: 'roundTrip';
  readonly messagesPerSecond: number;
  readonly payloadBytes: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

/** Sockets opened and CONNECTs sent, so many at a time. */
export interface ConnectionsLoad {
  readonly kind: 'connections';
  /** Made and closed before. */
  readonly warmUpConnections: number;
  readonly connections: number;
  readonly atOnce: number;
}

/** Connections that say nothing. */
export interface IdleLoad {
  readonly kind: 'idle';
  readonly connections: number;
}

/** A new subscriber of `#` to a broker that holds retained messages. */
export interface RetainedLoad {
  readonly kind: 'retained';
  readonly messages: number;
  readonly payloadBytes: number;
  readonly times: number;
}

/** QoS 1 to a persistent session whose client is away. */
export interface OfflineLoad {
  readonly kind: 'offline';
  readonly publishers: number;
  readonly window: number;
  readonly payloadBytes: number;
  readonly measureMs: number;
  /** Ends sooner when as many were acknowledged. */
  readonly mostMessages: number;
}

/** The client comes back, and counts what it gets. */
export interface ResumeLoad {
  readonly kind: 'resume';
}

export interface Measurement {
  /** Of the broker, between the first and the last look. */
  readonly brokerCpuSeconds: number;
  /** Of the generator's process in that time, as a share of one core. */
  readonly generatorShare: number;
  readonly seconds: number;
  /** Messages delivered, connections made, or messages acknowledged, in that time. */
  readonly count: number;
  /** Of messages that were sent over the whole load, how many were never delivered. */
  readonly missing: number;
  /** Of the broker's own memory; what `idle` and preparations added. */
  readonly memoryGrowthBytes?: number;
  /** Milliseconds, of each message or each subscriber. */
  readonly timesMs?: readonly number[];
}
