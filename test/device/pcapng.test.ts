/** A trace as a capture, for Wireshark's own dissector; and captures of tcpdump, for ours. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { before, describe, type TestContext, test } from 'node:test';
import type { PacketDetail, PacketField } from '../../src/contracts/trace.ts';
import { definitionOfId } from '../../src/mqtt/properties.ts';
import { ownedBySuite } from '../support/ownedBySuite.ts';
import { framed } from '../support/packetBytes.ts';
import { type Owner, Program, run } from '../support/program.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { skipUnless, toolPath } from '../support/tools.ts';
import { exportOf } from '../unit/trace/capture/captures.ts';
import { arrivals, connectTo, hosts, type Kind, kinds, TracingEngine, talk } from './tracedRun.ts';

/** What is compared of each packet, as tshark calls it. */
const comparedFields = [
  ...['frame.time_epoch', 'ip.src', 'ip.dst', 'tcp.srcport', 'tcp.dstport'],
  ...['mqtt.msgtype', 'mqtt.len', 'mqtt.qos', 'mqtt.retain', 'mqtt.dupflag', 'mqtt.msgid', 'mqtt.topic'],
  ...[
    'mqtt.msg',
    'mqtt.clientid',
    'mqtt.kalive',
    'mqtt.ver',
    'mqtt.username',
    'mqtt.passwd',
    'mqtt.willtopic',
    'mqtt.willmsg',
  ],
  ...['mqtt.sub.qos', 'mqtt.subscription_options_qos', 'mqtt.conack.flags.sp'],
  ...['mqtt.conack.val', 'mqtt.connack.reason_code', 'mqtt.suback.qos', 'mqtt.suback.reason_code'],
  ...['mqtt.puback.reason_code', 'mqtt.pubrec.reason_code', 'mqtt.pubrel.reason_code'],
  ...['mqtt.pubcomp.reason_code', 'mqtt.unsuback.reason_code', 'mqtt.disconnect.reason_code'],
  ...['mqtt.property_id', 'mqtt.prop_number', 'mqtt.prop_string', 'mqtt.prop_key', 'mqtt.prop_value'],
  ...['mqtt.property.content_type', 'mqtt.property.topic_alias'],
] as const;

type Row = Partial<Record<string, string>>;

async function tshark(owner: Owner, file: string, ...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await run(owner, toolPath('tshark'), ['-r', file, ...args]);
  assert.equal(exitCode, 0, stderr);
  return stdout;
}

/** What tshark writes for a payload of no bytes. */
const NO_PAYLOAD = '<MISSING>';

/** One of each packet of MQTT, in the order of the file, without the fields that it has not. */
async function tsharkRows(owner: Owner, file: string, names: readonly string[]): Promise<Row[]> {
  const fields = names.flatMap((name) => ['-e', name]);
  const format = ['-T', 'fields', '-E', 'separator=|', '-E', 'aggregator=;'];
  const table = await tshark(owner, file, '-Y', 'mqtt', ...format, ...fields);
  return table
    .trimEnd()
    .split('\n')
    .map((line) => {
      const values = line.split('|');
      return Object.fromEntries(
        names
          .map((name, index) => [name, values[index]])
          .filter(([, value]) => value !== '' && value !== NO_PAYLOAD),
      );
    });
}

