/** The TCP segment in a captured frame, whatever the link: Ethernet, Linux cooked, raw IP, loopback. Pure. */
import type { CapturedFrame } from './captureFrames.ts';
import type { TcpSegment } from './tcpFrame.ts';

/** Why a frame has no segment that can be read. */
export type NoSegment = 'otherLink' | 'otherProtocol' | 'fragment' | 'cut';

export interface CapturedSegment extends TcpSegment {
  /** Of the payload, when it was captured up to some byte only. */
  readonly wholePayloadBytes: number;
}

const ETHERNET = 1;
const NULL_LOOPBACK = 0;
const OPENBSD_LOOPBACK = 108;
const LINUX_COOKED = 113;
const LINUX_COOKED_2 = 276;
const IPV4 = 228;
const IPV6 = 229;
/** What systems have called raw IP. */
const rawLinks: readonly number[] = [101, 12, 14];

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
const vlanTags: readonly number[] = [0x8100, 0x88a8, 0x9100];

export function segmentOf({ linkType, bytes, wholeBytes }: CapturedFrame): CapturedSegment | NoSegment {
  const start = ipOffsetOf(linkType, bytes);
  if (typeof start === 'string') return start;
  const version = (bytes[start] ?? 0) >> 4;
  if (bytes.length <= start) return 'cut';
  if (version === 4) return ofIpv4(bytes.subarray(start), wholeBytes - start);
  return version === 6 ? ofIpv6(bytes.subarray(start), wholeBytes - start) : 'otherProtocol';
}

function ipOffsetOf(linkType: number, bytes: Uint8Array): number | NoSegment {
  if (rawLinks.includes(linkType) || linkType === IPV4 || linkType === IPV6) return 0;
  switch (linkType) {
    case ETHERNET:
      return behindEtherType(bytes, 12);
    case LINUX_COOKED:
      return isIp(uint16(bytes, 14)) ? 16 : 'otherProtocol';
    case LINUX_COOKED_2:
      return isIp(uint16(bytes, 0)) ? 20 : 'otherProtocol';
    case NULL_LOOPBACK:
    case OPENBSD_LOOPBACK:
      // Four bytes of address family, whose number and byte order differ by system: the IP header itself is surer.
      return 4;
    default:
      return 'otherLink';
  }
}

function behindEtherType(bytes: Uint8Array, at: number): number | NoSegment {
  let offset = at;
  while (vlanTags.includes(uint16(bytes, offset)) && offset < 24) offset += 4;
  return isIp(uint16(bytes, offset)) ? offset + 2 : 'otherProtocol';
}

function isIp(etherType: number): boolean {
  return etherType === ETHERTYPE_IPV4 || etherType === ETHERTYPE_IPV6;
}

const TCP_PROTOCOL = 6;

/** @param wholeBytes on the network, padding of a short frame included. */
function ofIpv4(ip: Uint8Array, wholeBytes: number): CapturedSegment | NoSegment {
  const headerBytes = ((ip[0] ?? 0) & 0x0f) * 4;
  if (headerBytes < 20 || ip.length < headerBytes) return 'cut';
  if (ip[9] !== TCP_PROTOCOL) return 'otherProtocol';
  const fragment = uint16(ip, 6);
  if ((fragment & 0x3fff) !== 0) return 'fragment';
  // 0 where the network card cuts segments: then it is all there is.
  const totalBytes = uint16(ip, 2) || wholeBytes;
  return ofTcp(ip, headerBytes, totalBytes, ip.slice(12, 16), ip.slice(16, 20));
}

const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const DESTINATION_OPTIONS = 60;
const IPV6_HEADER_BYTES = 40;

function ofIpv6(ip: Uint8Array, wholeBytes: number): CapturedSegment | NoSegment {
  if (ip.length < IPV6_HEADER_BYTES) return 'cut';
  const payloadBytes = uint16(ip, 4) || wholeBytes - IPV6_HEADER_BYTES;
  let offset = IPV6_HEADER_BYTES;
  let next = ip[6];
  while (next === HOP_BY_HOP || next === ROUTING || next === DESTINATION_OPTIONS) {
    next = ip[offset];
    offset += 8 * (1 + (ip[offset + 1] ?? 0));
  }
  if (next === FRAGMENT) return 'fragment';
  if (next !== TCP_PROTOCOL) return 'otherProtocol';
  return ofTcp(ip, offset, IPV6_HEADER_BYTES + payloadBytes, ip.slice(8, 24), ip.slice(24, 40));
}

/** @param totalBytes of the IP packet, by its header. */
function ofTcp(
  ip: Uint8Array,
  start: number,
  totalBytes: number,
  from: Uint8Array,
  to: Uint8Array,
): CapturedSegment | NoSegment {
  const headerBytes = ((ip[start + 12] ?? 0) >> 4) * 4;
  const payloadStart = start + headerBytes;
  if (headerBytes < 20 || ip.length < start + 20 || ip.length < Math.min(payloadStart, totalBytes))
    return 'cut';
  return {
    from: { address: from, port: uint16(ip, start) },
    to: { address: to, port: uint16(ip, start + 2) },
    sequence: uint32(ip, start + 4),
    acknowledgement: uint32(ip, start + 8),
    flags: ip[start + 13] ?? 0, // the header is there
    payload: ip.subarray(payloadStart, Math.max(payloadStart, totalBytes)),
    wholePayloadBytes: Math.max(0, totalBytes - payloadStart),
  };
}

function uint16(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0);
}

function uint32(bytes: Uint8Array, offset: number): number {
  return uint16(bytes, offset) * 0x1_0000 + uint16(bytes, offset + 2);
}
