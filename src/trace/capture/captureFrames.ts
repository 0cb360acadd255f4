/**
 * The frames of a capture file, pcap or pcapng, from its bytes in pieces of any size.
 *
 * Bounded: a frame or block that claims more than `MAX_BLOCK_BYTES` is a fault, so no more than that is ever kept.
 * What follows a fault is not read; what came before it stands.
 */
import { CaptureFault } from './captureFault.ts';

export interface CapturedFrame {
  /** Since 1970, with parts of a millisecond. */
  readonly atMs: number;
  /** What the first bytes are: https://www.tcpdump.org/linktypes.html */
  readonly linkType: number;
  /** As far as they were captured. Borrowed until the call that hands them over returns. */
  readonly bytes: Uint8Array;
  /** How long it was on the network. */
  readonly wholeBytes: number;
}

export type OnCapturedFrame = (frame: CapturedFrame) => void;

/** tcpdump and Wireshark write frames of 256 KiB at most. */
const MAX_BLOCK_BYTES = 16 * 1024 * 1024;
const MAX_INTERFACES = 1000;
const PCAP_HEADER_BYTES = 24;
const PCAP_RECORD_BYTES = 16;

/** By the first four bytes, most significant first: byte order and unit of a pcap file's times. */
const pcapMagics: ReadonlyMap<number, { isLittle: boolean; ticksPerMs: number }> = new Map([
  [0xa1b2c3d4, { isLittle: false, ticksPerMs: 1000 }],
  [0xd4c3b2a1, { isLittle: true, ticksPerMs: 1000 }],
  [0xa1b23c4d, { isLittle: false, ticksPerMs: 1_000_000 }],
  [0x4d3cb2a1, { isLittle: true, ticksPerMs: 1_000_000 }],
]);

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const OBSOLETE_PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const IF_TSRESOL = 9;
const IF_TSOFFSET = 14;

interface Interface {
  readonly linkType: number;
  readonly snapLength: number;
  readonly ticksPerMs: number;
  readonly offsetMs: number;
}

interface Reader {
  /** Of the block or record that begins at the start of `bytes`; undefined while that is not told. */
  length(bytes: Buffer, at: number): number | undefined;
  take(bytes: Buffer, at: number, onFrame: OnCapturedFrame): void;
}

export class CaptureFrames {
  readonly #onFrame: OnCapturedFrame;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  /** How many must be there before it is worth to look again. */
  #neededBytes = 4;
  /** Of the first pending byte, in the file. */
  #offset = 0;
  #reader: Reader | undefined;

  constructor(onFrame: OnCapturedFrame) {
    this.#onFrame = onFrame;
  }

