/**
 * A `Transport` around a `Transport` that misbehaves as told: put under an open connection while a rule may mean it, and
 * taken away again.
 *
 * Keeps what src/broker/transport.ts promises to both sides. What the broker writes in a turn waits for the end of that
 * turn and for `onFlush`; only then its packets meet their fate, so that nothing leaves that is not stored, and
 * `discard` drops a turn and never a part of one. What comes is cut into packets, and goes on in whole ones; what is held
 * is copied. An end, and a close, wait behind what is still on its way.
 *
 * Owns how a connection begins, stalls and ends, both ways at once: that is why it is one file. A packet and its fate are
 * side.ts's, one for each direction; when bytes leave is line.ts's, and which rules there are faults.ts's.
 */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { FaultDeed } from '../broker/injectedFault.ts';
import type { OpenConnection } from '../broker/intervention.ts';
import { LARGEST_PACKET_BYTES } from '../broker/limits.ts';
import type { Transport, TransportHandler, TransportKind } from '../broker/transport.ts';
import { decode } from '../mqtt/decode.ts';
import type { ProtocolVersion } from '../mqtt/packets.ts';
import type { ActiveRule } from './activeRule.ts';
import type { FaultDirection } from './faultRule.ts';
import { Line } from './line.ts';
import { PacketStream } from './packetStream.ts';
import { Side, type SideContext } from './side.ts';
import { TopicAliases } from './topicAliases.ts';

/** What is held of a client's bytes before no more of them are read. */
const MAX_HELD_IN_BYTES = 256 * 1024;
/** How long a connection that the broker has ended may still have something on its way. As queuedTransport.ts. */
const END_WAIT_MS = 3_000;
/** What a captive portal answers to whatever comes. */
const PORTAL_LINES = [
  'HTTP/1.1 302 Found',
  'Location: http://portal.invalid/login',
  'Content-Length: 0',
  'Connection: close',
];
const PORTAL_PAGE = Buffer.from(
  PORTAL_LINES.map((line) => `${line}\r\n`)
    .join('')
    .concat('\r\n'),
);

/** Who knows the rules. */
export interface FaultSource {
  /** Whether any rule touches bytes now. */
  isOn(): boolean;
  /** Those that may mean a client, once its CONNECT was read. */
  rulesFor(clientId: string): readonly ActiveRule[];
  /** Something was done that is counted and logged. */
  applied(rule: ActiveRule, connection: OpenConnection, clientId: string, what: string): void;
  /** The broker has let go of a connection whose peer does not know: `lay` ends it. */
  ghost(lay: () => void): void;
  /** It is nobody's transport any more. */
  removed(transport: FaultyTransport): void;
}

export class FaultyTransport implements Transport, TransportHandler {
  readonly kind: TransportKind;
  readonly remoteAddress: string;
  readonly localAddress?: string;
  readonly certificateCommonName?: string;
  readonly certificateUsername?: string;
  readonly allowsAnonymous?: boolean;
  readonly refusal?: string;
  readonly #connection: OpenConnection;
  readonly #inner: Transport;
  readonly #source: FaultSource;
  readonly #clock: Clock;
  readonly #in: Side;
  readonly #out: Side;
  #handler: TransportHandler | undefined;
  /** Undefined until CONNECT was read. */
  #clientId: string | undefined;
  #protocolVersion: ProtocolVersion | undefined;
  #rules: readonly ActiveRule[] = [];
  /** Written in this turn. */
  #turn: Uint8Array[] = [];
  #turnBytes = 0;
  /** What was written before this transport came between has not left yet. */
  #isInnerUnsettled: boolean;
  #isPausedByHandler = false;
  #isInnerPaused = false;
  #isEnding = false;
  #isCloseTold = false;
  #isInnerClosed = false;
  #endTimer: Disposable | undefined;
  #idleTimer: Disposable | undefined;
  #lastTrafficMs: number;
  /** The rule by which nothing passes over this connection any more. */
  #deadBy: ActiveRule | undefined;
  /** Bytes are being handed on: it must not be taken away now. */
  #depth = 0;
  #isToLeave = false;
  #hasLeft = false;

