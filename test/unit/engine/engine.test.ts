import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { test } from 'node:test';
import { createAuthority } from '../../../src/certificates/authority.ts';
import { Engine } from '../../../src/engine/engine.ts';
import { RawClient } from '../../support/rawClient.ts';
import { disconnected, limits, portOf, received, startEngine } from './engineUnderTest.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (payload: Uint8Array) => new TextDecoder().decode(payload);

const all = { limit: 100 };

async function clientIds(engine: Engine): Promise<string[]> {
  return (await engine.clients.listClients(all)).clients.map(({ clientId }) => clientId);
}

async function workbenchId(engine: Engine): Promise<string> {
  const { clients } = await engine.clients.listClients(all);
  return clients.find(({ isWorkbench }) => isWorkbench)?.clientId ?? '';
}

function subscriptionsOf(engine: Engine, clientId = ''): [string, number][] {
  const [detail] = engine.clients.clientDetails({ clientIds: [clientId] });
  return (detail?.session?.subscriptions ?? []).map(({ topicFilter, qos }) => [topicFilter, qos]);
}

// ── The broker ──

test('a broker starts on a free port, says so, and stops', async (t) => {
  const { engine, start } = startEngine(t);
  const states: string[] = [];
  engine.onEvent(({ event, payload }) => {
    if (event === 'brokerState') states.push(payload.kind);
  });
  const port = await start();
  assert.ok(port > 0);
  const again = await engine.startBroker({ host: '127.0.0.1', port: 0, limits });
  assert.equal(again.kind === 'alreadyRunning' && portOf(again.broker), port);
  await engine.stopBroker({ keepState: false });
  assert.deepEqual(states, ['starting', 'running', 'stopping', 'stopped']);
  assert.equal(engine.brokerState.kind, 'stopped');
});

test('a port that is taken is named, with one that is free', async (t) => {
  const { engine } = startEngine(t);
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.after(() => other.close());
  const address = other.address();
  assert.ok(typeof address === 'object' && address !== null);
  const result = await engine.startBroker({ host: '127.0.0.1', port: address.port, limits });
  assert.ok(result.kind === 'portInUse', result.kind);
  assert.equal(result.port, address.port);
  assert.ok(result.instead !== undefined);
  const { freePort, configuredPort } = result.instead;
  assert.deepEqual([freePort === address.port, configuredPort], [false, address.port]);
  if (result.owner !== undefined) assert.equal(result.owner.pid, process.pid);
  const choices = { port: { use: freePort, insteadOf: configuredPort } };
  const second = await engine.startBroker({ host: '127.0.0.1', port: address.port, limits, choices });
  assert.equal(second.kind, 'started');
});

test('an address of another machine is not available', async (t) => {
  const { engine } = startEngine(t);
  const result = await engine.startBroker({ host: '192.0.2.1', port: 0, limits });
  assert.equal(result.kind, 'addressNotAvailable');
});

test('a stop disconnects the devices with 0x8B, server shutting down', async (t) => {
  const { engine, start, device } = startEngine(t);
  await start();
  const board = await device();
  const reasonCode = disconnected(board);
  await engine.stopBroker({ keepState: false });
  assert.equal(await reasonCode, 0x8b);
  assert.deepEqual(await clientIds(engine), []);
});

test('a broker that stops to go on keeps retained messages and sessions for the next one, and the model knows', async (t) => {
  const { engine, start, device } = startEngine(t);
  const port = await start();
  const session = { clientId: 'board', clean: false, properties: { sessionExpiryInterval: 3600 } };
  const before = await device(session);
  await before.subscribeAsync('cmd/#', { qos: 1 });
  await before.publishAsync('status', 'online', { qos: 1, retain: true });
  await engine.stopBroker({ keepState: true });
  assert.deepEqual(engine.topics.findTopics({ text: '', limit: 10, retainedOnly: true }), []);

  await start({ port, choices: { credentials: { username: 'me', password: 'secret' } } });
  assert.deepEqual(engine.topics.findTopics({ text: '', limit: 10, retainedOnly: true }), ['status']);
  const after = await device({ ...session, username: 'me', password: 'secret' });
  assert.deepEqual(subscriptionsOf(engine, (await clientIds(engine))[0]), [['cmd/#', 1]]);
  const command = received(after);
  await engine.publish({ topic: 'cmd/led', payload: bytes('on'), qos: 1, retain: false });
  assert.equal((await command).payload, 'on');
  const retained = received(after);
  await after.subscribeAsync('status');
  assert.equal((await retained).payload, 'online');
});

