/** MQTT in the WebSockets of a capture. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseEndpoint } from '../../../../src/trace/capture/ipAddress.ts';
import { ACK, ipPacketOf, SYN } from '../../../../src/trace/capture/tcpFrame.ts';
import { WebSocketOpening } from '../../../../src/trace/capture/webSocketOpening.ts';
import { framed, hex } from '../../../support/packetBytes.ts';
import { SeededRandom } from '../../../support/random.ts';
import { type Frame, pcapOf, type ReadCapture, readCapture } from './captures.ts';

const SEED = 6455;
const START_MS = 1_764_132_000_000;
const ends = { in: parseEndpoint('192.0.2.7:50123')!, out: parseEndpoint('192.0.2.1:9001')! }; // as written

const lines = (...texts: string[]): Buffer => Buffer.from([...texts, '', ''].join('\r\n'));
const GET = lines(
  'GET /mqtt HTTP/1.1',
  'Host: 192.0.2.1:9001',
  'upgrade: WebSocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Protocol: mqtt',
  'Sec-WebSocket-Extensions: permessage-deflate',
);
const SWITCHING = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket'];
const AGREED = lines(...SWITCHING, 'Sec-WebSocket-Protocol: mqtt');

const CONNECT = framed(0x10, '0004 "MQTT" 04 02 003C 0005 "board"');
const CONNACK = hex('20 02 00 00');
const PINGREQ = hex('C0 00');
const PINGRESP = hex('D0 00');
const publish = (payload: string): Buffer => framed(0x30, `0001 "t" ${Buffer.from(payload).toString('hex')}`);

const MASK = hex('37 FA 21 3D');
const FINAL = 0x80;
const [CONTINUATION, TEXT, BINARY, CLOSE, PING] = [0, 1, 2, 8, 9];

interface FrameOptions {
  readonly first?: number;
  readonly isMasked?: boolean;
  /** Of the length, beyond what it needs. */
  readonly lengthBytes?: 0 | 2 | 8;
}

function webSocketFrame(payload: Uint8Array, options: FrameOptions = {}): Buffer {
  const { first = FINAL | BINARY, isMasked = true } = options;
  const { lengthBytes = payload.length < 126 ? 0 : payload.length < 0x1_0000 ? 2 : 8 } = options;
  const length = Buffer.alloc(lengthBytes);
  if (lengthBytes > 0)
    length.writeUIntBE(payload.length, lengthBytes === 8 ? 2 : 0, lengthBytes === 8 ? 6 : 2);
  const short = lengthBytes === 0 ? payload.length : lengthBytes === 2 ? 126 : 127;
  const mask = isMasked ? MASK : Buffer.alloc(0);
  const masked = Buffer.from(payload).map((byte, index) => byte ^ (isMasked ? MASK[index & 3]! : 0)); // four bytes
  return Buffer.concat([Buffer.of(first, (isMasked ? 0x80 : 0) | short), length, mask, masked]);
}

const masked = (payload: Uint8Array, first = FINAL | BINARY): Buffer => webSocketFrame(payload, { first });
const plain = (payload: Uint8Array): Buffer => webSocketFrame(payload, { isMasked: false });

type Said = readonly ['in' | 'out', Uint8Array];

/** Each piece a segment, a millisecond apart; SYN first. */
function segmentsOf(said: readonly Said[], port = 9001): Frame[] {
  const server = { ...ends.out, port };
  const next = { in: 0xffff_ff00, out: 7 };
  const segment = (direction: 'in' | 'out', flags: number, payload: Uint8Array, atMs: number): Frame => {
    const [from, to] = direction === 'in' ? [ends.in, server] : [server, ends.in];
    const sequence = next[direction] >>> 0;
    next[direction] += payload.length + (flags & SYN ? 1 : 0);
    return { atMs, bytes: ipPacketOf({ from, to, sequence, acknowledgement: 0, flags, payload }) };
  };
  const none = Buffer.alloc(0);
  return [
    segment('in', SYN, none, START_MS),
    segment('out', SYN | ACK, none, START_MS),
    ...said.map(([direction, payload], index) => segment(direction, ACK, payload, START_MS + index)),
  ];
}

const read = (said: readonly Said[], port?: number): ReadCapture =>
  readCapture(pcapOf(segmentsOf(said, port)));

function told({ packets }: ReadCapture): string[] {
  return packets.map(({ direction, bytes }) => `${direction} ${Buffer.from(bytes).toString('hex')}`);
}

const asTold = (...said: Said[]): string[] =>
  said.map(([direction, bytes]) => `${direction} ${Buffer.from(bytes).toString('hex')}`);

