/** The client against a broker that does what the test says, its faults included. test/clients has the real ones. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ClientState, DeliveredMessage } from '../../../src/client/clientTypes.ts';
import { WorkbenchClient } from '../../../src/client/workbenchClient.ts';
import { encode } from '../../../src/mqtt/encode.ts';
import type { ConnackPacket } from '../../../src/mqtt/packets.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { ScriptedBroker, type ScriptedConnection } from './scriptedBroker.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const hello = { topic: 'a/b', payload: bytes('hello'), qos: 1, retain: false } as const;

let broker: ScriptedBroker;
const clients: WorkbenchClient[] = [];

beforeEach(async () => {
  broker = await ScriptedBroker.start();
});
afterEach(async () => {
  broker.stop();
  await Promise.all(clients.splice(0).map((client) => client.end()));
});

async function connect(
  properties?: ConnackPacket['properties'],
): Promise<{ client: WorkbenchClient; connection: ScriptedConnection }> {
  const [result, connection] = await Promise.all([
    WorkbenchClient.connect({
      url: broker.url,
      clientId: 'workbench',
      reconnect: { firstMs: 1, longestMs: 1 },
    }),
    broker.accept(properties),
  ]);
  assert.equal(result.kind, 'connected');
  const { client } = result as { client: WorkbenchClient }; // asserted
  clients.push(client);
  return { client, connection };
}

/** A client whose session outlives its connection. */
async function connectToSession(): Promise<{ client: WorkbenchClient; connection: ScriptedConnection }> {
  const [result, connection] = await Promise.all([
    WorkbenchClient.connect({
      ...{ url: broker.url, clientId: 'me', cleanStart: false },
      reconnect: { firstMs: 1, longestMs: 1 },
    }),
    broker.accept(),
  ]);
  assert.ok(result.kind === 'connected');
  clients.push(result.client);
  return { client: result.client, connection };
}

/** A client that has announced the largest packet that it takes. */
async function connectWithLimit(
  maximumPacketSize: number,
): Promise<{ client: WorkbenchClient; connection: ScriptedConnection }> {
  const [result, connection] = await Promise.all([
    WorkbenchClient.connect({
      ...{ url: broker.url, clientId: 'me', connectProperties: { maximumPacketSize } },
      reconnect: { firstMs: 1, longestMs: 1 },
    }),
    broker.accept(),
  ]);
  assert.ok(result.kind === 'connected');
  clients.push(result.client);
  return { client: result.client, connection };
}

/** The next connection, with the session of before. */
async function resume(): Promise<ScriptedConnection> {
  const connection = await broker.connection();
  await connection.next('connect');
  connection.send({ kind: 'connack', sessionPresent: true, reasonCode: 0 });
  await connection.next('pingreq');
  return connection;
}

/** The next value of an event. */
function next<T>(event: (listener: (value: T) => void) => { dispose(): void }): Promise<T> {
  return new Promise((resolve) => {
    const subscription = event((value) => {
      subscription.dispose();
      resolve(value);
    });
  });
}

async function subscribed(
  client: WorkbenchClient,
  connection: ScriptedConnection,
  topicFilter: string,
): Promise<number | undefined> {
  const outcome = client.subscribe({ topicFilter, qos: 1 });
  const packet = await connection.next('subscribe');
  connection.send({ kind: 'suback', packetId: packet.packetId, reasonCodes: [1] });
  assert.deepEqual(await outcome, { kind: 'subscribed', qos: 1 });
  return packet.properties?.subscriptionIdentifiers?.[0];
}

