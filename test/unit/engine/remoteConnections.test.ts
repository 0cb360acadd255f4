/** Connections to brokers that do what the test says. test/connections has the real ones. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import type { EngineEvents } from '../../../src/contracts/engine.ts';
import type { RemoteBroker, RemoteBrokerParams } from '../../../src/contracts/remoteBrokers.ts';
import type { Emit } from '../../../src/engine/modelEvents.ts';
import { Models } from '../../../src/engine/models.ts';
import { RemoteConnections, type RemoteConnectionsOptions } from '../../../src/engine/remoteConnections.ts';
import { TopicService } from '../../../src/engine/topicService.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { ScriptedBroker, type ScriptedConnection } from '../client/scriptedBroker.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const hello = { payload: new TextEncoder().encode('hello'), qos: 0, retain: false, dup: false } as const;

async function setUp(t: TestContext, surroundings: Partial<RemoteConnectionsOptions> = {}) {
  const broker = await ScriptedBroker.start();
  const models = new Models(10_000_000);
  const events: unknown[] = [];
  const watchers = new Set<(brokers: readonly RemoteBroker[]) => void>();
  const emit: Emit = (event, payload) => {
    events.push(payload);
    if (event !== 'remoteBrokersChanged') return;
    // The event of that name.
    for (const watch of watchers) watch(payload as EngineEvents['remoteBrokersChanged']);
  };
  const troubles: string[] = [];
  const remotes = new RemoteConnections({
    ...{ clock: systemClock, models, readFile, emit, interfaces: networkInterfaces },
    onTrouble: (message) => troubles.push(message),
    ...surroundings,
  });
  t.after(async () => {
    await remotes.dispose();
    broker.stop();
  });
  /** When the events say so. */
  const until = (isSo: (remote: RemoteBroker | undefined) => boolean): Promise<void> =>
    new Promise((resolve) => {
      const watch = ([remote]: readonly RemoteBroker[]): void => {
        if (!isSo(remote)) return;
        watchers.delete(watch);
        resolve();
      };
      watchers.add(watch);
    });
  const topics = new TopicService({
    models,
    clock: systemClock,
    messagesReceived: () => 0,
    onCleared: () => {},
  });
  return { broker, models, remotes, topics, events, troubles, until };
}

function paramsFor(broker: ScriptedBroker, others: Partial<RemoteBrokerParams> = {}): RemoteBrokerParams {
  return {
    profileId: 'gateway',
    name: 'Gateway',
    url: broker.url,
    clientId: 'me',
    protocolVersion: 5,
    cleanStart: true,
    keepAliveSeconds: 30,
    subscriptions: [],
    readOnly: false,
    whileOffline: 'refuse',
    ...others,
  };
}

/** Says yes to the next SUBSCRIBE. */
async function grant(connection: ScriptedConnection, reasonCode = 0): Promise<number | undefined> {
  const packet = await connection.next('subscribe');
  connection.send({ kind: 'suback', packetId: packet.packetId, reasonCodes: [reasonCode] });
  return packet.properties?.subscriptionIdentifiers?.[0];
}

async function connect(
  { broker, remotes }: Pick<Awaited<ReturnType<typeof setUp>>, 'broker' | 'remotes'>,
  params: RemoteBrokerParams,
) {
  const result = remotes.connectBroker(params);
  const connection = await broker.accept();
  const identifiers: (number | undefined)[] = [];
  for (const _ of params.subscriptions) identifiers.push(await grant(connection));
  const connected = await result;
  assert.ok(connected.kind === 'connected', JSON.stringify(connected));
  return { connection, id: connected.connection, identifiers };
}

test('a connection goes on under another name, with its topics, and is told by that alone', async (t) => {
  const { broker, remotes, topics, troubles, until } = await setUp(t);
  const { connection, id } = await connect({ broker, remotes }, paramsFor(broker));
  assert.equal(await remotes.renameBroker({ profileId: 'gateway', name: 'Hall' }), true);
  const [remote] = remotes.remoteBrokers();
  assert.deepEqual(
    [remote?.profileId, remote?.name, remote?.connection, remote?.state.kind],
    ['Hall', 'Hall', id, 'connected'],
  );
  const { nodes } = await topics.topicChildren({ parentId: 0, offset: 0, limit: 10 });
  assert.deepEqual(
    nodes.map(({ level }) => level),
    ['Hall'],
  );
  const isAway = until((each) => each?.state.kind === 'waiting');
  connection.close();
  await isAway;
  assert.match(troubles.at(-1) ?? '', /^Hall is not connected/);
  // Not of one that is none, and not over another one.
  assert.equal(await remotes.renameBroker({ profileId: 'gateway', name: 'x' }), false);
  assert.equal(await remotes.renameBroker({ profileId: 'Hall', name: 'Hall' }), false);
  await remotes.disconnectBroker({ profileId: 'Hall' });
  assert.equal(remotes.remoteBrokers()[0]?.state.kind, 'disconnected');
});

