import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BROKER_ORIGIN, MessageLog } from '../../../src/model/messageLog.ts';
import type { MessageQuery } from '../../../src/model/messageQuery.ts';
import type { MessageView } from '../../../src/model/messageView.ts';
import { MessageViews } from '../../../src/model/messageViews.ts';
import { incoming, text } from './messages.ts';

const never = () => false;

function setUp(budget = 100_000_000) {
  const log = new MessageLog(budget);
  const views = new MessageViews(log);
  const append = (topic: string, payload = 'x', publisher?: string, origin = BROKER_ORIGIN) =>
    log.append(
      log.topics.get(topic),
      incoming(payload, { publisher, receivedAtMs: 1000 + log.nextId }),
      origin,
    );
  const open = (query: Omit<MessageQuery, 'origin'> & { origin?: number } = {}) => {
    const view = views.open({ origin: BROKER_ORIGIN, ...query });
    views.advance(never);
    return view;
  };
  return { log, views, append, open };
}

/** Ids in the view, from the oldest on. */
function idsOf(view: MessageView): (number | undefined)[] {
  return Array.from({ length: view.end - view.first }, (_, i) => view.idAt(view.first + i));
}

test('a view finds by topic, by filter, by publisher, by subscription, and what comes later too', () => {
  const { views, append, open } = setUp();
  append('a/b', '1', 'board');
  append('a/c', '2', 'other');
  append('d', '3', 'board');
  append('a/b', '4', undefined, 7);
  append('a', '5');
  const opened = [
    [open(), [1, 2, 3, 5, 6]],
    [open({ topicFilter: 'a/b' }), [1, 6]],
    [open({ topicFilter: 'a/#' }), [1, 2, 5, 6]],
    [open({ topicFilter: '+' }), [3, 5]],
    [open({ publisher: 'board' }), [1, 3, 6]],
    [open({ publisher: 'board', topicFilter: 'a/#' }), [1, 6]],
    [open({ publisher: 'nobody' }), []],
    [open({ origin: 7 }), [4]],
  ] as const;
  append('a/b', '6', 'board');
  views.advance(never);
  assert.deepEqual(
    opened.map(([view]) => idsOf(view)),
    opened.map(([, ids]) => ids),
  );
});

test('a text is found in topic and payload, in any case of A to Z, whatever else is in the bytes', () => {
  const { append, open } = setUp();
  append('home/Kitchen', '');
  append('b', 'the KITCHEN is hot');
  append('c', 'kitche');
  append('d', '\u0000\u0001kItChEn\u0000');
  append('e', 'größe: ÄPFEL');
  append('f', '[KITCHEN]');
  assert.deepEqual(idsOf(open({ text: 'kitchen' })), [1, 2, 4, 6]);
  assert.deepEqual(idsOf(open({ text: 'GRöSSE'.slice(0, 3) })), [5]);
  assert.deepEqual(idsOf(open({ text: 'Äpfel' })), [5]);
  assert.deepEqual(idsOf(open({ text: '{kitchen}' })), [], '[ is not { in another case');
  assert.deepEqual(idsOf(open({ text: '' })).length, 6);
});

const part = 256 * 1024;

test('a long payload is looked at in parts, in turns, and a text across two of them is found', () => {
  const { views, append, open } = setUp();
  append('across', `${'x'.repeat(2 * part - 3)}NeeDLe${'x'.repeat(part)}`);
  append('atEnd', `${'x'.repeat(3 * part + 7)}needle`);
  append('atStart', `needle${'x'.repeat(2 * part)}`);
  append('missing', 'x'.repeat(2 * part));
  append('topic/needle', 'x'.repeat(3 * part));
  append('cut', `${'x'.repeat(part - 3)}needl`);
  append('short', 'needle');
  const inTurns = views.open({ origin: BROKER_ORIGIN, text: 'needle' });
  let turns = 1;
  for (; inTurns.isBehind; turns++) inTurns.advance(() => true);
  assert.deepEqual(idsOf(inTurns), [1, 2, 3, 5, 7]);
  assert.ok(turns > 8, `${turns} turns`);
  assert.deepEqual(idsOf(open({ text: 'needle' })), [1, 2, 3, 5, 7]);
});

test('of a long payload that is dropped while it is looked at, nothing is held against the next one', () => {
  const { log, views, append } = setUp(4 * part);
  append('a', `${'x'.repeat(part)}${'y'.repeat(part)}`);
  const view = views.open({ origin: BROKER_ORIGIN, text: 'needle' });
  view.advance(() => true);
  assert.equal(view.isBehind, true);
  append('b', `needle${'x'.repeat(3 * part)}`);
  assert.equal(log.firstId, 2);
  while (view.isBehind) view.advance(() => true);
  assert.deepEqual(idsOf(view), [2]);
});