/** The same of what the panel is given. */
function ownRow(packet: PacketDetail): Row {
  const { content, direction, fields, kind, protocolVersion, receivedAtMs, remoteAddress } = packet;
  const broker = hosts[packet.transportKind as Kind]; // of a run with these
  const all = flatten(fields);
  const named = (...names: string[]): PacketField[] => all.filter(({ name }) => names.includes(name));
  const number = ({ value }: PacketField): string =>
    String(Number.parseInt(value, value.startsWith('0x') ? 16 : 10));
  const hexOf = ({ start, end }: PacketField): string =>
    Buffer.from(content.subarray(start, end)).toString('hex');
  const texts = (found: readonly PacketField[]): string => found.map(({ value }) => value).join(';');
  const numbers = (...names: string[]): string =>
    named(...names)
      .map(number)
      .join(';');
  const bits = (name: string): string =>
    named(name)
      .filter(({ bit }) => bit !== undefined)
      .map(number)
      .join(';');
  const topics = texts(named('Topic Name', 'Topic Filter'));
  const isIn = direction === 'in';
  const is5 = protocolVersion === 5;
  const [client, clientPort] = remoteAddress.split(':');
  const row: Row = {
    'frame.time_epoch': `${(Math.floor(receivedAtMs * 1000) / 1e6).toFixed(6)}000`,
    'ip.src': isIn ? client : broker,
    'ip.dst': isIn ? broker : client,
    'tcp.srcport': isIn ? clientPort : '1883',
    'tcp.dstport': isIn ? '1883' : clientPort,
    'mqtt.msgtype': numbers('Packet type'),
    'mqtt.len': numbers('Remaining Length'),
    'mqtt.msgid': numbers('Packet Identifier'),
    // An alias has its topic in the row alone.
    'mqtt.topic': topics === '(empty)' ? packet.summary.split(' · ')[0] : topics,
    'mqtt.msg': named('Payload').map(hexOf).join(),
    'mqtt.clientid': texts(named('Client Identifier')),
    'mqtt.kalive': numbers('Keep Alive'),
    'mqtt.ver': numbers('Protocol Level'),
    'mqtt.username': texts(named('User Name')),
    // Its bytes are asterisks.
    'mqtt.passwd': named('Password')
      .map(({ start, end }) => '*'.repeat(end - start - 2))
      .join(),
    'mqtt.willtopic': texts(named('Will Topic')),
    // Behind its length.
    'mqtt.willmsg': named('Will Payload')
      .map((field) => hexOf(field).slice(4))
      .join(),
    'mqtt.sub.qos': bits('Requested QoS'),
    'mqtt.subscription_options_qos': bits('Maximum QoS'),
    ...propertiesOf(all),
  };
  if (kind === 'publish') {
    row['mqtt.qos'] = numbers('QoS');
    row['mqtt.retain'] = numbers('RETAIN');
    row['mqtt.dupflag'] = numbers('DUP');
  }
  const codes = numbers('Reason Code', 'Return Code');
  if (is5) row[`mqtt.${kind}.reason_code`] = codes;
  else if (kind === 'connack') row['mqtt.conack.val'] = codes;
  else if (kind === 'suback') row['mqtt.suback.qos'] = codes;
  if (kind === 'connack') row['mqtt.conack.flags.sp'] = numbers('Session Present');
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined && value !== ''));
}

/** What tshark has a field of its own for. */
const ownFields: Partial<Record<string, string>> = {
  contentType: 'mqtt.property.content_type',
  topicAlias: 'mqtt.property.topic_alias',
};

/** Each value where tshark has it: by its type, some by what they are. */
function propertiesOf(all: readonly PacketField[]): Row {
  const values: Record<string, string[]> = {};
  const add = (name: string, value: string | undefined): void => {
    values[name] ??= [];
    values[name].push(value ?? '');
  };
  for (const { children = [] } of all) {
    const child = (name: string): string | undefined => children.find((field) => field.name === name)?.value;
    const id = child('Identifier')?.slice(0, 4).toLowerCase();
    if (id === undefined) continue;
    add('mqtt.property_id', id);
    const definition = definitionOfId[Number(id)];
    const own = ownFields[definition?.name ?? ''];
    if (own !== undefined) {
      add(own, child('Value'));
      continue;
    }
    switch (definition?.type) {
      case 'utf8StringPair':
        add('mqtt.prop_key', child('Name'));
        add('mqtt.prop_value', child('Value'));
        break;
      case 'utf8String':
      case 'binaryData':
        add('mqtt.prop_string', child('Value'));
        break;
      default:
        add('mqtt.prop_number', child('Value'));
    }
  }
  return Object.fromEntries(Object.entries(values).map(([name, all]) => [name, all.join(';')]));
}

