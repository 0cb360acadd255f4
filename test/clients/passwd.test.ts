/** Users files between mosquitto, mosquitto_passwd and this broker: each reads what another wrote. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { WorkbenchClient } from '../../src/client/workbenchClient.ts';
import { findFreePort } from '../../src/transports/freePort.ts';
import { CliBroker, startCli } from '../support/cliBroker.ts';
import { Program, run } from '../support/program.ts';
import { RawClient } from '../support/rawClient.ts';
import { ScramClient, textOf } from '../support/scramClient.ts';
import { skipUnless, toolPath } from '../support/tools.ts';

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'mqtt-users-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function passwd(t: TestContext, args: readonly string[], password: string): Promise<void> {
  const program = startCli(t, ['passwd', ...args]);
  program.feed(`${password}\n`);
  const { exitCode, stderr } = await program.ended;
  assert.equal(exitCode, 0, stderr);
}

/** `connected`, or the reason code. */
async function login(
  t: TestContext,
  port: number,
  username: string,
  password: string,
): Promise<string | number> {
  const url = `mqtt://127.0.0.1:${port}`;
  const result = await WorkbenchClient.connect({
    url,
    clientId: username,
    credentials: { username, password },
  });
  if (result.kind === 'connected') t.after(() => result.client.end());
  return result.kind === 'refused' ? result.reasonCode : result.kind;
}

async function startMosquitto(
  t: TestContext,
  folder: string,
  users: string,
): Promise<{ port: number; program: Program }> {
  const port = await findFreePort('127.0.0.1', 65_535);
  const config = join(folder, 'mosquitto.conf');
  // `user root`: the file is in a folder of its own; without rights, mosquitto keeps its user anyway.
  writeFileSync(
    config,
    `listener ${port} 127.0.0.1\nallow_anonymous false\npassword_file ${users}\nuser root\n`,
  );
  const program = Program.start(t, toolPath('mosquitto'), ['-c', config]);
  await program.waitFor('stderr', /mosquitto version .* running/);
  return { port, program };
}

test('mosquitto lets in the users that passwd wrote, and a SCRAM line beside a hash does no harm', {
  skip: skipUnless('mosquitto'),
}, async (t) => {
  const folder = folderOf(t);
  const users = join(folder, 'users.txt');
  await passwd(t, ['-c', users, 'alice'], 'wonderland');
  await passwd(t, ['--scram', users, 'bob b'], 'pass word ü');
  await passwd(t, [users, 'carol'], 'c');
  const { port, program } = await startMosquitto(t, folder, users);
  assert.equal(await login(t, port, 'alice', 'wonderland'), 'connected');
  assert.equal(await login(t, port, 'bob b', 'pass word ü'), 'connected');
  assert.equal(await login(t, port, 'carol', 'c'), 'connected');
  assert.notEqual(await login(t, port, 'alice', 'Wonderland'), 'connected');
  assert.notEqual(await login(t, port, 'bob b', 'c'), 'connected');
  assert.match(program.stderr, /Invalid password hash type for user bob b, removing entry/);
});

test('this broker lets in the users that mosquitto_passwd wrote, and passwd changes them', {
  skip: skipUnless('mosquitto_passwd'),
}, async (t) => {
  const users = join(folderOf(t), 'users.txt');
  const mosquittoPasswd = toolPath('mosquitto_passwd');
  assert.equal((await run(t, mosquittoPasswd, ['-c', '-b', users, 'alice', 'one'])).exitCode, 0);
  assert.equal((await run(t, mosquittoPasswd, ['-b', users, 'bob', 'two'])).exitCode, 0);
  await passwd(t, [users, 'bob'], 'three');
  assert.equal((await run(t, mosquittoPasswd, ['-b', users, 'carol', 'four'])).exitCode, 0);
  assert.match(readFileSync(users, 'utf8'), /^alice:\$7\$101\$.+\nbob:\$7\$10000\$.+\ncarol:\$7\$101\$.+\n$/);
  const broker = await CliBroker.start(t, ['--users', users]);
  const port = broker.port('mqtt');
  for (const [username, password] of [
    ['alice', 'one'],
    ['bob', 'three'],
    ['carol', 'four'],
  ] as const) {
    assert.equal(await login(t, port, username, password), 'connected');
  }
  assert.equal(await login(t, port, 'bob', 'two'), 0x86);
  await broker.waitForLog(
    /warn {2}Client "bob" at \S+ is refused, as user "bob": the user name or the password is wrong/,
  );
});

test('a client gets in by SCRAM-SHA-256 with the credential that passwd wrote', async (t) => {
  const users = join(folderOf(t), 'users.txt');
  await passwd(t, ['-c', '--scram', users, 'alice'], 'wonderland');
  const broker = await CliBroker.start(t, ['--users', users]);
  const client = await RawClient.overTcp(broker.port('mqtt'), 5);
  const scram = new ScramClient('alice', 'wonderland');
  const method = { authenticationMethod: 'SCRAM-SHA-256' };
  client.sendConnect({ properties: { ...method, authenticationData: scram.first } });
  const challenge = await client.expect('auth');
  const { message, verifier } = scram.final(challenge.properties?.authenticationData);
  client.send({ kind: 'auth', reasonCode: 0x18, properties: { ...method, authenticationData: message } });
  const connack = await client.expect('connack');
  assert.equal(connack.reasonCode, 0);
  assert.equal(textOf(connack.properties?.authenticationData), verifier);
  await broker.waitForLog(/info {2}Client "client" at \S+ is user "alice", by SCRAM-SHA-256\n/);
});
