/** A trace as a capture, for Wireshark's own dissector; and captures of tcpdump, for ours. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, type TestContext, test } from 'node:test';
import { type ExplainedField, explainPacket } from '../../src/trace/explainedPacket.ts';
import { framed } from '../support/packetBytes.ts';
import { Program, run } from '../support/program.ts';
import { skipUnless, toolPath } from '../support/tools.ts';
import { exportOf, readCapture } from '../unit/trace/capture/captures.ts';
import {
  connectTo,
  type Kind,
  openTracedBroker,
  type TracedBroker,
  type TracedRecord,
  talk,
} from './tracedRun.ts';

const folder = mkdtempSync(join(tmpdir(), 'mqtt-pcapng-'));
after(() => rmSync(folder, { recursive: true }));

/** What is compared of each packet, as tshark calls it. */
const comparedFields = [
  ...['frame.time_epoch', 'ip.src', 'ip.dst', 'tcp.srcport', 'tcp.dstport'],
  ...[
    'mqtt.msgtype',
    'mqtt.len',
    'mqtt.msgid',
    'mqtt.topic',
    'mqtt.msg',
    'mqtt.qos',
    'mqtt.retain',
    'mqtt.dupflag',
  ],
  ...['mqtt.clientid', 'mqtt.kalive', 'mqtt.ver', 'mqtt.username', 'mqtt.willtopic', 'mqtt.property_id'],
  ...['mqtt.conack.val', 'mqtt.connack.reason_code', 'mqtt.suback.reason_code', 'mqtt.suback.qos'],
] as const;

type Row = Partial<Record<(typeof comparedFields)[number], string>>;

async function tsharkRows(t: TestContext, file: string): Promise<Row[]> {
  const fields = comparedFields.flatMap((field) => ['-e', field]);
  const { exitCode, stdout, stderr } = await run(t, toolPath('tshark'), [
    ...['-r', file, '-Y', 'mqtt', '-T', 'fields', '-E', 'separator=|', '-E', 'aggregator=;', ...fields],
  ]);
  assert.equal(exitCode, 0, stderr);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => {
      const values = line.split('|');
      return Object.fromEntries(
        comparedFields.map((field, index) => [field, values[index]]).filter(([, value]) => value !== ''),
      );
    });
}

/** The same of our own fields: what the panel shows. */
function ownRow({ atMs, direction, localAddress, remoteAddress, bytes, protocolVersion }: TracedRecord): Row {
  const { fields, kind } = explainPacket(bytes, protocolVersion);
  const all = flatten(fields);
  const named = (...names: string[]): ExplainedField[] => all.filter(({ name }) => names.includes(name));
  const number = (field: ExplainedField): string =>
    String(Number.parseInt(field.value, field.value.startsWith('0x') ? 16 : 10));
  const hexOf = ({ start, end }: ExplainedField): string =>
    Buffer.from(bytes.subarray(start, end)).toString('hex');
  const only = (
    field: ExplainedField | undefined,
    say: (field: ExplainedField) => string,
  ): string | undefined => field && say(field);
  const isIn = direction === 'in';
  const [client, clientPort] = remoteAddress.split(':');
  const [server] = localAddress.split(':');
  const row: Record<string, string | undefined> = {
    'frame.time_epoch': `${(Math.round(atMs * 1000) / 1e6).toFixed(6)}000`,
    'ip.src': isIn ? client : server,
    'ip.dst': isIn ? server : client,
    'tcp.srcport': isIn ? clientPort : '1883',
    'tcp.dstport': isIn ? '1883' : clientPort,
    'mqtt.msgtype': only(named('Packet type')[0], number),
    'mqtt.len': only(named('Remaining Length')[0], number),
    'mqtt.msgid': only(named('Packet Identifier')[0], number),
    'mqtt.topic': named('Topic Name', 'Topic Filter')
      .map(({ value }) => value)
      .join(';'),
    'mqtt.msg': only(named('Payload')[0], hexOf),
    'mqtt.clientid': only(named('Client Identifier')[0], ({ value }) => value),
    'mqtt.kalive': only(named('Keep Alive')[0], number),
    'mqtt.ver': only(named('Protocol Level')[0], number),
    'mqtt.username': only(named('User Name')[0], ({ value }) => value),
    'mqtt.willtopic': only(named('Will Topic')[0], ({ value }) => value),
    'mqtt.property_id': named('Identifier')
      .map(({ value }) => value.slice(0, 4).toLowerCase())
      .join(';'),
  };
  if (kind === 'publish') {
    row['mqtt.qos'] = named('QoS')[0]?.value;
    row['mqtt.retain'] = named('RETAIN')[0]?.value;
    row['mqtt.dupflag'] = named('DUP')[0]?.value;
  }
  const codes = named('Reason Code', 'Return Code').map(number).join(';');
  if (kind === 'connack') row[protocolVersion === 5 ? 'mqtt.connack.reason_code' : 'mqtt.conack.val'] = codes;
  if (kind === 'suback') row[protocolVersion === 5 ? 'mqtt.suback.reason_code' : 'mqtt.suback.qos'] = codes;
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined && value !== ''));
}

