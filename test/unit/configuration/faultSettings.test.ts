/** Faults in a configuration file, and what is said of the wrong ones. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfiguration } from '../../../src/configuration/configurationFile.ts';
import { describeConfigurationProblem } from '../../../src/configuration/configurationProblem.ts';
import { resolveConfiguration } from '../../../src/configuration/resolveConfiguration.ts';
import { faultKindNames } from '../../../src/faults/faultKinds.ts';
import { faultObjectOf, fieldsOfKind } from '../../../src/faults/faultObject.ts';
import type { FaultRule } from '../../../src/faults/faultRule.ts';
import { rulesOfPreset } from '../../../src/faults/presets.ts';

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

/** As good a value as any, for each field that a kind needs. */
const values: Readonly<Record<string, unknown>> = {
  delayMs: 1,
  bytesPerSecond: 1000,
  seconds: 5,
  everySeconds: 10,
  reasonCode: 0x88,
  at: 'connect',
  count: 3,
  messages: 2,
  aheadSeconds: 60,
};

test('every kind can be written, and what the log says of it can be put into a file again', () => {
  for (const kind of faultKindNames) {
    const needed = Object.entries(fieldsOfKind[kind]).filter(([, presence]) => presence === 'needed');
    const object = { fault: kind, ...Object.fromEntries(needed.map(([name]) => [name, values[name]])) };
    const [rule] = faultsOf({ rules: [object] })?.rules ?? [];
    const again = faultsOf({ rules: [faultObjectOf(rule as FaultRule)] })?.rules;
    assert.deepEqual(again, [rule], kind);
  }
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
