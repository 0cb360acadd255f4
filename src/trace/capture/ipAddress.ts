/** Addresses of a network as bytes and as texts: `192.0.2.7:50123`, `[2001:db8::7]:50123`. Pure. */

/** 4 bytes, or 16. */
export type IpAddress = Uint8Array;

export interface Endpoint {
  readonly address: IpAddress;
  readonly port: number;
}

/** Undefined for what is none: the path of a Unix socket, `unknown`. */
export function parseEndpoint(text: string): Endpoint | undefined {
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$/.exec(text);
  if (match === null) return undefined;
  const [, v6, v4 = '', digits] = match;
  const address = v6 === undefined ? parseIpv4(v4) : parseIpv6(v6);
  const port = Number(digits);
  return address === undefined || port > 0xffff ? undefined : { address, port };
}

function parseIpv4(text: string): IpAddress | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  const parts = match?.slice(1).map(Number);
  return parts?.every((part) => part < 256) === true ? Uint8Array.from(parts) : undefined;
}

/** An IPv4 address that was mapped into IPv6 comes out as IPv4. */
function parseIpv6(text: string): IpAddress | undefined {
  const [withoutZone = ''] = text.split('%');
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(withoutZone);
  const tail = dotted === null ? undefined : parseIpv4(dotted[2] ?? '');
  if (dotted !== null && tail === undefined) return undefined;
  const halves = (dotted === null ? withoutZone : `${dotted[1]}0:0`).split('::');
  if (halves.length > 2) return undefined;
  const [head, rest] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const groups = [...(head ?? [])];
  if (rest !== undefined) {
    const missing = 8 - groups.length - rest.length;
    if (missing < 1) return undefined;
    groups.push(...Array<string>(missing).fill('0'), ...rest);
  }
  if (groups.length !== 8 || !groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  const bytes = new Uint8Array(16);
  for (const [index, group] of groups.entries()) {
    const value = Number.parseInt(group, 16);
    bytes.set([value >> 8, value & 0xff], 2 * index);
  }
  if (tail !== undefined) bytes.set(tail, 12);
  return unmapped(bytes);
}

/** Of `::ffff:192.0.2.7`, the four bytes. */
function unmapped(bytes: Uint8Array): IpAddress {
  const isMapped =
    bytes[10] === 0xff && bytes[11] === 0xff && bytes.subarray(0, 10).every((byte) => byte === 0);
  return isMapped ? bytes.slice(12) : bytes;
}

/** As RFC 5952 writes it: the longest run of zeros once as `::`. */
export function addressText(address: IpAddress): string {
  if (address.length === 4) return address.join('.');
  const groups = Array.from(
    { length: 8 },
    (_, i) => ((address[2 * i] ?? 0) << 8) | (address[2 * i + 1] ?? 0),
  );
  let [runStart, runLength] = [0, 1];
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > runLength) [runStart, runLength] = [start, length];
  }
  const hex = (from: number, to: number): string =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  return runLength < 2 ? hex(0, 8) : `${hex(0, runStart)}::${hex(runStart + runLength, 8)}`;
}