test('what comes is in a tree of its own, once, and beside the local broker’s topics', async (t) => {
  const house = await setUp(t);
  const subscriptions = [
    { topicFilter: 'a/#', qos: 0 },
    { topicFilter: '#', qos: 0 },
  ] as const;
  const { connection, id, identifiers } = await connect(house, paramsFor(house.broker, { subscriptions }));
  for (const identifier of identifiers) {
    assert.ok(identifier !== undefined);
    const properties = { subscriptionIdentifiers: [identifier] };
    connection.send({ kind: 'publish', ...hello, topic: 'a/b', properties });
  }
  await house.until((remote) => remote?.subscriptions[1]?.messageCount === 1);
  const [remote] = house.remotes.remoteBrokers();
  assert.equal(remote?.messageCount, 1);
  assert.deepEqual(
    remote.subscriptions.map(({ topicFilter, messageCount }) => [topicFilter, messageCount]),
    [
      ['a/#', 1],
      ['#', 1],
    ],
  );
  const top = await house.topics.topicChildren({ parentId: 0, offset: 0, limit: 10 });
  assert.deepEqual(
    top.nodes.map(({ level, connection, connectionKind, isConnection }) => {
      return { level, connection, connectionKind, isConnection };
    }),
    [{ level: 'Gateway', connection: id, connectionKind: 'remoteBroker', isConnection: true }],
  );
  const path = house.topics.topicPath({ topic: 'a/b', connection: id });
  assert.equal(path?.at(-1)?.connectionKind, 'remoteBroker');
  assert.equal(house.models.local.topics.find('a/b'), undefined);
});

test('subscriptions of the profile that are not taken are told, and the others stand', async (t) => {
  const { broker, remotes } = await setUp(t);
  const subscriptions = [
    { topicFilter: 'mine', qos: 1 },
    { topicFilter: 'others', qos: 1 },
  ] as const;
  const result = remotes.connectBroker(paramsFor(broker, { subscriptions }));
  const connection = await broker.accept();
  await grant(connection, 1);
  await grant(connection, 0x87);
  const connected = await result;
  assert.ok(connected.kind === 'connected');
  assert.deepEqual(connected.subscriptionProblems, [{ topicFilter: 'others', message: 'Not authorized' }]);
  assert.deepEqual(remotes.remoteBrokers()[0]?.subscriptions, [
    { topicFilter: 'mine', qos: 1, messageCount: 0 },
    { topicFilter: 'others', qos: 1, messageCount: 0, refusal: 'Not authorized' },
  ]);
  const again = remotes.subscribe(connected.connection, { topicFilter: 'others', qos: 2 });
  await grant(connection, 0);
  await again;
  assert.deepEqual(remotes.remoteBrokers()[0]?.subscriptions[1], {
    ...{ topicFilter: 'others', qos: 0, requestedQos: 2, messageCount: 0 },
  });
});

test('the options of a subscription are kept, and asked for again at the next connect', async (t) => {
  const house = await setUp(t);
  const { connection, id } = await connect(house, paramsFor(house.broker));
  const options = { noLocal: true, retainAsPublished: true, retainHandling: 2 } as const;
  const subscribing = house.remotes.subscribe(id, { topicFilter: 'a', qos: 1, ...options });
  const packet = await connection.next('subscribe');
  assert.deepEqual(packet.subscriptions, [{ topicFilter: 'a', qos: 1, ...options }]);
  connection.send({ kind: 'suback', packetId: packet.packetId, reasonCodes: [1] });
  const subscription = { topicFilter: 'a', qos: 1, ...options, messageCount: 0 };
  assert.deepEqual(await subscribing, { kind: 'subscribed', subscription });
  const again = house.remotes.connectBroker(paramsFor(house.broker, { keepAliveSeconds: 60 }));
  const second = await house.broker.accept();
  const repeated = await second.next('subscribe');
  assert.deepEqual(repeated.subscriptions, [{ topicFilter: 'a', qos: 1, ...options }]);
  second.send({ kind: 'suback', packetId: repeated.packetId, reasonCodes: [1] });
  assert.equal((await again).kind, 'connected');
});