  /** Comes between a connection and its transport. */
  static interpose(connection: OpenConnection, source: FaultSource, clock: Clock): FaultyTransport {
    const isBeforeConnect = connection.clientId === undefined && connection.protocolVersion === undefined;
    const transport = new FaultyTransport(connection, source, clock, isBeforeConnect);
    const partial = connection.exchangeTransport(transport);
    transport.#inner.setHandler(transport);
    if (!isBeforeConnect) transport.#nowKnown(connection.clientId ?? '', connection.protocolVersion);
    transport.#in.stream.feed(partial, () => {});
    return transport;
  }

  private constructor(
    connection: OpenConnection,
    source: FaultSource,
    clock: Clock,
    isBeforeConnect: boolean,
  ) {
    const inner = connection.transport;
    const { localAddress, certificateCommonName, certificateUsername, allowsAnonymous, refusal } = inner;
    this.kind = inner.kind;
    this.remoteAddress = inner.remoteAddress;
    if (localAddress !== undefined) this.localAddress = localAddress;
    if (certificateCommonName !== undefined) this.certificateCommonName = certificateCommonName;
    if (certificateUsername !== undefined) this.certificateUsername = certificateUsername;
    if (allowsAnonymous !== undefined) this.allowsAnonymous = allowsAnonymous;
    if (refusal !== undefined) this.refusal = refusal;
    this.#connection = connection;
    this.#inner = inner;
    this.#source = source;
    this.#clock = clock;
    this.#isInnerUnsettled = inner.bufferedBytes > 0;
    this.#lastTrafficMs = clock.monotonicMs();
    this.#in = this.#side(
      'toBroker',
      new PacketStream(connection.maxPacketBytes, isBeforeConnect),
      new Line(clock, (bytes) => this.#deliver(bytes)),
    );
    this.#out = this.#side(
      'toClient',
      new PacketStream(LARGEST_PACKET_BYTES, false),
      new Line(clock, (bytes) => this.#inner.write(bytes)),
    );
  }