describe('connecting', () => {
  test('speaks 5.0, with a clean start and the credentials that were given', async () => {
    const credentials = { username: 'dev', password: 'secret' };
    const result = WorkbenchClient.connect({
      url: broker.url,
      clientId: 'me',
      credentials,
      keepAliveSeconds: 7,
    });
    const connection = await broker.connection();
    const packet = await connection.next('connect');
    assert.equal(packet.protocolVersion, 5);
    assert.equal(packet.cleanStart, true);
    assert.equal(packet.clientId, 'me');
    assert.equal(packet.username, 'dev');
    assert.deepEqual(Buffer.from(packet.password ?? []).toString(), 'secret');
    assert.equal(packet.keepAliveSeconds, 7);
    connection.send({ kind: 'connack', sessionPresent: false, reasonCode: 0 });
    const connected = await result;
    assert.equal(connected.kind, 'connected');
    if (connected.kind === 'connected') clients.push(connected.client);
  });

  test('a connection on which what comes with the CONNACK can not be read is none', async () => {
    const connecting = WorkbenchClient.connect({ url: broker.url, clientId: 'me' });
    const connection = await broker.connection();
    await connection.next('connect');
    const connack = encode({ kind: 'connack', sessionPresent: false, reasonCode: 0 }, 5);
    // A PUBLISH of QoS 3.
    connection.sendBytes(Buffer.concat([connack, Uint8Array.of(0x36, 0x03, 0x00, 0x01, 0x61)]));
    const result = await connecting;
    if (result.kind === 'connected') clients.push(result.client);
    assert.equal(result.kind, 'failed');
    await connection.closed;
  });

  test('speaks 3.1.1 and 3.1 where it is told to, and has nothing of 5.0 then', async () => {
    for (const protocolVersion of [3, 4] as const) {
      const result = WorkbenchClient.connect({
        ...{ url: broker.url, clientId: 'me', protocolVersion, sessionExpiryIntervalSeconds: 60 },
        will: { topic: 'gone', payload: bytes('me'), qos: 1, retain: true, delayIntervalSeconds: 5 },
      });
      const connection = await broker.connection();
      const packet = await connection.next('connect');
      assert.equal(packet.protocolVersion, protocolVersion);
      assert.equal(packet.will?.topic, 'gone');
      assert.equal(packet.properties, undefined);
      // The codes of 0 are the same in every version.
      connection.sendBytes(Uint8Array.of(0x20, 0x02, 0x00, 0x00));
      const connected = await result;
      assert.ok(connected.kind === 'connected');
      clients.push(connected.client);
      const outcome = await connected.client.publish({ ...hello, properties: { contentType: 'text/plain' } });
      assert.match(outcome.kind === 'failed' ? outcome.message : '', /no properties/);
    }
  });

  test('a will, and a session that outlives the connection, are asked for', async () => {
    const result = WorkbenchClient.connect({
      ...{ url: broker.url, clientId: 'me', cleanStart: false, sessionExpiryIntervalSeconds: 60 },
      will: { topic: 'gone', payload: bytes('me'), qos: 1, retain: true, delayIntervalSeconds: 5 },
    });
    const connection = await broker.connection();
    const packet = await connection.next('connect');
    assert.equal(packet.cleanStart, false);
    assert.equal(packet.properties?.sessionExpiryInterval, 60);
    assert.equal(packet.will?.properties?.willDelayInterval, 5);
    assert.deepEqual([packet.will?.qos, packet.will?.retain], [1, true]);
    connection.send({ kind: 'connack', sessionPresent: true, reasonCode: 0 });
    const connected = await result;
    assert.ok(connected.kind === 'connected');
    assert.equal(connected.client.isSessionPresent, true);
    clients.push(connected.client);
  });

  test('what a session has waiting is delivered from the first moment on', async () => {
    const heard: string[] = [];
    const result = WorkbenchClient.connect(
      { url: broker.url, clientId: 'me', cleanStart: false },
      { onMessage: ({ topic }) => heard.push(topic) },
    );
    const connection = await broker.connection();
    await connection.next('connect');
    connection.send({ kind: 'connack', sessionPresent: true, reasonCode: 0 });
    connection.send({ kind: 'publish', ...hello, packetId: 1, dup: false });
    await connection.next('pingreq');
    await connection.next('puback');
    assert.deepEqual(heard, ['a/b']);
    const connected = await result;
    if (connected.kind === 'connected') clients.push(connected.client);
  });

  test('what comes with the session, until a ping is answered with nothing before it, may have waited', async () => {
    const heard: [string, boolean][] = [];
    const clock = new FakeClock();
    const result = WorkbenchClient.connect(
      { url: broker.url, clientId: 'me', cleanStart: false },
      { clock, onMessage: ({ topic, hasWaited }) => heard.push([topic, hasWaited]) },
    );
    const connection = await broker.connection();
    await connection.next('connect');
    let packetId = 0;
    const send = (topic: string, qos: 0 | 1 = 1): void =>
      connection.send({
        kind: 'publish',
        ...hello,
        topic,
        qos,
        dup: false,
        ...(qos === 1 && { packetId: ++packetId }),
      });
    connection.send({ kind: 'connack', sessionPresent: true, reasonCode: 0 });
    send('first');
    send('at most once', 0);
    // The rest when the first is acknowledged, as many brokers do, and the ping's answer between them.
    await connection.next('pingreq');
    await connection.next('puback');
    connection.send({ kind: 'pingresp' });
    send('second');
    await connection.next('pingreq');
    await connection.next('puback');
    connection.send({ kind: 'pingresp' });
    await connection.next('pingreq');
    clock.advance(1_000);
    connection.send({ kind: 'pingresp' });
    send('new');
    await connection.next('puback');
    assert.deepEqual(heard, [
      ['first', true],
      ['at most once', false],
      ['second', true],
      ['new', false],
    ]);
    const connected = await result;
    if (connected.kind === 'connected') clients.push(connected.client);
  });

  test('what is called off before the broker has answered leaves nothing behind', async () => {
    const calling = new AbortController();
    const result = WorkbenchClient.connect({ url: broker.url, clientId: 'me' }, { signal: calling.signal });
    const connection = await broker.connection();
    await connection.next('connect');
    calling.abort();
    const outcome = await result;
    assert.equal(outcome.kind, 'failed');
    assert.deepEqual(outcome.kind === 'failed' && outcome.fault, { stage: 'mqtt', code: 'ABORTED' });
    await connection.closed;
  });

  test("a refusal is a result, with the broker's own words where it has some", async () => {
    for (const [properties, message] of [
      [undefined, 'Bad User Name or Password'],
      [{ reasonString: 'who are you?' }, 'who are you?'],
    ] as const) {
      const result = WorkbenchClient.connect({ url: broker.url, clientId: 'me' });
      const connection = await broker.connection();
      await connection.next('connect');
      connection.send({
        kind: 'connack',
        sessionPresent: false,
        reasonCode: 0x86,
        ...(properties && { properties }),
      });
      assert.deepEqual(await result, { kind: 'refused', reasonCode: 0x86, message });
    }
  });

  test('a broker that closes without an answer, and one that is not there, are failures', async () => {
    const result = WorkbenchClient.connect({ url: broker.url, clientId: 'me' });
    (await broker.connection()).close();
    assert.equal((await result).kind, 'failed');
    const { url } = broker;
    broker.stop();
    const refused = await WorkbenchClient.connect({ url, clientId: 'me' });
    assert.match(refused.kind === 'failed' ? refused.message : '', /ECONNREFUSED/);
  });

  test('what is no address of a broker is a failure', async () => {
    for (const url of ['', 'localhost:1883', 'http://127.0.0.1'])
      assert.equal((await WorkbenchClient.connect({ url, clientId: 'me' })).kind, 'failed');
  });
});

