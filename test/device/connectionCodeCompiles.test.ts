/**
 * The code for devices, through compilers: against stubs of the libraries that can't be had here (stubs/README.md), warnings
 * being errors. C, C++ and MicroPython run as well, and the library is told what the settings say, byte for byte; Rust is
 * compiled, and no more.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { hostAndPort } from '../../src/base/networkAddress.ts';
import { arduinoMqttClient } from '../../src/extension/connectionCode/arduinoMqttClient.ts';
import {
  type ConnectionSettings,
  caPemOf,
  loginOf,
  type SourceFile,
  topicsOf,
} from '../../src/extension/connectionCode/connectionSettings.ts';
import { espIdf } from '../../src/extension/connectionCode/espIdf.ts';
import { microPython } from '../../src/extension/connectionCode/microPython.ts';
import { platformIo } from '../../src/extension/connectionCode/platformIo.ts';
import { pubSubClient } from '../../src/extension/connectionCode/pubSubClient.ts';
import { rust } from '../../src/extension/connectionCode/rust.ts';
import { WOKWI_HOST, wokwi } from '../../src/extension/connectionCode/wokwi.ts';
import { zephyr } from '../../src/extension/connectionCode/zephyr.ts';
import { run } from '../support/program.ts';
import { inRepository } from '../support/repository.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { skipUnless, toolPath } from '../support/tools.ts';
import { samples, writeAll } from './connectionSamples.ts';

const stub = (...names: string[]): string => inRepository('test/device/stubs', ...names);
const strict = ['-Wall', '-Wextra', '-Werror', '-Wpedantic', '-trigraphs'];
// What esp-idf and Zephyr build with; `??/` is then what it looks like, but for those who ask for trigraphs.
const c = ['-std=gnu17', ...strict, '-Wno-gnu-zero-variadic-macro-arguments'];

/** Every line that the stubs printed: the texts that each was told, in order. */
type Said = ReadonlyMap<string, readonly string[]>;

function saidIn(stdout: string): Said {
  const said = new Map<string, string[]>();
  for (const line of stdout.trimEnd().split('\n')) {
    const [name = '', hex = ''] = line.split(' ');
    said.set(name, [...(said.get(name) ?? []), Buffer.from(hex, 'hex').toString()]);
  }
  return said;
}

async function succeed(t: TestContext, command: string, args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await run(t, command, args);
  assert.equal(exitCode, 0, stderr);
  return stdout;
}

/** Of every target: who it is, what it asks for, and what it leaves behind. */
function assertTold(said: Said, settings: ConnectionSettings): void {
  const topics = topicsOf(settings);
  const login = loginOf(settings);
  const told = (name: string): string | undefined => said.get(name)?.[0];
  assert.equal(told('clientId'), settings.clientId);
  assert.equal(told('username') ?? '', login?.username ?? '');
  assert.equal(told('password') ?? '', login?.password ?? '');
  assert.equal(told('willTopic'), topics.status);
  assert.equal(told('will'), 'offline');
  assert.deepEqual(said.get('publishRetained'), [topics.status]);
  assert.equal(told('payload'), 'online');
  assert.equal(told('subscribe'), topics.command);
}

describe('ESP-IDF', { skip: skipUnless('c_compiler', 'c_headers') }, () => {
  for (const [name, settings] of Object.entries(samples)) {
    test(`${name}: esp-mqtt is told what the settings say`, async (t) => {
      const folder = temporaryFolder(t);
      writeAll(folder, espIdf(settings));
      const sources = [join(folder, 'main/mqtt_start.c'), stub('espIdf/main.c')];
      const program = join(folder, 'device');
      // Its logging macro has no argument at times, as that of ESP-IDF.
      const args = [
        ...c.filter((arg) => arg !== '-Wpedantic'),
        `-I${stub('espIdf')}`,
        '-o',
        program,
        ...sources,
      ];
      await succeed(t, toolPath('c_compiler'), args);
      const said = saidIn(await succeed(t, program, []));
      assertTold(said, settings);
      const scheme = settings.tls ? 'mqtts' : 'mqtt';
      assert.deepEqual(said.get('address'), [`${scheme}://${hostAndPort(settings.host, settings.port)}`]);
      assert.deepEqual(said.get('ca'), [caPemOf(settings) ?? '']);
      assert.deepEqual(said.get('keepAlive'), ['30']);
      const { uptime } = topicsOf(settings);
      assert.deepEqual(said.get('publish'), [uptime, uptime]);
      assert.deepEqual(said.get('payload'), ['online', '10', '20']);
    });
  }
});

describe('Zephyr', { skip: skipUnless('c_compiler', 'c_headers') }, () => {
  for (const [name, settings] of Object.entries(samples)) {
    test(`${name}: the MQTT library is told what the settings say`, async (t) => {
      const folder = temporaryFolder(t);
      writeAll(folder, zephyr(settings));
      const sources = [join(folder, 'src/main.c'), stub('zephyr/kernel.c')];
      const program = join(folder, 'device');
      await succeed(t, toolPath('c_compiler'), [...c, `-I${stub('zephyr')}`, '-o', program, ...sources]);
      const said = saidIn(await succeed(t, program, []));
      assertTold(said, settings);
      // It connects twice.
      assert.deepEqual(said.get('host'), [settings.host, settings.host]);
      assert.deepEqual(said.get('port'), [String(settings.port), String(settings.port)]);
      const caPem = caPemOf(settings);
      assert.deepEqual(said.get('ca'), caPem && [caPem]);
      assert.deepEqual(said.get('verifies'), settings.tls && [settings.host, settings.host]);
      assert.deepEqual(said.get('acknowledges'), ['9']);
      assert.deepEqual(said.get('publish'), Array(4).fill(topicsOf(settings).uptime));
      assert.deepEqual(said.get('payload'), ['online', '10', '20', '30', '40']);
      // The second has no answer: given up, and tried again.
      assert.deepEqual(said.get('pingsAtMs'), ['15000', '30000']);
      assert.deepEqual(said.get('abortsAtMs'), ['45000', '45000']);
      assert.deepEqual(said.get('waits'), ['5', '5']);
    });
  }
});

