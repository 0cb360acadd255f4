import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OutboundAliases } from '../../../src/broker/outboundAliases.ts';

test('aliases are given from 1 on, and are those of their topics', () => {
  const aliases = new OutboundAliases(3);
  assert.deepEqual([aliases.assign('a'), aliases.assign('b'), aliases.assign('c')], [1, 2, 3]);
  assert.deepEqual(
    [aliases.use('a'), aliases.use('b'), aliases.use('c'), aliases.use('d')],
    [1, 2, 3, undefined],
  );
  assert.deepEqual([aliases.has('a'), aliases.has('d')], [true, false]);
});

test('when all are taken, the topic that was used longest ago gives way', () => {
  const aliases = new OutboundAliases(3);
  for (const topic of ['a', 'b', 'c']) aliases.assign(topic);
  aliases.use('a');
  aliases.use('a');
  assert.equal(aliases.assign('d'), 2);
  assert.equal(aliases.use('b'), undefined);
  aliases.use('c');
  assert.equal(aliases.assign('e'), 1);
  assert.deepEqual(
    [aliases.use('c'), aliases.use('d'), aliases.use('e'), aliases.use('a')],
    [3, 2, 1, undefined],
  );
});

test('one alias goes from topic to topic', () => {
  const aliases = new OutboundAliases(1);
  for (const topic of ['a', 'b', 'a']) {
    assert.equal(aliases.use(topic), undefined);
    assert.equal(aliases.assign(topic), 1);
    assert.equal(aliases.use(topic), 1);
  }
});
