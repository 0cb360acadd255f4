/** Sets of topics, held against brute force: every topic of a few levels over a few words. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { intersectTopicFilters, topicFilterIsCovered } from '../../../src/mqtt/topicFilterSets.ts';
import { checkTopicFilter, topicMatches } from '../../../src/mqtt/topics.ts';
import { SeededRandom } from '../../support/random.ts';

const MAX_FILTER_LEVELS = 3;

function sequences(words: readonly string[], maxLevels: number): string[] {
  let longest: string[][] = [[]];
  const all: string[][] = [];
  for (let i = 0; i < maxLevels; i++) {
    longest = longest.flatMap((levels) => words.map((word) => [...levels, word]));
    all.push(...longest);
  }
  return all.map((levels) => levels.join('/'));
}

const filters = sequences(['a', '', '$s', '+', '#'], MAX_FILTER_LEVELS).filter(
  (filter) => checkTopicFilter(filter) === undefined,
);
/** `z` is in no filter: it stands for all the words that none names. One level more than the filters have. */
const topics = sequences(['a', '', '$s', 'z'], MAX_FILTER_LEVELS + 1).filter((topic) => topic !== '');

const matched = new Map(
  filters.map((filter) => [filter, new Set(topics.filter((topic) => topicMatches(filter, topic)))]),
);
const setOf = (filter: string): ReadonlySet<string> =>
  matched.get(filter) ?? new Set(topics.filter((topic) => topicMatches(filter, topic)));

test('what two filters have in common is one filter, for every pair of filters of up to three levels', () => {
  for (const a of filters) {
    for (const b of filters) {
      const expected = [...setOf(a)].filter((topic) => setOf(b).has(topic));
      const common = intersectTopicFilters(a, b);
      if (common === undefined) {
        assert.deepEqual(expected, [], `${a} and ${b}`);
        continue;
      }
      assert.equal(checkTopicFilter(common), undefined, `${a} and ${b}: ${common}`);
      assert.deepEqual([...setOf(common)], expected, `${a} and ${b}: ${common}`);
    }
  }
});

test('a filter covers another exactly when it matches all of its topics, for every pair', () => {
  for (const a of filters) {
    for (const b of filters) {
      const expected = [...setOf(a)].every((topic) => setOf(b).has(topic));
      assert.equal(topicFilterIsCovered(a, [b]), expected, `${a} by ${b}`);
    }
  }
});

test('several filters cover one together exactly when each of its topics is matched by one of them', () => {
  const random = new SeededRandom(20_260_701);
  /** Few words, so that sets often meet. */
  const near = filters.filter((filter) => /^[a+#/]+$/.test(filter) && !/^\/|\/\/|\/$/.test(filter));
  let coveredTogether = 0;
  for (let round = 0; round < 20_000; round++) {
    const pool = random.boolean() ? near : filters;
    const filter = random.pick(pool);
    const by = random.array(random.integer(0, 4), () => random.pick(pool));
    const expected = [...setOf(filter)].every((topic) => by.some((each) => setOf(each).has(topic)));
    assert.equal(topicFilterIsCovered(filter, by), expected, `${filter} by ${by.join(', ')}`);
    if (expected && !by.some((each) => topicFilterIsCovered(filter, [each]))) coveredTogether++;
  }
  assert.ok(coveredTogether > 10, 'cases in which none covers alone were met');
});

for (const [a, b, common] of [
  ['a/+/c', '+/b/#', 'a/b/c'],
  ['a/#', 'a', 'a'],
  ['a/#', '#', 'a/#'],
  ['#', '$SYS/#', undefined],
  ['+/x', '$SYS/x', undefined],
  ['$SYS/+', '$SYS/#', '$SYS/+'],
  ['a/b', 'a/b/c', undefined],
] as const) {
  test(`${a} and ${b} have in common: ${common ?? 'nothing'}`, () => {
    assert.equal(intersectTopicFilters(a, b), common);
    assert.equal(intersectTopicFilters(b, a), common);
  });
}

test('a/# is covered by a and a/+/# together, and by neither alone', () => {
  assert.ok(topicFilterIsCovered('a/#', ['a', 'a/+/#']));
  assert.ok(!topicFilterIsCovered('a/#', ['a']));
  assert.ok(!topicFilterIsCovered('a/#', ['a/+/#']));
});
