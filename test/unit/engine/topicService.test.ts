import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LOCAL_BROKER } from '../../../src/contracts/connections.ts';
import { Models } from '../../../src/engine/models.ts';
import { TopicService } from '../../../src/engine/topicService.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { incoming } from '../model/messages.ts';

function setUp(...heard: string[]) {
  const clock = new FakeClock();
  const models = new Models(1_000_000);
  const model = models.local;
  const topics = new TopicService({ models, clock, messagesReceived: () => 0, onCleared: () => {} });
  let receivedAtMs = 1000;
  for (const topic of heard) model.messagePublished(topic, incoming('1', { receivedAtMs: receivedAtMs++ }));
  return { clock, models, model, topics };
}

const root = { parentId: 0, offset: 0, limit: 100 } as const;

test('children come by name, or the one with the newest message first', async () => {
  const { topics } = setUp('b', 'c', 'a', 'c');
  const levels = async (order?: 'name' | 'activity') =>
    (await topics.topicChildren({ ...root, ...(order && { order }) })).nodes.map(({ level }) => level);
  assert.deepEqual(await levels(), ['a', 'b', 'c']);
  assert.deepEqual(await levels('activity'), ['c', 'a', 'b']);
});

test('messages are counted of the local broker, and of each other connection', () => {
  const models = new Models(1_000_000);
  const { connection, model: other } = models.add({ kind: 'remoteBroker', name: 'Plant' });
  other.messagePublished('a/b', incoming('1'));
  const topics = new TopicService({
    ...{ models, clock: new FakeClock() },
    ...{ messagesReceived: () => 7, onCleared: () => {} },
  });
  assert.deepEqual(topics.messageCounts(), [
    { connection: LOCAL_BROKER, count: 7 },
    { connection, count: 1 },
  ]);
});

test('a later page goes on in the same order', async () => {
  const { topics } = setUp('b', 'c', 'a');
  const page = await topics.topicChildren({ ...root, order: 'activity', offset: 1, limit: 1 });
  assert.deepEqual(
    page.nodes.map(({ level }) => level),
    ['c'],
  );
  assert.equal(page.total, 3);
});

test('the place of a node among its siblings is that of the order', async () => {
  const { topics } = setUp('b', 'c', 'a');
  const { id } = topics.topicNodes({ topics: ['b'] })[0]!;
  assert.equal(await topics.topicPlace({ id, order: 'name' }), 1);
  assert.equal(await topics.topicPlace({ id, order: 'activity' }), 2);
  assert.equal(await topics.topicPlace({ id: 999, order: 'name' }), undefined);
});

test('with a filter children and their total are those that are shown, and a hidden node has no place', async () => {
  const { topics } = setUp('a/x', 'a/y', 'b');
  const result = await topics.setTopicFilter({ text: 'X' });
  assert.deepEqual(result, { matches: 1, topics: 3, tookMs: 0 });
  const { nodes, total } = await topics.topicChildren(root);
  assert.deepEqual([total, nodes[0]?.level, nodes[0]?.childCount], [1, 'a', 1]);
  const { id } = topics.topicNodes({ topics: ['b'] })[0]!;
  assert.equal(await topics.topicPlace({ id, order: 'name' }), undefined);
  assert.deepEqual(await topics.setTopicFilter({ text: '' }), { matches: 3, topics: 3, tookMs: 0 });
  assert.equal((await topics.topicChildren(root)).total, 2);
});

test('a recording that is opened while a filter is set has it, and one that is closed counts no more', async () => {
  const { models, topics } = setUp('a/x');
  await topics.setTopicFilter({ text: 'x' });
  const { connection, model } = models.add({ kind: 'recording', name: 'a.jsonl' });
  for (const topic of ['x', 'b/x', 'c']) model.messagePublished(topic, incoming('1'));
  assert.deepEqual(model.topics.activeNodes, []);
  const { nodes } = await topics.topicChildren({ ...root, parentId: model.topics.rootId });
  assert.deepEqual(
    nodes.map(({ level }) => level),
    ['b', 'x'],
  );
  assert.equal(models.local.topics.filter?.matches, 3);
  models.remove(connection);
  model.messagePublished('y/x', incoming('1'));
  assert.equal(models.local.topics.filter?.matches, 1);
});

