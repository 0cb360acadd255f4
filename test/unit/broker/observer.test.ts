import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anonymousPolicy } from '../../../src/broker/access/anonymousPolicy.ts';
import { createCredentialsPolicy } from '../../../src/broker/access/credentialsPolicy.ts';
import type { BrokerObserver } from '../../../src/broker/observer.ts';
import { BrokerUnderTest } from '../../support/brokerUnderTest.ts';
import { hex } from '../../support/bytes.ts';

/** Writes each call down as a line. */
function recorder(lines: string[]): BrokerObserver {
  const text = (payload: Uint8Array): string => new TextDecoder().decode(payload);
  return {
    connectionOpened: ({ connectionId }) => lines.push(`opened ${connectionId}`),
    clientConnected: ({ connectionId }, clientId, { protocolVersion }, { sessionPresent }) =>
      lines.push(`connected ${connectionId} ${clientId} v${protocolVersion} ${sessionPresent}`),
    connectionClosed: ({ connectionId }, clientId, cause) =>
      lines.push(`closed ${connectionId} ${clientId} ${cause.kind}`),
    sessionEnded: (clientId) => lines.push(`ended ${clientId}`),
    messagePublished: ({ topic, payload }, publisher, isWill) =>
      lines.push(`published ${topic} ${text(payload)} by ${publisher} ${isWill}`),
    messageDelivered: ({ topic }, clientId, qos) => lines.push(`delivered ${topic} to ${clientId} ${qos}`),
    messageDropped: ({ topic }, clientId, cause) => lines.push(`dropped ${topic} ${clientId} ${cause}`),
    retainedChanged: (topic, message) =>
      lines.push(`retained ${topic} ${message === undefined ? 'cleared' : text(message.payload)}`),
    subscribed: (clientId, { topicFilter }, reasonCode) =>
      lines.push(`subscribed ${clientId} ${topicFilter} ${reasonCode}`),
    unsubscribed: (clientId, topicFilter) => lines.push(`unsubscribed ${clientId} ${topicFilter}`),
    accessDenied: (clientId, action, subject) => lines.push(`denied ${clientId} ${action} ${subject}`),
  };
}

test('an observer hears of everything, in order', async (t) => {
  const lines: string[] = [];
  const take = (): string[] => lines.splice(0);
  const policy = { ...anonymousPolicy, maySubscribe: (_: unknown, filter: string) => filter !== 'secret' };
  const under = new BrokerUnderTest(t, { observer: recorder(lines), policy });
  const will = { topic: 'w', payload: new TextEncoder().encode('gone'), qos: 0, retain: false } as const;
  const a = await under.connect(4, 'a', { will });
  assert.deepEqual(take(), ['opened 1', 'connected 1 a v4 false']);
  await a.subscribe('t', { qos: 1 });
  await a.subscribe('secret');
  assert.deepEqual(take(), ['subscribed a t 1', 'denied a subscribe secret', 'subscribed a secret 135']);
  const b = await under.connect(5, 'b');
  take();
  await b.publish('t', 'm', { qos: 2, retain: true });
  assert.deepEqual(take(), ['published t m by b false', 'retained t m', 'delivered t to a 1']);
  await b.publish('t', '', { retain: true });
  assert.deepEqual(take(), ['published t  by b false', 'retained t cleared', 'delivered t to a 0']);
  b.sendPublish('$SYS/x', 'm');
  await b.ping();
  assert.deepEqual(take(), ['denied b publish $SYS/x', 'dropped $SYS/x undefined notAuthorized']);
  b.send({ kind: 'unsubscribe', packetId: 9, topicFilters: ['nothing'] });
  a.send({ kind: 'unsubscribe', packetId: 9, topicFilters: ['t'] });
  await a.expectMessage();
  await a.expectMessage();
  await a.expect('unsuback');
  assert.deepEqual(take(), ['unsubscribed a t']);
  await under.connect(5, 'a');
  assert.deepEqual(take(), [
    'opened 3',
    'closed 1 a takenOver',
    'published w gone by a true',
    'ended a',
    'connected 3 a v5 false',
  ]);
  under.broker.publish({ topic: 'own', payload: new Uint8Array(0), qos: 0, retain: false });
  assert.deepEqual(take(), ['published own  by undefined false']);
  await under.broker.stop();
  assert.deepEqual(take(), [
    'closed 2 b serverDisconnected',
    'closed 3 a serverDisconnected',
    'ended b',
    'ended a',
  ]);
});

