import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ActiveRule } from '../../../src/faults/activeRule.ts';
import type { FaultRule } from '../../../src/faults/faultRule.ts';
import { fateOf } from '../../../src/faults/packetFate.ts';
import { SeededRandom, streamSeed } from '../../../src/faults/seededRandom.ts';

const drop: FaultRule = { who: { kind: 'everyone' }, behaviour: { kind: 'drop', percent: 50 } };

/** Of so many packets, those that are dropped. */
function dropped(rules: readonly ActiveRule[], clientId: string, packets: number, which = 0): number[] {
  const numbers: number[] = [];
  for (let i = 0; i < packets; i++) {
    const fate = fateOf(rules, new Map(), clientId, 'toClient', { kind: 'pingresp' }, undefined, 2);
    if (fate.droppedBy === rules[which]) numbers.push(i);
  }
  return numbers;
}

test('the numbers of a seed are the same each time, and spread', () => {
  const numbers = (seed: number): number[] => {
    const random = new SeededRandom(seed);
    return Array.from({ length: 1000 }, () => random.next());
  };
  assert.deepEqual(numbers(1), numbers(1));
  assert.notDeepEqual(numbers(1), numbers(2));
  const mean = numbers(3).reduce((sum, value) => sum + value, 0) / 1000;
  assert.ok(mean > 0.45 && mean < 0.55, `${mean}`);
  assert.ok(numbers(4).every((value) => value >= 0 && value < 1));
  assert.notEqual(streamSeed(1, 'toClient a'), streamSeed(1, 'toBroker a'));
});

test('what befalls one client does not hang on another', () => {
  const alone = dropped([new ActiveRule('1.1', drop, 5, 0)], 'board', 50);
  const rule = new ActiveRule('1.1', drop, 5, 0);
  const beside: number[] = [];
  for (let i = 0; i < 50; i++) {
    dropped([rule], 'other', 3);
    if (dropped([rule], 'board', 1).length > 0) beside.push(i);
  }
  assert.deepEqual(beside, alone);
  assert.notDeepEqual(dropped([new ActiveRule('1.1', drop, 5, 0)], 'other', 50), alone);
});

test('a rule has the same luck whatever others say', () => {
  const alone = dropped([new ActiveRule('1.1', drop, 5, 0)], 'board', 50);
  const all: FaultRule = { ...drop, behaviour: { kind: 'duplicate', percent: 100 } };
  const rules = [new ActiveRule('1.1', drop, 5, 0), new ActiveRule('1.2', all, 5, 1)];
  assert.deepEqual(dropped(rules, 'board', 50), alone);
});

test('two rules of one kind have luck of their own', () => {
  const one = dropped([new ActiveRule('1.1', drop, 5, 0)], 'board', 50);
  const two = dropped([new ActiveRule('1.2', drop, 5, 1)], 'board', 50);
  assert.notDeepEqual(one, two);
});

test('a rule hits so often, for each client', () => {
  const twice: FaultRule = { ...drop, behaviour: { kind: 'drop', percent: 100, times: 2 } };
  const rule = new ActiveRule('1.1', twice, 5, 0);
  assert.deepEqual(dropped([rule], 'board', 10), [0, 1]);
  assert.deepEqual(dropped([rule], 'other', 10), [0, 1]);
  assert.deepEqual(dropped([rule], 'board', 10), []);
});

test('clients that come and go fill no memory', () => {
  const rule = new ActiveRule('1.1', drop, 5, 0);
  const first = rule.stream('client 0', 'toClient');
  for (let i = 1; i <= 10_000; i++) rule.stream(`client ${i}`, 'toClient');
  assert.notEqual(rule.stream('client 0', 'toClient'), first);
});
