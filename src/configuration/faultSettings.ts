/**
 * `faults` of a configuration file: what is to go wrong from the start.
 *
 *     "faults": { "seed": 42, "rules": [{ "clientIdPattern": "board-*", "fault": "drop", "packets": ["puback"] }] }
 *
 * Each object is one rule, or a preset for somebody. A mistake is told with its place, as `faults.rules[1].percent`.
 */
import { checkFaultRule, faultKindNames, packetKindNames } from '../faults/faultKinds.ts';
import { fieldsOfKind } from '../faults/faultObject.ts';
import type {
  FaultBehaviour,
  FaultDirection,
  FaultKind,
  FaultRule,
  FaultScope,
} from '../faults/faultRule.ts';
import { isPresetForAll, type PresetName, presetNames, rulesOfPreset } from '../faults/presets.ts';
import type { FaultConfiguration } from './brokerConfiguration.ts';
import type { ConfigurationProblem } from './configurationProblem.ts';
import {
  type Field,
  type FieldTable,
  isWhole,
  later,
  oneOf,
  type Place,
  problemAt,
  readFields,
  say,
  text,
  trueOrFalse,
} from './fields.ts';

export type FaultsResult =
  | { readonly kind: 'faults'; readonly faults: FaultConfiguration }
  | ConfigurationProblem;

interface FaultObject {
  fault: FaultKind;
  preset: PresetName;
  clientId: string;
  clientIdPattern: string;
  topicFilter: string;
  direction: FaultDirection;
  packets: FaultRule['packets'];
  at: string;
  losesSessions: boolean;
  delayMs: number;
  jitterMs: number;
  bytesPerSecond: number;
  percent: number;
  times: number;
  byteOffset: number;
  count: number;
  seconds: number;
  everySeconds: number;
  afterSeconds: number;
  reasonCode: number | string;
  messages: number;
  aheadSeconds: number;
}

/** What numbers may be is the rule's own check. */
const number: Field = {
  check: (value) => (typeof value === 'number' ? undefined : `is ${say(value)}, must be a number`),
};

/** JSON has no hexadecimal numbers, in which reason codes are written everywhere else. */
const HEXADECIMAL = /^0x[\da-f]{2}$/i;

const reasonCode: Field = {
  check: (value) =>
    typeof value === 'number' || (typeof value === 'string' && HEXADECIMAL.test(value))
      ? undefined
      : `is ${say(value)}, must be a number, or as "0x88"`,
};

const packetKind = oneOf(packetKindNames);

const packetList: Field = {
  check(value) {
    if (!Array.isArray(value) || value.length === 0)
      return `is ${say(value)}, must be a list of packets, as in ["publish", "puback"]`;
    for (const [index, name] of value.entries()) {
      const wrong = packetKind.check(name);
      if (wrong !== undefined) return `has a wrong packet: number ${index + 1} ${wrong}`;
    }
    return undefined;
  },
};

const seed: Field = {
  check: (value) =>
    isWhole(value, 0, 0xffff_ffff)
      ? undefined
      : `is ${say(value)}, must be a whole number from 0 to 4294967295`,
};

const fields: FieldTable<keyof FaultObject> = {
  fault: oneOf(faultKindNames),
  preset: oneOf(presetNames),
  clientId: text,
  clientIdPattern: text,
  topicFilter: text,
  direction: oneOf(['toBroker', 'toClient']),
  packets: packetList,
  at: oneOf(['open', 'connect', 'connack']),
  losesSessions: trueOrFalse,
  delayMs: number,
  jitterMs: number,
  bytesPerSecond: number,
  percent: number,
  times: number,
  byteOffset: number,
  count: number,
  seconds: number,
  everySeconds: number,
  afterSeconds: number,
  reasonCode,
  messages: number,
  aheadSeconds: number,
};

const scopeFields = ['clientId', 'clientIdPattern', 'topicFilter'] as const;
/** Those that any kind may have; whether it may, its own check says. */
const commonFields: readonly string[] = ['fault', ...scopeFields, 'direction', 'packets'];