test('a filter answers also when a recording is closed while it looks', async () => {
  const { clock, models, topics } = setUp('a/x');
  const { connection, model } = models.add({ kind: 'recording', name: 'a.jsonl' });
  for (let i = 0; i < 200; i++) model.messagePublished(`x/${i}`, incoming('1'));
  let isFirstLook = true;
  model.topics.filterMore = () => {
    const isMore = isFirstLook;
    isFirstLook = false;
    return isMore;
  };
  const result = topics.setTopicFilter({ text: 'x' });
  models.remove(connection);
  clock.advance(0);
  assert.deepEqual(await result, { matches: 1, topics: 1, tookMs: 0 });
});

test('nodes are answered in the order of the topics, with a gap for what was not heard', () => {
  const { topics } = setUp('a/b', '/a');
  const topicsOf = topics.topicNodes({ topics: ['/a', 'a', 'x', 'a/b'] }).map((node) => node?.topic);
  assert.deepEqual(topicsOf, ['/a', 'a', undefined, 'a/b']);
});

test('removing answers how many topics went', async () => {
  const { topics } = setUp('a/b', 'a/c');
  const { id } = topics.topicNodes({ topics: ['a'] })[0]!;
  assert.equal(topics.removeTopic({ id }), 2);
  assert.equal((await topics.topicChildren(root)).total, 0);
});

test('a filter looks at the topics in turns, and one that another took the place of answers nothing', async () => {
  class HurriedClock extends FakeClock {
    #asked = 0;
    override monotonicMs(): number {
      return super.monotonicMs() + 10 * this.#asked++;
    }
  }
  const clock = new HurriedClock();
  const models = new Models(1_000_000);
  const model = models.local;
  const topics = new TopicService({ models, clock, messagesReceived: () => 0, onCleared: () => {} });
  for (let i = 0; i < 200; i++) model.messagePublished(`t/${i}`, incoming(''));
  const first = topics.setTopicFilter({ text: 't' });
  const second = topics.setTopicFilter({ text: '19' });
  assert.equal(clock.pendingTimers, 2);
  let isAnswered = false;
  void second.then(() => {
    isAnswered = true;
  });
  while (!isAnswered) {
    clock.advance(0);
    await Promise.resolve();
  }
  assert.equal(await first, undefined);
  assert.equal((await second)?.matches, 12);
});

test('many new children are put in order in turns before they are answered', async () => {
  class HurriedClock extends FakeClock {
    #asked = 0;
    override monotonicMs(): number {
      return super.monotonicMs() + 10 * this.#asked++;
    }
  }
  const clock = new HurriedClock();
  const models = new Models(10_000_000);
  const topics = new TopicService({ models, clock, messagesReceived: () => 0, onCleared: () => {} });
  for (let i = 0; i < 1000; i++) models.local.messagePublished(`t${(i * 389) % 1000}`, incoming(''));
  const answer = topics.topicChildren({ parentId: 0, offset: 998, limit: 2 });
  assert.equal(clock.pendingTimers, 1);
  let turns = 0;
  for (; clock.pendingTimers > 0; turns++) {
    clock.advance(0);
    await Promise.resolve();
  }
  assert.equal(turns, 3);
  assert.deepEqual(
    (await answer).nodes.map(({ level }) => level),
    ['t998', 't999'],
  );
});

test('what matches is counted over all connections', async () => {
  const models = new Models(1_000_000);
  const topics = new TopicService({
    models,
    clock: new FakeClock(),
    messagesReceived: () => 0,
    onCleared: () => {},
  });
  const recorded = models.add({ kind: 'recording', name: 'a.jsonl' }).model;
  models.local.messagePublished('a', incoming(''));
  recorded.messagePublished('a/b', incoming(''));
  assert.equal((await topics.setTopicFilter({ text: 'a' }))?.matches, 2);
  recorded.messagePublished('a/c', incoming(''));
  assert.equal(models.local.topics.filter?.matches, 3);
});