const opening: readonly Said[] = [
  ['in', GET],
  ['out', AGREED],
];

test('packets come out of the frames of both directions, each with the time of its segment', () => {
  const capture = read([
    ...opening,
    ['in', masked(CONNECT)],
    ['out', plain(CONNACK)],
    ['in', masked(PINGREQ)],
  ]);
  assert.deepEqual(told(capture), asTold(['in', CONNECT], ['out', CONNACK], ['in', PINGREQ]));
  assert.deepEqual(
    capture.packets.map(({ atMs }) => atMs - START_MS),
    [2, 3, 4],
  );
  const [first] = capture.packets;
  assert.equal(first?.remoteAddress, '192.0.2.7:50123');
  assert.equal(first?.localAddress, '192.0.2.1:9001');
  assert.equal(first?.transportKind, 'ws');
  assert.equal(capture.packets.at(-1)?.clientId, 'board');
  assert.equal(capture.summary.connections, 1);
  assert.deepEqual(capture.summary.others, { tls: 0, http: 0, compressed: 0, unknown: 0 });
});

test('frames in the same segment as the head, and before the answer was seen, keep their packets and times', () => {
  const early = read([
    ['in', Buffer.concat([GET, masked(CONNECT)])],
    ['in', masked(PINGREQ)],
    ['out', Buffer.concat([AGREED, plain(CONNACK)])],
  ]);
  assert.deepEqual(told(early), asTold(['in', CONNECT], ['in', PINGREQ], ['out', CONNACK]));
  assert.deepEqual(
    early.packets.map(({ atMs }) => atMs - START_MS),
    [0, 1, 2],
  );
});

describe('frames', () => {
  const large = publish('x'.repeat(70_000));
  const middle = publish('y'.repeat(300));
  const close = Buffer.concat([hex('03E8')]);
  const stream = Buffer.concat([
    // Two packets, and a part of a third [MQTT-6.0.0-2]
    masked(Buffer.concat([CONNECT, PINGREQ, middle.subarray(0, 3)])),
    // A fragmented message with control frames between its fragments
    masked(middle.subarray(3, 100), BINARY),
    masked(Buffer.from('ping'), FINAL | PING),
    masked(middle.subarray(100, 101), CONTINUATION),
    masked(Buffer.alloc(0), FINAL | PING),
    masked(middle.subarray(101), FINAL | CONTINUATION),
    masked(Buffer.alloc(0)),
    // [MQTT-6.0.0-1] forbids text
    masked(PINGREQ, FINAL | TEXT),
    webSocketFrame(PINGREQ, { lengthBytes: 2 }),
    webSocketFrame(PINGREQ, { lengthBytes: 8 }),
    // No client may do so: RFC 6455, section 5.1
    webSocketFrame(PINGREQ, { isMasked: false }),
    masked(large.subarray(0, 66_000)),
    masked(large.subarray(66_000)),
    masked(close, FINAL | CLOSE),
  ]);
  const all = asTold(
    ...[CONNECT, PINGREQ, middle, PINGREQ, PINGREQ, PINGREQ, PINGREQ, large].map(
      (bytes) => ['in', bytes] as const,
    ),
  );
  const random = new SeededRandom(SEED);

  function pieces(bytes: Uint8Array, most: number): Said[] {
    const said: Said[] = [];
    for (let at = 0; at < bytes.length; ) {
      const end = at + random.integer(1, most);
      said.push(['in', bytes.subarray(at, end)]);
      at = end;
    }
    return said;
  }

  test('of every length, fragmented, with control frames between, as text, and without a mask', () => {
    for (let at = 0; at < stream.length; at += 60_000)
      assert.deepEqual(told(read([...opening, ...pieces(stream, 60_000)])), all);
  });

  test('and heads, split over segments at any byte', () => {
    for (let round = 0; round < 5; round++) {
      const said = [
        ...pieces(GET, 9),
        ['out', AGREED.subarray(0, 50)],
        ['out', AGREED.subarray(50)],
      ] as Said[];
      assert.deepEqual(told(read([...said, ...pieces(stream, random.pick([40, 3000]))])), all);
    }
    const small = Buffer.concat([masked(CONNECT), masked(middle)]);
    for (let at = 1; at < small.length; at++) {
      const capture = read([...opening, ['in', small.subarray(0, at)], ['in', small.subarray(at)]]);
      assert.deepEqual(told(capture), asTold(['in', CONNECT], ['in', middle]), `split at ${at}`);
    }
  });

  test('in segments out of order, and twice', () => {
    const frames = segmentsOf([...opening, ...pieces(stream, 2000)]);
    for (let round = 0; round < 5; round++) {
      const shuffled = [...frames.slice(4), ...frames.slice(4, 9)]
        .map((frame, index) => ({ frame, at: index + random.integer(0, 6) }))
        .sort((a, b) => a.at - b.at)
        .map(({ frame }) => frame);
      const capture = readCapture(pcapOf([...frames.slice(0, 4), ...shuffled]));
      assert.deepEqual(told(capture), all);
      assert.equal(capture.summary.lostBytes, 0);
    }
  });
});

