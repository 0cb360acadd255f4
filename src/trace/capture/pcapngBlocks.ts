/** Blocks of pcapng as bytes, as far as an export needs them. draft-ietf-opsawg-pcapng. Pure. */

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
/** Packets begin with an IPv4 or IPv6 header, and no network card is made up. */
const LINKTYPE_RAW = 101;
const OPTION_END = 0;
const OPTION_COMMENT = 1;
const SHB_APPLICATION = 4;
const IF_NAME = 2;
const EPB_FLAGS = 2;

export interface PacketBlock {
  /** Since 1970, with parts of a millisecond. */
  readonly atMs: number;
  /** As the broker sees it. */
  readonly direction: 'in' | 'out';
  readonly packet: Uint8Array;
  /** What Wireshark shows as the packet's comment. */
  readonly comment?: string;
}

/** How a file begins: a section with one interface. */
export function captureStart(comment: string): Uint8Array {
  const section = Buffer.alloc(16);
  section.writeUInt32LE(BYTE_ORDER_MAGIC, 0);
  section.writeUInt16LE(1, 4);
  section.writeBigInt64LE(-1n, 8); // how long it is, is not known
  const network = Buffer.alloc(8);
  network.writeUInt16LE(LINKTYPE_RAW, 0); // a snapshot length of 0: no limit
  return Buffer.concat([
    block(SECTION_HEADER, section, [
      textOption(OPTION_COMMENT, comment),
      textOption(SHB_APPLICATION, APPLICATION),
    ]),
    block(INTERFACE_DESCRIPTION, network, [textOption(IF_NAME, 'mqtt')]),
  ]);
}

const APPLICATION = 'MQTT Workbench';

/** One piece of memory for all of it: a trace has hundreds of thousands. */
export function packetBlock({ atMs, direction, packet, comment }: PacketBlock): Uint8Array {
  const commentOption = comment === undefined ? NOTHING : textOption(OPTION_COMMENT, comment);
  const packetEnd = PACKET_START + padding(packet.length) + packet.length;
  const total = packetEnd + FLAGS_OPTION_BYTES + commentOption.length + END_OPTION_BYTES + 4;
  // Not rounded: an opened capture shows the milliseconds that the trace did.
  const microseconds = Math.max(0, Math.floor(atMs * 1000));
  const bytes = Buffer.alloc(total);
  bytes.writeUInt32LE(ENHANCED_PACKET, 0);
  bytes.writeUInt32LE(total, 4);
  // Behind the interface, which is the first: 0.
  bytes.writeUInt32LE(Math.floor(microseconds / 0x1_0000_0000), 12);
  bytes.writeUInt32LE(microseconds % 0x1_0000_0000, 16);
  bytes.writeUInt32LE(packet.length, 20);
  bytes.writeUInt32LE(packet.length, 24);
  bytes.set(packet, PACKET_START);
  bytes.writeUInt16LE(EPB_FLAGS, packetEnd);
  bytes.writeUInt16LE(4, packetEnd + 2);
  bytes.writeUInt32LE(direction === 'in' ? 1 : 2, packetEnd + 4);
  bytes.set(commentOption, packetEnd + FLAGS_OPTION_BYTES);
  // The option that ends them is zeros.
  bytes.writeUInt32LE(total, total - 4);
  return bytes;
}

const PACKET_START = 28;
const FLAGS_OPTION_BYTES = 8;
const END_OPTION_BYTES = 4;

/** @param body a multiple of four bytes. */
function block(type: number, body: Uint8Array, options: readonly Uint8Array[]): Uint8Array {
  const parts = [body, ...options, option(OPTION_END, NOTHING)];
  const total = 12 + parts.reduce((sum, part) => sum + part.length, 0);
  const start = Buffer.alloc(8);
  start.writeUInt32LE(type, 0);
  start.writeUInt32LE(total, 4);
  return Buffer.concat([start, ...parts, start.subarray(4)], total);
}

const NOTHING = new Uint8Array(0);

/** An option has room for 64 KiB; names of devices may be as long. */
const MAX_TEXT = 2000;

function textOption(code: number, text: string): Uint8Array {
  return option(code, Buffer.from(text.slice(0, MAX_TEXT)));
}

function option(code: number, value: Uint8Array): Uint8Array {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(code, 0);
  head.writeUInt16LE(value.length, 2);
  return Buffer.concat([head, padded(value)]);
}

function padded(bytes: Uint8Array): Uint8Array {
  const missing = padding(bytes.length);
  return missing === 0 ? bytes : Buffer.concat([bytes, new Uint8Array(missing)]);
}

/** To a multiple of four bytes. */
function padding(length: number): number {
  return -length & 3;
}
