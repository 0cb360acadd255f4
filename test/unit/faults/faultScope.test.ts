import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchesPattern, mayMean, meansPacket } from '../../../src/faults/faultScope.ts';

test('a pattern has * for any characters and ? for one, and every other sign is itself', () => {
  for (const [pattern, id, isMatch] of [
    ['*', '', true],
    ['board-*', 'board-', true],
    ['board-*', 'board-1', true],
    ['board-*', 'Board-1', false],
    ['*-1', 'a-1-1', true],
    ['*-1', 'a-1-2', false],
    ['b?d', 'bad', true],
    ['b?d', 'bd', false],
    ['a*b*c', 'a1b2b3c', true],
    ['a*b*c', 'a1c2b', false],
    ['a.c', 'abc', false],
    ['[a]', '[a]', true],
    ['', 'a', false],
  ] as const)
    assert.equal(matchesPattern(pattern, id), isMatch, `${pattern} and ${id}`);
});

test('a pattern can’t hold the broker up', () => {
  assert.equal(matchesPattern(`${'*a'.repeat(500)}b`, 'a'.repeat(5000)), false);
});

test('a client id means that client alone, a topic filter every client and its topics', () => {
  assert.equal(mayMean({ kind: 'clientId', clientId: 'a' }, 'a'), true);
  assert.equal(mayMean({ kind: 'clientId', clientId: 'a' }, 'A'), false);
  const byTopic = { kind: 'topicFilter', topicFilter: 'a/+' } as const;
  assert.equal(mayMean(byTopic, 'whoever'), true);
  assert.equal(meansPacket(byTopic, 'a/b'), true);
  assert.equal(meansPacket(byTopic, 'a/b/c'), false);
  assert.equal(meansPacket(byTopic, undefined), false);
});
