import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import { commandIds, settingKeys } from '../../../src/contracts/manifest.ts';
import type { TestApi } from '../../../src/extension/testApi.ts';
import { activate, Listener, next, run, set, startBroker } from './workbench.ts';

describe('faults', () => {
  let api: TestApi;

  before(async () => {
    api = await activate();
    await set(settingKeys.port, 0);
  });
  afterEach(() => run(commandIds.stopBroker));
  after(() => set(settingKeys.port, undefined));

  it('can each be injected with what its questions propose, for everyone', async () => {
    const { engine, faults } = api.services;
    let index = 0;
    let total = 1;
    let chosen = '';
    const problems: string[] = [];
    const listener = new Listener(
      api,
      {},
      {
        pick: async ({ placeholder, choices }) => {
          if (placeholder !== 'What is to go wrong?') {
            const everyone = choices.find(({ label }) => label === 'Everyone') ?? choices[0];
            assert.ok(everyone);
            return { kind: 'answered', value: everyone.value };
          }
          total = choices.length;
          const choice = choices[index];
          assert.ok(choice);
          chosen = choice.label;
          return { kind: 'answered', value: choice.value };
        },
        text: async ({ value, problemWith }) => {
          const problem = problemWith?.(value);
          if (problem !== undefined) problems.push(`${chosen}: ${problem}`);
          return { kind: 'answered', value };
        },
      },
    );
    assert.ok(listener);
    await startBroker(api);
    for (; index < total; index++) {
      await run(commandIds.injectFault);
      const on = await engine.call('listFaults', {});
      if (on.length !== 1) problems.push(`${chosen}: ${on.length} faults are on`);
      await engine.call('stopFaults', {});
    }
    assert.equal(total, 26);
    assert.deepEqual(problems, []);
    if (faults.injections.length > 0) await next(faults.onDidChange, (on) => on.length === 0);
  });

  it('close a connection before CONNECT for everyone alone: nobody knows yet who it is', async () => {
    const moments = async (whom: string): Promise<readonly string[]> => {
      let offered: readonly string[] = [];
      new Listener(
        api,
        {},
        {
          pick: async ({ placeholder, choices }) => {
            const labels = choices.map(({ label }) => label);
            if (placeholder === 'When?') {
              offered = labels;
              return { kind: 'cancelled' };
            }
            const label = placeholder === 'For whom?' ? whom : 'Close During the Handshake';
            const choice = choices[labels.indexOf(label)];
            assert.ok(choice);
            return { kind: 'answered', value: choice.value };
          },
          text: async () => ({ kind: 'answered', value: 'board-*' }),
        },
      );
      await run(commandIds.injectFault);
      return offered;
    };
    new Listener(api);
    await startBroker(api);
    const forAll = ['When CONNECT has come, without an answer', 'Behind CONNACK'];
    assert.deepEqual(await moments('Clients by Their Id…'), forAll);
    assert.deepEqual(await moments('Everyone'), [
      ...forAll,
      'Before CONNECT, the workbench’s own connections too',
    ]);
  });

  it('end with the broker, and are told', async () => {
    new Listener(api);
    const { engine, faults } = api.services;
    await startBroker(api);
    const told = next(faults.onDidChange, (on) => on.length === 1);
    await engine.call('startFaults', { preset: 'natTimeout', who: { kind: 'everyone' }, seed: 9 });
    const [injection] = await told;
    assert.equal(injection?.preset, 'natTimeout');
    assert.equal(injection?.seed, 9);
    const gone = next(faults.onDidChange, (on) => on.length === 0);
    await run(commandIds.stopBroker);
    await gone;
  });
});
