import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { LaunchChoices } from '../../../src/contracts/engine.ts';
import { effectiveConfiguration } from '../../../src/engine/effectiveConfiguration.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const params = {
  host: '127.0.0.1',
  port: 1883,
  limits: { maxPacketBytes: 1_000_000, maxConnections: 100, historyBytes: 1_000_000 },
};

/** What comes of a configuration file with this text. */
function of(t: TestContext, text: string, choices: LaunchChoices = {}) {
  const configFile = join(temporaryFolder(t), 'broker.json');
  writeFileSync(configFile, text);
  return effectiveConfiguration({ ...params, configFile, choices });
}

async function configurationOf(t: TestContext, text: string, choices: LaunchChoices = {}) {
  const result = await of(t, text, choices);
  assert.ok(result.kind === 'configuration', JSON.stringify(result));
  return result;
}

test('without a file, it is what the settings say', async () => {
  const result = await effectiveConfiguration(params);
  assert.ok(result.kind === 'configuration');
  assert.deepEqual(result.configuration, {
    listeners: [{ kind: 'mqtt', host: '127.0.0.1', port: 1883 }],
    limits: { maxPacketBytes: 1_000_000, maxConnections: 100 },
  });
  assert.deepEqual([result.configuredPort, result.requiresCredentials], [1883, false]);
});

test('what a file says goes before the settings, and what it leaves out is theirs', async (t) => {
  const { configuration, configuredPort, fileLimits } = await configurationOf(
    t,
    '{"port": 2883, "wsPort": 9001, "limits": {"maxConnections": 5}}',
  );
  assert.deepEqual(configuration.listeners, [
    { kind: 'mqtt', host: '127.0.0.1', port: 2883 },
    { kind: 'ws', host: '127.0.0.1', port: 9001 },
  ]);
  assert.deepEqual(configuration.limits, { maxPacketBytes: 1_000_000, maxConnections: 5 });
  assert.deepEqual([configuredPort, fileLimits], [2883, { maxConnections: 5 }]);
});

test('a port that was chosen is that of the main listener, as long as the file has the one it was chosen instead of', async (t) => {
  const listed = '{"listeners": [{"kind": "ws", "port": 9001}, {"kind": "mqtt", "port": 1883}]}';
  const portsOf = async (insteadOf: number) => {
    const { configuration } = await configurationOf(t, listed, { port: { use: 1884, insteadOf } });
    return configuration.listeners.map((listener) => listener.kind !== 'unix' && listener.port);
  };
  assert.deepEqual(await portsOf(1883), [9001, 1884]);
  assert.deepEqual(await portsOf(1885), [9001, 1883]);
});

test('a file that lets others connect waits for the word of the person', async (t) => {
  const text = '{"host": "0.0.0.0", "port": 1883, "wsPort": 9001}';
  const asked = await of(t, text);
  assert.ok(asked.kind === 'wouldExpose', asked.kind);
  assert.deepEqual(asked.addresses, ['0.0.0.0:1883', '0.0.0.0:9001']);
  assert.equal(asked.requiresCredentials, false);
  const agreed = await configurationOf(t, text, { mayExpose: true });
  assert.equal(agreed.configuration.listeners.length, 2);
  const local = await configurationOf(t, text, { host: '127.0.0.1' });
  assert.ok(
    local.configuration.listeners.every((listener) => 'host' in listener && listener.host === '127.0.0.1'),
  );
});

test('to expose what a file lists waits for the word of the person too', async (t) => {
  const asked = await of(t, '{"port": 1883, "users": "users.txt"}', { host: '0.0.0.0' });
  assert.ok(asked.kind === 'wouldExpose', asked.kind);
  assert.equal(asked.requiresCredentials, true);
});

test('others have to prove who they are unless one exposed listener lets anyone in', async (t) => {
  const requires = async (listeners: string, users = '"users": "users.txt"') => {
    const choices = { mayExpose: true };
    return (await configurationOf(t, `{"listeners": [${listeners}], ${users}}`, choices)).requiresCredentials;
  };
  const local = '{"kind": "mqtt", "port": 1883, "anonymous": true}';
  const exposed = '{"kind": "mqtt", "host": "0.0.0.0", "port": 1884}';
  const open = '{"kind": "ws", "host": "::", "port": 9001, "anonymous": true}';
  const tls = `{"kind": "mqtts", "host": "::", "port": 8883, "cert": "c", "key": "k", "ca": "a", "clientCertificate": "required"}`;
  assert.equal(await requires(`${local}, ${exposed}`), true);
  assert.equal(await requires(`${local}, ${exposed}, ${open}`), false);
  assert.equal(await requires(`${local}, ${tls}`, '"limits": {}'), true);
  assert.equal(await requires(exposed, '"limits": {}'), false);
});

test('a mistake in a file is told with its place', async (t) => {
  const unknown = await of(t, '{"prot": 1883}');
  assert.ok(unknown.kind === 'configurationProblem');
  assert.equal(unknown.message, '"prot" is no setting, did you mean "port"?');
  const broken = await of(t, '{\n  "port": 1883,\n}');
  assert.ok(broken.kind === 'configurationProblem');
  assert.deepEqual([broken.line, broken.file.endsWith('broker.json')], [3, true]);
});

const tls = {
  port: 8883,
  certificate: 'certificate',
  key: 'a private key',
  authority: 'authority',
  clientCertificate: 'optional',
} as const;

test('a TLS listener of the settings is one more, where the main one is, and its key is in no configuration', async () => {
  const result = await effectiveConfiguration({ ...params, tls, choices: { host: '0.0.0.0' } });
  assert.ok(result.kind === 'configuration');
  assert.deepEqual(result.configuration.listeners, [
    { kind: 'mqtt', host: '0.0.0.0', port: 1883 },
    {
      kind: 'mqtts',
      host: '0.0.0.0',
      port: 8883,
      tls: { isKept: true, clientCertificate: 'optional', commonNameAsUser: true, minTlsVersion: '1.2' },
    },
  ]);
  assert.doesNotMatch(JSON.stringify(result), /private/);
});

test('beside the listeners of a file it is one more, and where a file has TLS it is none', async (t) => {
  const kindsOf = async (text: string): Promise<string[]> => {
    const configFile = join(temporaryFolder(t), 'broker.json');
    writeFileSync(configFile, text);
    const result = await effectiveConfiguration({ ...params, configFile, tls });
    assert.ok(result.kind === 'configuration', JSON.stringify(result));
    return result.configuration.listeners.map(({ kind }) => kind);
  };
  assert.deepEqual(await kindsOf('{"wsPort": 9001}'), ['mqtt', 'ws', 'mqtts']);
  assert.deepEqual(await kindsOf('{"tlsPort": 8884, "cert": "c.pem", "key": "k.pem"}'), ['mqtt', 'mqtts']);
});

test('where every client shows a certificate, all prove who they are; the plain port still asks nobody', async () => {
  const required = { ...tls, clientCertificate: 'required' } as const;
  const result = await effectiveConfiguration({ ...params, tls: required, choices: { host: '0.0.0.0' } });
  assert.equal(result.kind === 'configuration' && result.requiresCredentials, false);
});
