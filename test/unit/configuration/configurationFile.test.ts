/** Lists of listeners and limits in a configuration file, and what is said of the wrong ones. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limitNames } from '../../../src/broker/limits.ts';
import { parseConfiguration } from '../../../src/configuration/configurationFile.ts';
import { describeConfigurationProblem } from '../../../src/configuration/configurationProblem.ts';
import { limitFields } from '../../../src/configuration/settings.ts';

function problemOf(json: unknown): string {
  const result = parseConfiguration(JSON.stringify(json), '/etc/broker.json');
  assert.equal(result.kind, 'configurationProblem', JSON.stringify(result));
  return result.kind === 'configurationProblem' ? describeConfigurationProblem(result) : '';
}

test('every kind of listener is read with all that it may say, and its paths start at the file', () => {
  const secure = { cert: 'c.pem', key: '/abs/k.pem', ca: 'ca.pem' };
  const result = parseConfiguration(
    JSON.stringify({
      listeners: [
        { kind: 'mqtt', port: 1883 },
        { kind: 'mqtt', host: '::1', port: 1883, maxConnections: 3, anonymous: true },
        { kind: 'ws', host: '::', port: 0, anonymous: false },
        { kind: 'mqtts', port: 8883, ...secure, clientCertificate: 'optional', commonNameAsUser: true },
        { kind: 'wss', port: 9443, cert: 'c.pem', key: 'k.pem', minTlsVersion: '1.3' },
        { kind: 'unix', path: 'mqtt.sock', mode: '0660' },
      ],
    }),
    '/etc/broker.json',
  );
  assert.deepEqual(result.kind === 'settings' && result.settings.listeners, [
    { kind: 'mqtt', host: '127.0.0.1', port: 1883, place: 'listeners[0]' },
    { kind: 'mqtt', host: '::1', port: 1883, place: 'listeners[1]', maxConnections: 3, anonymous: true },
    { kind: 'ws', host: '::', port: 0, place: 'listeners[2]', anonymous: false },
    {
      kind: 'mqtts',
      host: '127.0.0.1',
      port: 8883,
      place: 'listeners[3]',
      tls: {
        cert: '/etc/c.pem',
        key: '/abs/k.pem',
        ca: '/etc/ca.pem',
        clientCertificate: 'optional',
        commonNameAsUser: true,
        minTlsVersion: '1.2',
      },
    },
    {
      kind: 'wss',
      host: '127.0.0.1',
      port: 9443,
      place: 'listeners[4]',
      tls: {
        cert: '/etc/c.pem',
        key: '/etc/k.pem',
        clientCertificate: 'none',
        commonNameAsUser: false,
        minTlsVersion: '1.3',
      },
    },
    { kind: 'unix', path: '/etc/mqtt.sock', place: 'listeners[5]', mode: 0o660 },
  ]);
});

test('every limit of the broker can be set', () => {
  assert.deepEqual(Object.keys(limitFields), limitNames);
  const result = parseConfiguration('{"limits": {"maxInflight": 20}}', 'broker.json');
  assert.deepEqual(result, { kind: 'settings', settings: { limits: { maxInflight: 20 } } });
});

const listener = (fields: object): object => ({ listeners: [{ kind: 'mqtt', port: 1 }, fields] });

for (const [what, json, message] of [
  ['no list', { listeners: {} }, '"listeners" is {}, must be a list, as in [{"kind": "mqtt", "port": 1883}]'],
  [
    'an empty list',
    { listeners: [] },
    '"listeners" is [], must be a list, as in [{"kind": "mqtt", "port": 1883}]',
  ],
  [
    'a listener that is no object',
    listener([]),
    '"listeners[1]" is [], must be a JSON object, as in {"kind": …}',
  ],
  ['no kind', listener({ port: 1 }), '"listeners[1]" needs "kind": "mqtt", "mqtts", "ws", "wss", "unix"'],
  [
    'a kind that is none',
    listener({ kind: 'mqtss' }),
    '"listeners[1].kind" is "mqtss", must be "mqtt" or "mqtts" or "ws" or "wss" or "unix"; did you mean "mqtts"?',
  ],
  [
    'an unknown field',
    listener({ kind: 'ws', prot: 1 }),
    '"listeners[1].prot" is no setting, did you mean "port"?',
  ],
  [
    'a name that every object has',
    listener({ kind: 'ws', constructor: 1 }),
    '"listeners[1].constructor" is no setting',
  ],
  ['no port', listener({ kind: 'ws' }), '"listeners[1]" is ws, and needs "port"'],
  ['no path', listener({ kind: 'unix' }), '"listeners[1]" is unix, and needs "path"'],
  [
    'no certificate',
    listener({ kind: 'wss', port: 1 }),
    '"listeners[1]" needs "listeners[1].cert", the file of the broker\'s certificate',
  ],
  [
    'a certificate without TLS',
    listener({ kind: 'ws', port: 1, cert: 'c.pem' }),
    '"listeners[1].cert" is for mqtts and wss, and this listener is ws',
  ],
  [
    'a host for a Unix socket',
    listener({ kind: 'unix', path: 'p', host: '::' }),
    '"listeners[1].host" is for mqtt and mqtts and ws and wss, and this listener is unix',
  ],
  [
    'client certificates that nobody signs',
    listener({ kind: 'mqtts', port: 1, cert: 'c', key: 'k', clientCertificate: 'required' }),
    '"listeners[1].clientCertificate" needs "listeners[1].ca", the certificate that signs the clients\' ones',
  ],
  [
    'permissions as a number',
    listener({ kind: 'unix', path: 'p', mode: 660 }),
    '"listeners[1].mode" is 660, must be three octal digits in quotes, as "660"',
  ],
  [
    'no room at all',
    listener({ kind: 'ws', port: 1, maxConnections: 0 }),
    '"listeners[1].maxConnections" is 0, must be a whole number from 1 up',
  ],
  [
    'a limit out of its range',
    { limits: { receiveMaximum: 65_536 } },
    '"limits.receiveMaximum" is 65536, must be a whole number from 1 to 65535',
  ],
  [
    'a limit in quotes',
    { limits: { receiveMaximum: '10' } },
    '"limits.receiveMaximum" is "10", must be a whole number from 1 to 65535',
  ],
  [
    'a limit that is none',
    { limits: { recieveMaximum: 1 } },
    '"limits.recieveMaximum" is no setting, did you mean "receiveMaximum"?',
  ],
] as const) {
  test(`${what} is told with its place`, () => {
    assert.equal(problemOf(json), `/etc/broker.json: ${message}`);
  });
}
