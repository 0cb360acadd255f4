/**
 * The copied code that comes back by itself, its library doing no more than to say that a connection is lost, before a broker
 * with faults. umqtt.simple ends by an exception what is no answer, and says nothing of an answer that is missing.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import type { ConnectionSettings } from '../../src/extension/connectionCode/connectionSettings.ts';
import { libmosquitto } from '../../src/extension/connectionCode/libmosquitto.ts';
import { microPython } from '../../src/extension/connectionCode/microPython.ts';
import type { FaultRule } from '../../src/faults/faultRule.ts';
import { Program, run } from '../support/program.ts';
import { inRepository } from '../support/repository.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { skipUnless, toolPath } from '../support/tools.ts';
import { writeAll } from './connectionSamples.ts';
import { type DeviceClient, FaultBroker } from './faults/faultBroker.ts';

const board = { kind: 'clientId', clientId: 'board' } as const;

/** Sees what the board says of itself, and tells it what to do. */
async function observe(t: TestContext, broker: FaultBroker): Promise<DeviceClient> {
  const observer = await broker.connect(t, 'observer');
  await observer.subscribe('board/status', 1);
  return observer;
}

const settingsOf = ({ port }: FaultBroker): ConnectionSettings => ({
  ...{ host: '127.0.0.1', port, clientId: 'board', topicPrefix: 'board' },
});

function startBoard(t: TestContext, broker: FaultBroker): Program {
  const folder = temporaryFolder(t);
  writeAll(folder, microPython(settingsOf(broker)));
  const runner = inRepository('test/device/stubs/microPython/online/run.py');
  // Unbuffered: into a pipe, Python keeps what it prints to itself.
  return Program.start(t, toolPath('python3'), ['-B', '-u', runner, join(folder, 'main.py')]);
}

/** It is connected, and in its loop: a command that is retained comes whether it has subscribed yet or not. */
async function assertListens(device: Program, observer: DeviceClient, word: string): Promise<void> {
  await observer.mqtt.publishAsync('board/set', word, { qos: 1, retain: true });
  await device.waitFor('stdout', new RegExp(`^board/set\\b.*\\b${word}\\b`, 'm'));
}

const timesOnline = ({ messages }: DeviceClient): number =>
  messages.filter((message) => message === 'board/status online').length;

describe('MicroPython', { skip: skipUnless('python3') }, () => {
  const answers: readonly { name: string; rule: FaultRule; says: RegExp }[] = [
    {
      name: 'a page of HTTP',
      rule: { who: board, behaviour: { kind: 'nonsense' } },
      says: /^AssertionError$/m,
    },
    {
      name: 'the half of a CONNACK',
      rule: {
        ...{ who: board, direction: 'toClient', packets: ['connack'] },
        behaviour: { kind: 'cut', percent: 100 },
      },
      says: /^IndexError: /m,
    },
    {
      name: 'a close',
      rule: { who: board, behaviour: { kind: 'close', at: 'connect' } },
      // By FIN, or by RST where the broker had not read all.
      says: /^IndexError: |^MQTT: no connection, /m,
    },
  ];

  for (const { name, rule, says } of answers)
    test(`comes back after ${name} in answer to its CONNECT`, async (t) => {
      const broker = await FaultBroker.start(t);
      const observer = await observe(t, broker);
      const { id } = broker.inject(rule);
      const device = startBoard(t, broker);
      await device.waitFor('stdout', says);
      assert.equal(timesOnline(observer), 0);
      broker.faults.stop(id);
      await observer.until(() => timesOnline(observer) > 0);
      await assertListens(device, observer, 'on');
    });

  test('comes back after a connection that died without a word', async (t) => {
    const broker = await FaultBroker.start(t);
    const observer = await observe(t, broker);
    const device = startBoard(t, broker);
    await assertListens(device, observer, 'on');
    const before = timesOnline(observer);
    broker.inject({ who: board, behaviour: { kind: 'halfOpen' } });
    await device.waitFor('stdout', /^MQTT: no connection, no answer to a ping$/m);
    await observer.until(() => timesOnline(observer) > before);
    await assertListens(device, observer, 'off');
  });
});

describe('C with libmosquitto', { skip: skipUnless('c_compiler', 'c_headers', 'libmosquitto') }, () => {
  test('comes back after a connection that was closed', async (t) => {
    const broker = await FaultBroker.start(t);
    const observer = await observe(t, broker);
    const folder = temporaryFolder(t);
    writeAll(folder, libmosquitto(settingsOf(broker)));
    const program = join(folder, 'board');
    const compiled = await run(t, toolPath('c_compiler'), [
      ...['-o', program, join(folder, 'board.c'), '-lmosquitto'],
    ]);
    assert.equal(compiled.exitCode, 0, compiled.stderr);
    const device = Program.start(t, program, []);
    await assertListens(device, observer, 'on');
    const before = timesOnline(observer);
    const { id } = broker.inject({
      ...{ who: board, direction: 'toClient', packets: ['publish'] },
      behaviour: { kind: 'closeAfter', count: 1 },
    });
    observer.mqtt.publish('board/set', 'last');
    await device.waitFor('stderr', /^no connection: /m);
    broker.faults.stop(id);
    await observer.until(() => timesOnline(observer) > before);
    await assertListens(device, observer, 'off');
  });
});
