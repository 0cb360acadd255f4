import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { BrokerOptions } from '../../../src/broker/broker.ts';
import { ClientService } from '../../../src/engine/clientService.ts';
import { Model } from '../../../src/model/model.ts';
import { ModelObserver } from '../../../src/observation/modelObserver.ts';
import { BrokerUnderTest } from '../../support/brokerUnderTest.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { openStore } from '../persistence/sqliteUnderTest.ts';

const SECOND_MS = 1000;
const all = { limit: 100 };
const lasting = { properties: { sessionExpiryInterval: 3600 } };

function setUp(t: TestContext, options: BrokerOptions = {}, startMs?: number) {
  let under: BrokerUnderTest;
  // The observer asks the clock once a turn: the turn is over.
  t.after(() => under.clock.advance(1));
  under = new BrokerUnderTest(t, options, startMs);
  const { broker, clock } = under;
  const model = new Model({ historyBytes: 1_000_000 });
  broker.observer = new ModelObserver(model, clock);
  let current: typeof broker | undefined = broker;
  const clients = new ClientService({
    ...{ clock, model, broker: () => current },
    workbenchClientId: () => 'mqtt-workbench-1',
  });
  return {
    ...{ under, broker, clock, model, clients },
    stopped: () => (current = undefined),
    list: async (text = '') =>
      (await clients.listClients({ ...all, text })).clients.map(({ clientId, state }) => [clientId, state]),
    detail: (clientId: string) => clients.clientDetails({ clientIds: [clientId] })[0],
  };
}

test('connected, stored and gone clients are listed by name, the workbench last, one with a warning first', async (t) => {
  const { under, clients, model, list } = setUp(t);
  await under.connect(4, 'node10');
  await under.connect(5, 'mqtt-workbench-1');
  const stored = await under.connect(5, 'node2', lasting);
  await stored.disconnect();
  const gone = await under.connect(4, 'another');
  await gone.breakOff();
  await under.connect(4, 'zone');
  model.warnings.add({ clientId: 'zone', atMs: 1, facts: { kind: 'keepAliveOff' } });
  assert.deepEqual(await list(), [
    ['zone', 'connected'],
    ['another', 'gone'],
    ['node2', 'stored'],
    ['node10', 'connected'],
    ['mqtt-workbench-1', 'connected'],
  ]);
  const page = await clients.listClients({ limit: 2 });
  assert.deepEqual([page.clients.length, page.total, page.known, page.connected], [2, 5, 5, 3]);
});

test('a session that the store kept over a restart is listed before its client comes back, with what waits for it', async (t) => {
  const folder = temporaryFolder(t);
  const before = setUp(t, { persistence: openStore(folder).persistence });
  const board = await before.under.connect(5, 'board', { ...lasting, username: 'me' });
  await board.subscribe('oven/#', { qos: 1 });
  await board.disconnect();
  const oven = await before.under.connect(4, 'oven');
  await oven.publish('oven/door', 'shut', { qos: 1 });
  await oven.disconnect();
  await before.broker.stop();

  const persistence = openStore(folder).persistence;
  const { under, clients, detail } = setUp(t, { persistence }, before.clock.nowMs() + 600 * SECOND_MS);
  const page = await clients.listClients(all);
  // Where it came from is not stored.
  const kept = {
    ...{ clientId: 'board', isWorkbench: false, state: 'stored', protocolVersion: 5 },
    ...{ username: 'me', warnings: 0 },
  };
  assert.deepEqual(page, { clients: [kept], total: 1, known: 1, connected: 0 });
  const session = detail('board')?.session;
  assert.deepEqual(
    session?.subscriptions.map(({ topicFilter, qos }) => [topicFilter, qos]),
    [['oven/#', 1]],
  );
  assert.deepEqual([session?.queuedMessages, session?.expiresInMs], [1, 3000 * SECOND_MS]);
  const back = await under.connect(5, 'board', { ...lasting, cleanStart: false });
  assert.equal((await back.expectMessage()).text, 'shut');
  assert.equal(detail('board')?.state, 'connected');
});