test('a trace has every packet with its bytes, both ways', async (t) => {
  const lines: string[] = [];
  const line = (direction: string, kind: string, bytes: Uint8Array): void => {
    lines.push(`${direction} ${kind} ${Buffer.from(bytes).toString('hex')}`);
  };
  const under = new BrokerUnderTest(t, {
    observer: {
      packetReceived: (_, { kind, bytes }) => line('in', kind, bytes),
      packetSent: (_, { kind, bytes }) => line('out', kind, bytes),
    },
  });
  const client = await under.connect(4, 'a');
  await client.subscribe('t', { qos: 1 });
  client.sendPublish('t', 'm', { qos: 1, packetId: 7 });
  await client.expectMessage();
  await client.expect('puback');
  const refused = under.open(4);
  refused.sendConnect({ clientId: '', cleanStart: false });
  await refused.closed();
  assert.deepEqual(lines, [
    'in connect 100d00044d51545404020000000161',
    'out connack 20020000',
    'in subscribe 820600010001740' + '1',
    'out suback 9003000101',
    'in publish 32060001740007' + '6d',
    'out publish 32060001740001' + '6d',
    'out puback 40020007',
    'in connect 100c00044d515454040000000000',
    'out connack 20020002',
  ]);
});

test('a large payload is whole in a trace', async (t) => {
  const sizes: number[] = [];
  const under = new BrokerUnderTest(t, {
    observer: {
      packetSent(_, { packet, bytes }) {
        if (packet.kind === 'publish') sizes.push(packet.payload.length, bytes.length);
      },
    },
  });
  const client = await under.connect(4, 'a');
  await client.subscribe('t');
  await client.publish('t', new Uint8Array(100_000));
  assert.equal((await client.expectMessage()).payload.length, 100_000);
  assert.deepEqual(sizes, [100_000, 100_007]);
});

test('an observer may come and go while the broker runs', async (t) => {
  const lines: string[] = [];
  const under = new BrokerUnderTest(t);
  const client = await under.connect(5, 'a');
  under.broker.observer = recorder(lines);
  await client.publish('t', 'seen', { qos: 1 });
  under.broker.observer = undefined;
  await client.publish('t', 'not seen', { qos: 1 });
  assert.deepEqual(lines, ['published t seen by a false']);
});

test('the end of a connection names its cause', async (t) => {
  const causes: unknown[] = [];
  const under = new BrokerUnderTest(t, {
    limits: { connectTimeoutSeconds: 5 },
    observer: {
      connectionClosed(_, clientId, cause) {
        const { error, ...rest } = { error: undefined, ...cause };
        causes.push([clientId, error instanceof Error ? { ...rest, error: error.message } : rest]);
      },
    },
  });
  const left = await under.connect(5, 'left');
  await left.disconnect(4);
  const broken = await under.connect(5, 'broken');
  broken.transport?.breakOff(new Error('ECONNRESET'));
  await broken.closed();
  const quiet = await under.connect(5, 'quiet', { keepAliveSeconds: 1 });
  const silent = under.open(5);
  under.clock.advance(10_000);
  await quiet.closed();
  await silent.closed();
  const faulty = await under.connect(5, 'faulty');
  faulty.sendBytes(hex('D0 00'));
  await faulty.closed();
  assert.deepEqual(causes, [
    ['left', { kind: 'clientDisconnected', reasonCode: 4 }],
    ['broken', { kind: 'networkClosed', message: 'ECONNRESET' }],
    ['quiet', { kind: 'keepAliveTimeout', keepAliveSeconds: 1 }],
    [undefined, { kind: 'connectTimeout', timeoutSeconds: 5 }],
    ['faulty', { kind: 'protocolError', error: 'PINGRESP is sent by servers only, and a client sent it.' }],
  ]);
});

test('an observer hears who a client is, how that was shown, and what came of it', async (t) => {
  const decisions: unknown[][] = [];
  const under = new BrokerUnderTest(t, {
    policy: createCredentialsPolicy({ username: 'dev', password: 'pencil' }),
    observer: {
      authenticated: ({ connectionId }, clientId, { username, by, isReAuthentication, outcome }) => {
        assert.equal(isReAuthentication, false);
        decisions.push([connectionId, clientId, username, by, outcome.kind]);
      },
    },
  });
  const password = (text: string): Uint8Array => new TextEncoder().encode(text);
  await under.connect(4, 'a', { username: 'dev', password: password('pencil') });
  for (const options of [{ username: 'dev', password: password('pen') }, {}]) {
    const client = under.open(5);
    client.sendConnect({ clientId: 'b', ...options });
    assert.notEqual((await client.expect('connack')).reasonCode, 0);
  }
  assert.deepEqual(decisions, [
    [1, 'a', 'dev', 'password', 'accepted'],
    [2, 'b', 'dev', 'password', 'refused'],
    [3, 'b', undefined, 'anonymous', 'refused'],
  ]);

  decisions.length = 0;
  const open = new BrokerUnderTest(t, {
    observer: {
      authenticated: (_, clientId, { username, by, outcome }) =>
        decisions.push([clientId, username, by, outcome.kind]),
    },
  });
  await open.connect(5, 'c', { username: 'anyone' });
  assert.deepEqual(decisions, [['c', 'anyone', 'anonymous', 'accepted']]);
});

