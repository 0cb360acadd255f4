import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import mqtt from 'mqtt';
import { commandIds, settingKeys } from '../../../src/contracts/manifest.ts';
import { EngineDiedError } from '../../../src/extension/engineClient.ts';
import type { TestApi } from '../../../src/extension/testApi.ts';
import { activate, Listener, next, portOf, run, set, startBroker } from './workbench.ts';

describe('an engine that dies', () => {
  let api: TestApi;

  before(async () => {
    api = await activate();
    await set(settingKeys.port, 0);
  });
  afterEach(() => run(commandIds.stopBroker));
  after(() => set(settingKeys.port, undefined));

  it('is said, its pending requests reject, and Restart brings broker and subscriptions back', async () => {
    const { broker, engine } = api.services;
    const listener = new Listener(api, { 'stopped unexpectedly': 'Restart' });
    await startBroker(api);
    const subscribed = next(broker.onDidChangeSubscriptions, (subscriptions) => subscriptions.length === 1);
    await engine.call('subscribe', { topicFilter: 'board/#', qos: 1 });
    await subscribed;

    const stopped = next(broker.onDidChangeState, (state) => state.kind === 'stopped');
    const restarted = stopped.then(() => next(broker.onDidChangeState, (state) => state.kind === 'running'));
    const subscribedAgain = stopped.then(() =>
      next(broker.onDidChangeSubscriptions, ([subscription]) => subscription?.topicFilter === 'board/#'),
    );
    // From here on the thread runs no code: what it is asked now is pending when it ends.
    const terminated = api.engineThread()?.terminate();
    const pending = engine.call('listSubscriptions', {});
    await assert.rejects(pending, (error) => error instanceof Error && error.name === EngineDiedError.name);
    await terminated;

    const { message, buttons } = await listener.said('stopped unexpectedly');
    assert.equal(message, 'The MQTT engine stopped unexpectedly, and the local broker with it.');
    assert.deepEqual(buttons, ['Restart', 'Show Log']);
    await restarted;
    await subscribedAgain;
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${portOf(broker.state)}`);
    await client.endAsync();
  });

  it('leaves a stopped broker that the next command starts in a new engine', async () => {
    const { broker } = api.services;
    const listener = new Listener(api);
    await startBroker(api);
    await api.engineThread()?.terminate();
    await listener.said('stopped unexpectedly');
    assert.equal(broker.state.kind, 'stopped');
    await startBroker(api);
    assert.equal(broker.state.kind, 'running');
  });
});
