import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EngineMethods } from '../../../../src/contracts/engine.ts';
import type { ExtensionToMessagePage } from '../../../../src/contracts/messagePages.ts';
import type { MessageDetail } from '../../../../src/contracts/messages.ts';
import { sendDetail, sendPart } from '../../../../src/extension/panels/sendDetail.ts';
import { FakeClock } from '../../../support/fakeClock.ts';

const detail: MessageDetail = {
  ...{ id: 7, topic: 't', receivedAtMs: 1000, qos: 0, retain: false, isWill: false },
  ...{ payload: new Uint8Array(), payloadBytes: 0, preview: new Uint8Array(), truncated: false },
};

/** An engine that fails where it has no answer. */
function setUp(answers: { [M in keyof EngineMethods]?: ReturnType<EngineMethods[M]> }) {
  const posted: ExtensionToMessagePage[] = [];
  const engine = {
    callIfRunning: async <M extends keyof EngineMethods>(method: M) => {
      if (!(method in answers)) throw new Error(`${method} failed`);
      return answers[method];
    },
  };
  return { engine, posted, post: (message: ExtensionToMessagePage) => posted.push(message) };
}

test('a page whose message the engine fails to give is told that it is gone, and the log why', async () => {
  const { engine, posted, post } = setUp({});
  const sent = sendDetail(
    { engine, clock: new FakeClock() },
    { kind: 'requestDetail', request: 3, id: 7, whole: false },
    post,
  );
  await assert.rejects(sent, { message: 'message failed' });
  assert.deepEqual(posted, [{ kind: 'detailGone', id: 7 }]);
});

test('a message that the engine fails to decode is shown all the same', async () => {
  const { engine, posted, post } = setUp({ message: detail });
  const sent = sendDetail(
    { engine, clock: new FakeClock() },
    { kind: 'requestDetail', request: 3, id: 7, whole: false },
    post,
  );
  await assert.rejects(sent, { message: 'decodeMessage failed' });
  assert.deepEqual(posted, [{ kind: 'detail', request: 3, detail }]);
});

test('a message whose decoder takes its time is shown as it came, and decoded when that is done', async () => {
  const clock = new FakeClock();
  let decoded = (): void => {};
  const decoding = new Promise<undefined>((resolve) => {
    decoded = () => resolve(undefined);
  });
  const posted: ExtensionToMessagePage[] = [];
  const engine = {
    callIfRunning: async <M extends keyof EngineMethods>(method: M) =>
      (method === 'message' ? detail : await decoding) as ReturnType<EngineMethods[M]>,
  };
  const request = { kind: 'requestDetail', request: 3, id: 7, whole: false } as const;
  const sent = sendDetail({ engine, clock }, request, (message) => posted.push(message));
  while (clock.pendingTimers === 0) await Promise.resolve();
  clock.advance(299);
  assert.deepEqual(posted, []);
  clock.advance(1);
  assert.deepEqual(posted, [{ kind: 'detail', request: 3, detail, isDecoding: true }]);
  decoded();
  await sent;
  assert.deepEqual(posted[1], { kind: 'detail', request: 3, detail });
  assert.equal(clock.pendingTimers, 0);
});

test('a page whose part the engine fails to give waits no longer', async () => {
  const { engine, posted, post } = setUp({});
  const sent = sendPart(engine, { kind: 'requestPart', id: 7, offset: 1024 }, post);
  await assert.rejects(sent, { message: 'payloadPart failed' });
  assert.deepEqual(posted, [{ kind: 'detailGone', id: 7 }]);
});
