import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DecodedMessage } from '../../../../src/contracts/decoding.ts';
import type { ExtensionToMessagePage } from '../../../../src/contracts/messagePages.ts';
import type { MessageDetail } from '../../../../src/contracts/messages.ts';
import {
  isLoadingWhole,
  loseEngine,
  nothingShown,
  receiveShown,
  reduceShown,
  requestFor,
  type ShownAction,
  type ShownMessage,
} from '../../../../src/webview/message/shownMessage.ts';

const detail = (id: number, others: Partial<MessageDetail> = {}): MessageDetail => ({
  id,
  topic: 'a',
  receivedAtMs: 0,
  qos: 0,
  retain: false,
  payloadBytes: 4,
  preview: new Uint8Array(),
  isWill: false,
  payload: new Uint8Array(4),
  truncated: false,
  ...others,
});

type Detail = Extract<ExtensionToMessagePage, { kind: 'detail' }>;
/** A detail answers the last request, unless told. */
type Step =
  | ShownAction
  | Exclude<ExtensionToMessagePage, Detail>
  | (Omit<Detail, 'request'> & { request?: number });

/** Actions and messages in order; every request is posted as soon as it is due. */
function after(shown: ShownMessage, ...steps: Step[]): ShownMessage {
  let state = shown;
  for (const step of steps) {
    if (isAction(step)) state = reduceShown(state, step);
    else state = receiveShown(state, step.kind === 'detail' ? { request: state.requests, ...step } : step);
    const request = requestFor(state);
    if (request) state = reduceShown(state, { kind: 'requested', id: request.id, isWhole: request.whole });
  }
  return state;
}

function isAction(step: Step): step is ShownAction {
  return ['wanted', 'wholeWanted', 'partWanted', 'decoderTried', 'requested'].includes(step.kind);
}

test('what is wanted is asked for, and the one before is shown until it comes', () => {
  const one = after(nothingShown, { kind: 'wanted', id: 1 }, { kind: 'detail', detail: detail(1) });
  assert.equal(one.detail?.id, 1);
  assert.equal(requestFor(one), undefined);
  const two = after(one, { kind: 'wanted', id: 2 });
  assert.equal(two.detail?.id, 1);
  assert.deepEqual(two.awaited, { id: 2, isWhole: false });
});

test('one request is under way: the next one is for what is wanted by then', () => {
  const flood = after(
    nothingShown,
    { kind: 'wanted', id: 1 },
    { kind: 'wanted', id: 2 },
    { kind: 'wanted', id: 3 },
  );
  assert.deepEqual(flood.awaited, { id: 1, isWhole: false });
  const late = after(flood, { kind: 'detail', detail: detail(1) });
  assert.equal(late.detail?.id, 1);
  assert.deepEqual(late.awaited, { id: 3, isWhole: false });
});

test('a message that is gone is asked for once', () => {
  const gone = after(nothingShown, { kind: 'wanted', id: 1 }, { kind: 'detailGone', id: 1 });
  assert.equal(gone.goneId, 1);
  assert.equal(requestFor(gone), undefined);
  assert.equal(after(gone, { kind: 'wanted', id: 2 }).goneId, undefined);
});

test('the whole payload is asked for when it is wanted, and its coming ends the wait', () => {
  const cut = detail(1, { truncated: true, payloadBytes: 99 });
  const first = after(nothingShown, { kind: 'wanted', id: 1 }, { kind: 'detail', detail: cut });
  const loading = after(first, { kind: 'wholeWanted' });
  assert.deepEqual(loading.awaited, { id: 1, isWhole: true });
  assert.equal(isLoadingWhole(loading), true);
  const whole = after(loading, { kind: 'detail', detail: detail(1) });
  assert.equal(isLoadingWhole(whole), false);
  assert.equal(whole.awaited, undefined);
  // All that is kept, and still not whole.
  assert.equal(isLoadingWhole(after(loading, { kind: 'detail', detail: cut })), false);
});

test('a part takes the place of the beginning, and knows whether it is the last', () => {
  const cut = detail(1, { truncated: true, payloadBytes: 10 });
  const first = after(nothingShown, { kind: 'wanted', id: 1 }, { kind: 'detail', detail: cut });
  const wanted = after(first, { kind: 'partWanted', offset: 4 });
  const late: ExtensionToMessagePage = { kind: 'payloadPart', id: 1, offset: 0, bytes: new Uint8Array(4) };
  assert.equal(after(wanted, late).part, undefined);
  const part = after(wanted, { kind: 'payloadPart', id: 1, offset: 4, bytes: new Uint8Array(6) }).part;
  assert.deepEqual([part?.offset, part?.bytes.length, part?.isLast], [4, 6, true]);
  const whole = after({ ...wanted, part }, { kind: 'detail', detail: detail(1) });
  assert.equal(whole.part, undefined);
});

test('a decoder that is tried holds for its topic, until the person chooses', () => {
  const one = after(nothingShown, { kind: 'wanted', id: 1 }, { kind: 'detail', detail: detail(1) });
  const trial: ShownAction = { kind: 'decoderTried', decoder: { id: 'cbor', via: [] } };
  assert.deepEqual(requestFor(reduceShown(one, trial))?.use, { topic: 'a', decoder: trial.decoder });
  const tried = after(one, trial);
  const next = after(tried, { kind: 'detail', detail: detail(1) }, { kind: 'wanted', id: 2 });
  const sameTopic = after(next, { kind: 'detail', detail: detail(2) });
  assert.notEqual(sameTopic.use, undefined);
  const otherTopic = after(next, { kind: 'detail', detail: detail(2, { topic: 'b' }) });
  assert.equal(otherTopic.use, undefined);
  const automatic = reduceShown(one, { kind: 'decoderTried', decoder: 'automatic' });
  assert.deepEqual(requestFor(automatic)?.use, { topic: 'a', decoder: 'automatic' });
  const chosen = after(sameTopic, { kind: 'decodersChanged' });
  assert.equal(chosen.use, undefined);
  assert.deepEqual(chosen.awaited, { id: 2, isWhole: true });
});

test('when the engine ends, what is shown stays and nothing more is asked for', () => {
  const lost = loseEngine(
    after(nothingShown, { kind: 'wanted', id: 1 }, { kind: 'detail', detail: detail(1) }),
  );
  assert.equal(lost.detail?.id, 1);
  assert.equal(requestFor(lost), undefined);
});

test('what a slow decoder made comes to its message, and to no other that is shown by then', () => {
  const slow = after(
    nothingShown,
    { kind: 'wanted', id: 1 },
    { kind: 'detail', detail: detail(1), isDecoding: true },
  );
  assert.deepEqual([slow.detail?.id, slow.isDecoding, slow.awaited], [1, true, undefined]);
  const decoded = { candidates: [] } as unknown as DecodedMessage;
  const done = after(slow, { kind: 'detail', detail: detail(1), decoded });
  assert.deepEqual([done.isDecoding, done.decoded], [false, decoded]);
  const other = after(slow, { kind: 'wanted', id: 2 }, { kind: 'detail', detail: detail(2) });
  const late = after(other, { kind: 'detail', request: 1, detail: detail(1), decoded });
  assert.equal(late, other);
  const tried = after(slow, { kind: 'decoderTried', decoder: 'automatic' });
  const early = after(tried, { kind: 'detail', request: 1, detail: detail(1), decoded });
  assert.deepEqual(early.awaited, { id: 1, isWhole: true });
  assert.equal(loseEngine(slow).isDecoding, false);
});