function flatten(fields: readonly PacketField[]): PacketField[] {
  return fields.flatMap((field) => [field, ...flatten(field.children ?? [])]);
}

/** What a row shows of a packet, and what opens when it is selected: all but numbers of our own, and times. */
function shown({ id, receivedAtMs, latencyMs, exchange, ...packet }: PacketDetail) {
  return {
    ...packet,
    content: Buffer.from(packet.content).toString('hex'),
    exchange: exchange.map(({ direction, kind, isDuplicate }) => `${direction} ${kind} ${isDuplicate}`),
  };
}

/** A capture knows that bytes were MQTT in TCP, or in a WebSocket. */
const asExported = (packet: PacketDetail) => ({ ...shown(packet), transportKind: 'mqtt' });

describe('an exported trace, as tshark dissects it', { skip: skipUnless('tshark') }, () => {
  const owner = ownedBySuite();
  const folder = temporaryFolder(owner);
  const file = join(folder, 'exported.pcapng');
  let engine: TracingEngine;
  let packets: readonly PacketDetail[];

  before(async () => {
    engine = await TracingEngine.withBroker(owner);
    for (const kind of kinds) for (const version of [4, 5] as const) await talk(owner, engine, kind, version);
    packets = await engine.packets();
    await engine.exportTo(file);
  });

  test('over TCP, TLS, WebSocket and both, in 3.1.1 and 5.0: the packets of the panel, their fields, times and order', async (t) => {
    const rows = await tsharkRows(t, file, comparedFields);
    assert.equal(rows.length, packets.length);
    for (const [index, packet] of packets.entries())
      assert.deepEqual(rows[index], ownRow(packet), `packet ${index}, over ${packet.transportKind}`);
    // Each of the fields was there to be compared.
    const seen = new Set(rows.flatMap((row) => Object.keys(row)));
    assert.deepEqual(
      comparedFields.filter((name) => !seen.has(name)),
      [],
    );
    for (const kind of kinds) {
      const count = packets.filter(({ transportKind }) => transportKind === kind).length;
      assert.ok(count > 100, `${count} packets over ${kind}`);
    }
  });

  test('the first frame of each connection says to which port it came', async (t) => {
    const comments = await tshark(
      t,
      file,
      '-Y',
      'tcp.flags.syn == 1 && tcp.flags.ack == 0',
      '-T',
      'fields',
      '-e',
      'frame.comment',
    );
    const expected = kinds.flatMap((kind) =>
      [4, 5].flatMap((version) =>
        ['sub', 'pub'].map((part) => {
          const clientId = `${kind}${version}-${part}`;
          const { remoteAddress = '' } = packets.find((packet) => packet.clientId === clientId) ?? {};
          const port = engine.port(kind);
          return `${clientId}, ${kind}: ${remoteAddress} to ${hosts[kind]}:${port}. The handshake is made up. The port of the broker was ${port}: here it is 1883, where Wireshark looks for MQTT.`;
        }),
      ),
    );
    assert.deepEqual(comments.trimEnd().split('\n'), expected);
  });

  test('nothing in it is marked as malformed, lost or sent again, and every checksum is right', async (t) => {
    const marked =
      '_ws.malformed || tcp.analysis.flags || tcp.checksum.status != 1 || ip.checksum.status != 1';
    const checked = ['-o', 'tcp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE'];
    assert.equal(await tshark(t, file, ...checked, '-Y', marked), '');
  });

  test('it opens as the list that it was, and so does what tshark writes of it', async (t) => {
    const files = [file];
    for (const format of ['pcap', 'nsecpcap', 'pcapng']) {
      files.push(join(folder, `copy.${format}`));
      await tshark(t, file, '-F', format, '-w', files.at(-1)!); // it was just pushed
    }
    for (const each of files) {
      const other = new TracingEngine(t);
      const opened = await other.openCapture(each);
      assert.ok(opened.kind === 'opened' && opened.packets === packets.length, JSON.stringify(opened));
      const found = await other.packets();
      for (const [index, packet] of packets.entries()) {
        assert.deepEqual(shown(found[index]!), asExported(packet), `packet ${index} of ${each}`); // as many
        // Microseconds.
        assert.ok(Math.abs(found[index]!.receivedAtMs - packet.receivedAtMs) < 0.002);
      }
    }
  });

  test('of a filter that hides the CONNECT of 5.0, packets are read as those of 5.0', async (t) => {
    const filtered = join(folder, 'filtered.pcapng');
    const topic = 'mqtt5/küche/1';
    const result = await engine.exportOf({ topicFilter: topic }, filtered);
    assert.ok(result.kind === 'exported' && result.addedConnects > 0, JSON.stringify(result));
    const rows = await tsharkRows(t, filtered, ['mqtt.msgtype', 'mqtt.property.content_type', 'mqtt.msg']);
    assert.equal(rows.length, result.packets + result.addedConnects);
    assert.equal(rows.filter((row) => row['mqtt.msgtype'] === '1').length, result.addedConnects);
    const first = rows.find((row) => row['mqtt.msgtype'] === '3');
    assert.deepEqual(first, {
      ...{ 'mqtt.msgtype': '3', 'mqtt.property.content_type': 'text/plain' },
      'mqtt.msg': Buffer.from('21.5').toString('hex'),
    });
    assert.equal(await tshark(t, filtered, '-Y', '_ws.malformed || tcp.analysis.flags'), '');

    const other = new TracingEngine(t);
    await other.openCapture(filtered);
    const found = await other.packets();
    const times = found.map(({ receivedAtMs }) => receivedAtMs);
    assert.deepEqual(
      times,
      [...times].sort((a, b) => a - b),
    );
    assert.ok(found.every(({ clientId, protocolVersion }) => protocolVersion === 5 && clientId));
    assert.deepEqual(
      found.filter(({ fault }) => fault !== undefined),
      [],
    );
  });

  test('a port that a client used again is marked as that, and one that it had for two of the broker is not', async (t) => {
    const records = [1883, 8883, 1883].map((port, index) => ({
      ...({ direction: 'in', protocolVersion: 4, remoteAddress: '192.0.2.7:50123' } as const),
      ...{ localAddress: `192.0.2.1:${port}`, atMs: 1.764e12 + index, connectionId: index + 1 },
      ...{ bytes: connectOf(`board-${index}`), isLast: true },
    }));
    const ports = join(folder, 'ports.pcapng');
    writeFileSync(ports, exportOf(records));
    const table = await tshark(
      t,
      ports,
      ...['-Y', 'mqtt || tcp.analysis.flags', '-T', 'fields', '-E', 'separator=|'],
      ...['-e', 'tcp.srcport', '-e', 'mqtt.clientid', '-e', 'tcp.analysis.reused_ports'],
    );
    assert.deepEqual(table.trimEnd().split('\n'), [
      '50123|board-0|',
      '49155|board-1|',
      '50123||1',
      '50123|board-2|',
    ]);
  });

  test('clients with an address of IPv6, and with none, have their own connections', async (t) => {
    const ends = [
      ['[2001:db8::7]:50123', '[2001:db8::1]:1883'],
      ['[fe80::1%eth0]:50124', '[fe80::2%eth0]:8883'],
      ['[::1]:50125', '[::1]:1883'],
      ['/run/mqtt.sock', undefined],
    ] as const;
    const records = ends.map(([remoteAddress, localAddress], index) => ({
      ...({ direction: 'in', protocolVersion: 4, remoteAddress, localAddress } as const),
      ...{ atMs: 1.764e12 + index, connectionId: index + 1, bytes: connectOf(`board-${index}`) },
    }));
    const addresses = join(folder, 'addresses.pcapng');
    writeFileSync(addresses, exportOf(records));
    const names = ['ipv6.src', 'ipv6.dst', 'ip.src', 'ip.dst', 'tcp.srcport', 'mqtt.clientid'];
    const table = await tshark(
      t,
      addresses,
      ...['-o', 'tcp.check_checksum:TRUE', '-Y', 'mqtt && tcp.checksum.status == 1'],
      ...['-T', 'fields', '-E', 'separator=|', ...names.flatMap((name) => ['-e', name])],
    );
    assert.deepEqual(table.trimEnd().split('\n'), [
      '2001:db8::7|2001:db8::1|||50123|board-0',
      'fe80::1|fe80::2|||50124|board-1',
      '::1|::1|||50125|board-2',
      '||127.0.0.1|127.0.0.1|49156|board-3',
    ]);
  });
});

