/** Arguments and configuration files: what becomes of the right ones, and what is said of the wrong ones. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readBrokerArguments } from '../../../src/cli/brokerArguments.ts';
import type { BrokerConfiguration } from '../../../src/configuration/brokerConfiguration.ts';

const folder = mkdtempSync(join(tmpdir(), 'mqtt-cli-'));
after(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function configurationOf(...args: string[]): Promise<BrokerConfiguration> {
  const result = await readBrokerArguments(args);
  assert.equal(result.kind, 'configuration', JSON.stringify(result));
  return (result as { configuration: BrokerConfiguration }).configuration; // asserted
}

async function problemOf(...args: string[]): Promise<string> {
  const result = await readBrokerArguments(args);
  assert.equal(result.kind, 'usageProblem', JSON.stringify(result));
  return (result as { message: string }).message; // asserted
}

test('without flags the broker listens on 127.0.0.1:1883 alone', async () => {
  assert.deepEqual(await configurationOf(), {
    listeners: [{ kind: 'mqtt', host: '127.0.0.1', port: 1883 }],
    limits: {},
  });
});

test('every flag ends up in the configuration, with = or a space', async () => {
  const args = [
    ...['--host', '::', '--port=0', '--ws-port', '9001', '--tls-port=8883', '--wss-port', '9443'],
    ...['--unix', 'mqtt.sock', '--cert', 'c.pem', '--key=k.pem', '--ca', 'ca.pem', '--require-client-cert'],
    ...['--cert-as-user', '--min-tls', '1.3', '--users', 'users', '--acl', 'acl', '--persist', 'data'],
    ...['--limit', 'maxPacketBytes=65536', '--limit=maxInflight=20', '--json'],
  ];
  const tls = {
    cert: 'c.pem',
    key: 'k.pem',
    ca: 'ca.pem',
    clientCertificate: 'required',
    commonNameAsUser: true,
    minTlsVersion: '1.3',
  };
  assert.deepEqual(await configurationOf(...args), {
    listeners: [
      { kind: 'mqtt', host: '::', port: 0 },
      { kind: 'ws', host: '::', port: 9001 },
      { kind: 'mqtts', host: '::', port: 8883, tls },
      { kind: 'wss', host: '::', port: 9443, tls },
      { kind: 'unix', path: 'mqtt.sock' },
    ],
    limits: { maxPacketBytes: 65_536, maxInflight: 20 },
    users: 'users',
    acl: 'acl',
    persist: 'data',
  });
  const result = await readBrokerArguments(args);
  assert.ok(result.kind === 'configuration' && result.json);
});

test('--help wins over everything before the first fault', async () => {
  assert.deepEqual(await readBrokerArguments(['--port', '1', '--help', '--nonsense']), { kind: 'help' });
  assert.deepEqual(await readBrokerArguments(['-h']), { kind: 'help' });
});

test('a configuration file gives settings, its paths are relative to it, and flags win', async () => {
  const file = write(
    'broker.json',
    `{"port": 1884, "wsPort": 0, "users": "users.txt", "acl": "/abs/acl", "json": true,
      "limits": {"maxInflight": 1, "maxSessions": 2}}`,
  );
  const args = ['--config', file, '--port', '1885', '--acl', 'here.acl', '--limit', 'maxInflight=3'];
  assert.deepEqual(await configurationOf(...args), {
    listeners: [
      { kind: 'mqtt', host: '127.0.0.1', port: 1885 },
      { kind: 'ws', host: '127.0.0.1', port: 0 },
    ],
    limits: { maxInflight: 3, maxSessions: 2 },
    users: join(folder, 'users.txt'),
    acl: 'here.acl',
  });
  const result = await readBrokerArguments(args);
  assert.ok(result.kind === 'configuration' && result.json);
});

test('a flag for client certificates wins over the older word for it in the file', async () => {
  const file = write(
    'broker.json',
    '{"tlsPort": 0, "cert": "c", "key": "k", "ca": "a", "requireClientCert": true}',
  );
  const [, fromFile] = (await configurationOf('--config', file)).listeners;
  assert.ok(fromFile?.kind === 'mqtts' && fromFile.tls.clientCertificate === 'required');
  const [, fromFlag] = (await configurationOf('--config', file, '--client-cert', 'optional')).listeners;
  assert.ok(fromFlag?.kind === 'mqtts' && fromFlag.tls.clientCertificate === 'optional');
});

for (const [args, message] of [
  [['--prot', '1883'], 'there is no flag --prot: did you mean --port?'],
  [['--verbose'], 'there is no flag --verbose: "broker --help" lists the flags'],
  [['-p', '1'], 'there is no flag -p: "broker --help" lists the flags'],
  [['1883'], '"1883" is not expected here: "broker" takes flags only'],
  [['--port'], '--port needs a value after it'],
  [['--port', '--json'], '--port needs a value after it'],
  [['--host='], '--host needs a value after it'],
  [['--json=yes'], '--json takes no value'],
  [['--port', 'http'], '--port is "http", must be a whole number from 0 to 65535 (0 takes a free one)'],
  [['--port', '65536'], '--port is 65536, must be a whole number from 0 to 65535 (0 takes a free one)'],
  [['--ws-port=-1'], '--ws-port is "-1", must be a whole number from 0 to 65535 (0 takes a free one)'],
  [['--port', '1e3'], '--port is "1e3", must be a whole number from 0 to 65535 (0 takes a free one)'],
  [['--tls-port', '8883'], "--tls-port needs --cert, the file of the broker's certificate"],
  [
    ['--wss-port', '8883', '--cert', 'c'],
    "--wss-port needs --key, the file of the certificate's private key",
  ],
  [['--cert', 'c'], '--cert is for TLS, and needs --tls-port or --wss-port'],
  [['--require-client-cert'], '--require-client-cert is for TLS, and needs --tls-port or --wss-port'],
  [
    ['--tls-port', '8883', '--cert', 'c', '--key', 'k', '--require-client-cert'],
    "--require-client-cert needs --ca, the certificate that signs the clients' ones",
  ],
  [
    ['--tls-port', '8883', '--cert', 'c', '--key', 'k', '--client-cert', 'optional'],
    "--client-cert needs --ca, the certificate that signs the clients' ones",
  ],
  [
    ['--tls-port', '8883', '--cert', 'c', '--key', 'k', '--cert-as-user'],
    '--cert-as-user needs --client-cert, optional or required: without it no client shows a certificate',
  ],
  [
    ['--tls-port', '8883', '--cert', 'c', '--key', 'k', '--require-client-cert', '--client-cert', 'none'],
    "--require-client-cert can't be used together with --client-cert none",
  ],
  [
    ['--client-cert', 'option'],
    '--client-cert is "option", must be "none" or "optional" or "required"; did you mean "optional"?',
  ],
  [['--min-tls', '1.1'], '--min-tls is "1.1", must be "1.2" or "1.3"; did you mean "1.2"?'],
  [['--host', '[::1]'], '--host is "[::1]": an IPv6 address is written without brackets here'],
  [['--ws-port', '1883'], '--port and --ws-port are both 1883: each listener needs a port of its own'],
  [['--limit', 'maxInflight=0'], '--limit maxInflight is 0, must be a whole number from 1 to 65535'],
  [['--limit', 'maxInflight=many'], '--limit maxInflight is "many", must be a whole number from 1 to 65535'],
  [['--limit', 'maxInflight'], '--limit maxInflight needs a value, as in maxInflight=100'],
  [['--limit', 'maxInfligth=1'], '--limit maxInfligth: there is no such limit: did you mean maxInflight?'],
] as const) {
  test(`${args.join(' ')}: is told with which flag and why`, async () => {
    assert.equal(await problemOf(...args), message);
  });
}

for (const [what, text, message] of [
  ['no JSON', '{\n  "port": 1883,\n  host: "x"\n}', /broker\.json:3:3: this is no valid JSON/],
  ['JSON that is cut short', '{"port": 1883', /broker\.json:1:14: this is no valid JSON/],
  ['an empty text', '', /broker\.json:1:1: this is no valid JSON/],
  ['no object', '[1883]', /broker\.json: the file is \[1883\], must be a JSON object/],
  ['an unknown setting', '{"wsport": 1}', /broker\.json: "wsport" is no setting, did you mean "wsPort"\?/],
  [
    'a limit outside of "limits"',
    '{"maxInflight": 3}',
    /broker\.json: "maxInflight" is a limit, and stands inside of "limits": \{"limits": \{"maxInflight": …\}\}$/,
  ],
  ['a port in quotes', '{"port": "1883"}', /broker\.json: "port" is "1883", must be a whole number/],
  ['a switch that is a text', '{"json": "yes"}', /broker\.json: "json" is "yes", must be true or false/],
  ['a path that is a number', '{"users": 1}', /broker\.json: "users" is 1, must be a text in quotes/],
  [
    'settings that do not fit together',
    '{"tlsPort": 8883, "cert": "c.pem"}',
    /broker\.json: "tlsPort" needs --key, the file of the certificate's private key$/,
  ],
  [
    'two listeners on one port',
    '{"listeners": [{"kind": "mqtt", "port": 1}, {"kind": "ws", "port": 1}]}',
    /broker\.json: "listeners\[0\]\.port" and "listeners\[1\]\.port" are both 1: each listener/,
  ],
] as const) {
  test(`a configuration file with ${what} is told with the place`, async () => {
    const file = write('broker.json', text);
    const problem = await problemOf('--config', file);
    assert.match(problem, message);
    assert.ok(problem.startsWith(file), 'a terminal makes a link of it');
  });
}

test('a configuration file that is not there is told', async () => {
  const file = join(folder, 'nowhere.json');
  assert.equal(await problemOf('--config', file), `${file}: there is no such file`);
});

test('a listener of the flags beside a list of the file is told of', async () => {
  const file = write('broker.json', '{"listeners": [{"kind": "ws", "port": 0}]}');
  assert.deepEqual((await configurationOf('--config', file)).listeners, [
    { kind: 'ws', host: '127.0.0.1', port: 0, place: 'listeners[0]' },
  ]);
  assert.equal(
    await problemOf('--config', file, '--port', '0'),
    '--port can\'t be used together with "listeners": each listener of the list says its own',
  );
});
