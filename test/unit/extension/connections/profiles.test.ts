import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ConnectionProfile,
  clientIdOf,
  type FieldProblem,
  readProfiles,
  secretKeyOf,
} from '../../../../src/extension/connections/profiles.ts';

const surroundings = { isTrusted: true, folder: '/work/firmware', home: '/home/me' };

function only(entry: unknown): ConnectionProfile {
  const { profiles, faults } = readProfiles({ user: [entry], workspace: undefined }, surroundings);
  assert.deepEqual(faults, []);
  assert.equal(profiles.length, 1);
  return profiles[0]!; // one
}

/** Of one entry, its name and url being right unless told. */
function faultsOf(entry: object): [string, FieldProblem['kind']][] {
  const user = [{ name: 'Gateway', url: 'mqtts://gateway', ...entry }];
  const { profiles, faults } = readProfiles({ user, workspace: undefined }, surroundings);
  if (faults.length > 0) assert.deepEqual(profiles, []);
  return faults.map(({ field, problem }) => [field, problem.kind]);
}

test('name and address are enough', () => {
  assert.deepEqual(only({ name: 'Gateway', url: 'mqtt://192.0.2.7' }), {
    name: 'Gateway',
    scope: 'user',
    isTrusted: true,
    url: 'mqtt://192.0.2.7',
    clientId: 'mqtt-workbench-{random}',
    protocolVersion: 5,
    cleanStart: true,
    keepAliveSeconds: 30,
    tls: {},
    subscriptions: [],
    icon: 'server',
    readOnly: false,
    confirmPublish: false,
    whileOffline: 'refuse',
    connectOnStart: false,
  });
});

test('every field has its place', () => {
  const profile = only({
    name: 'Production',
    url: 'wss://broker.example/mqtt',
    username: 'me',
    clientId: 'desk-of-{user}',
    protocolVersion: '3.1.1',
    cleanStart: false,
    sessionExpirySeconds: 3_600,
    keepAliveSeconds: 0,
    receiveMaximum: 20,
    maximumPacketSize: 268_435_456,
    topicAliasMaximum: 0,
    requestResponseInformation: true,
    requestProblemInformation: false,
    userProperties: [
      { name: 'region', value: 'eu' },
      { name: 'region', value: '' },
    ],
    headers: { Authorization: 'Bearer {secret}' },
    subprotocol: 'mqttv3.1',
    will: {
      ...{ topic: 'desk/gone', payload: 'x', qos: 1, retain: true, delaySeconds: 5 },
      ...{ payloadFormatIndicator: 1, messageExpirySeconds: 60, contentType: 'text/plain' },
      ...{ responseTopic: 'desk/why', correlationData: '7', userProperties: [{ name: 'a', value: 'b' }] },
    },
    tls: {
      ca: 'certs/ca.pem',
      certificate: '~/me.pem',
      key: '/keys/me.key',
      alpn: ['mqtt'],
      serverName: 'broker',
      minimumVersion: '1.3',
      fingerprint: 'ab'.repeat(32),
    },
    proxy: { url: 'socks5://proxy.example:1080', username: 'desk' },
    subscriptions: [
      '#',
      { topicFilter: 'a/+', qos: 2 },
      {
        ...{ topicFilter: 'b', noLocal: true, retainAsPublished: true, retainHandling: 2 },
        subscriptionIdentifier: 7,
      },
    ],
    color: 'red',
    icon: 'flame',
    readOnly: true,
    confirmPublish: true,
    whileOffline: 'queue',
    connectOnStart: true,
  });
  assert.deepEqual(profile, {
    name: 'Production',
    scope: 'user',
    isTrusted: true,
    url: 'wss://broker.example/mqtt',
    username: 'me',
    clientId: 'desk-of-{user}',
    protocolVersion: 4,
    cleanStart: false,
    sessionExpiryIntervalSeconds: 3_600,
    keepAliveSeconds: 0,
    connectProperties: {
      receiveMaximum: 20,
      maximumPacketSize: 268_435_456,
      topicAliasMaximum: 0,
      requestResponseInformation: true,
      requestProblemInformation: false,
      userProperties: [
        ['region', 'eu'],
        ['region', ''],
      ],
    },
    headers: { Authorization: 'Bearer {secret}' },
    subprotocol: 'mqttv3.1',
    will: {
      ...{ topic: 'desk/gone', payload: 'x', qos: 1, retain: true, delayIntervalSeconds: 5 },
      ...{ payloadFormatIndicator: 1, messageExpiryIntervalSeconds: 60, contentType: 'text/plain' },
      ...{ responseTopic: 'desk/why', correlationData: '7', userProperties: [['a', 'b']] },
    },
    tls: {
      caFile: '/work/firmware/certs/ca.pem',
      certFile: '/home/me/me.pem',
      keyFile: '/keys/me.key',
      alpnProtocols: ['mqtt'],
      serverName: 'broker',
      minVersion: 'TLSv1.3',
      trustedFingerprint: 'ab'.repeat(32),
    },
    proxy: { url: 'socks5://proxy.example:1080', username: 'desk' },
    subscriptions: [
      { topicFilter: '#', qos: 0 },
      { topicFilter: 'a/+', qos: 2 },
      {
        ...{ topicFilter: 'b', qos: 0, noLocal: true, retainAsPublished: true, retainHandling: 2 },
        subscriptionIdentifier: 7,
      },
    ],
    color: 'red',
    icon: 'flame',
    readOnly: true,
    confirmPublish: true,
    whileOffline: 'queue',
    connectOnStart: true,
  });
});

