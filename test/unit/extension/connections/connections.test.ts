import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Emitter } from '../../../../src/base/event.ts';
import type { RemoteBroker, RemoteBrokerParams } from '../../../../src/contracts/remoteBrokers.ts';
import { Connections } from '../../../../src/extension/connections/connections.ts';
import type { ConnectionProfile } from '../../../../src/extension/connections/profiles.ts';
import { EngineClient } from '../../../../src/extension/engineClient.ts';
import { FakeEngineThread } from '../fakeEngineThread.ts';

const gateway: ConnectionProfile = {
  name: 'Gateway',
  scope: 'user',
  isTrusted: true,
  url: 'wss://gateway/mqtt?token={secret}',
  username: 'dev',
  clientId: 'desk-{user}-{random}',
  protocolVersion: 4,
  cleanStart: true,
  keepAliveSeconds: 30,
  headers: { Authorization: 'Bearer {secret}' },
  connectProperties: { userProperties: [['token', '{secret}']] },
  tls: { caFile: '/ca.pem' },
  proxy: { url: 'http://proxy', username: 'desk' },
  subscriptions: [{ topicFilter: '#', qos: 0 }],
  icon: 'server',
  readOnly: false,
  confirmPublish: false,
  whileOffline: 'refuse',
  connectOnStart: false,
};

const broker: RemoteBroker = {
  connection: 3,
  rootId: 3 * 2 ** 40,
  profileId: 'Gateway',
  name: 'Gateway',
  state: { kind: 'connected', sinceMs: 5 },
  protocolVersion: 4,
  messageCount: 0,
  messagesPerSecond: 0,
  subscriptions: [],
};

function setUp() {
  let thread: FakeEngineThread | undefined;
  const engine = new EngineClient((handlers) => {
    thread = new FakeEngineThread(handlers);
    return thread;
  });
  const profiles = [gateway];
  const changed = new Emitter<void>();
  let digits = 0;
  const connections = new Connections({
    engine,
    profiles: () => profiles,
    onDidChangeProfiles: changed.event,
    userName: 'me',
    randomDigits: () => `${++digits}`,
  });
  const theThread = (): FakeEngineThread => {
    assert.ok(thread !== undefined);
    return thread;
  };
  return { connections, profiles, changed, thread: theThread };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a profile is off until it is connected, and says that it is being connected meanwhile', async () => {
  const { connections, thread } = setUp();
  assert.deepEqual(connections.named('Gateway')?.state, { kind: 'off' });
  const connecting = connections.connect(gateway, { password: 'x', requestSecret: 'y', proxyPassword: 'z' });
  assert.deepEqual(connections.named('Gateway')?.state, { kind: 'connecting' });
  const { method, params } = thread().last;
  assert.equal(method, 'connectBroker');
  assert.deepEqual(params, {
    profileId: 'Gateway',
    name: 'Gateway',
    url: 'wss://gateway/mqtt?token=y',
    clientId: 'desk-me-1',
    protocolVersion: 4,
    cleanStart: true,
    keepAliveSeconds: 30,
    username: 'dev',
    password: 'x',
    headers: { Authorization: 'Bearer y' },
    connectProperties: { userProperties: [['token', 'y']] },
    tls: { caFile: '/ca.pem' },
    proxy: { url: 'http://proxy', username: 'desk', password: 'z' },
    subscriptions: [{ topicFilter: '#', qos: 0 }],
    readOnly: false,
    whileOffline: 'refuse',
  } satisfies RemoteBrokerParams);
  thread().answer({ kind: 'connected', connection: 3, subscriptionProblems: [] });
  await turn();
  thread().answer([broker]);
  await connecting;
  assert.equal(connections.named('Gateway')?.state.kind, 'connected');
  assert.equal(connections.with(3)?.name, 'Gateway');
  assert.equal(connections.connected.length, 1);
});

test('what an untrusted workspace names is shown as that, and never gets to the engine', async () => {
  const { connections, profiles } = setUp();
  profiles[0] = { ...gateway, scope: 'workspace', isTrusted: false };
  assert.deepEqual(connections.named('Gateway')?.state, { kind: 'untrusted' });
  await assert.rejects(connections.connect(profiles[0], {}), /is of a workspace that is not trusted/);
  assert.deepEqual(connections.named('Gateway')?.state, { kind: 'untrusted' });
});

test('contents that are kept in place of files go to the engine; what is not there goes as nothing', () => {
  const { connections } = setUp();
  const tls = { certFile: '/me.crt', keptFiles: ['ca', 'key'] } as const;
  const params = connections.paramsOf({ ...gateway, tls }, { files: { key: 'KEY', pkcs12: 'of no use' } });
  assert.deepEqual(params.tls, { certFile: '/me.crt', contents: { ca: '', key: 'KEY' } });
});

test('a client id has the same random part as long as the window is open', async () => {
  const { connections, thread } = setUp();
  for (let i = 0; i < 2; i++) {
    const connecting = connections.connect(gateway, {});
    assert.equal((thread().last.params as RemoteBrokerParams).clientId, 'desk-me-1');
    thread().answer({ kind: 'retrying' });
    await connecting;
  }
});

