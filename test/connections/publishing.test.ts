/**
 * Requests, repeats and the options of subscriptions, to mosquitto and to our own broker, with another connection as the
 * device.
 */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import type { ConnectionId } from '../../src/contracts/connections.ts';
import type { SubscribeParams } from '../../src/contracts/engine.ts';
import type { ComposedMessage } from '../../src/contracts/publishing.ts';
import type { RemoteBrokerParams } from '../../src/contracts/remoteBrokers.ts';
import { PublishingService } from '../../src/engine/publishingService.ts';
import { CliBroker } from '../support/cliBroker.ts';
import { MosquittoBroker } from '../support/mosquittoBroker.ts';
import { freePort } from '../support/ports.ts';
import { skipUnless } from '../support/tools.ts';
import { Emitted } from '../unit/engine/emitted.ts';
import { House, message } from './house.ts';

async function startMosquitto(t: TestContext): Promise<string> {
  const port = await freePort();
  await MosquittoBroker.start(t, { configuration: [`listener ${port} 127.0.0.1`] });
  return `mqtt://127.0.0.1:${port}`;
}

async function startOurs(t: TestContext): Promise<string> {
  const broker = await CliBroker.start(t);
  return `mqtt://127.0.0.1:${broker.port('mqtt')}`;
}

const brokers = { mosquitto: startMosquitto, 'our own': startOurs };
const isGone = { kind: 'failed', message: 'gone' } as const;

/** The workbench's side of a connection, with what publishes and listens on it. */
async function workbench(t: TestContext, url: string, others: Partial<RemoteBrokerParams> = {}) {
  const house = new House(t);
  const emitted = new Emitted();
  const connection = await house.connect(house.params(url, { subscriptions: [], ...others }));
  const { remotes } = house;
  const publishing = new PublishingService({
    ...{ clock: systemClock, emit: emitted.emit },
    publish: ({ connection: to = connection, ...params }) =>
      remotes.publish(to, params) ?? Promise.resolve(isGone),
    listen: (to, topic, onMessage) => remotes.listen(to, topic, onMessage) ?? Promise.resolve(isGone),
    carriesProperties: (to) => remotes.carriesProperties(to),
    nameOf: () => 'One',
    encoderFor: async () => ({ kind: 'problem', message: 'none' }),
  });
  t.after(() => publishing.dispose());
  const composed = (
    topic: string,
    payloadText: string,
    more: Partial<ComposedMessage> = {},
  ): ComposedMessage => ({
    ...{ connection, topic, payloadText, qos: 1, retain: false, format: 'text', fillsPlaceholders: true },
    ...more,
  });
  return { house, connection, publishing, emitted, composed };
}

/** Answers each message on `ask` with its payload, as the request says or on `answers`. */
async function device(t: TestContext, url: string): Promise<void> {
  const { house, connection } = await workbench(t, url);
  const listening = await house.remotes.listen(connection, 'ask', ({ payload, properties }) => {
    const { responseTopic = 'answers', correlationData } = properties ?? {};
    void house.remotes.publish(connection, {
      ...message(responseTopic, Buffer.from(payload).toString()),
      ...(correlationData && { properties: { correlationData } }),
    });
  });
  assert.equal(listening?.kind, 'listening');
}

async function subscribed(house: House, connection: ConnectionId, params: SubscribeParams): Promise<void> {
  const result = await house.remotes.subscribe(connection, params);
  assert.equal(result?.kind, 'subscribed', JSON.stringify(result));
}

