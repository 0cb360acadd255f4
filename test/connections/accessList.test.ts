/** What mosquitto lets a user do and not, by its access list and by the rules of its plugin: told by filter and by message. */
import '../support/wordsOfExtension.ts';
import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import type { ConnectionId } from '../../src/contracts/connections.ts';
import { MosquittoBroker } from '../support/mosquittoBroker.ts';
import { freePort } from '../support/ports.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { skipUnless } from '../support/tools.ts';
import { House, message } from './house.ts';

const { explainPublish, explainSubscribe } = await import('../../src/extension/words/publishWords.ts');
const { explainSubscription } = await import('../../src/extension/words/subscriptionWords.ts');

const versions = { '3.1.1': 4, '5.0': 5 } as const;
const dev = { username: 'dev', password: 'secret' };
const other = { username: 'other', password: 'secret' };
const PLUGIN = 'mosquitto_dynamic_security.so';
const plugin = pathOfPlugin();

function pathOfPlugin(): string | undefined {
  const folders = existsSync('/usr/lib') ? readdirSync('/usr/lib') : [];
  return folders.map((each) => join('/usr/lib', each, PLUGIN)).find((path) => existsSync(path));
}

/** `dev` may publish and hear `own/#`, and hear `news`. */
async function startWithAccessList(t: TestContext): Promise<string> {
  const port = await freePort();
  await MosquittoBroker.start(t, {
    users: { dev: 'secret', other: 'secret' },
    acl: ['user dev', 'topic readwrite own/#', 'topic read news', 'user other', 'topic readwrite #'],
    configuration: [`listener ${port} 127.0.0.1`],
  });
  return `mqtt://127.0.0.1:${port}`;
}

/** Everybody may subscribe to `own/#`, and to nothing else: the access list of a file has no say in that. */
async function startWithPlugin(t: TestContext): Promise<string> {
  const port = await freePort();
  const rules = join(temporaryFolder(t), 'rules.json');
  const allowed = (acltype: string) => ({ acltype, topic: 'own/#', priority: 0, allow: true });
  const everybody = { rolename: 'everybody', acls: ['subscribePattern', 'publishClientSend'].map(allowed) };
  writeFileSync(
    rules,
    JSON.stringify({
      defaultACLAccess: {
        ...{ publishClientSend: false, publishClientReceive: true, subscribe: false, unsubscribe: true },
      },
      clients: [],
      groups: [{ groupname: 'all', roles: [{ rolename: 'everybody' }], clients: [] }],
      roles: [everybody],
      anonymousGroup: 'all',
    }),
  );
  await MosquittoBroker.start(t, {
    configuration: [`listener ${port} 127.0.0.1`, ...[`plugin ${plugin}`, `plugin_opt_config_file ${rules}`]],
  });
  return `mqtt://127.0.0.1:${port}`;
}

/** What the person is told. */
async function published(house: House, connection: ConnectionId, topic: string): Promise<string> {
  const result = await house.remotes.publish(connection, message(topic, 'x'));
  assert.ok(result !== undefined);
  return explainPublish(result, topic).message;
}

const filters = (...topicFilters: string[]) =>
  topicFilters.map((topicFilter) => ({ topicFilter, qos: 1 }) as const);

describe('an access list of mosquitto', { skip: skipUnless('mosquitto', 'mosquitto_passwd') }, () => {
  test('a publish that it forbids is refused in 5.0, and the connection stands; 3.1.1 has no word for it', async (t) => {
    const url = await startWithAccessList(t);
    const house = new House(t);
    const subscriptions = filters('#');
    const connection = await house.connect(house.params(url, { ...dev, subscriptions }));
    assert.equal(
      await published(house, connection, 'news'),
      'The broker refused the message to news: Not authorized (reason code 0x87).',
    );
    assert.equal(await published(house, connection, 'own/a'), 'Published to own/a.');
    await house.until(() => house.count(connection, 'own/a') === 1);
    assert.equal(house.broker()?.state.kind, 'connected');

    const old = new House(t);
    const oldConnection = await old.connect(old.params(url, { ...dev, subscriptions, protocolVersion: 4 }));
    // Acknowledged, and thrown away: a PUBACK has no reason codes before 5.0.
    assert.equal(await published(old, oldConnection, 'news'), 'Published to news.');
    assert.equal(await published(old, oldConnection, 'own/b'), 'Published to own/b.');
    await old.until(() => old.count(oldConnection, 'own/b') === 1);
    assert.equal(old.count(oldConnection, 'news'), 0);
  });

  for (const [version, protocolVersion] of Object.entries(versions)) {
    test(`a filter is taken whatever the list says, and what it forbids is not heard (${version})`, async (t) => {
      const url = await startWithAccessList(t);
      const house = new House(t);
      const params = house.params(url, { ...dev, protocolVersion, subscriptions: filters('other', 'news') });
      const connection = await house.connect(params);
      const others = new House(t);
      const publisher = await others.connect(others.params(url, { ...other, subscriptions: [] }));
      for (const topic of ['other', 'news']) await published(others, publisher, topic);
      await house.until(() => house.count(connection, 'news') === 1);
      assert.equal(house.count(connection, 'other'), 0);
    });
  }
});

const skip = plugin === undefined ? `${PLUGIN} not found` : skipUnless('mosquitto');

describe('rules of mosquitto for subscriptions', { skip }, () => {
  const refusals = {
    '3.1.1': ['Unspecified error', '0x80'],
    '5.0': ['Not authorized', '0x87'],
  } as const;

  for (const [version, protocolVersion] of Object.entries(versions) as ['3.1.1' | '5.0', 4 | 5][]) {
    const [why, code] = refusals[version];

    test(`a filter that they forbid is told of, beside one that is taken (${version})`, async (t) => {
      const house = new House(t);
      const subscriptions = filters('own/#', 'secret/#');
      const params = house.params(await startWithPlugin(t), { protocolVersion, subscriptions });
      const result = await house.remotes.connectBroker(params);
      assert.ok(result.kind === 'connected', JSON.stringify(result));
      assert.deepEqual(result.subscriptionProblems, [{ topicFilter: 'secret/#', message: why }]);
      assert.deepEqual(house.troubles, [`One: not subscribed to secret/#: ${why}`]);
      const { connection } = result;
      const shown = house.broker()?.subscriptions.map((each) => explainSubscription(each, protocolVersion));
      assert.deepEqual(shown, [
        ['own/#', 'The broker granted QoS 1'],
        ['secret/#', `The broker did not take it: ${why}. It is asked again at the next connect.`],
      ]);
      await published(house, connection, 'own/a');
      await house.until(() => house.count(connection, 'own/a') === 1);
    });

    test(`one that is subscribed by hand is told of, and is none (${version})`, async (t) => {
      const house = new House(t);
      const params = house.params(await startWithPlugin(t), { protocolVersion, subscriptions: [] });
      const connection = await house.connect(params);
      const refused = await house.remotes.subscribe(connection, { topicFilter: 'secret/#', qos: 1 });
      assert.ok(refused !== undefined);
      assert.equal(
        explainSubscribe(refused, 'secret/#').message,
        `The broker refused the subscription to secret/#: ${why} (reason code ${code}).`,
      );
      assert.deepEqual(house.broker()?.subscriptions, []);
    });
  }
});