describe('publishing', () => {
  test('QoS 1 and 2 wait for the acknowledgement, and tell when nobody subscribes', async () => {
    const { client, connection } = await connect();
    const first = client.publish(hello);
    const { packetId: firstId } = await connection.next('publish');
    connection.send({ kind: 'puback', packetId: firstId!, reasonCode: 0x10 }); // QoS 1 has a packet id
    assert.deepEqual(await first, { kind: 'published', noSubscribers: true });

    const second = client.publish({ ...hello, qos: 2 });
    const { packetId: secondId } = await connection.next('publish');
    connection.send({ kind: 'pubrec', packetId: secondId!, reasonCode: 0x10 }); // as above
    await connection.next('pubrel');
    connection.send({ kind: 'pubcomp', packetId: secondId!, reasonCode: 0 });
    assert.deepEqual(await second, { kind: 'published', noSubscribers: true });

    const third = client.publish(hello);
    const { packetId: thirdId } = await connection.next('publish');
    connection.send({ kind: 'puback', packetId: thirdId!, reasonCode: 0 });
    assert.deepEqual(await third, { kind: 'published', noSubscribers: false });
  });

  test('no more are without an answer at once than the broker takes [MQTT-3.3.4-9]', async () => {
    const { client, connection } = await connect({ receiveMaximum: 2 });
    const outcomes = ['1', '2', '3', '4'].map((topic) => client.publish({ ...hello, topic }));
    const free = client.publish({ ...hello, topic: 'QoS 0', qos: 0 });
    const firstTwo = [await connection.next('publish'), await connection.next('publish')];
    assert.deepEqual(
      firstTwo.map(({ topic }) => topic),
      ['1', '2'],
    );
    // QoS 0 has no such bound, and nothing came before it.
    assert.equal((await connection.next('publish')).topic, 'QoS 0');
    await free;
    connection.send({ kind: 'puback', packetId: firstTwo[1]!.packetId!, reasonCode: 0 }); // there are two, of QoS 1
    assert.equal((await outcomes[1])?.kind, 'published');
    assert.equal((await connection.next('publish')).topic, '3');
    const ended = client.end();
    assert.deepEqual(
      (await Promise.all([outcomes[0], outcomes[2], outcomes[3]])).map((outcome) => outcome?.kind),
      ['failed', 'failed', 'notConnected'],
    );
    await ended;
  });

  test('QoS 0 is published when it is handed to the network', async () => {
    const { client, connection } = await connect();
    assert.deepEqual(await client.publish({ ...hello, qos: 0 }), { kind: 'published', noSubscribers: false });
    assert.equal((await connection.next('publish')).topic, 'a/b');
  });

  test('all properties go out in the order in which they were given', async () => {
    const { client, connection } = await connect();
    const properties = {
      payloadFormatIndicator: 1,
      messageExpiryInterval: 0,
      contentType: 'text/plain',
      responseTopic: 'answers',
      correlationData: Uint8Array.of(0, 255),
      userProperties: [
        ['z', '1'],
        ['a', ''],
        ['z', '2'],
        ['7', 'x'],
        ['__proto__', 'y'],
      ],
    } as const;
    void client.publish({ ...hello, qos: 0, properties });
    const packet = await connection.next('publish');
    assert.deepEqual(
      { ...packet.properties, correlationData: [...(packet.properties?.correlationData ?? [])] },
      { ...properties, correlationData: [0, 255] },
    );
  });

  test("a refusal is a result, with the broker's own words where it has some", async () => {
    const { client, connection } = await connect();
    const plain = client.publish(hello);
    const { packetId } = await connection.next('publish');
    connection.send({ kind: 'puback', packetId: packetId!, reasonCode: 0x87 }); // QoS 1 has a packet id
    assert.deepEqual(await plain, { kind: 'refused', reasonCode: 0x87, message: 'Not authorized' });

    const worded = client.publish({ ...hello, qos: 2 });
    const second = await connection.next('publish');
    const properties = { reasonString: 'quota of 3 used up' };
    connection.send({ kind: 'pubrec', packetId: second.packetId!, reasonCode: 0x97, properties }); // as above
    assert.deepEqual(await worded, { kind: 'refused', reasonCode: 0x97, message: 'quota of 3 used up' });
  });

  test('an invalid topic, and properties that have no form on the wire, are not sent', async () => {
    const { client, connection } = await connect();
    assert.equal((await client.publish({ ...hello, topic: 'a/+' })).kind, 'invalidTopic');
    assert.equal((await client.publish({ ...hello, topic: '' })).kind, 'invalidTopic');
    for (const properties of [
      { messageExpiryInterval: -1 },
      { contentType: 'x'.repeat(65_536) },
      { userProperties: [['a', 'x'.repeat(65_536)] as const] },
    ])
      assert.equal((await client.publish({ ...hello, properties })).kind, 'failed');
    void client.publish(hello);
    assert.equal((await connection.next('publish')).topic, 'a/b');
  });

  test("what is beyond the broker's limits is refused without sending it [MQTT-3.2.2-15] [MQTT-3.2.2-14] [MQTT-3.2.2-11]", async () => {
    const { client, connection } = await connect({
      maximumPacketSize: 30,
      retainAvailable: 0,
      maximumQoS: 1,
    });
    const tooLarge = await client.publish({ ...hello, payload: new Uint8Array(30) });
    assert.equal(tooLarge.kind === 'refused' && tooLarge.reasonCode, 0x95);
    const retained = await client.publish({ ...hello, retain: true });
    assert.equal(retained.kind === 'refused' && retained.reasonCode, 0x9a);
    const qos2 = await client.publish({ ...hello, qos: 2 });
    assert.equal(qos2.kind === 'refused' && qos2.reasonCode, 0x9b);
    void client.publish(hello);
    assert.equal((await connection.next('publish')).qos, 1);
  });

  test('what waits when the connection is lost fails, and is not sent by the next one', async () => {
    const { client, connection } = await connect();
    const outcome = client.publish(hello);
    await connection.next('publish');
    const accepted = broker.accept();
    connection.close();
    assert.equal((await outcome).kind, 'failed');
    assert.deepEqual(await client.publish(hello), { kind: 'notConnected' });
    const reconnected = next(client.onStateChanged);
    const second = await accepted;
    assert.deepEqual(await reconnected, { kind: 'connected' });
    void client.publish({ ...hello, topic: 'new' });
    assert.equal((await second.next('publish')).topic, 'new');
  });
});