describe('what the capture has not', () => {
  const numbered = (count: number): Said[] =>
    Array.from({ length: count }, (_, index) => ['in', publish(String(index))]);
  const said: Said[] = [['in', CONNECT], ...numbered(6)];
  const frames = segmentsOf([
    ...opening,
    ...said.map(([direction, bytes]) => [direction, masked(bytes)] as const),
  ]);

  test('a lost frame is counted, and the next segment that is whole frames is read', () => {
    const capture = readCapture(pcapOf(frames.toSpliced(7, 1)));
    assert.deepEqual(told(capture), asTold(...said.toSpliced(3, 1)));
    assert.equal(capture.summary.lostBytes, masked(publish('2')).length);
  });

  test('bytes lost within a frame leave its end known', () => {
    const payload = Buffer.concat([publish('a'.repeat(500)), publish('b'.repeat(500))]);
    const large = masked(payload);
    // The next segment begins in the frame, and ends in another one.
    const tail = Buffer.concat([large.subarray(600), masked(PINGREQ), masked(PINGREQ).subarray(0, 3)]);
    const parts: Said[] = [
      ...opening,
      ['in', masked(CONNECT)],
      ['in', large.subarray(0, 300)],
      ['in', large.subarray(300, 600)],
      ['in', tail],
      ['in', masked(PINGREQ).subarray(3)],
    ];
    const capture = readCapture(pcapOf(segmentsOf(parts).toSpliced(6, 1)));
    assert.deepEqual(told(capture), asTold(['in', CONNECT], ['in', PINGREQ], ['in', PINGREQ]));
    assert.equal(capture.summary.lostBytes, 300);
  });

  test('behind them the mask goes on where it was', () => {
    const skipped = publish('ab');
    const whole = masked(Buffer.concat([CONNECT, skipped, PINGREQ]));
    const at = whole.length - PINGREQ.length;
    assert.notEqual(skipped.length % 4, 0);
    const parts: Said[] = [
      ...opening,
      ['in', whole.subarray(0, at - skipped.length)],
      ['in', whole.subarray(at - skipped.length, at)],
      ['in', whole.subarray(at)],
    ];
    const capture = readCapture(pcapOf(segmentsOf(parts).toSpliced(5, 1)));
    assert.deepEqual(told(capture), asTold(['in', CONNECT], ['in', PINGREQ]));
  });

  test('what is no frame is passed over, up to a segment that is whole frames', () => {
    for (const broken of [
      hex('C2 82 00000000 C000'),
      hex('83 82 00000000 C000'),
      hex('09 82 00000000 C000'),
      hex('82 FF FFFFFFFFFFFFFFFF 00000000'),
    ]) {
      const capture = read([
        ...opening,
        ['in', masked(CONNECT)],
        ['in', broken],
        // More than its segment has
        ['in', hex('82 FF 0000000000010000')],
        ['in', masked(publish('behind'))],
      ]);
      assert.deepEqual(
        told(capture),
        asTold(['in', CONNECT], ['in', publish('behind')]),
        broken.toString('hex'),
      );
    }
  });
});

