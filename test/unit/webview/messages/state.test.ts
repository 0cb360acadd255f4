import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ExtensionToMessagesView, everyMessage } from '../../../../src/contracts/messagePages.ts';
import type { MessageDetail, MessageSummary, MessagesView } from '../../../../src/contracts/messages.ts';
import { requestsOf } from '../../../../src/webview/messages/requests.ts';
import {
  initialState,
  isUsable,
  type PageAction,
  type PageState,
  previousMessage,
  reduce,
} from '../../../../src/webview/messages/state.ts';

const summary = (id: number): MessageSummary => ({
  id,
  topic: 'plant/boiler/temperature',
  receivedAtMs: 1_000_000 + id,
  qos: 1,
  retain: false,
  payloadBytes: 4,
  preview: new TextEncoder().encode('21.5'),
  isWill: false,
});

const view = (end: number, progress = 1): MessagesView => ({
  viewId: 3,
  generation: 0,
  first: 0,
  end,
  progress,
  history: { heldMessages: end, droppedMessages: 0, usedBytes: 0, budgetBytes: 1 },
});

const rows = (from: number, count: number): ExtensionToMessagesView => ({
  kind: 'rows',
  viewId: 3,
  generation: 0,
  asked: from,
  rows: { from, rows: Array.from({ length: count }, (_, i) => summary(from + i + 1)) },
});

const detail = (id: number): MessageDetail => ({
  ...summary(id),
  payload: new Uint8Array(4),
  truncated: false,
});

/** What the page asks is written down. */
class Page {
  state: PageState = initialState();
  asked: string[] = [];

  do(...steps: (PageAction | ExtensionToMessagesView)[]): this {
    for (const step of steps) {
      const before = this.state;
      const isOwn = ['filterEdited', 'searched', 'choicesChanged', 'list', 'shown'].includes(step.kind);
      const action = isOwn
        ? (step as PageAction)
        : { kind: 'received' as const, message: step as ExtensionToMessagesView };
      this.state = reduce(this.state, action);
      const { messages, actions } = requestsOf(before, this.state);
      for (const message of messages) this.asked.push(message.kind);
      for (const own of actions) this.state = reduce(this.state, own);
    }
    return this;
  }

  takeAsked(): string[] {
    return this.asked.splice(0);
  }
}

const opened = (end: number): Page =>
  new Page().do(
    { kind: 'filter', filter: everyMessage, revision: 0 },
    { kind: 'view', view: view(end) },
    rows(0, end),
    {
      kind: 'detail',
      request: 1,
      detail: detail(end),
    },
  );

test('it asks for rows, then for the newest message, each once', () => {
  const page = new Page().do(
    { kind: 'filter', filter: everyMessage, revision: 0 },
    { kind: 'view', view: view(5) },
  );
  assert.deepEqual(page.takeAsked(), ['requestRows']);
  page.do({ kind: 'view', view: view(6) });
  assert.deepEqual(page.takeAsked(), []);
  page.do(rows(0, 6));
  assert.deepEqual(page.takeAsked(), ['requestDetail', 'selected']);
  page.do({ kind: 'detail', request: 1, detail: detail(6) });
  assert.deepEqual(page.takeAsked(), []);
  assert.equal(page.state.shown.detail?.id, 6);
  assert.equal(previousMessage(page.state)?.id, 5);
});

test('an answer of a view that was closed meanwhile is none, and the rows are asked for again', () => {
  const page = new Page().do({ kind: 'view', view: view(5) });
  page.takeAsked();
  page.do({ kind: 'rows', viewId: 2, generation: 0, asked: 0, rows: { from: 0, rows: [summary(77)] } });
  assert.equal(page.state.list.rows.size, 0);
  assert.deepEqual(page.takeAsked(), ['requestRows']);
});

test('a search goes to its match and holds there, and the text is asked for once', () => {
  const page = opened(50).do({ kind: 'filterEdited', filter: { text: '21', textMode: 'highlight' } });
  page.takeAsked();
  page.do({ kind: 'searched', direction: 'backward' });
  assert.equal(page.state.search?.from, 48);
  assert.deepEqual(page.takeAsked(), ['findText']);
  page.do({ kind: 'found', request: page.state.searchRequest, found: { kind: 'found', place: 20 } });
  assert.equal(page.state.list.selected?.place, 20);
  assert.equal(page.state.list.flow, 'selectedOlder');
  assert.equal(page.state.search, undefined);
});

test('a search without a match goes on from the other end, and then says that there is none', () => {
  const page = opened(50).do(
    { kind: 'filterEdited', filter: { text: 'x' } },
    { kind: 'searched', direction: 'forward' },
  );
  page.takeAsked();
  page.do({ kind: 'found', request: page.state.searchRequest, found: { kind: 'notFound' } });
  assert.deepEqual(page.takeAsked(), ['findText']);
  assert.equal(page.state.search?.from, 0);
  page.do({ kind: 'found', request: page.state.searchRequest, found: { kind: 'notFound' } });
  assert.equal(page.state.searchOutcome, 'notFound');
  assert.deepEqual(page.takeAsked(), []);
  page.do({ kind: 'filterEdited', filter: { text: 'xy' } });
  assert.equal(page.state.searchOutcome, undefined);
});

test('an answer to a search that is over changes nothing', () => {
  const page = opened(50).do(
    { kind: 'filterEdited', filter: { text: 'x' } },
    { kind: 'searched', direction: 'forward' },
  );
  const request = page.state.searchRequest;
  page.do({ kind: 'filterEdited', filter: { text: 'y' } });
  page.do({ kind: 'found', request, found: { kind: 'found', place: 3 } });
  assert.equal(page.state.list.flow, 'following');
});

test('a time is asked for once the history was looked through', () => {
  const page = new Page().do({ kind: 'view', view: view(5, 0.5) }, rows(0, 5));
  page.do({ kind: 'list', action: { kind: 'wentTo', goal: { receivedAtMs: 7 } } });
  assert.ok(!page.takeAsked().includes('findPlace'));
  page.do({ kind: 'view', view: view(9) });
  assert.deepEqual(
    page.takeAsked().filter((kind) => kind === 'findPlace'),
    ['findPlace'],
  );
  page.do({ kind: 'place', request: page.state.list.goalRequest, place: 2 });
  assert.equal(page.state.list.selected?.place, 2);
});

test('that it was paused is remembered, and what else the person has chosen', () => {
  const page = opened(5).do({ kind: 'list', action: { kind: 'paused' } });
  page.do({ kind: 'choicesChanged', choices: { tab: 'hex' } });
  const again = initialState(page.state.choices);
  assert.equal(again.list.flow, 'paused');
  assert.equal(again.choices.tab, 'hex');
});

test('what a filter can’t be is not asked for', () => {
  assert.equal(isUsable({ ...everyMessage, topicFilter: 'a/#' }), true);
  assert.equal(isUsable({ ...everyMessage, topicFilter: 'a/#/b' }), false);
  assert.equal(isUsable(everyMessage), true);
});

test('when the engine ends, what is shown stays', () => {
  const page = opened(5).do({ kind: 'viewLost' });
  assert.equal(page.state.shown.detail?.id, 5);
  assert.equal(page.state.list.rows.size, 5);
  page.takeAsked();
  page.do({ kind: 'brokerState', broker: 'stopped' });
  assert.deepEqual(page.takeAsked(), []);
});
