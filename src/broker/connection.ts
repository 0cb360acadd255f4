/**
 * HOT PATH. One socket: from its opening to its end.
 *
 * Owns the framing, the handshake's state, keep alive, and the one way in which connections end. Whatever is thrown
 * while its bytes are handled ends this connection alone: a ProtocolError with its reason code, anything else as a bug.
 * What a packet means is the handlers' business (handlers/), state that outlives the socket is the session's.
 */
import { FrameReader, frameOf, type OnFrame } from '../mqtt/frameReader.ts';
import type { AuthPacket, ConnackPacket, ProtocolVersion } from '../mqtt/packets.ts';
import { ProtocolError } from '../mqtt/protocolError.ts';
import { isReasonCodeOf, ReasonCode } from '../mqtt/reasonCodes.ts';
import type { BrokerServices, ConnectedClient } from './connectedClient.ts';
import { countEnd } from './connectionEnds.ts';
import { ConnectionTraffic } from './connectionTraffic.ts';
import { type BrokerContext, reportBug } from './context.ts';
import { handleFirstPacket } from './handlers/connect.ts';
import { handleFrame } from './handlers/dispatch.ts';
import type { FirstAuthentication } from './handlers/firstAuthentication.ts';
import { HeldFrames, MAX_HELD_BYTES } from './heldFrames.ts';
import { type InjectedFault, weightierFault } from './injectedFault.ts';
import type { OpenConnection } from './intervention.ts';
import { KEEP_ALIVE_FACTOR } from './limits.ts';
import { ObservedPacket } from './observedPacket.ts';
import type { ConnectionInfo, DisconnectCause } from './observer.ts';
import { encodeWithin, reasonProperties } from './outgoingPacket.ts';
import type { WheelTimer } from './timerWheel.ts';
import type { Transport, TransportHandler } from './transport.ts';
import { UnstoredOutput } from './unstoredOutput.ts';

/**
 * `opened`: CONNECT is awaited. `authenticating`: it is being checked. `exchanging`: the client is to send an AUTH.
 * `connected`: CONNACK was sent. `closed`: nothing more is read or sent, and the socket is on its way out.
 */
type Phase = 'opened' | 'authenticating' | 'exchanging' | 'connected' | 'closed';

/** Before CONNECT is accepted, a stranger gets no more of the broker's memory than the largest sensible one needs. */
const MAX_CONNECT_BYTES = 1024 * 1024;
/** Answers that a client does not read, before the broker stops to read its requests. */
const MAX_UNREAD_ANSWER_BYTES = 64 * 1024;
/** Before a CONNECT says which: no fixed header differs between them. */
const UNKNOWN_VERSION: ProtocolVersion = 4;
const BUG_MESSAGE = 'The broker met a bug while it handled this connection.';

