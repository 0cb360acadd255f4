/**
 * A trace as a capture that Wireshark opens: MQTT packets in the TCP segments that could have carried them.
 *
 * What is real: addresses, ports, times, and every byte of MQTT. What is made up: the handshake before a connection's
 * first packet, sequence numbers, and the broker's port where it was not 1883. Wireshark looks for MQTT at that port, a
 * capture can't tell it to look elsewhere, and a file is to open with a double click; a client's port is made up only
 * where two connections would be one by that. TLS and WebSocket are left out: the packets are in clear. The comment of a
 * connection's first frame says what was otherwise. Pure: records in, bytes out.
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
  /** Of the broker, as the client reached it: `192.0.2.1:8883`. Undefined where it has none. */
  readonly localAddress?: string | undefined;
  /** Of the client: `[2001:db8::7]:50123`; the path of a Unix socket, which has no addresses. */
  readonly remoteAddress: string;
  /** An MQTT packet, or what was kept of it. */
  readonly bytes: Uint8Array;
  /** How long it was, where not all of it was kept: the rest is zeros in the capture. */
  readonly wholeBytes?: number;
  /** What the first frame of its connection says of it, as `board-1, mqtts`. */
  readonly about?: string;
  /** Nothing more comes of its connection. */
  readonly isLast?: boolean;
}

/** Where Wireshark takes TCP for MQTT by itself. */
export const MQTT_PORT = 1883;
/** An IP packet has room for 64 KiB. */
const SEGMENT_BYTES = 16_384;
/** Of ports that clients get by themselves: RFC 6335. */
const FIRST_DYNAMIC_PORT = 49_152;
const DYNAMIC_PORTS = 0x1_0000 - FIRST_DYNAMIC_PORT;
const NOTE =
  'Packets of MQTT as the broker MQTT Workbench received and sent them. The TCP connections around them are made up: their handshakes, sequence numbers, and the port 1883 where the broker had another one, which the comment of the first frame tells. TLS and WebSocket are left out.';

interface Ends {
  readonly client: Endpoint;
  readonly server: Endpoint;
}

interface Connection extends Ends {
  /** Undefined where the connection had no addresses. */
  readonly real: Ends | undefined;
  /** Of the next byte that each sends. */
  readonly next: { in: number; out: number };
}

export class PcapngExport {
  readonly #connections = new Map<number, Connection>();
  /** The client's port as the capture has it, by the names of both real ends. */
  readonly #clientPorts = new Map<string, number>();
  /** Ends that the capture has, by their keys. */
  readonly #taken = new Set<string>();

  /** How the file begins. */
  start(): Uint8Array {
    return captureStart(NOTE);
  }

  /** The blocks of one packet, in order: each record once, in the order of time. */
  *blocks(record: CaptureRecord): Generator<Uint8Array> {
    const { connectionId: id } = record;
    let connection = this.#connections.get(id);
    if (connection === undefined) {
      connection = this.#begin(record);
      yield* handshake(record, connection);
    }
    yield* segments(record, connection);
    if (record.isLast !== true) return;
    this.#connections.delete(id);
    if (connection.real === undefined) this.#taken.delete(keyOf(connection));
  }

  #begin(record: CaptureRecord): Connection {
    const { connectionId: id, localAddress, remoteAddress } = record;
    const real = realEnds(record);
    const names = real && `${remoteAddress} ${localAddress}`;
    // Numbers that differ tell a new connection from a SYN that comes twice.
    const first = Math.imul(id, 0x1d_8f3b) >>> 0;
    const next = { in: first, out: (first ^ 0x5a5a_5a5a) >>> 0 };
    const connection = { ...this.#shownEnds(real, names, id), real, next };
    this.#connections.set(id, connection);
    return connection;
  }

  /**
   * With the broker at one port, connections from one port of a client to two ports of the broker would have the same
   * ends, and Wireshark would say that the client used its port again. Each of these has a port of its own; a client that
   * does use its port again, to the same port of the broker, is seen to.
   */
  #shownEnds(real: Ends | undefined, names: string | undefined, id: number): Ends {
    const client = real?.client ?? { address: LOOPBACK, port: dynamicPort(id) };
    const server = { address: real?.server.address ?? LOOPBACK, port: MQTT_PORT };
    const again = names === undefined ? undefined : this.#clientPorts.get(names);
    if (again !== undefined) return { client: { ...client, port: again }, server };
    for (let tries = 0; tries < DYNAMIC_PORTS; tries++) {
      const port = tries === 0 ? client.port : dynamicPort(id + tries);
      const ends = { client: { ...client, port }, server };
      const key = keyOf(ends);
      if (this.#taken.has(key)) continue;
      this.#taken.add(key);
      if (names !== undefined) this.#clientPorts.set(names, port);
      return ends;
    }
    return { client, server };
  }
}

const LOOPBACK = Uint8Array.of(127, 0, 0, 1);

function realEnds({ localAddress = '', remoteAddress }: CaptureRecord): Ends | undefined {
  const client = parseEndpoint(remoteAddress);
  const server = parseEndpoint(localAddress);
  if (client === undefined || server === undefined) return undefined;
  return client.address.length === server.address.length ? { client, server } : undefined;
}

function keyOf({ client, server }: Ends): string {
  return `${addressText(client.address)} ${client.port} ${addressText(server.address)}`;
}

function dynamicPort(number: number): number {
  return FIRST_DYNAMIC_PORT + (number % DYNAMIC_PORTS);
}

function* handshake(record: CaptureRecord, connection: Connection): Generator<Uint8Array> {
  const { atMs } = record;
  const steps = [
    { direction: 'in', flags: SYN, comment: commentOn(record, connection) },
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

/** What a connection was, and what of its frames is not as it was. */
function commentOn(
  { about, bytes, localAddress, remoteAddress }: CaptureRecord,
  { client, real }: Connection,
): string {
  const who = about === undefined ? '' : `${about}: `;
  const said =
    real === undefined
      ? [`${who}${remoteAddress}.`, 'The handshake and the addresses are made up.']
      : [`${who}${remoteAddress} to ${localAddress}.`, 'The handshake is made up.'];
  if (real !== undefined && real.server.port !== MQTT_PORT)
    said.push(
      `The port of the broker was ${real.server.port}: here it is ${MQTT_PORT}, where Wireshark looks for MQTT.`,
    );
  if (real !== undefined && real.client.port !== client.port)
    said.push(`The port of the client was ${real.client.port}, which is another connection's here.`);
  if ((bytes[0] ?? 0) >> 4 !== CONNECT_TYPE) said.push(NO_CONNECT);
  return said.join(' ');
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