export function readFaults(value: unknown, place: Place): FaultsResult {
  const here = { ...place, setting: 'faults' };
  const read = readFields<{ rules: unknown; seed: number }>(value, { rules: later, seed }, here);
  if (read.kind !== 'fields') return read;
  const { rules: objects, seed: given } = read.values;
  if (!Array.isArray(objects)) {
    const message = `"faults.rules" is ${say(objects)}, must be a list, as in [{"fault": "drop", "percent": 5}]`;
    return problemAt(place, 'faults.rules', message);
  }
  const rules: FaultRule[] = [];
  for (const [index, object] of objects.entries()) {
    const result = readRules(object, { ...place, setting: `faults.rules[${index}]` });
    if (result.kind !== 'rules') return result;
    rules.push(...result.rules);
  }
  return { kind: 'faults', faults: { rules, ...(given !== undefined && { seed: given }) } };
}

/** One object: a rule, or those of a preset. */
function readRules(
  object: unknown,
  place: Place,
): { kind: 'rules'; rules: readonly FaultRule[] } | ConfigurationProblem {
  const read = readFields<FaultObject>(object, fields, place);
  if (read.kind !== 'fields') return read;
  const { values } = read;
  const { setting } = place;
  const scopes = scopeFields.filter((name) => values[name] !== undefined);
  if (scopes.length > 1) {
    const [one, other] = scopes.map((name) => say(`${setting}.${name}`));
    return problemAt(
      place,
      setting,
      `${one} and ${other} can't be used together: a rule means one of the two`,
    );
  }
  const who = scopeOf(values);
  const { fault, preset, direction, packets } = values;
  if (preset !== undefined) return presetRules(preset, who, values, place);
  if (fault === undefined) {
    const message = `${say(setting)} needs "fault", which is one of ${faultKindNames.map(say).join(', ')}, or "preset": ${presetNames.map(say).join(', ')}`;
    return problemAt(place, setting, message);
  }
  const own = fieldsOfKind[fault];
  const stray = Object.keys(values).find((name) => !commonFields.includes(name) && !Object.hasOwn(own, name));
  if (stray !== undefined)
    return problemAt(place, `${setting}.${stray}`, `${say(`${setting}.${stray}`)} is not for ${say(fault)}`);
  const given: Record<string, unknown> = { ...values };
  if (values.reasonCode !== undefined) given.reasonCode = Number(values.reasonCode);
  const behaviour: Record<string, unknown> = { kind: fault };
  for (const [name, presence] of Object.entries(own)) {
    if (given[name] !== undefined) behaviour[name] = given[name];
    else if (presence === 'needed')
      return problemAt(place, setting, `${say(setting)} is ${say(fault)}, and needs ${say(name)}`);
    else if (presence !== 'optional') behaviour[name] = presence.unlessGiven;
  }
  const rule: FaultRule = {
    who,
    ...(direction !== undefined && { direction }),
    ...(packets !== undefined && { packets }),
    behaviour: behaviour as FaultBehaviour, // the table has exactly its fields, and each was checked
  };
  const wrong = checkFaultRule(rule);
  if (wrong !== undefined) return problemAt(place, setting, `${say(setting)} is wrong: ${wrong}`);
  return { kind: 'rules', rules: [rule] };
}

function presetRules(
  preset: PresetName,
  who: FaultScope,
  values: Partial<FaultObject>,
  place: Place,
): { kind: 'rules'; rules: readonly FaultRule[] } | ConfigurationProblem {
  const { setting } = place;
  const stray = Object.keys(values).find((name) => !['preset', 'clientId', 'clientIdPattern'].includes(name));
  if (stray !== undefined) {
    const message = `${say(`${setting}.${stray}`)} can't be used with a preset, which takes "clientId" or "clientIdPattern" alone`;
    return problemAt(place, `${setting}.${stray}`, message);
  }
  if (isPresetForAll(preset) && who.kind !== 'everyone')
    return problemAt(
      place,
      setting,
      `${say(setting)} is ${say(preset)}: the whole broker does it, for everyone`,
    );
  return { kind: 'rules', rules: rulesOfPreset(preset, who) };
}

function scopeOf({ clientId, clientIdPattern, topicFilter }: Partial<FaultObject>): FaultScope {
  if (clientId !== undefined) return { kind: 'clientId', clientId };
  if (clientIdPattern !== undefined) return { kind: 'clientIdPattern', pattern: clientIdPattern };
  if (topicFilter !== undefined) return { kind: 'topicFilter', topicFilter };
  return { kind: 'everyone' };
}
