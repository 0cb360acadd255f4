/** Which connections count as refused before their CONNECT was accepted. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { BrokerOptions } from '../../../src/broker/broker.ts';
import { createEarlyEnds } from '../../../src/observation/earlyEnds.ts';
import { BrokerUnderTest } from '../../support/brokerUnderTest.ts';

const ways: readonly (readonly [string, readonly number[], RegExp])[] = [
  [
    'TLS',
    [0x16, 0x03, 0x01, 0x02, 0x00],
    /The stream starts with a TLS handshake .* Connect to the TLS port/,
  ],
  ['HTTP', [...Buffer.from('GET / HTTP/1.1\r\n\r\n')], /HTTP/],
  [
    'a PINGREQ',
    [0xc0, 0x00],
    /first packet of a connection must be CONNECT, and PINGREQ came.*\[MQTT-3\.1\.0-1\]/,
  ],
  // Remaining length 12; "MQTT", level 4, with the reserved flag.
  [
    'a malformed CONNECT',
    [0x10, 12, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 0b11, 0, 60, 0, 0],
    /CONNECT, byte 9: .*\[MQTT-3\.1\.2-3\]/,
  ],
];

for (const [name, bytes, words] of ways)
  test(`a connection that begins with ${name} is told of in the words of the log`, async (t) => {
    const { under, told } = setUp(t);
    const board = under.open(4, '192.0.2.7:50123');
    board.sendBytes(Uint8Array.from(bytes));
    await board.closed();
    assert.equal(told.length, 1);
    assert.match(told[0] ?? '', /^192\.0\.2\.7:50123 is disconnected: /);
    assert.match(told[0] ?? '', words);
  });

test('so is one that sends nothing until its time is over, and one without a client id that is refused', async (t) => {
  const { under, told } = setUp(t, {
    policy: {
      authenticate: () => ({ kind: 'refused', reasonCode: 0x87, message: 'Not here.' }),
      mayPublish: () => true,
      maySubscribe: () => true,
      mayReceive: () => true,
    },
  });
  const silent = under.open(4);
  under.clock.advance(60_000);
  await silent.closed();
  assert.match(told.at(-1) ?? '', /it sent no CONNECT within \d+ s$/);
  const nameless = under.open(4);
  nameless.sendConnect({ clientId: '', cleanStart: true });
  await nameless.next();
  await nameless.closed();
  assert.equal(told.length, 2);
  assert.match(told.at(-1) ?? '', /is refused: Not here\./);
  // The Clients view has a row for it.
  const named = under.open(4);
  named.sendConnect({ clientId: 'board' });
  await named.next();
  await named.closed();
  assert.equal(told.length, 2);
});

test('one that was let in, or that only looks whether the port is open, is not; over TLS it is one', async (t) => {
  const { under, told, observer } = setUp(t);
  const board = await under.connect(4, 'board');
  board.sendBytes(Uint8Array.of(0x00, 0x00));
  await board.closed();
  const scan = under.open(4);
  await scan.breakOff();
  assert.deepEqual(told, []);
  const overTls = { connectionId: 9, transportKind: 'mqtts', remoteAddress: 'x', connectedAtMs: 0 } as const;
  observer.connectionClosed?.(overTls, undefined, { kind: 'networkClosed' });
  assert.match(told[0] ?? '', /^x closed the connection before it sent a CONNECT\. Over TLS that is mostly/);
});

function setUp(t: TestContext, options: BrokerOptions = {}) {
  const told: string[] = [];
  const observer = createEarlyEnds((words) => told.push(words));
  const under = new BrokerUnderTest(t, options);
  under.broker.observer = observer;
  return { under, told, observer };
}
