/** The engine with a configuration file: the workbench's own client gets in whatever the file says of others. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { tlsFixture } from '../../support/tlsFixtures.ts';
import { limits, startEngine } from './engineUnderTest.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

/** An engine, and how it starts a broker from a file with these settings. */
function configured(t: TestContext, files: Readonly<Record<string, string>> = {}) {
  const folder = temporaryFolder(t);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const under = startEngine(t);
  const configFile = join(folder, 'broker.json');
  return {
    ...under,
    async start(settings: object) {
      writeFileSync(configFile, JSON.stringify(settings));
      const choices = {};
      return under.engine.startBroker({ host: '127.0.0.1', port: 0, limits, configFile, choices });
    },
  };
}

/** Whether the workbench can subscribe, publish, and is delivered what it published. */
async function workbenchWorks({ engine, next }: ReturnType<typeof configured>): Promise<void> {
  const subscribed = await engine.subscribe({ topicFilter: 'any/#', qos: 1 });
  assert.equal(subscribed.kind, 'subscribed', JSON.stringify(subscribed));
  const counted = next('subscriptionsChanged', (list) => list.some(({ messageCount }) => messageCount > 0));
  const published = await engine.publish({ topic: 'any/topic', payload: bytes('x'), qos: 1, retain: false });
  assert.equal(published.kind, 'published', JSON.stringify(published));
  await counted;
}

test('with users and rules, only who has a password gets in, and the workbench', async (t) => {
  const under = configured(t, {
    // The password is "secret".
    'users.txt':
      'board:$6$c2FsdHNhbHRzYWx0$3aiBbchfIZo+1WYrkPzJjQxZ79F/NmwLQ+wF073kTd+6ANhaic8G/jWF/X4sqSFUKpLNdm1FZjBck6HQ8knM3A==\n',
    'acl.txt': 'user board\ntopic read mine/#\n',
  });
  const started = await under.start({ users: 'users.txt', acl: 'acl.txt' });
  assert.equal(started.kind, 'started', JSON.stringify(started));
  await workbenchWorks(under);
  assert.ok(started.kind === 'started' && started.broker.requiresCredentials);
});

test('with TLS alone, the workbench has a door of its own that nobody is told of', async (t) => {
  const under = configured(t);
  const started = await under.start({
    listeners: [
      {
        kind: 'mqtts',
        port: 0,
        cert: tlsFixture('server.crt'),
        key: tlsFixture('server.key'),
        ca: tlsFixture('ca.crt'),
        clientCertificate: 'required',
      },
    ],
  });
  assert.ok(started.kind === 'started', JSON.stringify(started));
  const [listener, ...others] = started.broker.listeners;
  assert.deepEqual(others, []);
  assert.ok(listener?.kind === 'mqtts' && listener.requiresClientCertificate);
  await workbenchWorks(under);
});

test('with a folder for it, retained messages outlive the broker, whatever keepState says', async (t) => {
  const under = configured(t);
  assert.equal((await under.start({ persist: 'state' })).kind, 'started');
  await under.engine.publish({ topic: 'status', payload: bytes('on'), qos: 1, retain: true });
  await under.engine.stopBroker({ keepState: false });
  assert.equal((await under.start({ persist: 'state' })).kind, 'started');
  assert.deepEqual(under.engine.topics.findTopics({ text: '', limit: 10, retainedOnly: true }), ['status']);
});

test('a store that was broken is told with where it is kept now', async (t) => {
  const under = configured(t, {
    'mqtt-workbench.sqlite': 'this is no database, and longer than a header of one'.repeat(20),
  });
  const started = await under.start({ persist: '.' });
  assert.ok(started.kind === 'started', JSON.stringify(started));
  assert.match(started.notices[0] ?? '', /is kept as .*mqtt-workbench\.sqlite\..*starts empty/s);
});

test('what a file names and is not there is a problem of the file', async (t) => {
  const under = configured(t);
  const result = await under.start({ users: 'nobody.txt' });
  assert.ok(result.kind === 'configurationProblem', result.kind);
  assert.match(result.message, /"users".*nobody\.txt: there is no such file/);
  assert.equal(under.engine.brokerState.kind, 'stopped');
});

test('limits of the file hold when those of the settings change', async (t) => {
  const under = configured(t);
  await under.start({ limits: { maxPacketBytes: 100 } });
  under.engine.setLimits({ ...limits, maxPacketBytes: 1_000_000 });
  const result = await under.engine.publish({
    topic: 't',
    payload: new Uint8Array(200),
    qos: 1,
    retain: false,
  });
  assert.notEqual(result.kind, 'published');
});
