import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encode } from '../../../../src/mqtt/encode.ts';
import type { Packet, PacketKind, ProtocolVersion } from '../../../../src/mqtt/packets.ts';
import { CaptureFault } from '../../../../src/trace/capture/captureFault.ts';
import { CaptureReader } from '../../../../src/trace/capture/captureReader.ts';
import { parseEndpoint } from '../../../../src/trace/capture/ipAddress.ts';
import type { CaptureRecord } from '../../../../src/trace/capture/pcapngExport.ts';
import { ACK, ipPacketOf, SYN } from '../../../../src/trace/capture/tcpFrame.ts';
import { arbitraryPacket, packetKindsOf } from '../../../support/arbitraryPackets.ts';
import { hex } from '../../../support/packetBytes.ts';
import { SeededRandom } from '../../../support/random.ts';
import { exportOf, type Frame, framesOf, pcapOf, readCapture } from './captures.ts';

const SEED = 20_040_101;
const START_MS = 1_764_132_000_000;

/** What only a server sends. */
const fromServer: readonly PacketKind[] = ['connack', 'suback', 'unsuback', 'pingresp'];

interface Client {
  readonly connectionId: number;
  readonly version: ProtocolVersion;
  readonly remoteAddress: string;
  readonly localAddress: string;
}

const clients: readonly Client[] = [
  { connectionId: 1, version: 4, remoteAddress: '192.0.2.7:50123', localAddress: '192.0.2.1:1883' },
  { connectionId: 2, version: 5, remoteAddress: '[2001:db8::7]:40000', localAddress: '[2001:db8::1]:1883' },
  { connectionId: 3, version: 3, remoteAddress: '192.0.2.9:50123', localAddress: '192.0.2.1:1883' },
];

const clientIdOf = ({ connectionId }: Client): string => `board-${connectionId}`;

function connectOf(client: Client): Packet {
  return {
    ...{ kind: 'connect', protocolVersion: client.version, cleanStart: true, keepAliveSeconds: 60 },
    clientId: clientIdOf(client),
  };
}

/** Several connections at once: each begins with its CONNECT, then come packets of every kind. */
function arbitraryRecords(random: SeededRandom, count: number): CaptureRecord[] {
  const packets = clients.map((client) => ({ client, packet: connectOf(client) }));
  for (let i = 0; i < count; i++) {
    const client = random.pick(clients);
    const kinds = packetKindsOf(client.version).filter((kind) => kind !== 'connect');
    packets.push({ client, packet: arbitraryPacket(random, client.version, random.pick(kinds)) });
  }
  return packets.map(({ client, packet }, index) => recordOf(client, packet, START_MS + 1.25 * index));
}

function recordOf({ version, ...client }: Client, packet: Packet, atMs: number): CaptureRecord {
  const { connectionId, localAddress, remoteAddress } = client;
  const direction = fromServer.includes(packet.kind) ? 'out' : 'in';
  return { atMs, direction, connectionId, localAddress, remoteAddress, bytes: encode(packet, version) };
}

const board = clients[0]!; // there are three

/** A CONNECT of `board`, then PUBLISH packets with what numbers them. */
function numbered(count: number, payloadBytes = 10): CaptureRecord[] {
  const packets: Packet[] = [connectOf(board)];
  for (let i = 0; i < count; i++) {
    const payload = Buffer.from(String(i).padEnd(payloadBytes, '.'));
    packets.push({ kind: 'publish', topic: 't', payload, qos: 0, retain: false, dup: false });
  }
  return packets.map((packet, index) => recordOf(board, packet, START_MS + index));
}

/** The payloads of what was found: `connect` first. */
function textsOf(packets: readonly { readonly bytes: Uint8Array }[]): string[] {
  return packets.map(({ bytes }) =>
    bytes[0] === 0x10 ? 'connect' : Buffer.from(bytes.subarray(5)).toString().replaceAll('.', ''),
  );
}

const counted = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => String(from + index));

