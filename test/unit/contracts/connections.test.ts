import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionOf, otherConnectionOf } from '../../../src/contracts/connections.ts';
import { Models } from '../../../src/engine/models.ts';

test('an id alone says whose it is: the local broker’s, or that of a recording', () => {
  const models = new Models(1_000_000);
  const message = {
    payload: new Uint8Array(),
    qos: 0,
    retain: false,
    receivedAtMs: 0,
    isWill: false,
  } as const;
  models.local.messagePublished('a', message);
  const { connection, model } = models.add({ kind: 'recording', name: 'lab.jsonl' });
  model.messagePublished('a', message);
  const ofBroker = models.local.log.nextId - 1;
  const ofRecording = model.log.nextId - 1;
  assert.deepEqual([connectionOf(ofBroker), otherConnectionOf(ofBroker)], [0, undefined]);
  assert.deepEqual([connectionOf(ofRecording), otherConnectionOf(ofRecording)], [connection, connection]);
});
