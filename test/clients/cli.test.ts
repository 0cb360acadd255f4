/** `broker` as a process: what a script that starts it sees. */
import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CliBroker, startCli } from '../support/cliBroker.ts';
import { RawClient } from '../support/rawClient.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} disconnects the clients and ends it with exit code 0`, async (t) => {
    const broker = await CliBroker.start(t);
    const client = await RawClient.overTcp(broker.port('mqtt'), 5);
    await client.connect({ clientId: 'c' });
    const end = broker.stop(signal);
    // 0x8B server shutting down
    await client.expectDisconnected(0x8b);
    const { exitCode, stdout, stderr } = await end;
    assert.equal(exitCode, 0);
    assert.equal(stdout.split('\n').length, 2, 'one line of JSON, and no more');
    assert.match(stderr, new RegExp(`Stopping: ${signal}\n`));
    assert.match(stderr, /Client "c" at 127\.0\.0\.1:\d+ is disconnected: The broker stops\./);
  });
}

test('a port in use ends it with exit code 2, and one line that names flag, port and process', async (t) => {
  const first = await CliBroker.start(t);
  const port = first.port('mqtt');
  const { exitCode, stdout, stderr } = await startCli(t, ['broker', '--port', String(port), '--json']).ended;
  assert.equal(exitCode, 2);
  assert.equal(stdout, '');
  const owner = process.platform === 'linux' ? `node \\(process ${first.program.pid}\\)` : '.+';
  assert.match(
    stderr,
    new RegExp(
      `^mqtt-workbench: --port ${port}: the port is in use on 127\\.0\\.0\\.1 by ${owner}; stop it, or use --port \\d+\n$`,
    ),
  );
});

test('a flag that is unknown ends it with exit code 2, and one line', async (t) => {
  const { exitCode, stderr } = await startCli(t, ['broker', '--prot', '1883']).ended;
  assert.equal(exitCode, 2);
  assert.equal(stderr, 'mqtt-workbench: there is no flag --prot: did you mean --port?\n');
});

test('--version prints the version of the package', async (t) => {
  const { exitCode, stdout } = await startCli(t, ['--version']).ended;
  assert.equal(exitCode, 0);
  assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
});

test('a packet that breaks the standard is logged with client, packet, byte and clause, and no one else notices', async (t) => {
  const broker = await CliBroker.start(t);
  const bystander = await RawClient.overTcp(broker.port('mqtt'), 4);
  await bystander.connect({ clientId: 'bystander' });
  const client = await RawClient.overTcp(broker.port('mqtt'), 4);
  await client.connect({ clientId: 'esp32' });
  // PUBLISH, remaining length 5, topic length 3, "a#/": a wildcard in a topic name
  client.sendBytes(Buffer.from('3005000361232f', 'hex'));
  await client.expectClosed();
  await broker.waitForLog(
    /error Client "esp32" at 127\.0\.0\.1:\d+ is disconnected: PUBLISH, byte 5: .* \[MQTT-3\.3\.2-2\] \(0x81 Malformed Packet, topic-name-invalid\)\n/,
  );
  await bystander.ping();
});

test('--persist keeps retained messages over a restart, in one file, and says nothing of SQLite', async (t) => {
  const folder = join(temporaryFolder(t), 'made', 'for it');
  const first = await CliBroker.start(t, ['--persist', folder]);
  const publisher = await RawClient.overTcp(first.port('mqtt'), 5);
  await publisher.connect();
  await publisher.publish('t', 'kept', { qos: 1, retain: true });
  const { exitCode, stderr } = await first.stop();
  assert.equal(exitCode, 0);
  assert.doesNotMatch(stderr, /warn|sqlite/i);
  assert.deepEqual(readdirSync(folder), ['mqtt-workbench.sqlite']);
  const second = await CliBroker.start(t, ['--persist', folder]);
  const reader = await RawClient.overTcp(second.port('mqtt'), 5);
  await reader.connect();
  await reader.subscribe('t');
  assert.equal((await reader.expectMessage()).text, 'kept');
});

test('--persist with a folder that another broker uses ends it with exit code 2, and one line', async (t) => {
  const folder = temporaryFolder(t);
  const first = await CliBroker.start(t, ['--persist', folder]);
  const { exitCode, stdout, stderr } = await startCli(t, ['broker', '--port', '0', '--persist', folder])
    .ended;
  assert.equal(exitCode, 2);
  assert.equal(stdout, '');
  assert.match(
    stderr,
    /^mqtt-workbench: --persist: \S+mqtt-workbench\.sqlite is in use by another broker; .+\n$/,
  );
  const client = await RawClient.overTcp(first.port('mqtt'), 5);
  await client.connect();
  await client.publish('t', 'm', { qos: 1, retain: true });
});

test('--persist with a broken file warns once that the broker starts empty, and where the file is', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'mqtt-workbench.sqlite'), 'not at all a database'.repeat(100));
  const broker = await CliBroker.start(t, ['--persist', folder]);
  const [line, aside = ''] = await broker.waitForLog(
    /^\S+ warn {2}.+ It is kept as (\S+), and the broker starts empty.*$/m,
  );
  assert.ok(readdirSync(folder).includes(aside.slice(folder.length + 1)), line);
});