test('what the profile says of its subscriptions now holds at the next connect, and what was made by hand stays', async (t) => {
  const house = await setUp(t);
  const { broker, remotes } = house;
  const first = paramsFor(broker, {
    subscriptions: [
      { topicFilter: 'kept', qos: 0 },
      { topicFilter: 'changed', qos: 0 },
      { topicFilter: 'gone', qos: 0 },
    ],
  });
  const { connection, id } = await connect(house, first);
  const byHand = remotes.subscribe(id, { topicFilter: 'by/hand', qos: 0 });
  await grant(connection);
  await byHand;
  const subscriptions = [
    { topicFilter: 'kept', qos: 0 },
    { topicFilter: 'changed', qos: 1, noLocal: true },
    { topicFilter: 'new', qos: 0 },
  ] as const;
  const again = remotes.connectBroker({ ...first, subscriptions });
  const next = await broker.accept();
  for (const qos of [0, 1, 0, 0]) await grant(next, qos);
  await again;
  assert.deepEqual(
    remotes
      .remoteBrokers()[0]
      ?.subscriptions.map(({ topicFilter, qos, noLocal }) => [topicFilter, qos, noLocal]),
    [
      ['kept', 0, undefined],
      ['changed', 1, true],
      ['by/hand', 0, undefined],
      ['new', 0, undefined],
    ],
  );
});

test('a muted subscription counts, and is in no tree until it is unmuted', async (t) => {
  const house = await setUp(t);
  const subscriptions = [{ topicFilter: '#', qos: 0 }] as const;
  const { connection, id } = await connect(house, paramsFor(house.broker, { subscriptions }));
  assert.equal(house.remotes.mute(id, 'other', true), false);
  assert.equal(house.remotes.mute(id, '#', true), true);
  const counted = house.until((remote) => remote?.subscriptions[0]?.messageCount === 1);
  connection.send({ kind: 'publish', ...hello, topic: 'quiet' });
  await counted;
  const [remote] = house.remotes.remoteBrokers();
  assert.deepEqual([remote?.messageCount, remote?.subscriptions[0]?.isMuted], [0, true]);
  house.remotes.mute(id, '#', false);
  const heard = house.until((remote) => remote?.messageCount === 1);
  connection.send({ kind: 'publish', ...hello, topic: 'loud' });
  await heard;
  assert.equal(house.models.of(id)?.topics.find('quiet'), undefined);
});

test('what is published goes to that broker, unless its profile is read-only or it is not connected', async (t) => {
  const house = await setUp(t);
  const { remotes, broker } = house;
  const message = { topic: 'a', payload: hello.payload, qos: 0, retain: false } as const;
  const { connection, id } = await connect(house, paramsFor(broker));
  assert.deepEqual(await remotes.publish(id, message), { kind: 'published', noSubscribers: false });
  assert.equal((await connection.next('publish')).topic, 'a');
  await connect(house, paramsFor(broker, { readOnly: true }));
  assert.deepEqual(await remotes.publish(id, message), { kind: 'readOnly' });
  await connect(house, paramsFor(broker));
  await remotes.disconnectBroker({ profileId: 'gateway' });
  assert.deepEqual(await remotes.publish(id, message), { kind: 'notConnected', name: 'Gateway' });
  assert.equal(remotes.publish(99, message), undefined);
});

test('to a profile that becomes read-only nothing is published from then on, and what waited for it is not sent', async (t) => {
  const house = await setUp(t);
  const { remotes, broker } = house;
  const params = paramsFor(broker, { whileOffline: 'queue' });
  const { connection, id } = await connect(house, params);
  const lost = house.until((remote) => remote?.state.kind === 'waiting');
  connection.close();
  await lost;
  assert.equal((await remotes.publish(id, { ...hello, topic: 'a' }))?.kind, 'queued');
  remotes.setReadOnly({ profileIds: ['gateway', 'another'], isReadOnly: true });
  assert.deepEqual(await remotes.publish(id, { ...hello, topic: 'a' }), { kind: 'readOnly' });
  const { queue } = remotes.remoteBrokers()[0] ?? {};
  assert.deepEqual([queue?.messages, queue?.notSent], [0, 1]);
  assert.match(queue?.firstProblem ?? '', /read-only/);
  remotes.setReadOnly({ profileIds: ['gateway'], isReadOnly: false });
  assert.equal((await remotes.publish(id, { ...hello, topic: 'a' }))?.kind, 'queued');
});