test('a packet that can not be read is told with its bytes and what is wrong with it', async (t) => {
  const lines: string[] = [];
  const under = new BrokerUnderTest(t, {
    observer: {
      packetReceived: (_, { kind }) => lines.push(`received ${kind}`),
      packetRejected({ connectionId }, { source, start, end, protocolVersion, error }) {
        const bytes = Buffer.from(source.subarray(start, end)).toString('hex');
        lines.push(`${connectionId} v${protocolVersion} ${bytes} ${error?.code} ${error?.byteOffset}`);
      },
    },
  });
  const rejected = async (version: 4 | 5, bytes: string, isConnected = true): Promise<string[]> => {
    const client = isConnected ? await under.connect(version, 'a') : under.open(version);
    lines.length = 0;
    client.sendBytes(hex(bytes));
    await client.closed();
    return lines.splice(0);
  };
  // The fixed header; the bytes that came with it are those of the packet, not of the one before.
  assert.deepEqual(await rejected(5, 'C0 00 00 01'), [
    'received pingreq',
    '1 v5 0001 packet-type-reserved 0',
  ]);
  assert.deepEqual(await rejected(4, '30 80 80 80 80 01'), [
    '2 v4 308080808001 remaining-length-malformed 4',
  ]);
  assert.deepEqual(await rejected(4, '16 03 01 00', false), ['3 v4 16030100 tls-on-plain-port 0']);
  // PUBLISH with QoS 3; SUBSCRIBE without a topic filter; CONNECT with the reserved flag; a first packet that is none.
  assert.deepEqual(await rejected(5, '36 06 00 01 61 00 01 00'), ['4 v5 3606000161000100 qos-invalid 0']);
  assert.deepEqual(await rejected(4, '82 02 00 01'), ['5 v4 82020001 no-topic-filters 4']);
  assert.deepEqual(await rejected(5, '10 0D 00 04 4D 51 54 54 05 03 00 00 00 00 00', false), [
    '6 v5 100d00044d515454050300000000' + '00 reserved-connect-flag 9',
  ]);
  assert.deepEqual(await rejected(4, 'C0 00', false), ['7 v4 c000 connect-expected undefined']);
  // Read, and wrong at its time.
  assert.deepEqual(await rejected(4, 'D0 00'), ['received pingresp']);
});

test('what had come of a packet when the connection ended is told, too', async (t) => {
  const lines: string[] = [];
  const under = new BrokerUnderTest(t, {
    observer: {
      packetRejected: (_, { source, start, end, error }) =>
        lines.push(`${Buffer.from(source.subarray(start, end)).toString('hex')} ${error?.code}`),
    },
  });
  const client = await under.connect(4, 'a');
  client.sendBytes(hex('30 7F 00 01 61'));
  client.sendBytes(hex('62'));
  client.transport?.breakOff(new Error('ECONNRESET'));
  await client.closed();
  assert.deepEqual(lines, ['307f00016162 undefined']);
});

test('a silence longer than the keep alive is told when it ends, and one within it is not', async (t) => {
  const told: unknown[] = [];
  const observer: BrokerObserver = {
    clientWasQuiet: (_connection, clientId, keepAliveSeconds, quietMs) =>
      told.push([clientId, keepAliveSeconds, quietMs]),
  };
  const under = new BrokerUnderTest(t, { observer });
  const board = under.open(4);
  // What is before its CONNECT is no silence of a client.
  under.clock.advance(8_000);
  await board.connect({ clientId: 'board', keepAliveSeconds: 5 });
  under.clock.advance(5_000);
  await board.ping();
  under.clock.advance(7_000);
  await board.ping();
  assert.deepEqual(told, [['board', 5, 7_000]]);
});

test('the largest PUBLISH over a connection is told once, with its topic', async (t) => {
  const told: unknown[] = [];
  const observer: BrokerObserver = {
    largestPublishSent: (_connection, clientId, packetBytes, topic) =>
      told.push([clientId, packetBytes, topic]),
  };
  const under = new BrokerUnderTest(t, { observer });
  const board = await under.connect(4, 'board');
  await board.subscribe('#', { qos: 1 });
  const app = await under.connect(4, 'app');
  for (const [topic, bytes] of [
    ['a', 10],
    ['b', 10],
    ['c', 5],
    ['d', 20],
  ] as const)
    await app.publish(topic, 'x'.repeat(bytes), { qos: 1 });
  // Fixed header 2, topic 3, packet identifier 2.
  assert.deepEqual(told, [
    ['board', 17, 'a'],
    ['board', 27, 'd'],
  ]);
});

test('with topic aliases, it is as large as the form in which it goes out', async (t) => {
  const told: unknown[] = [];
  const observer: BrokerObserver = {
    largestPublishSent: (_connection, _clientId, packetBytes, topic) => told.push([packetBytes, topic]),
  };
  const under = new BrokerUnderTest(t, { observer });
  const board = await under.connect(5, 'board', { properties: { topicAliasMaximum: 10 } });
  await board.subscribe('#');
  const app = await under.connect(5, 'app');
  await app.publish('long/topic', 'x');
  await app.publish('long/topic', 'xxxx');
  await app.publish('long/topic', 'x'.repeat(20));
  // Fixed header 2, topic 12, properties 4; by its alias, the topic takes 2.
  assert.deepEqual(told, [
    [19, 'long/topic'],
    [28, 'long/topic'],
  ]);
});