test('what was exported is what is imported: bytes, times, addresses, directions and who it was', () => {
  const random = new SeededRandom(SEED);
  for (let round = 0; round < 20; round++) {
    const records = arbitraryRecords(random, 60);
    const { packets, summary } = readCapture(exportOf(records), round === 0 ? undefined : random);
    assert.deepEqual(
      packets.map(({ atMs, direction, localAddress, remoteAddress, bytes }) => ({
        ...{ atMs, direction, localAddress, remoteAddress },
        bytes: Buffer.from(bytes).toString('hex'),
      })),
      records.map(({ atMs, direction, localAddress, remoteAddress, bytes }) => ({
        ...{ atMs, direction, localAddress, remoteAddress },
        bytes: Buffer.from(bytes).toString('hex'),
      })),
    );
    for (const packet of packets) {
      const client = clients.find(({ remoteAddress }) => remoteAddress === packet.remoteAddress)!; // one of them
      assert.equal(packet.protocolVersion, client.version);
      // A CONNACK may name it anew.
      if (packet.bytes[0] === 0x10) assert.equal(packet.clientId, clientIdOf(client));
      assert.notEqual(packet.clientId, '');
    }
    assert.equal(summary.connections, 3);
    assert.equal(summary.packets, records.length);
    assert.equal(summary.lostBytes, 0);
  }
});

test('a large packet comes out whole, and one that was not kept whole has zeros', () => {
  const records = numbered(2, 100_000);
  assert.deepEqual(
    readCapture(exportOf(records)).packets.map(({ bytes }) => bytes.length),
    [records[0]?.bytes.length, records[1]?.bytes.length, records[2]?.bytes.length],
  );
  const [connect, first, second] = records;
  assert.ok(connect !== undefined && first !== undefined && second !== undefined);
  const cut = { ...first, bytes: first.bytes.subarray(0, 500), wholeBytes: first.bytes.length };
  const { packets } = readCapture(exportOf([connect, cut, second]));
  assert.equal(packets.length, 3);
  assert.deepEqual(Buffer.from(packets[1]?.bytes.subarray(0, 500) ?? []), Buffer.from(cut.bytes));
  assert.ok(packets[1]?.bytes.subarray(500).every((byte) => byte === 0));
});

describe('links', () => {
  const records = arbitraryRecords(new SeededRandom(SEED), 30);
  const frames = framesOf(records);
  const isV6 = (frame: Uint8Array): boolean => (frame[0] ?? 0) >> 4 === 6;
  const etherType = (frame: Uint8Array): string => (isV6(frame) ? '86DD' : '0800');
  const links: Record<string, Parameters<typeof pcapOf>[1]> = {
    'raw IP': {},
    'raw IP, most significant byte first': { isBig: true },
    nanoseconds: { isNanoseconds: true },
    'Ethernet, padded': {
      linkType: 1,
      header: (frame) => hex(`020000000001 020000000002 ${etherType(frame)}`),
      trailer: Buffer.alloc(18, 0xee),
    },
    'Ethernet with a VLAN': {
      linkType: 1,
      header: (frame) => hex(`020000000001 020000000002 8100 0007 ${etherType(frame)}`),
    },
    'Linux cooked': {
      linkType: 113,
      header: (frame) => hex(`0000 0001 0006 0200000000010000 ${etherType(frame)}`),
    },
    'Linux cooked 2': {
      linkType: 276,
      header: (frame) => hex(`${etherType(frame)} 0000 00000001 0001 00 06 0200000000010000`),
    },
    'loopback of BSD': { linkType: 0, header: (frame) => hex(isV6(frame) ? '1E000000' : '02000000') },
    'loopback of OpenBSD': { linkType: 108, header: (frame) => hex(isV6(frame) ? '00000018' : '00000002') },
  };
  for (const [name, options] of Object.entries(links)) {
    test(name, () => {
      const { packets, summary } = readCapture(pcapOf(frames, options));
      assert.deepEqual(
        packets.map(({ atMs, bytes }) => [atMs, Buffer.from(bytes).toString('hex')]),
        records.map(({ atMs, bytes }) => [atMs, Buffer.from(bytes).toString('hex')]),
      );
      assert.equal(summary.lostBytes, 0);
    });
  }

  test('frames of another link, and of other protocols, are counted', () => {
    assert.equal(readCapture(pcapOf(frames, { linkType: 127 })).summary.unread.otherLink, frames.length);
    const arp: Frame = { atMs: 0, bytes: hex('FFFFFFFFFFFF 020000000001 0806 0001 0800') };
    assert.equal(readCapture(pcapOf([arp], { linkType: 1 })).summary.unread.otherProtocol, 1);
    const udp: Frame = {
      atMs: 0,
      bytes: hex('45 00 001C 0000 0000 40 11 0000 7F000001 7F000001 0035 0035 0008 0000'),
    };
    assert.equal(readCapture(pcapOf([udp])).summary.unread.otherProtocol, 1);
  });
});