describe('Arduino', { skip: skipUnless('compiler') }, () => {
  async function runSketch(t: TestContext, files: readonly SourceFile[]): Promise<Said> {
    const folder = temporaryFolder(t);
    writeAll(folder, files);
    const sketch = files.find(({ name }) => /\.(?:ino|cpp)$/.test(name))?.name ?? '';
    const program = join(folder, 'device');
    const args = [
      ...['-std=gnu++17', ...strict, `-I${stub('arduino')}`, '-o', program],
      ...['-x', 'c++', join(folder, sketch), stub('arduino/main.cpp')],
    ];
    await succeed(t, toolPath('compiler'), args);
    return saidIn(await succeed(t, program, []));
  }

  function assertSketch(said: Said, settings: ConnectionSettings): void {
    assertTold(said, settings);
    assert.deepEqual(said.get('host'), [settings.host]);
    assert.deepEqual(said.get('port'), [String(settings.port)]);
    const caPem = caPemOf(settings);
    assert.deepEqual(said.get('ca'), caPem && [caPem]);
    assert.deepEqual(said.get('keepAlive'), ['30']);
    assert.equal(said.get('publish')?.[0], topicsOf(settings).uptime);
  }

  for (const [name, settings] of Object.entries(samples)) {
    test(`${name}: PubSubClient is told what the settings say`, async (t) => {
      assertSketch(await runSketch(t, pubSubClient(settings)), settings);
    });
    test(`${name}: ArduinoMqttClient is told what the settings say`, async (t) => {
      assertSketch(await runSketch(t, arduinoMqttClient(settings)), settings);
    });
  }

  test('the code of PlatformIO is the sketch, as a C++ file', async (t) => {
    const settings = samples['over TLS']!; // it is there
    assertSketch(await runSketch(t, platformIo(settings)), settings);
  });

  test('the code of Wokwi joins the Wi-Fi of the simulator', async (t) => {
    const settings = { ...samples['without a password']!, host: WOKWI_HOST };
    const said = await runSketch(t, wokwi(settings));
    assertSketch(said, settings);
    assert.deepEqual(
      ['wifi', 'wifiPassword', 'channel'].map((name) => said.get(name)),
      [['Wokwi-GUEST'], [''], ['6']],
    );
  });
});

describe('MicroPython', { skip: skipUnless('python3') }, () => {
  for (const [name, settings] of Object.entries(samples)) {
    // A context takes certificates, and no sentence.
    if (settings.tls && settings.tls.caPem === undefined) continue;
    test(`${name}: umqtt.simple is told what the settings say`, async (t) => {
      const folder = temporaryFolder(t);
      writeAll(folder, microPython(settings));
      const stdout = await succeed(t, toolPath('python3'), [
        ...['-B', stub('microPython/run.py'), join(folder, 'main.py')],
      ]);
      const said = saidIn(
        stdout
          .split('\n')
          .filter((line) => /^\w+ (?:[\da-f]{2})*$/.test(line))
          .join('\n'),
      );
      assertTold(said, settings);
      assert.deepEqual(new Set(said.get('host')), new Set([settings.host]));
      assert.deepEqual(new Set(said.get('port')), new Set([String(settings.port)]));
      assert.equal(said.get('caDer')?.length, settings.tls && 1);
      assert.equal(said.get('publish')?.[0], topicsOf(settings).uptime);
      // Two are answered, and two are not: then the connection is given up, before a third.
      assert.equal(said.get('ping')?.length, 4);
      assert.deepEqual(
        stdout.split('\n').filter((line) => /^MQTT: |Error$/.test(line)),
        [
          'MQTT: refused by the broker, code 5',
          'MQTT: no connection, 113',
          'AssertionError',
          'IndexError',
          'MQTT: no connection, no answer to a ping',
        ],
      );
      assert.equal(said.get('connects')?.length, 6);
      assert.equal(said.get('closes')?.length, 6, 'each socket is closed before the next is opened');
      assert.match(stdout, /^küche\/set b'on'$/m);
    });
  }

  test('the place of the CA, left empty, is still a program', async (t) => {
    const folder = temporaryFolder(t);
    writeAll(folder, microPython(samples['over TLS, with the place of the CA empty']!)); // it is there
    const program = `compile(open("${join(folder, 'main.py')}").read(), "main.py", "exec")`;
    await succeed(t, toolPath('python3'), ['-c', program]);
  });
});

describe('Rust', { skip: skipUnless('rustc') }, () => {
  for (const [name, settings] of Object.entries(samples)) {
    test(`${name}: the compiler takes it`, async (t) => {
      const folder = temporaryFolder(t);
      writeAll(folder, rust(settings));
      const library = join(folder, 'librumqttc.rmeta');
      const common = ['--edition=2021', '--emit=metadata', '--deny=warnings'];
      await succeed(t, toolPath('rustc'), [
        ...[...common, '--crate-type=lib', '--crate-name=rumqttc', '-o', library, stub('rust/rumqttc.rs')],
      ]);
      await succeed(t, toolPath('rustc'), [
        ...[...common, '--crate-name=board', `--extern=rumqttc=${library}`],
        ...['-o', join(folder, 'board.rmeta'), join(folder, 'src/main.rs')],
      ]);
    });
  }
});
