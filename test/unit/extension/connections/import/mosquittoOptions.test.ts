/** Command lines of mosquitto's clients, and links. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMosquittoOptions } from '../../../../../src/extension/connections/import/mosquittoOptions.ts';
import { readLink } from '../../../../../src/extension/connections/import/mqttLink.ts';
import { shellWords } from '../../../../../src/extension/connections/import/shellWords.ts';

test('a line is taken apart as a shell does, and nothing of it is run', () => {
  const words: [string, string[]][] = [
    ['a  b\tc', ['a', 'b', 'c']],
    [`'a b' "c d" ''`, ['a b', 'c d', '']],
    [`a'b'"c"d`, ['abcd']],
    [String.raw`a\ b "c\"d" "e\f" 'g\'`, ['a b', 'c"d', String.raw`e\f`, String.raw`g\ `.trim()]],
    ['a \\\n  b', ['a', 'b']],
    ['$(rm) `ls` $HOME', ['$(rm)', '`ls`', '$HOME']],
    [`'open`, ['open']],
  ];
  for (const [line, expected] of words) assert.deepEqual(shellWords(line), expected, line);
});

test('what a subscriber says of its connection is taken', () => {
  const line = String.raw`$ mosquitto_sub -h broker.example -p 8883 -u me -P 'it is secret' \
    --cafile /certs/ca.pem --cert me.pem --key me.key --tls-version tlsv1.2 --tls-alpn mqtt \
    -V mqttv5 -i desk -c -x 3600 -k 10 -t 'plant/#' -t alarms -q 1 -v -F '%t %p' \
    -D connect receive-maximum 20 -D connect user-property team a -D connect user-property team b \
    -D connect request-problem-information 0 \
    --will-topic gone --will-payload '{"a": 1}' --will-qos 1 --will-retain -D will will-delay-interval 5 \
    -D will content-type application/json --proxy socks5h://desk:proxy%20secret@proxy.example:1080`;
  assert.deepEqual(readMosquittoOptions(line), {
    entry: {
      name: 'broker.example',
      url: 'mqtts://broker.example:8883',
      username: 'me',
      clientId: 'desk',
      protocolVersion: '5.0',
      cleanStart: false,
      sessionExpirySeconds: 3600,
      keepAliveSeconds: 10,
      receiveMaximum: 20,
      userProperties: [
        { name: 'team', value: 'a' },
        { name: 'team', value: 'b' },
      ],
      requestProblemInformation: false,
      will: {
        ...{ topic: 'gone', payload: '{"a": 1}', qos: 1, retain: true, delaySeconds: 5 },
        contentType: 'application/json',
      },
      tls: {
        ...{ ca: '/certs/ca.pem', certificate: 'me.pem', key: 'me.key', alpn: ['mqtt'] },
        minimumVersion: '1.2',
      },
      proxy: { url: 'socks5://proxy.example:1080', username: 'desk' },
      subscriptions: [
        { topicFilter: 'plant/#', qos: 1 },
        { topicFilter: 'alarms', qos: 1 },
      ],
    },
    secrets: { password: 'it is secret', proxyPassword: 'proxy secret' },
    notes: [],
  });
});

test('of a publisher the message stays behind, and what comes after the command with it', () => {
  const read = readMosquittoOptions(
    `sudo /usr/bin/mosquitto_pub -t a/b -m 'x -h other' -r -q 2 | tee log -u you`,
  );
  assert.deepEqual(read, {
    entry: { name: 'localhost', url: 'mqtt://localhost', protocolVersion: '3.1.1' },
    secrets: {},
    notes: [],
  });
});

test('options alone are enough, and those that have no place here are told', () => {
  const read = readMosquittoOptions(
    '-h 192.0.2.7 --insecure --psk abcd --psk-identity me --capath /etc/ssl -I desk-',
  );
  assert.deepEqual(read?.entry, {
    name: '192.0.2.7',
    url: 'mqtts://192.0.2.7',
    clientId: 'desk-{random}',
    protocolVersion: '3.1.1',
  });
  assert.deepEqual(read.notes, [
    { kind: 'unchecked' },
    { kind: 'option', option: '--capath' },
    { kind: 'option', option: '--psk' },
    { kind: 'option', option: '--psk-identity' },
  ]);
});

test('a % in the password of a proxy is one', () => {
  const read = readMosquittoOptions('-h a --proxy socks5h://desk:100%@proxy.example');
  assert.equal(read?.secrets.proxyPassword, '100%');
});

test('what may be a part of a secret is not told', () => {
  const read = readMosquittoOptions('-h a -P my secret --pw=hidden -t b --token=hidden c');
  assert.deepEqual(read?.notes, [
    { kind: 'option', option: '--pw' },
    { kind: 'option', option: '--token' },
    { kind: 'words' },
  ]);
});

test('a session that is kept does not expire, as with mosquitto', () => {
  assert.equal(readMosquittoOptions('-c -i desk')?.entry.sessionExpirySeconds, 4_294_967_295);
  assert.equal(readMosquittoOptions('-c -i desk -x -1')?.entry.sessionExpirySeconds, 4_294_967_295);
});

test('a Unix socket, and a link with a topic', () => {
  assert.deepEqual(readMosquittoOptions('mosquitto_sub --unix /run/mosquitto.sock -t a')?.entry, {
    name: 'mosquitto.sock',
    url: 'mqtt+unix:///run/mosquitto.sock',
    protocolVersion: '3.1.1',
    subscriptions: [{ topicFilter: 'a', qos: 0 }],
  });
  const { entry, secrets } =
    readMosquittoOptions('mosquitto_sub -L mqtts://me:pw@broker.example/plant/%23') ?? {};
  assert.deepEqual(entry, {
    name: 'broker.example',
    url: 'mqtts://broker.example',
    username: 'me',
    protocolVersion: '3.1.1',
    subscriptions: [{ topicFilter: 'plant/#', qos: 0 }],
  });
  assert.deepEqual(secrets, { password: 'pw' });
});

test('what is no command of mosquitto’s, and no option, is none', () => {
  for (const text of ['', 'hello', 'curl -h broker', 'mosquitto -c mosquitto.conf'])
    assert.equal(readMosquittoOptions(text), undefined, text);
});

test('links: user and password apart, the schemes of other libraries, and the path where it belongs', () => {
  const links: [string, object][] = [
    ['mqtt://192.0.2.7', { name: '192.0.2.7', url: 'mqtt://192.0.2.7' }],
    ['tcp://a:1883', { name: 'a', url: 'mqtt://a:1883' }],
    ['ssl://[2001:db8::7]:8883', { name: '2001:db8::7', url: 'mqtts://[2001:db8::7]:8883' }],
    ['wss://me@a.example/mqtt?x=1', { name: 'a.example', url: 'wss://a.example/mqtt?x=1', username: 'me' }],
    ['mqtt://a/b/%2B', { name: 'a', url: 'mqtt://a', subscriptions: ['b/+'] }],
    ['mqtt+unix:///run/a.sock', { name: 'a.sock', url: 'mqtt+unix:///run/a.sock' }],
  ];
  for (const [link, entry] of links) assert.deepEqual(readLink(` ${link}\n`)?.entry, entry, link);
  assert.deepEqual(readLink('mqtt://me:100%25@a')?.secrets, { password: '100%' });
  assert.deepEqual(readLink('mqtt://me:100%@a')?.secrets, { password: '100%' });
  assert.deepEqual(readLink('mqtt://a?clientId=7')?.notes, [{ kind: 'option', option: '?clientId=' }]);
  for (const text of ['', 'a', 'http://a', 'mqtt://', 'mqtt://a b'])
    assert.equal(readLink(text), undefined, text);
});
