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

/** What each of so many packets of a client meets, by a fresh rule with this seed. */
function fates(behaviour: FaultRule['behaviour'], seed: number, packets = 40): unknown[] {
  const rules = [new ActiveRule('1.1', { who: { kind: 'everyone' }, behaviour }, seed, 0)];
  const facts = { kind: 'publish', qos: 0 } as const;
  return Array.from({ length: packets }, () => {
    const fate = fateOf(rules, new Map(), 'board', 'toClient', facts, 'a/b', 30);
    const { delayMs, corruption, droppedBy, duplicatedBy, heldBackBy, cutBy } = fate;
    const hits = [droppedBy, duplicatedBy, heldBackBy, cutBy].map((rule) => rule !== undefined);
    return { delayMs, hits, byteOffset: corruption?.byteOffset, flip: corruption?.flip };
  });
}

test('whatever is random is the same again with the same seed, and something else with another', () => {
  const behaviours: readonly FaultRule['behaviour'][] = [
    { kind: 'delay', delayMs: 100, jitterMs: 50 },
    { kind: 'drop', percent: 30 },
    { kind: 'duplicate', percent: 30 },
    { kind: 'reorder', percent: 30 },
    { kind: 'corrupt', percent: 30 },
    { kind: 'cut', percent: 30 },
  ];
  for (const behaviour of behaviours) {
    assert.deepEqual(fates(behaviour, 5), fates(behaviour, 5), behaviour.kind);
    assert.notDeepEqual(fates(behaviour, 5), fates(behaviour, 6), behaviour.kind);
  }
});

test('jitter spreads the delay from the one that was asked for up to so much more', () => {
  const delays = fates({ kind: 'delay', delayMs: 100, jitterMs: 50 }, 5, 200).map(
    (fate) => (fate as { delayMs: number }).delayMs,
  );
  assert.ok(delays.every((delayMs) => delayMs >= 100 && delayMs < 150));
  assert.ok(
    Math.max(...delays) - Math.min(...delays) > 40,
    `${Math.min(...delays)} to ${Math.max(...delays)}`,
  );
});

test('a byte that is not named is any of the packet, and always another one than it was', () => {
  const hit = fates({ kind: 'corrupt', percent: 100 }, 5, 500) as { byteOffset: number; flip: number }[];
  const offsets = new Set(hit.map(({ byteOffset }) => byteOffset));
  assert.deepEqual(
    [...offsets].sort((a, b) => a - b),
    Array.from({ length: 30 }, (_, i) => i),
  );
  assert.ok(hit.every(({ flip }) => Number.isInteger(flip) && flip >= 1 && flip <= 255));
  assert.ok(new Set(hit.map(({ flip }) => flip)).size > 100);
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
