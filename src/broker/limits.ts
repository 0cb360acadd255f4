/**
 * What a broker allows, in numbers: one table with units, ranges, defaults and what happens at each bound.
 *
 * Owns the defaults, the ranges and their validation. Knows nothing of where settings come from. Every bound that is
 * reached is visible: in a reason code to the client where the standard has one, and in `limitsReached` of
 * BrokerCounters. docs/limits.md is this table for people; a test compares the two.
 */

/** The largest packet that the standard's length field can say: fixed header of 5 bytes and 268,435,455 more. */
export const LARGEST_PACKET_BYTES = 268_435_460;

/** A Session Expiry Interval that never ends. Section 3.1.2.11.2. */
export const NEVER_EXPIRES = 0xffff_ffff;

/** So many times its keep alive a client may be silent. [MQTT-3.1.2-22] */
export const KEEP_ALIVE_FACTOR = 1.5;

export interface BrokerLimits {
  /**
   * Largest packet that the broker accepts, bytes, 16 to 268,435,460. Told to 5.0 clients as Maximum Packet Size; a
   * larger one ends its connection (0x95) as soon as its length is read.
   */
  maxPacketBytes: number;
  /** Sockets at once, 1 or more. One more is told 0x89 server busy (3.1.1: 3, server unavailable) and closed. */
  maxConnections: number;
  /**
   * New connections a second in the long run, 0 or more; 0 sets no bound. One more is told 0x9F connection rate
   * exceeded at its CONNECT (3.1.1: 3) and closed; beyond as many again, sockets are closed at once, without a word.
   */
  maxConnectionsPerSecond: number;
  /** New connections that may come at once before `maxConnectionsPerSecond` holds, 1 or more. */
  connectionBurst: number;
  /** Sessions at once, connected or stored, 1 or more. One more is refused with 0x97 (3.1.1: 3). */
  maxSessions: number;
  /** Seconds from a socket's opening to its CONNECT, 1 or more. Then it is closed without a word. */
  connectTimeoutSeconds: number;
  /**
   * Shortest keep alive, seconds, 0 to 65,535, and not above `maxKeepAliveSeconds` where that is set. A 5.0 client
   * that asks for less is given this as Server Keep Alive; older versions cannot be told and keep their own.
   */
  minKeepAliveSeconds: number;
  /**
   * Longest keep alive, seconds, 0 to 65,535; 0 leaves it to the client. A 5.0 client that asks for more, or for
   * none, is given this as Server Keep Alive; older versions cannot be told and keep their own.
   */
  maxKeepAliveSeconds: number;
  /** Longest life of a session after its connection, seconds, up to 4,294,967,295 (never ends). CONNACK says it. */
  maxSessionExpirySeconds: number;
  /** Highest QoS that is accepted and granted. Below 2, CONNACK says it and a PUBLISH above it is refused with 0x9B. */
  maximumQoS: 0 | 1 | 2;
  /** QoS 1 and 2 messages that one client may have unacknowledged on the way in, 1 to 65,535. Beyond: 0x93. */
  receiveMaximum: number;
  /** Aliases that a 5.0 client may set for topics, 0 to 65,535. Beyond: 0x94. */
  topicAliasMaximum: number;
  /**
   * Aliases that the broker sets for topics with one 5.0 client, 0 to 65,535, and never more than its Topic Alias
   * Maximum. 0 sends every topic in full.
   */
  maxOutboundTopicAliases: number;
  /**
   * QoS 1 and 2 messages to one client that are sent and not yet acknowledged, 1 to 65,535. A 5.0 client's own
   * Receive Maximum counts where it is lower. The rest waits in the session's queue.
   */
  maxInflight: number;
  /** Messages that wait for one client, 0 or more. At the bound the newest is dropped and counted (`queueFull`). */
  maxQueuedMessages: number;
  /** Bytes that one session holds, queued and in flight, as `maxQueuedMessages`. One message always fits. */
  maxQueuedBytes: number;
  /** The same over all sessions, in bytes. A message that waits for two sessions counts twice, though stored once. */
  maxTotalQueuedBytes: number;
  /**
   * Bytes written to one client that its network has not yet taken. Once there are more, and until all of it has
   * left, QoS 0 messages to it are dropped and counted (`slowConsumer`), and QoS 1 and 2 ones wait in the queue.
   */
  maxBufferedBytes: number;
  /** Subscriptions of one session, 1 or more. One more is refused in the SUBACK with 0x97 (3.1.1: 0x80). */
  maxSubscriptions: number;
  /**
   * Bytes that the topic filters of one session cost, each reckoned as if no other shared its levels. One more is
   * refused as with `maxSubscriptions`. A level costs 256 bytes, a filter 256 more and two for each character: by
   * default there is room for three filters of 65,536 levels, the most that the standard's length allows.
   */
  maxSubscriptionBytes: number;
  /** The same over all sessions, where levels in common cost once. */
  maxTotalSubscriptionBytes: number;
  /**
   * Retained messages, 0 or more; 0 turns retaining off (CONNACK says so, a PUBLISH with RETAIN is refused with 0x9A).
   */
  maxRetainedMessages: number;
  /**
   * Bytes of all retained messages, 256 for each level of their topics included. At either bound a message for a new
   * topic is refused with 0x97; where the packet has no reason code, it is delivered but not retained, and counted
   * (`retainedFull`).
   */
  maxRetainedBytes: number;
  /** Seconds between two looks at what `$SYS/#` tells, 0 to 86,400; 0 turns it off. */
  sysIntervalSeconds: number;
}

