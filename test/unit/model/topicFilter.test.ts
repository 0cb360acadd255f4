import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Model } from '../../../src/model/model.ts';
import { topicOf } from '../../../src/model/topicNode.ts';
import { ROOT_ID } from '../../../src/model/topicStore.ts';
import { incoming } from './messages.ts';

const never = () => false;

function setUp(...heard: [topic: string, payload: string][]) {
  const model = new Model({ historyBytes: 1_000_000 });
  const { topics } = model;
  const hear = (topic: string, payload: string) => model.messagePublished(topic, incoming(payload));
  for (const [topic, payload] of heard) hear(topic, payload);
  const filter = (text: string) => {
    model.filterTopics(text);
    while (topics.filterMore(never)) {}
  };
  /** Every node that is shown, by its topic, from the top. */
  const shown = (id = ROOT_ID): string[] =>
    topics.children(id).flatMap((node) => [topicOf(node), ...shown(node.id)]);
  return { model, topics, hear, filter, shown };
}

test('a topic that contains the text in any case is shown with what leads to it, and nothing else', () => {
  const { filter, shown } = setUp(['Home/Küche/temp', '1'], ['home/hall/temp', '2'], ['office', '3']);
  filter('küCHE/T');
  assert.deepEqual(shown(), ['Home', 'Home/Küche', 'Home/Küche/temp']);
});

test('a topic whose newest payload contains the text is shown, and not one whose older payload did', () => {
  const { filter, shown } = setUp(['a/b', 'all OK'], ['c/d', 'Fault 7'], ['e', 'FAULT'], ['e', 'fine']);
  filter('fault');
  assert.deepEqual(shown(), ['c', 'c/d']);
});

test('the text is looked for as it is, not as an expression', () => {
  const { filter, shown } = setUp(['a.b', ''], ['axb', ''], ['$SYS/a+b', ''], ['[x]', '']);
  filter('a.b');
  assert.deepEqual(shown(), ['a.b']);
  filter('$sys/A+');
  assert.deepEqual(shown(), ['$SYS', '$SYS/a+b']);
  filter('[X]');
  assert.deepEqual(shown(), ['[x]']);
});

test('an empty text shows everything again', () => {
  const { filter, shown, topics } = setUp(['a', '1'], ['b', '2']);
  filter('b');
  assert.deepEqual(shown(), ['b']);
  filter('');
  assert.deepEqual(shown(), ['a', 'b']);
  assert.equal(topics.filter, undefined);
});

test('another filter knows nothing of what the one before it showed', () => {
  const { filter, shown, topics } = setUp(['a/x', '1'], ['a/y', '2']);
  filter('x');
  filter('y');
  assert.deepEqual(shown(), ['a', 'a/y']);
  assert.equal(topics.filter?.matches, 1);
  assert.equal(topics.childCount(topics.find('a')!), 1);
});

test('the numbers of a branch are those of what is shown', () => {
  const { filter, topics } = setUp(['a', '1'], ['a/x', '1'], ['a/x/y', '1'], ['a/z', '1'], ['b', 'x']);
  filter('x');
  const a = topics.find('a')!;
  assert.equal(topics.childCount(a), 1);
  assert.equal(topics.topicsBelow(a), 2);
  assert.equal(topics.topicsBelow(topics.find('a/x')!), 1);
  assert.equal(topics.filter?.matches, 3);
});

test('a look at the topics can be broken off, and goes on where it stopped', () => {
  const { model, topics } = setUp();
  for (let i = 0; i < 1000; i++) model.messagePublished(`t/${i}`, incoming(''));
  model.filterTopics('t/');
  let slices = 1;
  while (topics.filterMore(() => true)) slices++;
  assert.ok(slices > 10, `${slices} slices`);
  assert.equal(topics.filter?.matches, 1000);
});

test('large payloads are looked at a few at a time, and small ones many', () => {
  for (const [payloadBytes, expected] of [
    [32 * 1024, 2],
    [10, 64],
  ] as const) {
    const model = new Model({ historyBytes: 50_000_000 });
    const { topics } = model;
    const payload = 'x'.repeat(payloadBytes);
    for (let i = 0; i < 640; i++) model.messagePublished(`t/${i}`, incoming(payload));
    model.filterTopics('needle');
    let slices = 0;
    while (topics.filterMore(() => true)) slices++;
    assert.equal(slices, 640 / expected);
    let looks = 0;
    topics.filterActive(() => ++looks < 0);
    assert.ok(Math.abs(looks - 640 / expected) <= 1, `${looks} looks at the clock`);
  }
});

