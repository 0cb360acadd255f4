/**
 * One access file, two brokers: mosquitto and ours give every client the same messages, and take the same from it.
 *
 * They differ in one answer: mosquitto grants every subscription, and ours refuses one of which nothing may be read.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { ConnectParams } from '../../src/client/clientTypes.ts';
import { WorkbenchClient } from '../../src/client/workbenchClient.ts';
import { findFreePort } from '../../src/transports/freePort.ts';
import { CliBroker } from '../support/cliBroker.ts';
import { Program } from '../support/program.ts';
import { skipUnless, toolPath } from '../support/tools.ts';

const rules = `# for clients without a user name
topic read open/#
topic write drop
topic deny open/secret
topic both
topic readwrite my own topic

user admin
topic #
topic $test/#

user alice
topic readwrite a/+/c
topic a/secret/#
topic deny a/x/c
topic read $test/seen

user bob
topic #
topic deny bob/hidden/+

pattern read in/%c/#
pattern write out/%u
pattern both/%u/%c
pattern deny in/+/deny
`;

const identities: Pick<ConnectParams, 'clientId' | 'credentials'>[] = [
  { clientId: 'c1' },
  { clientId: '#' },
  { clientId: 'c2', credentials: { username: 'alice', password: '' } },
  { clientId: 'a+b', credentials: { username: 'alice', password: '' } },
  { clientId: 'c3', credentials: { username: 'bob', password: '' } },
  { clientId: 'c4', credentials: { username: 'carol', password: '' } },
  { clientId: 'a/b', credentials: { username: 'car/ol', password: '' } },
  { clientId: 'c5', credentials: { username: '+', password: '' } },
];

const topics = [
  ...['open', 'open/x', 'open/secret', 'drop', 'both', 'my own topic', 'elsewhere'],
  ...['a/b/c', 'a/x/c', 'a/secret', 'a/secret/x', '$test/seen', '$test/other', 'bob/hidden/x', 'bob/hidden'],
  ...['in/c1/x', 'in/c2/x', 'in/c2/deny', 'in/a/b/x', 'out/alice', 'out/carol', 'out/car/ol', 'out/%u'],
  ...['both/alice/c2', 'both/alice/c3', 'both/carol/c4', 'both/%u/%c'],
];

/** Of '#' and '$test/#': nothing that they match is there for these clients to read. */
const refusedHere = [
  ...['c1 (no user): $test/#', '# (no user): $test/#', 'c3 (bob): $test/#', 'c4 (carol): $test/#'],
  ...['a/b (car/ol): $test/#', 'c5 (+): #', 'c5 (+): $test/#'],
];

async function connect(
  t: TestContext,
  port: number,
  identity: (typeof identities)[number],
): Promise<WorkbenchClient> {
  const result = await WorkbenchClient.connect({ url: `mqtt://127.0.0.1:${port}`, ...identity });
  assert.equal(result.kind, 'connected');
  const { client } = result as { client: WorkbenchClient }; // asserted
  t.after(() => client.end());
  return client;
}

function nameOf({ clientId, credentials }: (typeof identities)[number]): string {
  return `${clientId} (${credentials?.username ?? 'no user'})`;
}

interface Answers {
  /** For each client and topic: `rw`, `r`, `w` or nothing, as the broker really treats them. */
  answers: Record<string, string>;
  /** For each client and filter: `subscribed` or `refused`. */
  subscriptions: Record<string, string>;
}

async function answersOf(t: TestContext, port: number): Promise<Answers> {
  const answers: Record<string, string> = {};
  const subscriptions: Record<string, string> = {};
  const admin = await connect(t, port, {
    clientId: 'admin',
    credentials: { username: 'admin', password: '' },
  });
  for (const identity of identities) {
    const client = await connect(t, port, identity);
    const received = new Set<string>();
    client.onMessage(({ topic }) => received.add(topic));
    for (const topicFilter of ['#', '$test/#']) {
      const outcome = await client.subscribe({ topicFilter, qos: 1 });
      subscriptions[`${nameOf(identity)}: ${topicFilter}`] = outcome.kind;
    }
    for (const topic of topics) {
      const outcome = await admin.publish({ topic, payload: new Uint8Array(1), qos: 1, retain: false });
      assert.equal(outcome.kind, 'published', `admin to ${topic}: ${JSON.stringify(outcome)}`);
    }
    // Its answer comes behind everything that was delivered before.
    await client.subscribe({ topicFilter: 'barrier', qos: 0 });
    const readable = new Set(received);
    for (const topic of topics) {
      const outcome = await client.publish({ topic, payload: new Uint8Array(1), qos: 1, retain: false });
      if (outcome.kind === 'refused') assert.equal(outcome.reasonCode, 0x87);
      answers[`${nameOf(identity)}: ${topic}`] =
        `${readable.has(topic) ? 'r' : ''}${outcome.kind === 'published' ? 'w' : ''}`;
    }
    await client.end();
  }
  return { answers, subscriptions };
}

test('access files mean the same to mosquitto and to this broker', {
  skip: skipUnless('mosquitto'),
}, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'mqtt-acl-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const acl = join(folder, 'acl');
  writeFileSync(acl, rules);
  const port = await findFreePort('127.0.0.1', 65_535);
  const config = join(folder, 'mosquitto.conf');
  // `user root`: the file is in a folder of its own; without rights, mosquitto keeps its user anyway.
  writeFileSync(config, `listener ${port} 127.0.0.1\nallow_anonymous true\nacl_file ${acl}\nuser root\n`);

  const mosquitto = Program.start(t, toolPath('mosquitto'), ['-c', config]);
  await mosquitto.waitFor('stderr', /mosquitto version .* running/);
  const expected = await answersOf(t, port);
  const ours = await CliBroker.start(t, ['--acl', acl]);
  const actual = await answersOf(t, ours.port('mqtt'));

  assert.deepEqual(actual.answers, expected.answers);
  const kinds = new Set(Object.values(expected.answers));
  assert.deepEqual([...kinds].sort(), ['', 'r', 'rw', 'w'], 'every kind of answer is met');
  assert.deepEqual([...new Set(Object.values(expected.subscriptions))], ['subscribed']);
  const refused = Object.keys(actual.subscriptions).filter(
    (name) => actual.subscriptions[name] === 'refused',
  );
  assert.deepEqual(refused, refusedHere);
});
