import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { settingKeys } from '../../../src/contracts/manifest.ts';
import {
  defaultHost,
  numberRules,
  readSettings,
  type SettingsSource,
} from '../../../src/extension/settings.ts';

/** Of the workspace. */
const FOLDER = path.resolve('/project');

const defaults: Record<string, unknown> = {
  [settingKeys.host]: '127.0.0.1',
  [settingKeys.port]: 1883,
  [settingKeys.autoStart]: false,
  [settingKeys.configFile]: '',
  [settingKeys.tls]: false,
  [settingKeys.tlsPort]: 8883,
  [settingKeys.tlsClientCertificate]: 'optional',
  [settingKeys.announce]: false,
  [settingKeys.maxPacketBytes]: 134_217_728,
  [settingKeys.maxConnections]: 1000,
  [settingKeys.historyMegabytes]: 256,
  [settingKeys.dimTopicsAfterSeconds]: 60,
  [settingKeys.recordingMaxFileMegabytes]: 64,
  [settingKeys.traceMegabytes]: 64,
};

/** As VS Code layers them: the workspace over the person over the defaults. */
function sourceOf({ user = {}, workspace = {} }: { user?: object; workspace?: object }): SettingsSource {
  const effective: Record<string, unknown> = { ...defaults, ...user, ...workspace };
  const global = user as Record<string, unknown>;
  return {
    get: (key) => effective[key],
    inspect: (key) => ({
      defaultValue: defaults[key],
      ...(key in global && { globalValue: global[key] }),
    }),
  };
}

test('without any setting the defaults hold, and nothing is wrong', () => {
  const { settings, problems } = readSettings(sourceOf({}), true, FOLDER);
  assert.deepEqual(settings, {
    host: '127.0.0.1',
    port: 1883,
    autoStart: false,
    tls: { isOn: false, port: 8883, clientCertificate: 'optional' },
    announce: false,
    limits: { maxPacketBytes: 134_217_728, maxConnections: 1000, historyBytes: 268_435_456 },
    dimTopicsAfterSeconds: 60,
    recordingFileBytes: 67_108_864,
    traceBytes: 67_108_864,
  });
  assert.deepEqual(problems, []);
});

test('bounds and defaults in code are those of the manifest', () => {
  const manifest = JSON.parse(
    readFileSync(path.resolve(import.meta.dirname, '../../../package.json'), 'utf8'),
  ) as {
    contributes: {
      configuration: {
        properties: Record<string, { default: unknown; minimum?: number; maximum?: number }>;
      };
    };
  };
  const { properties } = manifest.contributes.configuration;
  for (const [key, rule] of Object.entries(numberRules)) {
    const property = properties[`mqttWorkbench.${key}`];
    assert.deepEqual(
      { default: property?.default, min: property?.minimum, max: property?.maximum },
      { ...rule },
      key,
    );
  }
  assert.equal(properties[`mqttWorkbench.${settingKeys.host}`]?.default, defaultHost);
});

test('what is set in a trusted workspace holds', () => {
  const workspace = { [settingKeys.autoStart]: true, [settingKeys.maxConnections]: 5 };
  const user = { [settingKeys.host]: '0.0.0.0', [settingKeys.port]: 2883 };
  const { settings } = readSettings(sourceOf({ user, workspace }), true, FOLDER);
  assert.equal(settings.host, '0.0.0.0');
  assert.equal(settings.port, 2883);
  assert.equal(settings.autoStart, true);
  assert.equal(settings.limits.maxConnections, 5);
});

for (const [key, value] of [
  [settingKeys.port, -1],
  [settingKeys.port, 65_536],
  [settingKeys.port, 18.83],
  [settingKeys.port, '1883'],
  [settingKeys.maxPacketBytes, 127],
  [settingKeys.maxPacketBytes, 268_435_461],
  [settingKeys.maxConnections, 0],
  [settingKeys.historyMegabytes, null],
  [settingKeys.dimTopicsAfterSeconds, -1],
  [settingKeys.recordingMaxFileMegabytes, 0],
] as const) {
  test(`${key} = ${JSON.stringify(value)} is named as a problem, and its default is used`, () => {
    const { settings, problems } = readSettings(sourceOf({ user: { [key]: value } }), true, FOLDER);
    const { min, max, default: used } = numberRules[key];
    assert.deepEqual(problems, [{ kind: 'notInRange', key, value, min, max, used }]);
    assert.deepEqual(settings, readSettings(sourceOf({}), true, FOLDER).settings);
  });
}

for (const host of ['', '-board', 'a b', '192.0.2.7:1883', 'mqtt://192.0.2.7', 7, `${'a'.repeat(64)}.org`]) {
  test(`host ${JSON.stringify(host)} is no host, and 127.0.0.1 is used`, () => {
    const { settings, problems } = readSettings(
      sourceOf({ user: { [settingKeys.host]: host } }),
      true,
      FOLDER,
    );
    assert.deepEqual(problems, [{ kind: 'notAHost', key: settingKeys.host, value: host, used: '127.0.0.1' }]);
    assert.equal(settings.host, '127.0.0.1');
  });
}