test('a part of the id filters, in any case, and so does a state; there are no more than were asked for', async (t) => {
  const { under, clients, list } = setUp(t);
  for (const id of ['Kitchen-1', 'kitchen-2', 'hall']) await under.connect(4, id);
  assert.deepEqual(await list('KITCHEN'), [
    ['Kitchen-1', 'connected'],
    ['kitchen-2', 'connected'],
  ]);
  const stored = await under.connect(5, 'kitchen-0', lasting);
  await stored.disconnect();
  const idsOf = async (params: Parameters<typeof clients.listClients>[0]) => {
    const page = await clients.listClients({ text: 'kitchen', ...params });
    return [...page.clients.map(({ clientId }) => clientId), page.total, page.known];
  };
  assert.deepEqual(await idsOf({ limit: 1 }), ['kitchen-0', 3, 4]);
  assert.deepEqual(await idsOf({ states: ['stored'], limit: 5 }), ['kitchen-0', 1, 4]);
  assert.deepEqual(await idsOf({ states: ['connected', 'gone'], limit: 1 }), ['Kitchen-1', 2, 4]);
});

test('the time to the deadline runs from what came last, at one and a half times the keep alive [MQTT-3.1.2-22]', async (t) => {
  const { under, clock, detail } = setUp(t);
  const board = await under.connect(4, 'board', { keepAliveSeconds: 60 });
  clock.advance(40 * SECOND_MS);
  assert.equal(detail('board')?.session?.deadlineInMs, 50 * SECOND_MS);
  await board.ping();
  assert.equal(detail('board')?.session?.deadlineInMs, 90 * SECOND_MS);
  await under.connect(4, 'forever', { keepAliveSeconds: 0 });
  assert.equal(detail('forever')?.session?.deadlineInMs, undefined);
});

test('what went over the connection is counted, and pings with the time between them', async (t) => {
  const { under, clock, detail } = setUp(t);
  const board = await under.connect(4, 'board', { keepAliveSeconds: 60 });
  await board.subscribe('a', { qos: 0 });
  await under.connect(4, 'other').then((other) => other.publish('a', 'hello', { qos: 1 }));
  await board.expectMessage();
  await board.publish('b', 'x', { qos: 1 });
  await board.ping();
  clock.advance(55 * SECOND_MS);
  await board.ping();
  const { traffic } = detail('board')?.session ?? {};
  assert.deepEqual(
    [traffic?.messagesReceived, traffic?.messagesSent, traffic?.largestPublishBytes],
    [1, 1, 2 + 3 + 5],
  );
  assert.deepEqual([traffic?.pings, traffic?.pingIntervalMs], [2, 55 * SECOND_MS]);
  assert.equal(traffic?.longestQuietMs, 55 * SECOND_MS);
  // CONNACK 4, SUBACK 5, PUBACK 4, PUBLISH 10, two PINGRESP of 2.
  assert.equal(traffic?.bytesSent, 4 + 5 + 4 + 10 + 4);
});

test('a silence that goes on counts as the longest once it is', async (t) => {
  const { under, clock, detail } = setUp(t);
  const board = await under.connect(4, 'board', { keepAliveSeconds: 60 });
  const longestQuietMs = () => detail('board')?.session?.traffic?.longestQuietMs;
  clock.advance(20 * SECOND_MS);
  assert.equal(longestQuietMs(), 20 * SECOND_MS);
  await board.ping();
  clock.advance(5 * SECOND_MS);
  assert.equal(longestQuietMs(), 20 * SECOND_MS);
  clock.advance(25 * SECOND_MS);
  assert.equal(longestQuietMs(), 30 * SECOND_MS);
});

test('the silence in which a connection ended is counted too, and the time after it is not', async (t) => {
  const { under, clock, detail } = setUp(t);
  const board = await under.connect(4, 'board', { cleanStart: false, keepAliveSeconds: 4 });
  const longestQuietMs = () => detail('board')?.session?.traffic?.longestQuietMs;
  clock.advance(6 * SECOND_MS);
  await board.closed();
  assert.equal(detail('board')?.last?.end.kind, 'keepAliveTimeout');
  assert.equal(longestQuietMs(), 6 * SECOND_MS);
  clock.advance(60 * SECOND_MS);
  assert.equal(longestQuietMs(), 6 * SECOND_MS);
});

test('a round trip is from a PUBLISH to its acknowledgement, and of the present connection', async (t) => {
  const { under, broker, clock, detail } = setUp(t);
  const board = await under.connect(5, 'board', lasting);
  await board.subscribe('a', { qos: 2 });
  broker.publish({ topic: 'a', payload: new Uint8Array(), qos: 1, retain: false });
  const first = await board.expectMessage();
  clock.advance(30);
  board.send({ kind: 'puback', packetId: first.packetId ?? 0, reasonCode: 0 });
  await board.handled();
  assert.equal(detail('board')?.session?.roundTripMs, 30);
  broker.publish({ topic: 'a', payload: new Uint8Array(), qos: 2, retain: false });
  const second = await board.expectMessage();
  clock.advance(7);
  board.send({ kind: 'pubrec', packetId: second.packetId ?? 0, reasonCode: 0 });
  await board.handled();
  assert.equal(detail('board')?.session?.roundTripMs, 7);
  const again = await under.connect(5, 'board', { cleanStart: false, ...lasting });
  await again.handled();
  assert.equal(detail('board')?.session?.roundTripMs, undefined);
});