function flatten(fields: readonly ExplainedField[]): ExplainedField[] {
  return fields.flatMap((field) => [field, ...flatten(field.children ?? [])]);
}

function writeCapture(name: string, records: readonly TracedRecord[]): string {
  const file = join(folder, name);
  writeFileSync(file, exportOf(records));
  return file;
}

/** What is the same in a trace and in a capture of one run: all but the times. */
function comparable({
  direction,
  localAddress,
  remoteAddress,
  bytes,
  protocolVersion,
}: {
  readonly direction: string;
  readonly localAddress: string;
  readonly remoteAddress: string;
  readonly bytes: Uint8Array;
  readonly protocolVersion: number;
}): string {
  return `${remoteAddress} ${direction} ${localAddress} v${protocolVersion} ${Buffer.from(bytes).toString('hex')}`;
}

/** By connection and direction: between those, a capture and a broker need not see one order. */
function byStream(packets: Iterable<Parameters<typeof comparable>[0]>): Record<string, string[]> {
  const streams: Record<string, string[]> = {};
  for (const packet of packets) {
    const key = `${packet.remoteAddress} ${packet.direction}`;
    streams[key] ??= [];
    streams[key].push(comparable(packet));
  }
  return streams;
}

describe('an exported trace, as tshark dissects it', { skip: skipUnless('tshark') }, () => {
  for (const kind of ['mqtt', 'mqtts', 'ws'] as const) {
    for (const version of [4, 5] as const) {
      test(`clients of ${version === 5 ? '5.0' : '3.1.1'} over ${kind}: the same packets, fields and times`, async (t) => {
        const broker = await openTracedBroker(t);
        await talk(t, broker, kind, version);
        const file = writeCapture(`${kind}${version}.pcapng`, broker.records);
        const rows = await tsharkRows(t, file);
        assert.ok(broker.records.length > 40, `${broker.records.length} packets`);
        assert.deepEqual(rows, broker.records.map(ownRow));
      });
    }
  }

  test('nothing in it is marked as malformed, lost or sent again, and every checksum is right', async (t) => {
    const broker = await openTracedBroker(t);
    for (const kind of ['mqtt', 'ws'] as const) await talk(t, broker, kind, 5);
    const file = writeCapture('clean.pcapng', broker.records);
    const { stdout, exitCode, stderr } = await run(t, toolPath('tshark'), [
      ...['-r', file, '-o', 'tcp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE'],
      ...['-Y', '_ws.malformed || tcp.analysis.flags || tcp.checksum.status != 1 || ip.checksum.status != 1'],
    ]);
    assert.equal(exitCode, 0, stderr);
    assert.equal(stdout, '');
  });

  test('clients with an address of IPv6, and with none, have their own connections', async (t) => {
    const connect = (clientId: string): Buffer =>
      framed(0x10, `0004 "MQTT" 04 02 003C ${lengthOf(clientId)} "${clientId}"`);
    const lengthOf = (text: string): string => text.length.toString(16).padStart(4, '0');
    const base = { direction: 'in', protocolVersion: 4, localAddress: '0.0.0.0:1883' } as const;
    const records: TracedRecord[] = [
      '[2001:db8::7]:50123',
      '[fe80::1%eth0]:50124',
      '[::1]:50125',
      '/run/mqtt.sock',
    ].map((remoteAddress, index) => ({
      ...base,
      atMs: 1.764e12 + index,
      connectionId: index + 1,
      remoteAddress,
      bytes: connect(`board-${index}`),
    }));
    const { stdout, exitCode, stderr } = await run(t, toolPath('tshark'), [
      ...[
        '-r',
        writeCapture('addresses.pcapng', records),
        '-o',
        'tcp.check_checksum:TRUE',
        '-T',
        'fields',
        '-E',
        'separator=|',
      ],
      ...['-Y', 'mqtt && tcp.checksum.status == 1'],
      ...[
        '-e',
        'ipv6.src',
        '-e',
        'ipv6.dst',
        '-e',
        'ip.src',
        '-e',
        'ip.dst',
        '-e',
        'tcp.srcport',
        '-e',
        'mqtt.clientid',
      ],
    ]);
    assert.equal(exitCode, 0, stderr);
    assert.deepEqual(stdout.trimEnd().split('\n'), [
      '2001:db8::7|2001:db8::1|||50123|board-0',
      'fe80::1|2001:db8::1|||50124|board-1',
      '::1|::1|||50125|board-2',
      '||127.0.0.1|127.0.0.1|49156|board-3',
    ]);
  });

  test('what tshark writes of it imports to the same list', async (t) => {
    const broker = await openTracedBroker(t);
    await talk(t, broker, 'mqtt', 5);
    const file = writeCapture('exported.pcapng', broker.records);
    for (const format of ['pcap', 'nsecpcap', 'pcapng']) {
      const copy = join(folder, `copy.${format}`);
      const { exitCode, stderr } = await run(t, toolPath('tshark'), ['-r', file, '-F', format, '-w', copy]);
      assert.equal(exitCode, 0, stderr);
      const { packets } = readCapture(readFileSync(copy));
      const onPort1883 = broker.records.map((record) => ({ ...record, localAddress: '127.0.0.1:1883' }));
      assert.deepEqual(packets.map(comparable), onPort1883.map(comparable), format);
    }
  });
});