export class Connection implements TransportHandler, OpenConnection {
  readonly info: ConnectionInfo & { fault?: InjectedFault };
  #transport: Transport;
  readonly services: BrokerServices;
  readonly traffic = new ConnectionTraffic();
  readonly #context: BrokerContext;
  readonly #onClosed: (connection: Connection) => void;
  readonly #reader: FrameReader;
  readonly #timer: WheelTimer;
  /** It came faster than connections may: to be told so at its CONNECT. */
  isTooMany = false;
  #phase: Phase = 'opened';
  /** Known from CONNECT on. */
  #clientId: string | undefined;
  /** Present exactly while `exchanging`. */
  #authentication: FirstAuthentication | undefined;
  /** Present exactly while `connected`. */
  #client: ConnectedClient | undefined;
  readonly #heldFrames = new HeldFrames();
  readonly #unstored: UnstoredOutput;
  #lastReceivedMs: number;
  /** A client that is silent for longer broke its word. [MQTT-3.1.2-20] Infinite where it gave none. */
  #lateAfterMs = Number.POSITIVE_INFINITY;
  #isPaused = false;
  /** When a fault held back what the client sent, last. */
  #silencedAtMs = Number.NEGATIVE_INFINITY;
  /** The CONNACK that lets the client in has left. */
  #isGreeted = false;

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
    this.#transport = transport;
    this.info = info;
    this.#onClosed = onClosed;
    this.#reader = new FrameReader({
      maxPacketBytes: Math.min(context.limits.maxPacketBytes, MAX_CONNECT_BYTES),
    });
    this.#unstored = new UnstoredOutput(context.commits);
    this.#lastReceivedMs = context.clock.monotonicMs();
    this.#timer = context.timers.createTimer(() => this.#onTimer());
    this.#timer.start(context.limits.connectTimeoutSeconds * 1000);
  }

  get isClosed(): boolean {
    return this.#phase === 'closed';
  }

  /** When bytes came last, monotonic milliseconds. */
  get lastReceivedMs(): number {
    return this.#lastReceivedMs;
  }

  /** Milliseconds since bytes came. */
  get quietMs(): number {
    return this.#context.clock.monotonicMs() - this.#lastReceivedMs;
  }

  get transport(): Transport {
    return this.#transport;
  }

  get clientId(): string | undefined {
    return this.#clientId;
  }

  get protocolVersion(): ProtocolVersion | undefined {
    return this.#client?.protocolVersion;
  }

  get maxPacketBytes(): number {
    return this.#reader.maxPacketBytes;
  }

  topicOfAlias(direction: 'toBroker' | 'toClient', alias: number): string | undefined {
    if (direction === 'toBroker') return this.#client?.topicOfAlias(alias);
    return this.#client?.topicOfOutboundAlias(alias);
  }

  exchangeTransport(transport: Transport): Uint8Array {
    this.#client?.exchangeTransport(transport);
    this.#transport = transport;
    transport.setHandler(this);
    return this.#reader.takePartial();
  }

  noteFault(fault: InjectedFault): void {
    if (this.#phase === 'closed') return;
    if (fault.did === 'silenced') this.#silencedAtMs = this.#context.clock.monotonicMs();
    this.info.fault = weightierFault(this.info.fault, fault);
  }

  /** A silence that is over is not what ends it. */
  #settleFault(): void {
    const { fault } = this.info;
    if (fault?.did === 'silenced' && this.#silencedAtMs < this.#lastReceivedMs)
      this.info.fault = { ...fault, did: 'touched' };
  }

  // ── From the transport ──────────────────────────────────────────────────────────────────────────────────────

  onData(chunk: Uint8Array): void {
    if (this.#phase === 'closed') return;
    const nowMs = this.#context.clock.monotonicMs();
    const quietMs = nowMs - this.#lastReceivedMs;
    this.#lastReceivedMs = nowMs;
    if (quietMs > this.traffic.longestQuietMs) this.traffic.longestQuietMs = quietMs;
    if (quietMs > this.#lateAfterMs) this.#tellLate(quietMs);
    this.traffic.bytesReceived += chunk.length;
    this.#context.counters.bytesReceived += chunk.length;
    this.#unstored.beginWork();
    this.#context.outputs.begin();
    try {
      this.#reader.read(chunk, this.#onFrame);
    } catch (error) {
      this.#observeRefused(error);
      this.fail(error);
    } finally {
      this.#context.outputs.close();
    }
    this.#unstored.endWork();
    this.#holdBackIfUnread();
  }

  roomForData(): Uint8Array | undefined {
    return this.#reader.room;
  }

  onFlush(): void {
    const cause = this.#settle();
    if (cause === undefined) this.#isGreeted ||= this.#client !== undefined;
    else this.#giveUp(cause);
  }

  onDrain(): void {
    const client = this.#client;
    if (client === undefined) return;
    client.onDrain();
    if (this.#isPaused) {
      this.#isPaused = false;
      this.#transport.resume();
    }
    this.#context.outputs.begin();
    try {
      client.session.outbox.pump();
    } catch (error) {
      this.fail(error);
    } finally {
      this.#context.outputs.close();
    }
    this.#context.commits.plan();
  }

  onClose(error?: Error): void {
    this.close(
      error === undefined ? { kind: 'networkClosed' } : { kind: 'networkClosed', message: error.message },
    );
    this.#onClosed(this);
  }

  /** A field, as it is handed to the frame reader for each chunk. */
  readonly #onFrame: OnFrame = (bytes, start, end, isOwn) => {
    if (this.#phase !== 'connected') this.#handleEarly(frameOf(bytes, start, end));
    else if (this.#client !== undefined) handleFrame(this.#client, bytes, start, end, isOwn);
  };

  #handleEarly(frame: Uint8Array): void {
    if (this.#phase === 'opened') handleFirstPacket(this, frame);
    else if (this.#phase === 'authenticating') this.#hold(frame);
    else if (this.#phase === 'exchanging') this.#authentication?.onFrame(frame);
  }

  /** Counts a packet that came, and tells who looks. */
  observePacket(bytes: Uint8Array, protocolVersion: ProtocolVersion): void {
    this.#context.counters.packetsReceived++;
    const { observer } = this.#context;
    if (observer?.packetReceived === undefined) return;
    observer.packetReceived(this.info, new ObservedPacket(bytes, 0, bytes.length, protocolVersion));
  }

  /** Tells who looks of bytes that are no packet, if `error` says so. */
  observeRejected(source: Uint8Array, start: number, end: number, error: unknown): void {
    if (error instanceof ProtocolError) this.#tellRejected(source, start, end, error);
  }

  /** The frame reader's own: everything else was told where it was decoded. */
  #observeRefused(error: unknown): void {
    const refused = this.#reader.takeRefused();
    if (refused === undefined) return;
    const { bytes, start, end } = refused;
    this.observeRejected(bytes, start, end, error);
  }

  /** Of a packet whose rest does not come any more. */
  #observeUnfinished(): void {
    const { buffered } = this.#reader;
    if (buffered.length > 0) this.#tellRejected(buffered, 0, buffered.length, undefined);
  }

  #tellRejected(source: Uint8Array, start: number, end: number, error: ProtocolError | undefined): void {
    const { observer } = this.#context;
    if (observer?.packetRejected === undefined) return;
    const protocolVersion = this.#reader.protocolVersion ?? error?.protocolVersion ?? UNKNOWN_VERSION;
    observer.packetRejected(this.info, { source, start, end, protocolVersion, error });
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
    this.#transport.pause();
  }

  /** AUTH was sent, and the client is to answer it: what comes now is `authentication`'s. */
  awaitAuth(authentication: FirstAuthentication): void {
    this.#phase = 'exchanging';
    this.#authentication = authentication;
    this.#reader.protocolVersion = 5; // no other has AUTH
  }

  /** As pauseForCheck, for a step of an exchange: nothing but AUTH may follow, which is not larger than a CONNECT. */
  pauseForStep(): void {
    this.#phase = 'authenticating';
    this.#authentication = undefined;
    this.#transport.pause();
  }

  /** CONNACK is about to be sent; from here on packets go to the handlers. */
  accepted(client: ConnectedClient): void {
    this.#phase = 'connected';
    this.#authentication = undefined;
    this.#clientId = client.session.clientId;
    this.#client = client;
    this.#reader.maxPacketBytes = client.limits.maxPacketBytes;
    this.#reader.growsEagerly = true;
    this.#reader.protocolVersion = client.protocolVersion;
    this.#transport.admitted?.();
    this.#timer.stop();
    this.#startKeepAlive(client);
    this.#countClients(+1);
  }

  /**
   * A check that took more than one turn is over: does what follows from it, handles what came meanwhile, and reads on.
   *
   * @param finish accepts or refuses.
   */
  resumeAfterCheck(finish: () => void): void {
    this.#unstored.beginWork();
    try {
      finish();
      for (const frame of this.#heldFrames.take()) this.#onFrame(frame, 0, frame.length, true);
    } catch (error) {
      this.fail(error);
    }
    this.#unstored.endWork();
    // Unless one of them was an AUTH that takes more than this turn, again.
    if (this.#phase !== 'authenticating') this.#transport.resume();
  }

  #hold(frame: Uint8Array): void {
    if (this.#heldFrames.hold(frame)) return;
    const message = `More than ${MAX_HELD_BYTES} bytes came behind a CONNECT that is still being checked.`;
    this.close({ kind: 'refused', reasonCode: ReasonCode.quotaExceeded, message });
  }

  /** Answers CONNECT with a refusal and closes. [MQTT-3.2.2-7] [MQTT-3.2.2-5 of 3.1.1] */
  refuse(
    connack: ConnackPacket,
    protocolVersion: ProtocolVersion,
    maximumPacketSize: number,
    cause: DisconnectCause,
  ): void {
    if (this.#phase === 'closed') return;
    this.answer(connack, protocolVersion, maximumPacketSize);
    this.close(cause);
  }

  /** Sends to a client that is not connected yet. False, and not sent, if it is larger than what the client takes. */
  answer(
    packet: ConnackPacket | AuthPacket,
    protocolVersion: ProtocolVersion,
    maximumPacketSize: number,
  ): boolean {
    const bytes = encodeWithin(packet, protocolVersion, maximumPacketSize);
    if (bytes === undefined) return false;
    this.#transport.write(bytes);
    this.#context.counters.packetsSent++;
    this.#context.counters.bytesSent += bytes.length;
    this.traffic.bytesSent += bytes.length;
    const { observer } = this.#context;
    if (observer?.packetSent !== undefined)
      observer.packetSent(this.info, new ObservedPacket(bytes, 0, bytes.length, protocolVersion));
    return true;
  }

  // ── The end ─────────────────────────────────────────────────────────────────────────────────────────────────

  /** Ends the connection for what was thrown while its bytes, or messages to it, were handled. */
  fail(error: unknown): void {
    if (this.#phase === 'closed') return;
    if (error instanceof ProtocolError) {
      // What is wrong with a second CONNECT may have no code for DISCONNECT; that it came is a Protocol Error.
      const { reasonCode, message } = error;
      const isForDisconnect = isReasonCodeOf('disconnect', reasonCode);
      const told = isForDisconnect ? reasonCode : ReasonCode.protocolError;
      this.close({ kind: 'protocolError', error }, told, message);
    } else {
      this.close({ kind: 'internalError', error }, ReasonCode.implementationSpecificError, BUG_MESSAGE);
    }
  }

  /**
   * Ends the connection. A client of 5.0 is told by DISCONNECT, if it is connected and a reason code is given
   * [MQTT-3.14.0-1]. Does nothing when it has ended already.
   *
   * @param serverReference where else the client may connect, with 0x9C and 0x9D.
   */
  close(cause: DisconnectCause, reasonCode?: number, reason?: string, serverReference?: string): void {
    if (this.#phase === 'closed') return;
    this.#observeUnfinished();
    const client = this.#client;
    client?.output.close();
    // `end` sends what is waiting, acknowledgements too.
    const lost = this.#settle();
    if (lost?.kind === 'internalError') reportBug(this.#context, lost.error);
    const mayTell = lost === undefined || this.#isGreeted; // A CONNACK that was lost comes before a DISCONNECT.
    if (client?.protocolVersion === 5 && reasonCode !== undefined && mayTell) {
      const properties = {
        ...(reason !== undefined && reasonProperties(reason)),
        ...(serverReference !== undefined && { serverReference }),
      };
      client.send({ kind: 'disconnect', reasonCode, properties });
    }
    client?.output.close();
    this.#phase = 'closed';
    // The silence that a timeout ends is mostly the longest one, and no bytes come after it.
    this.traffic.longestQuietMs = Math.max(this.traffic.longestQuietMs, this.quietMs);
    this.#client = undefined;
    this.#authentication = undefined;
    this.#heldFrames.take();
    this.#timer.stop();
    this.#reader.stop();
    // What the peer still sends must be read for its end to be seen.
    this.#transport.resume();
    this.#transport.end();
    this.#settleFault();
    countEnd(this.#context, cause, client !== undefined);
    this.#context.observer?.connectionClosed?.(this.info, this.#clientId, cause);
    if (client === undefined) return;
    this.#countClients(-1);
    try {
      this.services.sessions.disconnected(client, cause);
    } catch (error) {
      reportBug(this.#context, error);
    }
    this.#context.commits.plan();
  }

  /** Closes the socket at once, without a DISCONNECT whatever the version: as a network that fails does. */
  cut(message: string): void {
    this.close({ kind: 'connectionCut', message });
    this.#transport.destroy();
  }

  #countClients(change: number): void {
    const { counters } = this.#context;
    counters.clientsConnected += change;
    counters.clientsMaximum = Math.max(counters.clientsMaximum, counters.clientsConnected);
  }

  // ── Time and flow ───────────────────────────────────────────────────────────────────────────────────────────

  #startKeepAlive(client: ConnectedClient): void {
    this.traffic.longestQuietMs = 0; // what was before its CONNECT was no silence of a client
    if (client.keepAliveSeconds === 0) return;
    this.#lateAfterMs = client.keepAliveSeconds * 1000;
    this.#timer.start(client.keepAliveSeconds * 1000 * KEEP_ALIVE_FACTOR);
  }

  #tellLate(quietMs: number): void {
    const client = this.#client;
    if (client === undefined) return;
    const { observer } = this.#context;
    observer?.clientWasQuiet?.(this.info, client.session.clientId, client.keepAliveSeconds, quietMs);
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
    const { quietMs } = this;
    if (quietMs < limitMs) {
      this.#timer.start(limitMs - quietMs);
      return;
    }
    this.close(
      { kind: 'keepAliveTimeout', keepAliveSeconds },
      ReasonCode.keepAliveTimeout,
      `Nothing came for ${(limitMs / 1000).toFixed(1)} s, one and a half times the keep alive of ${keepAliveSeconds} s.`,
    );
  }

  /** A client that asks and asks, and does not read the answers: its requests stay in its own network's buffers. */
  #holdBackIfUnread(): void {
    if (this.#isPaused || this.#client === undefined) return;
    if (this.#client.unreadAnswerBytes <= MAX_UNREAD_ANSWER_BYTES) return;
    if (this.#transport.bufferedBytes <= MAX_UNREAD_ANSWER_BYTES) {
      this.#client.unreadAnswerBytes = 0;
      return;
    }
    this.#isPaused = true;
    this.#transport.pause();
  }

  // ── The store ───────────────────────────────────────────────────────────────────────────────────────────────

  /** HOT PATH. What was just written must not leave before the next commit. */
  awaitCommit(): void {
    this.#unstored.awaitCommit();
  }

  /**
   * HOT PATH. Makes durable what the waiting output says, if it says any such thing. When that fails, the output is
   * dropped: what is not stored is not acknowledged.
   *
   * @returns why it failed.
   */
  #settle(): DisconnectCause | undefined {
    let cause: DisconnectCause;
    try {
      const failure = this.#unstored.settle();
      if (failure === undefined) return undefined;
      cause = {
        kind: 'storeFailed',
        reasonCode:
          failure.kind === 'full' ? ReasonCode.quotaExceeded : ReasonCode.implementationSpecificError,
        message: 'The broker could not store what this connection sent, or was to get.',
      };
    } catch (error) {
      cause = { kind: 'internalError', error };
    }
    this.#transport.discard();
    this.#client?.output.discard();
    if (this.#client !== undefined && !this.#isGreeted) this.#takeBackConnack(this.#client);
    return cause;
  }

  /** The CONNACK that let the client in was dropped: its CONNECT is refused after all, and a will with it. */
  #takeBackConnack(client: ConnectedClient): void {
    client.session.dropWill();
    this.#context.counters.connectionsRefused++;
  }

  /** Ends a connection whose output was dropped; a client whose CONNACK was in it gets one that refuses. */
  #giveUp(cause: DisconnectCause): void {
    const client = this.#client;
    const { reasonCode, message } =
      cause.kind === 'storeFailed'
        ? cause
        : { reasonCode: ReasonCode.implementationSpecificError, message: BUG_MESSAGE };
    if (client === undefined || this.#isGreeted) {
      this.close(cause, reasonCode, message);
      return;
    }
    const { protocolVersion, maximumPacketSize } = client;
    const connack: ConnackPacket = { kind: 'connack', sessionPresent: false, reasonCode };
    if (protocolVersion === 5) connack.properties = reasonProperties(message);
    this.refuse(connack, protocolVersion, maximumPacketSize, cause);
  }
}
