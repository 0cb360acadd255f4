/** The policies as the broker asks them: who gets in, and what for. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { anonymousPolicy } from '../../../src/broker/access/anonymousPolicy.ts';
import { createCredentialsPolicy } from '../../../src/broker/access/credentialsPolicy.ts';
import { loadFilePolicy } from '../../../src/broker/access/filePolicy.ts';
import { describeFileProblem } from '../../../src/broker/access/fileProblem.ts';
import { deriveScramCredential, formatScramCredential } from '../../../src/broker/access/scramCredential.ts';
import type { AccessPolicy, ConnectAttempt } from '../../../src/broker/accessPolicy.ts';
import { ScramClient, textOf } from '../../support/scramClient.ts';

const folder = mkdtempSync(join(tmpdir(), 'mqtt-access-'));
after(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

// mosquitto_passwd -b users alice wonderland
const users = write(
  'users.txt',
  'alice:$7$101$cDeD8QHs5j4NBP3T$Y32xSD2XLNIBujdYYggDVPak4xI3Pi2yRMovzZ03GBTee4uHuiB5nVP7G5KIEy+16lbgJ/naJ0jnm5VTBuC9mw==\n',
);
const rules = write('acl.txt', 'topic read public\nuser alice\ntopic write private\n');

function attempt(username?: string, password?: string): ConnectAttempt {
  return {
    clientId: 'c',
    transportKind: 'memory',
    remoteAddress: 'test',
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password: new TextEncoder().encode(password) }),
  };
}

/** `accepted as alice`, or the reason code. */
async function outcome(policy: AccessPolicy, ...credentials: string[]): Promise<string> {
  const result = await policy.authenticate(attempt(...credentials));
  return result.kind === 'accepted'
    ? `accepted as ${result.username}`
    : `0x${result.reasonCode.toString(16)}`;
}

async function load(files: { users?: string; rules?: string }): Promise<AccessPolicy> {
  const result = await loadFilePolicy(files);
  assert.equal(result.kind, 'loaded');
  return (result as { policy: AccessPolicy }).policy; // asserted
}

test('the anonymous policy lets everyone do everything', async () => {
  assert.equal(await outcome(anonymousPolicy), 'accepted as undefined');
  assert.equal(await outcome(anonymousPolicy, 'anyone', 'any'), 'accepted as anyone');
  assert.ok(anonymousPolicy.mayPublish({ clientId: 'c' }, 'a', true));
});

test('the credentials policy lets in who knows the name and the password', async () => {
  const policy = createCredentialsPolicy({ username: 'dev', password: 'pässword' });
  assert.equal(await outcome(policy, 'dev', 'pässword'), 'accepted as dev');
  assert.equal(await outcome(policy, 'dev', 'password'), '0x86');
  assert.equal(await outcome(policy, 'dev'), '0x86');
  assert.equal(await outcome(policy, 'Dev', 'pässword'), '0x86');
  assert.equal(await outcome(policy), '0x87');
});

/** The name that SCRAM accepts, or the refusal's data. */
function scramOutcome(policy: AccessPolicy, username: string, password: string): string | undefined {
  const exchange = policy.authenticationMethods?.get('SCRAM-SHA-256')?.(attempt());
  const client = new ScramClient(username, password);
  const challenge = exchange?.step(client.first);
  assert.ok(exchange && challenge && !(challenge instanceof Promise));
  const last = exchange.step(client.final(challenge.data).message);
  assert.ok(!(last instanceof Promise));
  return last.kind === 'accepted' ? last.username : textOf(last.data);
}

test('the credentials policy offers SCRAM for the same name and password', () => {
  const policy = createCredentialsPolicy({ username: 'dev', password: 'pässword' });
  assert.equal(scramOutcome(policy, 'dev', 'pässword'), 'dev');
  assert.equal(scramOutcome(policy, 'dev', 'password'), 'e=invalid-proof');
  assert.equal(scramOutcome(policy, 'Dev', 'pässword'), 'e=invalid-proof');
  assert.equal(
    createCredentialsPolicy({ username: 'dev', password: '\u0007' }).authenticationMethods,
    undefined,
  );
});

test('a users file offers SCRAM when a user has a credential for it', async () => {
  const credential = deriveScramCredential('wonderland', Buffer.alloc(16, 1));
  assert.ok(credential);
  const file = write('scram.txt', `alice:${formatScramCredential(credential)}\n`);
  const policy = await load({ users: file });
  assert.equal(scramOutcome(policy, 'alice', 'wonderland'), 'alice');
  assert.equal(scramOutcome(policy, 'mallory', 'wonderland'), 'e=invalid-proof');
  assert.equal((await load({ users })).authenticationMethods, undefined);
  assert.equal((await load({ rules })).authenticationMethods, undefined);
});

test('with a users file, only its users get in', async () => {
  const policy = await load({ users });
  assert.equal(await outcome(policy, 'alice', 'wonderland'), 'accepted as alice');
  assert.equal(await outcome(policy, 'alice', 'wrong'), '0x86');
  assert.equal(await outcome(policy, 'alice'), '0x86');
  assert.equal(await outcome(policy, 'mallory', 'wonderland'), '0x86');
  assert.equal(await outcome(policy), '0x87');
  assert.ok(policy.mayPublish({ clientId: 'c', username: 'alice' }, 'anything', false));
});

test('with a rules file alone, everyone gets in and is held to the rules', async () => {
  const policy = await load({ rules });
  assert.equal(await outcome(policy), 'accepted as undefined');
  assert.equal(await outcome(policy, 'alice', 'whatever'), 'accepted as alice');
  const alice = { clientId: 'c', username: 'alice' };
  assert.ok(policy.mayPublish(alice, 'private', false));
  assert.ok(!policy.mayReceive(alice, 'private'));
  assert.ok(policy.mayReceive({ clientId: 'c' }, 'public'));
  assert.ok(!policy.mayPublish({ clientId: 'c' }, 'public', false));
});

test('to subscribe is granted where a part may be read, and refused where nothing may', async () => {
  const policy = await load({ users, rules });
  const alice = { clientId: 'c', username: 'alice' };
  assert.ok(!policy.maySubscribe(alice, 'private', 0));
  assert.ok(!policy.maySubscribe(alice, '#', 0));
  assert.ok(policy.maySubscribe({ clientId: 'c' }, '#', 0));
});

test('a file that is not there, and one with a bad line, are problems that name it', async () => {
  const missing = join(folder, 'nowhere.txt');
  const gone = await loadFilePolicy({ users: missing });
  assert.equal(gone.kind === 'fileProblem' && describeFileProblem(gone), `${missing}: there is no such file`);
  const folderInstead = await loadFilePolicy({ rules: folder });
  assert.equal(
    folderInstead.kind === 'fileProblem' && describeFileProblem(folderInstead),
    `${folder}: this is a folder, not a file`,
  );
  const bad = write('bad.txt', 'topic a\nnonsense\n');
  const broken = await loadFilePolicy({ rules: bad });
  assert.match(
    broken.kind === 'fileProblem' ? describeFileProblem(broken) : '',
    new RegExp(`^${bad}:2: a line starts with`),
  );
});