test('what is wrong is told with its field, all of it at once, and the profile is not used', () => {
  const wrong: [object, string, FieldProblem['kind']][] = [
    [{ name: '' }, 'name', 'missing'],
    [{ url: 7 }, 'url', 'wrongType'],
    [{ url: 'gateway:1883' }, 'url', 'notAnAddress'],
    [{ protocolVersion: 5 }, 'protocolVersion', 'notOneOf'],
    [{ cleanStart: 'yes' }, 'cleanStart', 'wrongType'],
    [{ cleanStart: false }, 'clientId', 'randomWithSession'],
    [{ keepAliveSeconds: 65_536 }, 'keepAliveSeconds', 'notInRange'],
    [{ receiveMaximum: 0 }, 'receiveMaximum', 'notInRange'],
    [{ maximumPacketSize: 0 }, 'maximumPacketSize', 'notInRange'],
    [{ topicAliasMaximum: 65_536 }, 'topicAliasMaximum', 'notInRange'],
    [{ requestResponseInformation: 1 }, 'requestResponseInformation', 'wrongType'],
    [{ userProperties: { a: 'b' } }, 'userProperties', 'wrongType'],
    [{ userProperties: ['a'] }, 'userProperties.1', 'wrongType'],
    [{ userProperties: [{ name: 'a' }] }, 'userProperties.1.value', 'missing'],
    [{ userProperties: [{ name: 'a\0', value: '' }] }, 'userProperties.1.name', 'notAnMqttString'],
    [{ userProperties: [{ name: 'a', value: '\uD800' }] }, 'userProperties.1.value', 'notAnMqttString'],
    [{ subprotocol: 'mqtt' }, 'subprotocol', 'subprotocolWithoutWebSocket'],
    [{ subprotocol: 'a b', url: 'wss://a' }, 'subprotocol', 'notASubprotocol'],
    [{ whileOffline: true }, 'whileOffline', 'notOneOf'],
    [{ will: { topic: 'a', payloadFormatIndicator: 2 } }, 'will.payloadFormatIndicator', 'notInRange'],
    [{ will: { topic: 'a', contentType: 'x'.repeat(65_536) } }, 'will.contentType', 'notAnMqttString'],
    [{ will: { topic: 'a', responseTopic: '#' } }, 'will.responseTopic', 'notATopic'],
    [{ will: { topic: 'a/#' } }, 'will.topic', 'notATopic'],
    [{ will: { topic: 'a', qos: 3 } }, 'will.qos', 'notInRange'],
    [{ tls: { key: 'a' } }, 'tls.key', 'needs'],
    [{ tls: { key: '{secret}' } }, 'tls.key', 'needs'],
    [{ tls: { certificate: '{secret}' } }, 'tls.certificate', 'needs'],
    [{ tls: { pkcs12: '{secret}', certificate: 'a', key: '{secret}' } }, 'tls.pkcs12', 'excludes'],
    [{ tls: { pkcs12: 'me.p12', certificate: 'a', key: 'b' } }, 'tls.pkcs12', 'excludes'],
    [{ proxy: { url: 'proxy:3128' } }, 'proxy.url', 'notAProxy'],
    [{ proxy: { username: 'me' } }, 'proxy.url', 'notAProxy'],
    [{ proxy: { url: 'http://a', password: 'x' } }, 'proxy.password', 'secretInSettings'],
    [{ proxy: { url: 'http://a' }, url: 'mqtt+unix:///run/a.sock' }, 'proxy', 'proxyWithUnixSocket'],
    [{ tls: { fingerprint: 'abc' } }, 'tls.fingerprint', 'notAFingerprint'],
    [{ tls: { minimumVersion: '2' } }, 'tls.minimumVersion', 'notOneOf'],
    [{ tls: { alpn: 'mqtt' } }, 'tls.alpn', 'wrongType'],
    [{ tls: {}, url: 'mqtt://a' }, 'tls', 'tlsWithoutTls'],
    [{ headers: {} }, 'headers', 'headersWithoutWebSocket'],
    [{ subscriptions: ['a/#/b'] }, 'subscriptions.1.topicFilter', 'notAFilter'],
    [{ subscriptions: '#' }, 'subscriptions', 'wrongType'],
    [
      { subscriptions: [{ topicFilter: 'a', retainHandling: 3 }] },
      'subscriptions.1.retainHandling',
      'notInRange',
    ],
    [
      { subscriptions: [{ topicFilter: 'a', subscriptionIdentifier: 0 }] },
      'subscriptions.1.subscriptionIdentifier',
      'notInRange',
    ],
    [{ subscriptions: [{ topicFilter: 'a', noLocal: 1 }] }, 'subscriptions.1.noLocal', 'wrongType'],
    [{ color: 'pink' }, 'color', 'notOneOf'],
    [{ icon: '$(flame)' }, 'icon', 'notAnIcon'],
    [{ qos: 1 }, 'qos', 'unknownField'],
  ];
  for (const [entry, field, kind] of wrong) assert.deepEqual(faultsOf(entry), [[field, kind]], field);
  assert.equal(faultsOf({ readOnly: 1, icon: 2, color: 3 }).length, 3);
});

