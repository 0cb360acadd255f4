import assert from 'node:assert/strict';
import { test } from 'node:test';
import { everyMessage } from '../../../../src/contracts/messagePages.ts';
import { originOf } from '../../../../src/webview/messages/filter.ts';

const recordings = [{ connection: 2, name: 'lab.jsonl' }];

test('what the broker took and what a subscription was delivered is live', () => {
  assert.equal(originOf(everyMessage, recordings), 'live');
  assert.equal(originOf({ ...everyMessage, source: { kind: 'broker', connection: 0 } }, recordings), 'live');
  const source = { kind: 'subscription', topicFilter: 'a/#' } as const;
  assert.equal(originOf({ ...everyMessage, source }, recordings), 'live');
});

test('a recording is open or was closed', () => {
  const filter = { ...everyMessage, source: { kind: 'broker', connection: 2 } } as const;
  assert.equal(originOf(filter, recordings), 'recording');
  assert.equal(originOf(filter, []), 'closedRecording');
});