describe('a network that is not kind', () => {
  const records = numbered(40);
  const frames = framesOf(records);
  const handshake = frames.slice(0, 3);
  const data = frames.slice(3);
  const all = ['connect', ...counted(0, 40)];

  test('segments that come twice are read once', () => {
    const twice = frames.flatMap((frame) => [frame, frame]);
    assert.deepEqual(textsOf(readCapture(pcapOf(twice)).packets), all);
    assert.deepEqual(textsOf(readCapture(pcapOf([...frames, ...frames])).packets), all);
  });

  test('a segment may repeat a part of what came, and go on', () => {
    const random = new SeededRandom(SEED);
    const stream = Buffer.concat(records.map(({ bytes }) => bytes));
    const [from, to] = [board.remoteAddress, board.localAddress].map((text) => parseEndpoint(text));
    assert.ok(from !== undefined && to !== undefined);
    for (let round = 0; round < 50; round++) {
      // Numbers wrap at 32 bits, in the middle of this.
      const first = 0x1_0000_0000 - random.integer(1, stream.length);
      const segment = (sequence: number, flags: number, payload: Uint8Array): Frame => ({
        atMs: START_MS,
        bytes: ipPacketOf({ from, to, sequence: sequence >>> 0, acknowledgement: 0, flags, payload }),
      });
      const segments = [segment(first - 1, SYN, Buffer.alloc(0))];
      for (let at = 0; at < stream.length; ) {
        const start = Math.max(0, at - random.integer(0, 40));
        at = Math.min(stream.length, at + random.integer(0, 40));
        segments.push(segment(first + start, ACK, stream.subarray(start, at)));
      }
      assert.deepEqual(textsOf(readCapture(pcapOf(segments)).packets), all);
    }
  });

  test('segments in another order are put in order', () => {
    const random = new SeededRandom(SEED);
    for (let round = 0; round < 50; round++) {
      const shuffled = data
        .map((frame, index) => ({ frame, at: index + random.integer(0, 8) }))
        .sort((a, b) => a.at - b.at)
        .map(({ frame }) => frame);
      const { packets, summary } = readCapture(pcapOf([...handshake, ...shuffled]));
      assert.deepEqual(textsOf(packets), all);
      assert.equal(summary.lostBytes, 0);
    }
  });

  test('a segment that the capture has not is counted, and what follows is read', () => {
    const without = [...handshake, ...data.slice(0, 10), ...data.slice(11)];
    const { packets, summary } = readCapture(pcapOf(without));
    assert.deepEqual(textsOf(packets), ['connect', ...counted(0, 9), ...counted(10, 40)]);
    assert.equal(summary.lostBytes, records[10]?.bytes.length);
  });

  test('a segment that was captured up to some byte is counted, and what follows is read', () => {
    const large = numbered(5, 300);
    const { packets, summary } = readCapture(pcapOf(framesOf(large), { snapLength: 100 }));
    assert.deepEqual(textsOf(packets), ['connect']);
    assert.ok(summary.lostBytes > 1000);
  });

  test('a capture that begins in the middle is read on port 1883', () => {
    const { packets } = readCapture(pcapOf(data.slice(5)));
    assert.deepEqual(textsOf(packets), counted(4, 40));
    assert.equal(packets[0]?.direction, 'in');
    assert.equal(packets[0]?.clientId, '');
  });

  test('packets in one segment, and one packet in segments of a byte', () => {
    const stream = Buffer.concat(records.map(({ bytes }) => bytes));
    const together = [{ ...records[0]!, bytes: stream }]; // there are 41
    assert.deepEqual(textsOf(readCapture(exportOf(together)).packets), all);
    const single = [...stream].map((byte) => ({ ...records[0]!, bytes: Buffer.of(byte) })); // as above
    assert.deepEqual(textsOf(readCapture(exportOf(single)).packets), all);
  });

  test('the port of a connection that is over is that of a new one', () => {
    const again = records.map((record) => ({ ...record, connectionId: 9 }));
    const { packets, summary } = readCapture(exportOf([...records, ...again]));
    assert.deepEqual(textsOf(packets), [...all, ...all]);
    assert.equal(summary.connections, 2);
  });
});