  /**
   * Calls back for each frame that is whole, in order.
   *
   * @throws CaptureFault for what is no capture, or broken. Nothing may be pushed after.
   */
  push(chunk: Uint8Array): void {
    this.#pending.push(chunk);
    this.#pendingBytes += chunk.length;
    if (this.#pendingBytes < this.#neededBytes) return;
    const bytes = joined(this.#pending);
    let at = 0;
    for (;;) {
      const length = this.#lengthAt(bytes.subarray(at), this.#offset + at);
      if (length === undefined) this.#neededBytes = bytes.length - at + 1;
      else this.#neededBytes = length;
      if (length === undefined || at + length > bytes.length) break;
      if (this.#reader === undefined)
        this.#reader = makeReader(bytes.subarray(at, at + length), this.#offset + at);
      else this.#reader.take(bytes.subarray(at, at + length), this.#offset + at, this.#onFrame);
      at += length;
    }
    this.#offset += at;
    // A copy: the rest would pin the whole chunk.
    this.#pending = at === bytes.length ? [] : [Buffer.from(bytes.subarray(at))];
    this.#pendingBytes = bytes.length - at;
  }

  /** @throws CaptureFault where the file ends within something. */
  end(): void {
    if (this.#pendingBytes === 0 && this.#reader !== undefined) return;
    if (this.#offset === 0 && this.#pendingBytes === 0)
      throw new CaptureFault('The file is empty: it is no capture.', 0);
    const bytes = joined(this.#pending);
    if (this.#reader === undefined) throw notACapture(bytes);
    throw new CaptureFault(
      `The capture ends in the middle of a frame: ${this.#pendingBytes} bytes are left. Was it still being written, or was it cut when it was copied?`,
      this.#offset,
    );
  }

  #lengthAt(bytes: Buffer, at: number): number | undefined {
    const length = this.#reader === undefined ? headerLength(bytes) : this.#reader.length(bytes, at);
    if (length === undefined || length <= MAX_BLOCK_BYTES) return length;
    throw new CaptureFault(
      `A frame says that it has ${length} bytes, and no capture has frames as large: from here on the file is broken.`,
      at,
    );
  }
}

function joined(chunks: readonly Uint8Array[]): Buffer {
  const [first = EMPTY] = chunks;
  if (chunks.length > 1) return Buffer.concat(chunks);
  return Buffer.from(first.buffer, first.byteOffset, first.length);
}

const EMPTY = new Uint8Array(0);

/** Of what a file begins with, by its first bytes. */
function headerLength(bytes: Buffer): number | undefined {
  if (bytes.length < 4) return undefined;
  const magic = bytes.readUInt32BE(0);
  if (pcapMagics.has(magic)) return PCAP_HEADER_BYTES;
  if (magic !== SECTION_HEADER) throw notACapture(bytes);
  return bytes.length < 12 ? undefined : sectionLength(bytes, 0);
}

function notACapture(bytes: Buffer): CaptureFault {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const hint = isGzip
    ? ' It is compressed with gzip: unpack it first.'
    : ' Save it as pcapng or pcap in Wireshark or with tcpdump -w.';
  return new CaptureFault(`The file is neither pcap nor pcapng.${hint}`, 0);
}

function makeReader(header: Buffer, at: number): Reader {
  const pcap = pcapMagics.get(header.readUInt32BE(0));
  if (pcap === undefined) return new PcapngReader(header);
  const { isLittle, ticksPerMs } = pcap;
  // The upper bits tell of a checksum behind each frame.
  const linkType = uint32(header, 20, isLittle) & 0xffff;
  const major = uint16(header, 4, isLittle);
  if (major !== 2) throw new CaptureFault(`The file is of version ${major} of pcap, and 2 is known.`, at + 4);
  return new PcapReader(isLittle, ticksPerMs, linkType);
}

class PcapReader implements Reader {
  readonly #isLittle: boolean;
  readonly #ticksPerMs: number;
  readonly #linkType: number;

  constructor(isLittle: boolean, ticksPerMs: number, linkType: number) {
    this.#isLittle = isLittle;
    this.#ticksPerMs = ticksPerMs;
    this.#linkType = linkType;
  }

  length(bytes: Buffer): number | undefined {
    return bytes.length < PCAP_RECORD_BYTES
      ? undefined
      : PCAP_RECORD_BYTES + uint32(bytes, 8, this.#isLittle);
  }

  take(bytes: Buffer, _at: number, onFrame: OnCapturedFrame): void {
    const seconds = uint32(bytes, 0, this.#isLittle);
    const fraction = uint32(bytes, 4, this.#isLittle);
    onFrame({
      atMs: seconds * 1000 + fraction / this.#ticksPerMs,
      linkType: this.#linkType,
      bytes: bytes.subarray(PCAP_RECORD_BYTES),
      wholeBytes: uint32(bytes, 12, this.#isLittle),
    });
  }
}

/** draft-ietf-opsawg-pcapng. Sections may differ in byte order; an interface belongs to its section. */
class PcapngReader implements Reader {
  #isLittle: boolean;
  #interfaces: Interface[] = [];

  /** @param header the section header that the file begins with. */
  constructor(header: Buffer) {
    this.#isLittle = isLittleSection(header);
  }

  length(bytes: Buffer, at: number): number | undefined {
    if (bytes.length < 12) return undefined;
    if (bytes.readUInt32BE(0) === SECTION_HEADER) return sectionLength(bytes, at);
    const length = uint32(bytes, 4, this.#isLittle);
    if (length < 12 || length % 4 !== 0)
      throw new CaptureFault(
        `A block says that it has ${length} bytes: from here on the file is broken.`,
        at + 4,
      );
    return length;
  }

  take(bytes: Buffer, at: number, onFrame: OnCapturedFrame): void {
    if (bytes.readUInt32BE(0) === SECTION_HEADER) {
      this.#isLittle = isLittleSection(bytes);
      this.#interfaces = [];
      return;
    }
    const trailer = uint32(bytes, bytes.length - 4, this.#isLittle);
    if (trailer !== bytes.length) {
      throw new CaptureFault(
        `A block has ${bytes.length} bytes by its start and ${trailer} by its end: the file is broken here.`,
        at,
      );
    }
    const type = uint32(bytes, 0, this.#isLittle);
    const body = bytes.subarray(8, -4);
    switch (type) {
      case INTERFACE_DESCRIPTION:
        this.#addInterface(body, at);
        break;
      case ENHANCED_PACKET:
        this.#takePacket(body, at, uint32OrFault(body, 0, this.#isLittle, at), onFrame);
        break;
      case OBSOLETE_PACKET:
        this.#takePacket(body, at, uint32OrFault(body, 0, this.#isLittle, at) & 0xffff, onFrame);
        break;
      case SIMPLE_PACKET:
        this.#takeSimplePacket(body, at, onFrame);
        break;
    }
  }

  #addInterface(body: Buffer, at: number): void {
    if (body.length < 8) throw shortBlock(at);
    if (this.#interfaces.length >= MAX_INTERFACES)
      throw new CaptureFault(`The capture has more than ${MAX_INTERFACES} interfaces.`, at);
    const options = this.#options(body.subarray(8));
    const resolution = options.get(IF_TSRESOL)?.[0] ?? 6;
    const ticksPerSecond = (resolution & 0x80) === 0 ? 10 ** resolution : 2 ** (resolution & 0x7f);
    const offset = options.get(IF_TSOFFSET);
    this.#interfaces.push({
      linkType: uint16(body, 0, this.#isLittle),
      snapLength: uint32(body, 4, this.#isLittle),
      ticksPerMs: ticksPerSecond / 1000,
      offsetMs:
        offset?.length === 8
          ? 1000 * Number(this.#isLittle ? offset.readBigInt64LE(0) : offset.readBigInt64BE(0))
          : 0,
    });
  }

  #options(bytes: Buffer): Map<number, Buffer> {
    const options = new Map<number, Buffer>();
    for (let at = 0; at + 4 <= bytes.length; ) {
      const [code, length] = [uint16(bytes, at, this.#isLittle), uint16(bytes, at + 2, this.#isLittle)];
      if (code === 0) break;
      options.set(code, bytes.subarray(at + 4, at + 4 + length));
      at += 4 + length + (-length & 3);
    }
    return options;
  }

  #takePacket(body: Buffer, at: number, interfaceNumber: number, onFrame: OnCapturedFrame): void {
    if (body.length < 20) throw shortBlock(at);
    const { linkType, ticksPerMs, offsetMs } = this.#interface(interfaceNumber, at);
    const [high, low] = [uint32(body, 4, this.#isLittle), uint32(body, 8, this.#isLittle)];
    const captured = uint32(body, 12, this.#isLittle);
    if (20 + captured > body.length) throw shortBlock(at);
    onFrame({
      atMs: toMs(high, low, ticksPerMs) + offsetMs,
      linkType,
      bytes: body.subarray(20, 20 + captured),
      wholeBytes: uint32(body, 16, this.#isLittle),
    });
  }

  /** It has no time: it is of the first interface, and as old as 1970. */
  #takeSimplePacket(body: Buffer, at: number, onFrame: OnCapturedFrame): void {
    const wholeBytes = uint32OrFault(body, 0, this.#isLittle, at);
    const { linkType, snapLength } = this.#interface(0, at);
    const captured = Math.min(wholeBytes, snapLength === 0 ? wholeBytes : snapLength, body.length - 4);
    onFrame({ atMs: 0, linkType, bytes: body.subarray(4, 4 + captured), wholeBytes });
  }

  #interface(number: number, at: number): Interface {
    const found = this.#interfaces[number];
    if (found !== undefined) return found;
    throw new CaptureFault(`A frame is of interface ${number}, which the file does not describe.`, at);
  }
}

/** Not by one big number: of nanoseconds since 1970 a double has no room for the last digits. */
function toMs(high: number, low: number, ticksPerMs: number): number {
  const ticks = BigInt(high) * 0x1_0000_0000n + BigInt(low);
  if (ticksPerMs < 1) return Number(ticks) / ticksPerMs;
  const perMs = BigInt(Math.round(ticksPerMs));
  return Number(ticks / perMs) + Number(ticks % perMs) / ticksPerMs;
}

function sectionLength(bytes: Buffer, at: number): number {
  const magic = bytes.readUInt32BE(8);
  if (magic !== BYTE_ORDER_MAGIC && bytes.readUInt32LE(8) !== BYTE_ORDER_MAGIC)
    throw new CaptureFault(
      'A section of the capture does not say its byte order: the file is broken here.',
      at + 8,
    );
  const length = uint32(bytes, 4, magic !== BYTE_ORDER_MAGIC);
  if (length < 28 || length % 4 !== 0)
    throw new CaptureFault(
      `A section header says that it has ${length} bytes: the file is broken here.`,
      at + 4,
    );
  return length;
}

function isLittleSection(bytes: Buffer): boolean {
  return bytes.readUInt32LE(8) === BYTE_ORDER_MAGIC;
}

function shortBlock(at: number): CaptureFault {
  return new CaptureFault('A block is too short for what it should have: the file is broken here.', at);
}

function uint32OrFault(bytes: Buffer, offset: number, isLittle: boolean, at: number): number {
  if (bytes.length < offset + 4) throw shortBlock(at);
  return uint32(bytes, offset, isLittle);
}

function uint16(bytes: Buffer, offset: number, isLittle: boolean): number {
  return isLittle ? bytes.readUInt16LE(offset) : bytes.readUInt16BE(offset);
}

function uint32(bytes: Buffer, offset: number, isLittle: boolean): number {
  return isLittle ? bytes.readUInt32LE(offset) : bytes.readUInt32BE(offset);
}