test('why one came to nothing is kept until the next try', async () => {
  const { connections, thread } = setUp();
  const connecting = connections.connect(gateway, {});
  thread().answer({ kind: 'refused', reasonCode: 0x87, message: 'Not authorized' });
  await connecting;
  assert.deepEqual(connections.named('Gateway')?.state, { kind: 'off', message: 'Not authorized' });
  void connections.connect(gateway, {});
  assert.deepEqual(connections.named('Gateway')?.state, { kind: 'connecting' });
});

test('one that is left, or forgotten, is so at once: nobody waits for the event', async () => {
  const { connections, thread } = setUp();
  const connecting = connections.connect(gateway, {});
  thread().answer({ kind: 'connected', connection: 3, subscriptionProblems: [] });
  await turn();
  thread().answer([broker]);
  await connecting;
  const leaving = connections.disconnect('Gateway');
  assert.equal(thread().last.method, 'disconnectBroker');
  thread().answer(undefined);
  await turn();
  thread().answer([{ ...broker, state: { kind: 'disconnected' } }]);
  await leaving;
  assert.deepEqual([connections.named('Gateway')?.state.kind, connections.connected], ['disconnected', []]);
  const forgetting = connections.forget('Gateway');
  thread().answer(undefined);
  await turn();
  thread().answer([]);
  await forgetting;
  assert.deepEqual(connections.brokers, []);
});

test('one that was called off has not failed, and one that another took the place of says nothing', async () => {
  const { connections, thread } = setUp();
  const calledOff = { kind: 'failed', message: 'called off', fault: { stage: 'mqtt', code: 'ABORTED' } };
  const first = connections.connect(gateway, {});
  const { id } = thread().last;
  const second = connections.connect(gateway, {});
  thread().answerTo(id, { kind: 'refused', reasonCode: 0x87, message: 'Not authorized' });
  await first;
  assert.deepEqual(connections.named('Gateway')?.state, { kind: 'connecting' });
  thread().answer(calledOff);
  await second;
  assert.deepEqual(connections.named('Gateway')?.state, { kind: 'off' });
});

test('a broker whose profile is gone stays in sight, and nothing stays of an engine that died', async () => {
  const { connections, profiles, changed, thread } = setUp();
  let changes = 0;
  connections.onDidChange(() => changes++);
  const connecting = connections.connect(gateway, {});
  thread().event('remoteBrokersChanged', [broker]);
  thread().answer({ kind: 'retrying' });
  await connecting;
  profiles.length = 0;
  const before = changes;
  changed.fire();
  assert.equal(changes, before + 1);
  assert.deepEqual(
    connections.all.map(({ name, profile }) => [name, profile]),
    [['Gateway', undefined]],
  );
  thread().die(undefined);
  assert.deepEqual(connections.all, []);
});

test('a connected one that is renamed goes on with its client id, and is never without its profile', async () => {
  const { connections, profiles, changed, thread } = setUp();
  const hall = { ...gateway, name: 'Hall' };
  const before = connections.paramsOf(gateway, {}).clientId;
  const connecting = connections.connect(gateway, {});
  const never = async (): Promise<void> => assert.fail('written');
  assert.equal(await connections.rename('Gateway', 'Hall', never), 'connecting');
  thread().answer({ kind: 'connected', connection: 3, subscriptionProblems: [] });
  await turn();
  thread().answer([broker]);
  await connecting;
  const seen: string[][] = [];
  connections.onDidChange(() =>
    seen.push(connections.all.map(({ name, state, profile }) => `${name} ${state.kind} ${profile?.name}`)),
  );
  const answerRename = async (from: string, to: string): Promise<void> => {
    await turn();
    assert.deepEqual(thread().last.params, { profileId: from, name: to });
    thread().answer(true);
    await turn();
    thread().answer([{ ...broker, profileId: to, name: to }]);
    await turn();
  };
  // One that is not written is as it was.
  const failing = connections.rename('Gateway', 'Hall', async () => {
    throw new Error('read-only');
  });
  const failed = assert.rejects(failing, /read-only/);
  await answerRename('Gateway', 'Hall');
  await answerRename('Hall', 'Gateway');
  await failed;
  const renaming = connections.rename('Gateway', 'Hall', async () => {});
  await answerRename('Gateway', 'Hall');
  assert.equal(await renaming, 'renamed');
  // The settings may tell later.
  profiles.splice(0, 1, hall);
  changed.fire();
  assert.deepEqual(new Set(seen.map(String)), new Set(['Gateway connected Gateway', 'Hall connected Hall']));
  assert.equal(connections.with(3)?.profile, hall);
  assert.equal(connections.paramsOf(hall, {}).clientId, before);
  assert.equal(await connections.rename('Gateway', 'Hall', never), 'taken');
  // From then on it is as any.
  profiles.splice(0, 1);
  changed.fire();
  assert.deepEqual(seen.at(-1), ['Hall connected undefined']);
});
