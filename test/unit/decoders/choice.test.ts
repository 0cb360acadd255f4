/** The person's choice for a topic. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choiceFor, type DecoderChoice, settingsOf } from '../../../src/decoders/choice.ts';
import { topicMatches } from '../../../src/mqtt/topics.ts';

function chosen(filters: readonly string[], topic: string): string | undefined {
  const choices = filters.map((topicFilter): DecoderChoice => ({ topicFilter, decoder: 'hex' }));
  return choiceFor(choices, topic, topicMatches)?.topicFilter;
}

for (const [filters, topic, expected] of [
  [['#', 'a/#', 'a/+', 'a/b'], 'a/b', 'a/b'],
  [['a/b', '#'], 'a/b', 'a/b'],
  [['#', 'a/#', 'a/+'], 'a/b', 'a/+'],
  [['+/b', 'a/+'], 'a/b', 'a/+'],
  [['+/+/c', 'a/#'], 'a/b/c', 'a/#'],
  [['a/b/#', 'a/b'], 'a/b', 'a/b'],
  [['a/b', 'a/b/#'], 'a/b', 'a/b'],
  [['+/#', '#'], 'a', '+/#'],
] as const) {
  test(`of ${filters.join(', ')} the choice for ${topic} is ${expected}`, () => {
    assert.equal(chosen(filters, topic), expected);
  });
}

test('of equal filters the first counts, and of none that match, none', () => {
  const choices: DecoderChoice[] = [
    { topicFilter: 'a', decoder: 'cbor' },
    { topicFilter: 'a', decoder: 'hex' },
  ];
  assert.equal(choiceFor(choices, 'a', topicMatches)?.decoder, 'cbor');
  assert.equal(choiceFor(choices, 'b', topicMatches), undefined);
});

test('settings are what a decoder is told, without topic filter and decoder', () => {
  assert.deepEqual(
    settingsOf({ topicFilter: 'a', decoder: 'text', encoding: 'gbk', compression: 'brotli' }),
    {
      encoding: 'gbk',
      via: ['brotli'],
    },
  );
  assert.deepEqual(settingsOf({ topicFilter: 'a', decoder: 'text', compression: 'none' }), { via: [] });
  assert.deepEqual(settingsOf({ topicFilter: 'a', decoder: 'text' }), {});
});