function connectOf(clientId: string): Buffer {
  const length = clientId.length.toString(16).padStart(4, '0');
  return framed(0x10, `0004 "MQTT" 04 02 003C ${length} "${clientId}"`);
}

/** In clear, and what must only be counted. */
const captured = [
  ['mqtt', 4],
  ['mqtt', 5],
  ['ws', 4],
  ['ws', 5],
  ['mqtts', 5],
  ['wss', 5],
] as const;
const isInClear = ({ transportKind }: PacketDetail): boolean => !['mqtts', 'wss'].includes(transportKind);

describe('a capture of tcpdump, opened', { skip: skipUnless('tcpdump') || whyNoCapture() }, () => {
  for (const [name, args] of Object.entries({
    'the loopback interface': ['-i', 'lo'],
    'all interfaces, Linux cooked 2': ['-i', 'any', '-y', 'LINUX_SLL2'],
    'all interfaces, Linux cooked': ['-i', 'any', '-y', 'LINUX_SLL'],
  })) {
    test(`${name}: the list of the trace of the same run, in the same order and at the same times`, async (t) => {
      const engine = await TracingEngine.withBroker(t);
      const file = join(temporaryFolder(t), 'captured.pcap');
      const capture = await startTcpdump(t, engine, file, args);
      for (const [kind, version] of captured) {
        await talk(t, engine, kind, version, ['21.5']);
        // Not faster than it can be captured: what a socket holds for tcpdump is not much.
        await capture.allSeen();
      }
      await capture.end();
      const traced = (await engine.packets()).filter(isInClear);
      const other = new TracingEngine(t);
      const opened = await other.openCapture(file);
      assert.deepEqual(opened, {
        ...{
          kind: 'opened',
          packets: traced.length,
          // Two may come from one port, to two listeners.
          connections: new Set(traced.map((packet) => `${packet.transportKind} ${packet.remoteAddress}`))
            .size,
        },
        ...{ otherConnections: 4, compressedConnections: 0, lostBytes: 0 },
      });
      const found = await other.packets();
      const places = placesIn(found, traced);
      for (const [index, packet] of traced.entries())
        assert.deepEqual(shown(found[places[index]!]!), shown(packet), `packet ${index}`); // it has a place
      assertSameOrder(traced, places);
      assertSameTimes(
        traced,
        places.map((place) => found[place]!),
      ); // as above
    });
  }
});