test('nothing secret is taken from settings', () => {
  assert.deepEqual(faultsOf({ password: 'x' }), [['password', 'secretInSettings']]);
  assert.deepEqual(faultsOf({ tls: { passphrase: 'x' } }), [['tls.passphrase', 'secretInSettings']]);
  for (const name of ['Authorization', 'Cookie', 'X-Auth-Token', 'API-Key', 'X-Amz-Security-Token'])
    assert.deepEqual(faultsOf({ url: 'wss://a', headers: { [name]: 'abc' } }), [
      [`headers.${name}`, 'secretInSettings'],
    ]);
  const userProperties = [
    { name: 'team', value: 'a' },
    { name: 'token', value: 'abc' },
  ];
  assert.deepEqual(faultsOf({ userProperties }), [['userProperties.2.value', 'secretInSettings']]);
  assert.deepEqual(faultsOf({ userProperties: [{ name: 'token', value: '{secret}' }] }), []);
  for (const query of ['token=abc', 'x=1&access_token=abc', 'X-Amz-Signature=abc&x=1', 'api%5Fkey=abc'])
    assert.deepEqual(faultsOf({ url: `wss://a/mqtt?${query}` }), [['url', 'secretInSettings']]);
  for (const query of ['token={secret}', '{secret}', 'device=7', 'token='])
    assert.deepEqual(faultsOf({ url: `wss://a/mqtt?${query}` }), []);
});