test('a lost connection is tried again, at once when it is asked for, and its subscriptions stay', async (t) => {
  const house = await setUp(t);
  const { remotes, broker, until, troubles } = house;
  const params = paramsFor(broker);
  const { connection, id } = await connect(house, params);
  const subscribing = remotes.subscribe(id, { topicFilter: 'a/#', qos: 1 });
  await grant(connection, 1);
  assert.equal((await subscribing)?.kind, 'subscribed');
  const waiting = until((remote) => remote?.state.kind === 'waiting');
  connection.send({ kind: 'disconnect', reasonCode: 0x8b });
  connection.close();
  await waiting;
  assert.match(troubles.join(), /Gateway is not connected, and is tried again: .*Server shutting down/);
  const connected = until((remote) => remote?.state.kind === 'connected');
  assert.deepEqual(await remotes.connectBroker(params), { kind: 'retrying' });
  await grant(await broker.accept(), 1);
  await connected;
  assert.equal(remotes.remoteBrokers()[0]?.subscriptions[0]?.topicFilter, 'a/#');
});

test('what the profile has no more, or was left without a connection, is unsubscribed in a session that goes on', async (t) => {
  const house = await setUp(t);
  const { broker, remotes } = house;
  const first = paramsFor(broker, {
    cleanStart: false,
    subscriptions: [
      { topicFilter: 'kept', qos: 0 },
      { topicFilter: 'gone', qos: 0 },
    ],
  });
  const { connection, id } = await connect(house, first);
  const byHand = remotes.subscribe(id, { topicFilter: 'by/hand', qos: 0 });
  await grant(connection);
  await byHand;
  await remotes.disconnectBroker({ profileId: 'gateway' });
  assert.equal(await remotes.unsubscribe(id, 'by/hand'), true);

  const subscriptions = [{ topicFilter: 'kept', qos: 0 }] as const;
  const connectAgain = async (params: RemoteBrokerParams, left: readonly string[]) => {
    const connecting = remotes.connectBroker(params);
    const next = await broker.connection();
    await next.next('connect');
    next.send({ kind: 'connack', sessionPresent: true, reasonCode: 0 });
    await next.next('pingreq');
    for (const topicFilter of left) {
      const { packetId, topicFilters } = await next.next('unsubscribe');
      assert.deepEqual(topicFilters, [topicFilter]);
      next.send({ kind: 'unsuback', packetId, reasonCodes: [0] });
    }
    await grant(next);
    await connecting;
  };
  await connectAgain({ ...first, subscriptions }, ['by/hand', 'gone']);
  assert.deepEqual(
    remotes.remoteBrokers()[0]?.subscriptions.map(({ topicFilter }) => topicFilter),
    ['kept'],
  );
  // They are gone. What a session of another client id has, others have subscribed.
  await connectAgain({ ...first, subscriptions }, []);
  await connectAgain({ ...first, clientId: 'another', subscriptions: [{ topicFilter: 'new', qos: 0 }] }, []);
});

test('what is unsubscribed without an answer is unsubscribed by the next connection, and what was answered is not', async (t) => {
  const house = await setUp(t);
  const { broker, remotes } = house;
  const params = paramsFor(broker, { cleanStart: false });
  const { connection, id } = await connect(house, params);
  for (const topicFilter of ['answered', 'unanswered']) {
    const subscribing = remotes.subscribe(id, { topicFilter, qos: 0 });
    await grant(connection);
    await subscribing;
  }
  const answered = remotes.unsubscribe(id, 'answered');
  const { packetId } = await connection.next('unsubscribe');
  connection.send({ kind: 'unsuback', packetId, reasonCodes: [0] });
  await answered;
  // Both lie in a network that is gone, while the connection seems to stand.
  const failing = remotes.subscribe(id, { topicFilter: 'new', qos: 0 });
  await connection.next('subscribe');
  const unanswered = remotes.unsubscribe(id, 'unanswered');
  await connection.next('unsubscribe');
  await remotes.disconnectBroker({ profileId: 'gateway' });
  await unanswered;
  assert.equal((await failing)?.kind, 'failed');

  const connecting = remotes.connectBroker(params);
  const second = await broker.connection();
  await second.next('connect');
  second.send({ kind: 'connack', sessionPresent: true, reasonCode: 0 });
  await second.next('pingreq');
  const left = [await second.next('unsubscribe'), await second.next('unsubscribe')];
  assert.deepEqual(left.map(({ topicFilters }) => topicFilters.join()).sort(), ['new', 'unanswered']);
  await connecting;
  await remotes.publish(id, { ...hello, topic: 'a' });
  await second.next('publish');
});