test('what the log drops leaves the view at its front, and places stay what they were', () => {
  const { log, views, append, open } = setUp(100_000);
  const view = open({ topicFilter: 'even' });
  for (let n = 1; n <= 20_000; n++) {
    append(n % 2 === 0 ? 'even' : 'odd', `${n}`);
    if (n % 777 === 0) views.advance(never);
  }
  views.advance(never);
  assert.equal(view.end, 10_000);
  assert.ok(view.first > 5000);
  assert.equal(view.idAt(view.first - 1), undefined);
  assert.equal(view.idAt(view.end), undefined);
  for (let place = view.first; place < view.end; place++) assert.equal(view.idAt(place), 2 * (place + 1));
  const oldest = log.message(view.idAt(view.first) ?? 0);
  assert.equal(text(oldest?.payload ?? new Uint8Array()), `${2 * (view.first + 1)}`);
});

test('a view that was opened when the log had dropped some begins at place 0', () => {
  const { append, open } = setUp(50_000);
  for (let n = 1; n <= 5000; n++) append('a');
  const view = open();
  assert.equal(view.first, 0);
  assert.equal(view.idAt(view.end - 1), 5000);
});

test('a message that came and went between two looks is not found, and hurts nothing', () => {
  const { log, views, append, open } = setUp(50_000);
  const view = open({ topicFilter: 'rare' });
  append('rare');
  while (log.firstId < 2) append('common', 'x'.repeat(100));
  append('rare');
  views.advance(never);
  assert.deepEqual(idsOf(view), [log.nextId - 1]);
});

test('a topic’s number that went to another topic is looked at anew', () => {
  const { log, views, append, open } = setUp(50_000);
  const view = open({ topicFilter: 'wanted/#' });
  for (let n = 0; n < 20_000; n++) {
    append(n % 2 === 0 ? `wanted/${n}` : `other/${n}`);
    views.advance(never);
  }
  const held = idsOf(view).map((id) => log.message(id ?? 0)?.topic);
  assert.ok(held.length > 100);
  for (const topic of held) assert.match(topic ?? '', /^wanted/);
  assert.equal(view.end, 10_000);
});

test('places are found by id and by time', () => {
  const { append, open } = setUp();
  for (let n = 1; n <= 10; n++) append(n % 2 === 0 ? 'even' : 'odd');
  const view = open({ topicFilter: 'even' });
  assert.deepEqual(
    [0, 2, 3, 4, 10, 11].map((id) => view.placeOf(id)),
    [0, 0, 1, 1, 4, 5],
  );
  // The message with id n came at 1000 + n.
  assert.deepEqual(
    [0, 1002, 1003, 1010, 1011].map((atMs) => view.placeAt(atMs)),
    [0, 0, 1, 4, 5],
  );
});

test('a search stops when its time is up, says how far it is, and goes on where it was', () => {
  const { views, append } = setUp();
  for (let n = 0; n < 10_000; n++) append('a');
  const view = views.open({ origin: BROKER_ORIGIN });
  let looks = 0;
  assert.equal(
    views.advance(() => ++looks === 3),
    true,
  );
  assert.ok(view.isBehind);
  assert.ok(view.progress > 0.2 && view.progress < 0.5, `${view.progress}`);
  assert.equal(views.advance(never), false);
  assert.deepEqual([view.progress, view.end, view.isBehind], [1, 10_000, false]);
});

test('large payloads that are searched count by their bytes, not by their number', () => {
  const { views, append } = setUp();
  for (let n = 0; n < 100; n++) append('a', 'x'.repeat(100_000));
  const view = views.open({ origin: BROKER_ORIGIN, text: 'needle' });
  views.advance(() => true);
  assert.ok(view.progress < 0.05, `${view.progress}`);
});

test('when all is forgotten, a view starts again at place 0', () => {
  const { log, views, append, open } = setUp();
  append('a');
  append('a');
  const view = open();
  log.clear();
  append('a');
  views.advance(never);
  assert.deepEqual([view.generation, view.first, view.end, view.idAt(0)], [1, 0, 1, 3]);
});

test('only views with news are told of, once', () => {
  const { views, append, open } = setUp();
  const a = open({ topicFilter: 'a' });
  const b = open({ topicFilter: 'b' });
  assert.deepEqual(views.takeChanged(), [a, b]);
  assert.deepEqual(views.takeChanged(), []);
  append('a');
  views.advance(never);
  assert.deepEqual(views.takeChanged(), [a]);
  views.close(b.id);
  assert.equal(views.view(b.id), undefined);
});

test('while no view is open a message is nobody’s news; opening one, and what comes then, is', () => {
  const { views, append } = setUp();
  let told = 0;
  views.onDidChange(() => told++);
  append('a');
  assert.equal(told, 0);
  views.open({ origin: BROKER_ORIGIN });
  assert.equal(told, 1);
  views.advance(never);
  append('a');
  append('a');
  assert.equal(told, 2);
});