describe('a capture of tcpdump that begins late, opened', {
  skip: skipUnless('tcpdump') || whyNoCapture(),
}, () => {
  test('has what came over a WebSocket that was open before', async (t) => {
    const engine = await TracingEngine.withBroker(t);
    const client = await connectTo(t, engine, 'ws', { protocolVersion: 4, clientId: 'early' });
    await client.subscribeAsync('early/#', { qos: 1 });
    const before = (await engine.packets()).length;
    const file = join(temporaryFolder(t), 'late.pcap');
    const capture = await startTcpdump(t, engine, file, ['-i', 'lo']);
    for (const payload of ['21.5', 'x'.repeat(3000), '']) {
      const arrived = arrivals(client, 1);
      await client.publishAsync('early/bird', payload, { qos: 1 });
      await arrived;
    }
    await capture.allSeen();
    await capture.end();
    const traced = (await engine.packets()).slice(before).filter(({ clientId }) => clientId === 'early');
    const other = new TracingEngine(t);
    await other.openCapture(file);
    const found = (await other.packets()).filter(({ transportKind }) => transportKind === 'ws');
    assert.equal(found.length, traced.length);
    const places = placesIn(found, traced);
    // Who it was is in the CONNECT alone.
    const nobody = ({ clientId, ...packet }: ReturnType<typeof shown>) => packet;
    for (const [index, packet] of traced.entries())
      assert.deepEqual(nobody(shown(found[places[index]!]!)), nobody(shown(packet))); // it has a place
  });
});