describe('subscribing', () => {
  test('what the broker has said it does not have is refused without sending it', async () => {
    const { client, connection } = await connect({
      ...{ sharedSubscriptionAvailable: 0, wildcardSubscriptionAvailable: 0 },
    });
    for (const [topicFilter, reasonCode] of [
      ['$share/us/a', 0x9e],
      ['a/+', 0xa2],
      ['a/#', 0xa2],
    ] as const) {
      const outcome = await client.subscribe({ topicFilter, qos: 0 });
      assert.equal(outcome.kind === 'refused' && outcome.reasonCode, reasonCode, topicFilter);
    }
    void client.subscribe({ topicFilter: 'a', qos: 0 });
    assert.equal((await connection.next('subscribe')).subscriptions[0]?.topicFilter, 'a');
  });

  test('each subscription has an identifier of its own, and a delivery is told to those it was for', async () => {
    const { client, connection } = await connect();
    const first = await subscribed(client, connection, 'a/+');
    const second = await subscribed(client, connection, '#');
    assert.ok(first !== undefined && second !== undefined && first !== second);

    const delivered = next(client.onMessage);
    const userProperties = [['n', 'v'] as const];
    connection.send({
      kind: 'publish',
      ...hello,
      qos: 0,
      retain: true,
      dup: false,
      properties: {
        subscriptionIdentifiers: [second, first],
        userProperties,
        correlationData: Uint8Array.of(1),
      },
    });
    const message: DeliveredMessage = await delivered;
    assert.equal(message.topic, 'a/b');
    assert.equal(Buffer.from(message.payload).toString(), 'hello');
    assert.equal(message.retain, true);
    assert.deepEqual(message.topicFilters, ['a/+', '#']);
    assert.deepEqual(message.properties?.userProperties, userProperties);
    assert.deepEqual([...(message.properties?.correlationData ?? [])], [1]);
    assert.deepEqual(message.properties?.subscriptionIdentifiers, [second, first]);
  });

  test('of the copies for several subscriptions, all but that of the first are repeats', async () => {
    const { client, connection } = await connect();
    const shared = await subscribed(client, connection, '$share/group/a/#');
    const first = await subscribed(client, connection, 'a/+');
    const second = await subscribed(client, connection, '#');
    const heard: [string, boolean][] = [];
    const last = new Promise<void>((resolve) => {
      client.onMessage(({ topic, isRepeat }) => {
        heard.push([topic, isRepeat]);
        if (topic === 'end') resolve();
      });
    });
    const copies: [string, (number | undefined)[]][] = [
      ['a/b', [second]],
      ['a/b', [first]],
      ['a/b', [shared]],
      ['a/c', [first, second]],
      ['end', [second]],
    ];
    for (const [topic, identifiers] of copies) {
      const subscriptionIdentifiers = identifiers.filter((identifier) => identifier !== undefined);
      const properties = { subscriptionIdentifiers };
      connection.send({ kind: 'publish', ...hello, topic, qos: 0, dup: false, properties });
    }
    await last;
    assert.deepEqual(heard, [
      ['a/b', true],
      ['a/b', false],
      ['a/b', true],
      ['a/c', false],
      ['end', false],
    ]);
  });

  test('without identifiers a delivery is told to the filters that match', async () => {
    const { client, connection } = await connect({ subscriptionIdentifierAvailable: 0 });
    assert.equal(await subscribed(client, connection, 'a/+'), undefined);
    await subscribed(client, connection, 'b');
    await subscribed(client, connection, '$share/group/a/#');
    const delivered = next(client.onMessage);
    connection.send({ kind: 'publish', ...hello, qos: 0, dup: false });
    assert.deepEqual((await delivered).topicFilters, ['a/+', '$share/group/a/#']);
  });

  test('the granted QoS, a refusal and an invalid filter are results', async () => {
    const { client, connection } = await connect();
    const lower = client.subscribe({ topicFilter: 'a', qos: 2 });
    connection.send({
      kind: 'suback',
      packetId: (await connection.next('subscribe')).packetId,
      reasonCodes: [0],
    });
    assert.deepEqual(await lower, { kind: 'subscribed', qos: 0 });

    const refused = client.subscribe({ topicFilter: 'b', qos: 2 });
    connection.send({
      kind: 'suback',
      packetId: (await connection.next('subscribe')).packetId,
      reasonCodes: [0x87],
    });
    assert.deepEqual(await refused, { kind: 'refused', reasonCode: 0x87, message: 'Not authorized' });
    assert.deepEqual(await client.unsubscribe('b'), { kind: 'notSubscribed' });

    assert.equal((await client.subscribe({ topicFilter: 'a/#/b', qos: 0 })).kind, 'invalidFilter');
  });

  test('a filter can be subscribed anew with a lower QoS, and keeps its identifier', async () => {
    const { client, connection } = await connect();
    const identifier = await subscribed(client, connection, 'a');
    const lower = client.subscribe({ topicFilter: 'a', qos: 0, noLocal: true, retainHandling: 2 });
    const packet = await connection.next('subscribe');
    assert.deepEqual(packet.subscriptions, [
      { topicFilter: 'a', qos: 0, noLocal: true, retainAsPublished: false, retainHandling: 2 },
    ]);
    assert.deepEqual(packet.properties?.subscriptionIdentifiers, [identifier]);
    connection.send({ kind: 'suback', packetId: packet.packetId, reasonCodes: [0] });
    assert.deepEqual(await lower, { kind: 'subscribed', qos: 0 });
  });

  test('a subscription identifier can be chosen, and is of one subscription alone', async () => {
    const { client, connection } = await connect();
    assert.equal(await subscribed(client, connection, 'first'), 1);
    const chosen = client.subscribe({ topicFilter: 'chosen', qos: 0, subscriptionIdentifier: 2 });
    const packet = await connection.next('subscribe');
    assert.deepEqual(packet.properties?.subscriptionIdentifiers, [2]);
    connection.send({ kind: 'suback', packetId: packet.packetId, reasonCodes: [0] });
    assert.equal((await chosen).kind, 'subscribed');
    assert.deepEqual(await client.subscribe({ topicFilter: 'other', qos: 0, subscriptionIdentifier: 2 }), {
      kind: 'failed',
      message: 'chosen has the subscription identifier 2',
    });
    assert.equal(await subscribed(client, connection, 'next'), 3);
  });

  test('No Local is not asked for a shared subscription [MQTT-3.8.3-4]', async () => {
    const { client } = await connect();
    const outcome = await client.subscribe({ topicFilter: '$share/g/a', qos: 0, noLocal: true });
    assert.equal(outcome.kind, 'failed');
  });

  test('what comes for muted subscriptions alone is muted; a copy for another one stands for the message', async () => {
    const { client, connection } = await connect();
    const all = await subscribed(client, connection, '#');
    const some = await subscribed(client, connection, 'a/+');
    client.setMuted('#', true);
    const heard: [string, boolean, boolean][] = [];
    const last = new Promise<void>((resolve) => {
      client.onMessage(({ topic, isRepeat, isMuted }) => {
        heard.push([topic, isRepeat, isMuted]);
        if (topic === 'end') resolve();
      });
    });
    const copies: [string, (number | undefined)[]][] = [
      ['a/b', [all]],
      ['a/b', [some]],
      ['a/c', [all, some]],
      ['b', [all]],
      ['end', []],
    ];
    for (const [topic, identifiers] of copies) {
      const subscriptionIdentifiers = identifiers.filter((identifier) => identifier !== undefined);
      if (topic === 'end') client.setMuted('#', false);
      const properties =
        subscriptionIdentifiers.length > 0 ? { properties: { subscriptionIdentifiers } } : {};
      connection.send({ kind: 'publish', ...hello, topic, qos: 0, dup: false, ...properties });
      if (topic === 'b') await next(client.onMessage);
    }
    await last;
    assert.deepEqual(heard, [
      ['a/b', true, true],
      ['a/b', false, false],
      ['a/c', false, false],
      ['b', false, true],
      ['end', false, false],
    ]);
  });

  test('unsubscribing tells whether there was a subscription', async () => {
    const { client, connection } = await connect();
    assert.deepEqual(await client.unsubscribe('a'), { kind: 'notSubscribed' });
    await subscribed(client, connection, 'a');
    const outcome = client.unsubscribe('a');
    const packet = await connection.next('unsubscribe');
    assert.deepEqual(packet.topicFilters, ['a']);
    connection.send({ kind: 'unsuback', packetId: packet.packetId, reasonCodes: [0] });
    assert.deepEqual(await outcome, { kind: 'unsubscribed' });
  });

  test('subscriptions are made again after a reconnect, and one that is lost is told', async () => {
    const { client, connection } = await connect();
    const kept = await subscribed(client, connection, 'kept');
    await subscribed(client, connection, 'lost');
    const accepted = broker.accept();
    connection.close();
    const second = await accepted;
    const lost = next(client.onSubscriptionLost);
    const first = await second.next('subscribe');
    assert.equal(first.subscriptions[0]?.topicFilter, 'kept');
    assert.deepEqual(first.properties?.subscriptionIdentifiers, [kept]);
    second.send({ kind: 'suback', packetId: first.packetId, reasonCodes: [1] });
    const refused = await second.next('subscribe');
    second.send({ kind: 'suback', packetId: refused.packetId, reasonCodes: [0x97] });
    assert.deepEqual(await lost, { topicFilter: 'lost', message: 'Quota exceeded' });
    assert.deepEqual(await client.unsubscribe('lost'), { kind: 'notSubscribed' });
  });

  test('of a session that goes on nothing is subscribed again, and what was left meanwhile is unsubscribed', async () => {
    const [result, connection] = await Promise.all([
      WorkbenchClient.connect({
        ...{ url: broker.url, clientId: 'me', cleanStart: false },
        reconnect: { firstMs: 1, longestMs: 1 },
      }),
      broker.accept(),
    ]);
    assert.ok(result.kind === 'connected');
    const { client } = result;
    clients.push(client);
    await subscribed(client, connection, 'kept');
    await subscribed(client, connection, 'left');
    const lost = next(client.onStateChanged);
    connection.close();
    await lost;
    assert.deepEqual(await client.unsubscribe('left'), { kind: 'unsubscribed' });
    const second = await broker.connection();
    await second.next('connect');
    second.send({ kind: 'connack', sessionPresent: true, reasonCode: 0 });
    await second.next('pingreq');
    assert.deepEqual((await second.next('unsubscribe')).topicFilters, ['left']);
  });
});