for (const [name, start] of Object.entries(brokers)) {
  describe(name, { skip: name === 'mosquitto' && skipUnless('mosquitto') }, () => {
    test('a request is answered by another client, by its response topic and correlation data', async (t) => {
      const url = await start(t);
      await device(t, url);
      const { house, publishing, composed } = await workbench(t, url);
      const correlationData = Uint8Array.of(7, 8);
      const properties = { responseTopic: 'mine/1', correlationData };
      const result = await publishing.request({
        message: composed('ask', 'how?', { properties }),
        timeoutMs: 20_000,
      });
      assert.ok(result.kind === 'answered', JSON.stringify(result));
      const { topic, payload, properties: answered } = result.response;
      assert.deepEqual([topic, Buffer.from(payload).toString()], ['mine/1', 'how?']);
      assert.deepEqual(Buffer.from(answered?.correlationData ?? []), Buffer.from(correlationData));
      assert.deepEqual(house.broker()?.subscriptions, [], 'nobody sees the subscription');
    });

    test('in 3.1.1 the answer is the first message on the topic that both know', async (t) => {
      const url = await start(t);
      await device(t, url);
      const { publishing, composed } = await workbench(t, url, { protocolVersion: 4 });
      const properties = { responseTopic: 'answers' };
      const result = await publishing.request({
        message: composed('ask', 'how?', { properties }),
        timeoutMs: 20_000,
      });
      assert.equal(result.kind, 'answered', JSON.stringify(result));
    });

    test('a subscription is ended in each version', async (t) => {
      const url = await start(t);
      for (const protocolVersion of [3, 4, 5] as const) {
        const subscriptions = [{ topicFilter: 'a', qos: 1 }] as const;
        const { house, connection } = await workbench(t, url, { protocolVersion, subscriptions });
        assert.equal(await house.remotes.unsubscribe(connection, 'a'), true);
        assert.deepEqual(house.broker()?.subscriptions, []);
        assert.equal(house.remotes.isConnected(connection), true);
      }
    });

    test('a repeat counts, as often as it is to', async (t) => {
      const url = await start(t);
      const { publishing, composed, emitted } = await workbench(t, url);
      const heard = await workbench(t, url, { subscriptions: [{ topicFilter: 'tick/#', qos: 1 }] });
      const started = await publishing.startRepeat({
        message: composed('tick/{{counter}}', '{{counter}} of 3'),
        everyMs: 10,
        times: 3,
      });
      assert.equal(started.kind, 'started');
      await emitted.first('repeatEnded', ({ reason }) => reason === 'done');
      await heard.house.until(({ messageCount }) => messageCount === 3);
      for (const each of ['tick/1', 'tick/2', 'tick/3'])
        assert.equal(heard.house.count(heard.connection, each), 1);
    });

    test('No Local: what is published here does not come back, what others publish comes', async (t) => {
      const url = await start(t);
      const { house, connection } = await workbench(t, url);
      const other = await workbench(t, url);
      await subscribed(house, connection, { topicFilter: 'a', qos: 1, noLocal: true });
      await house.remotes.publish(connection, message('a', 'own'));
      await other.house.remotes.publish(other.connection, message('a', 'other'));
      await house.until(({ messageCount }) => messageCount === 1);
      assert.equal(house.broker()?.subscriptions[0]?.messageCount, 1);
    });

    test('Retain Handling and Retain As Published: which retained messages come, and with which flag', async (t) => {
      const url = await start(t);
      const publisher = await workbench(t, url);
      await publisher.house.remotes.publish(publisher.connection, { ...message('kept', 'x'), retain: true });
      const { house, connection } = await workbench(t, url);
      await subscribed(house, connection, { topicFilter: 'kept', qos: 1, retainHandling: 2 });
      await subscribed(house, connection, { topicFilter: 'kept', qos: 1, retainHandling: 1 });
      await subscribed(house, connection, { topicFilter: 'barrier', qos: 1 });
      await house.remotes.publish(connection, message('barrier', 'x'));
      await house.until(({ messageCount }) => messageCount > 0);
      assert.equal(house.count(connection, 'kept'), 0, 'neither at all, nor for one that is not new');
      // Anew: mosquitto 2.0 keeps this option as it was, where there is the subscription already.
      await house.remotes.unsubscribe(connection, 'kept');
      await subscribed(house, connection, { topicFilter: 'kept', qos: 1, retainAsPublished: true });
      await house.until(() => house.count(connection, 'kept') === 1);
      await publisher.house.remotes.publish(publisher.connection, { ...message('kept', 'y'), retain: true });
      await house.until(() => house.count(connection, 'kept') === 2);
      const { topics, log } = house.models.of(connection)!; // it is connected
      const newest = log.message(log.newestOf(topics.find('kept')!.logged!)!.id); // it was counted
      assert.equal(newest?.retain, true);
    });

    test('a shared subscription takes turns with the other member of its group', async (t) => {
      const url = await start(t);
      const subscriptions = [{ topicFilter: '$share/group/job/#', qos: 1 }] as const;
      const members = [
        await workbench(t, url, { subscriptions }),
        await workbench(t, url, { subscriptions }),
      ];
      const publisher = await workbench(t, url);
      for (let i = 0; i < 10; i++)
        await publisher.house.remotes.publish(publisher.connection, message(`job/${i}`, 'x'));
      const total = () => members.reduce((sum, { house }) => sum + (house.broker()?.messageCount ?? 0), 0);
      await Promise.race(members.map(({ house }) => house.until(() => total() === 10)));
      for (const { house } of members) assert.ok((house.broker()?.messageCount ?? 0) > 0);
    });

    test('a muted subscription is counted and in no tree; unmuted, it is again', async (t) => {
      const url = await start(t);
      const { house, connection } = await workbench(t, url, {
        subscriptions: [
          { topicFilter: '#', qos: 1 },
          { topicFilter: 'loud/#', qos: 1 },
        ],
      });
      house.remotes.mute(connection, '#', true);
      const counted = (times: number) =>
        house.until(({ subscriptions }) => (subscriptions[0]?.messageCount ?? 0) >= times);
      await house.remotes.publish(connection, message('quiet', 'x'));
      await counted(1);
      // For both: the copy or the share of the loud one stands for it.
      await house.remotes.publish(connection, message('loud/a', 'x'));
      await house.until(() => house.count(connection, 'loud/a') === 1);
      assert.equal(house.count(connection, 'quiet'), 0);
      house.remotes.mute(connection, '#', false);
      await house.remotes.publish(connection, message('quiet', 'x'));
      await house.until(() => house.count(connection, 'quiet') === 1);
    });
  });
}
