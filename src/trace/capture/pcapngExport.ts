/**
 * A trace as a capture that Wireshark opens: MQTT packets in the TCP segments that could have carried them.
 *
 * What is real: addresses, the clients' ports, times, and every byte of MQTT. What is made up: the handshake before a
 * connection's first packet, sequence numbers, and the broker's port, which is 1883 whatever it was, as that is where
 * Wireshark looks for MQTT. TLS and WebSocket are left out: the packets are in clear. The comment of a connection's
 * first frame says what was otherwise. Pure: records in, bytes out.
 */
import { addressText, type Endpoint, parseEndpoint } from './ipAddress.ts';
import { captureStart, packetBlock } from './pcapngBlocks.ts';
import { ACK, ipPacketOf, PSH, SYN } from './tcpFrame.ts';

export interface CaptureRecord {
  /** Since 1970, with parts of a millisecond. */
  readonly atMs: number;
  /** As the broker sees it: `in` comes from the client. */
  readonly direction: 'in' | 'out';
  readonly connectionId: number;
  /** Of the broker: `192.0.2.1:8883`. */
  readonly localAddress: string;
  /** Of the client: `[2001:db8::7]:50123`. */
  readonly remoteAddress: string;
  /** An MQTT packet, or what was kept of it. */
  readonly bytes: Uint8Array;
  /** How long it was, where not all of it was kept: the rest is zeros in the capture. */
  readonly wholeBytes?: number;
  /** What the first frame of its connection says of it, as `board-1, mqtts`. */
  readonly about?: string;
}

/** Where Wireshark takes TCP for MQTT by itself. */
export const MQTT_PORT = 1883;
/** An IP packet has room for 64 KiB. */
const SEGMENT_BYTES = 16_384;
/** Of ports that clients get by themselves: RFC 6335. */
const FIRST_DYNAMIC_PORT = 49_152;
const DYNAMIC_PORTS = 0x1_0000 - FIRST_DYNAMIC_PORT;
const NOTE =
  'Packets of MQTT as the broker MQTT Workbench received and sent them. The TCP connections around them are made up: their handshakes, sequence numbers, and the port 1883 of the broker. TLS and WebSocket are left out.';

interface Connection {
  readonly id: number;
  readonly client: Endpoint;
  readonly server: Endpoint;
  /** Of the next byte that each sends. */
  readonly next: { in: number; out: number };
}

export class PcapngExport {
  readonly #connections = new Map<number, Connection>();
  /** By both ends: whose they are now. */
  readonly #owners = new Map<string, number>();

  /** How the file begins. */
  start(): Uint8Array {
    return captureStart(NOTE);
  }

  /** The blocks of one packet, in order: each record once, in the order of time. */
  *blocks(record: CaptureRecord): Generator<Uint8Array> {
    let connection = this.#connections.get(record.connectionId);
    if (connection === undefined) {
      connection = this.#begin(record);
      yield* handshake(record, connection);
    }
    yield* segments(record, connection);
  }

  #begin(record: CaptureRecord): Connection {
    const { connectionId: id } = record;
    const client = parseEndpoint(record.remoteAddress) ?? madeUpClient(id);
    const address = serverAddressFor(client, parseEndpoint(record.localAddress));
    // Numbers that differ tell a new connection from a SYN that comes twice.
    const first = Math.imul(id, 0x1d_8f3b) >>> 0;
    const next = { in: first, out: (first ^ 0x5a5a_5a5a) >>> 0 };
    const connection = { id, client, server: { address, port: MQTT_PORT }, next };
    const ends = `${addressText(client.address)} ${client.port} ${addressText(address)}`;
    const before = this.#owners.get(ends);
    // The port was given to a new connection: of the old one nothing more comes.
    if (before !== undefined) this.#connections.delete(before);
    this.#owners.set(ends, id);
    this.#connections.set(id, connection);
    return connection;
  }
}

/** Of a Unix socket, which has no address. */
function madeUpClient(connectionId: number): Endpoint {
  return { address: Uint8Array.of(127, 0, 0, 1), port: FIRST_DYNAMIC_PORT + (connectionId % DYNAMIC_PORTS) };
}

/** The broker's own address if it is known and of the client's family; else one that is nobody's. */
function serverAddressFor(client: Endpoint, known: Endpoint | undefined): Uint8Array {
  const isUsable =
    known !== undefined &&
    known.address.length === client.address.length &&
    known.address.some((byte) => byte !== 0);
  if (isUsable) return known.address;
  // A client on this machine talks to this machine.
  if (client.address[0] === 127) return Uint8Array.of(127, 0, 0, 1);
  if (addressText(client.address) === '::1') return client.address;
  return client.address.length === 4 ? DOCUMENTATION_V4 : DOCUMENTATION_V6;
}

/** RFC 5737 and RFC 3849. */
const DOCUMENTATION_V4 = Uint8Array.of(192, 0, 2, 1);
const DOCUMENTATION_V6 = Uint8Array.of(0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);

function* handshake(record: CaptureRecord, connection: Connection): Generator<Uint8Array> {
  const { atMs, localAddress, remoteAddress, about } = record;
  const who = about === undefined ? '' : `${about}: `;
  const isMidway = (record.bytes[0] ?? 0) >> 4 !== CONNECT_TYPE;
  const hint = isMidway ? ` ${NO_CONNECT}` : '';
  const comment = `${who}${remoteAddress} to ${localAddress}. The handshake is made up.${hint}`;
  const steps = [
    { direction: 'in', flags: SYN, comment },
    { direction: 'out', flags: SYN | ACK },
    { direction: 'in', flags: ACK },
  ] as const;
  for (const step of steps) {
    const packet = segmentOf(connection, step.direction, step.flags, NO_PAYLOAD);
    yield packetBlock({ atMs, packet, ...step });
    // A SYN counts as a byte.
    if ((step.flags & SYN) !== 0) advance(connection, step.direction, 1);
  }
}

const CONNECT_TYPE = 1;
const NO_CONNECT =
  'The CONNECT of this connection is not in the trace: in Wireshark, the preference MQTT Default Version says as which version its packets are read.';
const NO_PAYLOAD = new Uint8Array(0);

function* segments(record: CaptureRecord, connection: Connection): Generator<Uint8Array> {
  const { atMs, direction, bytes, wholeBytes = bytes.length } = record;
  let comment: string | undefined =
    wholeBytes > bytes.length
      ? `The trace kept ${bytes.length} of ${wholeBytes} bytes of this packet: the others are zeros here.`
      : undefined;
  for (let offset = 0; offset < wholeBytes; offset += SEGMENT_BYTES) {
    const length = Math.min(SEGMENT_BYTES, wholeBytes - offset);
    let payload = bytes.subarray(offset, offset + length);
    if (payload.length < length) payload = Buffer.concat([payload], length);
    const packet = segmentOf(connection, direction, PSH | ACK, payload);
    yield packetBlock({ atMs, direction, packet, ...(comment !== undefined && { comment }) });
    comment = undefined;
    advance(connection, direction, length);
  }
}

function segmentOf(
  { client, server, next }: Connection,
  direction: 'in' | 'out',
  flags: number,
  payload: Uint8Array,
): Uint8Array {
  const isIn = direction === 'in';
  return ipPacketOf({
    from: isIn ? client : server,
    to: isIn ? server : client,
    sequence: next[direction],
    acknowledgement: (flags & ACK) === 0 ? 0 : next[isIn ? 'out' : 'in'],
    flags,
    payload,
  });
}

function advance({ next }: Connection, direction: 'in' | 'out', bytes: number): void {
  next[direction] = (next[direction] + bytes) >>> 0;
}