test('will, expiry and subscriptions are told as they stand', async (t) => {
  const { under, clock, detail } = setUp(t);
  const will = {
    topic: 'gone',
    payload: new Uint8Array(4),
    qos: 1,
    retain: true,
    properties: { willDelayInterval: 10 },
  } as const;
  const board = await under.connect(5, 'board', { ...lasting, will });
  await board.subscribe('cmd/#', { qos: 1, noLocal: true, retainHandling: 2 });
  assert.deepEqual(detail('board')?.session?.will, {
    ...{ topic: 'gone', qos: 1, retain: true, payloadBytes: 4, delaySeconds: 10 },
  });
  assert.deepEqual(detail('board')?.session?.subscriptions, [
    { topicFilter: 'cmd/#', qos: 1, noLocal: true, retainAsPublished: false, retainHandling: 2 },
  ]);
  await board.breakOff();
  clock.advance(60 * SECOND_MS);
  const { state, last, session } = detail('board') ?? {};
  assert.deepEqual([state, last?.end.kind], ['stored', 'networkClosed']);
  assert.deepEqual([session?.will, session?.expiresInMs], [undefined, 3540 * SECOND_MS]);
});

test('what became of a will is told until the next connection, and whether the session was there', async (t) => {
  const will = { topic: 'gone', payload: new Uint8Array(1), qos: 0, retain: false } as const;
  const mayPublish = (_identity: unknown, topic: string) => topic !== 'forbidden';
  const { under, clock, detail } = setUp(t, {
    policy: {
      ...{ authenticate: () => ({ kind: 'accepted' }), mayPublish },
      ...{ maySubscribe: () => true, mayReceive: () => true },
    },
  });
  const told = () => {
    const { will, willEnd, sessionPresent } = detail('board')?.session ?? {};
    return [will?.topic, willEnd, sessionPresent];
  };
  const settings = { ...lasting, cleanStart: false };
  const first = await under.connect(5, 'board', { ...settings, will });
  assert.deepEqual(told(), ['gone', undefined, false]);
  await first.breakOff();
  assert.deepEqual(told(), [undefined, 'published', false]);
  const second = await under.connect(5, 'board', { ...settings, will });
  assert.deepEqual(told(), ['gone', undefined, true]);
  await second.disconnect();
  assert.deepEqual(told(), [undefined, 'discarded', true]);
  const third = await under.connect(5, 'board', settings);
  assert.deepEqual(told(), [undefined, undefined, true]);
  await third.disconnect();
  assert.deepEqual(told(), [undefined, undefined, true]);
  const late = { ...will, topic: 'forbidden', properties: { willDelayInterval: 5 } };
  await (await under.connect(5, 'board', { ...settings, will: late })).breakOff();
  assert.deepEqual(told(), ['forbidden', undefined, true]);
  clock.advance(5 * SECOND_MS);
  assert.deepEqual(told(), [undefined, 'denied', true]);
});

test('a thousand subscriptions are counted, and the first of them shown', async (t) => {
  const { under, detail } = setUp(t);
  const board = await under.connect(4, 'board');
  const subscriptions = Array.from({ length: 300 }, (_, n) => ({
    ...{ topicFilter: `a/${n}`, qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 },
  })) as never;
  board.send({ kind: 'subscribe', packetId: 1, subscriptions });
  await board.next();
  const { session } = detail('board') ?? {};
  assert.deepEqual([session?.subscriptionCount, session?.subscriptions.length], [300, 200]);
});

test('a client that came once and left as it should is not listed, and one that comes back is', async (t) => {
  const { under, list } = setUp(t);
  const once = await under.connect(4, 'auto-1');
  await once.disconnect();
  assert.deepEqual(await list(), []);
  for (let n = 0; n < 2; n++) {
    const again = await under.connect(4, 'board');
    await again.disconnect();
  }
  assert.deepEqual(await list(), [['board', 'gone']]);
});