for (const host of ['localhost', '::', '::1', '0.0.0.0', '2001:db8::7', 'my-machine.local']) {
  test(`host ${host} is one`, () => {
    const { settings, problems } = readSettings(
      sourceOf({ user: { [settingKeys.host]: host } }),
      true,
      FOLDER,
    );
    assert.deepEqual(problems, []);
    assert.equal(settings.host, host);
  });
}

test('autoStart that is no boolean starts nothing', () => {
  const { settings, problems } = readSettings(
    sourceOf({ user: { [settingKeys.autoStart]: 'yes' } }),
    true,
    FOLDER,
  );
  assert.equal(settings.autoStart, false);
  assert.deepEqual(problems, [
    { kind: 'notABoolean', key: settingKeys.autoStart, value: 'yes', used: false },
  ]);
});

test('an untrusted workspace sets neither host nor port', () => {
  const workspace = { [settingKeys.host]: '0.0.0.0', [settingKeys.port]: 4444 };
  const { settings } = readSettings(
    sourceOf({ user: { [settingKeys.port]: 2883 }, workspace }),
    false,
    FOLDER,
  );
  assert.equal(settings.host, '127.0.0.1');
  assert.equal(settings.port, 2883);
});

test('an untrusted workspace announces nothing, and the person may', () => {
  const on = { [settingKeys.announce]: true };
  assert.equal(readSettings(sourceOf({ workspace: on }), false, FOLDER).settings.announce, false);
  assert.equal(readSettings(sourceOf({ user: on }), false, FOLDER).settings.announce, true);
});

test('in an untrusted workspace no setting starts a broker, nor exposes one, the person’s own included', () => {
  const user = { [settingKeys.autoStart]: true, [settingKeys.host]: '0.0.0.0' };
  const { settings, problems } = readSettings(sourceOf({ user }), false, FOLDER);
  assert.equal(settings.autoStart, false);
  assert.equal(settings.host, '127.0.0.1');
  assert.deepEqual(problems, []);
});

test('in an untrusted workspace the person’s own loopback address holds', () => {
  const { settings } = readSettings(sourceOf({ user: { [settingKeys.host]: '::1' } }), false, FOLDER);
  assert.equal(settings.host, '::1');
});

test('a configuration file is found from the workspace folder, or where its absolute path says', () => {
  const at = (value: string) =>
    readSettings(sourceOf({ workspace: { [settingKeys.configFile]: value } }), true, FOLDER).settings
      .configFile;
  assert.equal(at('mqtt/broker.json'), path.join(FOLDER, 'mqtt', 'broker.json'));
  assert.equal(at(path.resolve('/etc/broker.json')), path.resolve('/etc/broker.json'));
  assert.equal(at(''), undefined);
});

test('a configuration file relative to no folder is named as a problem, and not used', () => {
  const workspace = { [settingKeys.configFile]: 'broker.json' };
  const { settings, problems } = readSettings(sourceOf({ workspace }), true, undefined);
  assert.equal(settings.configFile, undefined);
  assert.deepEqual(problems, [{ kind: 'noFolder', key: settingKeys.configFile, value: 'broker.json' }]);
});

test('a configuration file that is no text is named as a problem', () => {
  const { problems } = readSettings(sourceOf({ user: { [settingKeys.configFile]: 7 } }), true, FOLDER);
  assert.deepEqual(problems, [{ kind: 'notAText', key: settingKeys.configFile, value: 7 }]);
});

test('an untrusted workspace names no configuration file, and has none of its own read', () => {
  const workspace = { [settingKeys.configFile]: path.resolve('/project/broker.json') };
  assert.equal(readSettings(sourceOf({ workspace }), false, FOLDER).settings.configFile, undefined);
  const relative = { [settingKeys.configFile]: 'broker.json' };
  assert.equal(readSettings(sourceOf({ user: relative }), false, FOLDER).settings.configFile, undefined);
  const own = { [settingKeys.configFile]: path.resolve('/home/me/broker.json') };
  assert.equal(
    readSettings(sourceOf({ user: own, workspace }), false, FOLDER).settings.configFile,
    path.resolve('/home/me/broker.json'),
  );
});

test('TLS is the person’s own setting, in any workspace', () => {
  const user = { [settingKeys.tls]: true, [settingKeys.tlsPort]: 8884 };
  for (const isTrusted of [true, false])
    assert.deepEqual(readSettings(sourceOf({ user }), isTrusted, FOLDER).settings.tls, {
      isOn: true,
      port: 8884,
      clientCertificate: 'optional',
    });
  const workspace = { [settingKeys.tls]: true };
  assert.equal(readSettings(sourceOf({ workspace }), false, FOLDER).settings.tls.isOn, false);
});

test('a word that is none of those for client certificates is named, and the default used', () => {
  const key = settingKeys.tlsClientCertificate;
  const { settings, problems } = readSettings(sourceOf({ user: { [key]: 'maybe' } }), true, FOLDER);
  assert.equal(settings.tls.clientCertificate, 'optional');
  const choices = ['none', 'optional', 'required'];
  assert.deepEqual(problems, [{ kind: 'notOneOf', key, value: 'maybe', choices, used: 'optional' }]);
});