test('a subscription whose SUBACK is lost is asked for again, though the session goes on', async () => {
  const [result, connection] = await Promise.all([
    WorkbenchClient.connect({
      ...{ url: broker.url, clientId: 'me', cleanStart: false },
      reconnect: { firstMs: 1, longestMs: 1 },
    }),
    broker.accept(),
  ]);
  assert.ok(result.kind === 'connected');
  clients.push(result.client);
  await subscribed(result.client, connection, 'kept');
  connection.close();
  // The session is lost, so it is asked for again, and the answer does not come.
  const second = await broker.accept();
  await second.next('subscribe');
  second.close();
  const third = await broker.connection();
  await third.next('connect');
  third.send({ kind: 'connack', sessionPresent: true, reasonCode: 0 });
  await third.next('pingreq');
  assert.equal((await third.next('subscribe')).subscriptions[0]?.topicFilter, 'kept');
});

test('an UNSUBSCRIBE whose answer is lost is sent again where the session goes on', async () => {
  const [result, connection] = await Promise.all([
    WorkbenchClient.connect({
      ...{ url: broker.url, clientId: 'me', cleanStart: false },
      reconnect: { firstMs: 1, longestMs: 1 },
    }),
    broker.accept(),
  ]);
  assert.ok(result.kind === 'connected');
  clients.push(result.client);
  await subscribed(result.client, connection, 'left');
  const leaving = result.client.unsubscribe('left');
  await connection.next('unsubscribe');
  connection.close();
  assert.equal((await leaving).kind, 'failed');
  const second = await broker.connection();
  await second.next('connect');
  second.send({ kind: 'connack', sessionPresent: true, reasonCode: 0 });
  await second.next('pingreq');
  assert.deepEqual((await second.next('unsubscribe')).topicFilters, ['left']);
});