test('what is kept waits for a start that succeeds, and a stop for good forgets it', async (t) => {
  const { engine, start, device } = startEngine(t);
  await start();
  const board = await device();
  await board.publishAsync('status', 'online', { qos: 1, retain: true });
  await engine.stopBroker({ keepState: true });
  const refused = await engine.startBroker({ host: '192.0.2.1', port: 0, limits });
  assert.equal(refused.kind, 'addressNotAvailable');
  await start();
  assert.deepEqual(engine.topics.findTopics({ text: '', limit: 10, retainedOnly: true }), ['status']);
  await engine.stopBroker({ keepState: true });
  await engine.stopBroker({ keepState: false });
  await start();
  assert.deepEqual(engine.topics.findTopics({ text: '', limit: 10, retainedOnly: true }), []);
});

test('the broker says which version of the extension it is', async (t) => {
  const { start, device } = startEngine(t);
  await start();
  const board = await device();
  const told = received(board);
  await board.subscribeAsync('$SYS/broker/version');
  assert.equal((await told).payload, 'MQTT Workbench version 1.2.3');
});

test('with credentials only who knows them gets in, the workbench among them', async (t) => {
  const { engine, start, device } = startEngine(t);
  await start({ choices: { credentials: { username: 'board', password: 'secret' } } });
  await assert.rejects(device(), /Not authorized|Bad User Name or Password|Bad username/i);
  const board = await device({ username: 'board', password: 'secret' });
  const arrived = received(board);
  await board.subscribeAsync('a');
  const result = await engine.publish({ topic: 'a', payload: bytes('x'), qos: 1, retain: false });
  assert.deepEqual(result, { kind: 'published', noSubscribers: false });
  assert.equal((await arrived).payload, 'x');
});

test('connected clients are listed with what they subscribed to; the workbench is told apart', async (t) => {
  const { engine, start, device, next } = startEngine(t);
  await start();
  const changed = next('clientsChanged');
  const board = await device({ clientId: 'board', keepalive: 33, username: 'me' });
  await board.subscribeAsync('cmd/#', { qos: 1 });
  await changed;
  const [info] = (await engine.clients.listClients(all)).clients;
  assert.ok(info);
  const { remoteAddress = '', connectedAtMs = 0, ...rest } = info;
  assert.match(remoteAddress, /^127\.0\.0\.1:\d+$/);
  assert.ok(connectedAtMs > 0);
  assert.deepEqual(rest, {
    clientId: 'board',
    isWorkbench: false,
    state: 'connected',
    protocolVersion: 5,
    transportKind: 'mqtt',
    username: 'me',
    warnings: 0,
  });
  assert.deepEqual(subscriptionsOf(engine, 'board'), [['cmd/#', 1]]);
  await engine.subscribe({ topicFilter: '#', qos: 0 });
  assert.match(await workbenchId(engine), /^mqtt-workbench-/);
});

test('the log tells who connected', async (t) => {
  const { start, device, next } = startEngine(t);
  await start();
  const logged = next('log', (entries) => entries.some((entry) => entry.message.includes('"the-board"')));
  await device({ clientId: 'the-board' });
  await logged;
});

