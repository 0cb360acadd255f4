/**
 * HOT PATH for packets with properties. A place in a packet, and the fields that can be read from there.
 *
 * Knows the standard's data types (section 1.5) and their faults, so that decode.ts reads as the standard's tables
 * do. Every read names its field: the name is in the message when the field is at fault.
 */
import { type ErrorCode, protocolError } from './errorCodes.ts';
import { hexByte, quoted } from './faultText.ts';
import type { PacketKind, ProtocolVersion } from './packets.ts';
import type { ProtocolError } from './protocolError.ts';
import { decodeUtf8, findUtf8Problem, type Utf8Problem } from './utf8.ts';

/** What a reader is in, in the words of a fault for a field that goes beyond it. */
interface Region {
  readonly code: ErrorCode;
  readonly ends: string;
  readonly has: string;
  readonly lengthField: string;
}

const PACKET: Region = {
  code: 'packet-truncated',
  ends: 'packet ends',
  has: 'packet has',
  lengthField: 'Remaining Length',
};
const PROPERTIES: Region = {
  code: 'property-truncated',
  ends: 'properties end',
  has: 'properties have',
  lengthField: 'Property Length',
};

export class PacketReader {
  readonly bytes: Uint8Array;
  readonly kind: PacketKind;
  /** Picks the clauses of faults. CONNECT sets it when it has read its own. */
  protocolVersion: ProtocolVersion | undefined;
  /** Of the next byte to read, in `bytes`. */
  offset: number;
  readonly #packetStart: number;
  readonly #packetEnd: number;
  /** What is being read, and where it ends: no field goes beyond. */
  #region: Region = PACKET;
  #end: number;

  /** @param start and `end`: where the packet is in the bytes; all of them, unless given. */
  constructor(
    bytes: Uint8Array,
    offset: number,
    kind: PacketKind,
    protocolVersion: ProtocolVersion | undefined,
    start = 0,
    end: number = bytes.length,
  ) {
    this.bytes = bytes;
    this.offset = offset;
    this.#packetStart = start;
    this.#packetEnd = end;
    this.#end = end;
    this.kind = kind;
    this.protocolVersion = protocolVersion;
  }

  /** Bytes left of the packet, or of the properties while these are read. */
  get remaining(): number {
    return this.#end - this.offset;
  }

  /** Until leaveProperties, the next `length` bytes are all there is. They must be there. */
  enterProperties(length: number): void {
    this.#region = PROPERTIES;
    this.#end = this.offset + length;
  }

  leaveProperties(): void {
    this.#region = PACKET;
    this.#end = this.#packetEnd;
  }

  byte(field: string): number {
    if (this.remaining < 1) throw this.#missing(1, field);
    return this.bytes[this.offset++]!; // there are enough left
  }

  twoByteInteger(field: string): number {
    if (this.remaining < 2) throw this.#missing(2, field);
    const { bytes, offset } = this;
    this.offset = offset + 2;
    return (bytes[offset]! << 8) | bytes[offset + 1]!; // there are enough left
  }

  fourByteInteger(field: string): number {
    const high = this.twoByteInteger(field);
    // Not by shifting: 32-bit shifts make numbers above 0x7FFFFFFF negative.
    return high * 0x10000 + this.twoByteInteger(field);
  }

