/**
 * HOT PATH. One socket: from its opening to its end.
 *
 * Owns the framing, the handshake's state, keep alive, and the one way in which connections end. Whatever is thrown
 * while its bytes are handled ends this connection alone: a ProtocolError with its reason code, anything else as a
 * bug. Packets after CONNECT are the handlers' business (handlers/), state that outlives the socket is the session's.
 */
import { decode } from '../mqtt/decode.ts';
import { FrameReader } from '../mqtt/frameReader.ts';
import type { ConnackPacket, Packet, ProtocolVersion } from '../mqtt/packets.ts';
import { ProtocolError } from '../mqtt/protocolError.ts';
import { ReasonCode } from '../mqtt/reasonCodes.ts';
import type { BrokerServices, ConnectedClient } from './connectedClient.ts';
import { type BrokerContext, reportBug } from './context.ts';
import { handleFirstPacket } from './handlers/connect.ts';
import { handlePacket } from './handlers/dispatch.ts';
import type { ConnectionInfo, DisconnectCause } from './observer.ts';
import { encodeWithin, reasonProperties } from './outgoingPacket.ts';
import type { WheelTimer } from './timerWheel.ts';
import type { Transport, TransportHandler } from './transport.ts';

/**
 * `opened`: CONNECT is awaited. `authenticating`: it is being checked. `connected`: CONNACK was sent. `closed`: nothing
 * more is read or sent, and the socket is on its way out.
 */
type Phase = 'opened' | 'authenticating' | 'connected' | 'closed';

/** Before CONNECT is accepted, a stranger gets no more of the broker's memory than the largest sensible one needs. */
const MAX_CONNECT_BYTES = 1024 * 1024;
/** Packets that came behind a CONNECT that is still being checked. The transport is paused, so one chunk at most. */
const MAX_HELD_BYTES = 1024 * 1024;
/** Answers that a client does not read, before the broker stops to read its requests. */
const MAX_UNREAD_ANSWER_BYTES = 64 * 1024;
/** [MQTT-3.1.2-22] */
const KEEP_ALIVE_FACTOR = 1.5;

export class Connection implements TransportHandler {
  readonly info: ConnectionInfo;
  readonly transport: Transport;
  readonly services: BrokerServices;
  readonly #context: BrokerContext;
  readonly #onClosed: (connection: Connection) => void;
  readonly #reader: FrameReader;
  readonly #timer: WheelTimer;
  #phase: Phase = 'opened';
  /** Known from CONNECT on. */
  #clientId: string | undefined;
  /** Present exactly while `connected`. */
  #client: ConnectedClient | undefined;
  #heldFrames: Uint8Array[] = [];
  #heldBytes = 0;
  #lastReceivedMs: number;
  #isPaused = false;