test('an UNSUBSCRIBE whose answer is lost again is sent again', async () => {
  const { client, connection } = await connectToSession();
  await subscribed(client, connection, 'left');
  const leaving = client.unsubscribe('left');
  await connection.next('unsubscribe');
  connection.close();
  assert.equal((await leaving).kind, 'failed');
  for (let i = 0; i < 2; i++) {
    const again = await resume();
    assert.deepEqual((await again.next('unsubscribe')).topicFilters, ['left']);
    if (i === 0) again.close();
  }
});

test('a new subscription whose SUBACK is lost, and which is told as failed, is none in a session that goes on', async () => {
  const { client, connection } = await connectToSession();
  const failing = client.subscribe({ topicFilter: 'new', qos: 1 });
  await connection.next('subscribe');
  connection.close();
  assert.equal((await failing).kind, 'failed');
  const second = await resume();
  const { packetId, topicFilters } = await second.next('unsubscribe');
  assert.deepEqual(topicFilters, ['new']);
  second.send({ kind: 'unsuback', packetId, reasonCodes: [0] });
  assert.equal(client.isSubscribed('new'), false);
});

test('a subscription whose SUBACK is lost and that is made again meanwhile stands', async () => {
  const { client, connection } = await connectToSession();
  const failing = client.subscribe({ topicFilter: 'new', qos: 1 });
  await connection.next('subscribe');
  connection.close();
  const again = new Promise<void>((resolve) => {
    client.onStateChanged(({ kind }) => {
      if (kind === 'connected') void client.subscribe({ topicFilter: 'new', qos: 1 }).then(() => resolve());
    });
  });
  await failing;
  const second = await resume();
  // In this order.
  await second.next('unsubscribe');
  const { packetId } = await second.next('subscribe');
  second.send({ kind: 'suback', packetId, reasonCodes: [1] });
  await again;
  assert.equal(client.isSubscribed('new'), true);
});

describe('what comes by QoS 2', () => {
  const publish = { kind: 'publish', ...hello, qos: 2, packetId: 7 } as const;

  test('is told once when it comes, and its packet identifier is kept until it is released [MQTT-4.3.3-8] [MQTT-4.3.3-10]', async () => {
    const { client, connection } = await connect();
    const heard: string[] = [];
    client.onMessage(({ payload }) => heard.push(Buffer.from(payload).toString()));
    connection.send({ ...publish, dup: false });
    await connection.next('pubrec');
    assert.deepEqual(heard, ['hello']);
    connection.send({ ...publish, dup: true });
    await connection.next('pubrec');
    assert.deepEqual(heard, ['hello']);
    connection.send({ kind: 'pubrel', packetId: 7, reasonCode: 0 });
    await connection.next('pubcomp');
    assert.deepEqual(heard, ['hello']);
    connection.send({ ...publish, dup: false, payload: bytes('again') });
    await connection.next('pubrec');
    assert.deepEqual(heard, ['hello', 'again']);
  });

  test('is told once where its session goes on with another connection, and anew where it does not', async () => {
    const [result, first] = await Promise.all([
      WorkbenchClient.connect({
        ...{ url: broker.url, clientId: 'me', cleanStart: false },
        reconnect: { firstMs: 1, longestMs: 1 },
      }),
      broker.accept(),
    ]);
    assert.ok(result.kind === 'connected');
    clients.push(result.client);
    let heard = 0;
    result.client.onMessage(() => heard++);
    first.send({ ...publish, dup: false });
    await first.next('pubrec');
    first.close();
    for (const [sessionPresent, expected] of [
      [true, 1],
      [false, 2],
    ] as const) {
      const connection = await broker.connection();
      await connection.next('connect');
      connection.send({ kind: 'connack', sessionPresent, reasonCode: 0 });
      if (sessionPresent) await connection.next('pingreq');
      connection.send({ ...publish, dup: true });
      await connection.next('pubrec');
      assert.equal(heard, expected);
      connection.close();
    }
  });

  test('of MQTT 3.1, which does not tell of a session, what is new under an old packet identifier is told', async () => {
    const connack = Uint8Array.of(0x20, 0x02, 0x00, 0x00);
    const connecting = WorkbenchClient.connect({
      ...{ url: broker.url, clientId: 'me', cleanStart: false, protocolVersion: 3 },
      reconnect: { firstMs: 1, longestMs: 1 },
    });
    const first = await broker.connection();
    await first.next('connect');
    first.sendBytes(connack);
    const result = await connecting;
    assert.ok(result.kind === 'connected');
    clients.push(result.client);
    const heard: string[] = [];
    result.client.onMessage(({ payload }) => heard.push(Buffer.from(payload).toString()));
    const send = async (connection: ScriptedConnection, text: string, dup: boolean): Promise<void> => {
      connection.sendBytes(encode({ ...publish, dup, payload: bytes(text) }, 4));
      await connection.next('pubrec');
    };
    await send(first, 'old', false);
    await send(first, 'old', true);
    first.close();
    const second = await broker.connection();
    await second.next('connect');
    second.sendBytes(connack);
    await send(second, 'old', true);
    await send(second, 'new', false);
    await send(second, 'new', true);
    assert.deepEqual(heard, ['old', 'new']);
  });

  test('has the topic that its alias stands for', async () => {
    const [result, connection] = await Promise.all([
      WorkbenchClient.connect({
        url: broker.url,
        clientId: 'me',
        connectProperties: { topicAliasMaximum: 5 },
      }),
      broker.accept(),
    ]);
    assert.ok(result.kind === 'connected');
    clients.push(result.client);
    const heard: string[] = [];
    result.client.onMessage(({ topic }) => heard.push(topic));
    const properties = { topicAlias: 3 };
    connection.send({ ...publish, dup: false, properties });
    await connection.next('pubrec');
    connection.send({ ...publish, dup: false, topic: '', packetId: 8, properties });
    await connection.next('pubrec');
    assert.deepEqual(heard, ['a/b', 'a/b']);
  });
});

