/** A broker out of its configuration: what its listeners let in, in which order it opens, and what is said when it does not. */
import assert from 'node:assert/strict';
import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectSocket, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type {
  BrokerConfiguration,
  ListenerConfiguration,
  TlsConfiguration,
} from '../../../src/configuration/brokerConfiguration.ts';
import { type BrokerSurroundings, type OpenBroker, openBroker } from '../../../src/engine/openBroker.ts';
import { describeOpenBrokerFailure, type OpenBrokerFailure } from '../../../src/engine/openBrokerFailure.ts';
import { MemoryPersistence } from '../../../src/persistence/memoryPersistence.ts';
import {
  authority,
  deviceCertificate,
  socketPath,
  type TransportKindUnderTest,
  transportKinds,
} from '../../suites/transportPeers.ts';
import { RawClient } from '../../support/rawClient.ts';
import { tlsFixture } from '../../support/tlsFixtures.ts';

const folder = mkdtempSync(join(tmpdir(), 'mqtt-open-'));
after(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const salt = randomBytes(12);
const hash = pbkdf2Sync('secret', salt, 2, 64, 'sha512');
const users = write('users', `board:$7$2$${salt.toString('base64')}$${hash.toString('base64')}\n`);
const password = Buffer.from('secret');

const tcp: ListenerConfiguration = { kind: 'mqtt', host: '127.0.0.1', port: 0 };
const certificates: TlsConfiguration = {
  cert: tlsFixture('server.crt'),
  key: tlsFixture('server.key'),
  ca: tlsFixture('ca.crt'),
  clientCertificate: 'optional',
  commonNameAsUser: true,
  minTlsVersion: '1.2',
};
const secure: ListenerConfiguration = { kind: 'mqtts', host: '127.0.0.1', port: 0, tls: certificates };

async function mustOpen(
  t: TestContext,
  configuration: Partial<BrokerConfiguration>,
  surroundings?: BrokerSurroundings,
): Promise<OpenBroker> {
  const result = await openBroker({ listeners: [tcp], limits: {}, ...configuration }, surroundings);
  assert.ok(result.kind === 'opened', JSON.stringify(result));
  t.after(() => result.opened.stop());
  return result.opened;
}

async function failureOf(
  configuration: Partial<BrokerConfiguration>,
  surroundings?: BrokerSurroundings,
): Promise<OpenBrokerFailure> {
  const result = await openBroker({ listeners: [tcp], limits: {}, ...configuration }, surroundings);
  if (result.kind !== 'opened') return result;
  await result.opened.stop();
  assert.fail('the broker opened');
}

const portOf = (open: OpenBroker, index = 0): number => open.listeners[index]?.info.port ?? 0;

async function overTls(open: OpenBroker, options: ConnectionOptions, index = 0): Promise<RawClient> {
  const socket = connectTls({ port: portOf(open, index), host: '127.0.0.1', ca: authority, ...options });
  await once(socket, 'secureConnect');
  return RawClient.overStream(socket, 5);
}

test("a certificate's common name is the user, without a password, and access rules see it", async (t) => {
  const acl = write('acl', 'pattern readwrite devices/%u/#\nuser test-device\ntopic read all\n');
  const open = await mustOpen(t, { listeners: [secure], users, acl });
  const device = await overTls(open, deviceCertificate);
  await device.connect({ clientId: 'device', username: 'somebody-else' });
  await device.subscribe('devices/#');
  device.sendPublish('devices/test-device/state', 'mine');
  assert.equal((await device.expectMessage()).topic, 'devices/test-device/state');
  device.sendPublish('devices/somebody-else/state', 'not mine', { qos: 1 });
  assert.equal((await device.expect('puback')).reasonCode, 0x87);
  assert.deepEqual(
    [...open.broker.sessions()].map(({ username }) => username),
    ['test-device'],
  );
});

test('who has no certificate where it is optional is asked for a password, as everyone', async (t) => {
  const open = await mustOpen(t, { listeners: [secure], users });
  const nobody = await overTls(open, {});
  nobody.sendConnect();
  assert.equal((await nobody.expect('connack')).reasonCode, 0x87);
  const liar = await overTls(open, {});
  liar.sendConnect({ username: 'test-device', password: Buffer.from('guess') });
  assert.equal((await liar.expect('connack')).reasonCode, 0x86);
  const board = await overTls(open, {});
  await board.connect({ username: 'board', password });
});

test('whether clients without a user name are let in is up to each listener', async (t) => {
  const open = await mustOpen(t, {
    listeners: [tcp, { ...tcp, anonymous: true }, { ...tcp, anonymous: false }],
    users,
  });
  for (const [index, reasonCode] of [
    [0, 0x87],
    [1, 0],
    [2, 0x87],
  ] as const) {
    const client = await RawClient.overTcp(portOf(open, index), 5);
    client.sendConnect({ clientId: `anonymous-${index}` });
    assert.equal((await client.expect('connack')).reasonCode, reasonCode);
    // A name that is given must be right, wherever.
    const guest = await RawClient.overTcp(portOf(open, index), 5);
    guest.sendConnect({ clientId: `guest-${index}`, username: 'board', password: Buffer.from('guess') });
    assert.equal((await guest.expect('connack')).reasonCode, 0x86);
    const board = await RawClient.overTcp(portOf(open, index), 5);
    await board.connect({ clientId: `board-${index}`, username: 'board', password });
  }
});

test('one connection more than a listener takes is told so in its CONNACK, and others have room', async (t) => {
  const open = await mustOpen(t, { listeners: [{ ...tcp, maxConnections: 1 }, tcp] });
  const first = await RawClient.overTcp(portOf(open), 4);
  await first.connect({ clientId: 'first' });
  for (const [protocolVersion, returnCode] of [
    [4, 3],
    [5, 0x89],
  ] as const) {
    const surplus = await RawClient.overTcp(portOf(open), protocolVersion);
    surplus.sendConnect({ clientId: 'surplus' });
    // CONNACK, remaining length, no session, and why
    assert.equal((await surplus.nextBytes())[3], returnCode);
    await surplus.expectClosed();
  }
  assert.equal(open.broker.counters.connectionsRefused, 2);
  const other = await RawClient.overTcp(portOf(open, 1), 4);
  await other.connect({ clientId: 'other' });
});

test('limits of the configuration are those of the broker, and what is not said is as ever', async (t) => {
  const { broker } = await mustOpen(t, { limits: { maxInflight: 7 } });
  assert.equal(broker.limits.maxInflight, 7);
  assert.equal(broker.limits.receiveMaximum, 65_535);
});

test('credentials from a safe place are asked for, and access rules hold beside them', async (t) => {
  const acl = write('acl-secret', 'user dev\ntopic read only\n');
  const credentials = { username: 'dev', password: 'safe' };
  const open = await mustOpen(t, { acl }, { credentials });
  const stranger = await RawClient.overTcp(portOf(open), 5);
  stranger.sendConnect();
  assert.equal((await stranger.expect('connack')).reasonCode, 0x87);
  const dev = await RawClient.overTcp(portOf(open), 5);
  await dev.connect({ username: 'dev', password: Buffer.from('safe') });
  dev.sendPublish('only', 'x', { qos: 1 });
  assert.equal((await dev.expect('puback')).reasonCode, 0x87);
  const both = await failureOf({ users }, { credentials });
  assert.equal(both.setting, 'users');
});

test('a stop closes the listeners, then tells every client, then closes the store', async () => {
  const store = new MemoryPersistence();
  let whenClosed: number | undefined;
  const close = store.close.bind(store);
  store.close = () => {
    whenClosed = result.kind === 'opened' ? result.opened.broker.counters.connections : undefined;
    close();
  };
  const result = await openBroker({ listeners: [tcp], limits: {} }, { persistence: store });
  assert.ok(result.kind === 'opened');
  const { opened } = result;
  const client = await RawClient.overTcp(portOf(opened), 5);
  await client.connect();
  const stopped = opened.stop();
  await client.expectDisconnected(0x8b);
  await stopped;
  assert.equal(whenClosed, 0);
  const late = connectSocket(portOf(opened), '127.0.0.1');
  const [error] = (await once(late, 'error')) as [NodeJS.ErrnoException];
  assert.equal(error.code, 'ECONNREFUSED');
});

test('the folder of the configuration becomes the store, and what there is to say of it is passed on', async (t) => {
  const asked: string[] = [];
  const open = await mustOpen(
    t,
    { persist: '/data' },
    {
      openPersistence: (path) => {
        asked.push(path);
        return {
          kind: 'opened',
          persistence: new MemoryPersistence(),
          notice: 'A broken file was put aside.',
        };
      },
    },
  );
  assert.deepEqual(asked, ['/data']);
  assert.deepEqual(open.notices, ['A broken file was put aside.']);
});

for (const [what, configuration, surroundings, failure, sentence] of [
  [
    'a folder that cannot be opened',
    { persist: '/data' },
    { openPersistence: () => ({ kind: 'failed', message: 'the disk is full' }) },
    { kind: 'failed', setting: 'persist', message: 'the disk is full' },
    'NAME: the disk is full',
  ],
  [
    'a file of users that is not there',
    { users: '/nowhere/users' },
    {},
    { kind: 'failed', setting: 'users', value: '/nowhere/users', message: 'there is no such file' },
    'NAME /nowhere/users: there is no such file',
  ],
  [
    'a line of access rules that is wrong',
    { acl: write('wrong-acl', 'topic read a\ntropic b\n') },
    {},
    {
      kind: 'failed',
      setting: 'acl',
      value: `${join(folder, 'wrong-acl')}:2`,
      message: 'a line starts with "topic", "pattern", "user" or "#", not with "tropic"',
    },
    undefined,
  ],
  [
    'a certificate that is not there, of a listener of a list',
    { listeners: [tcp, { ...secure, place: 'listeners[1]', tls: { ...certificates, ca: '/no.crt' } }] },
    {},
    { kind: 'failed', setting: 'listeners[1].ca', value: '/no.crt', message: 'there is no such file' },
    undefined,
  ],
  [
    'a listener that nobody could come in by',
    { listeners: [{ ...tcp, place: 'listeners[0]', anonymous: false }] },
    {},
    {
      kind: 'failed',
      setting: 'listeners[0].anonymous',
      message: 'there are no users, so that nobody could come in: name a file of users too',
    },
    undefined,
  ],
  [
    'a limit out of its range',
    { limits: { maxInflight: 0 } },
    {},
    {
      kind: 'failed',
      setting: 'limits',
      message: 'maxInflight is 0, must be a whole number from 1 to 65535',
    },
    undefined,
  ],
  [
    'an address of another machine',
    { listeners: [{ ...tcp, host: '192.0.2.1' }] }, // for documentation: nobody has it
    {},
    { kind: 'addressNotAvailable', setting: 'host', host: '192.0.2.1', port: 0 },
    'NAME 192.0.2.1: this machine has no such address',
  ],
  [
    'a socket in a folder that is not there',
    { listeners: [{ kind: 'unix', path: '/nowhere/mqtt.sock' }] },
    {},
    {
      kind: 'failed',
      setting: 'unix',
      value: '/nowhere/mqtt.sock',
      message: 'there is no such folder to put the socket in',
    },
    undefined,
  ],
] satisfies [
  string,
  Partial<BrokerConfiguration>,
  BrokerSurroundings,
  OpenBrokerFailure,
  string | undefined,
][]) {
  test(`${what} is told with the setting to blame`, async () => {
    const actual = await failureOf(configuration, surroundings);
    assert.deepEqual(actual, failure);
    if (sentence !== undefined) assert.equal(describeOpenBrokerFailure(actual, 'NAME'), sentence);
  });
}

test('where only certificates with a name come in, anonymous may be refused without any file of users', async (t) => {
  const required: ListenerConfiguration = {
    ...secure,
    anonymous: false,
    tls: { ...certificates, clientCertificate: 'required' },
  };
  const open = await mustOpen(t, { listeners: [required] });
  const device = await overTls(open, deviceCertificate);
  await device.connect();
});

test('a port in use is told with a free one, and what was open by then is closed', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  t.after(() => taken.close());
  const { port } = taken.address() as { port: number }; // listening: it has an address
  const store = new MemoryPersistence();
  let isClosed = false;
  store.close = () => {
    isClosed = true;
  };
  const path = socketPath();
  const listeners: ListenerConfiguration[] = [
    { kind: 'unix', path },
    { kind: 'ws', host: '127.0.0.1', port, place: 'listeners[1]' },
  ];
  const failure = await failureOf({ listeners }, { persistence: store });
  assert.ok(failure.kind === 'portInUse');
  assert.deepEqual([failure.setting, failure.host, failure.port], ['listeners[1].port', '127.0.0.1', port]);
  assert.notEqual(failure.freePort, port);
  assert.ok(isClosed);
  // Its path is free again.
  await mustOpen(t, { listeners: [{ kind: 'unix', path }] });
  const again = await failureOf({ listeners: [{ kind: 'unix', path }] });
  assert.equal(
    describeOpenBrokerFailure(again, '--unix'),
    `--unix ${path}: another listener is at this path; stop it, or use another path`,
  );
});

for (const kind of transportKinds()) {
  test(`a configuration opens a listener for MQTT over ${kind.name}`, async (t) => {
    const open = await mustOpen(t, { listeners: [listenerOf(kind)] });
    const [listener] = open.listeners;
    assert.ok(listener);
    const client = RawClient.overStream(await kind.connectStream(listener.info), 5);
    await client.connect();
    await client.ping();
    await client.disconnect();
    const { internalErrors } = open.broker.counters;
    assert.equal(internalErrors, 0);
  });
}

function listenerOf({ options }: TransportKindUnderTest): ListenerConfiguration {
  switch (options.kind) {
    case 'unix':
      return { kind: 'unix', path: options.path };
    case 'mqtt':
    case 'ws':
      return { kind: options.kind, host: options.host, port: 0 };
    case 'mqtts':
    case 'wss': {
      const tls = { ...certificates, clientCertificate: 'none', commonNameAsUser: false } as const;
      return { kind: options.kind, host: options.host, port: 0, tls };
    }
  }
}