test('with a renewed token in the query of its address a connection goes on with its session', async (t) => {
  const house = await setUp(t);
  const { broker, remotes } = house;
  const params = paramsFor(broker, { cleanStart: false, subscriptions: [{ topicFilter: 'left', qos: 0 }] });
  await connect(house, { ...params, url: `${broker.url}/?token=first` });
  await remotes.disconnectBroker({ profileId: 'gateway' });
  const connecting = remotes.connectBroker({
    ...params,
    ...{ url: `${broker.url}/?token=second`, subscriptions: [] },
  });
  const second = await broker.connection();
  await second.next('connect');
  second.send({ kind: 'connack', sessionPresent: true, reasonCode: 0 });
  await second.next('pingreq');
  assert.deepEqual((await second.next('unsubscribe')).topicFilters, ['left']);
  await connecting;
});

test('a connection that ends while its first subscriptions are answered has them when it is back', async (t) => {
  const house = await setUp(t);
  const { remotes, broker, troubles } = house;
  const subscriptions = ['given', 'asked', 'left', 'refused'].map((topicFilter) => ({
    topicFilter,
    qos: 1 as const,
  }));
  const params = paramsFor(broker, { subscriptions });
  const result = remotes.connectBroker(params);
  const first = await broker.accept();
  await grant(first, 1);
  await first.next('subscribe');
  first.close();
  const connected = await result;
  assert.ok(connected.kind === 'connected');
  assert.deepEqual(connected.subscriptionProblems, []);
  assert.equal(remotes.remoteBrokers()[0]?.state.kind, 'waiting');
  assert.equal(await remotes.unsubscribe(connected.connection, 'left'), true);

  const told = house.until((remote) => remote?.subscriptions.at(-1)?.refusal !== undefined);
  assert.deepEqual(await remotes.connectBroker(params), { kind: 'retrying' });
  const second = await broker.accept();
  const asked: (string | undefined)[] = [];
  for (const reasonCode of [1, 1, 0x87]) {
    const packet = await second.next('subscribe');
    asked.push(packet.subscriptions[0]?.topicFilter);
    second.send({ kind: 'suback', packetId: packet.packetId, reasonCodes: [reasonCode] });
  }
  await told;
  assert.deepEqual(asked, ['given', 'asked', 'refused']);
  assert.deepEqual(
    remotes.remoteBrokers()[0]?.subscriptions.map(({ topicFilter }) => topicFilter),
    ['given', 'asked', 'refused'],
  );
  assert.match(troubles.join(), /not subscribed to refused: Not authorized/);
  // Nothing else was asked for.
  await remotes.publish(connected.connection, { ...hello, topic: 'a' });
  await second.next('publish');
});

test('where its profile says so, what is published to a connection that is away waits, and is sent in order', async (t) => {
  const house = await setUp(t);
  const { remotes, broker, until } = house;
  const params = paramsFor(broker, { whileOffline: 'queue' });
  const { connection, id } = await connect(house, params);
  const message = (topic: string) => ({ ...hello, topic, qos: 1 }) as const;
  const waiting = until((remote) => remote?.state.kind === 'waiting');
  connection.close();
  await waiting;
  for (const messages of [1, 2])
    assert.deepEqual(await remotes.publish(id, message(`${messages}`)), {
      ...{ kind: 'queued', name: 'Gateway' },
      messages,
    });
  assert.equal((await remotes.publish(id, message('a/#')))?.kind, 'invalidTopic');
  assert.equal(remotes.remoteBrokers()[0]?.queue?.messages, 2);

  await remotes.connectBroker(params);
  const back = await broker.accept();
  const first = await back.next('publish');
  // It stands again, and two are before this one.
  assert.deepEqual(await remotes.publish(id, message('3')), { kind: 'queued', name: 'Gateway', messages: 2 });
  const topics = [first.topic];
  const sent = until((remote) => remote !== undefined && remote.queue === undefined);
  back.send({ kind: 'puback', packetId: first.packetId ?? 0, reasonCode: 0 });
  for (let i = 0; i < 2; i++) {
    const { topic, packetId = 0 } = await back.next('publish');
    topics.push(topic);
    back.send({ kind: 'puback', packetId, reasonCode: 0 });
  }
  assert.deepEqual(topics, ['1', '2', '3']);
  await sent;
});

