/**
 * The broker's side of a byte stream: what a connection needs of a socket, and no more.
 *
 * Implemented in src/transports (TCP, TLS, WebSocket) and, for tests and faults, by anything that wraps one.
 * Knows nothing of MQTT.
 */

export type TransportKind = 'mqtt' | 'mqtts' | 'ws' | 'wss' | 'unix' | 'memory';

/**
 * Called by a transport, and never from inside one of the transport's own methods: what a `write` or an `end` causes
 * comes in a later turn. Set once, synchronously, by the broker in `Broker.accept`.
 */
export interface TransportHandler {
  /**
   * HOT PATH. Bytes as they came. Borrowed: the transport may reuse the buffer after the call, so who keeps bytes
   * copies them.
   */
  onData(chunk: Uint8Array): void;
  /**
   * HOT PATH. Where the bytes that come next belong, asked after `onData` by a transport that can read to there: what it
   * fills of it is the next chunk. Undefined: no matter where.
   */
  roomForData?(): Uint8Array | undefined;
  /**
   * HOT PATH. What was written in this turn is about to leave: the last moment to make durable what it acknowledges.
   * May call the transport's methods. Not called for what `end` sends.
   */
  onFlush(): void;
  /** Everything handed to `write` has left for the kernel: `bufferedBytes` is 0 again. */
  onDrain(): void;
  /** Called exactly once, whoever closed. `error` when the network failed, absent after an orderly end. */
  onClose(error?: Error): void;
}

export interface Transport {
  readonly kind: TransportKind;
  /** `192.0.2.7:50123`, `[::1]:50123`, or a path: for people, not for parsing. */
  readonly remoteAddress: string;
  /** The end that the peer reached, written as its own: `192.0.2.1:8883`. Absent where there is none. */
  readonly localAddress?: string;
  /** True when the peer proved its identity with a certificate; its common name. */
  readonly certificateCommonName?: string;
  /**
   * The common name again, where the listener takes it for the user name: no password is asked then, and an
   * Authentication Method must show the same user.
   */
  readonly certificateUsername?: string;
  /** Whether the listener lets in who gives no user name; undefined leaves it to the access policy. */
  readonly allowsAnonymous?: boolean;
  /**
   * Why the listener has no room for this peer, which is here only to be told: in its CONNACK, 0x89 server busy (3.1.1:
   * 3, server unavailable).
   */
  readonly refusal?: string;
  /** Bytes handed to `write` that have not reached the kernel. A connection's back-pressure reads this. */
  readonly bufferedBytes: number;
  setHandler(handler: TransportHandler): void;
  /**
   * The peer's CONNECT is accepted. A transport that puts pieces together before it hands them over holds little for a
   * stranger.
   */
  admitted?(): void;
  /**
   * HOT PATH. Queues bytes; they leave in one system call at the end of the current turn of the event loop.
   * The bytes belong to the transport from here on and must not change. After a close: ignored.
   * Nothing leaves before `onFlush` was called, unless `end` is called: the broker first commits to its store.
   */
  write(bytes: Uint8Array): void;
  /** Drops what was written and has not left: everything of this turn, and so never a part of a packet. */
  discard(): void;
  /** Stops and resumes reading: how a connection holds back a peer that sends faster than it may. */
  pause(): void;
  resume(): void;
  /**
   * Sends what was written, then closes. `onClose` follows, at the latest when the peer does not answer for a few
   * seconds.
   */
  end(): void;
  /** Closes at once; what was not sent is lost. `onClose` follows. */
  destroy(): void;
}