test('a packet that breaks the standard is logged with client, byte and clause, and nobody else notices', async (t) => {
  const { start, device, next } = startEngine(t);
  const port = await start();
  const board = await device({ clientId: 'good' });
  const logged = next('log', (entries) => entries.some((entry) => entry.level === 'error'));
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  // A CONNECT whose fixed header has a reserved flag set.
  socket.write(Uint8Array.of(0x11, 0x00));
  await once(socket, 'close');
  const line = (await logged).find((entry) => entry.level === 'error');
  assert.match(line?.message ?? '', /CONNECT, byte 0: .*\[MQTT-\d/);
  await board.publishAsync('still/here', 'x', { qos: 1 });
});

test('counters count from the start of the broker', async (t) => {
  const { engine, start, device, next } = startEngine(t);
  await start();
  const board = await device();
  await board.subscribeAsync('a', { qos: 1 });
  const counted = next('counters', ({ messagesDelivered }) => messagesDelivered === 2);
  await board.publishAsync('a', 'one', { qos: 1 });
  await board.publishAsync('a', 'two', { qos: 1 });
  const { messagesReceived, messagesDropped, payloadBytesReceived } = await counted;
  assert.deepEqual([messagesReceived, messagesDropped, payloadBytesReceived], [2, 0, 6]);
  await engine.stopBroker({ keepState: false });
  const reset = next('counters', ({ messagesReceived }) => messagesReceived === 0);
  await start();
  await reset;
});

test('a limit that is reached is told with the counters', async (t) => {
  const { start, device, next } = startEngine(t);
  await start();
  const board = await device();
  const told = next('counters', ({ limitsReached }) => limitsReached.length > 0);
  const filters = Array.from({ length: 9 }, (_, i) => `${i}${'/'.repeat(65_530)}`);
  for (const filter of filters) await board.subscribeAsync(filter, { qos: 0 }).catch(() => undefined);
  const { limitsReached } = await told;
  assert.equal(limitsReached[0]?.limit, 'maxSubscriptionBytes');
});

test('a connection that ended before it spoke MQTT is told with the counters, and forgotten with its broker', async (t) => {
  const { engine, start, next } = startEngine(t);
  const ca = await createAuthority({ commonName: 'CA', keyKind: 'ec', lifetimeDays: 1, nowMs: Date.now() });
  const tls = { certificate: ca.certificate, key: ca.key, authority: ca.certificate };
  await start({ tls: { ...tls, port: 0, clientCertificate: 'none' } });
  const { brokerState } = engine;
  assert.ok(brokerState.kind === 'running' && brokerState.broker.ownTlsPort !== undefined);
  const told = next('counters', ({ refused }) => refused !== undefined);
  connect({ host: '127.0.0.1', port: brokerState.broker.ownTlsPort }).end('GET / HTTP/1.1');
  const { refused } = await told;
  assert.equal(refused?.times, 1);
  assert.match(refused?.last ?? '', /^127\.0\.0\.1:\d+: TLS handshake failed: .*\(tls-spoke-http\)$/);
  await engine.stopBroker({ keepState: false });
  const fresh = next('counters', ({ refused }) => refused === undefined);
  await start();
  await fresh;
});

test('so are those that speak something else to the port of MQTT, each', async (t) => {
  const { engine, start, next } = startEngine(t);
  const port = await start();
  for (const [n, [bytes, words]] of (
    [
      ['GET / HTTP/1.1\r\n\r\n', /^127\.0\.0\.1:\d+ is disconnected: .*HTTP/],
      ['\x16\x03\x01\x02\x00', /^127\.0\.0\.1:\d+ is disconnected: .*TLS handshake/],
    ] as const
  ).entries()) {
    const told = next('counters', ({ refused }) => refused?.times === n + 1);
    connect({ host: '127.0.0.1', port }).end(bytes, 'latin1');
    assert.match((await told).refused?.last ?? '', words);
  }
  assert.equal((await engine.clients.listClients({ limit: 10 })).known, 0);
});

// ── Topics and messages ──

test('the topics of a device appear in the tree, branch by branch as they are watched', async (t) => {
  const { engine, start, device, next } = startEngine(t);
  await start();
  const board = await device({ clientId: 'board' });
  engine.topics.watchTopics({ branches: [0] });
  const appeared = next('topicsChanged', ({ childrenChanged }) => childrenChanged.includes(0));
  await board.publishAsync('home/kitchen/temp', '21.5', { qos: 1, retain: true });
  await appeared;
  const top = await engine.topics.topicChildren({ parentId: 0, offset: 0, limit: 10 });
  assert.equal(top.total, 1);
  const home = top.nodes[0];
  assert.deepEqual(
    [home?.level, home?.childCount, home?.descendantTopicCount, home?.branchMessageCount, home?.last],
    ['home', 1, 1, 1, undefined],
  );
  const path = engine.topics.topicPath({ topic: 'home/kitchen/temp' });
  assert.deepEqual(
    path?.map((node) => [node.level, node.topic]),
    [
      ['home', 'home'],
      ['kitchen', 'home/kitchen'],
      ['temp', 'home/kitchen/temp'],
    ],
  );
  const temp = path?.[2];
  assert.equal(temp?.retained, true);
  assert.equal(temp?.last && text(temp.last.preview), '21.5');
  assert.equal(temp?.last?.publisher, 'board');

  engine.topics.watchTopics({ branches: [temp?.parentId ?? -1] });
  const changed = next('topicsChanged');
  await board.publishAsync('home/kitchen/temp', '22', { qos: 1 });
  const change = await changed;
  assert.deepEqual(
    change.changed.map((node) => [node.topic, node.messageCount]),
    [['home/kitchen/temp', 2]],
  );
  assert.deepEqual(change.childrenChanged, []);
  assert.equal(engine.topics.topicPath({ topic: 'nothing/heard' }), undefined);
  assert.deepEqual(engine.topics.findTopics({ text: 'KITCH', limit: 5 }), ['home/kitchen/temp']);
});

test('children come in pages', async (t) => {
  const { engine, start, device } = startEngine(t);
  await start();
  const board = await device();
  await Promise.all(Array.from({ length: 30 }, (_, n) => board.publishAsync(`t${n}`, 'x', { qos: 1 })));
  const page = await engine.topics.topicChildren({ parentId: 0, offset: 10, limit: 5 });
  assert.equal(page.total, 30);
  assert.deepEqual(
    page.nodes.map((node) => node.level),
    ['t10', 't11', 't12', 't13', 't14'],
  );
  assert.deepEqual((await engine.topics.topicChildren({ parentId: 0, offset: 30, limit: 5 })).nodes, []);
  assert.deepEqual(await engine.topics.topicChildren({ parentId: 12_345, offset: 0, limit: 5 }), {
    parentId: 12_345,
    nodes: [],
    total: 0,
  });
});

test('a view of a topic tells what is held and what comes, and each message can be read whole', async (t) => {
  const { engine, start, device, next } = startEngine(t);
  await start();
  const board = await device({ clientId: 'board' });
  await board.publishAsync('a', 'before', { qos: 1 });
  const query = { source: { kind: 'broker' }, topicFilter: 'a' } as const;
  const { viewId } = engine.messages.openMessages({ query });
  await next('messagesChanged', (view) => view.viewId === viewId && view.end === 1);
  const told = next('messagesChanged');
  await board.publishAsync('a', 'after', {
    qos: 1,
    properties: {
      contentType: 'text/plain',
      correlationData: Buffer.from([1, 2]),
      responseTopic: 'answers',
      payloadFormatIndicator: true,
      userProperties: { unit: 'C' },
    },
  });
  const { first, end, progress, history } = await told;
  assert.deepEqual([first, end, progress, history.heldMessages, history.droppedMessages], [0, 2, 1, 2, 0]);
  const { from, rows } = engine.messages.messageRows({ viewId, from: 0, count: 10 });
  assert.equal(from, 0);
  assert.deepEqual(
    rows.map((row) => text(row.preview)),
    ['before', 'after'],
  );
  const id = rows[1]?.id ?? -1;
  assert.equal(engine.messages.messagePlace({ viewId, at: { id } }), 1);
  assert.equal(engine.messages.messagePlace({ viewId, at: { receivedAtMs: 0 } }), 0);
  const detail = engine.messages.message({ id, maxPayloadBytes: 1000 });
  assert.equal(detail?.publisher, 'board');
  assert.deepEqual(detail?.properties, {
    contentType: 'text/plain',
    correlationData: new Uint8Array([1, 2]),
    responseTopic: 'answers',
    payloadFormatIndicator: 1,
    userProperties: [['unit', 'C']],
  });
  assert.deepEqual([detail && text(detail.payload), detail?.truncated], ['after', false]);
  const start2 = engine.messages.message({ id, maxPayloadBytes: 2 });
  assert.deepEqual([start2 && text(start2.payload), start2?.truncated], ['af', true]);
  assert.equal(engine.messages.message({ id: 999_999, maxPayloadBytes: 1 }), undefined);
  const part = engine.messages.payloadPart({ id, offset: 2, length: 2 });
  assert.equal(part && text(part), 'te');
  engine.messages.closeMessages({ viewId });
  assert.deepEqual(engine.messages.messageRows({ viewId, from: 0, count: 10 }).rows, []);
  assert.equal(engine.messages.messagePlace({ viewId, at: { id } }), undefined);
});

test('a message has the DUP, the packet identifier and the topic alias of its publisher’s packet', async (t) => {
  const { engine, start } = startEngine(t);
  const board = await RawClient.overTcp(await start(), 5);
  await board.connect({ clientId: 'board' });
  const known = () => {
    const id = engine.topics.topicPath({ topic: 'led' })?.[0]?.last?.id ?? -1;
    const detail = engine.messages.message({ id, maxPayloadBytes: 10 });
    return [detail?.qos, detail?.retain, detail?.packet, detail?.topicAlias, detail?.properties];
  };
  const aliased = { properties: { topicAlias: 3 } };
  await board.publish('led', 'on', { qos: 1, packetId: 65_535, dup: true, retain: true, ...aliased });
  assert.deepEqual(known(), [1, true, { packetId: 65_535, dup: true }, 3, undefined]);
  await board.publish('', 'off', { qos: 2, packetId: 1, ...aliased });
  assert.deepEqual(known(), [2, false, { packetId: 1, dup: false }, 3, undefined]);
  board.sendPublish('led', 'blink');
  await board.ping();
  assert.deepEqual(known(), [0, false, undefined, undefined, undefined]);
});

test('a payload of 10 MB is shown by its first bytes, and read in part or whole', async (t) => {
  const { engine, start, device } = startEngine(t);
  await start();
  const board = await device();
  await board.publishAsync('firmware', Buffer.alloc(10_000_000, 7), { qos: 1 });
  const last = engine.topics.topicPath({ topic: 'firmware' })?.[0]?.last;
  assert.equal(last?.payloadBytes, 10_000_000);
  assert.equal(last?.preview.buffer.byteLength, 256);
  const id = last?.id ?? -1;
  const part = engine.messages.message({ id, maxPayloadBytes: 65_536 });
  assert.deepEqual([part?.payload.length, part?.truncated], [65_536, true]);
  const whole = engine.messages.message({ id, maxPayloadBytes: 20_000_000 });
  assert.deepEqual(
    [whole?.payload.length, whole?.truncated, whole?.onlyPreviewKept],
    [10_000_000, false, undefined],
  );
});

test('a payload larger than the whole history is kept as its first bytes, and says so', async (t) => {
  const { engine, start, device } = startEngine(t);
  await start();
  engine.setLimits({ ...limits, historyBytes: 100_000 });
  const board = await device();
  await board.publishAsync('firmware', Buffer.alloc(200_000, 7), { qos: 1 });
  const id = engine.topics.topicPath({ topic: 'firmware' })?.[0]?.last?.id ?? -1;
  const detail = engine.messages.message({ id, maxPayloadBytes: 1_000_000 });
  assert.deepEqual(
    [detail?.payloadBytes, detail?.payload.length, detail?.truncated, detail?.onlyPreviewKept],
    [200_000, 256, true, true],
  );
});

test('topics of 65,535 bytes are shown and found, at most 100 levels deep', async (t) => {
  const { engine, start, device } = startEngine(t);
  await start();
  const board = await device();
  const levels = Array.from({ length: 32_768 }, () => 'a').join('/');
  await board.publishAsync(levels, 'deep', { qos: 1 });
  const path = engine.topics.topicPath({ topic: levels });
  assert.equal(path?.length, 100);
  assert.equal(path?.at(-1)?.topic, levels);
  assert.equal(path?.at(-1)?.messageCount, 1);

  const long = (n: number) => `${n}`.padEnd(65_535, 'x');
  await Promise.all(Array.from({ length: 20 }, (_, n) => board.publishAsync(long(n), 'x', { qos: 1 })));
  const page = await engine.topics.topicChildren({ parentId: 0, offset: 0, limit: 1000 });
  assert.deepEqual([page.total, page.nodes.length], [21, 21]);
  assert.deepEqual(engine.topics.findTopics({ text: long(7), limit: 5 }), [long(7)]);
});

test('a cleared tree is empty and fills again; what is retained stays known', async (t) => {
  const { engine, start, device, next } = startEngine(t);
  await start();
  const board = await device();
  await board.publishAsync('kept', 'x', { qos: 1, retain: true });
  const query = { source: { kind: 'broker' }, topicFilter: 'kept' } as const;
  const { viewId } = engine.messages.openMessages({ query });
  await next('messagesChanged', (view) => view.viewId === viewId && view.end === 1);
  const told = next('messagesChanged');
  engine.topics.clearTopics();
  const { generation, first, end } = await told;
  assert.deepEqual({ generation, first, end }, { generation: 1, first: 0, end: 0 });
  assert.equal((await engine.topics.topicChildren({ parentId: 0, offset: 0, limit: 10 })).total, 0);
  assert.deepEqual(engine.topics.findTopics({ text: '', limit: 10, retainedOnly: true }), ['kept']);
  await board.publishAsync('kept', 'y', { qos: 1 });
  assert.equal(engine.topics.topicPath({ topic: 'kept' })?.[0]?.retained, true);
});

// ── Publish and subscribe ──

test('without a broker nothing is published or subscribed, and it is said so', async (t) => {
  const { engine } = startEngine(t);
  const payload = new Uint8Array();
  assert.deepEqual(await engine.publish({ topic: 'a', payload, qos: 0, retain: false }), {
    kind: 'brokerNotRunning',
  });
  assert.deepEqual(await engine.subscribe({ topicFilter: 'a', qos: 0 }), { kind: 'brokerNotRunning' });
  assert.deepEqual(await engine.retained.clearRetained({ topicFilter: 'a' }), { kind: 'brokerNotRunning' });
  assert.deepEqual(await engine.unsubscribe({ topicFilter: 'a' }), { kind: 'notSubscribed' });
});

test('what is published reaches the device, with its properties', async (t) => {
  const { engine, start, device } = startEngine(t);
  await start();
  const board = await device();
  await board.subscribeAsync('cmd/#', { qos: 1 });
  const arrived = received(board);
  const result = await engine.publish({
    topic: 'cmd/led',
    payload: bytes('on'),
    qos: 1,
    retain: false,
    properties: {
      contentType: 'text/plain',
      userProperties: [
        ['a', '1'],
        ['b', '2'],
      ],
    },
  });
  assert.deepEqual(result, { kind: 'published', noSubscribers: false });
  const { payload, packet } = await arrived;
  assert.deepEqual([packet.topic, payload], ['cmd/led', 'on']);
  assert.equal(packet.properties?.contentType, 'text/plain');
  const nobody = await engine.publish({ topic: 'nobody', payload: bytes('x'), qos: 1, retain: false });
  assert.deepEqual(nobody, { kind: 'published', noSubscribers: true });
});

test('a topic with a wildcard and a filter that is none are refused, in words [MQTT-4.7.0-1]', async (t) => {
  const { engine, start } = startEngine(t);
  await start();
  const payload = new Uint8Array();
  const published = await engine.publish({ topic: 'a/#', payload, qos: 0, retain: false });
  assert.equal(published.kind, 'invalidTopic');
  const subscribed = await engine.subscribe({ topicFilter: 'a/#/b', qos: 0 });
  assert.equal(subscribed.kind, 'invalidFilter');
});

test('a subscription shows what it was delivered, counts it, and ends', async (t) => {
  const { engine, start, device, next } = startEngine(t);
  await start();
  const board = await device();
  const result = await engine.subscribe({ topicFilter: 'a/+', qos: 1 });
  assert.deepEqual(result, {
    kind: 'subscribed',
    subscription: { topicFilter: 'a/+', qos: 1, messageCount: 0 },
  });
  const query = { source: { kind: 'subscription', topicFilter: 'a/+' } } as const;
  const { viewId } = engine.messages.openMessages({ query });
  const told = next('messagesChanged', (view) => view.viewId === viewId && view.end === 1);
  const counted = next('subscriptionsChanged', ([subscription]) => subscription?.messageCount === 1);
  await board.publishAsync('a/b', 'x', { qos: 2 });
  await board.publishAsync('other', 'x', { qos: 1 });
  await told;
  const { rows } = engine.messages.messageRows({ viewId, from: 0, count: 10 });
  assert.deepEqual(
    rows.map(({ topic, qos, preview }) => [topic, qos, text(preview)]),
    [['a/b', 1, 'x']],
  );
  const delivered = engine.messages.message({ id: rows[0]?.id ?? -1, maxPayloadBytes: 1 });
  assert.ok(
    delivered !== undefined && delivered.packet === undefined,
    'what its delivery had is not its publisher’s',
  );
  await counted;
  assert.deepEqual(engine.listSubscriptions(), [{ topicFilter: 'a/+', qos: 1, messageCount: 1 }]);
  engine.messages.closeMessages({ viewId });
  assert.deepEqual(await engine.unsubscribe({ topicFilter: 'a/+' }), { kind: 'unsubscribed' });
  assert.deepEqual(await engine.unsubscribe({ topicFilter: 'a/+' }), { kind: 'notSubscribed' });
  assert.deepEqual(engine.listSubscriptions(), []);
  assert.deepEqual(subscriptionsOf(engine, await workbenchId(engine)), []);
});

test('after a restart the subscriptions stand again when the start answers', async (t) => {
  const { engine, start, device, next } = startEngine(t);
  await start();
  await engine.subscribe({ topicFilter: 'a/#', qos: 1 });
  await engine.subscribe({ topicFilter: 'b', qos: 2 });
  await engine.stopBroker({ keepState: false });
  assert.equal(engine.listSubscriptions().length, 2);
  await engine.unsubscribe({ topicFilter: 'b' });
  await start();
  assert.deepEqual(subscriptionsOf(engine, await workbenchId(engine)), [['a/#', 1]]);
  const counted = next('subscriptionsChanged', ([subscription]) => subscription?.messageCount === 1);
  const board = await device();
  await board.publishAsync('a/x', 'after the restart', { qos: 1 });
  await counted;
});

test('the workbench that another client throws out says so, and comes back when it is needed', async (t) => {
  const { engine, start, device, next } = startEngine(t);
  await start();
  await engine.subscribe({ topicFilter: 'a', qos: 1 });
  const own = await workbenchId(engine);
  const logged = next('log', (entries) => entries.some(({ message }) => message.includes("workbench's own")));
  await device({ clientId: own });
  await logged;
  const counted = next('subscriptionsChanged', ([subscription]) => subscription?.messageCount === 1);
  const result = await engine.publish({ topic: 'a', payload: bytes('x'), qos: 1, retain: false });
  assert.deepEqual(result, { kind: 'published', noSubscribers: false });
  await counted;
});

test('a retained message is marked, cleared, and gone with the broker', async (t) => {
  const { engine, start, device } = startEngine(t);
  await start();
  const isRetained = (topic: string) => engine.topics.topicPath({ topic })?.at(-1)?.retained;
  await engine.publish({ topic: 'a', payload: bytes('x'), qos: 1, retain: true });
  await engine.publish({ topic: 'b', payload: bytes('x'), qos: 1, retain: true });
  assert.deepEqual([isRetained('a'), isRetained('b')], [true, true]);
  const result = await engine.retained.clearRetained({ topicFilter: 'a' });
  assert.equal(result.kind, 'cleared');
  assert.equal(isRetained('a'), false);
  assert.deepEqual(engine.topics.findTopics({ text: '', limit: 10, retainedOnly: true }), ['b']);
  const board = await device();
  const arrived = received(board);
  await board.subscribeAsync('#');
  const { packet } = await arrived;
  assert.deepEqual([packet.topic, packet.retain], ['b', true]);
  await engine.stopBroker({ keepState: false });
  assert.equal(isRetained('b'), false);
  assert.deepEqual(engine.topics.findTopics({ text: '', limit: 10, retainedOnly: true }), []);
});

test('requests that come while the broker stops are answered, none waits for ever', async (t) => {
  const { engine, start } = startEngine(t);
  await start();
  await engine.subscribe({ topicFilter: 'a', qos: 0 });
  const stopping = engine.stopBroker({ keepState: false });
  const payload = new Uint8Array();
  const results = await Promise.all([
    engine.publish({ topic: 'a', payload, qos: 1, retain: false }),
    engine.subscribe({ topicFilter: 'b', qos: 1 }),
    engine.unsubscribe({ topicFilter: 'a' }),
    stopping,
  ]);
  assert.ok(['brokerNotRunning', 'failed', 'published'].includes(results[0].kind), results[0].kind);
  assert.equal(results[2].kind, 'unsubscribed');
});

test('an engine that was never asked to start holds no port and ends at once', async () => {
  const engine = new Engine({ version: '1.2.3', limits });
  assert.deepEqual(await clientIds(engine), []);
  assert.deepEqual((await engine.topics.topicChildren({ parentId: 0, offset: 0, limit: 10 })).nodes, []);
  await engine.dispose();
});
