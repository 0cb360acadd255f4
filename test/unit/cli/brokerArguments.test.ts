/** Arguments and configuration files: what becomes of the right ones, and what is said of the wrong ones. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readBrokerArguments } from '../../../src/cli/brokerArguments.ts';
import type { BrokerSettings } from '../../../src/cli/brokerFlags.ts';

const folder = mkdtempSync(join(tmpdir(), 'mqtt-cli-'));
after(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function settingsOf(...args: string[]): Promise<BrokerSettings> {
  const result = await readBrokerArguments(args);
  assert.equal(result.kind, 'settings', JSON.stringify(result));
  return (result as { settings: BrokerSettings }).settings; // asserted
}

async function problemOf(...args: string[]): Promise<string> {
  const result = await readBrokerArguments(args);
  assert.equal(result.kind, 'usageProblem', JSON.stringify(result));
  return (result as { message: string }).message; // asserted
}

test('without flags the broker listens on 127.0.0.1:1883 alone', async () => {
  assert.deepEqual(await settingsOf(), {
    host: '127.0.0.1',
    port: 1883,
    requireClientCert: false,
    json: false,
  });
});

test('every flag ends up in its setting, with = or a space', async () => {
  const settings = await settingsOf(
    ...['--host', '::', '--port=0', '--ws-port', '9001', '--tls-port=8883', '--cert', 'c.pem', '--key=k.pem'],
    ...['--ca', 'ca.pem', '--require-client-cert', '--users', 'users', '--acl', 'acl', '--json'],
  );
  assert.deepEqual(settings, {
    host: '::',
    port: 0,
    wsPort: 9001,
    tlsPort: 8883,
    cert: 'c.pem',
    key: 'k.pem',
    ca: 'ca.pem',
    requireClientCert: true,
    users: 'users',
    acl: 'acl',
    json: true,
  });
});

test('--help wins over everything before the first fault', async () => {
  assert.deepEqual(await readBrokerArguments(['--port', '1', '--help', '--nonsense']), { kind: 'help' });
  assert.deepEqual(await readBrokerArguments(['-h']), { kind: 'help' });
});

test('a configuration file gives settings, its paths are relative to it, and flags win', async () => {
  const file = write(
    'broker.json',
    '{"port": 1884, "wsPort": 0, "users": "users.txt", "acl": "/abs/acl", "json": true}',
  );
  const settings = await settingsOf('--config', file, '--port', '1885', '--acl', 'here.acl');
  assert.equal(settings.port, 1885);
  assert.equal(settings.wsPort, 0);
  assert.equal(settings.users, join(folder, 'users.txt'));
  assert.equal(settings.acl, 'here.acl');
  assert.equal(settings.json, true);
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
  [['--tls-port', '8883'], "--tls-port needs --cert FILE, the broker's certificate"],
  [['--tls-port', '8883', '--cert', 'c'], '--tls-port needs --key FILE, the private key of the certificate'],
  [['--cert', 'c'], '--cert is for TLS, and needs --tls-port'],
  [['--require-client-cert'], '--require-client-cert is for TLS, and needs --tls-port'],
  [
    ['--tls-port', '8883', '--cert', 'c', '--key', 'k', '--require-client-cert'],
    "--require-client-cert needs --ca FILE, the certificate that signs the clients' ones",
  ],
  [['--ws-port', '1883'], '--port and --ws-port are both 1883: each listener needs a port of its own'],
] as const) {
  test(`${args.join(' ')}: is told with which flag and why`, async () => {
    assert.equal(await problemOf(...args), message);
  });
}

for (const [what, text, message] of [
  ['no JSON', '{\n  "port": 1883,\n  host: "x"\n}', /broker\.json:3:3: this is no valid JSON/],
  ['JSON that is cut short', '{"port": 1883', /broker\.json:1:14: this is no valid JSON/],
  ['an empty text', '', /broker\.json:1:1: this is no valid JSON/],
  ['no object', '[1883]', /broker\.json: must be a JSON object/],
  ['an unknown setting', '{"wsport": 1}', /broker\.json: "wsport" is no setting, did you mean "wsPort"\?/],
  ['a port in quotes', '{"port": "1883"}', /broker\.json: "port" is "1883", must be a whole number/],
  ['a switch that is a text', '{"json": "yes"}', /broker\.json: "json" is "yes", must be true or false/],
  ['a path that is a number', '{"users": 1}', /broker\.json: "users" is 1, must be a text in quotes/],
] as const) {
  test(`a configuration file with ${what} is told with the place`, async () => {
    assert.match(await problemOf('--config', write('broker.json', text)), message);
  });
}

test('a configuration file that is not there is told', async () => {
  const file = join(folder, 'nowhere.json');
  assert.equal(await problemOf('--config', file), `--config ${file}: there is no such file`);
});

test('what a configuration file says is checked together with the flags', async () => {
  const file = write('broker.json', '{"tlsPort": 8883, "cert": "c.pem"}');
  assert.equal(
    await problemOf('--config', file),
    '--tls-port needs --key FILE, the private key of the certificate',
  );
  assert.equal((await settingsOf('--config', file, '--key', 'k.pem')).key, 'k.pem');
});
