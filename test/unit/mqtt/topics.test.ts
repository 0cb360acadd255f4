import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  checkPlainTopicFilter,
  checkTopicFilter,
  checkTopicName,
  parseSharedFilter,
  type TopicProblem,
  topicMatches,
} from '../../../src/mqtt/topics.ts';

type Problem = Pick<TopicProblem, 'kind' | 'at' | 'clause'>;

function pickProblem(problem: TopicProblem | undefined): Problem | undefined {
  if (problem === undefined) return undefined;
  assert.match(problem.message, /^[A-Z].*\.$/);
  return { kind: problem.kind, at: problem.at, clause: problem.clause };
}

for (const topic of [
  'a',
  '/',
  '//',
  'a/b',
  '/a',
  'a/',
  'a b',
  '$SYS/x',
  '$share/a/b',
  'é/😀',
  '\ufeff',
  'x'.repeat(65_535),
  'é'.repeat(32_767),
]) {
  test(`"${topic.slice(0, 20)}" (${topic.length}) is a topic name`, () => {
    assert.equal(checkTopicName(topic), undefined);
  });
}

for (const { topic, problem } of [
  { topic: '', problem: { kind: 'empty', at: 0, clause: 'MQTT-4.7.3-1' } },
  { topic: 'a/+', problem: { kind: 'wildcardInName', at: 2, clause: 'MQTT-4.7.0-1' } },
  { topic: 'a#', problem: { kind: 'wildcardInName', at: 1, clause: 'MQTT-4.7.0-1' } },
  { topic: 'ab\u0000', problem: { kind: 'nullCharacter', at: 2, clause: 'MQTT-4.7.3-2' } },
  { topic: '+\u0000', problem: { kind: 'nullCharacter', at: 1, clause: 'MQTT-4.7.3-2' } },
  { topic: 'a\ud800b', problem: { kind: 'illFormed', at: 1, clause: 'MQTT-1.5.4-1' } },
  { topic: 'a\ud800', problem: { kind: 'illFormed', at: 1, clause: 'MQTT-1.5.4-1' } },
  { topic: '\udc00', problem: { kind: 'illFormed', at: 0, clause: 'MQTT-1.5.4-1' } },
  { topic: 'x'.repeat(65_536), problem: { kind: 'tooLong', at: 65_535, clause: 'MQTT-4.7.3-3' } },
  { topic: '\u0080'.repeat(32_768), problem: { kind: 'tooLong', at: 32_767, clause: 'MQTT-4.7.3-3' } },
  { topic: '\u0800'.repeat(21_846), problem: { kind: 'tooLong', at: 21_845, clause: 'MQTT-4.7.3-3' } },
  { topic: '€'.repeat(21_846), problem: { kind: 'tooLong', at: 21_845, clause: 'MQTT-4.7.3-3' } },
  { topic: '😀'.repeat(16_384), problem: { kind: 'tooLong', at: 32_766, clause: 'MQTT-4.7.3-3' } },
] as const) {
  test(`[${problem.clause}] ${JSON.stringify(topic.slice(0, 20))} is not a topic name: ${problem.kind}`, () => {
    assert.deepEqual(pickProblem(checkTopicName(topic)), problem);
  });
}

for (const filter of [
  'a',
  '#',
  '+',
  '/#',
  '+/#',
  'a/#',
  '+/+',
  '/+',
  '+/',
  'a/+/b',
  'a/+/#',
  '$SYS/#',
  '$share',
  '$share/g/a',
  '$share/g/#',
  '$share/g/+/b',
  '$share/g//',
  '$sharex/#',
]) {
  test(`[MQTT-4.7.1-1] [MQTT-4.7.1-1 3.1.1] [MQTT-4.7.1-2] [MQTT-4.7.1-2 3.1.1] "${filter}" is a topic filter`, () => {
    assert.equal(checkTopicFilter(filter), undefined);
  });
}

