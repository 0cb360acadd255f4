/** Packets that are lost, doubled, damaged or overtaken: what the client that is meant sees, and one that is not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FaultRule } from '../../../src/faults/faultRule.ts';
import { FaultBroker } from './faultBroker.ts';

const board = { kind: 'clientId', clientId: 'board' } as const;

test('a lost PUBACK: the message is there, its acknowledgement is not, and another client has its own', async (t) => {
  const broker = await FaultBroker.start(t);
  const [meant, other] = [await broker.connect(t, 'board'), await broker.connect(t, 'other')];
  await other.subscribe('#');
  broker.inject({
    who: board,
    direction: 'toClient',
    packets: ['puback'],
    behaviour: { kind: 'drop', percent: 100 },
  });
  meant.mqtt.publish('lost', 'x', { qos: 1 });
  await other.until(() => other.messages.length === 1);
  await meant.ping();
  assert.equal(meant.ofKind('puback').length, 0);
  await other.mqtt.publishAsync('own', 'x', { qos: 1 });
  assert.equal(other.ofKind('puback').length, 1);
  assert.match(broker.log.slice(1).join(), /^Fault 1\.1, client "board": dropped PUBACK \d+ to it$/);
});

test('a lost PUBACK, once: the client sends the message again when it is back', async (t) => {
  const broker = await FaultBroker.start(t);
  const meant = await broker.connect(t, 'board', {
    clean: false,
    properties: { sessionExpiryInterval: 3600 },
    reconnectPeriod: 1,
  });
  broker.inject({ who: board, packets: ['puback'], behaviour: { kind: 'drop', percent: 100, times: 1 } });
  const acknowledged = meant.mqtt.publishAsync('twice', 'x', { qos: 1 });
  await meant.ping();
  meant.mqtt.stream.destroy();
  await acknowledged;
  const sent = meant.sent.filter(({ cmd }) => cmd === 'publish');
  assert.equal(sent.length, 2);
  assert.equal(meant.ofKind('puback').length, 1);
  await meant.mqtt.endAsync();
});

for (const [name, kind, direction] of [
  ['PINGRESP', 'pingresp', 'toClient'],
  ['PINGREQ', 'pingreq', 'toBroker'],
] as const) {
  test(`a lost ${name} reaches nobody, and what comes behind it does`, async (t) => {
    const broker = await FaultBroker.start(t);
    const [meant, other] = [await broker.connect(t, 'board'), await broker.connect(t, 'other')];
    broker.inject({ who: board, direction, packets: [kind], behaviour: { kind: 'drop', percent: 100 } });
    meant.mqtt.sendPing();
    await meant.subscribe('behind');
    assert.equal(meant.ofKind('pingresp').length, 0);
    await other.ping();
  });
}

test('a lost CONNACK: the client waits, and another one is let in', async (t) => {
  const broker = await FaultBroker.start(t);
  broker.inject({ who: board, packets: ['connack'], behaviour: { kind: 'drop', percent: 100 } });
  const meant = broker.dial(t, 'board');
  const other = await broker.connect(t, 'other');
  await broker.untilLogged(/dropped CONNACK/);
  await other.ping();
  assert.equal(meant.connack, undefined);
  assert.equal(
    [...broker.broker.sessions()].some(({ clientId }) => clientId === 'board'),
    true,
  );
});

test('a lost PUBREC, PUBREL or PUBCOMP stops an exchange of QoS 2 where it is', async (t) => {
  for (const packet of ['pubrec', 'pubrel', 'pubcomp'] as const) {
    const broker = await FaultBroker.start(t);
    const [meant, other] = [await broker.connect(t, 'board'), await broker.connect(t, 'other')];
    broker.inject({ who: board, packets: [packet], behaviour: { kind: 'drop', percent: 100 } });
    meant.mqtt.publish('t', 'x', { qos: 2 });
    await broker.untilLogged(new RegExp(`dropped ${packet.toUpperCase()}`));
    await meant.ping();
    const came = meant.received.filter(({ cmd }) => cmd?.startsWith('pub')).map(({ cmd }) => cmd);
    assert.deepEqual(came, packet === 'pubrec' ? [] : ['pubrec'], packet);
    await other.mqtt.publishAsync('t', 'x', { qos: 2 });
  }
});

test('a share of the messages is lost, and the same ones again with the same seed', async (t) => {
  const rule: FaultRule = {
    who: board,
    direction: 'toClient',
    packets: ['publish'],
    behaviour: { kind: 'drop', percent: 30 },
  };
  const outcomes: string[][] = [];
  for (const seed of [7, 7, 8]) {
    const broker = await FaultBroker.start(t);
    const [meant, other] = [await broker.connect(t, 'board'), await broker.connect(t, 'other')];
    for (const client of [meant, other]) await client.subscribe('n/#');
    broker.faults.start([rule], { seed });
    // Over two connections: a client's luck goes on.
    for (let i = 0; i < 100; i++) other.mqtt.publish(`n/${i}`, 'x');
    await other.until(() => other.messages.length === 100);
    await meant.ping();
    await meant.kill();
    const again = await broker.connect(t, 'board');
    await again.subscribe('n/#');
    for (let i = 100; i < 200; i++) other.mqtt.publish(`n/${i}`, 'x');
    await other.until(() => other.messages.length === 200);
    await again.ping();
    outcomes.push([...meant.messages, ...again.messages]);
  }
  const [first, second, third] = outcomes;
  assert.ok(first!.length > 100 && first!.length < 180, `${first!.length} of 200`);
  assert.deepEqual(second, first);
  assert.notDeepEqual(third, first);
});

test('a message that comes twice has DUP the second time, and one of QoS 2 to the broker still counts once', async (t) => {
  const broker = await FaultBroker.start(t);
  const [meant, other] = [await broker.connect(t, 'board'), await broker.connect(t, 'other')];
  for (const client of [meant, other]) await client.subscribe('#', 1);
  broker.inject({ who: board, packets: ['publish'], behaviour: { kind: 'duplicate', percent: 100 } });
  await meant.mqtt.publishAsync('once', 'x', { qos: 2 });
  await other.until(() => other.messages.length === 1);
  await meant.until(() => meant.messages.length === 2);
  for (const client of [meant, other]) await client.ping();
  assert.deepEqual(other.messages, ['once x']);
  assert.deepEqual(
    meant.ofKind('publish').map(({ dup, messageId, topic }) => [dup, messageId, topic]),
    [
      [false, 1, 'once'],
      [true, 1, 'once'],
    ],
  );
});

test('messages are overtaken between topics, never within one', async (t) => {
  const broker = await FaultBroker.start(t);
  const [meant, other] = [await broker.connect(t, 'board'), await broker.connect(t, 'other')];
  for (const client of [meant, other]) await client.subscribe('+');
  broker.inject({ who: board, direction: 'toClient', behaviour: { kind: 'reorder', percent: 100 } });
  const sent = ['a 1', 'a 2', 'b 1', 'b 2', 'a 3', 'c 1'];
  for (const message of sent) await other.mqtt.publishAsync(message[0]!, message.slice(2), { qos: 1 });
  await other.until(() => other.messages.length === sent.length);
  await meant.ping();
  broker.clock.advance(1_000);
  await meant.until(() => meant.messages.length === sent.length);
  assert.deepEqual(other.messages, sent);
  assert.notDeepEqual(meant.messages, sent);
  for (const topic of ['a', 'b', 'c']) {
    const within = (messages: string[]): string[] => messages.filter((message) => message[0] === topic);
    assert.deepEqual(within(meant.messages), within(sent), topic);
  }
});

test('messages that are overtaken keep the meaning of their topic aliases', async (t) => {
  const broker = await FaultBroker.start(t, { limits: { maxOutboundTopicAliases: 2 } });
  const meant = await broker.connect(t, 'board', { properties: { topicAliasMaximum: 2 } });
  const other = await broker.connect(t, 'other');
  for (const client of [meant, other]) await client.subscribe('+');
  const resolved: string[] = [];
  meant.mqtt.on('message', (topic, payload) => resolved.push(`${topic} ${payload}`));
  broker.inject(
    { who: board, direction: 'toClient', behaviour: { kind: 'reorder', percent: 50 } },
    { who: board, direction: 'toClient', packets: ['publish'], behaviour: { kind: 'drop', percent: 20 } },
  );
  // Topics that come again before their alias is another's, and some that do not.
  const sent = Array.from({ length: 100 }, (_, i) => `${'aababbcacdaa'[i % 12]} ${i}`);
  for (const message of sent) await other.mqtt.publishAsync(message[0]!, message.slice(2), { qos: 1 });
  await other.until(() => other.messages.length === sent.length);
  broker.clock.advance(1_000);
  await meant.ping();
  assert.equal(meant.isClosed, false);
  assert.ok(resolved.length > 60 && resolved.length < 100, `${resolved.length}`);
  assert.deepEqual(
    resolved.filter((message) => !sent.includes(message)),
    [],
  );
  for (const topic of 'abcd') {
    const numbers = resolved
      .filter((message) => message[0] === topic)
      .map((message) => Number(message.slice(2)));
    assert.deepEqual(
      numbers,
      numbers.toSorted((a, b) => a - b),
      topic,
    );
  }
});

test('one byte of a message is another one, and the other client has it whole', async (t) => {
  const broker = await FaultBroker.start(t);
  const [meant, other] = [await broker.connect(t, 'board'), await broker.connect(t, 'other')];
  for (const client of [meant, other]) await client.subscribe('t');
  // Fixed header 2, topic 2 + 1, property length 1, then the payload.
  broker.inject({
    who: board,
    direction: 'toClient',
    packets: ['publish'],
    behaviour: { kind: 'corrupt', percent: 100, byteOffset: 7 },
  });
  other.mqtt.publish('t', 'abcd');
  for (const client of [meant, other]) await client.until(() => client.messages.length === 1);
  assert.equal(other.messages[0], 't abcd');
  assert.match(meant.messages[0]!, /^t a.+cd$/s);
  assert.notEqual(meant.messages[0], 't abcd');
});

test('a rule by topic means the messages on it, to whomever they go, and no others', async (t) => {
  const broker = await FaultBroker.start(t);
  const [one, other] = [await broker.connect(t, 'one'), await broker.connect(t, 'other')];
  for (const client of [one, other]) await client.subscribe('#');
  broker.inject({
    who: { kind: 'topicFilter', topicFilter: 'noise/+' },
    direction: 'toClient',
    behaviour: { kind: 'drop', percent: 100 },
  });
  for (const topic of ['noise/1', 'quiet', 'noise/1/2']) await one.mqtt.publishAsync(topic, 'x', { qos: 1 });
  for (const client of [one, other]) {
    await client.ping();
    assert.deepEqual(client.messages, ['quiet x', 'noise/1/2 x']);
  }
});