describe('WebSockets that are counted, and not read', () => {
  const others = { tls: 0, http: 0, compressed: 0, unknown: 0 };

  function assertCounted(said: readonly Said[], counted: Partial<typeof others>): void {
    const { packets, summary } = read(said);
    assert.equal(packets.length, 0);
    assert.equal(summary.connections, 0);
    assert.deepEqual(summary.others, { ...others, ...counted });
  }

  test('compressed ones', () => {
    const compressed = lines(
      ...SWITCHING,
      'Sec-WebSocket-Protocol: mqtt',
      'sec-websocket-extensions: permessage-deflate',
    );
    assertCounted(
      [
        ['in', GET],
        ['out', compressed],
        ['in', masked(CONNECT, 0xc2)],
      ],
      { compressed: 1 },
    );
  });

  test('refused ones, those whose answer is not there, and those whose heads have no end', () => {
    assertCounted(
      [
        ['in', GET],
        ['out', lines('HTTP/1.1 404 Not Found')],
        ['in', masked(CONNECT)],
      ],
      { http: 1 },
    );
    assertCounted(
      [
        ['in', GET],
        ['in', masked(CONNECT)],
      ],
      { http: 1 },
    );
    const endless = Buffer.alloc(33_000, 'a');
    assertCounted(
      [
        ['in', GET],
        ['out', endless],
        ['out', endless],
        ['out', AGREED],
        ['in', masked(CONNECT)],
      ],
      { http: 1 },
    );
    assert.equal(new WebSocketOpening().push('in', Buffer.alloc(65_537, 'a')), 'other');
  });

  test('those whose head has a hole', () => {
    // Within the value of Host: what is left would make a head.
    const frames = segmentsOf([
      ['in', GET.subarray(0, 27)],
      ['in', GET.subarray(27, 33)],
      ['in', GET.subarray(33)],
      ['out', AGREED],
      ['in', masked(CONNECT)],
    ]);
    const { packets, summary } = readCapture(pcapOf(frames.toSpliced(3, 1)));
    assert.equal(packets.length, 0);
    assert.deepEqual(summary.others, { ...others, http: 1 });
  });

  test('plain HTTP, and the WebSockets of web pages', () => {
    assertCounted(
      [
        ['in', lines('GET / HTTP/1.1', 'Host: a')],
        ['out', AGREED],
      ],
      { http: 1 },
    );
    const page = lines('GET / HTTP/1.1', 'Upgrade: websocket');
    assertCounted(
      [
        ['in', page],
        ['out', lines(...SWITCHING)],
        ['in', masked(Buffer.from('{"a":1}'))],
      ],
      { http: 1 },
    );
  });
});

test('a client that forgot the subprotocol is known by its CONNECT', () => {
  const bare = lines('GET / HTTP/1.1', 'Upgrade: websocket');
  const capture = read([
    ['in', bare],
    ['out', lines(...SWITCHING)],
    ['in', masked(CONNECT)],
    ['out', plain(CONNACK)],
  ]);
  assert.deepEqual(told(capture), asTold(['in', CONNECT], ['out', CONNACK]));
});

test('on port 1883 a WebSocket is one, and HTTP that becomes none is shown as it came', () => {
  const said: Said[] = [...opening, ['in', masked(CONNECT)], ['out', plain(PINGRESP)]];
  assert.deepEqual(told(read(said, 1883)), asTold(['in', CONNECT], ['out', PINGRESP]));
  const http = lines('GET / HTTP/1.1', 'Host: a');
  assert.deepEqual(told(read([['in', http]], 1883)), asTold(['in', http]));
});