  #side(direction: FaultDirection, stream: PacketStream, line: Line): Side {
    const side = new Side({
      ...{ direction, stream, line, clock: this.#clock },
      aliases: new TopicAliases((alias) => this.#connection.topicOfAlias(direction, alias)),
      note: (rule, did, what) => this.#note(rule, did, what),
      touch: (rule) => this.#connection.noteFault(rule.deed('touched')),
      closeBehind: () => this.#closeBehind(side),
      inOwnTurn: (release) => this.#handingOn(release),
    });
    return side;
  }

  // ── The broker's side ───────────────────────────────────────────────────────────────────────────────────────

  get bufferedBytes(): number {
    return this.#turnBytes + this.#out.heldBytes + this.#inner.bufferedBytes;
  }

  setHandler(handler: TransportHandler): void {
    this.#handler = handler;
  }

  admitted(): void {
    this.#in.stream.maxPacketBytes = this.#connection.maxPacketBytes;
    this.#inner.admitted?.();
  }

  write(bytes: Uint8Array): void {
    if (this.#isEnding || this.#isInnerClosed || bytes.length === 0) return;
    this.#turnBytes += bytes.length;
    if (this.#turn.push(bytes) === 1) setImmediate(this.#flush);
  }

  discard(): void {
    this.#turn = [];
    this.#turnBytes = 0;
    if (this.#isInnerUnsettled) this.#inner.discard();
  }

  pause(): void {
    this.#isPausedByHandler = true;
    this.#update();
  }

  resume(): void {
    this.#isPausedByHandler = false;
    // Before this transport came between, the broker may have paused the one below.
    if (!this.#isInnerPaused) this.#inner.resume();
    this.#update();
  }

  end(): void {
    if (this.#isEnding) return;
    // Nothing is handed to the broker from in here, and so nothing leaves.
    this.#depth++;
    this.#sendTurn();
    this.#isEnding = true;
    this.#out.letPass();
    this.#out.line.pushEnd(() => {
      this.#out.isOver = true;
      this.#inner.end();
    });
    this.#depth--;
    if (this.#isCloseTold) return;
    if (this.#isInnerClosed) setImmediate(() => this.#tellClose(undefined));
    else if (!this.#out.line.isEmpty)
      this.#endTimer = this.#clock.setTimeout(() => this.#giveUp(), END_WAIT_MS);
  }

  destroy(): void {
    this.#isEnding = true;
    this.discard();
    this.#abandon();
  }

  // ── The network's side ──────────────────────────────────────────────────────────────────────────────────────

  onData(chunk: Uint8Array): void {
    if (this.#isEnding || this.#in.isOver) return;
    this.#traffic();
    const rest = this.#handingOn(() =>
      this.#in.stream.feed(chunk, (bytes, start, end, isOwn) => {
        if (!this.#in.isOver && !this.#isEnding) this.#received(bytes.subarray(start, end), isOwn);
      }),
    );
    if (rest === undefined || this.#in.isOver || this.#isEnding) return;
    // No MQTT: the broker says so.
    this.#in.isOver = true;
    this.#handingOn(() => {
      this.#in.letPass();
      this.#in.put(rest, false);
    });
  }

  onFlush(): void {
    // What was written since has been settled already.
    this.#handler?.onFlush();
    this.#isInnerUnsettled = false;
  }

  onDrain(): void {
    if (this.bufferedBytes === 0 && !this.#isEnding) this.#handler?.onDrain();
  }

  onClose(error?: Error): void {
    this.#isInnerClosed = true;
    this.#out.isOver = true;
    this.#out.line.clear();
    this.#out.dropHeldBack();
    if (this.#isCloseTold) {
      this.#source.removed(this);
      return;
    }
    // What the broker has ended waits for nothing that still comes, and who does not read hears of an end all the same.
    if (this.#isEnding || this.#isPausedByHandler) {
      this.#tellClose(error);
      return;
    }
    this.#handingOn(() => {
      this.#in.letPass();
      this.#in.line.pushEnd(() => this.#tellClose(error));
    });
  }

  // ── The rules' side ─────────────────────────────────────────────────────────────────────────────────────────

  /** Undefined until CONNECT was read. */
  get clientId(): string | undefined {
    return this.#clientId;
  }

  /** Rules came or went, or one of them changed its mind. */
  rulesChanged(): void {
    if (this.#clientId !== undefined) this.#rules = this.#source.rulesFor(this.#clientId);
    if (this.#deadBy !== undefined && !this.#rules.includes(this.#deadBy)) {
      // Its packets are lost: to go on as if nothing had been would be worse than any network.
      this.#connection.noteFault(this.#deadBy.deed('ended'));
      this.#deadBy = undefined;
      this.#abandon();
    }
    this.#update();
    this.#watchIdle();
    // One without a name gets it from the broker, and may be meant by that.
    const isNamed = this.#clientId !== undefined && this.#clientId !== '';
    if (this.#rules.length === 0 && (isNamed || !this.#source.isOn())) this.leave();
  }

  /** Nothing passes any more, either way, while the rule is on. */
  die(rule: ActiveRule): void {
    if (this.#deadBy !== undefined) return;
    this.#deadBy = rule;
    this.#note(rule, 'silenced', 'falls silent');
    this.#update();
  }

  /** Hands on what it holds, and the transport below is the connection's own again. */
  leave(): void {
    if (this.#hasLeft) return;
    this.#isToLeave = true;
    if (this.#depth > 0) return;
    this.#hasLeft = true;
    this.#idleTimer?.dispose();
    this.#depth++;
    for (const side of [this.#out, this.#in]) {
      side.letPass();
      side.line.set(false, Number.POSITIVE_INFINITY);
      side.line.release();
    }
    this.#depth--;
    this.#source.removed(this);
    if (this.#isCloseTold || this.#isInnerClosed || this.#isEnding || this.#out.isOver) return;
    const turn = this.#turn;
    this.#turn = [];
    this.#turnBytes = 0;
    const partial = this.#in.stream.takePartial();
    const before = this.#connection.exchangeTransport(this.#inner);
    for (const bytes of turn) this.#inner.write(bytes);
    if (this.#isPausedByHandler) this.#inner.pause();
    else if (this.#isInnerPaused) this.#inner.resume();
    const rest = Buffer.concat([before, partial]);
    if (rest.length > 0) this.#handler?.onData(rest);
  }

  // ── What comes ──────────────────────────────────────────────────────────────────────────────────────────────

  #received(frame: Uint8Array, isOwn: boolean): void {
    if (this.#clientId === undefined && !this.#readConnect(frame)) return;
    const isConnect = frame[0]! >> 4 === 1; // a frame has a first byte
    const closing = isConnect
      ? this.#rules.find(({ behaviour }) => isCloseAt(behaviour, 'connect'))
      : undefined;
    if (closing !== undefined) {
      this.#note(closing, 'ended', 'closed at CONNECT');
      this.#abandon();
      return;
    }
    const portal = isConnect ? this.#rules.find(({ behaviour }) => behaviour.kind === 'nonsense') : undefined;
    if (portal !== undefined) {
      this.#note(portal, 'ended', 'answered its CONNECT with HTTP');
      this.#in.isOver = true;
      this.#inner.write(PORTAL_PAGE);
      this.#inner.end();
      return;
    }
    this.#in.pass(frame, isOwn, this.#context());
    // What is held of it may be enough.
    if (!this.#in.line.isEmpty) this.#update();
  }

  /** @returns false for what is no CONNECT: the broker says so, and it is none of ours. */
  #readConnect(frame: Uint8Array): boolean {
    try {
      const packet = decode(frame, 4);
      if (packet.kind === 'connect') {
        this.#nowKnown(packet.clientId, packet.protocolVersion);
        return true;
      }
    } catch {
      // The broker decodes it too, and says what is wrong with it.
    }
    this.#in.put(frame, false);
    this.leave();
    return false;
  }

  #nowKnown(clientId: string, protocolVersion: ProtocolVersion | undefined): void {
    this.#clientId = clientId;
    this.#protocolVersion = protocolVersion;
    this.rulesChanged();
  }

  #deliver(bytes: Uint8Array): void {
    this.#depth++;
    try {
      if (!this.#isEnding && !this.#isCloseTold) this.#handler?.onData(bytes);
    } finally {
      this.#depth--;
    }
    this.#update();
    if (this.#isToLeave) this.leave();
  }

  // ── What goes ───────────────────────────────────────────────────────────────────────────────────────────────

  readonly #flush = (): void => {
    if (this.#turn.length === 0 || this.#hasLeft) return;
    this.#handingOn(() => {
      this.#handler?.onFlush();
      this.#sendTurn();
    });
    this.onDrain();
  };

  #sendTurn(): void {
    const turn = this.#turn;
    this.#turn = [];
    this.#turnBytes = 0;
    for (const chunk of turn) {
      if (this.#out.isOver) return;
      this.#traffic();
      const rest = this.#out.stream.feed(chunk, (bytes, start, end) => {
        if (!this.#out.isOver) this.#send(bytes.subarray(start, end));
      });
      // The broker's own packets can all be read; if one can't, that is a bug, and the bytes go on as they are.
      if (rest !== undefined) this.#out.line.push(rest);
    }
  }

  #send(frame: Uint8Array): void {
    const isConnack = frame[0]! >> 4 === 2; // a frame has a first byte
    // The broker may have named it.
    if (isConnack && this.#clientId === '')
      this.#nowKnown(this.#connection.clientId ?? '', this.#protocolVersion);
    this.#out.pass(frame, true, this.#context());
    const closing = isConnack
      ? this.#rules.find(({ behaviour }) => isCloseAt(behaviour, 'connack'))
      : undefined;
    if (closing !== undefined) {
      this.#note(closing, 'ended', 'closed behind its CONNACK');
      this.#closeBehind(this.#out);
    }
  }

  #context(): SideContext {
    const protocolVersion = this.#protocolVersion ?? this.#connection.protocolVersion ?? 4;
    return { clientId: this.#clientId ?? '', protocolVersion, rules: this.#rules };
  }

  // ── Ends ────────────────────────────────────────────────────────────────────────────────────────────────────

  /** The connection ends when what is in the line has left. */
  #closeBehind(side: Side): void {
    side.letPass();
    this.#in.isOver = true;
    side.isOver = true;
    if (side === this.#out) side.line.pushEnd(() => this.#inner.end());
    else side.line.pushEnd(() => this.#abandon());
  }

  #abandon(): void {
    this.#in.isOver = true;
    this.#out.isOver = true;
    this.#out.line.clear();
    this.#out.dropHeldBack();
    this.#inner.destroy();
  }

  /** The broker waits for its end no longer. The peer, which does not know, keeps what the line still has for it. */
  #giveUp(): void {
    if (this.#isCloseTold) return;
    this.#source.ghost(() => this.#abandon());
    this.#tellClose(undefined);
  }

  #tellClose(error: Error | undefined): void {
    if (this.#isCloseTold) return;
    this.#isCloseTold = true;
    this.#endTimer?.dispose();
    this.#idleTimer?.dispose();
    this.#in.dropHeldBack();
    this.#in.line.clear();
    this.#handler?.onClose(error);
    if (this.#isInnerClosed) this.#source.removed(this);
  }

  // ── What holds for the whole connection ─────────────────────────────────────────────────────────────────────

  /** Hands on bytes, by which the broker or a rule may end all this. */
  #handingOn<T>(work: () => T): T {
    this.#depth++;
    let result: T;
    try {
      result = work();
    } finally {
      this.#depth--;
    }
    if (this.#isToLeave) this.leave();
    return result;
  }

  /** Sets what the rules and the broker make of the two lines, and moves them, in a turn of its own. */
  #update(): void {
    if (this.#hasLeft) return;
    const isDead = this.#deadBy !== undefined;
    let isInStalled = isDead || this.#isPausedByHandler;
    let isReadingStalled = isDead;
    let isOutStalled = isDead;
    let inRate = Number.POSITIVE_INFINITY;
    let outRate = Number.POSITIVE_INFINITY;
    for (const rule of this.#rules) {
      const { behaviour } = rule;
      const stalls = behaviour.kind === 'stall' || (behaviour.kind === 'gap' && rule.isInGap);
      if (stalls && rule.isFor('toBroker')) isReadingStalled = true;
      if (stalls && rule.isFor('toClient')) isOutStalled = true;
      if (stalls) this.#connection.noteFault(rule.deed(rule.isFor('toBroker') ? 'silenced' : 'touched'));
      if (behaviour.kind !== 'bandwidth') continue;
      this.#connection.noteFault(rule.deed('touched'));
      if (rule.isFor('toBroker')) inRate = Math.min(inRate, behaviour.bytesPerSecond);
      if (rule.isFor('toClient')) outRate = Math.min(outRate, behaviour.bytesPerSecond);
    }
    isInStalled ||= isReadingStalled;
    const mayMove = (this.#in.line.isStalled && !isInStalled) || (this.#out.line.isStalled && !isOutStalled);
    this.#in.line.set(isInStalled, inRate);
    this.#out.line.set(isOutStalled, outRate);
    // Not from inside of a method that the broker has called.
    if (mayMove) setImmediate(this.#move);
    const isToPause = isInStalled || this.#in.line.heldBytes > MAX_HELD_IN_BYTES;
    if (isToPause === this.#isInnerPaused) return;
    this.#isInnerPaused = isToPause;
    if (isToPause) this.#inner.pause();
    else this.#inner.resume();
  }

  readonly #move = (): void => {
    this.#handingOn(() => {
      this.#out.line.move();
      this.#in.line.move();
    });
  };

  #traffic(): void {
    this.#lastTrafficMs = this.#clock.monotonicMs();
  }

  /** For the rule that lets the connection be quiet for the shortest time. */
  #watchIdle(): void {
    this.#idleTimer?.dispose();
    this.#idleTimer = undefined;
    if (this.#deadBy !== undefined || this.#isCloseTold || this.#hasLeft) return;
    let shortestMs = Number.POSITIVE_INFINITY;
    let rule: ActiveRule | undefined;
    for (const candidate of this.#rules) {
      const { behaviour } = candidate;
      if (behaviour.kind !== 'idleTimeout' || behaviour.seconds * 1000 >= shortestMs) continue;
      shortestMs = behaviour.seconds * 1000;
      rule = candidate;
    }
    if (rule === undefined) return;
    const by = rule;
    const leftMs = this.#lastTrafficMs + shortestMs - this.#clock.monotonicMs();
    this.#idleTimer = this.#clock.setTimeout(
      () => {
        if (this.#clock.monotonicMs() - this.#lastTrafficMs >= shortestMs) this.die(by);
        else this.#watchIdle();
      },
      Math.max(1, leftMs),
    );
  }

  #note(rule: ActiveRule, did: FaultDeed, what: string): void {
    this.#connection.noteFault(rule.deed(did));
    this.#source.applied(rule, this.#connection, this.#clientId ?? '', what);
  }
}

function isCloseAt(behaviour: ActiveRule['behaviour'], at: 'connect' | 'connack'): boolean {
  return behaviour.kind === 'close' && behaviour.at === at;
}