  /** @param onClosed the transport is gone; called once. */
  constructor(
    services: BrokerServices,
    transport: Transport,
    info: ConnectionInfo,
    onClosed: (connection: Connection) => void,
  ) {
    const { context } = services;
    this.services = services;
    this.#context = context;
    this.transport = transport;
    this.info = info;
    this.#onClosed = onClosed;
    this.#reader = new FrameReader({
      maxPacketBytes: Math.min(context.limits.maxPacketBytes, MAX_CONNECT_BYTES),
    });
    this.#lastReceivedMs = context.clock.monotonicMs();
    this.#timer = context.timers.createTimer(() => this.#onTimer());
    this.#timer.start(context.limits.connectTimeoutSeconds * 1000);
  }

  get isClosed(): boolean {
    return this.#phase === 'closed';
  }

  // ── From the transport ──────────────────────────────────────────────────────────────────────────────────────

  onData(chunk: Uint8Array): void {
    if (this.#phase === 'closed') return;
    this.#lastReceivedMs = this.#context.clock.monotonicMs();
    this.#context.counters.bytesReceived += chunk.length;
    try {
      this.#reader.push(chunk, this.#onFrame);
    } catch (error) {
      this.fail(error);
    }
    this.#commit();
    this.#holdBackIfUnread();
  }

  onDrain(): void {
    const client = this.#client;
    if (client === undefined) return;
    client.onDrain();
    if (this.#isPaused) {
      this.#isPaused = false;
      this.transport.resume();
    }
    try {
      client.session.outbox.pump();
    } catch (error) {
      this.fail(error);
    }
    this.#commit();
  }

  onClose(error?: Error): void {
    this.close(
      error === undefined ? { kind: 'networkClosed' } : { kind: 'networkClosed', message: error.message },
    );
    this.#commit();
    this.#onClosed(this);
  }

  /** A field, as it is handed to the frame reader for each chunk. */
  readonly #onFrame = (frame: Uint8Array): void => {
    if (this.#phase === 'connected') this.#handleFrame(frame);
    else if (this.#phase === 'opened') handleFirstPacket(this, frame);
    else if (this.#phase === 'authenticating') this.#hold(frame);
  };

  #handleFrame(frame: Uint8Array): void {
    const client = this.#client;
    if (client === undefined) return;
    const packet = decode(frame, client.protocolVersion, this.#context.topicNames);
    this.observePacket(packet, frame);
    handlePacket(client, packet);
  }

  /** Counts a packet that came, and tells who looks. */
  observePacket(packet: Packet, bytes: Uint8Array): void {
    this.#context.counters.packetsReceived++;
    this.#context.observer?.packetReceived?.(this.info, packet, bytes);
  }

  // ── The handshake, as handlers/connect.ts drives it ─────────────────────────────────────────────────────────

  /** CONNECT was read, with or without a client identifier. What comes behind it waits until `accepted` or `refuse`. */
  authenticating(clientId: string | undefined): void {
    this.#phase = 'authenticating';
    this.#clientId = clientId;
  }

  /**
   * The check takes more than this turn: nothing more is read from the socket until it is over. A packet that began in
   * the same chunk may be as large as any: no more of it comes before the check is over.
   */
  pauseForCheck(): void {
    this.#reader.maxPacketBytes = this.#context.limits.maxPacketBytes;
    this.transport.pause();
  }

  /** CONNACK is about to be sent; from here on packets go to the handlers. */
  accepted(client: ConnectedClient): void {
    this.#phase = 'connected';
    this.#clientId = client.session.clientId;
    this.#client = client;
    this.#reader.maxPacketBytes = this.#context.limits.maxPacketBytes;
    this.#reader.protocolVersion = client.protocolVersion;
    this.transport.admitted?.();
    this.#timer.stop();
    this.#startKeepAlive(client);
  }

  /** Handles what came during a check that took more than one turn, and reads on. */
  resumeAfterCheck(): void {
    const frames = this.#heldFrames;
    this.#heldFrames = [];
    this.#heldBytes = 0;
    try {
      for (const frame of frames) this.#onFrame(frame);
    } catch (error) {
      this.fail(error);
    }
    this.#commit();
    this.transport.resume();
  }

  /** Keeps a packet that came behind CONNECT in the same chunk. */
  #hold(frame: Uint8Array): void {
    this.#heldBytes += frame.length;
    if (this.#heldBytes > MAX_HELD_BYTES) {
      const message = `More than ${MAX_HELD_BYTES} bytes came behind a CONNECT that is still being checked.`;
      this.close({ kind: 'refused', reasonCode: ReasonCode.quotaExceeded, message });
      return;
    }
    this.#heldFrames.push(new Uint8Array(frame)); // Copy: the frame is borrowed for this call.
  }

  /** Answers CONNECT with a refusal and closes. [MQTT-3.2.2-7] [MQTT-3.2.2-5 of 3.1.1] */
  refuse(
    connack: ConnackPacket,
    protocolVersion: ProtocolVersion,
    maximumPacketSize: number,
    cause: DisconnectCause,
  ): void {
    if (this.#phase === 'closed') return;
    const bytes = encodeWithin(connack, protocolVersion, maximumPacketSize);
    if (bytes !== undefined) {
      this.transport.write(bytes);
      this.#context.counters.packetsSent++;
      this.#context.counters.bytesSent += bytes.length;
      this.#context.observer?.packetSent?.(this.info, connack, bytes);
    }
    this.close(cause);
  }

  // ── The end ─────────────────────────────────────────────────────────────────────────────────────────────────

  /** Ends the connection for what was thrown while its bytes, or messages to it, were handled. */
  fail(error: unknown): void {
    if (this.#phase === 'closed') return;
    if (error instanceof ProtocolError) {
      this.close({ kind: 'protocolError', error }, error.reasonCode, error.message);
    } else {
      const message = 'The broker met a bug while it handled this connection.';
      this.close({ kind: 'internalError', error }, ReasonCode.implementationSpecificError, message);
    }
  }

  /**
   * Ends the connection. A client of 5.0 is told by DISCONNECT, if it is connected and a reason code is given
   * [MQTT-3.14.0-1]. Does nothing when it has ended already.
   */
  close(cause: DisconnectCause, reasonCode?: number, reason?: string): void {
    if (this.#phase === 'closed') return;
    const client = this.#client;
    if (client?.protocolVersion === 5 && reasonCode !== undefined) {
      const properties = reason === undefined ? {} : reasonProperties(reason);
      client.send({ kind: 'disconnect', reasonCode, properties });
    }
    this.#phase = 'closed';
    this.#client = undefined;
    this.#heldFrames = [];
    this.#timer.stop();
    this.#reader.stop();
    // What the peer still sends must be read for its end to be seen.
    this.transport.resume();
    this.#commit(); // `end` sends what is waiting, acknowledgements too.
    this.transport.end();
    this.#countEnd(cause, client !== undefined);
    this.#context.observer?.connectionClosed?.(this.info, this.#clientId, cause);
    if (client === undefined) return;
    try {
      this.services.sessions.disconnected(client, cause);
    } catch (error) {
      reportBug(this.#context, error);
    }
  }

  #countEnd(cause: DisconnectCause, wasConnected: boolean): void {
    const { counters } = this.#context;
    const endsItself = cause.kind === 'networkClosed' || cause.kind === 'serverDisconnected';
    if (cause.kind === 'refused' || (!wasConnected && !endsItself)) counters.connectionsRefused++;
    if (cause.kind === 'protocolError') counters.protocolErrors++;
    else if (cause.kind === 'internalError') counters.internalErrors++;
  }

  // ── Time and flow ───────────────────────────────────────────────────────────────────────────────────────────

  #startKeepAlive(client: ConnectedClient): void {
    if (client.keepAliveSeconds === 0) return;
    this.#timer.start(client.keepAliveSeconds * 1000 * KEEP_ALIVE_FACTOR);
  }

  #onTimer(): void {
    const client = this.#client;
    if (client === undefined) {
      this.close({ kind: 'connectTimeout', timeoutSeconds: this.#context.limits.connectTimeoutSeconds });
      return;
    }
    // Not set anew with each packet: how long it has been quiet is asked when the time would be over.
    const { keepAliveSeconds } = client;
    const limitMs = keepAliveSeconds * 1000 * KEEP_ALIVE_FACTOR;
    const quietMs = this.#context.clock.monotonicMs() - this.#lastReceivedMs;
    if (quietMs < limitMs) {
      this.#timer.start(limitMs - quietMs);
      return;
    }
    this.close(
      { kind: 'keepAliveTimeout', keepAliveSeconds },
      ReasonCode.keepAliveTimeout,
      `Nothing came for ${(limitMs / 1000).toFixed(1)} s, one and a half times the keep alive of ${keepAliveSeconds} s.`,
    );
    this.#commit();
  }

  /** A client that asks and asks, and does not read the answers: its requests stay in its own network's buffers. */
  #holdBackIfUnread(): void {
    if (this.#isPaused || this.#client === undefined) return;
    if (this.#client.unreadAnswerBytes <= MAX_UNREAD_ANSWER_BYTES) return;
    if (this.transport.bufferedBytes <= MAX_UNREAD_ANSWER_BYTES) {
      this.#client.unreadAnswerBytes = 0;
      return;
    }
    this.#isPaused = true;
    this.transport.pause();
  }

  /** Before the transport sends the acknowledgements of this turn, which without it must not leave. */
  #commit(): void {
    if (this.#context.persistence === undefined) return;
    try {
      this.#context.persistence.commit();
    } catch (error) {
      this.transport.destroy();
      if (this.#phase === 'closed') reportBug(this.#context, error);
      else this.close({ kind: 'internalError', error });
    }
  }
}
