import assert from 'node:assert/strict';
import { test } from 'node:test';
import { everyMessage, type NamedConnection } from '../../../../src/contracts/messagePages.ts';
import { originOf } from '../../../../src/webview/messages/filter.ts';

const connections: NamedConnection[] = [
  { connection: 2, kind: 'recording', name: 'lab.jsonl' },
  { connection: 3, kind: 'remoteBroker', name: 'gateway' },
];

test('what the broker took and what a subscription was delivered is the local broker’s', () => {
  assert.equal(originOf(everyMessage, connections), 'localBroker');
  assert.equal(
    originOf({ ...everyMessage, source: { kind: 'broker', connection: 0 } }, connections),
    'localBroker',
  );
  const source = { kind: 'subscription', topicFilter: 'a/#' } as const;
  assert.equal(originOf({ ...everyMessage, source }, connections), 'localBroker');
});

test('of another connection it is known what it is, while it is there', () => {
  const of = (connection: number) => ({ ...everyMessage, source: { kind: 'broker', connection } as const });
  assert.equal(originOf(of(2), connections), 'recording');
  assert.equal(originOf(of(3), connections), 'remoteBroker');
  assert.equal(originOf(of(4), connections), 'gone');
});