for (const { filter, problem } of [
  { filter: '', problem: { kind: 'empty', at: 0, clause: 'MQTT-4.7.3-1' } },
  { filter: 'a#', problem: { kind: 'multiLevelNotAlone', at: 1, clause: 'MQTT-4.7.1-1' } },
  { filter: 'a/b#', problem: { kind: 'multiLevelNotAlone', at: 3, clause: 'MQTT-4.7.1-1' } },
  { filter: '+#', problem: { kind: 'singleLevelNotAlone', at: 0, clause: 'MQTT-4.7.1-2' } },
  { filter: '##', problem: { kind: 'multiLevelNotLast', at: 0, clause: 'MQTT-4.7.1-1' } },
  { filter: '#/a', problem: { kind: 'multiLevelNotLast', at: 0, clause: 'MQTT-4.7.1-1' } },
  { filter: 'a/#/b', problem: { kind: 'multiLevelNotLast', at: 2, clause: 'MQTT-4.7.1-1' } },
  { filter: 'a/#b', problem: { kind: 'multiLevelNotLast', at: 2, clause: 'MQTT-4.7.1-1' } },
  { filter: 'a+', problem: { kind: 'singleLevelNotAlone', at: 1, clause: 'MQTT-4.7.1-2' } },
  { filter: 'a/+b/c', problem: { kind: 'singleLevelNotAlone', at: 2, clause: 'MQTT-4.7.1-2' } },
  { filter: '++', problem: { kind: 'singleLevelNotAlone', at: 0, clause: 'MQTT-4.7.1-2' } },
  { filter: 'a/\u0000', problem: { kind: 'nullCharacter', at: 2, clause: 'MQTT-4.7.3-2' } },
  { filter: '$share/', problem: { kind: 'shareNameInvalid', at: 7, clause: 'MQTT-4.8.2-1' } },
  { filter: '$share//a', problem: { kind: 'shareNameInvalid', at: 7, clause: 'MQTT-4.8.2-1' } },
  { filter: '$share/g+/a', problem: { kind: 'shareNameInvalid', at: 8, clause: 'MQTT-4.8.2-2' } },
  { filter: '$share/#', problem: { kind: 'shareNameInvalid', at: 7, clause: 'MQTT-4.8.2-2' } },
  { filter: '$share/g', problem: { kind: 'shareFilterMissing', at: 8, clause: 'MQTT-4.8.2-2' } },
  { filter: '$share/g/', problem: { kind: 'shareFilterMissing', at: 9, clause: 'MQTT-4.8.2-2' } },
  { filter: '$share/g/a#', problem: { kind: 'multiLevelNotAlone', at: 10, clause: 'MQTT-4.7.1-1' } },
  { filter: '$share/g/+a', problem: { kind: 'singleLevelNotAlone', at: 9, clause: 'MQTT-4.7.1-2' } },
  { filter: '$share/g/#/a', problem: { kind: 'multiLevelNotLast', at: 9, clause: 'MQTT-4.7.1-1' } },
] as const) {
  test(`[${problem.clause}] ${JSON.stringify(filter)} is not a topic filter: ${problem.kind}`, () => {
    assert.deepEqual(pickProblem(checkTopicFilter(filter)), problem);
  });
}

test('before 5.0, $share is a level like any', () => {
  for (const filter of ['$share/', '$share/g', '$share//a', '$share/+/a', '$share/#']) {
    assert.equal(checkPlainTopicFilter(filter), undefined, filter);
  }
  assert.equal(checkPlainTopicFilter('$share/g/a#')?.kind, 'multiLevelNotAlone');
});

test('[MQTT-4.8.2-1] [MQTT-4.8.2-2] a shared filter is taken apart', () => {
  assert.deepEqual(parseSharedFilter('$share/g/a/+'), { shareName: 'g', topicFilter: 'a/+' });
  assert.deepEqual(parseSharedFilter('$share/g//'), { shareName: 'g', topicFilter: '/' });
  for (const filter of ['a', '$share', '$share/g', '$share/g/', '$share//a', '$share/+/a', '$SHARE/g/a']) {
    assert.equal(parseSharedFilter(filter), undefined, filter);
  }
});

