/** Captures for tests: frames as a network brought them, in files as other programs write them. */
import {
  type CapturedPacket,
  CaptureReader,
  type CaptureSummary,
} from '../../../../src/trace/capture/captureReader.ts';
import { type CaptureRecord, PcapngExport } from '../../../../src/trace/capture/pcapngExport.ts';
import type { SeededRandom } from '../../../support/random.ts';

export interface Frame {
  readonly atMs: number;
  readonly bytes: Uint8Array;
}

export function exportOf(records: readonly CaptureRecord[]): Buffer {
  const capture = new PcapngExport();
  return Buffer.concat([capture.start(), ...records.flatMap((record) => [...capture.blocks(record)])]);
}

/** The IP packets of an export, one by one. */
export function framesOf(records: readonly CaptureRecord[]): Frame[] {
  const capture = new PcapngExport();
  return records.flatMap((record) =>
    [...capture.blocks(record)].map((block) => {
      const bytes = Buffer.from(block);
      return { atMs: record.atMs, bytes: bytes.subarray(28, 28 + bytes.readUInt32LE(20)) };
    }),
  );
}

export interface PcapOptions {
  /** 101 is raw IP. */
  readonly linkType?: number;
  readonly isBig?: boolean;
  readonly isNanoseconds?: boolean;
  /** What a link writes before the IP packet. */
  readonly header?: (frame: Uint8Array) => Uint8Array;
  /** Behind it, as Ethernet pads what is short. */
  readonly trailer?: Uint8Array;
  /** As `tcpdump -s`. */
  readonly snapLength?: number;
}

export function pcapOf(frames: readonly Frame[], options: PcapOptions = {}): Buffer {
  const {
    linkType = 101,
    isBig = false,
    isNanoseconds = false,
    header,
    trailer,
    snapLength = 65_535,
  } = options;
  const words = (...values: number[]): Buffer => {
    const bytes = Buffer.alloc(4 * values.length);
    for (const [index, value] of values.entries()) {
      if (isBig) bytes.writeUInt32BE(value, 4 * index);
      else bytes.writeUInt32LE(value, 4 * index);
    }
    return bytes;
  };
  const version = isBig ? 0x0002_0004 : 0x0004_0002;
  const parts = [words(isNanoseconds ? 0xa1b23c4d : 0xa1b2c3d4, version, 0, 0, snapLength, linkType)];
  for (const { atMs, bytes } of frames) {
    const whole = Buffer.concat([header?.(bytes) ?? Buffer.alloc(0), bytes, trailer ?? Buffer.alloc(0)]);
    const seconds = Math.floor(atMs / 1000);
    const fraction = Math.round((atMs - 1000 * seconds) * (isNanoseconds ? 1_000_000 : 1000));
    const kept = whole.subarray(0, snapLength);
    parts.push(words(seconds, fraction, kept.length, whole.length), kept);
  }
  return Buffer.concat(parts);
}

export interface ReadCapture {
  readonly packets: CapturedPacket[];
  readonly summary: CaptureSummary;
}

/** @param random pieces of any size; without, the file in one. */
export function readCapture(file: Uint8Array, random?: SeededRandom): ReadCapture {
  const packets: CapturedPacket[] = [];
  const reader = new CaptureReader((packet) => packets.push(packet));
  let at = 0;
  while (at < file.length) {
    const end = random === undefined ? file.length : at + random.integer(1, random.pick([3, 50, 5000]));
    reader.push(file.subarray(at, end));
    at = end;
  }
  reader.end();
  return { packets, summary: reader.summary };
}