test('without rates nothing is active, and a topic that comes to match appears with its message', () => {
  const model = new Model({ historyBytes: 1_000_000, hasRates: false });
  model.messagePublished('a/b', incoming('calm'));
  model.filterTopics('storm');
  model.topics.filterMore(never);
  model.topics.watch([ROOT_ID]);
  model.messagePublished('a/b', incoming('a storm'));
  assert.deepEqual(model.topics.children(ROOT_ID).map(topicOf), ['a']);
  assert.deepEqual(model.topics.takeDelta(100, 1000).childrenChanged.map(topicOf), ['']);
  assert.deepEqual(model.topics.activeNodes, []);
  assert.equal(
    model.topics.updateRates(1000, () => false),
    'idle',
  );
});

test('after a clear nothing matches, and what comes again counts again', () => {
  const { model, topics, hear, filter, shown } = setUp(['a/x', '1'], ['x', '1']);
  filter('x');
  model.clear();
  assert.equal(topics.filter?.matches, 0);
  hear('x', '1');
  assert.deepEqual([topics.filter?.matches, shown()], [1, ['x']]);
  const root = topics.node(ROOT_ID)!;
  assert.deepEqual([topics.childCount(root), topics.topicsBelow(root)], [1, 1]);
});

test('a topic that comes later and matches is told to who watches its branch; another one is not', () => {
  const { topics, hear, filter, shown } = setUp(['a/x', '1']);
  topics.watch([ROOT_ID]);
  filter('x');
  topics.takeDelta(100, 1000);
  hear('b/c', '1');
  assert.deepEqual(topics.takeDelta(100, 1000), { changed: [], childrenChanged: [] });
  hear('b/x', '1');
  const { childrenChanged } = topics.takeDelta(100, 1000);
  assert.deepEqual(
    childrenChanged.map((node) => node.id),
    [ROOT_ID],
  );
  assert.deepEqual(shown(), ['a', 'a/x', 'b', 'b/x']);
});

test('a topic whose newest payload comes to match appears at the next look at what came', () => {
  const { topics, hear, filter, shown } = setUp(['a/b', 'calm'], ['c', 'calm']);
  topics.watch([ROOT_ID]);
  filter('storm');
  assert.deepEqual(shown(), []);
  topics.takeDelta(100, 1000);
  hear('a/b', 'a storm');
  topics.filterActive(never);
  assert.deepEqual(shown(), ['a', 'a/b']);
  assert.deepEqual(topics.takeDelta(100, 1000).childrenChanged.map(topicOf), ['']);
  hear('a/b', 'calm');
  topics.filterActive(never);
  assert.deepEqual(shown(), ['a', 'a/b'], 'it stays until the filter is set again');
});

test('looks at what came of late take turns when their time is up', () => {
  const { model, topics, filter } = setUp();
  for (let i = 0; i < 500; i++) model.messagePublished(`t/${i}`, incoming('calm'));
  filter('storm');
  for (let i = 0; i < 500; i++) model.messagePublished(`t/${i}`, incoming('storm'));
  for (let look = 0; look < 10; look++) topics.filterActive(() => true);
  assert.equal(topics.filter?.matches, 500);
});

test('what is left of a payload that the history has dropped is searched too', () => {
  const { model, topics } = setUp();
  model.messagePublished('old', incoming('needle'));
  model.log.setBudget(20_000);
  for (let i = 0; i < 2000; i++) model.messagePublished('loud', incoming('x'.repeat(50)));
  assert.equal(model.log.message(1), undefined);
  model.filterTopics('needle');
  topics.filterMore(never);
  assert.deepEqual(topics.children(ROOT_ID).map(topicOf), ['old']);
});

test('a topic that goes is no longer counted, and neither is a branch that led to it alone', () => {
  const { topics, filter, shown } = setUp(['a/x', '1'], ['a/b', '1'], ['x', '1']);
  filter('x');
  topics.remove(topics.find('a/x')!.id);
  assert.deepEqual(shown(), ['x']);
  assert.equal(topics.filter?.matches, 1);
  const root = topics.node(ROOT_ID)!;
  assert.deepEqual([topics.childCount(root), topics.topicsBelow(root)], [1, 1]);
});

test('changes of what is not shown are not told', () => {
  const { topics, hear, filter } = setUp(['a', '1'], ['b', '1']);
  topics.watch([ROOT_ID]);
  filter('a');
  topics.takeDelta(100, 1000);
  hear('a', '2');
  hear('b', '2');
  assert.deepEqual(topics.takeDelta(100, 1000).changed.map(topicOf), ['a']);
});