test('a refused client is listed as gone, with the reason', async (t) => {
  const { under, list, detail } = setUp(t, {
    policy: {
      authenticate: () => ({ kind: 'refused', reasonCode: 0x86, message: 'Wrong password.' }),
      mayPublish: () => true,
      maySubscribe: () => true,
      mayReceive: () => true,
    },
  });
  const board = under.open(5);
  board.sendConnect({ clientId: 'board' });
  await board.next();
  await board.closed();
  assert.deepEqual(await list(), [['board', 'gone']]);
  const { last, protocolVersion } = detail('board') ?? {};
  assert.deepEqual(last?.end, {
    ...{ kind: 'refused', reasonCode: 0x86, reasonName: 'Bad User Name or Password' },
    message: 'Wrong password.',
  });
  assert.equal(protocolVersion, undefined);
});

for (const [version, isTold] of [
  [5, true],
  [4, false],
] as const) {
  test(`a client is disconnected with the reason code where its version has one (${version})`, async (t) => {
    const { under, clients, detail } = setUp(t);
    const watcher = await under.connect(5, 'watcher');
    await watcher.subscribe('gone');
    const will = { topic: 'gone', payload: new Uint8Array(1), qos: 0, retain: false } as const;
    const board = await under.connect(version, 'board', { will });
    const result = clients.disconnectClient({ clientId: 'board', reasonCode: 0x96 });
    assert.deepEqual(result, { kind: 'disconnected', isTold });
    if (isTold) await board.expectDisconnected(0x96);
    else await board.closed();
    assert.equal((await watcher.expectMessage()).topic, 'gone');
    const end = detail('board')?.last?.end;
    assert.ok(end?.kind === 'serverDisconnected');
    assert.deepEqual([end.reasonCode, end.reasonName], [0x96, 'Message rate too high']);
    const again = clients.disconnectClient({ clientId: 'board', reasonCode: 0x96 });
    assert.deepEqual(again, { kind: 'notConnected' });
  });

  test(`a client is cut off without a word, and its will goes out (${version})`, async (t) => {
    const { under, clients, detail } = setUp(t);
    const watcher = await under.connect(5, 'watcher');
    await watcher.subscribe('gone');
    const will = { topic: 'gone', payload: new Uint8Array(1), qos: 0, retain: false } as const;
    const board = await under.connect(version, 'board', { will });
    assert.deepEqual(clients.cutClient({ clientId: 'board' }), { kind: 'cut' });
    await board.expectClosed();
    assert.equal((await watcher.expectMessage()).topic, 'gone');
    assert.equal(detail('board')?.last?.end.kind, 'connectionCut');
    assert.deepEqual(clients.cutClient({ clientId: 'board' }), { kind: 'notConnected' });
  });
}

test('a session that is ended is forgotten, connected or not', async (t) => {
  const { under, clients, detail } = setUp(t);
  const board = await under.connect(5, 'board', lasting);
  await board.subscribe('a', { qos: 1 });
  assert.deepEqual(clients.endClientSession({ clientId: 'board' }), { kind: 'ended' });
  await board.expectDisconnected(0x98);
  assert.equal(detail('board')?.state, 'gone');
  const again = under.open(5);
  const { sessionPresent } = await again.connect({ clientId: 'board', cleanStart: false, ...lasting });
  assert.equal(sessionPresent, false);
  await again.disconnect();
  assert.equal(detail('board')?.state, 'stored');
  assert.deepEqual(clients.endClientSession({ clientId: 'board' }), { kind: 'ended' });
  assert.deepEqual(clients.endClientSession({ clientId: 'board' }), { kind: 'noSession' });
});

test('a reason that only a client may give is not offered', (t) => {
  const { clients } = setUp(t);
  const codes = clients.disconnectReasons().map(({ reasonCode }) => reasonCode);
  assert.deepEqual([codes.includes(0x00), codes.includes(0x98), codes.includes(0x04)], [true, true, false]);
  // Server is not asked to say that a CONNECT had a bad client identifier.
  assert.equal(codes.includes(0x85), false);
});

test('without a broker there is nobody, and nothing to do', async (t) => {
  const { clients, list, stopped } = setUp(t);
  stopped();
  assert.deepEqual(await list(), []);
  const clientId = 'board';
  assert.deepEqual(clients.clientDetails({ clientIds: [clientId] }), []);
  const kinds = [
    clients.disconnectClient({ clientId, reasonCode: 0x98 }),
    clients.cutClient({ clientId }),
    clients.endClientSession({ clientId }),
  ].map(({ kind }) => kind);
  assert.deepEqual(new Set(kinds), new Set(['brokerNotRunning']));
});
