import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import { commandIds, settingKeys } from '../../../src/contracts/manifest.ts';
import type { UserQuestions } from '../../../src/extension/questions/userQuestions.ts';
import type { TestApi } from '../../../src/extension/testApi.ts';
import { injectionLabel } from '../../../src/extension/words/faultWords.ts';
import { activate, Listener, next, run, set, startBroker } from './workbench.ts';

const isSeed = (prompt: string): boolean => prompt.startsWith('Seed of what is left to chance');

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
    const withSeed: string[] = [];
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
        text: async ({ prompt, value, problemWith }) => {
          if (isSeed(prompt)) withSeed.push(chosen);
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
    assert.deepEqual(withSeed, ['Weak Wi-Fi', 'LTE-M in a Tunnel', 'Delay', 'Corrupt a Byte']);
    if (faults.injections.length > 0) await next(faults.onDidChange, (on) => on.length === 0);
  });

  it('take a seed where something is left to chance, and say which one they take', async () => {
    const { engine } = api.services;
    let seed = '';
    const refusals: (string | undefined)[] = [];
    const answers: Partial<UserQuestions> = {
      pick: async ({ placeholder, choices }) => {
        const label = placeholder === 'What is to go wrong?' ? 'Reorder Messages' : 'Everyone';
        const choice = choices.find((each) => [label, 'Some, by Chance…'].includes(each.label));
        assert.ok(choice);
        return { kind: 'answered', value: choice.value };
      },
      text: async ({ prompt, problemWith }) => {
        if (!isSeed(prompt)) return { kind: 'answered', value: '50' };
        for (const wrong of ['-1', '1.5', '0x10', '4294967296', 'board'])
          refusals.push(problemWith?.(wrong) ?? `${wrong} is taken`);
        for (const right of ['', '0', ' 42 ', '4294967295']) refusals.push(problemWith?.(right));
        return { kind: 'answered', value: seed };
      },
    };
    new Listener(api, {}, answers);
    await startBroker(api);
    const seedOfNew = async (): Promise<number | undefined> => {
      await run(commandIds.injectFault);
      return (await engine.call('listFaults', {})).at(-1)?.seed;
    };
    const drawn = await seedOfNew();
    assert.ok(drawn !== undefined);
    const why =
      'A seed is a whole number from 0 to 4294967295, as the log has it. Leave it empty for a new one.';
    assert.deepEqual(refusals, [...Array<string>(5).fill(why), ...Array<undefined>(4).fill(undefined)]);
    seed = ` ${drawn}`;
    assert.equal(await seedOfNew(), drawn);
    seed = '0';
    assert.equal(await seedOfNew(), 0);
  });

  it('pick the first packet alone, and of topics none but messages', async () => {
    const { engine } = api.services;
    const offered: Record<string, readonly string[]> = {};
    const inject = (...wanted: readonly string[]): Promise<unknown> => {
      new Listener(
        api,
        {},
        {
          pick: async ({ placeholder = '', choices }) => {
            offered[placeholder] = choices.map(({ label }) => label);
            const choice = choices.find(({ label }) => wanted.includes(label));
            assert.ok(choice, placeholder);
            return { kind: 'answered', value: choice.value };
          },
          suggest: async () => ({ kind: 'answered', value: 'noise/#' }),
        },
      );
      return run(commandIds.injectFault);
    };
    new Listener(api);
    await startBroker(api);
    const first = 'The first one alone';
    await inject('Drop Packets', 'Everyone', 'Acknowledgements of its QoS 1 messages', first);
    await inject('Cut in a Packet', 'Messages on Topics…', 'Messages, both ways', first);
    assert.deepEqual(offered['Which packets?'], [
      'Messages to the client',
      'Messages from the client',
      'Messages, both ways',
    ]);
    const on = await engine.call('listFaults', {});
    assert.deepEqual(on.map(injectionLabel), [
      'Drop Packets (the first PUBACK to the client)',
      'Cut in a Packet (the first PUBLISH)',
    ]);
    assert.deepEqual(
      on.map(({ rules }) => rules),
      [
        [
          {
            ...{ who: { kind: 'everyone' }, direction: 'toClient', packets: ['puback'] },
            behaviour: { kind: 'drop', percent: 100, times: 1 },
          },
        ],
        [
          {
            ...{ who: { kind: 'topicFilter', topicFilter: 'noise/#' }, packets: ['publish'] },
            behaviour: { kind: 'cut', percent: 100, times: 1 },
          },
        ],
      ],
    );
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
