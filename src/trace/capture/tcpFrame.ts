/** IP packets with a TCP segment in them, as a network would carry them: RFC 791, RFC 8200, RFC 9293. Pure. */
import type { Endpoint } from './ipAddress.ts';

export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const PSH = 0x08;
export const ACK = 0x10;

export interface TcpSegment {
  readonly from: Endpoint;
  /** Of the same family. */
  readonly to: Endpoint;
  /** 32 bits, both. */
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly flags: number;
  readonly payload: Uint8Array;
}

const IPV4_HEADER_BYTES = 20;
const IPV6_HEADER_BYTES = 40;
const TCP_HEADER_BYTES = 20;
const TCP_PROTOCOL = 6;
const HOPS = 64;
const WINDOW = 0xffff;
/** Maximum segment size and window scale, on a SYN: with the largest window nothing looks full. */
const SYN_OPTIONS = Uint8Array.of(2, 4, 0xff, 0xd7, 1, 3, 3, 14);

/** @throws RangeError if both ends are not of one family, or the payload is more than fits in a packet. */
export function ipPacketOf(segment: TcpSegment): Uint8Array {
  const { from, to, payload } = segment;
  if (from.address.length !== to.address.length) throw new RangeError('the ends are of two families');
  const isV4 = from.address.length === 4;
  const options = (segment.flags & SYN) === 0 ? NO_OPTIONS : SYN_OPTIONS;
  const tcpBytes = TCP_HEADER_BYTES + options.length + payload.length;
  const ipHeaderBytes = isV4 ? IPV4_HEADER_BYTES : IPV6_HEADER_BYTES;
  if (ipHeaderBytes + tcpBytes > 0xffff)
    throw new RangeError(`${payload.length} bytes do not fit in a packet`);
  const packet = Buffer.alloc(ipHeaderBytes + tcpBytes);
  if (isV4) writeIpv4Header(packet, from, to);
  else writeIpv6Header(packet, from, to, tcpBytes);
  const tcp = packet.subarray(ipHeaderBytes);
  tcp.writeUInt16BE(from.port, 0);
  tcp.writeUInt16BE(to.port, 2);
  tcp.writeUInt32BE(segment.sequence, 4);
  tcp.writeUInt32BE(segment.acknowledgement, 8);
  tcp[12] = ((TCP_HEADER_BYTES + options.length) / 4) << 4;
  tcp[13] = segment.flags;
  tcp.writeUInt16BE(WINDOW, 14);
  tcp.set(options, TCP_HEADER_BYTES);
  tcp.set(payload, TCP_HEADER_BYTES + options.length);
  // The pseudo header: both addresses, protocol and length.
  const pseudo = sumOf(from.address) + sumOf(to.address) + TCP_PROTOCOL + tcpBytes;
  tcp.writeUInt16BE(checksum(pseudo + sumOf(tcp)), 16);
  return packet;
}

const NO_OPTIONS = new Uint8Array(0);

function writeIpv4Header(packet: Buffer, from: Endpoint, to: Endpoint): void {
  packet[0] = 0x45;
  packet.writeUInt16BE(packet.length, 2);
  packet.writeUInt16BE(0x4000, 6); // not to be fragmented
  packet[8] = HOPS;
  packet[9] = TCP_PROTOCOL;
  packet.set(from.address, 12);
  packet.set(to.address, 16);
  packet.writeUInt16BE(checksum(sumOf(packet.subarray(0, IPV4_HEADER_BYTES))), 10);
}

function writeIpv6Header(packet: Buffer, from: Endpoint, to: Endpoint, tcpBytes: number): void {
  packet[0] = 0x60;
  packet.writeUInt16BE(tcpBytes, 4);
  packet[6] = TCP_PROTOCOL;
  packet[7] = HOPS;
  packet.set(from.address, 8);
  packet.set(to.address, 24);
}

/** Of 16 bits each; an odd byte at the end is the upper half. RFC 1071. */
function sumOf(bytes: Uint8Array): number {
  let sum = 0;
  const even = bytes.length & ~1;
  for (let i = 0; i < even; i += 2) sum += (bytes[i]! << 8) | bytes[i + 1]!; // i + 1 < length
  return even === bytes.length ? sum : sum + (bytes[even]! << 8); // the last byte
}

function checksum(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x1_0000);
  return ~folded & 0xffff;
}
