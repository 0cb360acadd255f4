import assert from 'node:assert/strict';
import { test } from 'node:test';
import { itemContexts } from '../../../../src/contracts/manifest.ts';
import { topicContext } from '../../../../src/extension/views/topicContext.ts';
import { topicNode, withPayload } from './topicNodes.ts';

test('a row of a recording is never one of the broker to the menus, with or without a message', () => {
  const recorded = { connection: 1, connectionKind: 'recording' } as const;
  assert.equal(topicContext({ ...topicNode(1), ...recorded }), itemContexts.recordedBranch);
  assert.equal(topicContext({ ...topicNode(1), ...recorded, retained: true }), itemContexts.recordedBranch);
  assert.equal(topicContext({ ...withPayload(1, 1, 'a'), ...recorded }), itemContexts.recordedTopic);
  assert.equal(topicContext({ ...topicNode(1), ...recorded, isConnection: true }), itemContexts.recording);
});

test('a row of the broker is a branch, a topic, or one with a retained message', () => {
  assert.equal(topicContext(topicNode(1)), itemContexts.topicBranch);
  assert.equal(topicContext(withPayload(1, 1, 'a')), itemContexts.topic);
  assert.equal(topicContext({ ...topicNode(1), retained: true }), itemContexts.topicRetained);
});

test('a row of another broker is one of its own to the menus', () => {
  const remote = { connection: 1, connectionKind: 'remoteBroker' } as const;
  assert.equal(topicContext({ ...topicNode(1), ...remote }), itemContexts.remoteBranch);
  assert.equal(topicContext({ ...withPayload(1, 1, 'a'), ...remote }), itemContexts.remoteTopic);
  assert.equal(topicContext({ ...topicNode(1), ...remote, isConnection: true }), itemContexts.remoteBroker);
});
