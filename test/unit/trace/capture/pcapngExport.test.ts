/** What an export makes of addresses and ports; that tshark reads it is test/device/pcapng.test.ts's. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CaptureRecord } from '../../../../src/trace/capture/pcapngExport.ts';
import { hex } from '../../../support/packetBytes.ts';
import { exportOf, readCapture } from './captures.ts';

const connect = hex('10 0D 0004 "MQTT" 04 02 003C 0001 "a"');
const pingreq = hex('C0 00');

let lastMs = 1_764_132_000_000;

function record(connectionId: number, ends: Partial<CaptureRecord>, bytes = connect): CaptureRecord {
  const said = { atMs: lastMs++, direction: 'in', connectionId, bytes } as const;
  return { ...said, localAddress: '192.0.2.1:1883', remoteAddress: '192.0.2.7:50123', ...ends };
}

/** The comment of each connection's first frame. */
function commentsOf(records: readonly CaptureRecord[]): string[] {
  return (
    exportOf(records)
      .toString('latin1')
      .match(/[\w, ]+: [^\0]*made up\.[^\0]*/g) ?? []
  );
}

function endsOf(records: readonly CaptureRecord[]): string[] {
  const { packets } = readCapture(exportOf(records));
  return packets.map(({ connectionId, localAddress, remoteAddress }) =>
    [connectionId, remoteAddress, localAddress].join(' '),
  );
}

test('a connection to port 1883 has its own addresses and ports, of either family', () => {
  const v6 = { localAddress: '[2001:db8::1]:1883', remoteAddress: '[2001:db8::7]:50123' };
  const records = [record(1, { about: 'oven, mqtt' }), record(2, { ...v6, about: 'door, mqtt' })];
  assert.deepEqual(endsOf(records), [
    '1 192.0.2.7:50123 192.0.2.1:1883',
    '2 [2001:db8::7]:50123 [2001:db8::1]:1883',
  ]);
  assert.deepEqual(commentsOf(records), [
    'oven, mqtt: 192.0.2.7:50123 to 192.0.2.1:1883. The handshake is made up.',
    'door, mqtt: [2001:db8::7]:50123 to [2001:db8::1]:1883. The handshake is made up.',
  ]);
});

test('one to another port is at 1883, and its comment has the real one', () => {
  const records = [record(1, { about: 'oven, wss', localAddress: '192.0.2.1:9001' })];
  assert.deepEqual(endsOf(records), ['1 192.0.2.7:50123 192.0.2.1:1883']);
  assert.deepEqual(commentsOf(records), [
    'oven, wss: 192.0.2.7:50123 to 192.0.2.1:9001. The handshake is made up. The port of the broker was 9001: here it is 1883, where Wireshark looks for MQTT.',
  ]);
});

test('one over a Unix socket has addresses that are said to be made up', () => {
  const unix = { localAddress: undefined, remoteAddress: '/run/mqtt.sock' };
  const records = [record(1, { ...unix, about: 'a, unix' }), record(2, { ...unix, about: 'b, unix' })];
  assert.deepEqual(endsOf(records), ['1 127.0.0.1:49153 127.0.0.1:1883', '2 127.0.0.1:49154 127.0.0.1:1883']);
  assert.deepEqual(commentsOf(records), [
    'a, unix: /run/mqtt.sock. The handshake and the addresses are made up.',
    'b, unix: /run/mqtt.sock. The handshake and the addresses are made up.',
  ]);
});

test('two connections from one port of a client, to two of the broker, do not become one', () => {
  const other = { localAddress: '192.0.2.1:9001', about: 'b, ws' };
  const records = [
    record(1, {}),
    record(2, other),
    record(1, {}, pingreq),
    record(2, other, pingreq),
    record(3, { localAddress: '192.0.2.1:8883' }),
  ];
  assert.deepEqual(endsOf(records), [
    '1 192.0.2.7:50123 192.0.2.1:1883',
    '2 192.0.2.7:49155 192.0.2.1:1883',
    '1 192.0.2.7:50123 192.0.2.1:1883',
    '2 192.0.2.7:49155 192.0.2.1:1883',
    '3 192.0.2.7:49156 192.0.2.1:1883',
  ]);
  assert.match(
    commentsOf(records)[0] ?? '',
    / The port of the client was 50123, which is another connection's here\.$/,
  );
});

test('a client that used its port again is seen to, and one that came to another port of the broker is not', () => {
  const other = { localAddress: '192.0.2.1:9001' };
  const records = [
    record(1, {}),
    record(1, { isLast: true }, pingreq),
    record(2, other),
    record(2, { ...other, isLast: true }, pingreq),
    record(3, {}),
    // And one that has the ends of one that is not known to have ended.
    record(4, {}),
    record(5, other),
  ];
  assert.deepEqual(endsOf(records), [
    '1 192.0.2.7:50123 192.0.2.1:1883',
    '1 192.0.2.7:50123 192.0.2.1:1883',
    '2 192.0.2.7:49155 192.0.2.1:1883',
    '2 192.0.2.7:49155 192.0.2.1:1883',
    '3 192.0.2.7:50123 192.0.2.1:1883',
    '4 192.0.2.7:50123 192.0.2.1:1883',
    '5 192.0.2.7:49155 192.0.2.1:1883',
  ]);
});

test('ends that were made up are free when their connection has ended', () => {
  const unix = { localAddress: undefined, remoteAddress: '/run/mqtt.sock' };
  const ports = 0x1_0000 - 49_152;
  const records = [
    record(1, unix),
    record(1 + ports, unix),
    record(1, { ...unix, isLast: true }, pingreq),
    record(1 + 2 * ports, unix),
  ];
  assert.deepEqual(endsOf(records), [
    '1 127.0.0.1:49153 127.0.0.1:1883',
    '2 127.0.0.1:49154 127.0.0.1:1883',
    '1 127.0.0.1:49153 127.0.0.1:1883',
    '3 127.0.0.1:49153 127.0.0.1:1883',
  ]);
});
