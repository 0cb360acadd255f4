/** Faults in a configuration file, and what is said of the wrong ones. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfiguration } from '../../../src/configuration/configurationFile.ts';
import { describeConfigurationProblem } from '../../../src/configuration/configurationProblem.ts';
import { resolveConfiguration } from '../../../src/configuration/resolveConfiguration.ts';
import { faultKindNames, faultKinds, packetKindNames } from '../../../src/faults/faultKinds.ts';
import { faultObjectOf, fieldsOfKind } from '../../../src/faults/faultObject.ts';
import type { FaultKind, FaultRule, FaultScope } from '../../../src/faults/faultRule.ts';
import { isPresetForAll, presetNames, rulesOfPreset } from '../../../src/faults/presets.ts';

function faultsOf(faults: unknown) {
  const result = parseConfiguration(JSON.stringify({ faults }), '/etc/broker.json');
  if (result.kind !== 'settings') assert.fail(describeConfigurationProblem(result));
  const resolved = resolveConfiguration(result.settings);
  if (resolved.kind !== 'configuration') assert.fail(describeConfigurationProblem(resolved));
  return resolved.configuration.faults;
}

function problemOf(...rules: unknown[]): string {
  const result = parseConfiguration(JSON.stringify({ faults: { rules } }), 'broker.json');
  assert.equal(result.kind, 'configurationProblem', JSON.stringify(result));
  return result.kind === 'configurationProblem' ? describeConfigurationProblem(result) : '';
}

test('rules and presets are read, with what is not said filled in', () => {
  const faults = faultsOf({
    seed: 7,
    rules: [
      { clientIdPattern: 'board-*', direction: 'toClient', packets: ['puback'], fault: 'drop', percent: 20 },
      { clientId: 'board', fault: 'refuse', reasonCode: '0x88' },
      { topicFilter: 'a/#', fault: 'delay', delayMs: 5 },
      { clientId: 'board', preset: 'natTimeout' },
      { fault: 'brokerStops', seconds: 5 },
    ],
  });
  const board = { kind: 'clientId', clientId: 'board' } as const;
  assert.deepEqual(faults, {
    seed: 7,
    rules: [
      {
        who: { kind: 'clientIdPattern', pattern: 'board-*' },
        direction: 'toClient',
        packets: ['puback'],
        behaviour: { kind: 'drop', percent: 20 },
      },
      { who: board, behaviour: { kind: 'refuse', reasonCode: 0x88 } },
      {
        who: { kind: 'topicFilter', topicFilter: 'a/#' },
        behaviour: { kind: 'delay', delayMs: 5, jitterMs: 0 },
      },
      ...rulesOfPreset('natTimeout', board),
      { who: { kind: 'everyone' }, behaviour: { kind: 'brokerStops', seconds: 5, losesSessions: false } },
    ],
  });
});

/** Every kind with every option that it has, as a file has it, and as the rule that comes of it. */
const written: { readonly [Kind in FaultKind]: readonly [options: object, rule: Omit<FaultRule, 'who'>] } = {
  delay: [
    { delayMs: 5.5, jitterMs: 10, direction: 'toBroker', packets: ['publish', 'pubrel'] },
    {
      ...{ direction: 'toBroker', packets: ['publish', 'pubrel'] },
      behaviour: { kind: 'delay', delayMs: 5.5, jitterMs: 10 },
    },
  ],
  bandwidth: [
    { bytesPerSecond: 1200, direction: 'toClient' },
    { direction: 'toClient', behaviour: { kind: 'bandwidth', bytesPerSecond: 1200 } },
  ],
  drop: [
    { percent: 12.5, times: 3, direction: 'toClient', packets: ['puback'] },
    {
      ...{ direction: 'toClient', packets: ['puback'] },
      behaviour: { kind: 'drop', percent: 12.5, times: 3 },
    },
  ],
  duplicate: [
    { percent: 50, times: 1, direction: 'toBroker', packets: ['publish'] },
    {
      ...{ direction: 'toBroker', packets: ['publish'] },
      behaviour: { kind: 'duplicate', percent: 50, times: 1 },
    },
  ],
  reorder: [
    { percent: 25, times: 2, direction: 'toClient' },
    { direction: 'toClient', behaviour: { kind: 'reorder', percent: 25, times: 2 } },
  ],
  corrupt: [
    { percent: 1, times: 9, byteOffset: 0, direction: 'toClient', packets: ['suback'] },
    {
      ...{ direction: 'toClient', packets: ['suback'] },
      behaviour: { kind: 'corrupt', percent: 1, times: 9, byteOffset: 0 },
    },
  ],
  split: [
    { direction: 'toClient', packets: ['connack'] },
    { direction: 'toClient', packets: ['connack'], behaviour: { kind: 'split' } },
  ],
  stall: [{ direction: 'toBroker' }, { direction: 'toBroker', behaviour: { kind: 'stall' } }],
  halfOpen: [{ afterSeconds: 30 }, { behaviour: { kind: 'halfOpen', afterSeconds: 30 } }],
  idleTimeout: [{ seconds: 0.5 }, { behaviour: { kind: 'idleTimeout', seconds: 0.5 } }],
  gap: [{ everySeconds: 60, seconds: 20 }, { behaviour: { kind: 'gap', everySeconds: 60, seconds: 20 } }],
  refuse: [{ reasonCode: '0x8A' }, { behaviour: { kind: 'refuse', reasonCode: 0x8a } }],
  close: [{ at: 'connack' }, { behaviour: { kind: 'close', at: 'connack' } }],
  closeAfter: [
    { count: 10, direction: 'toBroker', packets: ['publish'] },
    { direction: 'toBroker', packets: ['publish'], behaviour: { kind: 'closeAfter', count: 10 } },
  ],
  cut: [
    { percent: 0.5, times: 1, direction: 'toClient', packets: ['publish'] },
    {
      ...{ direction: 'toClient', packets: ['publish'] },
      behaviour: { kind: 'cut', percent: 0.5, times: 1 },
    },
  ],
  nonsense: [{}, { behaviour: { kind: 'nonsense' } }],
  brokerStops: [
    { seconds: 10, everySeconds: 60, losesSessions: true },
    { behaviour: { kind: 'brokerStops', seconds: 10, everySeconds: 60, losesSessions: true } },
  ],
  loseSession: [{}, { behaviour: { kind: 'loseSession' } }],
  serverKeepAlive: [{ seconds: 5 }, { behaviour: { kind: 'serverKeepAlive', seconds: 5 } }],
  receiveMaximum: [{ messages: 2 }, { behaviour: { kind: 'receiveMaximum', messages: 2 } }],
  expiryClock: [{ aheadSeconds: 3600 }, { behaviour: { kind: 'expiryClock', aheadSeconds: 3600 } }],
};