describe('the connection', () => {
  test("a loss is told with the broker's reason, and the client comes back", async () => {
    const { client, connection } = await connect();
    const states: ClientState[] = [];
    client.onStateChanged((state) => states.push(state));
    const accepted = broker.accept();
    connection.send({ kind: 'disconnect', reasonCode: 0x8b });
    connection.close();
    await accepted;
    while (states.length < 2) await next(client.onStateChanged);
    assert.deepEqual(
      states.map((state) => [state.kind, 'message' in state ? state.message : '']),
      [
        ['reconnecting', 'the broker disconnected: Server shutting down'],
        ['connected', ''],
      ],
    );
  });

  test('a client whose session was taken over does not come back to take it over in turn', async () => {
    const { client, connection } = await connect();
    const state = next(client.onStateChanged);
    connection.send({ kind: 'disconnect', reasonCode: 0x8e });
    const message = 'the broker disconnected: Session taken over';
    assert.deepEqual(await state, { kind: 'ended', message, cause: 'takenOver' });
    await connection.closed;
    assert.deepEqual(await client.publish(hello), { kind: 'notConnected' });
  });

  test('a broker that refuses the reconnect ends the client', async () => {
    const { client, connection } = await connect();
    connection.close();
    await next(client.onStateChanged);
    const ended = next(client.onStateChanged);
    const second = await broker.connection();
    await second.next('connect');
    second.send({ kind: 'connack', sessionPresent: false, reasonCode: 0x87 });
    assert.deepEqual(await ended, {
      kind: 'ended',
      message: 'the broker refused to connect again: Not authorized',
    });
  });

  test('a broker that is busy is asked again', async () => {
    const { client, connection } = await connect();
    connection.close();
    await next(client.onStateChanged);
    const waiting = next(client.onStateChanged);
    const second = await broker.connection();
    await second.next('connect');
    second.send({ kind: 'connack', sessionPresent: false, reasonCode: 0x89 });
    assert.equal((await waiting).kind, 'reconnecting');
    const connected = next(client.onStateChanged);
    await broker.accept();
    assert.deepEqual(await connected, { kind: 'connected' });
  });

  test('pauses grow while tries come to nothing, and are short again after a connection that stood for a while', async () => {
    const clock = new FakeClock();
    const [result, first] = await Promise.all([
      WorkbenchClient.connect(
        { url: broker.url, clientId: 'me', reconnect: { firstMs: 1_000, longestMs: 3_000 } },
        { clock, random: () => 1 },
      ),
      broker.accept(),
    ]);
    assert.ok(result.kind === 'connected');
    const { client } = result;
    clients.push(client);
    /** Ends the connection, or the try, and waits as long as the client says. */
    const lose = async (connection: ScriptedConnection): Promise<number> => {
      const lost = next(client.onStateChanged);
      connection.close();
      const state = await lost;
      assert.ok(state.kind === 'reconnecting');
      const pauseMs = state.retryAtMs - clock.nowMs();
      clock.advance(pauseMs);
      return pauseMs;
    };
    const pauses = [await lose(first)];
    for (let i = 0; i < 3; i++) pauses.push(await lose(await broker.connection()));
    assert.deepEqual(pauses, [1_000, 2_000, 3_000, 3_000]);
    const connected = next(client.onStateChanged);
    const steady = await broker.accept();
    assert.equal((await connected).kind, 'connected');
    clock.advance(10_000);
    assert.equal(await lose(steady), 1_000);
  });

  test('connections that end one after the other, soon and without a word, are not made for ever', async () => {
    const clock = new FakeClock();
    const [result, first] = await Promise.all([
      WorkbenchClient.connect({ url: broker.url, clientId: 'me' }, { clock, random: () => 1 }),
      broker.accept(),
    ]);
    assert.ok(result.kind === 'connected');
    const { client } = result;
    clients.push(client);
    let connection = first;
    for (let i = 0; i < 2; i++) {
      const lost = next(client.onStateChanged);
      connection.close();
      const state = await lost;
      assert.ok(state.kind === 'reconnecting');
      const connected = next(client.onStateChanged);
      clock.advance(state.retryAtMs - clock.nowMs());
      connection = await broker.accept();
      assert.equal((await connected).kind, 'connected');
    }
    const ended = next(client.onStateChanged);
    connection.close();
    const state = await ended;
    assert.equal(state.kind === 'ended' && state.cause, 'keepsEnding');
  });

  test('who does not want to wait is connected at once', async () => {
    const clock = new FakeClock();
    const [result, first] = await Promise.all([
      WorkbenchClient.connect({ url: broker.url, clientId: 'me' }, { clock }),
      broker.accept(),
    ]);
    assert.ok(result.kind === 'connected');
    clients.push(result.client);
    const lost = next(result.client.onStateChanged);
    first.close();
    await lost;
    const connected = next(result.client.onStateChanged);
    result.client.retryNow();
    await broker.accept();
    assert.equal((await connected).kind, 'connected');
  });

  test('bytes that are no packet end the connection, and the client comes back', async () => {
    const { client, connection } = await connect();
    const state = next(client.onStateChanged);
    const accepted = broker.accept();
    // A fixed header of the reserved type 0.
    connection.sendBytes(Uint8Array.of(0x00, 0x00));
    assert.equal((await state).kind, 'reconnecting');
    await connection.closed;
    await accepted;
  });

  test('a packet larger than was announced ends the connection before its bytes are there, with the reason [MQTT-3.1.2-24]', async () => {
    const { client, connection } = await connectWithLimit(1_000);
    const heard: number[] = [];
    client.onMessage(({ payload }) => heard.push(payload.length));
    // As large as may be: 3 bytes of header, 5 of topic, 1 of properties.
    const fits = { kind: 'publish', ...hello, qos: 0, dup: false, payload: new Uint8Array(991) } as const;
    connection.send(fits);
    const state = next(client.onStateChanged);
    const accepted = broker.accept();
    // The header alone of one with a byte more: PUBLISH, Remaining Length 998.
    connection.sendBytes(Uint8Array.of(0x30, 0xe6, 0x07));
    assert.equal((await connection.next('disconnect')).reasonCode, 0x95);
    const lost = await state;
    const message = 'the broker sent a packet of 1001 bytes, and at most 1000 are taken';
    assert.equal(lost.kind === 'reconnecting' && lost.message, message);
    await connection.closed;
    await accepted;
    assert.deepEqual(heard, [991]);
  });

  test('a packet that is too large, whole and in one chunk, is not handed on, and its reason is sent all the same', async () => {
    const { client, connection } = await connectWithLimit(20);
    client.onMessage(() => assert.fail('it was handed on'));
    connection.send({ kind: 'publish', ...hello, qos: 0, dup: false, payload: new Uint8Array(100) });
    assert.equal((await connection.next('disconnect')).reasonCode, 0x95);
    await connection.closed;
  });

  test('a broker that sends what is too large each time is not asked for ever, and why is told', async () => {
    const { client, connection: first } = await connectWithLimit(20);
    const become = (kind: ClientState['kind']): Promise<ClientState> =>
      new Promise((resolve) => client.onStateChanged((state) => state.kind === kind && resolve(state)));
    const ended = become('ended');
    for (let connection = first, i = 0; i < 3; i++) {
      const connected = become('connected');
      connection.sendBytes(Uint8Array.of(0x30, 0xe6, 0x07));
      if (i === 2) break;
      connection = await broker.accept();
      await connected;
    }
    const message = 'the broker sent a packet of 1001 bytes, and at most 20 are taken';
    assert.deepEqual(await ended, { kind: 'ended', message });
  });

  test('where what is too large comes with the CONNACK, three times are the end, too', async () => {
    const { client, connection: first } = await connectWithLimit(20);
    const ended = new Promise<ClientState>((resolve) => {
      client.onStateChanged((state) => state.kind === 'ended' && resolve(state));
    });
    const tooLarge = Uint8Array.of(0x30, 0xe6, 0x07);
    first.sendBytes(tooLarge);
    for (let i = 0; i < 2; i++) {
      const connection = await broker.connection();
      await connection.next('connect');
      const connack = encode({ kind: 'connack', sessionPresent: false, reasonCode: 0 }, 5);
      connection.sendBytes(Buffer.concat([connack, tooLarge]));
    }
    const message = 'the broker sent a packet of 1001 bytes, and at most 20 are taken';
    assert.deepEqual(await ended, { kind: 'ended', message });
  });

  test('a broker that is not there behind what was too large is tried as long as any', async () => {
    const { client, connection } = await connectWithLimit(20);
    const states: ClientState['kind'][] = [];
    const tried = new Promise<void>((resolve) => {
      client.onStateChanged(({ kind }) => {
        if (states.push(kind) === 5) resolve();
        // The port is free from here on.
        else if (states.length === 1) broker.stop();
      });
    });
    connection.sendBytes(Uint8Array.of(0x30, 0xe6, 0x07));
    await tried;
    assert.deepEqual(states, Array(5).fill('reconnecting'));
  });

  test('before 5.0 there is a limit, too, and a packet that is larger ends the connection', async () => {
    const result = WorkbenchClient.connect({ url: broker.url, clientId: 'me', protocolVersion: 4 });
    const connection = await broker.connection();
    await connection.next('connect');
    connection.sendBytes(Uint8Array.of(0x20, 0x02, 0x00, 0x00));
    const connected = await result;
    assert.ok(connected.kind === 'connected');
    clients.push(connected.client);
    const state = next(connected.client.onStateChanged);
    // PUBLISH, Remaining Length 268,435,455.
    connection.sendBytes(Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0x7f));
    await connection.closed;
    const lost = await state;
    const message = 'the broker sent a packet of 268435460 bytes, and at most 134217728 are taken';
    assert.equal(lost.kind === 'reconnecting' && lost.message, message);
  });

  test('a WebSocket message that is too large ends the connection before its bytes are there, and is told as such', async (t) => {
    const http = createServer();
    const webSockets = new WebSocketServer({ server: http });
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    t.after(() => {
      for (const webSocket of webSockets.clients) webSocket.terminate();
      http.close();
    });
    const { port } = http.address() as AddressInfo; // listening: it has one
    const asked = once(webSockets, 'connection');
    const connecting = WorkbenchClient.connect({
      ...{ url: `ws://127.0.0.1:${port}`, clientId: 'me', connectProperties: { maximumPacketSize: 20 } },
      reconnect: { firstMs: 1, longestMs: 1 },
    });
    const [webSocket, request] = (await asked) as [WebSocket, IncomingMessage];
    webSocket.on('error', () => {});
    await once(webSocket, 'message');
    webSocket.send(encode({ kind: 'connack', sessionPresent: false, reasonCode: 0 }, 5));
    const result = await connecting;
    assert.ok(result.kind === 'connected');
    clients.push(result.client);
    const lost = next(result.client.onStateChanged);
    const closed = once(webSocket, 'close');
    // The header alone of a binary message that is whole and has 16,777,237 bytes.
    request.socket.write(Uint8Array.of(0x82, 0x7f, 0, 0, 0, 0, 0x01, 0x00, 0x00, 0x15));
    const state = await lost;
    const message =
      'the broker sent a WebSocket message of more than 16777236 bytes, and packets of at most 20 are taken';
    assert.equal(state.kind === 'reconnecting' && state.message, message);
    // Message too big.
    assert.equal((await closed)[0], 1009);
  });

  test('an end says DISCONNECT, and fails what waits', async () => {
    const { client, connection } = await connect();
    const waiting = client.publish(hello);
    await connection.next('publish');
    const ending = client.end();
    assert.equal((await waiting).kind, 'failed');
    assert.equal((await connection.next('disconnect')).reasonCode, 0);
    await ending;
    assert.deepEqual(client.state, { kind: 'ended' });
    await client.end();
  });
});
