import '../../../support/wordsOfExtension.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';

const { describeState, describeTraffic, explainState } = await import(
  '../../../../src/extension/words/connectionStateWords.ts'
);

test('a connection that another client took over is told in its row, and why it is not made again', () => {
  const taken = { kind: 'disconnected', message: 'Session taken over', cause: 'takenOver' } as const;
  assert.equal(describeState(taken), 'taken over by another client');
  assert.match(explainState(taken).join(' '), /same client id.* not made again by itself/);
  const ending = { kind: 'disconnected', message: 'closed', cause: 'keepsEnding' } as const;
  assert.equal(describeState(ending), 'disconnected by the broker');
  assert.match(explainState(ending).join(' '), /several times soon after .* same client id/);
});

test('one that the broker ended, and one that the person left, are told apart', () => {
  const ended = { kind: 'disconnected', message: 'Server shutting down' } as const;
  assert.equal(describeState(ended), 'disconnected by the broker');
  assert.deepEqual(explainState(ended), ['Server shutting down']);
  assert.equal(describeState({ kind: 'disconnected' }), 'not connected');
  assert.deepEqual(explainState({ kind: 'disconnected' }), []);
});

test('how fast a connection answers, and how much comes, is in its row while it stands', () => {
  const connection = (latencyMs: number | undefined, messagesPerSecond: number, isUp = true) =>
    ({
      broker: { latencyMs, messagesPerSecond },
      state: isUp ? { kind: 'connected', sinceMs: 0 } : { kind: 'disconnected' },
    }) as unknown as Parameters<typeof describeTraffic>[0]; // what is asked of it
  assert.deepEqual(describeTraffic(connection(4.25, 1200)), ['4.3 ms', '1,200 messages/s']);
  assert.deepEqual(describeTraffic(connection(46.4, 0)), ['46 ms']);
  assert.deepEqual(describeTraffic(connection(undefined, 0)), []);
  assert.deepEqual(describeTraffic(connection(4, 9, false)), []);
});
