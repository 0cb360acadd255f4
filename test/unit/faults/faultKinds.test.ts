import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkFaultRule } from '../../../src/faults/faultKinds.ts';
import type { FaultBehaviour, FaultRule } from '../../../src/faults/faultRule.ts';
import { isPresetForAll, presetNames, rulesOfPreset } from '../../../src/faults/presets.ts';

const everyone = { kind: 'everyone' } as const;
const board = { kind: 'clientId', clientId: 'board' } as const;
const topics = { kind: 'topicFilter', topicFilter: 'a/#' } as const;

const check = (behaviour: FaultBehaviour, more: Partial<FaultRule> = {}): string | undefined =>
  checkFaultRule({ who: everyone, behaviour, ...more });

test('every number has a range, which is told', () => {
  assert.equal(check({ kind: 'drop', percent: 100 }), undefined);
  assert.equal(check({ kind: 'drop', percent: 0 }), 'percent is 0, must be a number from 0.000001 to 100');
  assert.match(check({ kind: 'drop', percent: 101 })!, /^percent is 101/);
  assert.match(check({ kind: 'drop', percent: Number.NaN })!, /^percent is null/);
  assert.match(check({ kind: 'drop', percent: 5, times: 1.5 })!, /^times is 1.5, must be a whole number/);
  assert.match(check({ kind: 'serverKeepAlive', seconds: 0.5 })!, /whole number from 1 to 65535/);
  assert.equal(check({ kind: 'idleTimeout', seconds: 0.5 }), undefined);
  assert.match(check({ kind: 'delay', delayMs: 1e9, jitterMs: 0 })!, /^delayMs is 1000000000/);
});

test('a reason code is one of CONNACK', () => {
  assert.equal(check({ kind: 'refuse', reasonCode: 0x88 }), undefined);
  assert.match(check({ kind: 'refuse', reasonCode: 0x91 })!, /no reason code of CONNACK/);
  assert.match(check({ kind: 'refuse', reasonCode: 0 })!, /^reasonCode is 0/);
});

test('what the whole broker does means everyone', () => {
  assert.equal(check({ kind: 'expiryClock', aheadSeconds: 5 }), undefined);
  assert.match(check({ kind: 'expiryClock', aheadSeconds: 5 }, { who: board })!, /for everyone/);
  assert.match(check({ kind: 'close', at: 'open' }, { who: board })!, /its CONNECT says/);
});

test('a topic filter is for what picks messages, and is one', () => {
  assert.equal(check({ kind: 'drop', percent: 5 }, { who: topics }), undefined);
  assert.match(check({ kind: 'stall' }, { who: topics })!, /picks no messages/);
  assert.match(check({ kind: 'drop', percent: 5 }, { who: topics, packets: ['puback'] })!, /no other packet/);
  const broken = { kind: 'topicFilter', topicFilter: 'a#' } as const;
  assert.match(check({ kind: 'drop', percent: 5 }, { who: broken })!, /^topicFilter can't be used/);
});

test('directions and packets are for what has them', () => {
  assert.equal(check({ kind: 'stall' }, { direction: 'toClient' }), undefined);
  assert.match(check({ kind: 'stall' }, { packets: ['publish'] })!, /^packets can't be used with stall/);
  assert.match(check({ kind: 'loseSession' }, { direction: 'toClient' })!, /^direction can't be used/);
  assert.match(check({ kind: 'drop', percent: 5 }, { packets: [] })!, /empty list/);
});

test('a gap is shorter than the time between two', () => {
  assert.equal(check({ kind: 'gap', everySeconds: 60, seconds: 20 }), undefined);
  assert.match(check({ kind: 'gap', everySeconds: 20, seconds: 20 })!, /must be less than everySeconds/);
});

test('every preset is made of rules that are right', () => {
  for (const name of presetNames) {
    for (const rule of rulesOfPreset(name, isPresetForAll(name) ? everyone : board))
      assert.equal(checkFaultRule(rule), undefined, name);
  }
});