/** What may be left out, and what is then meant; every other field is needed. Of one kind alone: `kind.field`. */
const unlessGiven: Readonly<Record<string, unknown>> = {
  percent: 100,
  jitterMs: 0,
  losesSessions: false,
  times: undefined,
  byteOffset: undefined,
  'brokerStops.everySeconds': undefined,
};

/** Those of the broker as a whole mean nobody alone. */
function meant(fault: FaultKind): { scope: object; who: FaultScope } {
  return faultKinds[fault].isForAll
    ? { scope: {}, who: { kind: 'everyone' } }
    : {
        scope: { clientIdPattern: 'board-*' },
        who: { kind: 'clientIdPattern', pattern: 'board-*' },
      };
}

for (const fault of faultKindNames) {
  const [options, expected] = written[fault];
  const { scope, who } = meant(fault);
  const own = fieldsOfKind[fault];
  const { picks } = faultKinds[fault];

  test(`${fault} is read with every option that it has, and what the log says of it is read again`, () => {
    const all = [...Object.keys(own), ...(picks === 'nothing' ? [] : ['direction'])];
    if (picks === 'packets') all.push('packets');
    assert.deepEqual(Object.keys(options).sort(), all.sort(), 'the table of this test has each option');
    const [rule] = faultsOf({ rules: [{ fault, ...scope, ...options }] })?.rules ?? [];
    assert.deepEqual(rule, { who, ...expected });
    assert.deepEqual(faultsOf({ rules: [faultObjectOf(rule!)] })?.rules, [rule]); // was compared
  });

  test(`${fault} has no option that it can’t have, and each is told when it is wrong`, () => {
    const told = (more: object): string => problemOf({ fault, ...scope, ...options, ...more });
    const place = '"faults.rules[0]';
    for (const name of Object.keys(own)) {
      const without = Object.fromEntries(Object.entries(options).filter(([key]) => key !== name));
      const leftOut = `${fault}.${name}` in unlessGiven ? `${fault}.${name}` : name;
      if (leftOut in unlessGiven) {
        const [rule] = faultsOf({ rules: [{ fault, ...scope, ...without }] })?.rules ?? [];
        const value = unlessGiven[leftOut];
        const fields = Object.entries(expected.behaviour).filter(([key]) => key !== name);
        if (value !== undefined) fields.push([name, value]);
        assert.deepEqual(rule?.behaviour, Object.fromEntries(fields));
      } else
        assert.equal(
          problemOf({ fault, ...scope, ...without }),
          `broker.json: ${place}" is "${fault}", and needs "${name}"`,
        );
      assert.match(
        told({ [name]: [] }),
        new RegExp(`^broker\\.json: "faults\\.rules\\[0\\]\\.${name}" is \\[\\], must be `),
      );
      if (typeof Reflect.get(expected.behaviour, name) === 'number')
        assert.match(
          told({ [name]: -1 }),
          new RegExp(
            `: "faults\\.rules\\[0\\]" is wrong: ${name} is -1, must be a (whole )?number from [\\d.e-]+ to \\d+$`,
          ),
        );
    }
    const stray = ['delayMs', 'messages', 'aheadSeconds'].find((name) => !Object.hasOwn(own, name));
    assert.equal(told({ [stray!]: 1 }), `broker.json: ${place}.${stray}" is not for "${fault}"`); // no kind has all three
    if (picks === 'nothing')
      assert.equal(
        told({ direction: 'toClient' }),
        `broker.json: ${place}" is wrong: direction can't be used with ${fault}`,
      );
    if (picks !== 'packets')
      assert.equal(
        told({ packets: ['publish'] }),
        `broker.json: ${place}" is wrong: packets can't be used with ${fault}`,
      );
    if (faultKinds[fault].isForAll)
      assert.match(told({ clientId: 'board' }), /clientId can't be used with .*, for everyone$/);
    else if (picks !== 'packets' && picks !== 'publish')
      assert.match(
        problemOf({ fault, ...options, topicFilter: 'a/#' }),
        /topicFilter can't be used with .*: say whom by clientId or clientIdPattern$/,
      );
  });
}

test('each packet and each moment can be named, and a wrong one is told with those that are right', () => {
  const read = (object: object) => faultsOf({ rules: [object] })?.rules[0];
  assert.deepEqual(read({ fault: 'drop', packets: packetKindNames })?.packets, packetKindNames);
  for (const at of ['open', 'connect', 'connack'])
    assert.deepEqual(read({ fault: 'close', at })?.behaviour, { kind: 'close', at });
  assert.match(
    problemOf({ fault: 'close', at: 'accept' }),
    /"faults\.rules\[0\]\.at" is "accept", must be "open" or "connect" or "connack"$/,
  );
  assert.match(
    problemOf({ fault: 'close', at: 'open', clientId: 'a' }),
    /who a client is, its CONNECT says$/,
  );
  assert.match(
    problemOf({ fault: 'drop', direction: 'up' }),
    /"faults\.rules\[0\]\.direction" is "up", must be "toBroker" or "toClient"$/,
  );
  assert.match(
    problemOf({ fault: 'drop', topicFilter: 'a', packets: ['puback'] }),
    /no other packet has a topic$/,
  );
  assert.match(problemOf({ fault: 'drop', topicFilter: 'a/#/b' }), /topicFilter can't be used: /);
  assert.match(problemOf({ fault: 'drop', clientId: '' }), /clientId" is empty: write it, or leave it out$/);
  assert.match(problemOf({ fault: 'drop', clientIdPattern: '' }), /clientIdPattern" is empty: /);
  assert.match(
    problemOf({ fault: 'gap', everySeconds: 5, seconds: 5 }),
    /seconds is 5, must be less than everySeconds, which is 5$/,
  );
  assert.match(
    problemOf({ fault: 'brokerStops', everySeconds: 5, seconds: 6 }),
    /seconds is 6, must be less than everySeconds, which is 5$/,
  );
  assert.match(
    problemOf({ fault: 'refuse', reasonCode: 0x92 }),
    /is no reason code of CONNACK: as 136 \(0x88\)/,
  );
});

test('each preset is read for everyone, a client and a pattern, but those of the whole broker for everyone alone', () => {
  const scopes: [object, FaultScope][] = [
    [{}, { kind: 'everyone' }],
    [{ clientId: 'board' }, { kind: 'clientId', clientId: 'board' }],
    [{ clientIdPattern: 'b*' }, { kind: 'clientIdPattern', pattern: 'b*' }],
  ];
  for (const preset of presetNames) {
    for (const [scope, who] of scopes) {
      if (isPresetForAll(preset) && who.kind !== 'everyone')
        assert.match(
          problemOf({ preset, ...scope }),
          /^broker\.json: "faults\.rules\[0\]" is .*for everyone$/,
        );
      else
        assert.deepEqual(
          faultsOf({ rules: [{ preset, ...scope }] })?.rules,
          rulesOfPreset(preset, who),
          preset,
        );
    }
    assert.match(problemOf({ preset, topicFilter: 'a' }), /\.topicFilter" can't be used with a preset/);
  }
  assert.match(
    problemOf({ preset: 'weakWiFi' }),
    /"faults\.rules\[0\]\.preset" is "weakWiFi".*did you mean "weakWifi"\?$/,
  );
});

test('what is wrong is told with its place', () => {
  assert.equal(
    problemOf({ fault: 'drop' }, { fault: 'dorp' }),
    `broker.json: "faults.rules[1].fault" is "dorp", must be ${faultKindNames.map((name) => JSON.stringify(name)).join(' or ')}; did you mean "drop"?`,
  );
  assert.match(problemOf({}), /^broker.json: "faults.rules\[0\]" needs "fault"/);
  assert.match(problemOf({ fault: 'delay' }), /is "delay", and needs "delayMs"$/);
  assert.match(problemOf({ fault: 'stall', percent: 5 }), /"faults.rules\[0\].percent" is not for "stall"$/);
  assert.match(problemOf({ fault: 'drop', percent: 500 }), /is wrong: percent is 500, must be a number/);
  assert.match(
    problemOf({ fault: 'drop', percent: '5' }),
    /"faults.rules\[0\].percent" is "5", must be a number$/,
  );
  assert.match(problemOf({ fault: 'drop', packets: ['pubak'] }), /must be.*did you mean "puback"\?$/);
  assert.match(problemOf({ fault: 'drop', packets: 'puback' }), /must be a list of packets/);
  assert.match(problemOf({ fault: 'refuse', reasonCode: '88' }), /must be a number, or as "0x88"$/);
  assert.match(problemOf({ fault: 'drop', clientId: 'a', topicFilter: 'b' }), /can't be used together/);
  assert.match(problemOf({ preset: 'weakWifi', percent: 5 }), /can't be used with a preset/);
  assert.match(problemOf({ preset: 'brokerRestart', clientId: 'a' }), /for everyone$/);
});

test('the list and the seed are what they are to be', () => {
  const wrong = (faults: unknown): string => {
    const result = parseConfiguration(JSON.stringify({ faults }), 'broker.json');
    return result.kind === 'configurationProblem' ? describeConfigurationProblem(result) : 'none';
  };
  assert.match(wrong({ rules: {} }), /"faults.rules" is \{\}, must be a list/);
  assert.match(wrong([]), /"faults" is \[\], must be a JSON object/);
  assert.match(wrong({ rules: [], seed: -1 }), /"faults.seed" is -1, must be a whole number/);
  assert.match(wrong({ rules: [], sead: 1 }), /did you mean "faults.seed"|did you mean "seed"/);
});
