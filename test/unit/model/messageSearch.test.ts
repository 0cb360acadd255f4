import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BROKER_ORIGIN, MessageLog } from '../../../src/model/messageLog.ts';
import { MessageSearch, type SearchRequest, type SearchState } from '../../../src/model/messageSearch.ts';
import { MessageView } from '../../../src/model/messageView.ts';

const never = (): boolean => false;

function logOf(
  messages: readonly (readonly [topic: string, payload: string])[],
  budgetBytes = 1e7,
): MessageLog {
  const log = new MessageLog(budgetBytes);
  for (const [topic, payload] of messages) append(log, topic, payload);
  return log;
}

function append(log: MessageLog, topic: string, payload: string): void {
  log.append(
    log.topics.get(topic),
    { payload: new TextEncoder().encode(payload), qos: 0, retain: false, receivedAtMs: 0, isWill: false },
    BROKER_ORIGIN,
  );
}

function viewOf(log: MessageLog): MessageView {
  const view = new MessageView(1, { origin: BROKER_ORIGIN }, log);
  view.advance(never);
  return view;
}

function search(log: MessageLog, request: SearchRequest): SearchState {
  return new MessageSearch(viewOf(log), log, request).advance(never);
}

const three = [
  ['a/temperature', '21'],
  ['a/door', 'Open'],
  ['a/temperature', '22 open'],
] as const;

test('finds the next message with the text in its payload or topic, the one it starts at included', () => {
  const log = logOf(three);
  assert.deepEqual(search(log, { text: 'OPEN', from: 0, direction: 'forward' }), { kind: 'found', place: 1 });
  assert.deepEqual(search(log, { text: 'open', from: 1, direction: 'forward' }), { kind: 'found', place: 1 });
  assert.deepEqual(search(log, { text: 'open', from: 2, direction: 'forward' }), { kind: 'found', place: 2 });
  assert.deepEqual(search(log, { text: 'door', from: 0, direction: 'forward' }), { kind: 'found', place: 1 });
  assert.deepEqual(search(log, { text: 'shut', from: 0, direction: 'forward' }), { kind: 'ended' });
});

test('goes backward too, from the end where it is asked to start behind it', () => {
  const log = logOf(three);
  assert.deepEqual(search(log, { text: 'temp', from: 99, direction: 'backward' }), {
    kind: 'found',
    place: 2,
  });
  assert.deepEqual(search(log, { text: 'temp', from: 1, direction: 'backward' }), {
    kind: 'found',
    place: 0,
  });
  assert.deepEqual(search(log, { text: 'door', from: 0, direction: 'backward' }), { kind: 'ended' });
});

test('stops when the time is up, and goes on where it stopped', () => {
  const log = logOf([...Array.from({ length: 2000 }, () => ['t', 'x'] as const), ['t', 'needle']]);
  const going = new MessageSearch(viewOf(log), log, { text: 'needle', from: 0, direction: 'forward' });
  let slices = 1;
  let state = going.advance(() => true);
  for (; state.kind === 'searching'; slices++) state = going.advance(() => true);
  assert.deepEqual(state, { kind: 'found', place: 2000 });
  assert.ok(slices > 5, `${slices} slices`);
});

test('a long payload is looked at in parts, and a text across two of them is found', () => {
  const part = 256 * 1024;
  const log = logOf([['t', `${'x'.repeat(part - 3)}needle${'x'.repeat(part)}`]]);
  const going = new MessageSearch(viewOf(log), log, { text: 'needle', from: 0, direction: 'forward' });
  assert.deepEqual(
    going.advance(() => true),
    { kind: 'found', place: 0 },
  );
  const missing = new MessageSearch(viewOf(log), log, { text: 'nadel', from: 0, direction: 'forward' });
  assert.deepEqual(
    missing.advance(() => true),
    { kind: 'searching' },
  );
});

test('what was dropped meanwhile is passed over, and a log that was cleared ends the search', () => {
  const log = logOf([], 100_000);
  for (let i = 0; i < 3000; i++) append(log, 't', `number ${i} ${'x'.repeat(50)}`);
  const view = viewOf(log);
  assert.ok(view.first > 0 || log.firstId > 1);
  const going = new MessageSearch(view, log, { text: 'number', from: 0, direction: 'forward' });
  const state = going.advance(never);
  assert.equal(state.kind, 'found');
  assert.equal(state.kind === 'found' && state.place, view.first);
  const other = new MessageSearch(view, log, { text: 'absent', from: 0, direction: 'forward' });
  log.clear();
  append(log, 't', 'absent');
  view.advance(never);
  assert.deepEqual(other.advance(never), { kind: 'ended' });
});
