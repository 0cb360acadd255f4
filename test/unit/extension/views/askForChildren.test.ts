import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EngineMethods } from '../../../../src/contracts/engine.ts';
import { askForChildren } from '../../../../src/extension/views/askForChildren.ts';
import { topicNode } from './topicNodes.ts';

/** Answers with these pages, one a question, and notes what was asked. */
function engineWith(...pages: number[][]) {
  const asked: unknown[] = [];
  return {
    asked,
    callIfRunning: async <M extends keyof EngineMethods>(_method: M, params: unknown) => {
      asked.push(params);
      const page = pages.shift();
      // The question is for children: this is what they are answered with.
      return (page && {
        parentId: 0,
        nodes: page.map((id) => topicNode(id)),
        total: 10,
      }) as unknown as ReturnType<EngineMethods[M]>;
    },
  };
}

test('long topics come in several answers, which are asked for one behind the other', async () => {
  const engine = engineWith([1, 2], [3]);
  const children = await askForChildren(engine, 0, { from: 4, count: 3 }, 'rate');
  assert.deepEqual(
    children?.nodes.map(({ id }) => id),
    [1, 2, 3],
  );
  assert.deepEqual(engine.asked, [
    { parentId: 0, offset: 4, limit: 3, order: 'rate' },
    { parentId: 0, offset: 6, limit: 1, order: 'rate' },
  ]);
});

test('a node that is in two answers, because the order changed, is there once', async () => {
  const children = await askForChildren(engineWith([1, 2], [2]), 0, { from: 0, count: 3 }, 'rate');
  assert.deepEqual(
    children?.nodes.map(({ id }) => id),
    [1, 2],
  );
});

test('it ends with the last child, with an empty answer, and without an engine', async () => {
  const last = await askForChildren(engineWith([8, 9]), 0, { from: 8, count: 1_000 }, 'name');
  assert.equal(last?.nodes.length, 2);
  const empty = await askForChildren(engineWith([]), 0, { from: 0, count: 5 }, 'name');
  assert.equal(empty?.nodes.length, 0);
  assert.equal(await askForChildren(engineWith(), 0, { from: 0, count: 5 }, 'name'), undefined);
});
