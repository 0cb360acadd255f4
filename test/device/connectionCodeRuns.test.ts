/**
 * The code for programs on a computer, as it is copied: Python with paho, C with libmosquitto and the mosquitto clients
 * connect to the broker with names that would break out of a string, say that they are there, hear what they are told,
 * and leave a will behind when they are killed. Over TCP and TLS, with a password. So does that for MicroPython, by CPython
 * with a stub of umqtt.simple that has sockets.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { connectAsync, type MqttClient } from 'mqtt';
import {
  type ConnectionSettings,
  placeholders,
  topicsOf,
} from '../../src/extension/connectionCode/connectionSettings.ts';
import { libmosquitto } from '../../src/extension/connectionCode/libmosquitto.ts';
import { microPython } from '../../src/extension/connectionCode/microPython.ts';
import { mosquittoClients } from '../../src/extension/connectionCode/mosquittoClients.ts';
import { python } from '../../src/extension/connectionCode/python.ts';
import { brokerOfSuite, type CliBroker, startCli } from '../support/cliBroker.ts';
import { Program, run } from '../support/program.ts';
import { inRepository } from '../support/repository.ts';
import { tlsArgs } from '../support/tlsFixtures.ts';
import { findProgram, skipUnless, toolPath } from '../support/tools.ts';
import { caPem, hostileName, hostileUsername, writeAll } from './connectionSamples.ts';

const folder = mkdtempSync(join(tmpdir(), 'mqtt-connection-code-'));
after(() => rmSync(folder, { recursive: true }));
const users = join(folder, 'users');
const shell = findProgram(['sh']) ?? 'sh';

// The code is run as it is copied, so its password is the one that stands in it.
await addUser(hostileUsername, placeholders.password);

let broker: () => CliBroker;
/** Sees what the devices publish. */
let observer: MqttClient;

const listeners: Readonly<Record<string, () => ConnectionSettings>> = {
  'over TCP': () => settingsFor('mqtt'),
  'over TLS': () => ({ ...settingsFor('mqtts'), tls: { caPem } }),
};

let devices = 0;

/** A device that no test before has been. */
function settingsFor(kind: 'mqtt' | 'mqtts'): ConnectionSettings {
  const name = `${hostileName} ${++devices}`;
  return {
    host: '127.0.0.1',
    port: broker().port(kind),
    credentials: { username: hostileUsername },
    clientId: name,
    topicPrefix: name,
  };
}

async function addUser(name: string, password: string): Promise<void> {
  const program = startCli({ after }, ['passwd', '-c', users, name]);
  program.feed(`${password}\n`);
  const { exitCode, stderr } = await program.ended;
  assert.equal(exitCode, 0, stderr);
}

/**
 * What is published from now on to topics with this ending, one after the other: under a name that broke on its way, it is
 * seen all the same.
 */