  /** [MQTT-1.5.5-1] */
  variableByteInteger(field: string): number {
    const start = this.offset;
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte(field);
      value += (byte & 0x7f) << shift;
      if (byte < 0x80) {
        if (byte === 0 && shift > 0) {
          throw this.fault(
            'variable-byte-integer-not-minimal',
            start,
            `The ${field} is written in ${this.offset - start} bytes, and its value ${value} fits in fewer: the standard asks for the fewest.`,
          );
        }
        return value;
      }
      if (shift === 21) {
        throw this.fault(
          'variable-byte-integer-malformed',
          this.offset - 1,
          `The ${field} goes on after four bytes, and four is the most: the top bit of the fourth must be 0.`,
        );
      }
    }
  }

  /** A string with two bytes of length before it. */
  utf8String(field: string): string {
    const length = this.#length(field);
    const start = this.offset;
    const text = decodeUtf8(this.bytes, start, start + length);
    if (text === undefined) throw this.#utf8Fault(start, start + length, field);
    this.offset = start + length;
    return text;
  }

  /** Bytes with two bytes of length before them. A view: borrowed like the packet. */
  binaryData(field: string): Uint8Array {
    const length = this.#length(field);
    const start = this.offset;
    this.offset = start + length;
    return this.bytes.subarray(start, start + length);
  }

  /** 1 to 65,535. [MQTT-2.3.1-1] [MQTT-2.2.1-3] */
  packetId(): number {
    const at = this.offset;
    const packetId = this.twoByteInteger('packet identifier');
    if (packetId === 0) throw packetIdZero(this.kind, this.protocolVersion, at - this.#packetStart);
    return packetId;
  }

  /** @throws ProtocolError `trailing-bytes` unless everything has been read. */
  expectEnd(lastField: string): void {
    const { remaining } = this;
    if (remaining === 0) return;
    throw this.fault(
      'trailing-bytes',
      this.offset,
      `${remaining} ${remaining === 1 ? 'byte follows' : 'bytes follow'} the ${lastField}, where the packet should end. The Remaining Length is too large, or a length inside the packet is too small.`,
    );
  }

  /** @param at where in `bytes`. */
  fault(code: ErrorCode, at: number, message: string, clause?: string): ProtocolError {
    const byteOffset = at - this.#packetStart;
    return protocolError(code, this.protocolVersion, { packetKind: this.kind, byteOffset, message, clause });
  }

  #utf8Fault(start: number, end: number, field: string): ProtocolError {
    const packet = this.bytes.subarray(this.#packetStart, this.#packetEnd);
    const [from, to] = [start - this.#packetStart, end - this.#packetStart];
    return utf8Fault(packet, from, to, field, this.kind, this.protocolVersion);
  }

  #length(field: string): number {
    if (this.remaining < 2) throw this.#missing(2, `length of the ${field}`);
    const length = this.twoByteInteger(field);
    if (length > this.remaining) throw this.#beyond(length, field);
    return length;
  }

  /** The fault of a field for which no bytes are left. */
  #missing(count: number, field: string): ProtocolError {
    const { code, ends, lengthField } = this.#region;
    return this.fault(
      code,
      this.offset,
      `The ${ends} where the ${field} should be: ${count === 1 ? '1 byte' : `${count} bytes`} needed, ${this.remaining} left. The ${lengthField} is too small, or a length before it is too large.`,
    );
  }

  /** The fault of a field whose length, just read, goes beyond the end: perhaps it is swapped, or no length at all. */
  #beyond(length: number, field: string): ProtocolError {
    const { code, has } = this.#region;
    const [high, low] = [length >> 8, length & 0xff];
    const swapped = (low << 8) | high;
    let hint = '';
    if (swapped <= this.remaining)
      hint = ` The two length bytes are most significant first; the other way round they would be ${swapped}, which fits.`;
    else if (isPrintable(high) && isPrintable(low))
      hint = ` The two bytes are the text ${quoted(String.fromCharCode(high, low))}: often the length before a string was left out.`;
    return this.fault(
      code,
      this.offset - 2,
      `The length of the ${field} is ${length} bytes, and the ${has} only ${this.remaining} left.${hint}`,
    );
  }
}

/** Of ASCII. */
function isPrintable(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f;
}

export function packetIdZero(
  packetKind: PacketKind,
  protocolVersion: ProtocolVersion | undefined,
  byteOffset: number,
): ProtocolError {
  return protocolError('packet-id-zero', protocolVersion, {
    packetKind,
    byteOffset,
    message:
      'The packet identifier is 0, and it must be 1 to 65,535. Often a counter of 16 bits wrapped around, or was never set.',
  });
}

/** What is wrong with `bytes[start .. end)` as a string. Only for bytes that decodeUtf8 refused. */
export function utf8Fault(
  bytes: Uint8Array,
  start: number,
  end: number,
  field: string,
  packetKind: PacketKind,
  protocolVersion: ProtocolVersion | undefined,
): ProtocolError {
  const problem = findUtf8Problem(bytes, start, end);
  if (problem === undefined) throw new RangeError('the string is well-formed');
  const position = `Byte ${problem.at - start + 1} of ${end - start} of the ${field}`;
  const code = problem.kind === 'nullCharacter' ? 'string-null-character' : 'string-ill-formed';
  return protocolError(code, protocolVersion, {
    packetKind,
    byteOffset: problem.at,
    message: `${position} (0x${hexByte(bytes[problem.at])}) ${describeUtf8Problem[problem.kind]}`,
  });
}

/** The rest of a sentence that begins with the byte. */
export const describeUtf8Problem: Record<Utf8Problem['kind'], string> = {
  nullCharacter:
    'is the null character, which no MQTT string may contain. Often the length counts the terminating 0 of a C string (sizeof instead of strlen).',
  surrogate:
    'starts a surrogate (U+D800 to U+DFFF), which UTF-8 does not encode. Often UTF-16 was converted half by half.',
  overlong: 'starts a character that takes fewer bytes than were used. Often this is not text at all.',
  beyondUnicode: 'starts a character beyond U+10FFFF, the last of Unicode. Often this is not text at all.',
  truncated:
    'starts a character that goes on after the end of the string. Often text was cut at a number of bytes.',
  notUtf8:
    'is not UTF-8. Often this is Latin-1 text, memory that was never written, or a string whose length is wrong.',
};
