/** The life of a connection to mosquitto: it is killed and comes back, another client takes over, a session waits. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { RemoteBroker } from '../../src/contracts/remoteBrokers.ts';
import { MosquittoBroker } from '../support/mosquittoBroker.ts';
import { freePort } from '../support/ports.ts';
import { skipUnless } from '../support/tools.ts';
import { House, message } from './house.ts';

async function start(t: TestContext): Promise<{ broker: MosquittoBroker; url: string }> {
  const port = await freePort();
  const broker = await MosquittoBroker.start(t, { configuration: [`listener ${port} 127.0.0.1`] });
  return { broker, url: `mqtt://127.0.0.1:${port}` };
}

describe('a connection to mosquitto', { skip: skipUnless('mosquitto') }, () => {
  for (const protocolVersion of [4, 5] as const) {
    const version = protocolVersion === 5 ? '5.0' : '3.1.1';

    test(`a broker that is killed is found again, with its subscriptions (${version})`, async (t) => {
      const { broker, url } = await start(t);
      const house = new House(t);
      const params = house.params(url, { protocolVersion });
      const connection = await house.connect(params);
      await broker.kill();
      await house.until(({ state }) => state.kind === 'waiting');
      assert.deepEqual(await house.remotes.publish(connection, message('a', 'x')), {
        kind: 'notConnected',
        name: 'One',
        message: 'the connection was lost',
      });
      await broker.startAgain();
      // It may stand already, by itself.
      await house.remotes.connectBroker(params);
      await house.until(({ state }) => state.kind === 'connected');
      const other = new House(t);
      const publisher = await other.connect(other.params(url));
      // The subscription may be on its way: what is published before it stands, nobody hears.
      await broker.waitForLog(new RegExp(`Sending SUBACK to ${params.clientId}`));
      await other.remotes.publish(publisher, message('again', 'x'));
      await house.until(() => house.count(connection, 'again') === 1);
    });

    test(`what is published to a broker that is killed waits for it, where the profile says so (${version})`, async (t) => {
      const { broker, url } = await start(t);
      const house = new House(t);
      const params = house.params(url, { protocolVersion, whileOffline: 'queue' });
      const connection = await house.connect(params);
      await broker.kill();
      await house.until(({ state }) => state.kind === 'waiting');
      for (const text of ['one', 'two']) {
        const result = await house.remotes.publish(connection, message('kept', text));
        assert.equal(result?.kind, 'queued');
      }
      await broker.startAgain();
      await house.remotes.connectBroker(params);
      await house.until(() => house.count(connection, 'kept') === 2);
      assert.equal(house.broker()?.queue, undefined);
    });

    test(`what comes while the connection is away waits in its session (${version})`, async (t) => {
      const { broker, url } = await start(t);
      const house = new House(t);
      const params = house.params(url, {
        ...{ protocolVersion, cleanStart: false, keepAliveSeconds: 1 },
        ...(protocolVersion === 5 && { sessionExpiryIntervalSeconds: 600 }),
      });
      const connection = await house.connect(params);
      await house.remotes.disconnectBroker({ profileId: 'one' });
      const other = new House(t);
      const publisher = await other.connect(other.params(url));
      // More than the twenty that mosquitto has under way at once.
      for (let i = 0; i < 50; i++) await other.remotes.publish(publisher, message(`missed/${i}`, 'x'));
      await house.connect(params);
      const missed = Array.from({ length: 50 }, (_, i) => `missed/${i}`);
      await house.until(() => missed.every((topic) => house.count(connection, topic) === 1));
      assert.deepEqual(new Set(missed.map((topic) => house.hasWaited(connection, topic))), new Set([true]));
      // The client asks until there is nothing more, and then goes on as the keep alive has it: after four answers it is over.
      const answers = broker.log.split(`Sending PINGRESP to ${params.clientId}`).length + 3;
      await broker.waitForLog(new RegExp(`(Sending PINGRESP to ${params.clientId}[\\s\\S]*){${answers}}`));
      await other.remotes.publish(publisher, message('new', 'x'));
      await house.until(() => house.count(connection, 'new') === 1);
      assert.equal(house.hasWaited(connection, 'new'), false);
    });
  }

  test('a filter that is taken out of the profile is taken out of the session, too', async (t) => {
    const { broker, url } = await start(t);
    const house = new House(t);
    const session = { cleanStart: false, sessionExpiryIntervalSeconds: 600 };
    const filters = (...topicFilters: string[]) =>
      topicFilters.map((topicFilter) => ({ topicFilter, qos: 1 }) as const);
    const params = house.params(url, { ...session, subscriptions: filters('kept', 'gone') });
    await house.connect(params);
    await house.remotes.disconnectBroker({ profileId: 'one' });
    const connection = await house.connect({ ...params, subscriptions: filters('kept') });
    await broker.waitForLog(new RegExp(`Sending UNSUBACK to ${params.clientId}`));
    const other = new House(t);
    const publisher = await other.connect(other.params(url));
    for (const topic of ['gone', 'kept']) await other.remotes.publish(publisher, message(topic, 'x'));
    await house.until(() => house.count(connection, 'kept') === 1);
    assert.equal(house.count(connection, 'gone'), 0);
  });

  test('another client with the same client id is told of, and not fought for ever', async (t) => {
    const { url } = await start(t);
    const house = new House(t);
    const params = house.params(url);
    await house.connect(params);
    const other = new House(t);
    await other.connect(params);
    // mosquitto 2.0 closes the older connection without a word: the two take over from each other, until one has had enough.
    const isOut = ({ state }: RemoteBroker) => state.kind === 'disconnected';
    await Promise.race([house.until(isOut), other.until(isOut)]);
    const [out, left] = isOut(house.broker()!) ? [house, other] : [other, house]; // both have one
    const state = out.broker()?.state;
    assert.equal(state?.kind === 'disconnected' && state.cause, 'keepsEnding');
    await left.until(({ state }) => state.kind === 'connected');
  });

  test('a will is published when the connection is lost, and not when it is left', async (t) => {
    const { url } = await start(t);
    const watcher = new House(t);
    const watching = await watcher.connect(watcher.params(url));
    const house = new House(t);
    const will = { topic: 'gone', payload: 'me', qos: 1, retain: false } as const;
    const params = house.params(url, { will });
    await house.connect(params);
    await house.remotes.disconnectBroker({ profileId: 'one' });
    await house.connect(params);
    // Taken over: its connection ends without a DISCONNECT.
    const other = new House(t);
    await other.connect({ ...params, profileId: 'one' });
    await watcher.until(() => watcher.count(watching, 'gone') === 1);
  });
});