for (const [filter, matching, others] of [
  ['a', ['a'], ['b', 'a/b', '/a', 'a/', 'A', 'aa', '/']],
  ['a/b', ['a/b'], ['a', 'a/', 'a/bc', 'a/b/', 'a/b/c', 'ab']],
  ['/a', ['/a'], ['a', '//a', '/']],
  ['/', ['/'], ['//', 'a', '/a', 'a/']],
  ['a//b', ['a//b'], ['a/b', 'a/x/b']],
  ['#', ['a', 'a/b', '/', '//', '/a'], ['$SYS', '$SYS/a', '$']],
  ['a/#', ['a', 'a/', 'a/b', 'a/b/c', 'a//'], ['b', 'ab', 'aa/b', '/a', '']],
  ['/#', ['/', '/a', '/a/b', '//'], ['a', 'a/b']],
  ['a/b/#', ['a/b', 'a/b/c'], ['a', 'a/', 'a/c', 'a/bb']],
  ['+', ['a', 'abc'], ['a/b', '/', '/a', 'a/', '$SYS']],
  ['/+', ['/a', '/'], ['a', '/a/b', '//']],
  ['+/+', ['/', 'a/b', '/a', 'a/'], ['a', 'a/b/c', '//', '$SYS/a']],
  ['+/b', ['a/b', '/b'], ['b', 'a/b/c', 'a/c', '$SYS/b']],
  ['a/+', ['a/b', 'a/'], ['a', 'a/b/c', 'b/a']],
  ['a/+/c', ['a/b/c', 'a//c'], ['a/c', 'a/b/d', 'a/b/c/d', 'a/b']],
  ['+/#', ['a', 'a/b', '/', '/a'], ['$SYS/a', '$SYS']],
  ['a/+/#', ['a/b', 'a/', 'a/b/c'], ['a', 'b/c']],
  ['$SYS/#', ['$SYS', '$SYS/a'], ['a', '$SYSa']],
  ['$SYS/+', ['$SYS/a'], ['$SYS', '$SYS/a/b']],
  ['a/$b', ['a/$b'], ['a/b']],
  ['+/$b', ['a/$b'], []],
] as const) {
  test(`[MQTT-4.7.2-1] [MQTT-4.7.2-1 3.1.1] [MQTT-4.7.3-4] "${filter}" holds ${matching.join(' ')}, and not ${others.join(' ')}`, () => {
    for (const topic of matching) assert.equal(topicMatches(filter, topic), true, topic);
    for (const topic of others) assert.equal(topicMatches(filter, topic), false, topic);
  });
}

test('the matcher agrees with one that splits into levels, on all small filters and topics', () => {
  const levels = ['', 'a', 'b', '$a'];
  const topics = combinations(levels, 3).filter((topic) => topic !== '');
  const filters = combinations([...levels, '+'], 3).flatMap((filter) => [filter, `${filter}/#`]);
  filters.push('#');
  for (const filter of filters) {
    if (filter === '') continue;
    for (const topic of topics) {
      assert.equal(topicMatches(filter, topic), matchesByLevels(filter, topic), `${filter} ${topic}`);
    }
  }
});

function combinations(levels: readonly string[], depth: number): string[] {
  let all = levels.map((level) => level);
  const result = [...all];
  for (let i = 1; i < depth; i++) {
    all = all.flatMap((start) => levels.map((level) => `${start}/${level}`));
    result.push(...all);
  }
  return result;
}

function matchesByLevels(filter: string, topic: string): boolean {
  if (topic.startsWith('$') && /^[+#]/.test(filter)) return false;
  const filterLevels = filter.split('/');
  const topicLevels = topic.split('/');
  const isOpen = filterLevels.at(-1) === '#';
  if (isOpen) filterLevels.pop();
  if (isOpen ? topicLevels.length < filterLevels.length : topicLevels.length !== filterLevels.length)
    return false;
  return filterLevels.every((level, i) => level === '+' || level === topicLevels[i]);
}