function follow(ending: string): () => Promise<{ topic: string; payload: string }> {
  const seen: { topic: string; payload: string }[] = [];
  let wake = (): void => undefined;
  observer.on('message', (topic, payload) => {
    if (!topic.endsWith(ending)) return;
    seen.push({ topic, payload: payload.toString() });
    wake();
  });
  return async () => {
    for (;;) {
      const first = seen.shift();
      if (first !== undefined) return first;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
}

/** In a folder of its own, as a person runs it in a terminal. */
function startIn(t: TestContext, cwd: string, ...command: readonly string[]): Program {
  return Program.start(t, shell, ['-c', 'cd "$1" && shift && exec "$@"', 'sh', cwd, ...command]);
}

/** Rejects when the device ends before. */
async function whileItLives<T>(device: Program, event: Promise<T>): Promise<T> {
  return Promise.race([event, device.ended.then(({ stderr }) => assert.fail(`ended: ${stderr}`))]);
}

/** Says that it is there, hears what it is told, is killed, and given up. */
async function live(
  device: Program,
  settings: ConnectionSettings,
  nextStatus: ReturnType<typeof follow>,
  printed: RegExp,
): Promise<void> {
  const { status, command } = topicsOf(settings);
  assert.deepEqual(await whileItLives(device, nextStatus()), { topic: status, payload: 'online' });
  // Retained: it hears it whether it has subscribed yet or not.
  await observer.publishAsync(command, 'on', { qos: 1, retain: true });
  await device.waitFor('stdout', printed);
  await device.end('SIGKILL');
  assert.deepEqual(await nextStatus(), { topic: status, payload: 'offline' });
}

describe('the copied code', () => {
  // Before the broker ends, which is what its own hook does.
  after(() => observer.endAsync());
  broker = brokerOfSuite(['--users', users, ...tlsArgs]);
  before(async () => {
    observer = await connectAsync(`mqtt://127.0.0.1:${broker().port('mqtt')}`, {
      reconnectPeriod: 0,
      username: hostileUsername,
      password: placeholders.password,
    });
    await observer.subscribeAsync('#', { qos: 1 });
  });

  describe('Python', { skip: skipUnless('paho') }, () => {
    for (const [name, settingsOf] of Object.entries(listeners)) {
      test(`${name}: says that it is there, hears its command, and is missed`, async (t) => {
        const settings = settingsOf();
        const nextStatus = follow('/status');
        const own = mkdtempSync(join(folder, 'python-'));
        writeAll(own, python(settings));
        const device = startIn(t, own, toolPath('paho'), 'board.py');
        await live(device, settings, nextStatus, /\/set b'on'$/m);
      });
    }

    test('a password that the broker does not know is told', async (t) => {
      const settings = { ...settingsFor('mqtt'), credentials: { username: 'nobody' } };
      const own = mkdtempSync(join(folder, 'python-'));
      writeAll(own, python(settings));
      // Unbuffered: into a pipe, Python keeps what it prints to itself.
      const device = startIn(t, own, toolPath('paho'), '-u', 'board.py');
      await device.waitFor('stdout', /^refused by the broker: /m);
      await device.end('SIGKILL');
    });
  });

  describe('MicroPython', { skip: skipUnless('python3') }, () => {
    for (const [name, settingsOf] of Object.entries(listeners)) {
      test(`${name}: says that it is there, hears its command, and is missed`, async (t) => {
        const settings = settingsOf();
        const nextStatus = follow('/status');
        const own = mkdtempSync(join(folder, 'micropython-'));
        writeAll(own, microPython(settings));
        const runner = inRepository('test/device/stubs/microPython/online/run.py');
        const device = startIn(t, own, toolPath('python3'), '-B', '-u', runner, 'main.py');
        await live(device, settings, nextStatus, /\/set b'on'$/m);
      });
    }
  });

  describe('C with libmosquitto', { skip: skipUnless('c_compiler', 'c_headers', 'libmosquitto') }, () => {
    for (const [name, settingsOf] of Object.entries(listeners)) {
      test(`${name}: says that it is there, hears its command, and is missed`, async (t) => {
        const settings = settingsOf();
        const nextStatus = follow('/status');
        const nextUptime = follow('/uptime');
        const own = mkdtempSync(join(folder, 'c-'));
        writeAll(own, libmosquitto(settings));
        const program = join(own, 'board');
        const strict = ['-std=c11', '-Wall', '-Wextra', '-Werror', '-Wpedantic', '-trigraphs'];
        const compiled = await run(t, toolPath('c_compiler'), [
          ...[...strict, '-o', program, join(own, 'board.c'), '-lmosquitto'],
        ]);
        assert.equal(compiled.exitCode, 0, compiled.stderr);
        const device = startIn(t, own, program);
        const uptime = await whileItLives(device, nextUptime());
        assert.deepEqual(uptime, { topic: topicsOf(settings).uptime, payload: '0' });
        await live(device, settings, nextStatus, /\/set: on$/m);
      });
    }
  });

  describe('the mosquitto clients', { skip: skipUnless('mosquitto_pub', 'mosquitto_sub') }, () => {
    // Debian's sh is dash; what a person has at a prompt is more often bash.
    for (const name of ['sh', 'bash']) {
      const program = findProgram([name]);
      if (program === undefined) continue;
      for (const [listener, settingsOf] of Object.entries(listeners)) {
        test(`${name}, ${listener}: one stands in for the device, the others talk to it and for it`, async (t) => {
          const settings = settingsOf();
          const nextStatus = follow('/status');
          const nextCommand = follow('/set');
          const own = mkdtempSync(join(folder, 'shell-'));
          const [file] = mosquittoClients(settings);
          const [ofDevice = '', ofOthers = ''] = (file?.text ?? '').split(/^: 'In another terminal.*\n/m);
          // In place of the shell, so that it is what the test ends; and line by line, which it is not into a pipe.
          const device = startIn(
            t,
            own,
            program,
            '-c',
            ofDevice.replace(/^mosquitto_sub/m, 'exec stdbuf -oL mosquitto_sub'),
          );
          // The others read the file of the CA that this one writes. A name of a test's own ends with a number of its own.
          const [ownEnding = ''] = / \d+$/.exec(settings.clientId) ?? [];
          const letIn = broker().waitForLog(new RegExp(`${ownEnding}" connected from`));
          await whileItLives(device, letIn);
          const talked = startIn(t, own, program, '-ec', ofOthers);
          const { exitCode, stderr } = await talked.ended;
          assert.equal(exitCode, 0, stderr);
          assert.deepEqual(await nextCommand(), { topic: topicsOf(settings).command, payload: 'on' });
          await live(device, settings, nextStatus, /\/set on$/m);
        });
      }
    }
  });
});
