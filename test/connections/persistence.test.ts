/** mosquitto that keeps its sessions on disk: it ends and comes back, and a session of before goes on. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { MosquittoBroker } from '../support/mosquittoBroker.ts';
import { freePort } from '../support/ports.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { skipUnless } from '../support/tools.ts';
import { House, message } from './house.ts';

async function start(t: TestContext): Promise<{ broker: MosquittoBroker; url: string }> {
  const port = await freePort();
  const broker = await MosquittoBroker.start(t, {
    configuration: [
      `listener ${port} 127.0.0.1`,
      ...['persistence true', `persistence_location ${temporaryFolder(t)}/`, 'autosave_interval 0'],
    ],
  });
  return { broker, url: `mqtt://127.0.0.1:${port}` };
}

/** As mosquitto's log has it: Session Present, and the reason code. */
const connack = (clientId: string, sessionPresent: 0 | 1): RegExp =>
  new RegExp(`Sending CONNACK to ${clientId} \\(${sessionPresent}, 0\\)`);

describe('mosquitto with persistence', { skip: skipUnless('mosquitto') }, () => {
  for (const protocolVersion of [4, 5] as const) {
    const version = protocolVersion === 5 ? '5.0' : '3.1.1';
    const session = {
      ...{ protocolVersion, cleanStart: false },
      ...(protocolVersion === 5 && { sessionExpiryIntervalSeconds: 600 }),
    };

    test(`what waits in a session is there when the broker is back, and is marked (${version})`, async (t) => {
      const { broker, url } = await start(t);
      const house = new House(t);
      const params = house.params(url, session);
      const connection = await house.connect(params);
      await broker.waitForLog(connack(params.clientId, 0));
      await house.remotes.disconnectBroker({ profileId: 'one' });
      const other = new House(t);
      const publisher = await other.connect(other.params(url, { subscriptions: [] }));
      await other.remotes.publish(publisher, message('missed', 'x'));
      await other.remotes.publish(publisher, { ...message('kept', 'x'), retain: true });
      await other.remotes.disconnectBroker({ profileId: 'one' });
      await broker.stop();
      await broker.startAgain();
      await house.connect(params);
      await broker.waitForLog(connack(params.clientId, 1));
      await house.until(() => house.count(connection, 'missed') === 1);
      assert.equal(house.hasWaited(connection, 'missed'), true);

      const fresh = new House(t);
      const freshConnection = await fresh.connect(fresh.params(url));
      await fresh.until(() => fresh.count(freshConnection, 'kept') === 1);
      assert.equal(fresh.count(freshConnection, 'missed'), 0);
    });

    test(`a connection that the end of the broker cut is in its session again, and need not subscribe (${version})`, async (t) => {
      const { broker, url } = await start(t);
      const house = new House(t);
      const params = house.params(url, session);
      const connection = await house.connect(params);
      await broker.stop();
      await house.until(({ state }) => state.kind === 'waiting');
      await broker.startAgain();
      // It may stand already, by itself: then it is made anew.
      const isRetried = (await house.remotes.connectBroker(params)).kind === 'retrying';
      await house.until(({ state }) => state.kind === 'connected');
      await broker.waitForLog(connack(params.clientId, 1));
      const other = new House(t);
      const publisher = await other.connect(other.params(url, { subscriptions: [] }));
      await other.remotes.publish(publisher, message('again', 'x'));
      await house.until(() => house.count(connection, 'again') === 1);
      if (isRetried)
        assert.doesNotMatch(broker.log, new RegExp(`Received SUBSCRIBE from ${params.clientId}`));
    });
  }

  test('a broker that is killed before it saves has forgotten the session: the connection subscribes anew', async (t) => {
    const { broker, url } = await start(t);
    const house = new House(t);
    const params = house.params(url, { cleanStart: false, sessionExpiryIntervalSeconds: 600 });
    const connection = await house.connect(params);
    await broker.kill();
    await house.until(({ state }) => state.kind === 'waiting');
    await broker.startAgain();
    await house.remotes.connectBroker(params);
    await broker.waitForLog(connack(params.clientId, 0));
    await broker.waitForLog(new RegExp(`Sending SUBACK to ${params.clientId}`));
    const other = new House(t);
    const publisher = await other.connect(other.params(url, { subscriptions: [] }));
    await other.remotes.publish(publisher, message('again', 'x'));
    await house.until(() => house.count(connection, 'again') === 1);
  });
});