/** In clear, and what must only be counted. */
const captured = [
  ['mqtt', 4],
  ['mqtt', 5],
  ['ws', 4],
  ['ws', 5],
  ['mqtts', 5],
] as const;

describe('a capture of tcpdump, read', { skip: skipUnless('tcpdump') || whyNoCapture() }, () => {
  for (const [name, args] of Object.entries({
    'the loopback interface': ['-i', 'lo'],
    'all interfaces, Linux cooked 2': ['-i', 'any', '-y', 'LINUX_SLL2'],
    'all interfaces, Linux cooked': ['-i', 'any', '-y', 'LINUX_SLL'],
  })) {
    test(`${name}: the packets that the broker saw`, async (t) => {
      const broker = await openTracedBroker(t);
      const file = join(folder, `tcpdump${args.length}${args.at(-1)}.pcap`);
      const capture = await startTcpdump(t, broker, file, args);
      for (const [kind, version] of captured) {
        await talk(t, broker, kind, version, ['21.5']);
        // Not faster than it can be captured: what a socket holds for tcpdump is not much.
        await capture.allSeen();
      }
      await capture.end();
      const { packets, summary } = readCapture(readFileSync(file));
      const inClear = broker.records.filter(({ about }) => about !== 'mqtts');
      assert.deepEqual(byStream(packets), byStream(inClear));
      // Two clocks: that of the kernel may be set while this runs.
      const [firstMs, lastMs] = [inClear[0]!.atMs - 60_000, inClear.at(-1)!.atMs + 60_000]; // there are many
      assert.ok(packets.every(({ atMs }) => atMs > firstMs && atMs < lastMs));
      assert.equal(summary.lostBytes, 0);
      assert.deepEqual(summary.others, { tls: 2, http: 0, compressed: 0, unknown: 0 });
      assert.ok(packets.every(({ clientId }) => /^(mqtt|ws)[45]-(pub|sub)$|^last$/.test(clientId)));
    });
  }
});

/** tcpdump on the ports of a broker. */
async function startTcpdump(
  t: TestContext,
  broker: TracedBroker,
  file: string,
  args: readonly string[],
): Promise<{ allSeen(): Promise<void>; end(): Promise<void> }> {
  const kinds: readonly Kind[] = ['mqtt', 'mqtts', 'ws'];
  const ports = kinds.map((kind) => `port ${broker.port(kind)}`).join(' or ');
  const program = Program.start(t, toolPath('tcpdump'), [
    ...[...args, '-U', '-n', '--print', '-l', '-w', file, ports],
  ]);
  await program.waitFor('stderr', /listening on/);
  return {
    /** Resolves when all that was said before is in the file: the end of one more connection was printed. */
    async allSeen() {
      const last = await connectTo(t, broker, 'mqtt', { protocolVersion: 4, clientId: 'last' });
      const port = broker.records.at(-1)?.remoteAddress.split(':').at(-1); // of its CONNACK
      await last.endAsync();
      await program.waitFor('stdout', new RegExp(`\\.${port}(?: > \\S+)?: Flags \\[[FR]`));
    },
    async end() {
      const { exitCode, stderr } = await program.end('SIGINT');
      assert.equal(exitCode, 0, stderr);
      assert.match(stderr, /^0 packets dropped by kernel$/m);
    },
  };
}

/** Who is not root may not look at an interface. */
function whyNoCapture(): string | false {
  return process.getuid?.() === 0 ? false : 'tcpdump captures for root alone';
}