test('what waited for a connection that is given up is counted, and told when the broker did not take it', async (t) => {
  const house = await setUp(t);
  const { remotes, broker, until, troubles } = house;
  const params = paramsFor(broker, { whileOffline: 'queue' });
  const { connection, id } = await connect(house, params);
  const lose = async (lost: ScriptedConnection): Promise<void> => {
    const waiting = until((remote) => remote?.state.kind === 'waiting');
    lost.close();
    await waiting;
  };
  await lose(connection);
  await remotes.publish(id, { ...hello, topic: 'a', qos: 1 });
  await remotes.connectBroker(params);
  const back = await broker.accept();
  const { packetId = 0 } = await back.next('publish');
  const counted = until((remote) => remote?.queue?.notSent === 1);
  back.send({ kind: 'puback', packetId, reasonCode: 0x87 });
  await counted;
  assert.match(troubles.join(), /Gateway: 1 that waited were not sent: Not authorized/);

  await lose(back);
  await remotes.publish(id, { ...hello, topic: 'b', qos: 1 });
  await remotes.disconnectBroker({ profileId: 'gateway' });
  assert.equal(remotes.remoteBrokers()[0]?.queue?.notSent, 2);
  assert.deepEqual(await remotes.publish(id, { ...hello, topic: 'c' }), {
    kind: 'notConnected',
    name: 'Gateway',
  });
});

test('when the machine wakes, a connection that waits is tried at once', async (t) => {
  const clock = new FakeClock();
  const { remotes, broker } = await setUp(t, { clock });
  const { connection } = await connect({ remotes, broker }, paramsFor(broker));
  connection.close();
  while (remotes.remoteBrokers()[0]?.state.kind !== 'waiting') await turn();
  await letPauseGrow(remotes, clock, broker);
  clock.jump(3_600_000);
  clock.advance(2_000);
  await broker.accept();
  while (remotes.remoteBrokers()[0]?.state.kind !== 'connected') await turn();
});

test('when the machine wakes, a connection that seems to stand has to answer, or is made anew', async (t) => {
  const clock = new FakeClock();
  const { remotes, broker, troubles } = await setUp(t, { clock });
  const { connection } = await connect({ remotes, broker }, paramsFor(broker));
  clock.jump(3_600_000);
  clock.advance(2_000);
  await connection.next('pingreq');
  clock.advance(3);
  connection.send({ kind: 'pingresp' });
  while (remotes.remoteBrokers()[0]?.latencyMs !== 3) await turn();
  clock.advance(5_000);
  assert.equal(remotes.remoteBrokers()[0]?.state.kind, 'connected');

  clock.jump(3_600_000);
  clock.advance(2_000);
  await connection.next('pingreq');
  clock.advance(5_000);
  await connection.closed;
  while (remotes.remoteBrokers()[0]?.state.kind !== 'waiting') await turn();
  assert.match(troubles.join(), /the broker does not answer any more/);
});

test('when the network is back, a connection that waits is tried at once, and one that stands is left in peace', async (t) => {
  const clock = new FakeClock();
  const address = (address: string): NetworkInterfaceInfo => ({
    ...{ address, netmask: '255.255.255.0', family: 'IPv4', mac: '00:00:00:00:00:00', cidr: null },
    internal: false,
  });
  let addresses: NetworkInterfaceInfo[] = [address('192.0.2.1')];
  const { remotes, broker } = await setUp(t, { clock, interfaces: () => ({ eth0: addresses }) });
  const { connection } = await connect({ remotes, broker }, paramsFor(broker));
  connection.close();
  while (remotes.remoteBrokers()[0]?.state.kind !== 'waiting') await turn();
  addresses = [];
  await letPauseGrow(remotes, clock, broker);
  clock.advance(2_000);
  addresses = [address('192.0.2.1')];
  clock.advance(2_000);
  await broker.accept();
  while (remotes.remoteBrokers()[0]?.state.kind !== 'connected') await turn();
});

