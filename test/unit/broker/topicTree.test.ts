import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TopicTree } from '../../../src/broker/topicTree.ts';
import { topicMatches } from '../../../src/mqtt/topics.ts';
import { SeededRandom } from '../../support/random.ts';

function treeOf(paths: readonly string[]): TopicTree<string> {
  const tree = new TopicTree<string>();
  for (const path of paths) tree.create(path).value = path;
  return tree;
}

/** Few different levels, so that filters and names meet often; empty ones and `$` among them. */
const levels = ['a', 'b', 'c', '', '$SYS', 'ä'];

function randomName(random: SeededRandom): string {
  const name = random.array(random.integer(1, 4), () => random.pick(levels)).join('/');
  return name === '' ? 'a' : name;
}

function randomFilter(random: SeededRandom): string {
  const parts = randomName(random)
    .split('/')
    .map((level) => (random.integer(1, 10) <= 3 ? '+' : level));
  if (random.integer(1, 10) <= 3) parts[parts.length - 1] = '#';
  return parts.join('/');
}

test('finds for a topic name exactly the filters that the reference matcher accepts', () => {
  const random = new SeededRandom(1);
  for (let round = 0; round < 200; round++) {
    const filters = [...new Set(random.array(30, () => randomFilter(random)))];
    const tree = treeOf(filters);
    for (let i = 0; i < 20; i++) {
      const name = randomName(random);
      const expected = filters.filter((filter) => topicMatches(filter, name));
      assert.deepEqual(tree.valuesOfFiltersMatching(name).sort(), expected.sort(), name);
    }
  }
});

test('finds for a filter exactly the topic names that the reference matcher accepts', () => {
  const random = new SeededRandom(2);
  for (let round = 0; round < 200; round++) {
    const names = [...new Set(random.array(30, () => randomName(random)))];
    const tree = treeOf(names);
    for (let i = 0; i < 20; i++) {
      const filter = randomFilter(random);
      const expected = names.filter((name) => topicMatches(filter, name));
      assert.deepEqual(tree.valuesOfNamesMatching(filter).sort(), expected.sort(), filter);
      assert.deepEqual([...tree.eachOfNamesMatching(filter)].sort(), expected, filter);
    }
    assert.deepEqual([...tree.eachOfNamesMatching(undefined)].sort(), names.sort());
  }
});

test('finds nothing that was taken out, and keeps what is below and above', () => {
  const random = new SeededRandom(3);
  const filters = new Set<string>();
  const tree = new TopicTree<string>();
  for (let i = 0; i < 2000; i++) {
    const filter = randomFilter(random);
    if (filters.delete(filter)) {
      const node = tree.find(filter);
      assert.ok(node);
      node.value = undefined;
      tree.prune(node);
    } else {
      filters.add(filter);
      tree.create(filter).value = filter;
    }
    assert.deepEqual(tree.values().sort(), [...filters].sort());
  }
});

test('has no node left when the last value is taken out', () => {
  const tree = treeOf(['a/b/c', 'a/b', '$SYS/x']);
  for (const path of ['a/b', 'a/b/c', '$SYS/x']) {
    const node = tree.find(path);
    assert.ok(node);
    node.value = undefined;
    tree.prune(node);
  }
  assert.equal(tree.find('a'), undefined);
  assert.equal(tree.find('$SYS'), undefined);
});

test('takes topics of 65,535 levels', () => {
  const name = '/'.repeat(65_534);
  const tree = treeOf([name, '#', '+/#', `${name}/`]);
  assert.deepEqual(tree.valuesOfFiltersMatching(name).sort(), ['#', '+/#', name].sort());
  assert.equal(tree.valuesOfNamesMatching('#').length, 4);
});

test('counts its nodes, and those that a path would need', () => {
  const tree = new TopicTree<number>();
  const node = tree.create('a/b/c');
  node.value = 1;
  assert.equal(tree.nodeCount, 3);
  assert.equal(tree.missingNodes('a/b/c'), 0);
  assert.equal(tree.missingNodes('a/x/c/d'), 3);
  assert.equal(tree.missingNodes('x'), 1);
  tree.create('a/b').value = 2;
  node.value = undefined;
  tree.prune(node);
  assert.equal(tree.nodeCount, 2);
});

test('values taken one by one: those taken out on the way are passed over, the others all come', () => {
  const names = Array.from({ length: 50 }, (_, n) => `a/${n}/b`);
  const tree = treeOf(names);
  const seen: string[] = [];
  for (const name of tree.eachOfNamesMatching('a/#')) {
    seen.push(name);
    for (const gone of seen.length === 10 ? names.slice(20, 30) : [name]) {
      const node = tree.find(gone);
      if (node === undefined) continue;
      node.value = undefined;
      tree.prune(node);
    }
  }
  assert.deepEqual(seen, [...names.slice(0, 20), ...names.slice(30)]);
});

test('a topic with as many levels as can be is walked, too', () => {
  const deep = 'a/'.repeat(32_000);
  assert.deepEqual([...treeOf([deep]).eachOfNamesMatching('#')], [deep]);
});
