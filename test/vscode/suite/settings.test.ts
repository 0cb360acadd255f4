import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { commandIds, settingKeys } from '../../../src/contracts/manifest.ts';
import type { TestApi } from '../../../src/extension/testApi.ts';
import { activate, hostOf, Listener, next, portOf, run, set, startBroker } from './workbench.ts';

describe('settings', () => {
  let api: TestApi;

  before(async () => {
    api = await activate();
    await set(settingKeys.port, 0);
  });
  after(async () => {
    await run(commandIds.stopBroker);
    for (const key of Object.values(settingKeys)) await set(key, undefined);
  });

  it('that are out of bounds are named, with the default that is used instead', async () => {
    const listener = new Listener(api);
    await set(settingKeys.maxConnections, 0);
    const { message, buttons } = await listener.said('maxConnections');
    assert.equal(
      message,
      'The setting mqttWorkbench.broker.maxConnections is 0, which is not a whole number from 1 to 100000. 1000 is used.',
    );
    assert.deepEqual(buttons, ['Settings']);
    await set(settingKeys.maxConnections, undefined);
  });

  it('of the address offer a restart while the broker runs, and hold after it', async () => {
    const { broker } = api.services;
    const listener = new Listener(api, { 'after a restart': 'Restart Broker' });
    await startBroker(api);
    const before = portOf(broker.state);
    const restarted = next(broker.onDidChangeState, (state) => hostOf(state) === '::1');
    await set(settingKeys.host, '::1');
    const { buttons } = await listener.said('after a restart');
    assert.deepEqual(buttons, ['Restart Broker']);
    await restarted;
    assert.notEqual(before, 0);
  });

  it('say nothing while no broker runs', async () => {
    await run(commandIds.stopBroker);
    const listener = new Listener(api);
    await set(settingKeys.host, undefined);
    await set(settingKeys.port, 'none');
    const { message } = await listener.said('');
    assert.match(message, /broker\.port is "none"/);
  });

  it('start the broker with the window when they say so', async () => {
    const { broker } = api.services;
    new Listener(api);
    await set(settingKeys.port, 0);
    const started = next(broker.onDidChangeState, (state) => state.kind === 'running');
    await set(settingKeys.autoStart, true);
    await started;
  });
});
