/** A packet of the trace, read where it lies: made when somebody asks for it, and as short-lived. */
import type { ByteRange } from '../mqtt/looseReader.ts';
import { secretRangesOf } from '../mqtt/packetSecrets.ts';
import type { ProtocolVersion } from '../mqtt/packets.ts';
import type { PacketTrace, TracedConnection, TracedFault } from './packetTrace.ts';
import { FAULTY_FLAG, HIDDEN_FLAG, OUT_FLAG, REJECTED_FLAG, type TraceSegment } from './traceSegment.ts';

export class TracedPacket {
  readonly id: number;
  readonly #trace: PacketTrace;
  readonly #segment: TraceSegment;
  readonly #index: number;

  constructor(trace: PacketTrace, segment: TraceSegment, index: number) {
    this.id = segment.firstId + index;
    this.#trace = trace;
    this.#segment = segment;
    this.#index = index;
  }

  /** As far as they are kept; secrets are asterisks. A view: whoever keeps it copies it. */
  get bytes(): Uint8Array {
    const { bytes } = this.#segment;
    return bytes.subarray(this.#segment.start(this.#index), this.#segment.end(this.#index));
  }

  /** As long as it was. */
  get wholeBytes(): number {
    return this.#segment.wholeBytes(this.#index);
  }

  get isOut(): boolean {
    return (this.#flags & OUT_FLAG) !== 0;
  }

  /** Bytes that are no packet, or not all of one. */
  get isRejected(): boolean {
    return (this.#flags & REJECTED_FLAG) !== 0;
  }

  get fault(): TracedFault | undefined {
    return (this.#flags & FAULTY_FLAG) === 0 ? undefined : this.#trace.faultOf(this.id);
  }

  /** Where `bytes` has asterisks in place of a secret. */
  get hidden(): readonly ByteRange[] {
    return (this.#flags & HIDDEN_FLAG) === 0 ? [] : secretRangesOf(this.bytes, this.protocolVersion);
  }

  get protocolVersion(): ProtocolVersion {
    return this.#segment.version(this.#index) as ProtocolVersion; // as it was appended
  }

  /** Undefined once the connection and all but this packet are forgotten: not while the packet is held. */
  get connection(): TracedConnection | undefined {
    return this.#trace.connection(this.#segment.connection(this.#index));
  }

  get connectionRef(): number {
    return this.#segment.connection(this.#index);
  }

  /** Since 1970, with parts of a millisecond. */
  get timeMs(): number {
    return this.#segment.timeMs(this.#index);
  }

  get monotonicMs(): number {
    return this.#segment.monotonicMs(this.#index);
  }

  /** The packet before this one over the same connection. Undefined for the first that is held. */
  get previous(): TracedPacket | undefined {
    const back = this.#segment.back(this.#index);
    return back === 0 ? undefined : this.#trace.packet(this.id - back);
  }

  get #flags(): number {
    return this.#segment.flags(this.#index);
  }
}