export type LimitName = keyof BrokerLimits;

/**
 * Chosen for a broker on a developer's machine: nothing that a device does gets near, nothing gone wrong fills it.
 *
 * The burst of connections is `maxConnections`: whoever may be connected may come back at once, as all do when the
 * broker or the network returns. After that, a client that connects in a loop gets no more than the broker can
 * answer beside its other work.
 */
export const defaultLimits: Readonly<BrokerLimits> = {
  maxPacketBytes: 128 * 1024 * 1024,
  maxConnections: 10_000,
  maxConnectionsPerSecond: 1000,
  connectionBurst: 10_000,
  maxSessions: 20_000,
  connectTimeoutSeconds: 10,
  minKeepAliveSeconds: 0,
  maxKeepAliveSeconds: 0,
  maxSessionExpirySeconds: NEVER_EXPIRES,
  maximumQoS: 2,
  receiveMaximum: 65_535,
  topicAliasMaximum: 64,
  maxOutboundTopicAliases: 64,
  maxInflight: 128,
  maxQueuedMessages: 100_000,
  maxQueuedBytes: 64 * 1024 * 1024,
  maxTotalQueuedBytes: 256 * 1024 * 1024,
  maxBufferedBytes: 4 * 1024 * 1024,
  maxSubscriptions: 10_000,
  maxSubscriptionBytes: 64 * 1024 * 1024,
  maxTotalSubscriptionBytes: 256 * 1024 * 1024,
  maxRetainedMessages: 100_000,
  maxRetainedBytes: 128 * 1024 * 1024,
  sysIntervalSeconds: 10,
};

/** What each limit may be: whole numbers, both ends included. For whoever reads settings, and says what is wrong. */
export const limitRanges: Readonly<Record<LimitName, readonly [lowest: number, highest: number]>> = {
  maxPacketBytes: [16, LARGEST_PACKET_BYTES],
  maxConnections: [1, Number.MAX_SAFE_INTEGER],
  maxConnectionsPerSecond: [0, Number.MAX_SAFE_INTEGER],
  connectionBurst: [1, Number.MAX_SAFE_INTEGER],
  maxSessions: [1, Number.MAX_SAFE_INTEGER],
  connectTimeoutSeconds: [1, 3600],
  minKeepAliveSeconds: [0, 65_535],
  maxKeepAliveSeconds: [0, 65_535],
  maxSessionExpirySeconds: [0, NEVER_EXPIRES],
  maximumQoS: [0, 2],
  receiveMaximum: [1, 65_535],
  topicAliasMaximum: [0, 65_535],
  maxOutboundTopicAliases: [0, 65_535],
  maxInflight: [1, 65_535],
  maxQueuedMessages: [0, Number.MAX_SAFE_INTEGER],
  maxQueuedBytes: [0, Number.MAX_SAFE_INTEGER],
  maxTotalQueuedBytes: [0, Number.MAX_SAFE_INTEGER],
  maxBufferedBytes: [0, Number.MAX_SAFE_INTEGER],
  maxSubscriptions: [1, Number.MAX_SAFE_INTEGER],
  maxSubscriptionBytes: [0, Number.MAX_SAFE_INTEGER],
  maxTotalSubscriptionBytes: [0, Number.MAX_SAFE_INTEGER],
  maxRetainedMessages: [0, Number.MAX_SAFE_INTEGER],
  maxRetainedBytes: [0, Number.MAX_SAFE_INTEGER],
  sysIntervalSeconds: [0, 86_400],
};

/** In the order of the table. */
export const limitNames = Object.keys(limitRanges) as readonly LimitName[]; // a Record has exactly these keys

/** What is wrong with a value for a limit, to follow the limit's name; undefined when it is fine. */
export function checkLimit(name: LimitName, value: unknown): string | undefined {
  const [lowest, highest] = limitRanges[name];
  if (typeof value === 'number' && Number.isInteger(value) && value >= lowest && value <= highest)
    return undefined;
  const said = typeof value === 'number' ? value : JSON.stringify(value);
  return `is ${said}, must be a whole number from ${lowest} to ${highest}`;
}

/**
 * `base` with the changes laid over it.
 * @throws RangeError naming the limit, its value and its range.
 */
export function withLimits(base: Readonly<BrokerLimits>, changes: Partial<BrokerLimits>): BrokerLimits {
  const limits = { ...base, ...changes };
  for (const name of limitNames) {
    const wrong = checkLimit(name, limits[name]);
    if (wrong !== undefined) throw new RangeError(`${name} ${wrong}`);
  }
  const { minKeepAliveSeconds, maxKeepAliveSeconds } = limits;
  if (maxKeepAliveSeconds > 0 && minKeepAliveSeconds > maxKeepAliveSeconds) {
    throw new RangeError(
      `minKeepAliveSeconds is ${minKeepAliveSeconds}, must not be above maxKeepAliveSeconds, which is ${maxKeepAliveSeconds}`,
    );
  }
  return limits;
}
