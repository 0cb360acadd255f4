/** CONNECT, section 3.1: what is let in, what is not, and what it does to the session. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anonymousPolicy } from '../../src/broker/access/anonymousPolicy.ts';
import type { AccessPolicy } from '../../src/broker/accessPolicy.ts';
import { BrokerOverNetwork, testBothVersions } from '../support/brokerOverNetwork.ts';
import { concat, frame, hex, uint16, utf8 } from '../support/bytes.ts';
import { connectBytes } from '../support/connectBytes.ts';

testBothVersions(
  'the first packet must be CONNECT: any other closes the connection, unanswered [MQTT-3.1.0-1] [MQTT-3.1.0-1 3.1.1]',
  async (under, version) => {
    const others = [
      frame(0x30, utf8('a')), // PUBLISH
      frame(0x82, uint16(1), utf8('a'), 0), // SUBSCRIBE
      hex('C0 00'), // PINGREQ
      hex('E0 00'), // DISCONNECT
    ];
    for (const packet of others) {
      const client = under.open(version);
      client.sendBytes(packet);
      await client.expectClosed();
    }
    assert.equal(under.broker.counters.sessions, 0);
  },
);

testBothVersions(
  'a second CONNECT ends the connection [MQTT-3.1.0-2] [MQTT-3.1.0-2 3.1.1]',
  async (under, version) => {
    const client = await under.connect(version, 'a');
    client.sendConnect({ clientId: 'a' });
    await client.expectDisconnected(0x82);
  },
);

test('a second CONNECT is a Protocol Error, whatever is wrong inside it [MQTT-3.1.0-2] [MQTT-3.14.2-1]', async (t) => {
  const under = new BrokerOverNetwork(t);
  for (const wrong of [{ protocolName: 'HTTP' }, { level: 6 }]) {
    const client = await under.connect(5, 'a');
    client.sendBytes(connectBytes(wrong));
    await client.expectDisconnected(0x82);
  }
});

testBothVersions(
  'a protocol name other than MQTT closes the connection, unanswered [MQTT-3.1.2-1] [MQTT-3.1.2-1 3.1.1]',
  async (under, version) => {
    for (const protocolName of ['MQTt', 'mqtt', 'MQTTT', 'HTTP', '', '\ufeffMQTT']) {
      const client = under.open(version);
      client.sendBytes(connectBytes({ protocolName, level: version }));
      await client.expectClosed();
    }
    assert.equal(under.broker.counters.sessions, 0);
  },
);

test('a protocol level that is unknown is answered with return code 1, then closed [MQTT-3.1.2-2 3.1.1]', async (t) => {
  const under = new BrokerOverNetwork(t);
  for (const level of [0, 1, 3, 0x84]) {
    const client = under.open(4);
    client.sendBytes(connectBytes({ level }));
    assert.deepEqual(await client.nextBytes(), hex('20 02  00 01'), `level ${level}`);
    await client.expectClosed();
  }
});

test('a protocol version above 5 is answered with 0x84, then closed [MQTT-3.1.2-2]', async (t) => {
  const client = new BrokerOverNetwork(t).open(5);
  client.sendBytes(connectBytes({ level: 6 }));
  const connack = await client.expect('connack');
  assert.equal(connack.reasonCode, 0x84);
  await client.expectClosed();
});

test('a CONNECT that breaks the format is closed: 3.1.1 without a CONNACK [MQTT-3.1.4-1] [MQTT-3.1.4-1 3.1.1] [MQTT-4.8.0-1 3.1.1] [MQTT-4.13.1-1]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const truncated = { payload: [[0, 9, 0x61]] }; // an identifier of 9 bytes, of which 1 is there
  const old = under.open(4);
  old.sendBytes(connectBytes(truncated));
  await old.expectClosed();
  const client = under.open(5);
  client.sendBytes(connectBytes({ level: 5, ...truncated }));
  assert.equal((await client.expect('connack')).reasonCode, 0x81);
  await client.expectClosed();
});

const badFlags: readonly [name: string, flags: number, payload: number[][]][] = [
  ['the reserved flag [MQTT-3.1.2-3] [MQTT-3.1.2-3 3.1.1]', 0x03, [utf8('a')]],
  [
    'a Will QoS without a will [MQTT-3.1.2-11] [MQTT-3.1.2-13 3.1.1] [MQTT-3.1.2-11 3.1.1]',
    0x0a,
    [utf8('a')],
  ],
  ['a Will QoS of 3 [MQTT-3.1.2-12] [MQTT-3.1.2-14 3.1.1]', 0x1e, [utf8('a'), utf8('t'), utf8('m')]],
  ['Will Retain without a will [MQTT-3.1.2-13] [MQTT-3.1.2-15 3.1.1]', 0x22, [utf8('a')]],
  [
    'a will that is announced and not there [MQTT-3.1.2-9] [MQTT-3.1.2-9 3.1.1]',
    0x06,
    [utf8('a'), utf8('t')],
  ],
  ['a user name that is announced and not there [MQTT-3.1.2-17] [MQTT-3.1.2-19 3.1.1]', 0x82, [utf8('a')]],
  [
    'a user name that was not announced [MQTT-3.1.2-16] [MQTT-3.1.2-18 3.1.1]',
    0x02,
    [utf8('a'), utf8('user')],
  ],
  [
    'a password that is announced and not there [MQTT-3.1.2-19] [MQTT-3.1.2-21 3.1.1]',
    0xc2,
    [utf8('a'), utf8('user')],
  ],
  [
    'a password that was not announced [MQTT-3.1.2-18] [MQTT-3.1.2-20 3.1.1]',
    0x82,
    [utf8('a'), utf8('user'), utf8('secret')],
  ],
];

for (const [name, flags, payload] of badFlags) {
  test(`a CONNECT is refused for ${name}`, async (t) => {
    const under = new BrokerOverNetwork(t);
    const old = under.open(4);
    old.sendBytes(connectBytes({ flags, payload }));
    await old.expectClosed();
    // The same in 5.0, where a will has properties before its topic.
    const hasWill = (flags & 0x04) !== 0;
    const [clientId = [], ...rest] = payload;
    const client = under.open(5);
    client.sendBytes(
      connectBytes({ level: 5, flags, payload: [clientId, ...(hasWill ? [[0]] : []), ...rest] }),
    );
    assert.equal((await client.expect('connack')).reasonCode, 0x81);
    await client.expectClosed();
  });
}

test('a password without a user name is refused in 3.1.1, and taken in 5.0 [MQTT-3.1.2-22 3.1.1]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const payload = [utf8('a'), utf8('secret')];
  const old = under.open(4);
  old.sendBytes(connectBytes({ flags: 0x42, payload }));
  await old.expectClosed();
  const client = under.open(5);
  client.sendBytes(connectBytes({ level: 5, flags: 0x42, payload }));
  assert.equal((await client.expect('connack')).reasonCode, 0);
});

/** Lets in the client `id` with the user name `user` and the password `secret`, and the watcher without either. */
const onlyUserWithSecret: AccessPolicy = {
  ...anonymousPolicy,
  authenticate({ clientId, username, password }) {
    const isRight =
      clientId === 'id' && username === 'user' && Buffer.from(password ?? []).toString() === 'secret';
    const isWatcher = clientId === 'watcher' && username === undefined && password === undefined;
    return isRight || isWatcher ? { kind: 'accepted' } : { kind: 'refused', reasonCode: 0x87, message: 'no' };
  },
};