describe('a connection without its CONNECT', () => {
  const client = clients[1]!; // there are three
  const said = (...all: readonly ['in' | 'out', string][]): CaptureRecord[] =>
    all.map(([direction, bytes], index) => ({
      ...recordOf(client, { kind: 'pingreq' }, START_MS + index),
      ...{ direction, bytes: hex(bytes) },
    }));
  const versionsOf = (records: readonly CaptureRecord[]): number[] =>
    readCapture(exportOf(records)).packets.map(({ protocolVersion }) => protocolVersion);

  /** With its Payload Format Indicator, which makes bytes of a payload in 3.1.1. */
  const publish5 = '32 09 0001 "t" 0001 02 01 01 "x"';
  const puback5 = '40 03 0001 10';
  const publish311 = '30 07 0001 "t" "21.5"';

  test('is of 5.0 from the packet on that is right in 5.0 alone', () => {
    assert.deepEqual(versionsOf(said(['in', publish5], ['out', puback5], ['in', publish5])), [4, 5, 5]);
    assert.deepEqual(versionsOf(said(['out', '20 03 00 00 00'], ['in', publish5])), [5, 5]);
  });

  test('is of 3.1.1 from the packet on that is right in 3.1.1 alone, whatever is wrong after', () => {
    assert.deepEqual(versionsOf(said(['in', publish311], ['out', puback5], ['in', publish5])), [4, 4, 4]);
  });

  test('is taken for 3.1.1 while nothing tells, and for what a CONNECT says that comes after all', () => {
    assert.deepEqual(versionsOf(said(['in', 'C0 00'], ['out', 'D0 00'])), [4, 4]);
    const connect = { ...said(['in', 'C0 00'])[0]!, bytes: encode(connectOf(client), 5) }; // there is one
    assert.deepEqual(versionsOf([...said(['in', 'C0 00'], ['in', publish311]), connect]), [4, 4, 5]);
  });

  test('has its client from the CONNACK of 5.0 that names it', () => {
    const connack = said(['out', '20 08 00 00 05 12 0002 "ab"']);
    assert.equal(readCapture(exportOf(connack)).packets[0]?.clientId, 'ab');
  });

  test('is read behind a gap, too, where its packets are right in 5.0 alone', () => {
    const records = said(['out', 'D0 00'], ['out', publish5], ['out', puback5], ['out', puback5]);
    const SYNS = 3;
    const { packets } = readCapture(pcapOf(framesOf(records).slice(SYNS).toSpliced(1, 1)));
    assert.deepEqual(
      packets.map(({ bytes, protocolVersion }) => [bytes[0], protocolVersion]),
      [
        [0xd0, 4],
        [0x40, 5],
        [0x40, 5],
      ],
    );
  });
});

