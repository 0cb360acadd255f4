/** Connections of other programs, from files as these write them. Each is taken by the rules of the setting. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  type FittedConnection,
  type ReadImport,
  readImport,
} from '../../../../../src/extension/connections/import/readImport.ts';
import { exportText } from '../../../../../src/extension/connections/import/workbenchEntries.ts';
import { readProfiles } from '../../../../../src/extension/connections/profiles.ts';
import { inRepository } from '../../../../support/repository.ts';

const surroundings = { isTrusted: true, folder: '/work', home: '/home/me', takenNames: [] };

const read = (text: string, takenNames: readonly string[] = []): ReadImport =>
  readImport(text, { ...surroundings, takenNames });

function connectionsOf(text: string, takenNames: readonly string[] = []): readonly FittedConnection[] {
  const result = read(text, takenNames);
  assert.ok(result.kind === 'read', JSON.stringify(result));
  for (const { entry, isUsable } of result.connections) {
    const { faults } = readProfiles({ user: [entry], workspace: undefined }, surroundings);
    assert.equal(faults.length === 0, isUsable, JSON.stringify(faults));
  }
  return result.connections;
}

const fixture = (name: string): string => readFileSync(inRepository(`test/fixtures/imports/${name}`), 'utf8');

const faultsOf = ({ faults }: FittedConnection) => faults.map(({ field, problem }) => [field, problem.kind]);

test('MQTT Explorer’s settings: address, user, subscriptions; files that it has inside become secrets, and what it does not check is told', () => {
  const text = fixture('mqtt-explorer.json');
  const [first, second] = connectionsOf(text);
  assert.deepEqual(first?.entry, {
    name: 'mqtt.eclipseprojects.io',
    url: 'mqtt://mqtt.eclipseprojects.io:1883',
    protocolVersion: '3.1.1',
    subscriptions: [
      { topicFilter: '#', qos: 0 },
      { topicFilter: '$SYS/#', qos: 0 },
    ],
  });
  assert.deepEqual([first.notes, first.secrets, first.faults], [[], {}, []]);
  assert.deepEqual(second?.entry, {
    name: 'Plant',
    url: 'wss://plant.example:443/mqtt',
    username: 'me',
    clientId: 'plant-desk',
    protocolVersion: '3.1.1',
    tls: { ca: '{secret}' },
    subscriptions: [{ topicFilter: 'plant/#', qos: 1 }],
  });
  assert.deepEqual(second.secrets, {
    password: 'explorer-secret',
    files: { ca: '-----BEGIN CERTIFICATE-----' },
  });
  assert.deepEqual(second.notes, [{ kind: 'unchecked' }]);
  assert.deepEqual(faultsOf(second), [['subscriptions.2.topicFilter', 'notAFilter']]);
  const result = read(text);
  assert.equal(result.kind === 'read' && result.source, 'mqttExplorer');
});

test('MQTTX’s export: every property of 5.0 and of the will, of a newer version and an older one', () => {
  const [lab, older] = connectionsOf(fixture('mqttx.json'));
  assert.deepEqual(lab?.entry, {
    name: 'Lab',
    url: 'mqtts://lab.example:8883',
    username: 'me',
    protocolVersion: '5.0',
    keepAliveSeconds: 60,
    sessionExpirySeconds: 3600,
    receiveMaximum: 20,
    topicAliasMaximum: 10,
    requestResponseInformation: true,
    userProperties: [
      { name: 'team', value: 'a' },
      { name: 'team', value: 'b' },
      { name: 'desk', value: '7' },
    ],
    will: {
      ...{ topic: 'lab/desk/gone', payload: '{}', qos: 1, retain: true, delaySeconds: 5 },
      ...{ payloadFormatIndicator: 1, messageExpirySeconds: 60, contentType: 'application/json' },
    },
    tls: { ca: '/certs/ca.pem', certificate: '/certs/me.pem', key: '/certs/me.key' },
    subscriptions: [{ topicFilter: 'lab/+/state', qos: 2 }],
  });
  assert.deepEqual(lab.secrets, { password: 'mqttx-secret' });
  assert.deepEqual(lab.notes, [{ kind: 'unchecked' }, { kind: 'option', option: 'authenticationMethod' }]);
  assert.deepEqual(older?.entry, {
    name: 'Older',
    url: 'ws://192.0.2.7:8083/mqtt',
    clientId: 'old-desk',
    protocolVersion: '3.1.1',
    cleanStart: false,
    keepAliveSeconds: 60,
  });
});

test('one connection that MQTTX exports alone is one', () => {
  const [lab] = JSON.parse(fixture('mqttx.json'));
  assert.equal(connectionsOf(JSON.stringify(lab)).length, 1);
});

test('VSMqtt’s profiles, in a settings file with comments or as their list', () => {
  const [local, cloud] = connectionsOf(fixture('vsmqtt.jsonc'));
  assert.deepEqual(local?.entry, { name: 'local', url: 'mqtt://localhost:1883', protocolVersion: '3.1.1' });
  assert.deepEqual(cloud?.entry, {
    name: 'cloud',
    url: 'mqtts://cloud.example:8883',
    username: 'me',
    clientId: 'desk // not a comment',
    protocolVersion: '3.1.1',
    keepAliveSeconds: 10,
    tls: { ca: '/certs/ca.pem', certificate: '{secret}', key: '/certs/me.key' },
    subscriptions: [{ topicFilter: 'a/#', qos: 0 }],
  });
  assert.deepEqual(cloud.secrets, {
    ...{ password: 'vsmqtt-secret', passphrase: 'key-secret' },
    files: { certificate: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n' },
  });
  assert.deepEqual([cloud.notes, faultsOf(cloud)], [[{ kind: 'unchecked' }], []]);
  const list = [{ name: 'a', host: '2001:db8::7', port: 1883 }];
  assert.equal(connectionsOf(JSON.stringify(list))[0]?.entry.url, 'mqtt://[2001:db8::7]:1883');
});

test('a certificate inside the settings that is none is told, and its key goes with it, also from the secrets', () => {
  const certificate = '-----BEGIN CERTIFICATE-----\n';
  const key = '-----BEGIN PRIVATE KEY-----\n';
  const base64 = (text: string) => ({ name: 'x.pem', data: Buffer.from(text).toString('base64') });
  const explorer = {
    ...{ host: 'a', port: 8883, encryption: true, selfSignedCertificate: base64(certificate) },
    ...{ clientCertificate: base64('of DER'), clientKey: base64(key) },
  };
  const lab = JSON.parse(fixture('mqttx.json'))[0];
  const list = [{ name: 'a', host: 'a', protocol: 'tls', ca: certificate, cert: key, key }];
  const texts = [
    JSON.stringify({ ConnectionManager_connections: { one: explorer } }),
    JSON.stringify({ ...lab, rejectUnauthorized: true, ca: certificate, cert: key, key }),
    JSON.stringify(list),
  ];
  for (const text of texts) {
    const [connection] = connectionsOf(text);
    assert.deepEqual(connection?.entry.tls, { ca: '{secret}' });
    assert.deepEqual(connection.secrets.files, { ca: certificate });
    assert.ok(connection.notes.some(({ kind }) => kind === 'contents'));
    assert.deepEqual(faultsOf(connection), [['tls.key', 'needs']]);
  }
  // Without TLS it has no use for them.
  const plain = { ...explorer, encryption: false };
  const [other] = connectionsOf(JSON.stringify({ ConnectionManager_connections: { one: plain } }));
  assert.ok(other !== undefined);
  assert.deepEqual([other.entry.tls, other.secrets, faultsOf(other)], [undefined, {}, []]);
});

test('what is exported is imported again, as it was', () => {
  const entries = [
    { name: 'A', url: 'mqtts://a', tls: { ca: 'ca.pem' }, color: 'red', whileOffline: 'queue' },
    { name: 'B', url: 'wss://b/mqtt', headers: { Authorization: 'Bearer {secret}' } },
  ];
  const text = exportText(entries);
  assert.deepEqual(
    connectionsOf(text).map(({ entry }) => entry),
    entries,
  );
  const result = read(text);
  assert.equal(result.kind === 'read' && result.source, 'workbench');
});

test('a name that is taken gets a number', () => {
  const entries = ['A', 'A', 'B'].map((name) => ({ name, url: 'mqtt://a' }));
  assert.deepEqual(
    connectionsOf(JSON.stringify(entries), ['A', 'A (2)']).map(({ entry }) => entry.name),
    ['A (3)', 'A (4)', 'B'],
  );
});

test('a secret in an entry is not taken, and told', () => {
  const entry = { name: 'A', url: 'wss://a', password: 'x', headers: { Authorization: 'Bearer abc' } };
  const [connection] = connectionsOf(JSON.stringify([entry]));
  assert.deepEqual(connection?.entry, { name: 'A', url: 'wss://a', headers: {} });
  assert.deepEqual(faultsOf(connection), [
    ['password', 'secretInSettings'],
    ['headers.Authorization', 'secretInSettings'],
  ]);
});

test('what has no address that can be used is no connection, and says why', () => {
  const [connection] = connectionsOf(JSON.stringify([{ name: 'A', url: 'nonsense' }]));
  assert.equal(connection?.isUsable, false);
  assert.deepEqual(faultsOf(connection), [['url', 'notAnAddress']]);
});

test('a will without its topic, a proxy without its address and a session without a name go as a whole', () => {
  const entry = {
    ...{ name: 'A', url: 'mqtt://a', cleanStart: false },
    ...{ will: { topic: '#', payload: 'x' }, proxy: { url: 'nonsense', username: 'me' } },
  };
  const [connection] = connectionsOf(JSON.stringify([entry]));
  assert.deepEqual(connection?.entry, { name: 'A', url: 'mqtt://a' });
});

test('what is nobody’s connections is told from a list of none', () => {
  for (const text of [
    '',
    'hello',
    '{}',
    '[]',
    '[1]',
    '{"a":',
    'null',
    'http://a',
    '{"vsmqtt.brokerProfiles":7}',
  ])
    assert.equal(read(text).kind, 'unknown', text);
  assert.equal(read('{"ConnectionManager_connections":{}}').kind, 'nothing');
});

test('as much as a file may hold that is wrong is left out at once, and told for as long as somebody reads', () => {
  const rows = Array.from({ length: 20_000 }, (_, i) =>
    i % 2 === 0 ? `a/${i}` : { topicFilter: 'a/#/b', qos: 7 },
  );
  const will = { topic: '#', qos: 3 };
  const entry = { name: 'a', url: 'mqtt://a', subscriptions: rows, will, proxy: { url: 'x', password: 'y' } };
  const [connection] = connectionsOf(JSON.stringify([entry]));
  assert.equal(connection?.isUsable, true);
  assert.deepEqual(connection.entry, {
    ...{ name: 'a', url: 'mqtt://a' },
    subscriptions: rows.filter((row) => typeof row === 'string'),
  });
  assert.equal(connection.faults.length, 100);
});

test('a comment without an end, and a line longer than any shell takes, are nothing', () => {
  for (const text of [`[${'/*'.repeat(100)}`, `-h a ${'-t b '.repeat(20_000)}`])
    assert.equal(read(text).kind, 'unknown');
});

test('a token in an address becomes a secret, and is in no entry', () => {
  const [link] = connectionsOf('wss://me:pass@broker.example/mqtt?device=7&token=a%2Bb');
  assert.equal(link?.entry.url, 'wss://broker.example/mqtt?device=7&token={secret}');
  assert.deepEqual(link.secrets, { password: 'pass', requestSecret: 'a+b' });
  const url = 'wss://a/mqtt?token=abc';
  const headers = { Authorization: 'Bearer {secret}' };
  const [own, two] = connectionsOf(
    exportText([
      { name: 'a', url },
      { name: 'b', url, headers },
    ]),
  );
  assert.deepEqual([own?.entry.url, own?.secrets], ['wss://a/mqtt?token={secret}', { requestSecret: 'abc' }]);
  // There is room for one: it is told, and nothing is guessed.
  assert.deepEqual([two?.isUsable, two && faultsOf(two)], [false, [['url', 'secretInSettings']]]);
});