testBothVersions(
  'the payload is read in the order identifier, will, user name, password [MQTT-3.1.3-1] [MQTT-3.1.3-1 3.1.1] [MQTT-3.1.3-3] [MQTT-3.1.3-3 3.1.1] [MQTT-3.1.2-17] [MQTT-3.1.2-19] [MQTT-3.1.2-19 3.1.1] [MQTT-3.1.2-21 3.1.1]',
  async (under, version) => {
    const watcher = await under.connect(version, 'watcher');
    await watcher.subscribe('will/topic');
    const client = under.open(version);
    const [clientId, ...rest] = ['id', 'will/topic', 'will payload', 'user', 'secret'].map(utf8);
    const willProperties = version === 5 ? [4, 0x03, 0, 1, 0x78] : []; // Content Type "x"
    const payload = [clientId ?? [], willProperties, ...rest];
    client.sendBytes(connectBytes({ level: version, flags: 0xc6, payload }));
    const { reasonCode } = await client.expect('connack');
    assert.equal(reasonCode, 0);
    await client.breakOff();
    const { topic, text, properties } = await watcher.expectMessage();
    assert.deepEqual(
      [topic, text, properties?.contentType],
      ['will/topic', 'will payload', version === 5 ? 'x' : undefined],
    );
  },
  { policy: onlyUserWithSecret },
);

testBothVersions(
  'client identifiers of 1 to 23 letters and digits are accepted, and longer ones [MQTT-3.1.3-5] [MQTT-3.1.3-5 3.1.1]',
  async (under, version) => {
    const characters = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
    const clientIds = [
      'a',
      characters.slice(0, 23),
      characters.slice(23, 46),
      characters.slice(39),
      characters,
    ];
    for (const clientId of clientIds) await under.connect(version, clientId);
    assert.deepEqual(
      [...under.broker.sessions()].map(({ clientId }) => clientId),
      clientIds,
    );
  },
);

testBothVersions(
  'state is kept by client identifier: the same one finds its session, any other does not [MQTT-3.1.3-2] [MQTT-3.1.3-2 3.1.1]',
  async (under, version) => {
    const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 60 } };
    const first = await under.connect(version, 'first', lasting);
    await first.subscribe('a');
    await first.breakOff();
    for (const [clientId, sessionPresent] of [
      ['First', false],
      ['first ', false],
      ['first', true],
    ] as const) {
      const client = under.open(version);
      assert.equal((await client.connect({ clientId, ...lasting })).sessionPresent, sessionPresent);
      await client.publish('a', 'm');
      if (sessionPresent) assert.equal((await client.expectMessage()).text, 'm');
      await client.ping();
    }
  },
);