describe('what is not MQTT', () => {
  /** A connection of a client to a port, with what it says. */
  function spoken(bytes: Uint8Array, port: number): Frame[] {
    const record = { ...numbered(0)[0]!, bytes }; // the CONNECT
    return framesOf([record]).map(({ atMs, bytes: packet }) => {
      const frame = Buffer.from(packet);
      for (const at of [20, 22]) if (frame.readUInt16BE(at) === 1883) frame.writeUInt16BE(port, at);
      return { atMs, bytes: frame };
    });
  }

  test('TLS and HTTP are counted, and not read', () => {
    const { packets, summary } = readCapture(
      pcapOf([
        ...spoken(hex('16 03 01 02 00 01 00 01 FC'), 8883),
        ...spoken(Buffer.from('GET /mqtt HTTP/1.1\r\n'), 9001),
      ]),
    );
    assert.equal(packets.length, 0);
    assert.deepEqual(summary.others, { tls: 1, http: 1, compressed: 0, unknown: 0 });
  });

  test('MQTT on any port is found by its CONNECT', () => {
    const [connect] = numbered(0);
    const { packets } = readCapture(pcapOf(spoken(connect!.bytes, 8080))); // it is there
    assert.deepEqual(textsOf(packets), ['connect']);
    assert.equal(packets[0]?.localAddress, '192.0.2.1:8080');
  });

  test('on port 1883 what is no packet is handed on, as it came', () => {
    const { packets } = readCapture(pcapOf(spoken(hex('00 01 02 03'), 1883)));
    assert.deepEqual(
      packets.map(({ bytes }) => Buffer.from(bytes).toString('hex')),
      ['00010203'],
    );
  });
});

describe('files that are none', () => {
  const file = exportOf(numbered(5));
  const faultOf = (bytes: Uint8Array): CaptureFault => {
    try {
      readCapture(bytes);
    } catch (error) {
      assert.ok(error instanceof CaptureFault, String(error));
      return error;
    }
    assert.fail('it was read');
  };

  test('each fault says what and where', () => {
    assert.match(faultOf(new Uint8Array(0)).message, /is empty.*Byte 0/);
    assert.match(faultOf(Buffer.from('{"a":1}')).message, /neither pcap nor pcapng.*Wireshark/);
    assert.match(faultOf(hex('1F 8B 08 00 00')).message, /gzip/);
    assert.match(faultOf(hex('0A 0D')).message, /neither/);
    const cut = faultOf(file.subarray(0, file.length - 5));
    assert.match(cut.message, /in the middle of a frame/);
    assert.ok(cut.offset > 0 && cut.offset < file.length);
    const huge = Buffer.from(file);
    huge.writeUInt32LE(0x7fff_fffc, file.length - file.readUInt32LE(file.length - 4) + 4);
    assert.match(faultOf(huge).message, /2147483644 bytes/);
  });

  test('packets before the fault are handed on', () => {
    let count = 0;
    const reader = new CaptureReader(() => count++);
    reader.push(file.subarray(0, file.length - 5));
    assert.throws(() => reader.end(), CaptureFault);
    assert.equal(count, 5);
  });

  test('those that wait for a segment that never came, too, wherever the fault is', () => {
    const frames = framesOf(numbered(5));
    const packets: { readonly bytes: Uint8Array }[] = [];
    const gap = pcapOf([...frames.slice(0, 2), ...frames.slice(3)]);
    const broken = Buffer.concat([gap, Buffer.alloc(16, 0x7f)]);
    const reader = new CaptureReader((packet) => packets.push(packet));
    assert.throws(() => reader.push(broken), CaptureFault);
    assert.deepEqual(textsOf(packets), textsOf(readCapture(gap).packets));
    assert.equal(textsOf(packets).at(-1), '4');
  });

  test('broken bytes make nothing but a CaptureFault', () => {
    const random = new SeededRandom(SEED);
    const pcap = pcapOf(framesOf(arbitraryRecords(random, 20)), {
      linkType: 1,
      header: (frame) => hex(`020000000001 020000000002 ${(frame[0] ?? 0) >> 4 === 6 ? '86DD' : '0800'}`),
    });
    for (let round = 0; round < 3000; round++) {
      const bytes = Buffer.from(random.pick([file, pcap]));
      for (let n = random.pick([1, 1, 5, 50]); n > 0; n--)
        bytes[random.integer(0, bytes.length - 1)] = random.pick([0, 0xff, random.integer(0, 255)]);
      try {
        readCapture(random.boolean() ? bytes : bytes.subarray(0, random.integer(0, bytes.length)));
      } catch (error) {
        if (!(error instanceof CaptureFault)) throw error;
      }
    }
  });
});
