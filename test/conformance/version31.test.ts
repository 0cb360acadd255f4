/**
 * MQTT 3.1, protocol name "MQIsdp" and level 3, for firmware that speaks it still. It numbers no statements; where it
 * says nothing, this holds what the brokers in the field do.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anonymousPolicy } from '../../src/broker/access/anonymousPolicy.ts';
import { BrokerOverNetwork } from '../support/brokerOverNetwork.ts';
import { frame, hex, uint16, utf8 } from '../support/bytes.ts';
import { type ConnectBytes, connectBytes } from '../support/connectBytes.ts';
import type { RawClient } from '../support/rawClient.ts';

const connect31 = (options: ConnectBytes = {}): Uint8Array =>
  connectBytes({ protocolName: 'MQIsdp', level: 3, ...options });

async function connected(under: BrokerOverNetwork, options: ConnectBytes = {}): Promise<RawClient> {
  const client = under.open(3);
  client.sendBytes(connect31(options));
  assert.deepEqual(await client.nextBytes(), hex('20 02  00 00'));
  return client;
}

test('MQTT 3.1 is accepted under its own name, with a session and without Session Present', async (t) => {
  const under = new BrokerOverNetwork(t);
  const first = await connected(under, { flags: 0 });
  first.sendBytes(frame(0x82, uint16(1), utf8('t'), 1));
  assert.deepEqual(await first.nextBytes(), hex('90 03  00 01  01'));
  await first.breakOff();
  await (await under.connect(5, 'publisher')).publish('t', 'waits', { qos: 1 });
  const second = await connected(under, { flags: 0 });
  assert.equal((await second.expectMessage()).text, 'waits');
});

test('a name with the level of another version is answered with return code 1, then closed', async (t) => {
  const under = new BrokerOverNetwork(t);
  for (const [protocolName, level] of [
    ['MQIsdp', 4],
    ['MQIsdp', 2],
    ['MQTT', 3],
  ] as const) {
    const client = under.open(3);
    client.sendBytes(connectBytes({ protocolName, level }));
    assert.deepEqual(await client.nextBytes(), hex('20 02  00 01'));
    await client.expectClosed();
  }
});

test('client identifiers of 1 to 23 characters are accepted in 3.1, and longer ones, as clients send them', async (t) => {
  const under = new BrokerOverNetwork(t);
  const clientIds = ['a', 'x'.repeat(23), 'x'.repeat(24), 'x'.repeat(200), 'with-dashes/and.dots'];
  for (const clientId of clientIds) await connected(under, { payload: [utf8(clientId)] });
  assert.deepEqual(
    [...under.broker.sessions()].map(({ clientId }) => clientId),
    clientIds,
  );
});

test('an empty client identifier gets return code 2 in 3.1, whatever Clean Session says', async (t) => {
  const under = new BrokerOverNetwork(t);
  for (const flags of [0x00, 0x02]) {
    const client = under.open(3);
    client.sendBytes(connect31({ flags, payload: [utf8('')] }));
    assert.deepEqual(await client.nextBytes(), hex('20 02  00 02'));
    await client.expectClosed();
  }
});

test('messages of every QoS go both ways in 3.1, byte by byte', async (t) => {
  const under = new BrokerOverNetwork(t);
  const client = await connected(under);
  client.sendBytes(frame(0x82, uint16(1), utf8('t'), 2));
  await client.expect('suback');
  const publisher = await connected(under, { payload: [utf8('publisher')] });

  publisher.sendBytes(frame(0x30, utf8('t'), 0x61));
  assert.deepEqual(await client.nextBytes(), frame(0x30, utf8('t'), 0x61));

  publisher.sendBytes(frame(0x32, utf8('t'), uint16(7), 0x62));
  assert.deepEqual(await publisher.nextBytes(), hex('40 02  00 07'));
  assert.deepEqual(await client.nextBytes(), frame(0x32, utf8('t'), uint16(1), 0x62));
  client.sendBytes(hex('40 02  00 01'));

  publisher.sendBytes(frame(0x34, utf8('t'), uint16(8), 0x63));
  assert.deepEqual(await publisher.nextBytes(), hex('50 02  00 08'));
  publisher.sendBytes(hex('62 02  00 08'));
  assert.deepEqual(await publisher.nextBytes(), hex('70 02  00 08'));
  assert.deepEqual(await client.nextBytes(), frame(0x34, utf8('t'), uint16(2), 0x63));
  client.sendBytes(hex('50 02  00 02'));
  assert.deepEqual(await client.nextBytes(), hex('62 02  00 02'));
  client.sendBytes(hex('70 02  00 02'));
  await client.ping();
});

test('what was in flight in 3.1 is sent again with DUP after a reconnection', async (t) => {
  const under = new BrokerOverNetwork(t);
  const first = await connected(under, { flags: 0 });
  first.sendBytes(frame(0x82, uint16(1), utf8('t'), 1));
  await first.expect('suback');
  await (await under.connect(4, 'publisher')).publish('t', 'm', { qos: 1 });
  assert.deepEqual(await first.nextBytes(), frame(0x32, utf8('t'), uint16(1), 0x6d));
  await first.breakOff();
  const second = await connected(under, { flags: 0 });
  assert.deepEqual(await second.nextBytes(), frame(0x3a, utf8('t'), uint16(1), 0x6d));
});

test('DUP in the requests that 3.1 may repeat is no fault: PUBREL, SUBSCRIBE and UNSUBSCRIBE', async (t) => {
  const client = await connected(new BrokerOverNetwork(t));
  client.sendBytes(frame(0x8a, uint16(1), utf8('t'), 0));
  assert.deepEqual(await client.nextBytes(), hex('90 03  00 01  00'));
  client.sendBytes(frame(0xaa, uint16(2), utf8('t')));
  assert.deepEqual(await client.nextBytes(), hex('B0 02  00 02'));
  client.sendBytes(hex('6A 02  00 03'));
  assert.deepEqual(await client.nextBytes(), hex('70 02  00 03'));
});

test('user name and password that are announced and left out are taken as absent in 3.1', async (t) => {
  const seen: unknown[] = [];
  const policy = {
    ...anonymousPolicy,
    authenticate({ username, password }: { username?: string; password?: Uint8Array }) {
      seen.push([username, password === undefined ? undefined : Buffer.from(password).toString()]);
      return { kind: 'accepted' } as const;
    },
  };
  const under = new BrokerOverNetwork(t, { policy });
  await connected(under, { flags: 0xc2, payload: [utf8('a')] });
  await connected(under, { flags: 0xc2, payload: [utf8('a'), utf8('user')] });
  await connected(under, { flags: 0xc2, payload: [utf8('a'), utf8('user'), utf8('secret')] });
  assert.deepEqual(seen, [
    [undefined, undefined],
    ['user', undefined],
    ['user', 'secret'],
  ]);
});

test('a CONNECT that is refused gets the return code of 3.1, then the end', async (t) => {
  for (const [reasonCode, returnCode] of [
    [0x85, 2],
    [0x88, 3],
    [0x86, 4],
    [0x87, 5],
  ] as const) {
    const policy = {
      ...anonymousPolicy,
      authenticate: () => ({ kind: 'refused', reasonCode, message: 'no' }) as const,
    };
    const client = new BrokerOverNetwork(t, { policy }).open(3);
    client.sendBytes(connect31());
    assert.deepEqual(await client.nextBytes(), Uint8Array.of(0x20, 0x02, 0x00, returnCode));
    await client.expectClosed();
  }
});

test('a subscription that is refused has 0x80 in the SUBACK: 3.1 has no code for it, and silence would be worse', async (t) => {
  const under = new BrokerOverNetwork(t, {
    policy: { ...anonymousPolicy, maySubscribe: (_, filter) => filter !== 'secret' },
  });
  const client = await connected(under);
  client.sendBytes(frame(0x82, uint16(1), utf8('open'), 1, utf8('secret'), 2));
  assert.deepEqual(await client.nextBytes(), hex('90 04  00 01  01 80'));
});

test('the will of a 3.1 client goes out when it vanishes, and a DISCONNECT takes it away', async (t) => {
  const under = new BrokerOverNetwork(t);
  const watcher = await under.connect(5, 'watcher');
  await watcher.subscribe('will');
  const withWill = { flags: 0x0e, payload: ['a', 'will', 'gone'].map(utf8) };
  const first = await connected(under, withWill);
  first.sendBytes(hex('E0 00'));
  await first.expectClosed();
  await watcher.ping();
  const second = await connected(under, withWill);
  await second.breakOff();
  assert.equal((await watcher.expectMessage()).text, 'gone');
});

test('a fault of a 3.1 client closes its connection, and no other', async (t) => {
  const under = new BrokerOverNetwork(t);
  const bystander = await connected(under, { payload: [utf8('bystander')] });
  for (const bytes of [
    frame(0x36, utf8('t'), uint16(1)), // QoS 3
    frame(0x30, utf8('')),
    frame(0x30, utf8('a/#')),
    frame(0x82, uint16(1), utf8('a#'), 0),
    frame(0x82, uint16(0), utf8('a'), 0),
    hex('F0 00'), // AUTH
    hex('20 02 00 00'), // CONNACK
  ]) {
    const client = await connected(under);
    client.sendBytes(bytes);
    await client.expectClosed();
  }
  await bystander.ping();
});