/** By tries that come to nothing, until nobody who waits for a second or two sees the next. */
async function letPauseGrow(
  remotes: RemoteConnections,
  clock: FakeClock,
  broker: ScriptedBroker,
): Promise<void> {
  while (pauseMs(remotes, clock) < 10_000) {
    clock.advance(Math.ceil(pauseMs(remotes, clock)) + 1);
    (await broker.connection()).close();
    const before = pauseMs(remotes, clock);
    while (pauseMs(remotes, clock) <= before) await turn();
  }
}

/** Until the connection is tried next. */
function pauseMs(remotes: RemoteConnections, clock: FakeClock): number {
  const state = remotes.remoteBrokers()[0]?.state;
  assert.equal(state?.kind, 'waiting');
  return state.kind === 'waiting' ? state.retryAtMs - clock.nowMs() : 0;
}

test('who takes the session over is not thrown out in turn', async (t) => {
  const house = await setUp(t);
  const { connection } = await connect(house, paramsFor(house.broker));
  const ended = house.until((remote) => remote?.state.kind === 'disconnected');
  connection.send({ kind: 'disconnect', reasonCode: 0x8e });
  await ended;
  const state = house.remotes.remoteBrokers()[0]?.state;
  assert.equal(state?.kind === 'disconnected' && state.cause, 'takenOver');
});

test('a first connection that is refused or called off leaves nothing in the views', async (t) => {
  const { remotes, broker, models } = await setUp(t);
  const refused = remotes.connectBroker(paramsFor(broker));
  const connection = await broker.connection();
  await connection.next('connect');
  connection.send({ kind: 'connack', sessionPresent: false, reasonCode: 0x86 });
  assert.deepEqual(await refused, {
    kind: 'refused',
    reasonCode: 0x86,
    message: 'Bad User Name or Password',
  });
  const calledOff = remotes.connectBroker(paramsFor(broker));
  await (await broker.connection()).next('connect');
  await remotes.disconnectBroker({ profileId: 'gateway' });
  const outcome = await calledOff;
  assert.equal(outcome.kind, 'failed');
  assert.equal(outcome.kind === 'failed' && outcome.fault?.code, 'ABORTED');
  assert.deepEqual(remotes.remoteBrokers(), []);
  assert.deepEqual([...models.others()], []);
});

test('what is connected again keeps its topics; what is forgotten has none', async (t) => {
  const house = await setUp(t);
  const first = await connect(house, paramsFor(house.broker));
  const again = await connect(house, paramsFor(house.broker, { keepAliveSeconds: 60 }));
  assert.equal(again.id, first.id);
  await first.connection.closed;
  await house.remotes.forgetBroker({ profileId: 'gateway' });
  await again.connection.closed;
  assert.deepEqual([...house.models.others()], []);
});

test('nothing secret is in an event or in the log', async (t) => {
  const house = await setUp(t);
  const secret = 'f00d-secret';
  const params = paramsFor(house.broker, {
    ...{ username: 'dev', password: secret, headers: { authorization: secret } },
    tls: { passphrase: secret },
  });
  const { connection } = await connect(house, params);
  const waiting = house.until((remote) => remote?.state.kind === 'waiting');
  connection.close();
  await waiting;
  await house.remotes.connectBroker({ ...params, url: 'mqtt://127.0.0.1:1', profileId: 'other' });
  const told = JSON.stringify([house.events, house.troubles, house.remotes.remoteBrokers()]);
  assert.ok(!told.includes(secret));
});

test('a certificate’s file that is not there is told by its name', async (t) => {
  const { remotes, broker } = await setUp(t);
  const result = await remotes.connectBroker(paramsFor(broker, { tls: { caFile: '/nowhere/ca.pem' } }));
  assert.ok(result.kind === 'failed');
  assert.match(result.message, /^\/nowhere\/ca\.pem can't be read/);
});

test('all are left with a goodbye, also one that is being connected to', async (t) => {
  const house = await setUp(t);
  const { connection } = await connect(house, paramsFor(house.broker));
  const other = house.remotes.connectBroker(paramsFor(house.broker, { profileId: 'other' }));
  const pending = await house.broker.connection();
  await pending.next('connect');
  await house.remotes.disconnectBrokers();
  assert.equal((await connection.next('disconnect')).reasonCode, 0);
  assert.equal((await other).kind, 'failed');
  await pending.closed;
});