/** Where each of these packets is in that list: the first of a connection and direction is its first there, and so on. */
function placesIn(list: readonly PacketDetail[], packets: readonly PacketDetail[]): number[] {
  const streams = new Map<string, number[]>();
  // A client's port may be another's too, at another listener.
  const streamOf = ({ direction, remoteAddress, transportKind }: PacketDetail): string =>
    `${transportKind} ${remoteAddress} ${direction}`;
  for (const [place, packet] of list.entries()) {
    const places = streams.get(streamOf(packet)) ?? [];
    streams.set(streamOf(packet), [...places, place]);
  }
  return packets.map(
    (packet) => streams.get(streamOf(packet))?.shift() ?? assert.fail(`none as ${packet.summary}`),
  );
}

/**
 * What was sent after something had come was sent after it had come, wherever one looks. More does not hold: a packet may
 * wait in its socket while the broker sends to others.
 */
function assertSameOrder(traced: readonly PacketDetail[], places: readonly number[]): void {
  let lastCame = -1;
  for (const [index, { direction, summary }] of traced.entries()) {
    const place = places[index]!; // each has one
    if (direction === 'in') lastCame = Math.max(lastCame, place);
    else assert.ok(place > lastCame, `packet ${index}, ${summary}`);
  }
}

/** The trace's clock is read once in milliseconds, and counts from there. */
const CLOCK_MS = 1.01;

/** By one clock, nothing comes before it was sent. */
function assertSameTimes(traced: readonly PacketDetail[], found: readonly PacketDetail[]): void {
  for (const [index, { direction, receivedAtMs, summary }] of traced.entries()) {
    const later = receivedAtMs - found[index]!.receivedAtMs; // as many
    assert.ok(
      direction === 'in' ? later > -CLOCK_MS : later < CLOCK_MS,
      `${later} ms: packet ${index}, ${direction}, ${summary}`,
    );
  }
}

/** tcpdump on the ports of a broker. */
async function startTcpdump(
  t: TestContext,
  engine: TracingEngine,
  file: string,
  args: readonly string[],
): Promise<{ allSeen(): Promise<void>; end(): Promise<void> }> {
  const ports = kinds.map((kind) => `port ${engine.port(kind)}`).join(' or ');
  const program = Program.start(t, toolPath('tcpdump'), [
    ...[...args, '-U', '-n', '--print', '-l', '-w', file, ports],
  ]);
  await program.waitFor('stderr', /listening on/);
  return {
    /** Resolves when all that was said before is in the file: the end of one more connection was printed. */
    async allSeen() {
      const last = await connectTo(t, engine, 'mqtt', { protocolVersion: 4, clientId: 'last' });
      const { localPort } = last.stream as unknown as Socket; // over TCP
      await last.endAsync();
      const both = `\\.${localPort} > ${hosts.mqtt}\\.${engine.port('mqtt')}`;
      await program.waitFor('stdout', new RegExp(`${both}: Flags \\[[FR]`));
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