test('what is no list, and no object in it, is told by its place', () => {
  const { faults } = readProfiles({ user: {}, workspace: [7] }, surroundings);
  assert.deepEqual(
    faults.map(({ profile, problem }) => [profile, problem.kind]),
    [
      ['', 'wrongType'],
      ['#1', 'wrongType'],
    ],
  );
});

test('of two with the same name the person’s own is used', () => {
  const { profiles, faults } = readProfiles(
    {
      user: [{ name: 'Gateway', url: 'mqtt://mine' }],
      workspace: [
        { name: 'Gateway', url: 'mqtt://theirs' },
        { name: 'Other', url: 'mqtt://other' },
      ],
    },
    surroundings,
  );
  assert.deepEqual(
    profiles.map(({ url, scope }) => [url, scope]),
    [
      ['mqtt://mine', 'user'],
      ['mqtt://other', 'workspace'],
    ],
  );
  assert.deepEqual(faults, [{ profile: 'Gateway', field: 'name', problem: { kind: 'nameUsedTwice' } }]);
});

test('the profiles of an untrusted workspace are marked, and what is wrong with them is not told', () => {
  const raw = {
    user: [{ name: 'Mine', url: 'mqtt://mine' }],
    workspace: [
      { name: 'Theirs', url: 'mqtt://theirs' },
      { name: 'Mine', url: 'mqtt://theirs' },
      { name: 'Wrong' },
    ],
  };
  const { profiles, faults } = readProfiles(raw, { ...surroundings, isTrusted: false });
  assert.deepEqual(
    profiles.map(({ name, url, isTrusted }) => [name, url, isTrusted]),
    [
      ['Mine', 'mqtt://mine', true],
      ['Theirs', 'mqtt://theirs', false],
    ],
  );
  assert.deepEqual(faults, []);
  assert.deepEqual(
    readProfiles({ user: [], workspace: 7 }, { ...surroundings, isTrusted: false }).faults,
    [],
  );
});

test('a path from the workspace folder needs one', () => {
  const user = [{ name: 'a', url: 'mqtts://a', tls: { ca: 'ca.pem' } }];
  const { faults } = readProfiles({ user, workspace: undefined }, { ...surroundings, folder: undefined });
  assert.deepEqual(faults, [{ profile: 'a', field: 'tls.ca', problem: { kind: 'noFolder' } }]);
});

test('a file of PKCS#12 has its path as the others', () => {
  const { tls } = only({ name: 'a', url: 'mqtts://a', tls: { pkcs12: '~/me.p12' } });
  assert.deepEqual(tls, { pkcs12File: '/home/me/me.p12' });
});

test('a secret is of a name, an address, a user and a proxy together', () => {
  const profile = only({ name: 'Gateway', url: 'mqtt://a', username: 'me' });
  const keys = [
    profile,
    { ...profile, name: 'Other' },
    { ...profile, url: 'mqtt://b' },
    { ...profile, username: 'you' },
    { ...profile, proxy: { url: 'http://proxy' } },
    { ...profile, proxy: { url: 'http://proxy', username: 'me' } },
  ].map(secretKeyOf);
  assert.equal(new Set(keys).size, 6);
  const sameOwner = { ...profile, keepAliveSeconds: 7 };
  assert.equal(secretKeyOf(sameOwner), keys[0]);
});

test('a client id is filled in', () => {
  assert.equal(clientIdOf('a-{user}-{random}', { user: 'me', random: '1f' }), 'a-me-1f');
});

test('{secret} in place of a file: it is no path, and pairs as one does', () => {
  const tls = { ca: '{secret}', certificate: '/me.crt', key: ' {secret}' };
  assert.deepEqual(only({ name: 'a', url: 'mqtts://a', tls }).tls, {
    certFile: '/me.crt',
    keptFiles: ['ca', 'key'],
  });
  const { tls: other } = only({ name: 'a', url: 'mqtts://a', tls: { pkcs12: '{secret}' } });
  assert.deepEqual(other, { keptFiles: ['pkcs12'] });
});
