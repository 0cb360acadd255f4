/** The entry of a profile in the settings, as the form shows it and puts it back. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  type ConnectionDraft,
  formPairs,
  formSwitches,
  formTexts,
} from '../../../../src/contracts/connectionForm.ts';
import {
  addressOf,
  draftOf,
  type Entry,
  entryOf,
  fieldOfFault,
  newEntry,
  pairOfFault,
  urlOf,
} from '../../../../src/extension/connections/profileDraft.ts';
import { readEntry } from '../../../../src/extension/connections/profiles.ts';
import { inRepository } from '../../../support/repository.ts';

const surroundings = { isTrusted: true, folder: '/work', home: '/home/me' };
const full: Entry = {
  name: 'Production',
  url: 'wss://broker.example:8084/mqtt',
  username: 'me',
  clientId: 'desk-of-{user}',
  protocolVersion: '5.0',
  cleanStart: false,
  sessionExpirySeconds: 3_600,
  keepAliveSeconds: 0,
  receiveMaximum: 10,
  maximumPacketSize: 1_000,
  topicAliasMaximum: 0,
  requestResponseInformation: true,
  requestProblemInformation: false,
  userProperties: [{ name: 'site', value: 'a' }],
  headers: { Authorization: 'Bearer {secret}' },
  subprotocol: 'mqttv3.1',
  will: {
    ...{ topic: 'desk/gone', payload: ' x ', qos: 1, retain: true, delaySeconds: 5 },
    ...{ payloadFormatIndicator: 1, messageExpirySeconds: 60, contentType: 'text/plain' },
    ...{ responseTopic: 'a', correlationData: 'b', userProperties: [{ name: 'c', value: 'd' }] },
  },
  tls: { ca: 'certs/ca.pem', pkcs12: '~/me.p12', alpn: ['mqtt', 'x'], minimumVersion: '1.3' },
  proxy: { url: 'http://proxy:3128', username: 'me' },
  subscriptions: [
    '#',
    ...[{ topicFilter: 'a/+', qos: 2, noLocal: true, retainAsPublished: true, retainHandling: 2 }],
    { topicFilter: '$share/g/a', subscriptionIdentifier: 7 },
  ],
  color: 'red',
  icon: 'flame',
  readOnly: true,
  confirmPublish: true,
  whileOffline: 'queue',
  connectOnStart: true,
};

type Texts = Partial<ConnectionDraft['texts']>;

function changed(entry: Entry, texts: Texts, others: Partial<ConnectionDraft> = {}): Entry {
  const draft = draftOf(entry, 'user');
  return entryOf({ ...draft, ...others, texts: { ...draft.texts, ...texts } }, entry);
}

test('what was not changed stays as it is, to the letter', () => {
  const odd = {
    name: 7,
    url: 'MQTT://[::1]:01883/',
    tls: 'x',
    qos: [],
    will: null,
    subscriptions: [{ a: 1 }],
  };
  for (const entry of [full, newEntry, {}, odd, { url: 'gateway' }, { tls: { ca: 5, foo: 1 } }])
    assert.deepEqual(entryOf(draftOf(entry, 'user'), entry), entry);
});

test('every field of the setting has its place in the form', () => {
  const manifest = JSON.parse(readFileSync(inRepository('package.json'), 'utf8'));
  const { properties } = manifest.contributes.configuration.properties['mqttWorkbench.connections'].items;
  const known: readonly string[] = [...formTexts, ...formSwitches, ...formPairs, 'url', 'subscriptions'];
  for (const [name, schema] of Object.entries<{ type?: string; properties?: object }>(properties)) {
    const inner = schema.properties === undefined ? [] : Object.keys(schema.properties);
    const places = inner.length === 0 ? [name] : inner.map((each) => `${name}.${each}`);
    for (const place of places) assert.ok(known.includes(place), `the form has no ${place}`);
  }
  const ofSubscription = Object.keys(properties.subscriptions.items.anyOf[1].properties);
  const [row] = draftOf({ subscriptions: ['a'] }, 'user').subscriptions;
  for (const name of ofSubscription) assert.ok(row !== undefined && name in row, `the form has no ${name}`);
});

test('each field that is typed is put where the setting has it, as the type that it has there', () => {
  const read = readEntry(full, 'user', [], surroundings);
  assert.deepEqual(read.faults, []);
  // All of it typed anew.
  const typed = draftOf(full, 'user');
  const again = entryOf(
    { ...typed, subscriptions: typed.subscriptions.map(({ from: _, ...row }) => row) },
    {},
  );
  assert.deepEqual(readEntry(again, 'user', [], surroundings), read);
});

test('what is emptied goes, and its object with it', () => {
  const entry = { name: 'a', url: 'mqtts://a', tls: { ca: 'x' }, keepAliveSeconds: 5 };
  assert.deepEqual(changed(entry, { 'tls.ca': '', keepAliveSeconds: ' ' }), { name: 'a', url: 'mqtts://a' });
});

test('a number that is none stays as it was typed, so that the rules of the setting name it', () => {
  const entry = { name: 'a', url: 'mqtt://a' };
  const wrong = changed(entry, { keepAliveSeconds: 'often', receiveMaximum: '0' });
  assert.deepEqual(wrong, { ...entry, keepAliveSeconds: 'often', receiveMaximum: 0 });
  const { faults } = readEntry(wrong, 'user', [], surroundings);
  assert.deepEqual(
    faults.map(({ field, problem }) => [field, problem.kind]),
    [
      ['receiveMaximum', 'notInRange'],
      ['keepAliveSeconds', 'notInRange'],
    ],
  );
});

test('an address is taken apart and put together, IPv6 and Unix sockets too', () => {
  for (const url of [
    ...['mqtt://gateway', 'mqtts://192.0.2.7:8883', 'mqtt://[2001:db8::7]:1884', 'ws://a/mqtt?x=1'],
    ...['wss://a:444/', 'mqtt+unix:///run/mosquitto.sock'],
  ])
    assert.equal(urlOf(addressOf({ url })), url);
  assert.deepEqual(addressOf({ url: 'gateway:1883' }), {
    ...{ transport: 'mqtt', host: 'gateway:1883', port: '', path: '' },
  });
  assert.equal(urlOf({ transport: 'ws', host: 'a', port: '', path: 'mqtt' }), 'ws://a/mqtt');
});

test('another way to the broker leaves behind what only the one before it had', () => {
  assert.equal(changed(full, { transport: 'mqtts' }).headers, undefined);
  assert.ok(changed(full, { transport: 'mqtts' }).tls);
  assert.equal(changed(full, { transport: 'ws' }).tls, undefined);
  const unix = changed(full, { transport: 'mqtt+unix', path: '/run/m.sock' });
  assert.deepEqual([unix.url, unix.tls, unix.proxy], ['mqtt+unix:///run/m.sock', undefined, undefined]);
});

test('so does what was typed for another way, and a fault of the settings stays to be seen', () => {
  const plain = { name: 'a', url: 'mqtt://a' };
  assert.deepEqual(changed(plain, { 'tls.ca': 'x', subprotocol: 'y' }), plain);
  const wrong = { ...plain, tls: { ca: 'x' } };
  assert.deepEqual(changed(wrong, { username: 'me' }), { ...wrong, username: 'me' });
});

test('a will comes and goes with its switch, and is told where it has no topic', () => {
  const entry = { name: 'a', url: 'mqtt://a' };
  const { switches } = draftOf(entry, 'user');
  const withWill = changed(entry, {}, { switches: { ...switches, will: true } });
  assert.deepEqual(withWill.will, {});
  const [fault] = readEntry(withWill, 'user', [], surroundings).faults;
  assert.equal(fault?.field, 'will.topic');
  const without = changed(full, {}, { switches: { ...draftOf(full, 'user').switches, will: false } });
  assert.equal(without.will, undefined);
});

test('a subscription keeps what the form does not know, and one that was added is short', () => {
  const entry = { subscriptions: ['a', { topicFilter: 'b', qos: 1, noLocal: true, color: 'x' }] };
  const [first, second] = draftOf(entry, 'user').subscriptions;
  assert.ok(first !== undefined && second !== undefined);
  const { from: _place, ...added } = { ...first, topicFilter: 'c' };
  const subscriptions = [{ ...second, qos: '2', retainHandling: '1' }, first, added];
  assert.deepEqual(changed(entry, {}, { subscriptions }).subscriptions, [
    { color: 'x', topicFilter: 'b', qos: 2, noLocal: true, retainHandling: 1 },
    'a',
    'c',
  ]);
  const plain = [{ ...second, qos: '0', noLocal: false, subscriptionIdentifier: 'one' }];
  assert.deepEqual(changed(entry, {}, { subscriptions: plain }).subscriptions, [
    { color: 'x', topicFilter: 'b', subscriptionIdentifier: 'one' },
  ]);
});

test('what the settings hold by now stays where the form did not change it', () => {
  const opened = { name: 'a', url: 'mqtts://a' };
  const draft = draftOf(opened, 'user');
  const now = { ...opened, color: 'blue', tls: { fingerprint: 'ab' } };
  const saved = entryOf({ ...draft, texts: { ...draft.texts, username: 'me' } }, opened, now);
  assert.deepEqual(saved, { ...now, username: 'me' });
});

test('what this version does not know is taken out when the person says so', () => {
  const entry = { name: 'a', password: 'x', tls: { foo: 1, ca: 'y' } };
  const removed = changed(entry, {}, { removed: ['password', 'tls.foo'] });
  assert.deepEqual(removed, { name: 'a', tls: { ca: 'y' } });
});

test('a fault of the setting is told at a field of the form', () => {
  const places: [string, string | undefined][] = [
    ['name', 'name'],
    ['tls', 'transport'],
    ['tls.ca', 'tls.ca'],
    ['proxy', 'proxy.url'],
    ['headers.Cookie', 'headers'],
    ['will.userProperties.2.name', 'will.userProperties'],
    ['subscriptions.2.topicFilter', 'subscriptions.1'],
    ['subscriptions', 'subscriptions'],
    ['password', undefined],
    ['tls.foo', undefined],
  ];
  for (const [place, field] of places) assert.equal(fieldOfFault(place, {}), field, place);
  const urls: [string, string][] = [
    ['mqtt://', 'host'],
    ['mqtt://a b', 'host'],
    ['mqtt://a:b', 'port'],
    ['mqtt://a/b', 'path'],
    ['gateway', 'host'],
    ['mqtt+unix://', 'path'],
  ];
  for (const [url, field] of urls) assert.equal(fieldOfFault('url', { url }), field, url);
});

test('a fault of names with values has its input, also beside rows that are empty yet', () => {
  const entry: Entry = {
    ...{ name: 'a', url: 'ws://a', headers: { A: 'x', Cookie: 'y' } },
    ...{ userProperties: [{ name: 'a', value: 'b' }, 'x', { name: 'c' }], will: { topic: 'a' } },
  };
  const draft = draftOf(entry, 'user');
  assert.deepEqual(pairOfFault('headers.Cookie', entry, draft), { row: 1, part: 'value' });
  assert.deepEqual(pairOfFault('userProperties.3.value', entry, draft), { row: 1, part: 'value' });
  assert.equal(pairOfFault('userProperties.2', entry, draft), undefined);
  assert.equal(pairOfFault('headers', entry, draft), undefined);
  assert.equal(pairOfFault('subscriptions.1.topicFilter', entry, draft), undefined);
  const rows = [
    { name: '', value: '' },
    { name: '\0', value: 'b' },
  ];
  const changed = { ...draft, pairs: { ...draft.pairs, userProperties: rows } };
  assert.deepEqual(pairOfFault('userProperties.1.name', entryOf(changed, entry), changed), {
    row: 1,
    part: 'name',
  });
});
