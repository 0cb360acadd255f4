import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExtensionToInspector, InspectedMessage } from '../../../../src/contracts/messagePages.ts';
import { initialState, reduce } from '../../../../src/webview/inspector/state.ts';
import { requestFor } from '../../../../src/webview/message/shownMessage.ts';

const inspected = (isGone: boolean, receivedAtMs = 1000): ExtensionToInspector => {
  const summary: InspectedMessage['summary'] = {
    ...{ id: 7, topic: 't', receivedAtMs, qos: 0, retain: false, isWill: false },
    ...{ payloadBytes: 0, preview: new Uint8Array() },
  };
  return { kind: 'inspected', message: { summary, hasNext: false, isFollowing: false, isGone } };
};

const after = (...messages: ExtensionToInspector[]) =>
  messages.reduce((state, message) => reduce(state, { kind: 'received', message }), initialState());

test('a message is asked for when it is inspected, and not when its engine is gone', () => {
  assert.equal(requestFor(after(inspected(false)).shown)?.id, 7);
  const gone = after(inspected(true));
  assert.equal(gone.shown.goneId, 7);
  assert.equal(requestFor(gone.shown), undefined);
});

test('under the id of one that is gone, a message of the next engine is asked for', () => {
  const next = after(inspected(true), inspected(false, 2000));
  assert.equal(next.shown.goneId, undefined);
  assert.equal(requestFor(next.shown)?.id, 7);
});