describe('a connection that was open before the capture', () => {
  const counted = (said: readonly Frame[]): ReadCapture => readCapture(pcapOf(said));
  const session: Said[] = [
    ['in', CONNECT],
    ['out', CONNACK],
    ['in', publish('a')],
    ['in', PINGREQ],
    ['out', PINGRESP],
    ['out', publish('b'.repeat(500))],
    ['in', Buffer.concat([PINGREQ, publish('c')])],
  ];
  const framed = session.map(([direction, bytes]) =>
    direction === 'in' ? ([direction, masked(bytes)] as const) : ([direction, plain(bytes)] as const),
  );
  /** Of two packets in one frame, each is told. */
  const all = asTold(...session.slice(0, -1), ['in', PINGREQ], ['in', publish('c')]);
  const frames = segmentsOf([...opening, ...framed]);
  const SYNS_AND_HEADS = 4;

  test('is read from where the capture begins, if its frames have MQTT in them', () => {
    for (let first = 1; first < session.length; first++) {
      const capture = counted(frames.slice(SYNS_AND_HEADS + first));
      assert.deepEqual(told(capture), all.slice(first), `from packet ${first}`);
      const times = frames.slice(SYNS_AND_HEADS + first).map(({ atMs }) => atMs);
      assert.deepEqual([...new Set(capture.packets.map(({ atMs }) => atMs))], times);
      assert.equal(capture.packets[0]?.transportKind, 'ws');
      assert.equal(capture.packets[0]?.remoteAddress, '192.0.2.7:50123');
      assert.deepEqual([capture.summary.connections, capture.summary.lostBytes], [1, 0]);
    }
  });

  test('begins with the next frame where the capture begins within one, and goes on behind a gap', () => {
    const cut = masked(publish('x'.repeat(300)));
    const said: Said[] = [['in', cut.subarray(0, 100)], ['in', cut.subarray(100)], ...framed];
    const [, ...rest] = segmentsOf(said).slice(2);
    assert.deepEqual(told(counted(rest)), all);
    // Lost before anything was certain.
    const lost = plain(publish('lost'));
    const holed = counted(
      segmentsOf([
        ['out', plain(PINGRESP)],
        ['out', lost],
        ['out', plain(publish('b'))],
      ])
        .slice(2)
        .toSpliced(1, 1),
    );
    assert.deepEqual(told(holed), asTold(['out', PINGRESP], ['out', publish('b')]));
    assert.equal(holed.summary.lostBytes, lost.length);
  });

  test('is read where its packets are right in 5.0 alone', () => {
    const puback = hex('40 03 0001 10');
    const said: Said[] = [
      ['out', plain(puback)],
      ['in', masked(puback)],
    ];
    const { packets } = counted(segmentsOf(said).slice(2));
    assert.deepEqual(
      packets.map(({ bytes, protocolVersion }) => [Buffer.from(bytes).toString('hex'), protocolVersion]),
      [
        [puback.toString('hex'), 5],
        [puback.toString('hex'), 5],
      ],
    );
  });

  test('is counted, and not read, while nothing says for certain that it is MQTT', () => {
    const json = Buffer.from('{"a":1}');
    for (const said of [
      [['in', masked(PINGREQ)]],
      // Its first bytes are those of a PUBCOMP of 36 bytes, which there is not.
      [
        ['in', masked(PINGREQ)],
        ['in', masked(Buffer.from('{"temperature": 21.5, "humidity": 40.25}'), FINAL | TEXT)],
        ['in', masked(PINGREQ)],
      ],
      // What follows a wrong packet in its frame counts for nothing.
      [
        ['in', masked(PINGREQ)],
        ['in', masked(Buffer.concat([hex('7B 02 00 01'), CONNACK]))],
      ],
      // No fixed header
      [
        ['in', masked(PINGREQ)],
        ['in', masked(hex('30 FF FF FF FF 01'))],
      ],
      [
        ['in', masked(json, FINAL | TEXT)],
        ['out', webSocketFrame(json, { first: FINAL | TEXT, isMasked: false })],
      ],
      // A frame that is longer than its segment, and TLS
      [['in', masked(publish('a'.repeat(400))).subarray(0, 300)]],
      [['in', hex('17 03 03 00 04 01 02 03 04')]],
    ] as Said[][]) {
      const { packets, summary } = counted(segmentsOf(said).slice(2));
      assert.equal(packets.length, 0);
      assert.deepEqual(summary.others, { tls: 0, http: 0, compressed: 0, unknown: 1 });
    }
  });

  test('is not counted either where the capture has headers alone, and by its first bytes where it has some', () => {
    const hello = hex('16 03 01 00 02 01 00');
    const [first, second] = segmentsOf([
      ['in', PINGREQ],
      ['in', hello],
    ]).slice(2);
    const PCAP_HEADER_BYTES = 24;
    const headers = pcapOf([first!], { snapLength: 40 }); // there are two
    const none = { tls: 0, http: 0, compressed: 0, unknown: 0 };
    assert.deepEqual(readCapture(headers).summary.others, none);
    const behind = pcapOf([second!]).subarray(PCAP_HEADER_BYTES); // as above
    assert.deepEqual(readCapture(Buffer.concat([headers, behind])).summary.others, { ...none, tls: 1 });
  });

  test('and is read where a client sends each field in a frame of its own', () => {
    const packet = publish('reading');
    const pieces = [packet.subarray(0, 1), packet.subarray(1, 2), packet.subarray(2, 5), packet.subarray(5)];
    const fields = pieces.map((piece) => ['in', masked(piece)] as const);
    for (const first of [1, 2, 3]) {
      const capture = counted(segmentsOf([...fields.slice(first), ...fields, ...fields]).slice(2));
      assert.deepEqual(told(capture), asTold(['in', packet], ['in', packet]), `from field ${first}`);
    }
  });

  test('has its client where the masked frames come from, whatever the ports are', () => {
    const port = 60_001;
    const capture = counted(segmentsOf([...opening, ...framed], port).slice(SYNS_AND_HEADS + 2));
    assert.deepEqual(told(capture), all.slice(2));
    const [first] = capture.packets;
    assert.deepEqual([first?.remoteAddress, first?.localAddress], ['192.0.2.7:50123', `192.0.2.1:${port}`]);
  });

  test('is not looked at for ever', () => {
    const other = ['in', Buffer.alloc(1400, 0xee)] as const;
    const said: Said[] = [...Array.from({ length: 12 }, () => other), ...framed];
    assert.deepEqual(told(counted(segmentsOf(said).slice(2))), []);
  });
});