test('a client without an identifier is given one that nobody has, and told [MQTT-3.1.3-6] [MQTT-3.1.3-7] [MQTT-3.2.2-16]', async (t) => {
  const under = new BrokerOverNetwork(t); // its source of chance always says 0
  const given = new Set<string | undefined>();
  for (let i = 0; i < 3; i++) {
    const connack = await under.open(5).connect({ clientId: '', cleanStart: i !== 1 });
    given.add(connack.properties?.assignedClientIdentifier);
  }
  assert.equal(given.size, 3);
  assert.deepEqual(new Set([...under.broker.sessions()].map(({ clientId }) => clientId)), given);
});

test('an identifier that was assigned is one like any: the client comes back with it to its session [MQTT-3.1.3-7]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 60 } };
  const first = under.open(5);
  const connack = await first.connect({ clientId: '', ...lasting });
  assert.equal(connack.sessionPresent, false);
  await first.subscribe('t');
  await first.breakOff();
  const clientId = connack.properties?.assignedClientIdentifier ?? '';
  const second = under.open(5);
  const { sessionPresent, properties } = await second.connect({ clientId, ...lasting });
  assert.deepEqual([sessionPresent, properties?.assignedClientIdentifier], [true, undefined]);
});

test('a 3.1.1 client without an identifier is accepted with Clean Session [MQTT-3.1.3-6 3.1.1]', async (t) => {
  const under = new BrokerOverNetwork(t);
  await under.open(4).connect({ clientId: '', cleanStart: true });
  await under.open(4).connect({ clientId: '', cleanStart: true });
  assert.equal(under.broker.counters.sessions, 2);
});

test('a 3.1.1 client without an identifier and without Clean Session gets return code 2 [MQTT-3.1.3-7 3.1.1] [MQTT-3.1.3-8 3.1.1] [MQTT-3.1.3-9 3.1.1]', async (t) => {
  const client = new BrokerOverNetwork(t).open(4);
  client.sendBytes(connectBytes({ flags: 0, payload: [utf8('')] }));
  assert.deepEqual(await client.nextBytes(), hex('20 02  00 02'));
  await client.expectClosed();
});

test('a client identifier that is refused gets 0x85, and the end [MQTT-3.1.3-8]', async (t) => {
  const policy: AccessPolicy = {
    ...anonymousPolicy,
    authenticate: () => ({ kind: 'refused', reasonCode: 0x85, message: 'not this name' }),
  };
  const client = new BrokerOverNetwork(t, { policy }).open(5);
  client.sendConnect();
  const connack = await client.expect('connack');
  assert.equal(connack.reasonCode, 0x85);
  assert.equal(connack.properties?.reasonString, 'not this name');
  await client.expectClosed();
});

testBothVersions(
  'an older connection of the same client is closed [MQTT-3.1.4-3] [MQTT-3.1.4-2 3.1.1]',
  async (under, version) => {
    const old = await under.connect(version, 'a');
    const client = await under.connect(version, 'a');
    await old.expectDisconnected(0x8e);
    await client.ping();
    assert.equal(under.broker.counters.connections, 1);
  },
);

testBothVersions(
  'a CONNECT that is accepted is answered with 0 [MQTT-3.1.4-5] [MQTT-3.1.4-4 3.1.1]',
  async (under, version) => {
    const client = under.open(version);
    client.sendConnect();
    assert.deepEqual([...(await client.nextBytes())].slice(2, 4), [0, 0]);
  },
);

const refusing: AccessPolicy = {
  ...anonymousPolicy,
  authenticate: () => ({ kind: 'refused', reasonCode: 0x86, message: 'no' }),
};

testBothVersions(
  'nothing that comes behind a CONNECT that is refused is looked at [MQTT-3.1.4-6] [MQTT-3.1.4-5 3.1.1] [MQTT-3.1.4-2]',
  async (under, version) => {
    const client = under.open(version);
    const connect = connectBytes({ level: version, payload: [utf8('a')] });
    const publish = frame(0x31, utf8('a'), version === 5 ? 0 : [], 0x6d); // retained
    client.sendBytes(concat(connect, publish, hex('C0 00')));
    assert.equal((await client.expect('connack')).reasonCode, 0x86);
    await client.expectClosed();
    assert.equal(under.broker.counters.retainedMessages, 0);
    assert.equal(under.broker.counters.messagesReceived, 0);
  },
  { policy: refusing },
);

testBothVersions(
  'what comes behind a CONNECT is handled after its CONNACK, also when the check takes time [MQTT-3.2.0-1] [MQTT-3.2.0-1 3.1.1]',
  async (under, version) => {
    const client = under.open(version);
    const connect = connectBytes({ level: version });
    client.sendBytes(concat(connect, hex('C0 00'), hex('C0 00')));
    await client.expect('connack');
    await client.expect('pingresp');
    await client.expect('pingresp');
    await client.ping();
  },
  { policy: { ...anonymousPolicy, authenticate: async () => ({ kind: 'accepted' }) } },
);
